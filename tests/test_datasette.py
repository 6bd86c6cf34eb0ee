"""The history in Datasette itself: its views, and the recipes of docs/querying.md as its queries."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from storage.views import VIEWS
from tests.test_querying import DOCS, GIVEN, QUERIES, database

__all__ = ["database"]
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def file(database: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database under the name that the description of it expects."""
    (where,) = [row[2] for row in database.execute("PRAGMA database_list")]
    return Path(shutil.copy(where, tmp_path_factory.mktemp("datasette") / "klastry.db"))


def ask(file: Path, path: str, **given: str) -> Any:
    metadata = DOCS / "datasette-metadata.json"
    words = [
        sys.executable,
        "-m",
        "datasette",
        file,
        "--metadata",
        metadata,
        "--get",
        f"{path}?{urlencode(given)}",
    ]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def test_it_shows_every_view(file: Path) -> None:
    about = ask(file, "/klastry.json")
    assert {view["name"] for view in about["views"]} == VIEWS.keys() | {"today"}
    assert {query["name"] for query in about["queries"]} == QUERIES.keys()


@pytest.mark.parametrize("name", QUERIES)
def test_it_answers_as_the_database_does(name: str, file: Path, database: sqlite3.Connection) -> None:
    expected = [dict(row) for row in database.execute(QUERIES[name], GIVEN)]
    assert ask(file, f"/klastry/{name}.json", _shape="array", **GIVEN) == expected
