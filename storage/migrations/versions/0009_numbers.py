"""What stood is found field by field, and by the numbers of entities; losses by what proves them."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_MONTHS = (
    "((CAST(SUBSTR(gone_by, 1, 4) AS INTEGER) - CAST(SUBSTR(first_seen, 1, 4) AS INTEGER)) * 12 "
    "+ CAST(SUBSTR(gone_by, 6, 2) AS INTEGER) - CAST(SUBSTR(first_seen, 6, 2) AS INTEGER))"
)
_NUMBER = "(CAST(LTRIM(entity, 'abcdefghijklmnopqrstuvwxyz-') AS INTEGER))"
_SHORT = "(CASE WHEN LENGTH(value) <= 60 THEN value END)"


def upgrade() -> None:
    op.drop_index("spell_time", "spell")
    kind, months, number, short = (
        sa.text(each) for each in ("SUBSTR(entity, 1, 2)", _MONTHS, _NUMBER, _SHORT)
    )
    stood = "first_seen gone_by begun ended dropped".split()
    op.create_index("spell_time", "spell", [kind, "field", months, *stood, number, short])
    where = sa.text("verb = 'disappeared'")
    op.create_index("change_loss", "change", ["evidence"], sqlite_where=where, postgresql_where=where)
