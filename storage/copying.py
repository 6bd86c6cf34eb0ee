"""Copying a history from any database to any other: SQLite and PostgreSQL, in either direction."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Table,
    create_engine,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)

from storage.care import new_file
from storage.database import connect, database_url, file_of, writing
from storage.errors import StorageError, UsageError
from storage.ledger import FIRST, chain, head, lines
from storage.places import reaching, shown
from storage.tables import metadata

CHUNK = 200


def copy(origin: str, to: str) -> int:
    """Copy the history at `origin` into the empty database at `to`; gives the number of rows.

    All is written in one transaction, and the chain is walked before it ends: the copy is whole
    or it is not there. Raises UsageError where `to` holds anything, DatabaseMissing,
    DatabaseVersion, StorageError.
    """
    with reaching(origin):
        source = connect(origin, create=False)
        if source.dialect.name == "postgresql":
            source = source.execution_options(isolation_level="REPEATABLE READ")
    try:
        with reaching(to):
            if path := file_of(to):
                with new_file(path) as temporary:
                    return _fill(source, origin, str(temporary), to)
            return _fill(source, origin, to, to)
    finally:
        source.dispose()


def _fill(source: Engine, origin: str, place: str, to: str) -> int:
    """Fill the database at `place`, which is or will be the one at `to`."""
    if not file_of(place):
        _must_be_empty(place)
    target = connect(place, create=True)
    try:
        with source.connect() as old, writing(target) as new:
            if old.dialect.name == "sqlite":
                old.exec_driver_sql("BEGIN")
            count = sum(_copy_table(old, origin, new, table) for table in metadata.sorted_tables)
            if not _chain_holds(new) or head(new) != head(old):
                raise StorageError(
                    f"the chain of {shown(to)} does not hold, so nothing was kept of it; "
                    f"run `klastry verify` on {shown(origin)}"
                )
            return count
    finally:
        target.dispose()


def _chain_holds(connection: Connection) -> bool:
    digest = FIRST
    for each in lines(connection):
        if chain(digest, each.text) != each.digest:
            return False
        digest = each.digest
    return True


def _must_be_empty(where: str) -> None:
    engine = create_engine(database_url(where))
    try:
        with engine.connect() as connection:
            present = set(inspect(connection).get_table_names()) - {"alembic_version"}
            filled = [
                table.name
                for table in metadata.sorted_tables
                if table.name in present and connection.scalar(select(func.count()).select_from(table))
            ]
    finally:
        engine.dispose()
    if others := sorted(present - set(metadata.tables)) or filled:
        raise UsageError(f"{shown(where)} is not empty (it holds {others[0]}); give an empty database")


def _copy_table(old: Connection, origin: str, new: Connection, table: Table) -> int:
    """Copy all rows of `table`; a column that points into the table itself is filled in afterwards."""
    own = [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]
    later: list[Mapping[str, Any]] = []
    count = 0
    for rows in _chunks(old, origin, table):
        count += len(rows)
        later += [row for row in rows if any(row[column.name] is not None for column in own)]
        new.execute(insert(table), [{**row, **{column.name: None for column in own}} for row in rows])
    for row in later:
        (key,) = table.primary_key
        values = {column.name: row[column.name] for column in own}
        new.execute(update(table).where(key == row[key.name]).values(values))
    _go_on_counting(new, table, table.autoincrement_column)
    return count


def _chunks(old: Connection, origin: str, table: Table) -> Iterator[Sequence[Mapping[str, Any]]]:
    with reaching(origin):
        query = select(table).order_by(*table.primary_key)
        result = old.execute(query, execution_options={"yield_per": CHUNK}).mappings()
        for rows in result.partitions(CHUNK):
            yield [dict(row) for row in rows]


def _go_on_counting(new: Connection, table: Table, key: Column[int] | None) -> None:
    """Let the server number new rows from the last one copied; SQLite does so by itself."""
    if new.dialect.name == "postgresql" and key is not None:
        query = (
            f"SELECT setval(pg_get_serial_sequence(:name, :key), (SELECT MAX({key.name}) FROM {table.name}))"
        )
        new.execute(text(query), {"name": table.name, "key": key.name})
