"""The data dictionary of what is exported: what each column of each kind of rows means.

As Frictionless Table Schema (https://datapackage.org/standard/table-schema/), version 1, which
the newer version reads too.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from storage.records.record import LIST_FIELDS

SCHEMA_VERSION = 1
"""Of the rows as exported; a new column at the end does not change it."""


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "string"
    NUMBER = "integer"
    FLAG = "boolean"
    MOMENT = "datetime"  # UTC, to the second
    LIST = "array"
    VALUE = "any"  # a text, or a list where the field is one


class Form(StrEnum):
    """What kind of files an export has."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    SQLITE = "sqlite"

    def file(self, table: str) -> str:
        """The name of the file that holds `table`; SQLite has one for all."""
        return "klastry.sqlite" if self is Form.SQLITE else f"{table}.{self}"

    @property
    def media_type(self) -> str:
        """Its media type."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Form.CSV: "text/csv",
    Form.JSONL: "application/jsonl",
    Form.PARQUET: "application/vnd.apache.parquet",
    Form.SQLITE: "application/vnd.sqlite3",
}


class Column(NamedTuple):
    """A column of an exported table."""

    name: str
    kind: Kind
    description: str


class Table(NamedTuple):
    """An exported table; no two rows have the same values of `key`, where it has one."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


_TABLES: Mapping[str, tuple[str, str]] = {
    "clusters": ("Key National Clusters, with the values that pages say now", "entity"),
    "calls": ("Calls for proposals, with the values that pages say now", "entity"),
    "articles": ("News of the watched sites", "entity"),
    "documents": ("Attachments of the watched pages", "entity"),
    "changes": ("What changed, in the order in which it was learnt; rows are only added", "id"),
    "history": ("Every value ever said by a page, with the interval in which it was said", ""),
    "visits": ("Every visit of a source, failed ones included; rows are only added", "id"),
    "evidence": ("The pages kept as evidence, without their bodies", "source address at sha256"),
    "tombstones": ("What a delta takes away, before its rows are added", "view key why"),
}
_PRINTED = (
    "as printed: civil time of Warsaw with its precision, 2026-11-04, 2026-11-04T16:00, 2026-11, 2026-Q4"
)
_ISO = "UTC, to the second"

