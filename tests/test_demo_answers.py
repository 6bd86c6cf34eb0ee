"""Every question an analyst may ask, answered for the demo's four days by the commands and recipes."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from storage.forms import WARSAW
from tests.playing import Played
from tests.statuses import losses_are_ends_of_statuses
from tests.test_demo import CALL, NORTH_SOUTH, ROUND, SILESIA
from tests.test_querying import QUERIES

FIRST, SECOND, THIRD, FOURTH = DAYS = ("2023-01-16", "2023-04-25", "2023-08-24", "2023-12-05")
ALUMINIUM = "Polski Klaster Aluminium"
OF_ROUND_V = {
    "Klaster Dolina Lotnicza", "Klaster Obróbki Metali", "Mazowiecki Klaster ICT", "Polski Klaster Budowlany",
    "NUTRIBIOMED Klaster", "MedSilesia – Śląska Sieć Wyrobów Medycznych",
    "Polski Klaster Technologii Kompozytowych", "Klaster Fotoniki i Światłowodów",
}  # fmt: skip
SOURCES = ("calls-parp", "competition-mr", "kkk-mr", "news-mr", "news-parp")
Row = dict[str, Any]
Ask = Callable[[str], list[Row]]


@pytest.fixture
def ask(played: Played, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command on the demo's history; gives its rows."""

    def ask(words: str) -> list[Row]:
        config = str(played.place / "klastry.toml")
        assert main(["--config", config, *words.split(), "--format", "json"]) == 0, capsys.readouterr().err
        rows: list[Row] = json.loads(capsys.readouterr().out)
        return rows

    return ask


