"""A crawl that is recorded, and the same crawl made again from the recording."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from e2e import Done, Site, World, only, side_by_side
from e2e_pages import PARP_NEWS, SCHEDULE, SOURCES, healthy, kkk_page, later

from monitor.standin import Answer

pytestmark = pytest.mark.long

DAYS = ("first.warc.gz", "second.warc.gz")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two recorded crawls by the real clock: the first, and one with news and two faults."""
    with World(tmp_path_factory.mktemp("live"), healthy()) as world:
        news: Site = {**later(), PARP_NEWS: Answer(503), SCHEDULE: kkk_page()}
        for name, site in zip(DAYS, ({}, news), strict=True):
            world.show(site)
            done = world.run("crawl", "--record", name, *SOURCES)
            assert done.code == (3 if name == DAYS[1] else 0), done
        yield world


@pytest.fixture(scope="module")
def again(live: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, list[Done]]]:
    """The recordings crawled, with no site there."""
    with World(tmp_path_factory.mktemp("again"), {}) as world:
        yield world, [world.run("crawl", "--replay", str(live.folder / name), *SOURCES) for name in DAYS]


def values(world: World) -> list[tuple[Any, ...]]:
    """What is known, without the seconds at which it was learned."""
    spells = world.rows("SELECT field, value, printed, source, page, rank, gone_by IS NULL FROM spell")
    shown = world.rows("SELECT name, coordinator, listed FROM clusters")
    calls = world.rows("SELECT title, opens, closes, rounds, listed FROM calls")
    return sorted([*spells, *shown, *calls], key=repr)


def changes(world: World) -> list[tuple[Any, ...]]:
    columns = "verb, kind, name, field, old, new, cause, source, url, summary, entry IS NULL"
    return sorted(world.rows(f"SELECT {columns} FROM changes WHERE verb <> 'began'"), key=repr)


def test_a_replay_gives_the_same_values_and_tells_the_same(
    live: World, again: tuple[World, list[Done]]
) -> None:
    world, done = again
    assert [one.code for one in done] == [0, 3], done
    assert world.stand_in.asked == []
    assert values(world) == values(live)
    assert changes(world) == changes(live)
    assert sorted(world.titles("feed.xml")) == sorted(live.titles("feed.xml"))
    assert len(world.told()) == 3
    assert world.states() == live.states()
    assert world.sound()
    assert {mode for (mode,) in world.rows("SELECT mode FROM visits")} == {"replay"}


def test_a_replay_has_the_times_of_the_recording(live: World, again: tuple[World, list[Done]]) -> None:
    query = "SELECT MIN(at), MAX(at) FROM visits"
    for replayed, made in zip(only(again[0].rows(query)), only(live.rows(query)), strict=True):
        apart = datetime.fromisoformat(replayed) - datetime.fromisoformat(made)
        assert abs(apart) <= timedelta(seconds=2)


def test_a_recording_asks_without_validators(live: World) -> None:
    assert [asked.url for asked in live.stand_in.asked if "if-none-match" in asked.headers] == []


def test_recordings_that_cannot_be_replayed_end_before_anything_changes(
    live: World, again: tuple[World, list[Done]], tmp_path: Path
) -> None:
    world, _ = again
    before = world.past()
    whole = (live.folder / DAYS[0]).read_bytes()
    cut, garbage = tmp_path / "cut.warc.gz", tmp_path / "garbage.warc.gz"
    cut.write_bytes(whole[:-5])  # within its last record, however long the others are
    garbage.write_bytes(b"\x1f\x8b no recording")
    known, missing = live.folder / DAYS[1], tmp_path / "missing.warc.gz"
    files = {known: "klastry backfill", cut: "cut", garbage: "garbage", missing: "missing"}
    attempts = side_by_side(*(partial(world.run, "crawl", "--replay", str(file)) for file in files))
    for (file, says), done in zip(files.items(), attempts, strict=True):
        assert done.code == 2, (file, done)
        assert says in only(done.err.splitlines())
    assert world.past() == before


def test_a_recording_is_not_written_over(live: World) -> None:
    before = live.rows("SELECT COUNT(*) FROM visits")
    done = live.run("crawl", "--record", DAYS[0], *SOURCES)
    assert done.code == 2, done
    assert "exists already" in only(done.err.splitlines())
    assert live.rows("SELECT COUNT(*) FROM visits") == before
