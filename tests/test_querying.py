"""The recipes of docs/querying.md, and the same queries as Datasette is given them."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from storage.forms import moment_text
from storage.views import VIEWS
from tests.deciding import Desk
from tests.world import CALLS, KKK, World, a_call, a_cluster, at, with_value

DOCS = Path(__file__).parents[1] / "docs"
METADATA = json.loads((DOCS / "datasette-metadata.json").read_text("utf-8"))["databases"]["klastry"]
QUERIES = {name: query["sql"] for name, query in METADATA["queries"].items()}
RECIPES = re.findall(
    r"^```sql\n(.*?)^```", (DOCS / "querying.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)
GIVEN = {
    "since": "2026-01-01",
    "until": "2026-12-31",
    "entity": "call-1",
    "when": "2026-03-02T23:00:00Z",
    "known": "2026-03-31T23:00:00Z",
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A list in which statuses are extended, run out, end early and are not known; calls that move."""
    world = World.new(tmp_path_factory.mktemp("querying"))
    long = [a_cluster(name, status_until="2099-12-31") for name in ("Beta", "Delta", "Epsilon")]
    world.visit(
        KKK,
        at(),
        [
            *long,
            a_cluster("Alfa", status_until="2026-03-10"),
            a_cluster("Gamma", status_until="2026-04-01"),
            a_cluster("Zeta", status_until="2026-03-05"),
            a_cluster("Eta"),
        ],
    )
    later = [
        *long[1:],
        a_cluster("Alfa", status_until="2027-03-10"),
        a_cluster("Gamma", status_until="2026-04-01"),
    ]
    for day in (1, 2, 3, 10):
        world.visit(KKK, at(day), [*later, a_cluster("Zeta", status_until="2026-03-05")])
    for day, moved in ((0, "2026-08-30"), (1, "2026-09-29"), (2, "2026-10-09")):
        world.visit(
            CALLS,
            at(day, 1),
            [
                a_call("a", title="A", announced="2026-04-25", opens="2026-05-30", closes=moved),
                a_call("b", title="B", announced="2026-04-01", opens="2026-05-01", closes="2026-06-01"),
                a_call("c", title="C", announced="2026-04", opens="2026-05-01", closes="2026-05-21T16:00"),
            ],
        )
    world.history.close()
    with closing(sqlite3.connect(f"file:{world.history.where}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def answers(database: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    return [dict(row) for row in database.execute(QUERIES[name], GIVEN)]


def test_datasette_is_given_the_recipes() -> None:
    assert [recipe.strip().rstrip(";") for recipe in RECIPES] == list(QUERIES.values())


def test_datasette_is_told_of_every_view(database: sqlite3.Connection) -> None:
    there = {
        row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    }
    assert METADATA["tables"].keys() == {name for name in there if not name.startswith("sqlite_")}
    told = {name for name, table in METADATA["tables"].items() if "description" in table}
    assert told == VIEWS.keys() - {"known", "presence"}


@pytest.mark.parametrize("name", QUERIES)
def test_recipe_answers(name: str, database: sqlite3.Connection) -> None:
    assert answers(database, name)


def test_who_lost_the_status_and_how(database: sqlite3.Connection) -> None:
    spells = {(row["name"], row["how"], row["lost_on"]) for row in answers(database, "statuses_of_clusters")}
    assert spells == {
        ("Alfa", "extended", None),
        ("Alfa", "holds", None),
        ("Beta", "ended early", "2026-03-03"),
        ("Delta", "holds", None),
        ("Epsilon", "holds", None),
        ("Eta", "unknown", "2026-03-03"),
        ("Gamma", "unknown", "2026-04-01"),
        ("Zeta", "expired", "2026-03-05"),
    }
    lost = [(row["name"], row["how"]) for row in answers(database, "lost_status")]
    assert lost == [("Beta", "ended early"), ("Eta", "unknown"), ("Zeta", "expired"), ("Gamma", "unknown")]


def test_lead_times_have_median_and_quartiles(database: sqlite3.Connection) -> None:
    rows = [tuple(row.values())[:5] for row in answers(database, "lead_times")]
    assert rows == [("announced to opens", 2, 30.0, 30.0, 35.0), ("opens to closes", 3, 20.0, 31.0, 132.0)]


def test_deadline_moves(database: sqlite3.Connection) -> None:
    assert [(row["name"], row["days"]) for row in answers(database, "moved_deadlines")] == [
        ("A", 30),
        ("A", 10),
    ]
    assert [tuple(row.values())[:5] for row in answers(database, "deadline_moves")] == [(2, 1, 10, 10, 30)]


def test_both_axes_of_time_are_asked(database: sqlite3.Connection) -> None:
    def listed(when: datetime, known: datetime) -> set[str]:
        given = {"when": moment_text(when), "known": moment_text(known)}
        rows = database.execute(QUERIES["shown_at_a_time"], given).fetchall()
        there = {row["entity"] for row in rows if row["field"] == "" and row["source"] == "kkk-mr"}
        return {row["value"] for row in rows if row["field"] == "name" and row["entity"] in there}

    everybody = {"Alfa", "Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta"}
    assert listed(at(), at()) == everybody
    assert listed(at(0.5), at(30)) == everybody
    assert listed(at(30), at(30)) == {"Alfa", "Gamma", "Delta", "Epsilon", "Zeta"}
    assert listed(at(30), at(0.5)) == everybody
    assert listed(at(0.5), at(-1)) == set()


def moves(desk: Desk) -> list[tuple[Any, ...]]:
    rows = desk.world.history.rows("moves")
    return [(row["name"], row["field"], row["old"], row["new"]) for row in rows]


def test_what_was_taken_back_is_no_move(tmp_path: Path) -> None:
    desk = Desk(World.new(tmp_path))
    clusters = [
        a_cluster(name, status_until="2027-12-17", round="V") for name in ("Alfa", "Beta", "Gamma", "Delta")
    ]
    longer = [with_value(each, status_until="2030-12-17", round="VI") for each in clusters]
    desk.visit(0, clusters)
    desk.visit(1, longer)
    number = desk.number()
    assert moves(desk) == []
    desk.judge(number, "accept")
    assert len(moves(desk)) == 8
    desk.judge(number, "undo")
    assert moves(desk) == []
    desk.judge(desk.number(), "accept")
    assert len(moves(desk)) == 8


def test_a_next_round_moves_no_deadline(tmp_path: Path) -> None:
    world = World.new(tmp_path)
    first, second = "2026-05-01/2026-06-01", "2026-09-01/2026-10-01"
    for day, rounds in enumerate([(first,), (first, second)]):
        closes = rounds[-1].partition("/")[2]
        row = replace(
            a_call("a", title="A", rounds=rounds, opens="2026-05-01", closes=closes),
            derived=frozenset({"opens", "closes"}),
        )
        world.visit(CALLS, at(day), [row])
    assert [row["field"] for row in world.history.rows("moves")] == ["rounds"]
