"""The feeds as documents: RSS 2.0, made by feedgen, which only this module knows.

Pure: the same entries give the same bytes, at any time. One entry per change, its id used once
and never as an address; dates are those of telling; newest first. A feed reaches back at least
60 days before its newest entry and 50 entries, unless it would be larger than 500 kB. Text is
cleaned of what XML cannot carry, so no entry can lose a feed. Follows RSS 2.0 with
`content:encoded`, `dc:creator` and `atom:link`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator

from monitor.bodies import Site, body, plain, web_address
from monitor.entries import Entry, Topic, everything, of_clusters, of_kind
from monitor.wording import harmless
from monitor.words.labels import FEEDS
from storage.records import clean

LEAST_DAYS, LEAST_ENTRIES, MOST_BYTES = 60, 50, 500_000
_TTL = 120  # minutes; sources are visited every two hours


@dataclass(frozen=True)
class Channel:
    """One feed: its file name without ending, and what it says of itself."""

    name: str
    title: str
    description: str

    @property
    def path(self) -> str:
        """The name of its RSS document in the published folder."""
        return f"{self.name}.xml"


@dataclass(frozen=True)
class Story:
    """One entry of a feed in any format: `html` is sanitised, everything else plain text.

    `at` in UTC; `categories` are (domain, term).
    """

    id: str
    at: datetime
    title: str
    text: str
    html: str
    link: str
    author: str
    categories: tuple[tuple[str, str], ...] = ()


def channel(name: str, language: str, title: str | None = None) -> Channel:
    """A feed: a built-in one, or one of the user's own; `title` is that of the user."""
    built_in = FEEDS[language].get(name, (name, FEEDS[language]["own"][1]))
    return Channel(name, title or built_in[0], built_in[1])


TOPICS: Mapping[str, Topic] = {
    "klastry": of_clusters,
    "feed": everything,
    "clusters": of_kind("cluster"),
    "calls": of_kind("call"),
    "news": of_kind("article"),
}
"""The readers' feeds and what belongs to each."""


def documents(
    entries: Sequence[Entry], site: Site, own: Mapping[str, tuple[str | None, Topic]] | None = None
) -> dict[str, bytes]:
    """Every readers' feed by its path; `entries` oldest first.

    `own` are the feeds of the user by name, with their title; one of a built-in name redefines it.
    """
    made = {}
    drawn: dict[str, Story] = {}  # an entry stands in several feeds
    titles = {name: title for name, (title, _) in (own or {}).items()}
    for name, topic in {**TOPICS, **{name: topic for name, (_, topic) in (own or {}).items()}}.items():
        feed = channel(name, site.language, titles.get(name))
        chosen = window([entry for entry in entries if topic(entry)])
        drawn |= {entry.id: story(entry, site) for entry in chosen if entry.id not in drawn}
        made[feed.path] = rss(feed, [drawn[entry.id] for entry in chosen], site)
    return made


_Dated = TypeVar("_Dated", Entry, Story)


def window(dated: Sequence[_Dated]) -> list[_Dated]:
    """The newest of `dated` (oldest first): 60 days before the newest, and at least 50."""
    if not dated:
        return []
    since = dated[-1].at - timedelta(days=LEAST_DAYS)
    first = max(0, len(dated) - LEAST_ENTRIES)
    while first > 0 and dated[first - 1].at >= since:
        first -= 1
    return list(dated[first:])


def story(entry: Entry, site: Site) -> Story:
    """An entry of the history as it stands in a feed."""
    terms: tuple[tuple[str, str], ...] = (("verb", entry.verb),)
    if entry.kind:
        terms = (("kind", entry.kind), *terms, ("source", entry.source))
    return Story(
        id=entry.id,
        at=entry.at,
        title=entry.title,
        text=plain(entry),
        html=body(entry, site),
        link=web_address(entry.url) or site.entity_address(entry.entity),
        author=site.teller(entry),
        categories=terms,
    )


def rss(channel: Channel, stories: Sequence[Story], site: Site) -> bytes:
    """RSS 2.0 of `stories` (oldest first), at most `MOST_BYTES`: the oldest are left out first."""
    kept = list(stories)
    while True:
        document = _rss(channel, kept, site)
        if len(document) <= MOST_BYTES or len(kept) <= 1:
            return document
        kept = kept[-max(1, len(kept) * MOST_BYTES * 9 // (len(document) * 10)) :]


def _rss(channel: Channel, stories: Sequence[Story], site: Site) -> bytes:
    feed = FeedGenerator()
    feed.load_extension("dc")
    feed.register_extension("undated", _Undated, None, atom=False)
    feed.title(harmless(channel.title))
    feed.description(harmless(channel.description))
    feed.language(site.language)
    feed.generator("klastry")
    feed.ttl(_TTL)
    feed.link(href=site.url + channel.path, rel="self", type="application/rss+xml")
    feed.link(href=site.url + "index.html", rel="alternate")  # last: feedgen takes it for the channel
    if stories:
        feed.lastBuildDate(stories[-1].at)
    feed.undated.empty = not stories
    for each in reversed(stories):
        _add(feed, each)
    return bytes(feed.rss_str(pretty=True))


def _add(feed: Any, each: Story) -> None:
    entry = feed.add_entry(order="append")
    entry.title(harmless(each.title))
    entry.guid(clean(each.id), permalink=False)
    entry.link(href=each.link)
    entry.description(harmless(each.text))
    entry.content(each.html)
    entry.pubDate(each.at)
    entry.dc.dc_creator(harmless(each.author))
    for domain, term in each.categories:
        entry.category(term=clean(term), scheme=domain)


class _Undated(BaseExtension):  # type: ignore[misc]
    """Takes back the date of now that feedgen gives to a feed without entries."""

    empty = False

    def extend_rss(self, rss_feed: Any) -> Any:
        if self.empty:
            for dated in rss_feed.findall("channel/lastBuildDate"):
                dated.getparent().remove(dated)
        return rss_feed
