"""The few visits that gave nothing or moved, and those taken in late, are found without a look at all."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ODD = sa.text("(state NOT IN ('complete', 'unchanged') OR reason = 'moved')")
_LATE = sa.text("mode NOT IN ('crawl', 'replay')")


def upgrade() -> None:
    for name, columns, where in (("visit_odd", ["source", "id"], _ODD), ("visit_late", ["state"], _LATE)):
        op.create_index(name, "visit", columns, sqlite_where=where, postgresql_where=where)
