"""How far listeners were told: new ones begin with what comes next, failing ones keep what they missed."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.care import upgrade
from storage.database import connect
from storage.history import History
from storage.noticing import Listener, Told
from tests.older import make_older
from tests.world import CALLS, World, a_call, at

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
NEWS, OPERATOR = Listener("n", "news", "news 1 (json)"), Listener("o", "operator", "operator 1 (json)")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history that has begun: one call is known."""
    world = World.new(tmp_path_factory.mktemp("begun"))
    world.visit(CALLS, at(), [a_call("rozwoj", title="Rozwój", closes="2026-08-30")])
    world.history.close()
    return Path(world.history.where)


@pytest.fixture
def world(begun: Path, tmp_path: Path) -> World:
    shutil.copy(begun, tmp_path)
    return World(History.open(str(tmp_path / begun.name)))


def listen(world: World, *listeners: Listener) -> dict[str, Told]:
    with world.history.writing() as writing:
        writing.noticing.listen(listeners)
    return world.history.listeners()


def newest(world: World) -> tuple[int, int]:
    with closing(sqlite3.connect(world.history.where)) as raw:
        (found,) = raw.execute("SELECT (SELECT MAX(id) FROM change), (SELECT MAX(id) FROM visit)")
    return found


def test_a_new_listener_is_told_what_comes_next(world: World) -> None:
    change, visit = newest(world)
    known = listen(world, NEWS, OPERATOR)
    assert known == {"n": Told("news 1 (json)", change, None), "o": Told("operator 1 (json)", visit, None)}
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój", closes="2026-09-29")])
    assert listen(world, NEWS, OPERATOR) == known


def test_one_that_fails_keeps_its_place_until_it_is_told(world: World) -> None:
    before = listen(world, NEWS)["n"].up_to
    for hour in (8, 10):
        with world.history.writing() as writing:
            writing.noticing.fail("n", NOW.replace(hour=hour))
    assert world.history.listeners()["n"] == Told("news 1 (json)", before, NOW)
    with world.history.writing() as writing:
        writing.noticing.tell("n", before + 5)
    assert world.history.listeners()["n"] == Told("news 1 (json)", before + 5, None)


def test_who_is_taken_out_is_forgotten(world: World) -> None:
    listen(world, NEWS, OPERATOR)
    assert list(listen(world, OPERATOR)) == ["o"]
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój", closes="2026-09-29")])
    assert listen(world, NEWS)["n"].up_to == newest(world)[0]


def test_a_mended_address_takes_over_what_was_kept(world: World) -> None:
    before = listen(world, NEWS, OPERATOR)["n"].up_to
    with world.history.writing() as writing:
        writing.noticing.fail("n", NOW)
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój", closes="2026-09-29")])
    mended, second = Listener("m", "news", "news 1 (json)"), Listener("s", "news", "news 2 (json)")
    known = listen(world, mended, second, OPERATOR)
    assert known["m"] == Told("news 1 (json)", before, None)
    assert known["s"].up_to == newest(world)[0] > before


def test_a_listener_may_get_another_name(world: World) -> None:
    listen(world, NEWS)
    assert listen(world, Listener("n", "news", "news 2 (json)"))["n"].name == "news 2 (json)"


def test_told_rows_after_a_change(world: World) -> None:
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój", closes="2026-09-29")])
    world.visit(CALLS, at(2), [a_call("rozwoj", title="Rozwój", opens="2026-03-01", closes="2026-09-30")])
    told = world.history.told()
    assert len(told) == 3
    first, *later = told
    assert first.id is not None
    assert world.history.told(first.id) == later
    assert world.history.told(newest(world)[0]) == []


def test_an_older_database_gets_the_table(world: World, tmp_path: Path) -> None:
    world.history.close()
    make_older(world.history.where, "0002")
    assert upgrade(world.history.where)[0] == "0002"
    with History.open(world.history.where) as history:
        assert history.listeners() == {}
        assert history.verify() == []
    assert list(tmp_path.glob("*.before-upgrade-from-0002"))
    connect(world.history.where, create=False).dispose()
