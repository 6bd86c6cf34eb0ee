"""A clock that is wrong, a machine that slept, a month without news: nothing false, and life is shown."""

import json
import sqlite3
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from children import Forge
from e2e import START, World, only
from e2e_pages import SOURCES, healthy, later
from faults.model import OWN_ROWS, own_list
from whole import LATER, crawl, entries

from monitor.standin import Answer

FAR = datetime(2099, 11, 23, 12, tzinfo=UTC)
PAST = datetime(2001, 1, 1, tzinfo=UTC)
NEWS = START + timedelta(hours=LATER)
LIVE = ("crawl", *SOURCES)
"""A crawl by the clock of the machine."""


@pytest.fixture
def world(first: World, tmp_path: Path) -> Iterator[World]:
    with first.copy(tmp_path / "world") as world:
        world.date = NEWS
        world.show(later())
        yield world


@pytest.fixture
def silent(world: World) -> World:
    """A world whose network is down."""
    world.site = {}
    world.show()
    return world


MINE = """
[source.mine]
title = "Nabory w regionie"
url = "https://mine.test/nabory"
list = "window"
item = "ul.calls > li"
fields = { title = "a", url = "a@href", closes = ".deadline" }
"""
NEW_ROWS = {5: "Nabór dla śląskich klastrów", **OWN_ROWS}


