"""A database that is cut, overwritten, emptied, lost or locked: told, never begun anew, easily restored."""

import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from children import Forge
from e2e import World, only
from e2e_pages import later
from whole import LATER, crawl, recovers

from monitor.standin import Answer, Asked

PAGE = 4096


def cut(world: World) -> None:
    _write(world, lambda content: content[: len(content) // 3])


def cut_by_a_page(world: World) -> None:
    _write(world, lambda content: content[:-PAGE])


def cut_to_nothing(world: World) -> None:
    _write(world, lambda content: b"")


def overwritten(world: World) -> None:
    _write(world, lambda content: b"Not a database. " * 1000)


def without_its_head(world: World) -> None:
    _write(world, lambda content: bytes(PAGE) + content[PAGE:])


def with_a_hole(world: World) -> None:
    middle = len(_content(world)) // PAGE // 2 * PAGE
    _write(world, lambda content: content[:middle] + bytes(PAGE) + content[middle + PAGE :])


def with_a_page_twice(world: World) -> None:
    last = len(_content(world)) - PAGE
    _write(world, lambda content: content[:last] + content[PAGE : 2 * PAGE])


def missing(world: World) -> None:
    for file in world.folder.glob("klastry.db*"):
        file.unlink()


def emptied(world: World) -> None:
    missing(world)
    with closing(sqlite3.connect(world.database)) as connection:
        connection.executescript("CREATE TABLE t (x); DROP TABLE t;")


def of_another_program(world: World) -> None:
    missing(world)
    with closing(sqlite3.connect(world.database)) as connection:
        connection.executescript("CREATE TABLE moz_places (id)")


def a_folder(world: World) -> None:
    missing(world)
    world.database.mkdir()


DAMAGES: dict[str, tuple[Callable[[World], None], str]] = {
    "cut": (cut, "damaged"),
    "cut by a page": (cut_by_a_page, "damaged"),
    "cut to nothing": (cut_to_nothing, "holds a feed with entries"),
    "overwritten": (overwritten, "damaged"),
    "without its head": (without_its_head, "damaged"),
    "with a hole": (with_a_hole, "damaged"),
    "with a page twice": (with_a_page_twice, "damaged"),
    "missing": (missing, "holds a feed with entries"),
    "emptied": (emptied, "holds a feed with entries"),
    "of another program": (of_another_program, "tables of another program"),
    "a folder": (a_folder, "cannot be"),
}


def files(world: World) -> dict[Path, bytes]:
    """All files but those with which SQLite and the lock work."""
    passing = ("klastry.db-wal", "klastry.db-shm", "klastry.db.lock")
    found = (path for path in world.folder.rglob("*") if path.is_file() and path.name not in passing)
    return {path: path.read_bytes() for path in found}


def _content(world: World) -> bytes:
    return world.database.read_bytes()


def _write(world: World, change: Callable[[bytes], bytes]) -> None:
    world.database.write_bytes(change(_content(world)))


@pytest.fixture(scope="module")
def kept(first: World, forge: Forge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the history after the first crawl."""
    to = tmp_path_factory.mktemp("kept") / "backup.db"
    assert forge.run(first, "db", "backup", str(to)).code == 0
    return to


@contextmanager
def copied(world: World, folder: Path, more: str = "") -> Iterator[World]:
    shutil.copytree(world.folder, folder / "world")
    with World(folder / "world", later(), more) as copy:
        copy.site = {**world.site, **later()}
        copy.show()
        yield copy


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_database_is_told_and_restored(
    forge: Forge, first: World, twin: World, kept: Path, tmp_path: Path, name: str
) -> None:
    damage, says = DAMAGES[name]
    with copied(first, tmp_path) as world:
        damage(world)
        left = files(world)
        done = forge.run(world, *crawl(LATER))
        assert (done.code, done.out) == (4, ""), done
        # The last page of the file is met only where something is written.
        assert world.asked() == [] or name == "with a page twice"
        line = only(done.err.splitlines())
        assert says in line
        assert "restore" in line or name in ("of another program", "a folder")
        assert world.feeds() == first.feeds()
        assert files(world) == left
        if name == "a folder":
            world.database.rmdir()
        assert forge.run(world, "db", "restore", str(kept)).code == 0
        assert forge.run(world, *crawl(LATER)).code == 0
        recovers(world, twin)


# Locked by another program

IMPATIENT = '[monitor]\ndatabase = "sqlite:///klastry.db?timeout=0.3"\n\n[crawl]\ndelay = 0\n'


@contextmanager
def locked(world: World) -> Iterator[sqlite3.Connection]:
    """The database held by another program that writes to it."""
    with closing(sqlite3.connect(world.database, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


@pytest.fixture
def impatient(first: World, tmp_path: Path) -> Iterator[World]:
    """A world whose crawl waits for locks but a moment."""
    with copied(first, tmp_path) as world:
        (world.folder / "klastry.toml").write_text(IMPATIENT)
        yield world


def test_a_locked_database_ends_the_crawl_before_it_asks(
    forge: Forge, impatient: World, first: World, twin: World
) -> None:
    with locked(impatient):
        done = forge.run(impatient, *crawl(LATER))
    assert (done.code, done.out, impatient.asked()) == (4, "", [])
    assert "locked by another program: try again" in only(done.err.splitlines())
    assert impatient.past() == first.past()
    assert forge.run(impatient, *crawl(LATER)).code == 0
    recovers(impatient, twin)


def test_a_lock_that_comes_meanwhile_ends_the_crawl(
    forge: Forge, impatient: World, first: World, twin: World
) -> None:
    with locked(impatient) as other:
        other.execute("ROLLBACK")
        site = impatient.stand_in.answer

        def answer(asked: Asked) -> Answer:
            if not other.in_transaction:
                other.execute("BEGIN IMMEDIATE")
            return site(asked)

        impatient.stand_in.answer = answer
        began = monotonic()
        done = forge.run(impatient, *crawl(LATER))
        seconds = monotonic() - began
    assert (done.code, done.out) == (4, "")
    assert "locked by another program: try again" in only(done.err.splitlines())
    assert impatient.past() == first.past()
    assert seconds < 10
    impatient.show()
    assert forge.run(impatient, *crawl(LATER)).code == 0
    recovers(impatient, twin)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_it_waits_for_a_lock(
    forge: Forge, first: World, tmp_path: Path, number: signal.Signals
) -> None:
    with copied(first, tmp_path) as world, locked(world):
        began = monotonic()
        child = forge.begin(world, *crawl(LATER))
        Event().wait(1)
        child.send(number)
        done = child.end(20)
        assert monotonic() - began < 11
        assert done.code in (4, 128 + number)
        assert "Traceback" not in done.err
        assert world.past() == first.past()
