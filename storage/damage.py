"""What is wrong with a SQLite file itself: its pages and indexes, rows that cannot be read, what acts in it.

A server looks after its own pages: of one nothing is asked. Each finding is one line.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Table,
    Text,
    cast,
    func,
    literal_column,
    null,
    select,
)
from sqlalchemy.exc import DatabaseError

from storage.database import is_damage
from storage.errors import ValueDamaged
from storage.forms import Moment, moment
from storage.tables import TABLES, metadata
from storage.views import strange_views

_MOST = 100
_TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
_TOLD_ELSEWHERE = ("body", "ledger")
"""Tables whose missing rows the verification tells of in its own words."""


def faults_of_the_file(connection: Connection) -> Iterator[str]:
    """What SQLite finds: pages out of order, indexes that differ from their tables, cells of a wrong
    type (the first hundred of these), and rows that name a row that is missing."""
    if connection.dialect.name != "sqlite":
        return
    for said in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})").scalars():
        if said != "ok":
            yield f"database file: {' '.join(str(said).split())}"
    for name, number, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        if parent not in _TOLD_ELSEWHERE:
            yield f"{_row(metadata.tables[name], number)}: it names a row of {parent} that is missing"


def strangers(connection: Connection) -> Iterator[str]:
    """Views that may answer otherwise than klastry's own, and triggers, of which klastry has none."""
    if connection.dialect.name != "sqlite":
        return
    for name in strange_views(connection):
        yield f"view {name}: it is not as this klastry makes it; `klastry db upgrade` makes it anew"
    for name in connection.exec_driver_sql(_TRIGGERS).scalars():
        yield f"trigger {name}: it is none of klastry's and may alter what is written; drop it"


def unreadable_rows(connection: Connection) -> Iterator[str]:
    """Every cell that does not hold what its column is to hold: text in UTF-8, a number, a time."""
    if connection.dialect.name == "sqlite":
        for table in TABLES:
            yield from _unreadable(connection, table)


def _unreadable(connection: Connection, table: Table) -> Iterator[str]:
    last = 0
    try:
        for last, *cells in connection.execute(_as_bytes(table)):
            for column, kind, content in zip(table.c, cells[::2], cells[1::2], strict=True):
                if fault := _fault(column, kind, content):
                    yield f"{_row(table, last)} cannot be read: its {column.name} {fault}"
    except DatabaseError as error:
        if not is_damage(error):
            raise
        yield f"{table.name}: what follows row {last} cannot be read ({error.orig})"


def _as_bytes(table: Table) -> Select[Any]:
    """Of each row its number, of each cell its type and its text as bytes: reading these cannot fail."""
    number: ColumnElement[int] = literal_column("rowid")
    cells: Sequence[Any] = [
        part
        for column in table.c
        for part in (func.typeof(column), cast(column, LargeBinary) if _is_text(column) else null())
    ]
    return select(number, *cells).select_from(table).order_by(number)


def _fault(column: Column[Any], kind: str, content: bytes | None) -> str | None:
    if kind == "null":
        return None if column.nullable else "is empty"
    expected = "blob" if isinstance(column.type, LargeBinary) else "text" if _is_text(column) else "integer"
    if kind != expected:
        return f"is of the type {kind}"
    try:
        said = content.decode() if content is not None else ""
    except UnicodeDecodeError:
        return "is no text in UTF-8"
    try:
        if isinstance(column.type, Moment):
            moment(said)
    except ValueDamaged:
        return f"is no time: {said!r}"
    return None


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, Text | Moment)


def _row(table: Table, number: int) -> str:
    """The row as a person finds it: by its id where that is a number, else by its place."""
    by_id = "id" in table.c and not _is_text(table.c.id)
    return f"{table.name} {number}" if by_id else f"{table.name}, row {number}"