def timeless(rows: Mapping[int, str]) -> dict[str, Answer]:
    """A site that never tells the time."""
    body = own_list(rows).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    return {
        "https://mine.test/nabory": Answer(raw=head.encode() + body),
        "https://mine.test/robots.txt": Answer(raw=b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    }


def news_of(world: World) -> list[tuple[str, str]]:
    """When the news of the own list came to be seen, and what it was."""
    told = "verb = 'appeared' AND entry IS NOT NULL"
    return world.rows(f"SELECT seen_by, summary FROM changes WHERE source = 'mine' AND {told}")


def revive(world: World) -> None:
    world.site = {**healthy(), **later()}
    world.show()


def signals(world: World) -> list[tuple[str, str]]:
    """Day and title of the operator's signals, oldest first."""
    root = ET.fromstring((world.folder / "public/health.xml").read_bytes())
    items = reversed(list(root.iter("item")))
    return [(item.findtext("pubDate", "")[5:16], item.findtext("title", "")) for item in items]


@pytest.mark.parametrize("wrong", [FAR, PAST, START - timedelta(hours=1), START + timedelta(days=2)])
def test_a_wrong_clock_once(forge: Forge, first: World, twin: World, world: World, wrong: datetime) -> None:
    done = forge.run(world, *LIVE, clock=wrong)
    assert done.code == 3, done
    assert set(world.states().values()) == {"refused clock"}
    assert world.past() == first.past()
    assert "Traceback" not in done.err
    assert len(signals(world)) == len(SOURCES)
    day = json.loads((world.folder / "public/status.json").read_text())["day"]
    assert day == "2026-11-23"
    done = forge.run(world, *LIVE, clock=NEWS)
    assert done.code == 0, done
    assert sorted(world.told()) == sorted(twin.told())
    assert len(signals(world)) == 2 * len(SOURCES)
    assert {at for at, _ in signals(world)} == {"23 Nov 2026"}
    assert world.sound()


@pytest.mark.parametrize("wrong", [FAR, PAST])
def test_what_is_read_again_before_any_host_was_heard_has_a_time_of_the_past(
    forge: Forge, world: World, wrong: datetime
) -> None:
    with closing(sqlite3.connect(world.database)) as raw, raw:
        raw.execute("UPDATE page SET version = 0 WHERE version IS NOT NULL")
        raw.execute("UPDATE capture SET version = 0 WHERE version IS NOT NULL")
        raw.execute("UPDATE spell SET value = 'IX' WHERE field = 'round'")
    (last,) = world.rows("SELECT MAX(at) FROM visit")
    done = forge.run(world, *LIVE, clock=wrong)
    assert done.code == 3, done
    assert "kkk-mr: read again by a newer reader" in done.out
    assert world.rows("SELECT at FROM ledger WHERE cause = 'parser'") == [last]


def test_a_wrong_clock_and_no_network(forge: Forge, first: World, twin: World, silent: World) -> None:
    done = forge.run(silent, *LIVE, clock=FAR)
    assert done.code == 6, done
    assert set(silent.states().values()) == {"failed connection"}
    assert silent.past() == first.past()
    revive(silent)
    done = forge.run(silent, *LIVE, clock=NEWS)
    assert done.code == 0, done
    assert sorted(silent.told()) == sorted(twin.told())
    assert {at for at, _ in signals(silent)} == {"23 Nov 2026"}
    rows = json.loads(forge.run(silent, "status", "--format=json", clock=NEWS).out)
    kkk = only(row for row in rows if row["source"] == "kkk-mr")
    assert (kkk["last_visit"], kkk["next_due"]) == ("2026-11-23T11:00:00Z", "2026-11-24T06:20:00Z")


@pytest.mark.parametrize("wrong", [FAR, PAST])
def test_a_first_crawl_by_a_wrong_clock(forge: Forge, tmp_path: Path, first: World, wrong: datetime) -> None:
    with World(tmp_path, healthy()) as world:
        world.date = START
        assert forge.run(world, *LIVE, clock=wrong).code == 3
        assert world.told() == []
        assert entries(world) == frozenset()
        assert forge.run(world, *LIVE, clock=START).code == 0
        assert world.rows("SELECT DISTINCT substr(told_at, 1, 10) FROM change WHERE told_at IS NOT NULL") == [
            ("2026-11-23",)
        ]
        assert world.told() == first.told()


def test_a_wrong_clock_once_where_no_host_tells_the_time(forge: Forge, tmp_path: Path) -> None:
    with World(tmp_path, timeless(OWN_ROWS), MINE) as world:
        assert forge.run(world, "crawl", "mine", clock=START).code == 0
        world.show(timeless(NEW_ROWS))
        assert forge.run(world, "crawl", "mine", clock=FAR).code == 3
        assert (world.states(), news_of(world)) == ({"mine": "refused clock"}, [])
        assert forge.run(world, "crawl", "mine", clock=NEWS).code == 0
        ((seen_by, _),) = news_of(world)
        assert seen_by == "2026-11-23T11:00:00Z"
        rows = json.loads(forge.run(world, "status", "--format=json", clock=NEWS + timedelta(hours=1)).out)
        mine = only(row for row in rows if row["source"] == "mine")
        assert (mine["needs_person"], mine["last_visit"]) == (False, "2026-11-23T11:00:00Z")
        rows = json.loads(forge.run(world, "coverage", "--format=json", clock=NEWS).out)
        assert [(row["complete_visits"], row["days_observed"]) for row in rows] == [(2, 1)]


@pytest.mark.parametrize("first", ["mine", "kkk-mr"])
def test_all_that_the_run_heard_is_heard(forge: Forge, tmp_path: Path, first: str) -> None:
    """The other host tells the time: the one that tells none is believed or refused with it."""
    with World(tmp_path, {**healthy(), **timeless(OWN_ROWS)}, MINE) as world:
        other = "kkk-mr" if first == "mine" else "mine"
        world.date = START
        assert forge.run(world, "crawl", first, other, clock=START + timedelta(days=10)).code == 3
        assert set(world.states().values()) == {"refused clock"}
        assert forge.run(world, "crawl", first, other, clock=START).code == 0
        assert dict(world.rows("SELECT source, clock FROM visits WHERE state = 'complete'")) == {
            "mine": "ok",
            "kkk-mr": "ok",
        }


@pytest.mark.parametrize("age", ["172800", None])
def test_a_cache_accuses_nobody(forge: Forge, tmp_path: Path, age: str | None) -> None:
    """An answer of two days ago; where it does not say so, another host of the run knows the time."""
    old = {"Date": format_datetime(NEWS - timedelta(days=2), usegmt=True), **({"Age": age} if age else {})}
    with World(tmp_path, {**healthy(), **timeless(OWN_ROWS)}, MINE) as world:
        world.date = NEWS
        assert forge.run(world, "crawl", "mine", "kkk-mr", clock=START).code == 0
        cached = Answer(headers={"Content-Type": "text/html", **old}, body=own_list(NEW_ROWS).encode())
        world.show(
            {"https://mine.test/nabory": cached, "https://mine.test/robots.txt": Answer(404, old, b"-")}
        )
        names = ("mine",) if age else ("mine", "kkk-mr")
        assert forge.run(world, "crawl", *names, clock=NEWS).code == 0
        assert len(news_of(world)) == 1


def test_after_three_days_asleep_the_gap_is_visible(forge: Forge, world: World) -> None:
    assert forge.run(world, *crawl(76)).code == 0
    at = START + timedelta(hours=77)
    rows = json.loads(forge.run(world, "coverage", "--format=json", clock=at).out)
    gaps = {row["source"]: (row["gaps"], row["longest_gap_hours"]) for row in rows}
    assert gaps["kkk-mr"] == (1, 76)
    assert len(world.told()) == 1 + 4


def test_status_tells_of_a_source_without_a_complete_visit(forge: Forge, world: World) -> None:
    done = forge.run(world, "status", clock=START + timedelta(hours=71))
    assert "No complete visit" not in done.out
    done = forge.run(world, "status", clock=START + timedelta(hours=73))
    assert done.code == 3
    assert done.out.count("No complete visit for 72 hours") == len(SOURCES)


def test_thirty_days_without_news(forge: Forge, first: World, tmp_path: Path) -> None:
    with first.copy(tmp_path / "world") as world:
        files, times = world.feeds(), world.times()
        for day in range(2, 31, 2):
            assert forge.run(world, *crawl(24 * day)).code == 0
            assert (world.feeds(), world.times()) == (files, times)
            status = json.loads((world.folder / "public/status.json").read_text())
            now = START + timedelta(days=day)
            assert status["day"] == now.date().isoformat()
            seen = {row["source"]: row["last_complete"] for row in status["sources"]}
            assert seen["kkk-mr"] == f"{now:%Y-%m-%dT%H:%M:%SZ}"
        assert signals(world) == []
        assert len(world.rows("SELECT * FROM body")) == len(first.rows("SELECT * FROM body"))
