"""What stood at a time is found by how many months it stood; indexes hold no long values any more."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_MONTHS = (
    "((CAST(SUBSTR(gone_by, 1, 4) AS INTEGER) - CAST(SUBSTR(first_seen, 1, 4) AS INTEGER)) * 12 "
    "+ CAST(SUBSTR(gone_by, 6, 2) AS INTEGER) - CAST(SUBSTR(first_seen, 6, 2) AS INTEGER))"
)
_SHORT = "(CASE WHEN LENGTH(value) <= 60 THEN value END)"


def upgrade() -> None:
    op.drop_index("spell_time", "spell")
    kind, months, short = (sa.text(each) for each in ("SUBSTR(entity, 1, 2)", _MONTHS, _SHORT))
    columns = "first_seen gone_by begun ended dropped entity field rank derived".split()
    op.create_index("spell_time", "spell", [kind, months, *columns, short])
    op.create_index("spell_first_seen", "spell", ["first_seen", "gone_by", "seen_after", "ended"])
    op.create_index("spell_gone_by", "spell", ["gone_by", "first_seen", "last_seen"])
