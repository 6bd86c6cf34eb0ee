"""The demo, run once as a user runs it: what is told on each day, what is not, and what is published."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import feedparser
import pytest

from monitor.demo import demo, place
from monitor.demo.days import FOLDER, VISITS, pages
from monitor.entries import entries
from monitor.standin import Asked
from storage.errors import UsageError
from storage.history import History
from tests.playing import Played

CALL = "Rozwój oferty klastrów dla firm"
ROUND = "Konkurs o status Krajowego Klastra Kluczowego – {} runda"
SILESIA = "Silesia Automotive & Advanced Manufacturing"
NORTH_SOUTH = "Klaster Logistyczno-Transportowy Północ-Południe"
RESULTS = "PARP ogłasza wyniki naboru „Rozwój oferty klastrów dla firm”"

# Times in UTC: the visits are made at 07:20 and 18:15 in Warsaw.
FIRST, FIRST_EVENING = "2023-01-16T06:20:00Z", "2023-01-16T17:15:00Z"
SECOND, SECOND_EVENING = "2023-04-25T05:20:00Z", "2023-04-25T16:15:00Z"
THIRD, THIRD_EVENING = "2023-08-24T05:20:00Z", "2023-08-24T16:15:00Z"
FOURTH = "2023-12-05T06:20:00Z"

# By source, for sites are visited side by side: verb, name, field, old, new, seen after, seen by, run.
TOLD = {
    "kkk-mr": [
        ("changed", SILESIA, "status_until", "2022-08-28", "2025-12-17", FIRST_EVENING, SECOND, SECOND),
        ("changed", SILESIA, "round", "IV", "VI", FIRST_EVENING, SECOND, SECOND),
        ("appeared", "Interizon", None, None, None, FIRST_EVENING, SECOND, SECOND),
        ("changed", NORTH_SOUTH, "status_until", "2022-08-28", "2025-12-17", FIRST_EVENING, SECOND, SECOND),
        ("changed", NORTH_SOUTH, "round", "IV", "VI", FIRST_EVENING, SECOND, SECOND),
        ("disappeared", "Polski Klaster Aluminium", None, None, None, SECOND, SECOND_EVENING, FOURTH),
    ],
    "competition-mr": [
        ("appeared", ROUND.format("VII"), None, None, None, FIRST_EVENING, SECOND, SECOND),
        ("changed", ROUND.format("VI"), "status", "closed", "settled", FIRST_EVENING, SECOND, SECOND),
    ],
    "calls-parp": [
        ("appeared", CALL, None, None, None, FIRST_EVENING, SECOND, SECOND),
        ("changed", CALL, "closes", "2023-08-30", "2023-09-29", SECOND_EVENING, THIRD, THIRD),
        ("changed", CALL, "results", None, "2023-12-05", THIRD_EVENING, FOURTH, FOURTH),
    ],
    "news-parp": [("appeared", RESULTS, None, None, None, THIRD_EVENING, FOURTH, FOURTH)],
}  # fmt: skip
RECORDS = ["kkk-mr: 11", "competition-mr: 1", "news-mr: 2", "calls-parp: 3", "news-parp: 2"]
COLUMNS = ("verb", "name", "field", "old", "new", "seen_after", "seen_by", "recorded_at")
MINISTRY = {"kkk-mr", "competition-mr", "news-mr"}


@pytest.fixture
def history(played: Played) -> Iterator[History]:
    with played.history as history:
        yield history


@pytest.fixture
def told(history: History) -> list[dict[str, Any]]:
    """The rows that belong to a feed entry, oldest first."""
    return [row for row in history.changes() if row["entry"]]


def test_it_tells_this_and_nothing_else(told: list[dict[str, Any]]) -> None:
    began, *rows = told
    by_source = defaultdict(list)
    for row in rows:
        by_source[row["source"]].append(tuple(row[column] for column in COLUMNS))
    assert (began["verb"], json.loads(began["new"]), began["seen_by"]) == ("began", RECORDS, FIRST)
    assert by_source == TOLD
    assert not [row for row in told if row["baseline"] or row["cause"] != "source"]


def test_all_sites_are_visited_twice_a_day_and_the_one_long_gone_once_in_a_week(history: History) -> None:
    times = defaultdict(list)
    for visit in history.visits():
        times[visit["source"]].append(visit["at"])
    all_visits = [visit.at.astimezone(UTC) for visit in VISITS]
    assert times.pop("kkk-pi") == all_visits[::2]
    assert times == dict.fromkeys([*MINISTRY, "calls-parp", "news-parp"], all_visits)


def test_only_the_block_page_is_not_believed(history: History) -> None:
    doubted = {
        (visit["source"], visit["at"].strftime("%Y-%m-%dT%H:%M:%SZ"), visit["state"], visit["reason"])
        for visit in history.visits()
        if visit["source"] != "kkk-pi" and visit["state"] not in ("complete", "unchanged")
    }
    assert doubted == {(source, THIRD_EVENING, "refused", "blocked-page") for source in MINISTRY}


def test_the_block_page_moves_no_end_of_what_stands(history: History) -> None:
    rows = history.changes(since=datetime.fromisoformat(THIRD_EVENING), equal={"source": "kkk-mr"})
    assert rows == []
    lost = next(row for row in history.rows("clusters", day="2023-12-05") if row["listed"] == "no")
    assert (lost["name"], lost["last_seen"]) == ("Polski Klaster Aluminium", SECOND)


def test_pages_that_did_not_change_tell_nothing(history: History) -> None:
    states = {(visit["at"], visit["state"]) for visit in history.visits() if visit["source"] != "kkk-pi"}
    for evening in (VISITS[1], VISITS[7]):
        at = evening.at.astimezone(UTC)
        assert {state for when, state in states if when == at} == {"unchanged"}
        assert history.changes(since=at, until=at.replace(hour=23)) == []


@pytest.mark.parametrize("name", ["klastry.xml", "feed.xml"])
def test_feeds_hold_the_entries_in_the_order_of_telling(
    played: Played, told: list[dict[str, Any]], name: str
) -> None:
    feed = feedparser.parse((played.public / name).read_bytes())
    assert not feed.bozo
    order = dict.fromkeys(row["entry"] for row in told)
    assert [entry.id for entry in feed.entries] == list(order)[::-1]
    assert feed.entries[-1].link.startswith("http://127.0.0.1:8765/")


def test_all_is_printed_day_by_day(played: Played, history: History) -> None:
    _, *days = played.printed.split("\nDay ")
    headings = [day.splitlines()[0] for day in days]
    assert headings == [
        "1: Monday 16 January 2023",
        "2: Tuesday 25 April 2023",
        "3: Thursday 24 August 2023",
        "4: Tuesday 5 December 2023",
    ]
    for entry in entries(history.told()):
        day = next(
            day for day, visit in zip(days, VISITS[::2], strict=True) if visit.at.date() == entry.at.date()
        )
        assert f"    {entry.title}\n" in day.partition("evening")[0]
    evenings = [day.partition("evening")[2] for day in days]
    assert all(": nothing told" in evening for evening in evenings)
    assert ["refused" in evening for evening in evenings] == [False, False, True, False]
    assert ["certain: Polski Klaster Aluminium" in evening for evening in evenings] == [
        False,
        True,
        True,
        False,
    ]
    assert "http://127.0.0.1:8765/klastry.xml" in days[3]


def test_what_is_published_says_that_the_pages_are_models(played: Played) -> None:
    assert "strony modelowe" in (played.public / "index.html").read_text(encoding="utf-8")


def test_every_page_says_that_it_is_a_model() -> None:
    files = [file for file in FOLDER.rglob("*") if file.is_file()]
    assert files
    for file in files:
        assert "of klastry's demo; not a recording of any site." in file.read_text(encoding="utf-8")[:200], (
            file
        )


def test_every_folder_of_pages_belongs_to_a_visit() -> None:
    assert {folder.name for folder in FOLDER.iterdir()} <= {visit.name for visit in VISITS}


def test_the_block_page_passes() -> None:
    asked = Asked("GET", "https://www.gov.pl/web/rozwoj-technologia/krajowe-klastry-kluczowe", {})
    bodies = [pages(visit)(asked).body for visit in VISITS]
    assert b"Request Rejected" in bodies[5]
    assert bodies[4] == bodies[6] == bodies[3] != bodies[2]


def test_it_runs_again_where_it_ran_and_keeps_what_is_not_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    place.prepare(folder)
    place.configure(folder, "http://127.0.0.1:8765/")
    for name in ("data", "public"):
        (folder / name).mkdir()
        (folder / name / "old").touch()
    (folder / "notes.txt").touch()
    place.prepare(folder)
    assert sorted(file.name for file in folder.iterdir()) == [".klastry-demo", "notes.txt"]


def test_it_does_not_run_where_something_else_lives(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(UsageError, match="not made by the demo"):
        demo(serve=False, out=StringIO(), folder=tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]
