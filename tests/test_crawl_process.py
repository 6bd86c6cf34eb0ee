"""The crawl as a process: killed, stopped, run twice, run on what is broken, run dry."""

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from subprocess import Popen
from threading import Event

import pytest
from e2e import Done, World, clock, ended, only, side_by_side
from e2e_pages import SOURCES, healthy, later

from monitor.standin import Answer, Asked

LATER = 2
MOMENTS = ("request 7", "visit 1", "visit 4", "feed.xml")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world after its first crawl; tests work on copies."""
    with World(tmp_path_factory.mktemp("first"), healthy()) as world:
        assert world.crawl(*SOURCES).code == 0
        yield world


@pytest.fixture(scope="module")
def twin(first: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The world that nothing befell."""
    with first.copy(tmp_path_factory.mktemp("twin") / "world") as world:
        world.show(later())
        assert world.crawl(*SOURCES, hours=LATER).code == 0
        yield world


def begin(world: World) -> "Popen[str]":
    return world.begin("crawl", "--at", clock(LATER), *SOURCES)


def hold(world: World, wanted: Callable[[Asked], bool], until: Event | None = None) -> Event:
    """Holds the answers to `wanted` requests, for ever or `until`; gives the event that one has come."""
    site, came = world.stand_in.answer, Event()

    def answer(asked: Asked) -> Answer:
        if not wanted(asked):
            return site(asked)
        came.set()
        return site(asked) if until and until.wait(30) else Answer(hang=True)

    world.stand_in.answer = answer
    return came


def wait_for(process: "Popen[str]", reached: Callable[[], bool]) -> None:
    """Until `reached`, or until the process has ended by itself."""
    pause = Event()
    while process.poll() is None and not reached():
        pause.wait(0.002)


def kill_at(world: World, moment: str) -> int:
    """Kills a crawl at a request, a visit remembered or a file published; its code, 0 if it was faster."""
    what, _, number = moment.partition(" ")
    if what == "request":
        came = hold(world, lambda asked: len(world.stand_in.asked) == int(number))
        process = begin(world)
        wait_for(process, came.is_set)
    elif what == "visit":
        wanted = len(SOURCES) + int(number)
        process = begin(world)
        wait_for(process, lambda: only(world.rows("SELECT COUNT(*) FROM visit"))[0] >= wanted)
    else:
        file = world.folder / "public" / what
        before = file.read_bytes()
        process = begin(world)
        wait_for(process, lambda: file.read_bytes() != before)
    process.kill()
    return ended(process).code


def killed_and_crawled_again(first: World, twin: World, folder: Path, moment: str) -> None:
    with first.copy(folder / moment.replace(" ", "-")) as world:
        world.show(later())
        code = kill_at(world, moment)
        assert code == -signal.SIGKILL or (code == 0 and not moment.startswith("request")), moment
        assert world.sound(), moment
        assert world.feeds()
        world.show()
        done = world.crawl(*SOURCES, hours=LATER)
        assert done.code == 0, (moment, done)
        assert world.facts() == twin.facts(), moment
        assert world.sound(), moment


@pytest.mark.long
def test_a_crawl_killed_at_any_moment_needs_no_hand(first: World, twin: World, tmp_path: Path) -> None:
    """A process of its own, as cron starts it; `process/test_kill_sweep.py` kills at many more steps."""
    side_by_side(*(partial(killed_and_crawled_again, first, twin, tmp_path, moment) for moment in MOMENTS))


def test_stopped_by_a_signal_it_ends_soon_and_says_so(first: World, tmp_path: Path) -> None:
    def stopped(number: signal.Signals) -> None:
        with first.copy(tmp_path / number.name) as world:
            before = world.past()
            came = hold(world, lambda asked: not asked.url.endswith("/robots.txt"))
            process = begin(world)
            wait_for(process, came.is_set)
            process.send_signal(number)
            done = ended(process, seconds=10)
            assert done.code == 128 + number, done
            assert set(world.states().values()) == {"failed stopped"}
            assert world.past() == before
            assert "Traceback" not in done.err
            assert world.sound()

    side_by_side(partial(stopped, signal.SIGTERM), partial(stopped, signal.SIGINT))


def test_of_two_crawls_at_once_the_second_ends_at_once(first: World, tmp_path: Path) -> None:
    with first.copy(tmp_path / "world") as world:
        go_on = Event()
        came = hold(world, lambda asked: True, until=go_on)
        process = begin(world)
        wait_for(process, came.is_set)
        others = world.crawl(*SOURCES, hours=LATER), world.run("publish")
        go_on.set()
        assert ended(process).code == 0
        for second in others:
            assert (second.code, second.out) == (5, "")
            assert "another crawl is at work" in only(second.err.splitlines())