@pytest.fixture
def database(played: Played) -> Iterator[sqlite3.Connection]:
    where = f"file:{played.place / 'data/klastry.db'}?mode=ro"
    with closing(sqlite3.connect(where, uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def recipe(database: sqlite3.Connection, name: str, **given: str) -> list[Row]:
    return [dict(row) for row in database.execute(QUERIES[name], given)]


# What the list said


def test_who_was_listed_on_each_day(ask: Ask) -> None:
    ten = OF_ROUND_V | {SILESIA, NORTH_SOUTH}
    expected = {FIRST: ten | {ALUMINIUM}, **dict.fromkeys((SECOND, THIRD, FOURTH), ten | {"Interizon"})}
    for day, names in expected.items():
        rows = ask(f"list clusters --as-of {day}")
        assert {row["name"] for row in rows if row["listed"] == "yes"} == names, day
        assert {row["known_up_to"][:10] for row in rows} == {day}
        gone = {row["name"]: row["listed"] for row in rows if row["name"] == ALUMINIUM}
        assert gone == {ALUMINIUM: "yes" if day == FIRST else "no"}


def test_whose_status_held_on_each_day(ask: Ask) -> None:
    held = {day: {row["name"] for row in ask(f"list clusters --holding --as-of {day}")} for day in DAYS}
    assert held[FIRST] == OF_ROUND_V
    assert held[SECOND] == held[THIRD] == held[FOURTH] == OF_ROUND_V | {SILESIA, NORTH_SOUTH, "Interizon"}


def test_what_a_day_between_two_readings_says(ask: Ask) -> None:
    rows = ask("list clusters --as-of 2023-03-01")
    assert {row["name"] for row in rows} == OF_ROUND_V | {SILESIA, NORTH_SOUTH, ALUMINIUM}
    assert {row["known_up_to"] for row in rows} == {"2023-01-16T17:15:00Z"}


@pytest.mark.parametrize(
    ("known", "listed"),
    [(f"{SECOND}T12:00", "yes"), (SECOND, "missing"), (THIRD, "missing"), (FOURTH, "no")],
)
def test_what_was_known_then_of_the_lost_one(ask: Ask, known: str, listed: str) -> None:
    rows = ask(f"list clusters --as-of {FOURTH} --known-at {known}")
    assert {row["listed"] for row in rows if row["name"] == ALUMINIUM} == {listed}
    assert {row["known_up_to"][:10] for row in rows} == {known[:10]}


def test_how_the_calls_stood(ask: Ask) -> None:
    stood = {}
    for day in DAYS:
        rows = ask(f"list calls --as-of {day}")
        stood[day] = {row["title"]: (row["status"], row["closes"], row["results"]) for row in rows}
    assert [stood[day].get(CALL) for day in DAYS] == [
        None,
        ("planned", "2023-08-30", None),
        ("open", "2023-09-29", None),
        ("closed", "2023-09-29", "2023-12-05"),
    ]
    assert [stood[day][ROUND.format("VI")][0] for day in DAYS] == ["closed", "settled", "settled", "settled"]
    assert [stood[day].get(ROUND.format("VII"), [None])[0] for day in DAYS] == [None, *["planned"] * 3]


# What differs


def differences(rows: list[Row]) -> list[tuple[Any, ...]]:
    return [(row["name"], row["verb"], row["field"], row["old"], row["new"]) for row in rows]


def test_what_differs_between_the_days(ask: Ask) -> None:
    assert differences(ask(f"diff {FIRST} {SECOND}")) == [
        (SILESIA, "changed", "round", "IV", "VI"),
        (SILESIA, "changed", "status_until", "2022-08-28", "2025-12-17"),
        (NORTH_SOUTH, "changed", "round", "IV", "VI"),
        (NORTH_SOUTH, "changed", "status_until", "2022-08-28", "2025-12-17"),
        (ALUMINIUM, "out", None, None, None),
        ("Interizon", "in", None, None, None),
        (ROUND.format("VI"), "changed", "status", "closed", "settled"),
        (ROUND.format("VII"), "in", None, None, None),
        (CALL, "in", None, None, None),
        # Nobody had read the card before: who knows since when the document is attached to it?
        ("Regulamin wyboru projektów", "unknown", None, None, None),
    ]
    assert differences(ask(f"diff {SECOND} {THIRD}")) == [
        (CALL, "changed", "closes", "2023-08-30", "2023-09-29"),
        (CALL, "changed", "rounds", ["2023-05-30/2023-08-30"], ["2023-05-30/2023-09-29"]),
    ]
    assert differences(ask(f"diff {THIRD} {FOURTH}")) == [
        (CALL, "changed", "results", None, "2023-12-05"),
        ("PARP ogłasza wyniki naboru „Rozwój oferty klastrów dla firm”", "in", None, None, None),
    ]
    assert differences(ask(f"diff {FOURTH} {FOURTH}")) == []


def test_what_nobody_read_is_unknown(ask: Ask) -> None:
    rows = ask(f"diff {SECOND} 2023-08-01")
    assert {row["verb"] for row in rows} == {"unknown"}
    assert (CALL, "unknown", "closes", "2023-08-30", "2023-09-29") in differences(rows)
    listed = {row["name"] for row in ask(f"list clusters --as-of {SECOND}") if row["listed"] == "yes"}
    assert listed <= {row["name"] for row in rows if row["field"] is None}
    assert {row["known_up_to"] for row in rows} == {"2023-04-25T16:15:00Z"}


# One thing, and all of them


def test_the_call_from_first_sight_to_now(ask: Ask) -> None:
    rows = [row for row in ask("timeline call-6") if row["what"] == "change"]
    told = [(row["after"], row["at"], row["verb"], row["field"], row["new"]) for row in rows]
    third = ("2023-04-25T16:15:00Z", "2023-08-24T05:20:00Z")
    fourth = ("2023-08-24T16:15:00Z", "2023-12-05T06:20:00Z")
    assert told == [
        ("2023-01-16T17:15:00Z", "2023-04-25T05:20:00Z", "appeared", None, None),
        (*third, "changed", "closes", "2023-09-29"),
        (*third, "changed", "rounds", ["2023-05-30/2023-09-29"]),
        (*fourth, "changed", "results", "2023-12-05"),
    ]


def test_the_lost_cluster_with_the_times_when_nobody_looked(ask: Ask) -> None:
    rows = ask("timeline aluminium")
    assert [(row["what"], row["verb"], row["at"] and row["at"][:10]) for row in rows] == [
        ("change", "appeared", FIRST),
        ("gap", None, SECOND),
        ("change", "disappeared", SECOND),
        ("gap", None, THIRD),
        ("gap", None, FOURTH),
        ("gap", None, None),  # it lasts
    ]


def test_how_well_the_sources_were_observed(ask: Ask) -> None:
    rows = {row["source"]: row for row in ask("coverage")}
    assert rows.keys() == {*SOURCES, "kkk-pi"}
    for source in SOURCES:
        row = rows[source]
        whole = 8 if source.endswith("parp") else 7  # the block page of the third evening
        assert (row["first_visit"][:10], row["known_up_to"][:10]) == (FIRST, FOURTH)
        assert (row["complete_visits"], row["days_observed"], row["gaps"]) == (whole, 4, 4)
    gone = rows["kkk-pi"]
    assert (gone["known_up_to"], gone["complete_visits"], gone["gaps"]) == (None, 0, 1)


# By recipe


def test_status_spells(database: sqlite3.Connection) -> None:
    spells = {
        (row["name"], row["status_until"], row["how"], row["lost_on"])
        for row in recipe(database, "statuses_of_clusters")
    }
    prolonged = {(name, "2022-08-28", "expired", "2022-08-28") for name in (SILESIA, NORTH_SOUTH)}
    five = {(name, "2024-12-31", *since_2023("2024-12-31")) for name in OF_ROUND_V}
    six = {(name, "2025-12-17", *since_2023("2025-12-17")) for name in (SILESIA, NORTH_SOUTH, "Interizon")}
    assert spells == prolonged | five | six | {(ALUMINIUM, None, "unknown", SECOND)}


def test_each_loss_of_the_log_is_the_end_of_a_status(played: Played) -> None:
    with played.history as history:
        losses_are_ends_of_statuses(history, 1)


def since_2023(until: str) -> tuple[str, str | None]:
    """How a status ended: the pages were last read in 2023, so nobody saw that it ran out."""
    return ("holds", None) if datetime.now(WARSAW).date().isoformat() <= until else ("unknown", until)


def test_who_lost_the_status_between_two_days(database: sqlite3.Connection) -> None:
    rows = recipe(database, "lost_status", since=FIRST, until=FOURTH)
    assert [(row["name"], row["how"], row["lost_on"]) for row in rows] == [(ALUMINIUM, "unknown", SECOND)]
    rows = recipe(database, "lost_status", since="2022-08-01", until=FIRST)
    assert {(row["name"], row["how"]) for row in rows} == {(SILESIA, "expired"), (NORTH_SOUTH, "expired")}


def test_lead_times_and_moved_deadlines(database: sqlite3.Connection) -> None:
    days = [list(row.values())[:5] for row in recipe(database, "lead_times")]
    # 25 April to 30 May; 72, 77, 100 and 122 days (30 May to 29 September).
    assert days == [["announced to opens", 1, 35, 35, 35], ["opens to closes", 4, 72, 77, 100]]
    (moved,) = recipe(database, "moved_deadlines")
    assert [moved[name] for name in ("name", "old", "new", "days")] == [CALL, "2023-08-30", "2023-09-29", 30]
    assert [list(row.values())[:5] for row in recipe(database, "deadline_moves")] == [[1, 1, 30, 30, 30]]
    assert {row["known_up_to"][:10] for row in recipe(database, "lead_times")} == {FOURTH}


@pytest.mark.parametrize("day", [FIRST, "2023-03-01", SECOND, FOURTH])
def test_sql_over_the_history_says_who_was_listed(day: str, ask: Ask, database: sqlite3.Connection) -> None:
    told = (Path(__file__).parents[1] / "docs/history.md").read_text("utf-8")
    now, then = re.findall(r"```sql\n(SELECT DISTINCT entity.*?)```", told, re.DOTALL)

    def entities(query: str, known: str = "") -> set[str]:
        of_day = query.replace("2026-03-02T23:00:00Z", f"{day}T22:00:00Z")
        rows = database.execute(of_day.replace("2026-03-05T12:00:00Z", known))
        return {row["entity"] for row in rows}

    def listed(words: str) -> set[str]:
        rows = ask(f"list clusters --as-of {day} {words}")
        return {row["entity"] for row in rows if row["listed"] == "yes"}

    assert entities(now) == listed("")
    for known in (f"{FIRST}T12:00:00Z", f"{SECOND}T12:00:00Z", f"{FOURTH}T12:00:00Z"):
        assert entities(then, known) == listed(f"--known-at {known}"), known


def test_every_value_points_to_its_page(database: sqlite3.Connection) -> None:
    rows = recipe(database, "said_of_one", entity="call-6")
    closes = [(row["value"], row["printed"], row["gone_by"]) for row in rows if row["field"] == "closes"]
    assert ("2023-08-30", "30 sierpnia 2023", "2023-08-24T05:20:00Z") in closes
    assert ("2023-09-29", "29 września 2023", None) in closes
    kept = {row[0] for row in database.execute("SELECT sha256 FROM evidence")}
    assert {row["evidence"] for row in rows} <= kept
