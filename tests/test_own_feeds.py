"""Feeds of one's own that name sources: which entries and which calls they hold, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config import parse
from monitor.config_tables import FeedTable
from monitor.entries import Entry, of_own
from monitor.feeds import feeds
from monitor.publication import Publication
from monitor.watchlist import watch_list
from storage.errors import ConfigError
from tests.calendars import drawing, files
from tests.telling import appeared, began, news
from tests.world import World, at

MINE = """
[source.my-region]
title = "Nabory w regionie"
url = "https://example.org/nabory"
item = "li"
fields = { title = "a", closes = "b" }
"""


WATCHED = replace(began(), source="kkk-mr calls-parp")


def told(source: str, name: str = "Nabór") -> Entry:
    return news([appeared(name=name, source=source)])[0]


@pytest.mark.parametrize(
    ("chosen", "words", "held"),
    [
        ((), (), ["calls-parp", "my-region", "began"]),
        (("my-region",), (), ["my-region"]),
        (("calls-parp", "my-region"), (), ["calls-parp", "my-region", "began"]),
        (("my-region",), ("gmin",), []),
        (("kkk-mr",), (), ["began"]),
    ],
)
def test_a_feed_of_some_sources(chosen: tuple[str, ...], words: tuple[str, ...], held: list[str]) -> None:
    topic = of_own((), words, chosen)
    entries = {"calls-parp": told("calls-parp"), "my-region": told("my-region"), "began": news([WATCHED])[0]}
    assert [name for name, entry in entries.items() if topic(entry)] == held


def test_other_sources_are_another_choice() -> None:
    """So that what is drawn by the old one is drawn anew."""
    table = FeedTable(match=("klast",))
    other = FeedTable(match=("klast",), sources=("my-region",))
    (old,) = [feed for feed in feeds("pl", {"moje": table}, ()) if feed.channel.name == "moje"]
    (new,) = [feed for feed in feeds("pl", {"moje": other}, ()) if feed.channel.name == "moje"]
    assert old.definition != new.definition
    assert (old.topic(told("x", "Klastry")), new.topic(told("x", "Klastry"))) == (True, False)


@pytest.mark.parametrize("source", ["kkk-mr", "my-region"])
def test_sources_of_the_watch_list_can_be_chosen(source: str, tmp_path: Path) -> None:
    config = parse(f'[feed.moje]\nsources = ["{source}"]\n{MINE}', None, {}, tmp_path)
    assert config.feed["moje"].sources == (source,)
    assert source in {each.id for each in watch_list(config)}


def test_a_source_that_is_not_on_the_watch_list_is_refused(tmp_path: Path) -> None:
    config = parse(f'[feed.moje]\nsources = ["kkk-mr", "kkk-mx"]\n{MINE}', tmp_path / "k.toml", {}, tmp_path)
    with pytest.raises(ConfigError) as caught:
        watch_list(config)
    assert str(caught.value) == (
        f"{tmp_path}/k.toml: [feed.moje] sources: no source 'kkk-mx' on the watch list; there are"
        " kkk-pi, kkk-mr, competition-mr, news-mr, calls-parp, news-parp, my-region"
    )


def test_only_a_feed_of_sources_with_calls_has_a_calendar(tmp_path: Path) -> None:
    text = f"""
        [feed.moje]
        sources = ["my-region", "news-parp"]
        [feed.prasa]
        sources = ["news-parp", "news-mr"]
        {MINE}
    """
    history = World.new(tmp_path).history
    with history.asked() as asked:
        made = files(drawing(Publication(history, asked, parse(text, None, {}, tmp_path), at(1))))
    assert "moje.ics" in made
    assert "prasa.ics" not in made