_TOLD: Mapping[str, str] = {
    "about": "Calls that the article links to",
    "address": "The address asked",
    "announced": f"Day of the announcement, {_PRINTED}",
    "at": f"When it was asked, {_ISO}",
    "baseline": "Whether it was there when watching began",
    "belongs_to": "The page the document is attached to",
    "beneficiaries": "Who may apply",
    "budget": "Money of the whole call, such as 400000 PLN",
    "cause": "Why the row was written: source (a page changed), parser, config, human or backfill",
    "clock": "`ok`; `suspect` where it is not believed; `unproved` where nothing that came tells the time",
    "closes": f"Deadline, {_PRINTED}; a bare day means its end",
    "conflict": "Fields in which the best two sources differ, joined by commas",
    "coordinator": "Coordinator of the cluster",
    "detail": "More about the reason",
    "end_recorded": f"When the database learnt of `gone_by`, {_ISO}",
    "entity": "Lasting identity: kind and number, given once, never reused",
    "entry": "Id of the feed entry that told it; empty when silent",
    "evidence": "SHA-256 of the page it was read from",
    "field": "Name of the field; in history an empty one means: the page lists the entity",
    "first_seen": f"First reading that showed it, {_ISO}",
    "gone_by": f"First reading that no longer showed it, {_ISO}; empty while it stands",
    "grant_max": "The largest grant, such as 400000 PLN",
    "holds": "Whether the day of the export lies within the stated status: yes, no or unknown",
    "id": "Number, given in order",
    "institution": "Institution that runs the call",
    "key": "Rows with this value go: of `entity`; in evidence all with `refused` set, in changes none",
    "kind": "cluster, call, article or document",
    "known_up_to": f"Last visit that taught anything of the source, {_ISO}",
    "last_seen": f"Last reading that showed it, {_ISO}, as of the export",
    "lead": "First paragraph of the article",
    "listed": "Whether its list shows it: yes, missing (not yet told) or no",
    "media_type": "Media type of the document",
    "merged_into": "The entity it became",
    "missed": "Number of pages that could not be read",
    "mode": "What kind of run it was",
    "name": "Name",
    "new": "Value after the change",
    "number": "Official number of the call",
    "old": "Value before the change",
    "opens": f"First day for applications, {_PRINTED}",
    "pages": "Number of requests",
    "printed": "The text as the page prints it",
    "programme": "Programme that pays",
    "published": f"Day of publication, {_PRINTED}",
    "reached": "The address that answered, after redirects",
    "reason": "Why the visit was not complete: a word of the closed list",
    "recorded_at": f"When the database learnt it, {_ISO}",
    "recorded_from": f"When the database learnt that it was said, {_ISO}",
    "recorded_until": f"When the database learnt better, {_ISO}; empty while the row counts",
    "records": "Number of records on the list",
    "refused": "Reason for which the page was not believed, or `gone`; empty for pages that said something",
    "region": "Voivodeship",
    "results": f"Day of the results, {_PRINTED}",
    "round": "Round of the competition, a roman numeral",
    "rounds": "Rounds of the call, each start/end",
    "run": "The run it was part of",
    "sectors": "Sectors of the cluster",
    "seen_after": f"Last reading of the state before, {_ISO}; empty if there was none",
    "seen_by": f"First reading of the new state, {_ISO}",
    "seen_from": f"First reading that showed it, {_ISO}",
    "sha256": "SHA-256 of the bytes",
    "size": "Number of bytes",
    "source": "The source on the watch list",
    "state": "complete, unchanged, partial, refused or failed",
    "status": "planned, open, closed, suspended, settled: as printed, else computed for the day exported",
    "status_from": f"Begin of the status, {_PRINTED}",
    "status_printed": "The status as the page prints it",
    "status_until": f"End of the status, {_PRINTED}",
    "summary": "The change in one sentence",
    "text": "Text of the article",
    "title": "Title",
    "url": "Address of the page",
    "value": "Value said",
    "verb": "began, appeared, changed, disappeared, returned, renamed, merged or retracted",
    "view": "The table from which rows go",
    "why": "replaced (newer rows may follow), merged, or retracted (nothing goes, see the change)",
}
_OTHERWISE: Mapping[tuple[str, str], Column] = {
    ("evidence", "status"): Column("status", Kind.NUMBER, "HTTP status of the answer"),
}
_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys("id pages missed records size".split(), Kind.NUMBER),
    **dict.fromkeys(
        "at first_seen last_seen known_up_to seen_after seen_by seen_from gone_by recorded_at recorded_from "
        "recorded_until end_recorded".split(),
        Kind.MOMENT,
    ),
    **dict.fromkeys(("old", "new", "value"), Kind.VALUE),
    **dict.fromkeys(LIST_FIELDS, Kind.LIST),
    "baseline": Kind.FLAG,
}


def table(name: str, columns: Sequence[str]) -> Table:
    """What is told of the table `name` with these columns. Raises KeyError for one not described."""
    description, key = _TABLES[name]
    told = [
        _OTHERWISE.get((name, column)) or Column(column, _KINDS.get(column, Kind.TEXT), _TOLD[column])
        for column in columns
    ]
    return Table(name, description, tuple(told), tuple(key.split()))


def schema(table: Table, *, lists: bool, flags: bool) -> dict[str, Any]:
    """The Table Schema of `table`, for files that have lists (else they are text), and true and false."""
    fields = [_field(column, lists=lists, flags=flags) for column in table.columns]
    key = {"primaryKey": list(table.key)} if table.key else {}
    return {"fields": fields, **key, "missingValues": [""]}


def _field(column: Column, *, lists: bool, flags: bool) -> dict[str, Any]:
    field = {"name": column.name, "type": column.kind.value, "description": column.description}
    if column.kind is Kind.LIST and not lists:
        return {**field, "type": "string"}
    if column.kind is Kind.FLAG and not flags:
        return {**field, "trueValues": ["yes", "1"], "falseValues": ["no", "0"]}
    return field