def newer(world: World) -> None:
    with closing(sqlite3.connect(world.database)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def overwritten(world: World) -> None:
    world.database.write_bytes(b"Not a database. " * 1000)


def cut(world: World) -> None:
    os.truncate(world.database, world.database.stat().st_size // 3)


def folder_is_a_file(world: World) -> None:
    (world.folder / "public").rename(world.folder / "elsewhere")
    (world.folder / "public").write_text("no folder")


def folder_is_missing(world: World) -> None:
    (world.folder / "public").rename(world.folder / "elsewhere")


def database_is_missing(world: World) -> None:
    for file in world.folder.glob("klastry.db*"):
        file.unlink()


BROKEN: dict[str, tuple[Callable[[World], None] | None, tuple[str, ...], int, str]] = {
    "newer": (newer, (), 4, "upgrade klastry, or restore a backup"),
    "overwritten": (overwritten, (), 4, "restore a backup"),
    "cut": (cut, (), 4, "restore a backup"),
    "no-folder": (folder_is_a_file, (), 4, "make the folder writable or set monitor.publish"),
    "folder-missing": (
        folder_is_missing,
        (),
        4,
        "make the folder (is its disk mounted?) or set monitor.publish",
    ),
    "database-missing": (database_is_missing, (), 4, "restore the database from a backup"),
    "too-early": (None, ("--at", "2026-11-22"), 2, "lies before the newest visit"),
    "unknown": (None, ("no-such-source",), 2, "no-such-source"),
}


def files_of(world: World) -> dict[Path, bytes]:
    """All files but those with which SQLite and the lock work."""
    passing = ("klastry.db-wal", "klastry.db-shm", "klastry.db.lock")
    files = (path for path in world.folder.rglob("*") if path.is_file() and path.name not in passing)
    return {path: path.read_bytes() for path in files}


def attempt(first: World, folder: Path, name: str) -> tuple[Done, bool, int]:
    """The command on what is broken: what it said, whether files changed, how much was asked."""
    damage, words, _, _ = BROKEN[name]
    with first.copy(folder / name) as world:
        if damage:
            damage(world)
        before = files_of(world)
        done = world.run("crawl", *(words or ("--at", clock(LATER))))
        return done, files_of(world) != before, len(world.stand_in.asked)


@pytest.fixture(scope="module")
def attempts(first: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Done, bool, int]]:
    folder = tmp_path_factory.mktemp("broken")
    jobs = [partial(attempt, first, folder, name) for name in BROKEN]
    return dict(zip(BROKEN, side_by_side(*jobs), strict=True))


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_work_ends_before_anything_is_asked(
    attempts: dict[str, tuple[Done, bool, int]], name: str
) -> None:
    _, _, code, says = BROKEN[name]
    done, changed, asked = attempts[name]
    assert (done.code, done.out) == (code, ""), done
    assert says in only(done.err.splitlines())
    assert (changed, asked) == (False, 0)


@pytest.mark.long
def test_what_an_older_reader_read_is_read_again_before_anything_is_asked(
    first: World, twin: World, tmp_path: Path
) -> None:
    with first.copy(tmp_path / "world") as world:
        with closing(sqlite3.connect(world.database)) as raw, raw:
            raw.execute("UPDATE page SET version = 0 WHERE version IS NOT NULL")
        world.show(later())
        done = world.crawl(*SOURCES, hours=LATER)
        again = "read again by a newer reader, 0 values corrected, 0 retracted"
        assert [line for line in done.out.splitlines() if again in line] == [
            f"{source}: {again}" for source in SOURCES
        ]
        assert sorted(world.told()) == sorted(twin.told())
        assert world.rows("SELECT * FROM page WHERE version = 0") == []


@pytest.mark.long
def test_a_dry_run_tells_what_would_be_told_and_writes_nothing(first: World, tmp_path: Path) -> None:
    with first.copy(tmp_path / "world") as world:
        world.show(later())
        before, visits, times = world.past(), world.rows("SELECT * FROM visits"), world.times()
        dry = world.crawl("--dry-run", *SOURCES, hours=LATER)
        assert (world.past(), world.rows("SELECT * FROM visits"), world.times()) == (before, visits, times)
        wet = world.crawl("--no-publish", *SOURCES, hours=LATER)
        assert dry.code == wet.code == 0, (dry, wet)
        assert world.times() == times
        told = world.told()[1:]
        assert len(told) == 4
        assert all(f"  {sentence}" in dry.out.splitlines() for sentence in told)
        assert dry.out.splitlines()[-1] == "4 of 4 sources complete, 4 changes would be told"
        assert wet.out.splitlines()[-1] == "4 of 4 sources complete, 4 changes told"


@pytest.mark.long
def test_a_dry_run_without_a_history_leaves_none(tmp_path: Path) -> None:
    with World(tmp_path, healthy()) as world:
        done = world.crawl("--dry-run", *SOURCES)
        assert done.code == 0, done
        assert [path.name for path in tmp_path.iterdir()] == ["klastry.toml"]


def test_quiet_speaks_when_all_is_not_well(tmp_path: Path) -> None:
    with World(tmp_path, {}) as world:
        done: Done = world.crawl("--quiet", "kkk-mr")
        assert done.code == 6
        assert "failed (connection)" in done.out
