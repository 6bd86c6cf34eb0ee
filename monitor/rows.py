"""Rows as people and programs read them: a table on a terminal, JSON, JSON lines or CSV.

JSON is exact. A table and CSV never carry control characters or escape sequences, and a CSV
cell that a spreadsheet would run as a formula is kept from it by a leading apostrophe.
"""

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TextIO

from storage.records import FIELDS, clean

Row = Mapping[str, Any]


class Format(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


_PRESENCE = ("listed", "first_seen", "last_seen", "source")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "clusters": ("entity", *FIELDS["cluster"], "holds", *_PRESENCE, "conflict", "known_up_to"),
    "calls": (
        "entity", "title", "number", "programme", "institution", "announced", "opens", "closes", "rounds",
        "results", "status", "status_printed", "budget", "grant_max", "beneficiaries", "url",
        *_PRESENCE, "conflict", "known_up_to",
    ),
    "articles": ("entity", *FIELDS["article"], *_PRESENCE, "known_up_to"),
    "documents": ("entity", *FIELDS["document"], *_PRESENCE, "known_up_to"),
    "changes": (
        "id", "verb", "kind", "entity", "name", "field", "old", "new", "seen_after", "seen_by", "recorded_at",
        "cause", "source", "url", "evidence", "baseline", "summary", "entry",
    ),
    "diff": ("entity", "kind", "name", "verb", "field", "old", "new", "known_up_to"),
    "timeline": (
        "at", "after", "what", "verb", "field", "old", "new", "source", "change", "summary", "known_up_to",
    ),
    "coverage": (
        "source", "known_up_to", "first_visit", "complete_visits", "gaps", "longest_gap_hours",
        "days_observed", "days", "share",
    ),
    "verify": ("what", "finding"),
    "reread": ("source", "entity", "field", "old", "new", "capture"),
    "review": (
        "id", "kind", "source", "opened_at", "subject", "counts", "evidence", "verdict", "reason",
        "decided_at",
    ),
    "status": (
        "source", "title", "state", "reason", "detail", "address", "last_visit", "last_complete", "next_due",
        "needs_person", "next_step",
    ),
    "sources": (
        "source", "title", "kind", "list", "reader", "url", "schedule", "enabled", "dormant", "spider",
        "hosts", "at_least", "pages", "missing_visits", "missing_hours", "stale_hours", "rank",
    ),
}  # fmt: skip
"""The columns of each kind of rows, in order, as in the contract."""

ON_A_TERMINAL: Mapping[str, tuple[str, ...]] = {
    "clusters": ("entity", "name", "round", "status_until", "holds", "listed"),
    "calls": ("entity", "title", "opens", "closes", "status", "listed"),
    "articles": ("entity", "published", "title", "source"),
    "documents": ("entity", "title", "url"),
    "changes": ("id", "seen_by", "verb", "name", "field", "old", "new"),
    "coverage": ("source", "known_up_to", "gaps", "longest_gap_hours", "share"),
    "diff": ("entity", "name", "verb", "field", "old", "new"),
    "timeline": ("at", "after", "what", "verb", "field", "old", "new"),
    "review": ("id", "kind", "source", "opened_at", "counts", "verdict"),
    "status": ("source", "state", "reason", "last_complete", "next_due", "next_step"),
    "sources": ("source", "kind", "list", "url", "schedule", "enabled"),
}
"""The columns of a table, which has to fit a screen; the other formats carry all."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def form_for(out: TextIO, form: Format | None) -> Format:
    """The form that counts: the one asked for, else a table on a terminal, JSON elsewhere."""
    return form or (Format.TABLE if out.isatty() else Format.JSON)


def write(view: str, rows: Iterable[Row], out: TextIO, form: Format | None = None) -> None:
    """Print rows of `view` (a name of COLUMNS, or any other) to `out`.

    Without `form`: a table on a terminal, JSON elsewhere. Times must carry a zone and are
    printed in UTC; None is null, an empty cell in CSV.
    """
    listed = [dict(row) for row in rows]
    form = form_for(out, form)
    if form is Format.TABLE:
        _write_table(ON_A_TERMINAL.get(view) or _columns(view, listed), listed, out)
    elif form is Format.CSV:
        _write_csv(_columns(view, listed), listed, out)
    elif form is Format.JSONL:
        out.writelines(f"{_json(_ordered(view, row))}\n" for row in listed)
    else:
        lines = ",\n".join(f"  {_json(_ordered(view, row))}" for row in listed)
        out.write(f"[\n{lines}\n]\n" if lines else "[]\n")


def _columns(view: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """The columns of the contract, then any newer ones that the rows have."""
    return tuple(dict.fromkeys([*COLUMNS.get(view, ()), *(key for row in rows[:1] for key in row)]))


def _ordered(view: str, row: Row) -> dict[str, Any]:
    return {column: _plain(row.get(column)) for column in _columns(view, [row])}


def _plain(value: Any) -> Any:
    """A value as JSON knows it: times in the form of the contract, lists as arrays."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _text(value: Any) -> str:
    """A value as one text without control characters; lists are joined by `; `."""
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "yes" if plain else "no"
    return _CONTROL.sub("", "; ".join(map(str, plain)) if isinstance(plain, list) else str(plain))


def _cell(value: Any) -> str:
    text = _text(value)
    return f"'{text}" if isinstance(value, str | tuple | list) and text.startswith(_FORMULA) else text


def _write_csv(columns: Sequence[str], rows: Sequence[Row], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def _write_table(columns: Sequence[str], rows: Sequence[Row], out: TextIO) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(clean(_text(row.get(column)))) for column in columns))
    # A file or a pipe has no width: there each row keeps to one line.
    console = Console(file=out, width=None if out.isatty() else max(80, _width(columns, rows)))
    console.print(table)


def _width(columns: Sequence[str], rows: Sequence[Row]) -> int:
    """The cells a table needs at most to print each row on one line."""
    return sum(max(2 * len(_text(row.get(column))) for row in rows) + len(column) + 3 for column in columns)
