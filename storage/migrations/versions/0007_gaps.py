"""What may have come or gone while nobody looked is found near to a time, or among few."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_UNWATCHED = sa.text("(seen_after IS NULL OR SUBSTR(seen_after, 1, 7) <> SUBSTR(first_seen, 1, 7))")
_UNREAD = sa.text(
    "(gone_by IS NOT NULL AND (last_seen IS NULL OR SUBSTR(last_seen, 1, 7) <> SUBSTR(gone_by, 1, 7)))"
)
_MISSED = sa.text("NOT (state IN ('complete', 'unchanged', 'partial') AND clock IN ('ok', 'unproved'))")


def upgrade() -> None:
    op.drop_index("spell_first_seen", "spell")
    op.drop_index("spell_gone_by", "spell")
    op.create_index("spell_first_seen", "spell", ["first_seen", "seen_after"])
    op.create_index("spell_gone_by", "spell", ["gone_by", "last_seen", "first_seen"])
    for name, table, columns, where in (
        ("spell_unwatched", "spell", ["first_seen", "seen_after"], _UNWATCHED),
        ("spell_unread", "spell", ["gone_by", "last_seen", "first_seen"], _UNREAD),
        ("visit_missed", "visit", ["source", "at", "id"], _MISSED),
    ):
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
