"""Indexes that answer questions about the past by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("visit_reading", "visit", ["source", "at", "state", "clock"])
    op.create_index(
        "entity_merged",
        "entity",
        ["merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index("spell_place", "spell")
    op.create_index(
        "spell_place",
        "spell",
        "entity source page rank seen_after first_seen last_seen gone_by begun ended dropped".split(),
        sqlite_where=sa.text("field = ''"),
        postgresql_where=sa.text("field = ''"),
    )
    kind = sa.text("SUBSTR(entity, 1, 2)")
    columns = "gone_by first_seen begun ended dropped seen_after last_seen entity field rank derived".split()
    # An index of PostgreSQL takes no long text.
    said = ["value", "printed"] if op.get_bind().dialect.name == "sqlite" else []
    op.create_index("spell_time", "spell", [kind, *columns, *said])
