"""The ten tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "body",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
        sqlite_strict=True,
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('complete','unchanged','partial','refused','failed')"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("visit_at", "visit", ["at"], unique=False)
    op.create_index("visit_source", "visit", ["source", "id"], unique=False)
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reached", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("reader", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["body.sha256"],
        ),
        sa.ForeignKeyConstraint(
            ["visit"],
            ["visit.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("capture_page", "capture", ["source", "page", "id"], unique=False)
    op.create_index(op.f("ix_capture_sha256"), "capture", ["sha256"], unique=False)
    op.create_table(
        "entity",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["begun"],
            ["ledger.id"],
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["entity.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "number"),
        sqlite_strict=True,
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ledger", sa.Integer(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("entity", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("old_printed", sa.Text(), nullable=True),
        sa.Column("new_printed", sa.Text(), nullable=True),
        sa.Column("seen_after", sa.Text(), nullable=True),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("baseline", sa.Integer(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("told_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["entity"],
            ["entity.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ledger"],
            ["ledger.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("told_at"),
        sqlite_strict=True,
    )
    op.create_index("change_entity", "change", ["entity", "id"], unique=False)
    op.create_index("change_entry", "change", ["entry"], unique=False)
    op.create_index("change_seen_by", "change", ["seen_by"], unique=False)
    op.create_index(op.f("ix_change_ledger"), "change", ["ledger"], unique=False)
    op.create_table(
        "entity_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["begun"],
            ["ledger.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["ledger.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entity"],
            ["entity.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "entity_key_held",
        "entity_key",
        ["scheme", "value"],
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_index(op.f("ix_entity_key_entity"), "entity_key", ["entity"], unique=False)
    op.create_table(
        "page",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("reader", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("capture", sa.Integer(), nullable=True),
        sa.Column("links", sa.Text(), server_default="[]", nullable=False),
        sa.Column("asked_at", sa.Text(), nullable=False),
        sa.Column("full_at", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Text(), nullable=True),
        sa.Column("gone_since", sa.Text(), nullable=True),
        sa.Column("gone_visits", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["capture"],
            ["capture.id"],
        ),
        sa.PrimaryKeyConstraint("source", "key"),
        sqlite_strict=True,
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("capture", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.Text(), nullable=True),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["begun"],
            ["ledger.id"],
        ),
        sa.ForeignKeyConstraint(
            ["capture"],
            ["capture.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["ledger.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index(
        "review_open",
        "review",
        ["kind", "source", "subject"],
        unique=True,
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "spell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("printed", sa.Text(), nullable=True),
        sa.Column("derived", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("seen_after", sa.Text(), nullable=True),
        sa.Column("first_seen", sa.Text(), nullable=False),
        sa.Column("last_seen", sa.Text(), nullable=True),
        sa.Column("gone_by", sa.Text(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("capture", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=True),
        sa.Column("dropped", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["begun"],
            ["ledger.id"],
        ),
        sa.ForeignKeyConstraint(
            ["capture"],
            ["capture.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dropped"],
            ["ledger.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ended"],
            ["ledger.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entity"],
            ["entity.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("spell_begun", "spell", ["begun"], unique=False)
    op.create_index(
        "spell_dropped",
        "spell",
        ["dropped"],
        unique=False,
        sqlite_where=sa.text("dropped IS NOT NULL"),
        postgresql_where=sa.text("dropped IS NOT NULL"),
    )
    op.create_index(
        "spell_ended",
        "spell",
        ["ended"],
        unique=False,
        sqlite_where=sa.text("ended IS NOT NULL"),
        postgresql_where=sa.text("ended IS NOT NULL"),
    )
    op.create_index("spell_entity", "spell", ["entity", "field"], unique=False)
    op.create_index(
        "spell_place",
        "spell",
        ["entity"],
        unique=False,
        sqlite_where=sa.text("field = ''"),
        postgresql_where=sa.text("field = ''"),
    )
    op.create_index(
        "spell_standing",
        "spell",
        ["source", "page"],
        unique=False,
        sqlite_where=sa.text("gone_by IS NULL AND dropped IS NULL"),
        postgresql_where=sa.text("gone_by IS NULL AND dropped IS NULL"),
    )
