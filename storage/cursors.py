"""Cursors: how far somebody has read the changes.

A cursor names the last change a reader has, and the digest of the ledger row that made it. So a
cursor of another database, or of a history that was since replaced by a backup, is found out.
"""

import re
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection, func, select

from storage.errors import UsageError
from storage.tables import change, ledger

_CURSOR = re.compile(r"(\d{1,18})(?:@([0-9a-f]{8}))?")
_DIGITS = 8


@dataclass(frozen=True)
class Cursor:
    """The last change a reader has; printed as `57@9f86d081`."""

    change: int
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor that `text` prints, with or without its digest. Raises UsageError."""
        if not (found := _CURSOR.fullmatch(text)):
            raise UsageError(
                f"--after {text!r} is no cursor; give an id of a change, such as 57 or 57@9f86d081"
            )
        return cls(int(found[1]), found[2])

    def __str__(self) -> str:
        return f"{self.change}@{self.digest}" if self.digest else str(self.change)


def cursor_at(connection: Connection, number: int) -> Cursor:
    """The cursor of whoever has all changes up to `number`."""
    return Cursor(number, _digest(connection, number))


def newest(connection: Connection) -> Cursor:
    """The cursor of whoever has all changes."""
    return cursor_at(connection, connection.scalar(select(func.max(change.c.id))) or 0)


def check(connection: Connection, cursor: Cursor) -> None:
    """Raise UsageError for a cursor that this history never gave; a plain id may only be too high."""
    if cursor.change > (last := newest(connection).change):
        raise UsageError(
            f"unknown cursor {cursor}: this history ends at {last}, so the cursor is of another "
            "database or of a time before a restore; read all anew, without --after or with --after 0"
        )
    if cursor.digest and _digest(connection, cursor.change) != cursor.digest:
        raise UsageError(
            f"unknown cursor {cursor}: change {cursor.change} of this history is another one, so the cursor "
            "is of another database or too old; read all anew, without --after or with --after 0"
        )


def ledger_of(connection: Connection, number: int) -> int:
    """The ledger row of the last change up to `number`; 0 where there is none."""
    last = select(change.c.ledger).where(change.c.id <= number).order_by(change.c.id.desc()).limit(1)
    return connection.scalar(last) or 0


def _digest(connection: Connection, number: int) -> str:
    """The beginning of the digest of the ledger row of a change; of the first row where no change is."""
    row = ledger_of(connection, number) or 1
    digest: str | None = connection.scalar(select(ledger.c.digest).where(ledger.c.id == row))
    return (digest or "0" * _DIGITS)[:_DIGITS]
