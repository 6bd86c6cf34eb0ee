"""The chain: one line for each transaction that changed history, each bound to the one before.

Format 1. The digest of a line is the SHA-256 (hex) of the previous digest followed by the
line: one canonical JSON object of all the transaction began, ended, dropped and decided, with
the facts of the pages it was read from, those among them that its note names as proofs. The
line is rebuilt from the tables, as the text and numbers kept there, so a change of any of them
breaks the chain.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Integer, Select, Table, Text, select, type_coerce, union

from storage.forms import Flag, Moment, canonical
from storage.tables import capture, change, entity, entity_key, ledger, review, spell

FIRST = "0" * 64
PROOFS = "proofs"
"""In the note of a row: the captures of the pages that prove the losses among its changes."""
_AT_ONCE = 5_000  # rows fetched together
_NUMBERS = 2**31 - 1  # of rows, in every database

SEALED: Mapping[str, tuple[Table, str, str]] = {
    "entities": (entity, "begun", "id kind number"),
    "keys": (entity_key, "begun", "id scheme value entity"),
    "keys_ended": (entity_key, "ended", "id"),
    "spells": (
        spell,
        "begun",
        "id entity field value printed derived source page rank seen_after first_seen cause capture",
    ),
    "spells_ended": (spell, "ended", "id last_seen gone_by"),
    "spells_dropped": (spell, "dropped", "id"),
    "changes": (
        change,
        "ledger",
        "id verb kind entity name field old new old_printed new_printed seen_after seen_by cause source "
        "url evidence baseline summary entry told_at",
    ),
    "reviews": (review, "begun", "id kind source subject counts capture opened_at"),
    "reviews_settled": (review, "ended", "id verdict reason decided_at"),
}
"""The parts of a line: the table, its column that names the row of the ledger, the columns sealed."""
_CAPTURE = (
    "id visit source page address reached at status media_type headers sha256 content reader version refused"
)


@dataclass(frozen=True)
class Line:
    """One row of the ledger: its number, time and run as kept, its digest, its line rebuilt."""

    number: int
    at: str
    run: str
    digest: str
    text: str


def chain(previous: str, line: str) -> str:
    """The digest of `line` after `previous`."""
    return sha256(f"{previous}{line}".encode()).hexdigest()


def head(connection: Connection) -> str:
    """The digest of the newest row of the ledger."""
    newest = select(ledger.c.digest).order_by(ledger.c.id.desc()).limit(1)
    return connection.scalar(newest) or FIRST


def since(connection: Connection) -> datetime:
    """When the first row of the ledger was written, UTC."""
    began: datetime = connection.scalars(select(ledger.c.at).order_by(ledger.c.id).limit(1)).one()
    return began


def line(connection: Connection, number: int) -> str:
    """The canonical line of ledger row `number`, from the tables as they are."""
    (only,) = lines(connection, number)
    return only.text


def lines(connection: Connection, number: int | None = None) -> Iterator[Line]:
    """Every line in order, or that of `number` alone; the tables are read side by side, once each."""
    queries = {name: _part(*part) for name, part in SEALED.items()} | {"captures": _captures(number)}
    if number is not None:
        for name, (table, column, _) in SEALED.items():
            queries[name] = queries[name].where(table.c[column] == number)
    parts = {name: _Part(_rows(connection, query)) for name, query in queries.items()}
    rows = select(*_kept(ledger, "id at run cause note digest")).order_by(ledger.c.id)
    for row in _rows(connection, rows if number is None else rows.where(ledger.c.id == number)):
        said = dict(zip(("ledger", "at", "run", "cause", "note"), row, strict=False))
        read = {name: part.of(row[0]) for name, part in parts.items()}
        if proofs := _proofs(row[4]):
            read["captures"] = _with_proofs(connection, read["captures"], proofs)
        yield Line(row[0], row[1], row[2], row[5], canonical({"format": 1, **said, **read}))


class _Part:
    """Rows in the order of the ledger, handed out for one row of it after another."""

    def __init__(self, rows: Iterator[Sequence[Any]]) -> None:
        self._groups = groupby(rows, itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, number: int) -> Sequence[Sequence[Any]]:
        """The rows of ledger row `number`; those of lower numbers are passed over."""
        while self._next and self._next[0] < number:
            self._next = next(self._groups, None)
        if not self._next or self._next[0] != number:
            return []
        found = [tuple(row)[1:] for row in self._next[1]]
        self._next = next(self._groups, None)
        return found


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Sequence[Any]]:
    return iter(connection.execute(query, execution_options={"yield_per": _AT_ONCE}))


def _part(table: Table, column: str, names: str) -> Select[Any]:
    number = table.c[column]
    return select(number, *_kept(table, names)).where(number.is_not(None)).order_by(number, table.c.id)


def _captures(number: int | None) -> Select[Any]:
    """The pages that the values and doubts of each row of the ledger were read from."""
    each = [select(table.c.begun, table.c.capture) for table in (spell, review)]
    if number is not None:
        each = [query.where(query.selected_columns.begun == number) for query in each]
    used = union(*each).subquery()
    query = select(used.c.begun, *_kept(capture, _CAPTURE)).join(used, used.c.capture == capture.c.id)
    return query.order_by(used.c.begun, capture.c.id)


def _proofs(note: str | None) -> list[int]:
    """The captures that a note names as proofs; one that was damaged names none, which alters the line."""
    try:
        noted = json.loads(note or "{}")[PROOFS]
        return [number for number in noted if isinstance(number, int) and 0 < number <= _NUMBERS]
    except (ValueError, TypeError, LookupError):
        return []


def _with_proofs(
    connection: Connection, captures: Sequence[Sequence[Any]], proofs: Sequence[int]
) -> Sequence[Sequence[Any]]:
    query = select(*_kept(capture, _CAPTURE)).where(capture.c.id.in_(proofs))
    found = {row[0]: tuple(row) for row in connection.execute(query)}
    return [each for _, each in sorted({**found, **{row[0]: row for row in captures}}.items())]


def _kept(table: Table, names: str) -> list[Any]:
    """Columns as they are kept: times as text, flags as numbers."""
    return [_as_kept(table.c[name]) for name in names.split()]


def _as_kept(column: Any) -> Any:
    if isinstance(column.type, Moment):
        return type_coerce(column, Text)
    return type_coerce(column, Integer) if isinstance(column.type, Flag) else column
