"""A publication draws only what is new, and leaves what a publication into an empty folder makes."""

import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest

from monitor import feed_drawing, publishing
from monitor.entries import entries
from monitor.publish import write_all
from storage.history import History
from tests.deciding import Desk
from tests.feed_rules import judge, read, whole
from tests.publishing import CLUSTERS, FORMS, URL, config, copied, files, new, publish, small, twin
from tests.test_review import shrunken
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

__all__ = ["small"]
pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Eight calls came one after another."""
    place = new(tmp_path)
    place.visit(CALLS, at(), [a_call("0", title="Nabór 0")])
    for day in range(1, 9):
        listed = [a_call(f"{number}", title=f"Nabór {number}") for number in range(day, -1, -1)]
        place.visit(CALLS, at(day), listed)
    return place


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
    feeds = {f"{name}.{form}" for name in ("feed", "klastry", "clusters", "sources/kkk-mr") for form in FORMS}
    pages = {name for name in written if name.startswith("changes/")}
    archives = {name for name in written if name.startswith("archive/")}
    of_things = {name for name in written if name.startswith(("entities/", "search/"))}
    assert len(pages) == 1
    assert "entities/cluster-4.html" in of_things
    lists = {"clusters.html", "search.html", "index.html", "status.json", "drawn.json", "changes.html"}
    lists.add("lists/changes-2026.html")
    assert set(written) - pages - archives - of_things == {*feeds, *lists}
    assert not {name for name in archives if "/calls/" in name}


def test_what_no_list_and_no_search_has_any_more_goes(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    there = set(files(tmp_path))
    for old in ("search/document-7.js", "lists/articles-1999-2.html"):
        (tmp_path / "public" / old).parent.mkdir(exist_ok=True)
        (tmp_path / "public" / old).write_text("old")
    publish(world.history, tmp_path)
    assert set(files(tmp_path)) == there


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


@pytest.mark.parametrize("spoilt", ["calls.html", "changes.html", "search.html", "deadlines.ics"])
def test_a_list_or_calendar_that_somebody_changed_is_drawn_anew(
    spoilt: str, world: World, tmp_path: Path
) -> None:
    publish(world.history, tmp_path)
    before = files(tmp_path)
    (tmp_path / "public" / spoilt).write_bytes(before[spoilt].replace(b"e", b"f"))
    assert publish(world.history, tmp_path) == [spoilt]
    (tmp_path / "public" / spoilt).rename(tmp_path / "elsewhere")
    (tmp_path / "public" / spoilt).symlink_to(tmp_path / "elsewhere")
    assert publish(world.history, tmp_path) == [spoilt]
    assert files(tmp_path) == before


def test_nothing_is_taken_from_a_mark_that_is_not_whole(world: World, tmp_path: Path) -> None:
    world.visit(CALLS, at(9), [a_call("late", title="Nabór z datą", closes="2026-12-30")])
    publish(world.history, tmp_path)
    before, mark = files(tmp_path), tmp_path / "public/drawn.json"
    spoilt = mark.read_text("utf-8").replace("20261230", "20270130")
    assert spoilt != mark.read_text("utf-8")
    mark.write_text(spoilt, "utf-8")
    (tmp_path / "public/deadlines.ics").unlink()
    publish(world.history, tmp_path)
    assert files(tmp_path) == before


def test_a_day_that_passes_draws_the_list_that_speaks_of_it(tmp_path: Path) -> None:
    world = new(tmp_path)
    ends = a_cluster("Koniec", status_from="2023-01-01", status_until="2026-03-31")
    world.visit(KKK, at(), [*CLUSTERS, ends])
    world.visit(KKK, at(1), [*CLUSTERS, ends, a_cluster("Delta")])
    world.visit(CALLS, at(1), [a_call("0", title="Nabór", status="open", closes="2026-12-30")])
    last = datetime(2026, 3, 31, 12, tzinfo=UTC)
    for now, drawn in ((last, True), (last + timedelta(days=1), True), (last + timedelta(days=2), False)):
        written = write_all(world.history, config(tmp_path), now)
        assert ("clusters.html" in written) is ("drawn.json" in written) is drawn


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


def test_a_restored_backup_without_anything_leaves_nothing(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    (tmp_path / "other").mkdir()
    empty = new(tmp_path / "other").history
    publish(empty, tmp_path)
    assert files(tmp_path) == twin(empty)


@pytest.mark.parametrize("folder", ["", "changes", "lists", "archive/feed", "entities"])
def test_what_a_killed_publication_left_half_written_goes(folder: str, world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    left = tmp_path / "public" / folder / ".klastry-aaaa"
    left.write_bytes(b"half")
    os.utime(left, (1, 1))
    for day in (10, 11):
        world.visit(CALLS, at(day), [a_call(f"{day}", title="Nowy"), a_call("0", title="Nabór 0")])
        publish(world.history, tmp_path)
    assert not left.exists()
    assert files(tmp_path) == twin(world.history)


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

    def dies(public: Path, some: dict[str, bytes], **how: str) -> list[str]:
        if "drawn.json" in some:
            raise InterruptedError
        return write(public, some, **how)

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
    warned = {name: page for name, page in made.items() if b'class="warning"' in page}
    assert warned.keys() == {
        f"changes/{row['id']}.html"
        for row in history.changes()
        if history.cited([row["id"]])[row["id"]].retracted_by
    }
    assert len(warned) == 6
    for page in warned.values():
        (warning,) = re.findall(rb'class="warning"><strong><a href="(\d+\.html)">Uwaga: sprostowano', page)
        assert b"Sprostowanie" in made[f"changes/{warning.decode()}"]
        assert b"Uwaga: sprostowano" in page.partition(b'class="citation"')[2]


def test_an_id_that_was_once_given_twice_stays_two_entries(tmp_path: Path) -> None:
    """Early histories have such ids: what was told again after an undo had the id of the first time."""
    desk = Desk(new(tmp_path))
    desk.judge(shrunken(desk), "accept")
    desk.judge(1, "undo")
    desk.judge(desk.number(), "accept")
    same = "(o.verb, o.name) = (change.verb, change.name)"
    first = f"SELECT entry FROM change o WHERE {same} AND told_at IS NOT NULL"
    with closing(sqlite3.connect(desk.world.history.where)) as raw, raw:
        raw.execute(f"UPDATE change SET entry = ({first} ORDER BY id LIMIT 1) WHERE entry IS NOT NULL")
    told = entries(desk.world.history.told())
    assert [len(entry.changes) for entry in told] == [1] * 9
    assert len({entry.id for entry in told}) == 6


def test_stories_that_are_not_at_hand_are_read_again(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = twin(world.history)
    monkeypatch.setattr(feed_drawing, "_ROOM", 1)
    monkeypatch.setattr(feed_drawing, "_AT_ONCE", 3)
    publish(world.history, tmp_path)
    assert files(tmp_path) == made


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
