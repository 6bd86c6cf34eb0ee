"""Visits of hosts that tell no time count as observed: the views say so, and are made anew at the end."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """No table changes."""
