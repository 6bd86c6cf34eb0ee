"""A publication draws only what is new, and leaves what a publication into an empty folder makes."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import feed_layout, publishing
from monitor.config import Config, load
from monitor.publish import write_all
from monitor.wording import sentences
from storage.history import History
from storage.sealing import Run
from tests.deciding import Desk
from tests.feed_rules import judge, read, whole
from tests.laws import STEPS, Step, Story
from tests.test_review import shrunken
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

CLUSTERS = [a_cluster(name) for name in ("Alfa", "Beta", "Gamma")]
URL = "http://127.0.0.1:8765/"


class PolishWorld(World):
    def run(self, now: datetime) -> Run:
        return replace(super().run(now), sentence=sentences("pl", lambda source: source))


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives of three entries, windows of one: every history has both."""
    for name, value in {"RUN_ENTRIES": 3, "LEAST_ENTRIES": 1, "LEAST_DAYS": 1}.items():
        monkeypatch.setattr(feed_layout, name, value)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Eight calls came one after another."""
    place = new(tmp_path)
    place.visit(CALLS, at(), [a_call("0", title="Nabór 0")])
    for day in range(1, 9):
        listed = [a_call(f"{number}", title=f"Nabór {number}") for number in range(day, -1, -1)]
        place.visit(CALLS, at(day), listed)
    return place


def new(folder: Path) -> World:
    (folder / "public").mkdir()
    return PolishWorld.new(folder)


def config(folder: Path) -> Config:
    return load(None, {"KLASTRY_MONITOR__DATABASE": "klastry.db"}, folder)


def publish(history: History, folder: Path, days: float = 20) -> list[str]:
    return write_all(history, config(folder), at(days))


def files(folder: Path) -> dict[str, bytes]:
    public = folder / "public"
    return {
        path.relative_to(public).as_posix(): path.read_bytes() for path in public.rglob("*") if path.is_file()
    }


def twin(history: History) -> dict[str, bytes]:
    """What a publication into an empty folder makes."""
    with TemporaryDirectory() as name:
        (Path(name) / "public").mkdir()
        publish(history, Path(name))
        return files(Path(name))


def test_feeds_keep_the_rules_and_hold_all_that_was_told(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    made = files(tmp_path)
    assert judge(made, URL) == []
    titles = [row.summary for row in world.history.told() if row.told_at]
    assert [said.title for said in whole("feed.xml", made, URL)] == titles
    assert [said.title for said in whole("sources/calls-parp.json", made, URL)] == titles
    assert whole("sources/kkk-mr.xml", made, URL) == []


def test_nothing_new_writes_nothing(world: World, tmp_path: Path) -> None:
    assert "drawn.json" in publish(world.history, tmp_path)
    assert publish(world.history, tmp_path) == []


def test_one_change_writes_its_page_and_the_feeds_it_belongs_to(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    world.visit(KKK, at(10), CLUSTERS)
    world.visit(KKK, at(11), [*CLUSTERS, a_cluster("Delta")])
    written = publish(world.history, tmp_path)
    forms = ("xml", "atom", "json")
    feeds = {f"{name}.{form}" for name in ("feed", "klastry", "clusters", "sources/kkk-mr") for form in forms}
    pages = {name for name in written if name.startswith("changes/")}
    archives = {name for name in written if name.startswith("archive/")}
    assert len(pages) == 1
    assert set(written) - pages - archives == {*feeds, "index.html", "status.json", "drawn.json"}
    assert not {name for name in archives if "/calls/" in name}


def test_an_archive_keeps_its_entries_and_is_written_twice(world: World, tmp_path: Path) -> None:
    """When it is closed, and when it gets a next one."""
    seen: list[dict[str, bytes]] = []
    for day in range(9, 20):
        listed = [a_call(f"{number}", title=f"Nabór {number}") for number in range(day, -1, -1)]
        world.visit(CALLS, at(day), listed)
        publish(world.history, tmp_path)
        seen.append(files(tmp_path))
    last = seen[-1]
    for name in {name for name in last if name.startswith("archive/")}:
        versions = list(dict.fromkeys(each[name] for each in seen if name in each))
        assert len(versions) <= (1 if name.endswith(".json") else 2), name
        assert len({repr(read(name, version, URL).entries) for version in versions}) == 1, name


@pytest.mark.parametrize(
    "lost",
    ["feed.atom", "changes/3.html", "archive/calls/2.json", "drawn.json", "sources/kkk-mr.xml", "feeds.opml"],
)
def test_a_missing_file_is_drawn_anew(lost: str, world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    before = files(tmp_path)
    (tmp_path / "public" / lost).unlink()
    assert publish(world.history, tmp_path) == [lost]
    assert files(tmp_path) == before


def test_a_restored_backup_leaves_nothing_of_what_is_lost(world: World, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    copied(world.history.where, backup)
    for day in range(10, 16):
        world.visit(
            CALLS, at(day), [a_call(f"{day}", title=f"Inny nabór {day}"), a_call("0", title="Nabór 0")]
        )
    publish(world.history, tmp_path)
    lost = {name for name in files(tmp_path) if name.startswith(("changes/", "archive/"))}
    (tmp_path / "public/changes/notes.txt").write_text("not of klastry")
    with History.open(str(backup)) as history:
        publish(history, tmp_path)
        made = files(tmp_path)
        assert made.pop("changes/notes.txt") == b"not of klastry"
        assert made == twin(history)
    assert lost - made.keys()


def test_what_a_killed_publication_left_is_made_whole(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it draws what is new, and while it draws all anew after a restored backup."""
    backup = tmp_path / "backup.db"
    copied(world.history.where, backup)
    publish(world.history, tmp_path)
    world.visit(CALLS, at(10), [a_call("x", title="Nabór X"), a_call("0", title="Nabór 0")])
    killed(world.history, tmp_path, monkeypatch)
    publish(world.history, tmp_path)
    assert files(tmp_path) == twin(world.history)
    with History.open(str(backup)) as history:
        killed(history, tmp_path, monkeypatch)
    publish(world.history, tmp_path)
    assert files(tmp_path) == twin(world.history)


