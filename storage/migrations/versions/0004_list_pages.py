"""How many pages of its list each visit met, changed or not."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("visit", sa.Column("list_pages", sa.Integer(), nullable=False, server_default="0"))
    # Older visits did not say: they met every page of the list that was known by then.
    op.execute(
        "UPDATE visit SET list_pages = (SELECT COUNT(DISTINCT page) FROM capture"
        " WHERE capture.source = visit.source AND capture.visit <= visit.id AND capture.refused IS NULL"
        " AND (capture.page = 'list' OR capture.page LIKE 'list %')) WHERE list <> 'none'"
    )
