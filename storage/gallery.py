"""Who is known, what touched them and how they are tied: what the pages of entities are made for.

The cost of a question grows with the number of entities and with what it gives, not with the
length of the history: fields are looked for entity by entity, where the index has them.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text, tuple_, union

from storage import visits
from storage.asking import spell_of
from storage.past import Spell
from storage.portrait import Portrait, portraits
from storage.records import NAME_FIELD, Key, Kind, address_key
from storage.tables import LATE, change, entity, entity_key, ledger, spell, visit

_CHUNK = 400  # keys asked at once, below SQLite's limit of variables
_NAMES, _PUBLISHED = frozenset(NAME_FIELD.values()), "published"


class Head(NamedTuple):
    """The newest row of the ledger, and its digest."""

    row: int
    digest: str


class Tie(NamedTuple):
    """An article speaks of a call, or a document belongs to it: a page says so, or once did."""

    of: str
    to: str
    stands: bool


@dataclass(frozen=True)
class Titled:
    """An entity as lists and the search know it.

    `became` is the id it has after all merges, None while it stands for itself. `name` is None
    where all that was read of it was taken back; `former` are the other names that pages gave.
    `published` is the printed date of an article, `first_seen` in UTC.
    """

    entity: str
    kind: Kind
    number: int
    became: str | None
    name: str | None
    former: tuple[str, ...]
    published: str | None
    first_seen: datetime | None


class Gallery:
    """All answers of one object are of one state of the database. Raises StorageError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._roots = _roots(connection)

    def head(self) -> Head:
        """Where the ledger ends."""
        row = self._connection.execute(
            select(ledger.c.id, ledger.c.digest).order_by(ledger.c.id.desc()).limit(1)
        ).first()
        return Head(row.id, row.digest) if row else Head(0, "")

    def holds(self, head: Head) -> bool:
        """Whether the ledger has this row, with this digest."""
        found = self._connection.scalar(select(ledger.c.digest).where(ledger.c.id == head.row))
        return bool(found == head.digest)

    def touched(self, after: int) -> set[str]:
        """The entities that rows of the ledger later than `after` speak of."""
        begun, ended, dropped = (
            select(spell.c.entity).where(spell.c[column] > after) for column in ("begun", "ended", "dropped")
        )
        told = select(change.c.entity).where(change.c.ledger > after, change.c.entity.is_not(None))
        made = select(entity.c.id).where(entity.c.begun > after)
        return set(self._connection.scalars(union(begun, ended, dropped, told, made)))

    def late_readings(self) -> int:
        """How many accepted readings were taken in long after their time: archived, or held for a person."""
        accepted = visit.c.state.in_(("complete", "unchanged", "partial"))
        return self._connection.scalar(select(func.count()).where(text(LATE), accepted)) or 0

    def sources(self) -> list[str]:
        """The ids of all sources that were ever visited."""
        return visits.sources(self._connection)

    @cached_property
    def titled(self) -> list[Titled]:
        """Every entity, by kind and number."""
        query = (
            select(spell.c.entity, spell.c.field, spell.c.value, spell.c.first_seen)
            .where(spell.c.entity.in_(select(entity.c.id)), spell.c.field.in_((*_NAMES, _PUBLISHED)))
            .where(spell.c.dropped.is_(None))
            .order_by(spell.c.gone_by.is_not(None), spell.c.rank)
            .order_by(spell.c.first_seen.desc(), spell.c.id.desc())
        )
        said = defaultdict(list)
        for row in self._connection.execute(query):
            said[row.entity].append(row)
        columns = (entity.c.id, entity.c.kind, entity.c.number)
        everyone = self._connection.execute(select(*columns).order_by(entity.c.kind, entity.c.number))
        return [_titled(*row, self._roots.get(row.id), said[row.id]) for row in everyone]

    @cached_property
    def ties(self) -> list[Tie]:
        """Which article speaks of which call, which document belongs to which."""
        query = select(spell.c.entity, spell.c.field, spell.c.value, spell.c.gone_by, spell.c.dropped).where(
            spell.c.entity.in_(select(entity.c.id)), spell.c.field.in_(("about", "belongs_to"))
        )
        rows = self._connection.execute(query).all()
        keys = {(row.field, row.value): _keys(row.field, row.value) for row in rows}
        holders = self._holders({key for some in keys.values() for key in some})
        found: dict[tuple[str, str], bool] = {}
        for row in rows:
            stands = row.gone_by is None and row.dropped is None
            for key in keys[row.field, row.value]:
                if to := holders.get(key):
                    found[row.entity, to] = found.get((row.entity, to), False) or stands
        return [Tie(of, to, stands) for (of, to), stands in sorted(found.items()) if of != to]

    def portraits(self, wanted: Collection[str]) -> Iterator[Portrait]:
        """The portraits of these entities; ask for some hundreds at once."""
        return portraits(self._connection, wanted, self._roots)

    def spells(self, wanted: Collection[str], fields: Collection[str]) -> dict[str, list[Spell]]:
        """What pages say and said of these fields of these entities, but for what was dropped."""
        query = select(spell).where(
            spell.c.entity.in_(wanted), spell.c.field.in_(fields), spell.c.dropped.is_(None)
        )
        found: defaultdict[str, list[Spell]] = defaultdict(list)
        for row in self._connection.execute(query.order_by(spell.c.id.desc())).mappings():
            found[row["entity"]].append(spell_of(row))
        return found

    def _holders(self, keys: Collection[Key]) -> dict[Key, str]:
        """Who holds each key, or held it last."""
        wanted = sorted(keys)
        found: dict[Key, str] = {}
        columns = tuple_(entity_key.c.scheme, entity_key.c.value)
        for start in range(0, len(wanted), _CHUNK):
            query = select(entity_key).where(columns.in_(wanted[start : start + _CHUNK]))
            order = query.order_by(entity_key.c.ended.is_(None), entity_key.c.id)
            for row in self._connection.execute(order):  # the last one counts
                found[Key(row.scheme, row.value)] = self._roots.get(row.entity, row.entity)
        return found


def _titled(id_: str, kind: Kind, number: int, became: str | None, said: Sequence[Any]) -> Titled:
    """From what was said of an entity, what is shown first."""
    names = list(dict.fromkeys(row.value for row in said if row.field in _NAMES))
    published = next((row.value for row in said if row.field == _PUBLISHED), None)
    first_seen = min((row.first_seen for row in said), default=None)
    return Titled(id_, kind, number, became, next(iter(names), None), tuple(names[1:]), published, first_seen)


def _keys(field: str, value: str) -> list[Key]:
    """The keys of what an article is about, or of the page that a document belongs to."""
    if field == "belongs_to":
        scheme, colon, name = value.partition(":")
        return [Key(scheme, name)] if colon else []  # without one it is the list of a source
    found = []
    for address in json.loads(value):
        with suppress(ValueError):  # an address that names no page is about nothing we know
            found.append(address_key(address))
    return found


def _roots(connection: Connection) -> dict[str, str]:
    """What each merged id became, after all merges."""
    merged = select(entity.c.id, entity.c.merged_into).where(entity.c.merged_into.is_not(None))
    into = {row.id: row.merged_into for row in connection.execute(merged)}
    found = {}
    for gone, root in into.items():
        while root in into:
            root = into[root]
        found[gone] = root
    return found
