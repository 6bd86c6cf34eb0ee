"""A history on PostgreSQL is the same as on SQLite: crawled, asked, published, locked, copied."""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from threading import Event

import pytest
from children import Forge
from e2e import Done, World, only
from e2e_pages import later
from postgres import NAMED, binaries, database, server
from sqlalchemy import create_engine, text
from test_statuses import STORIES, listed, of_alfa
from whole import LATER, crawl, recovers

from monitor.demo.days import VISITS, pages
from monitor.standin import Answer, Asked
from storage.copying import copy
from storage.errors import UsageError
from storage.exporting import EXPORTED, extract
from storage.history import History
from storage.views import VIEWS, strange_views

pytestmark = pytest.mark.skipif(not (NAMED or binaries()), reason="no PostgreSQL here: install it")
QUESTIONS = (
    ("list", "clusters", "--as-of=2023-08-24"),
    ("list", "calls", "--as-of=2023-08-24", "--known-at=2023-09-01"),
    ("list", "articles"),
    ("list", "documents"),
    ("changes",),
    ("diff", "2023-01-16", "2023-12-05"),
    ("timeline", "call-1"),
    ("coverage",),
    ("review", "list"),
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server(binaries()) as found:
        yield found


@pytest.fixture
def empty(address: str) -> Iterator[str]:
    with database(address) as made:
        yield made


def on(database: str) -> dict[str, str]:
    return {"KLASTRY_MONITOR__DATABASE": database}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "demo", {}) as world:
        yield world


def played(forge: Forge, world: World, environment: dict[str, str]) -> None:
    """The demo's days, visited."""
    for visit in VISITS:
        world.stand_in.answer = pages(visit)
        done = forge.run(world, "crawl", "--at", visit.at.isoformat(), environment=environment)
        assert done.code in (0, 3), done


def test_the_demos_days(forge: Forge, demo: World, empty: str, tmp_path: Path) -> None:
    played(forge, demo, on(empty))
    there = demo.feeds()
    with World(tmp_path / "twin", {}) as twin:
        played(forge, twin, {})
        copy(empty, str(demo.database))
        assert demo.facts() == twin.facts()
        assert demo.sound()
    for words in QUESTIONS:
        answers = [ask(forge, demo, where, *words) for where in (on(empty), {})]
        assert answers[0] == answers[1], words
        assert answers[0] or words == ("review", "list"), words
    with History.open(empty) as server_side, History.open(str(demo.database)) as file_side:
        assert server_side.verify() == []
        for view in VIEWS:
            assert _sorted(server_side.rows(view)) == _sorted(file_side.rows(view)), view
    assert forge.run(demo, "publish").code == 0
    assert demo.feeds() == there


def ask(forge: Forge, world: World, environment: dict[str, str], *words: str) -> list[object]:
    done = forge.run(world, *words, "--format=json", environment=environment)
    assert done.code == 0, (words, done)
    rows: list[object] = json.loads(done.out)
    return rows


def _sorted(rows: list[dict[str, object]]) -> list[str]:
    """Rows to compare: 0 and 0.0 are the same number."""
    numbers = (int, float)
    return sorted(
        repr({name: float(value) if isinstance(value, numbers) else value for name, value in row.items()})
        for row in rows
    )


@pytest.fixture
def there(forge: Forge, first: World, empty: str, tmp_path: Path) -> Iterator[World]:
    """The world after its first crawl, its history on the server."""
    copy(str(first.database), empty)
    with first.copy(tmp_path / "there") as world:
        for file in world.folder.glob("klastry.db*"):
            file.unlink()
        world.show(later())
        yield world


def brought_back(world: World, database: str) -> World:
    copy(database, str(world.database))
    return world


def test_of_two_crawls_at_once_the_second_ends(forge: Forge, there: World, empty: str, twin: World) -> None:
    came, go_on, site = Event(), Event(), there.stand_in.answer

    def answer(asked: Asked) -> Answer:
        came.set()
        return site(asked) if go_on.wait(60) else Answer(hang=True)

    there.stand_in.answer = answer
    with Forge() as other:
        one = other.begin(there, *crawl(LATER), environment=on(empty))
        assert came.wait(60)
        for words in (crawl(LATER), ("publish",)):
            second = forge.run(there, *words, environment=on(empty))
            assert (second.code, second.out) == (5, ""), second
            assert "another crawl is at work" in only(second.err.splitlines())
        go_on.set()
        assert one.end().code == 0
    recovers(brought_back(there, empty), twin)


@pytest.mark.parametrize("strike", [60, 150, 230])
def test_a_killed_crawl_leaves_its_lock_to_the_next(
    forge: Forge, there: World, empty: str, twin: World, strike: int
) -> None:
    killed: Done = forge.begin(there, *crawl(LATER), environment=on(empty), strike=strike).end()
    assert killed.code == -signal.SIGKILL
    done = forge.run(there, *crawl(LATER), environment=on(empty))
    assert done.code == 0, done
    recovers(brought_back(there, empty), twin)


def test_an_emptied_database_is_not_begun_anew(forge: Forge, there: World, address: str) -> None:
    with database(address) as other:
        done = forge.run(there, *crawl(LATER), environment=on(other))
        assert (done.code, there.asked()) == (4, [])
        assert "restore the database from a backup (with the server's own program)" in done.err
        engine = create_engine(other)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
        engine.dispose()


def test_there_and_back(forge: Forge, there: World, empty: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not empty"):
        copy(empty, empty)
    assert forge.run(there, *crawl(LATER), environment=on(empty)).code == 0
    back = str(tmp_path / "back.db")
    copy(empty, back)
    for after in (None, "2"):
        assert exported(empty, after) == exported(back, after)


@pytest.mark.parametrize(
    "story", ["left twice", "no end, left and returned with one", "back before it was told"]
)
def test_what_became_of_a_status(story: str, empty: str, tmp_path: Path) -> None:
    days, rows = STORIES[story]
    world = listed(tmp_path, *days)
    assert of_alfa(world) == rows
    world.history.close()
    copy(world.history.where, empty)
    with History.open(empty) as history:
        assert of_alfa(replace(world, history=history)) == rows


def test_views_of_another_klastry_are_made_anew(there: World, empty: str) -> None:
    engine = create_engine(empty)
    for changed in ("ALTER VIEW visits RENAME TO seen", "COMMENT ON VIEW visits IS 'CREATE VIEW otherwise'"):
        with engine.begin() as connection:
            connection.execute(text(changed))
            assert strange_views(connection) == ["visits"]
        History.open(empty, create=True).close()
        with engine.connect() as connection:
            assert strange_views(connection) == []
    engine.dispose()


def test_a_foreign_database_is_not_filled(first: World, empty: str) -> None:
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE customers (id int)"))
    with pytest.raises(UsageError, match="holds customers"):
        copy(str(first.database), empty)
    with engine.connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        assert tables.scalars().all() == ["customers"]
    engine.dispose()


def exported(where: str, after: str | None) -> dict[str, list[list[object]]]:
    with extract(where, after) as history:
        tables = {name: history.chunks(name) for name in EXPORTED} | {"tombstones": history.tombstones()}
        return {name: sorted(map(list, chain(*chunks)), key=str) for name, chunks in tables.items()}
