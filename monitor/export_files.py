"""Files of exported rows, written as the rows come: CSV, JSON Lines, Parquet, SQLite.

JSON Lines are exact. CSV is safe for spreadsheets: a cell that one would run as a formula begins
with an apostrophe, lists are joined by `; `. Parquet knows times and lists; where a column has
texts and lists, and in SQLite, a list is a JSON array as text.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

from monitor import rows
from monitor.dictionary import Column, Form, Kind, Table
from storage.errors import UsageError
from storage.exporting import Chunk
from storage.records.record import LIST_FIELDS

_BOM = "\ufeff"
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


def check(form: Form, *, bom: bool) -> None:
    """Raise UsageError where `form` cannot be written, or not in this way."""
    if bom and form is not Form.CSV:
        raise UsageError(f"--bom marks CSV for spreadsheets; leave it out with --format {form}")
    if form is Form.PARQUET:
        try:
            import_module("pyarrow.parquet")
        except ImportError:
            raise UsageError("Parquet needs pyarrow: pip install 'klastry[export]'") from None


def write(form: Form, file: Path, table: Table, chunks: Iterable[Chunk], *, bom: bool = False) -> int:
    """Write the rows of `table` into `file`, an own or (SQLite) a common one; gives their number."""
    if form is Form.CSV:
        return _write_csv(file, table, chunks, bom=bom)
    writers: dict[Form, Callable[[Path, Table, Iterable[Chunk]], int]] = {
        Form.JSONL: _write_jsonl,
        Form.PARQUET: _write_parquet,
        Form.SQLITE: _write_sqlite,
    }
    return writers[form](file, table, chunks)


def _plain(table: Table, chunks: Iterable[Chunk]) -> Iterator[list[dict[str, Any]]]:
    """Rows by column, with lists and flags in place of what they are kept as."""
    names = [column.name for column in table.columns]
    lists = [column.name for column in table.columns if column.kind is Kind.LIST]
    flags = [column.name for column in table.columns if column.kind is Kind.FLAG]
    values = [column.name for column in table.columns if column.kind is Kind.VALUE]
    for chunk in chunks:
        plain = [dict(zip(names, row, strict=True)) for row in chunk]
        for row in plain:
            for name in flags:
                row[name] = bool(row[name])
            if lists or (values and (row["field"] in LIST_FIELDS or row.get("verb") == "began")):
                for name in lists or values:
                    if row[name] is not None:
                        row[name] = json.loads(row[name])
        yield plain


def _write_jsonl(file: Path, table: Table, chunks: Iterable[Chunk]) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="\n") as out:
        for chunk in _plain(table, chunks):
            count += len(chunk)
            out.writelines(f"{_encode(row)}\n" for row in chunk)
    return count


def _write_csv(file: Path, table: Table, chunks: Iterable[Chunk], *, bom: bool) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write((_BOM if bom else "") + ",".join(column.name for column in table.columns) + "\n")
        for chunk in _plain(table, chunks):
            count += len(chunk)
            text = StringIO()
            rows.write(table.name, chunk, text, rows.Format.CSV)
            out.write(text.getvalue().partition("\n")[2])
    return count


def _write_parquet(file: Path, table: Table, chunks: Iterable[Chunk]) -> int:
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    types = {
        Kind.NUMBER: arrow.int64(),
        Kind.FLAG: arrow.bool_(),
        Kind.MOMENT: arrow.timestamp("ms", tz="UTC"),
        Kind.LIST: arrow.list_(arrow.string()),
    }
    kinds = [
        arrow.field(
            column.name, types.get(column.kind, arrow.string()), metadata={"description": column.description}
        )
        for column in table.columns
    ]
    count = 0
    schema = arrow.schema(kinds)
    with parquet.ParquetWriter(file, schema, compression="zstd") as out:
        for chunk in chunks:
            count += len(chunk)
            columns = zip(*chunk, strict=True)
            arrays = [
                arrow.array([_typed(kind, value) for value in values], field.type)
                for (_, kind, _), values, field in zip(table.columns, columns, schema, strict=True)
            ]
            out.write_batch(arrow.record_batch(arrays, schema=schema))
    return count


def _typed(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind is Kind.MOMENT:
        return datetime.fromisoformat(value)
    if kind is Kind.LIST:
        return json.loads(value)
    return bool(value) if kind is Kind.FLAG else value


def _write_sqlite(file: Path, table: Table, chunks: Iterable[Chunk]) -> int:
    columns = ", ".join(f'"{column.name}" {_affinity(column)}' for column in table.columns)
    places = ", ".join("?" * len(table.columns))
    count = 0
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF").close()  # a file that fails is thrown away
        database.execute("PRAGMA synchronous = OFF").close()
        database.execute("BEGIN")
        database.execute(f'CREATE TABLE "{table.name}" ({columns}) STRICT')
        for chunk in chunks:
            count += len(chunk)
            database.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', map(tuple, chunk))
        for name in _indexed(table):
            database.execute(f'CREATE INDEX "{table.name}_{name}" ON "{table.name}" ("{name}")')
        database.execute("COMMIT")
    return count


def _affinity(column: Column) -> str:
    return "INTEGER" if column.kind in (Kind.NUMBER, Kind.FLAG) else "TEXT"


def _indexed(table: Table) -> Sequence[str]:
    present = {column.name for column in table.columns}
    return [name for name in dict.fromkeys((*table.key[:1], "entity")) if name in present]
