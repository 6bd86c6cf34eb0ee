"""The tables: ten that carry the history, and how far people were told of it.

The migrations make them. Partial indexes stand here as SQLite has them; PostgreSQL has the same, but who
names its dialect loads it.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from storage.forms import Flag, Moment

metadata = MetaData()

ACCEPTED = "state IN ('complete', 'unchanged', 'partial') AND clock IN ('ok', 'unproved')"
"""In SQL, whether a visit taught anything of its source."""
MISSED = f"NOT ({ACCEPTED})"
"""In SQL, whether a visit gave nothing."""
ODD = "(state NOT IN ('complete', 'unchanged') OR reason = 'moved')"
"""In SQL, whether a visit did not find its source well, or found it elsewhere."""
LATE = "mode NOT IN ('crawl', 'replay')"
"""In SQL, whether a visit was taken in long after its time: of an archive, or held for a person."""


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=sql(where))


visit = Table(
    "visit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("detail", Text),
    Column("address", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("missed", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("clock", Text, nullable=False),
    # What the visit proves of the list: `whole`, `some` or `none`.
    Column("list", Text, nullable=False),
    # How many pages of the list it met, changed or not.
    Column("list_pages", Integer, nullable=False, server_default="0"),
    CheckConstraint("state IN ('complete','unchanged','partial','refused','failed')"),
    Index("visit_source", "source", "id"),
    Index("visit_reading", "source", "at", "state", "clock"),
    Index("visit_at", "at"),
    # The few of very many that gave nothing or moved, and those of long ago.
    _partial("visit_missed", "source", "at", "id", where=MISSED),
    _partial("visit_odd", "source", "id", where=ODD),
    _partial("visit_late", "state", where=LATE),
    sqlite_strict=True,
)

body = Table(
    "body",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    sqlite_strict=True,
)

capture = Table(
    "capture",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("visit", ForeignKey("visit.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("reached", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("headers", Text, nullable=False),
    Column("sha256", ForeignKey("body.sha256"), nullable=False, index=True),
    Column("content", Text),
    Column("reader", Text),
    Column("version", Integer),
    Column("refused", Text),
    Index("capture_page", "source", "page", "id"),
    sqlite_strict=True,
)

page = Table(
    "page",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("address", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("sha256", Text),
    Column("content", Text),
    Column("reader", Text),
    Column("version", Integer),
    Column("capture", ForeignKey("capture.id")),
    Column("links", Text, nullable=False, server_default="[]"),
    Column("asked_at", Moment, nullable=False),
    Column("full_at", Moment),
    Column("confirmed", Moment),
    Column("gone_since", Moment),
    Column("gone_visits", Integer, nullable=False, server_default="0"),
    sqlite_strict=True,
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("run", Text, nullable=False),
    Column("cause", Text, nullable=False),
    # What the other tables do not hold of this transaction's line (its authority, an old head).
    Column("note", Text),
    Column("digest", Text, nullable=False),
    sqlite_strict=True,
)

entity = Table(
    "entity",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("merged_into", ForeignKey("entity.id")),
    Column("begun", ForeignKey("ledger.id"), nullable=False),
    UniqueConstraint("kind", "number"),
    _partial("entity_merged", "merged_into", where="merged_into IS NOT NULL"),
    sqlite_strict=True,
)

entity_key = Table(
    "entity_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scheme", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("entity", ForeignKey("entity.id"), nullable=False, index=True),
    Column("begun", ForeignKey("ledger.id"), nullable=False),
    Column("ended", ForeignKey("ledger.id")),
    _partial("entity_key_held", "scheme", "value", where="ended IS NULL", unique=True),
    sqlite_strict=True,
)

MONTHS = (
    "((CAST(SUBSTR(gone_by, 1, 4) AS INTEGER) - CAST(SUBSTR(first_seen, 1, 4) AS INTEGER)) * 12 "
    "+ CAST(SUBSTR(gone_by, 6, 2) AS INTEGER) - CAST(SUBSTR(first_seen, 6, 2) AS INTEGER))"
)
"""In SQL, the months of the calendar from the one in which a spell began to the one in which it ended."""
NUMBER = "CAST(LTRIM(entity, 'abcdefghijklmnopqrstuvwxyz-') AS INTEGER)"
"""In SQL, the number of an entity among those of its kind."""
SHORT = "(CASE WHEN LENGTH(value) <= 60 THEN value END)"
"""In SQL, a value that is so short that an index may hold it as well."""
UNWATCHED = "(seen_after IS NULL OR SUBSTR(seen_after, 1, 7) <> SUBSTR(first_seen, 1, 7))"
"""In SQL, whether nobody looked before a spell was first seen, or in an earlier month of the calendar."""
UNREAD = "(gone_by IS NOT NULL AND (last_seen IS NULL OR SUBSTR(last_seen, 1, 7) <> SUBSTR(gone_by, 1, 7)))"
"""In SQL, whether a spell was gone in a later month of the calendar than the one it was last seen in."""

spell = Table(
    "spell",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("entity", ForeignKey("entity.id"), nullable=False),
    Column("field", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("printed", Text),
    Column("derived", Flag, nullable=False),
    Column("source", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("seen_after", Moment),
    Column("first_seen", Moment, nullable=False),
    # Empty while the page's own last reading shows it.
    Column("last_seen", Moment),
    Column("gone_by", Moment),
    Column("cause", Text, nullable=False),
    Column("capture", ForeignKey("capture.id"), nullable=False),
    Column("begun", ForeignKey("ledger.id"), nullable=False),
    Column("ended", ForeignKey("ledger.id")),
    Column("dropped", ForeignKey("ledger.id")),
    Index("spell_entity", "entity", "field"),
    # All that questions about places, and about what stood at a time, ask for: the index alone answers.
    _partial(
        "spell_place",
        *"entity source page rank seen_after first_seen last_seen gone_by begun ended dropped".split(),
        where="field = ''",
    ),
    Index(
        "spell_time",
        sql("SUBSTR(entity, 1, 2)"),
        "field",
        sql(MONTHS),
        *"first_seen gone_by begun ended dropped".split(),
        sql(f"({NUMBER})"),
        sql(SHORT),
    ),
    # All that questions about what came and went between two times ask for.
    Index("spell_first_seen", "first_seen", "seen_after"),
    Index("spell_gone_by", "gone_by", "last_seen", "first_seen"),
    # The few of which a gap lies over the turn of a month: all others are found near to the time.
    _partial("spell_unwatched", "first_seen", "seen_after", where=UNWATCHED),
    _partial("spell_unread", "gone_by", "last_seen", "first_seen", where=UNREAD),
    _partial("spell_standing", "source", "page", where="gone_by IS NULL AND dropped IS NULL"),
    Index("spell_begun", "begun"),
    _partial("spell_ended", "ended", where="ended IS NOT NULL"),
    _partial("spell_dropped", "dropped", where="dropped IS NOT NULL"),
    sqlite_strict=True,
)

change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ledger", ForeignKey("ledger.id"), nullable=False, index=True),
    Column("verb", Text, nullable=False),
    Column("kind", Text),
    Column("entity", ForeignKey("entity.id")),
    Column("name", Text),
    Column("field", Text),
    Column("old", Text),
    Column("new", Text),
    Column("old_printed", Text),
    Column("new_printed", Text),
    Column("seen_after", Moment),
    Column("seen_by", Moment, nullable=False),
    Column("cause", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text),
    Column("evidence", Text),
    Column("baseline", Flag, nullable=False),
    Column("summary", Text, nullable=False),
    Column("entry", Text),
    Column("told_at", Moment, unique=True),
    Index("change_entity", "entity", "id"),
    Index("change_entry", "entry"),
    Index("change_seen_by", "seen_by"),
    # The pages that prove losses.
    _partial("change_loss", "evidence", where="verb = 'disappeared'"),
    sqlite_strict=True,
)

review = Table(
    "review",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    # The doubt itself, the same whenever it is met again.
    Column("subject", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("capture", ForeignKey("capture.id"), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("verdict", Text),
    Column("reason", Text),
    Column("decided_at", Moment),
    Column("begun", ForeignKey("ledger.id"), nullable=False),
    Column("ended", ForeignKey("ledger.id")),
    _partial("review_open", "kind", "source", "subject", where="ended IS NULL", unique=True),
    sqlite_strict=True,
)

notice = Table(
    "notice",
    metadata,
    # A hash of the address: no secret is kept.
    Column("listener", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("name", Text, nullable=False),
    # The newest visit (operator) or change (news) that was told.
    Column("up_to", Integer, nullable=False),
    Column("failing_since", Moment),
    sqlite_strict=True,
)

TABLES = (visit, body, capture, page, ledger, entity, entity_key, spell, change, review, notice)
