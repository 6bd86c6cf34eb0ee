"""Real readers read the published files: feedparser, and `reader` as a person's feed reader would."""

import sys
from pathlib import Path

import feedparser
import feedparser_sgmllib
import pytest
from reader import Reader, make_reader

from storage.history import History
from tests.publishing import CLUSTERS, FORMS, files, new, publish, small
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

# The copy of feedparser within `reader` asks for it by its former name.
sys.modules.setdefault("sgmllib", feedparser_sgmllib)
__all__ = ["small"]
pytestmark = pytest.mark.usefixtures("small")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Clusters came and calls came, one a day."""
    place = new(tmp_path)
    place.visit(KKK, at(), CLUSTERS)
    place.visit(CALLS, at(), [a_call("0", title="Nabór 0")])
    with place.history.writing() as writing:
        writing.tell_beginnings([KKK, CALLS], place.run(at()))
    for day in range(1, 5):
        listed = [a_call(f"{number}", title=f"Nabór & „{number}”") for number in range(day, -1, -1)]
        place.visit(CALLS, at(day), listed)
    place.visit(KKK, at(6), [*CLUSTERS, a_cluster("Żywność Podkarpacka")])
    return place


def told(history: History) -> list[tuple[str, str | None]]:
    return [(row.entry or "", row.summary) for row in history.told() if row.told_at][::-1]


def subscribed(folder: Path, *names: str) -> Reader:
    reader = make_reader(":memory:", feed_root=str(folder / "public"))
    for name in names:
        reader.add_feed(name)
    for result in reader.update_feeds_iter():
        assert not isinstance(result.value, Exception), result
    return reader


def test_feedparser_reads_every_document(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    for name, content in files(tmp_path).items():
        if name.endswith((".xml", ".atom")):
            read = feedparser.parse(content)
            assert read.bozo == 0, (name, read.get("bozo_exception"))
            assert read.version == {"xml": "rss20", "atom": "atom10"}[name.rpartition(".")[2]]
            assert read.feed.link == "http://127.0.0.1:8765/index.html"
            assert read.feed.title
            assert all(entry.content[0].type == "text/html" for entry in read.entries)
            assert all(entry.published_parsed and entry.author for entry in read.entries)


def test_a_reader_shows_every_entry_of_the_window_the_same_in_every_form(
    world: World, tmp_path: Path
) -> None:
    publish(world.history, tmp_path)
    news = told(world.history)
    with subscribed(tmp_path, *(f"feed.{form}" for form in FORMS)) as reader:
        for form in FORMS:
            shown = list(reader.get_entries(feed=f"feed.{form}"))
            assert [(entry.id, entry.title) for entry in shown] == news[: len(shown)]
            assert shown
            assert shown[0].content
            assert shown[0].content[0].value.startswith("<p>")
            assert shown[0].published == world.history.told()[-1].told_at
            assert reader.get_feed(f"feed.{form}").link == "http://127.0.0.1:8765/index.html"


def test_a_reader_gets_one_new_entry_for_one_change(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    names = [f"{name}.{form}" for name in ("klastry", "clusters", "sources/kkk-mr") for form in FORMS]
    with subscribed(tmp_path, *names) as reader:
        for entry in reader.get_entries():
            reader.mark_entry_as_read(entry)
        assert publish(world.history, tmp_path) == []
        world.visit(KKK, at(7), [*CLUSTERS, a_cluster("Żywność Podkarpacka"), a_cluster("Fotonika")])
        publish(world.history, tmp_path)
        reader.update_feeds(scheduled=False)
        newest = told(world.history)[0]
        unread = [(entry.feed_url, entry.id, entry.title) for entry in reader.get_entries(read=False)]
        assert sorted(unread) == sorted((name, *newest) for name in names)
