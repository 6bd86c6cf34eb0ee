"""A database as an older klastry left it: what the migrations since then made is taken away again."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage.views import VIEWS

_MADE_SINCE = {
    "0003": ("DROP TABLE notice",),
    "0004": ("ALTER TABLE visit DROP COLUMN list_pages",),
    "0006": ("DROP INDEX spell_first_seen", "DROP INDEX spell_gone_by"),
    "0007": ("DROP INDEX spell_unwatched", "DROP INDEX spell_unread", "DROP INDEX visit_missed"),
    "0008": ("DROP INDEX visit_odd", "DROP INDEX visit_late"),
    "0009": ("DROP INDEX change_loss",),
}


def make_older(database: Path | str, version: str) -> None:
    # SQLite drops no column while a view is in the way.
    views = [f"DROP VIEW {name}" for name in (*VIEWS, "today")]
    later = [step for made_by, steps in _MADE_SINCE.items() if made_by > version for step in steps]
    with closing(sqlite3.connect(database)) as raw, raw:
        for step in (*views, *later):
            raw.execute(step)
        raw.execute("UPDATE alembic_version SET version_num = ?", (version,))