def killed(history: History, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publication that dies when all is written but the mark."""
    write = publishing.write

    def dies(public: Path, some: dict[str, bytes]) -> list[str]:
        if "drawn.json" in some:
            raise InterruptedError
        return write(public, some)

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "write", dies)
        with pytest.raises(InterruptedError):
            publish(history, folder)


def test_a_new_feed_is_drawn_from_the_beginning_and_a_removed_one_stays(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    (tmp_path / "klastry.toml").write_text('[feed.moje]\nkinds = ["call"]\n')
    publish(world.history, tmp_path)
    made = files(tmp_path)
    assert judge(made, URL) == []
    assert len(whole("moje.xml", made, URL)) == len(whole("calls.xml", made, URL)) == 8
    (tmp_path / "klastry.toml").write_text('[feed.moje]\nkinds = ["call"]\nmatch = ["nabór 3"]\n')
    written = publish(world.history, tmp_path)
    assert {name for name in written if "moje" in name} == {"moje.xml", "moje.atom", "moje.json"}
    (tmp_path / "klastry.toml").unlink()
    publish(world.history, tmp_path)
    left = {name: content for name, content in files(tmp_path).items() if "moje" in name}
    assert {"moje.xml", "archive/moje/1.xml"} <= left.keys()
    assert b"moje" not in files(tmp_path)["feeds.opml"]


def test_what_is_told_again_after_an_undo_is_a_new_entry(tmp_path: Path) -> None:
    desk = Desk(new(tmp_path))
    desk.judge(shrunken(desk), "accept")
    history = desk.world.history
    for number in (1, 2):
        publish(history, tmp_path)
        desk.judge(number, "undo")
        publish(history, tmp_path)
        desk.judge(desk.number(), "accept")
    publish(history, tmp_path)
    made = files(tmp_path)
    assert judge(made, URL) == []
    assert len(whole("feed.xml", made, URL)) == 15
    assert made == twin(history)


def test_publications_wait_for_one_another(world: World, tmp_path: Path) -> None:
    done = Event()

    def work() -> None:
        with History.open(world.history.where) as history:
            publish(history, tmp_path)
        done.set()

    with publishing.alone(tmp_path / "public"):
        other = Thread(target=work)
        other.start()
        assert not done.wait(0.2)
        assert files(tmp_path) == {}
    assert done.wait(60)
    other.join()
    assert publish(world.history, tmp_path) == []


# Random histories

Op = tuple[str, int]
OPS = st.lists(
    st.one_of(
        STEPS,
        STEPS,
        st.tuples(st.sampled_from(("publish", "publish", "lose", "save", "restore")), st.integers(0, 99)),
    ),
    min_size=6,
    max_size=24,
)


def copied(origin: str | Path, to: str | Path) -> None:
    with closing(sqlite3.connect(origin)) as raw, closing(sqlite3.connect(to)) as copy:
        raw.backup(copy)


def played(script: Sequence[Step | Op], folder: Path) -> History:
    """The history that a script leaves, published as it went; backups are taken and put back."""
    story, backup = Story(new(folder)), folder / "backup.db"
    for each in script:
        what, number = each if isinstance(each, tuple) else ("step", 0)
        if isinstance(each, Step):
            story.play([each])
        elif what == "publish":
            publish(story.world.history, folder, story.hours / 24)
        elif what == "lose" and (some := sorted(files(folder))):
            (folder / "public" / some[number % len(some)]).unlink()
        elif what == "save":
            copied(story.world.history.where, backup)
        elif what == "restore" and backup.exists():
            copied(backup, story.world.history.where)
            again = Story(story.world)
            again.site, again.hours = story.site, story.hours
            story = again
    return story.world.history


def law(script: Sequence[Step | Op]) -> None:
    with TemporaryDirectory() as name:
        history = played(script, Path(name))
        publish(history, Path(name))
        made = files(Path(name))
        assert made == twin(history)
        titles = [row.summary for row in history.told() if row.told_at]
        assert [said.title for said in whole("feed.atom", made, URL)] == titles
        history.close()


@settings(derandomize=True, max_examples=6, deadline=None, database=None)
@given(OPS)
def test_any_history_published_as_it_went_is_published_as_from_nothing(script: list[Step | Op]) -> None:
    law(script)


@pytest.mark.long
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(OPS)
def test_many_histories_published_as_they_went(script: list[Step | Op]) -> None:
    law(script)
