"""How far each listener has been told: one row each, known by a hash, so that no address is kept.

A listener is an address that people are told at: `news` hears of changes, `operator` of visits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, select, update

from storage.tables import change, notice, visit

Role = Literal["operator", "news"]
_HEARS = {"operator": visit, "news": change}


@dataclass(frozen=True)
class Listener:
    """Someone to tell. `key` is a hash of the address, `name` may be shown: `news 1 (mailto)`."""

    key: str
    role: Role
    name: str


@dataclass(frozen=True)
class Told:
    """How far a listener was told: up to the change or visit `up_to`.

    `failing_since` (UTC) is when it first could not be told more.
    """

    name: str
    up_to: int
    failing_since: datetime | None


def told(connection: Connection) -> dict[str, Told]:
    """How far each listener was told, by its key."""
    rows = connection.execute(select(notice).order_by(notice.c.role, notice.c.name)).mappings()
    return {row["listener"]: Told(row["name"], row["up_to"], row["failing_since"]) for row in rows}


class Noticing:
    """What may be written about listeners inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def listen(self, listeners: Iterable[Listener]) -> None:
        """Let these, and nobody else, be told from now on.

        A new one is told what comes next. Where one that failed is gone, a new one of its role
        takes over what was kept for it: its address was mended.
        """
        known, wanted = told(self._connection), {each.key: each for each in listeners}
        kept = self._failing(known.keys() - wanted.keys())
        self._connection.execute(delete(notice).where(notice.c.listener.not_in(tuple(wanted))))
        for key, each in wanted.items():
            if key in known:
                self._set(key, name=each.name)
                continue
            waiting = kept.get(each.role)
            up_to = waiting.pop(0) if waiting else self._newest(each.role)
            self._connection.execute(
                insert(notice).values(listener=key, role=each.role, name=each.name, up_to=up_to)
            )

    def tell(self, key: str, up_to: int) -> None:
        """This listener was told of everything up to the change or visit `up_to`."""
        self._set(key, up_to=up_to, failing_since=None)

    def fail(self, key: str, at: datetime) -> None:
        """This listener could not be told at `at` (UTC); what it missed is kept for it."""
        failing = notice.update().where(notice.c.listener == key, notice.c.failing_since.is_(None))
        self._connection.execute(failing.values(failing_since=at))

    def _set(self, key: str, **values: object) -> None:
        self._connection.execute(update(notice).where(notice.c.listener == key).values(**values))

    def _failing(self, keys: Iterable[str]) -> dict[str, list[int]]:
        """How far those of `keys` that fail were told, by role."""
        query = select(notice.c.role, notice.c.up_to).where(
            notice.c.listener.in_(tuple(keys)), notice.c.failing_since.is_not(None)
        )
        found: dict[str, list[int]] = {}
        for role, up_to in self._connection.execute(query.order_by(notice.c.name)):
            found.setdefault(role, []).append(up_to)
        return found

    def _newest(self, role: Role) -> int:
        return self._connection.scalar(select(func.max(_HEARS[role].c.id))) or 0
