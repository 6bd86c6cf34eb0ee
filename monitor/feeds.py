"""The feeds there are, what belongs to each, and the entries of the history as their stories.

One entry per change, its id used once and never as an address; dates are those of telling.
Pure: the same entries give the same stories, at any time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from monitor.bodies import Site, body, plain, web_address
from monitor.config_tables import FeedTable
from monitor.entries import Entry, Topic, everything, of_clusters, of_kind, of_own, of_source
from monitor.words.labels import FEEDS
from storage.forms import canonical
from storage.records import Source

_SOURCES = "sources/"
MARKUP = 700  # bytes; no form has more around the texts of one story


@dataclass(frozen=True)
class Channel:
    """One feed: its file name without ending, what it says of itself, the path of its calendar, if any."""

    name: str
    title: str
    description: str
    calendar: str = ""

    @property
    def path(self) -> str:
        """The name of its RSS document in the published folder."""
        return self.document("xml")

    @property
    def of_source(self) -> bool:
        """Whether it is the feed of one source."""
        return self.name.startswith(_SOURCES)

    def document(self, form: str, archive: int | None = None) -> str:
        """The name of its document in a form (`xml`, `atom`, `json`): of an archive, else the feed itself."""
        return f"{self.name}.{form}" if archive is None else f"archive/{self.name}/{archive}.{form}"


@dataclass(frozen=True)
class Feed:
    """A channel and what belongs to it; `definition` is all that this choice depends on, as text."""

    channel: Channel
    topic: Topic
    definition: str = ""


@dataclass(frozen=True)
class Masthead:
    """Who publishes: the site, the host under which ids are made, since when (UTC)."""

    site: Site
    authority: str
    since: datetime

    def tag(self, name: str) -> str:
        """A tag: URI (RFC 4151) that stays when the site moves."""
        return f"tag:{self.authority},{self.since.year}:{name}"


@dataclass(frozen=True)
class Story:
    """One entry of a feed in any form: `html` is sanitised, everything else plain text.

    `at` in UTC; `categories` are (scheme, term), the scheme a URI.
    """

    id: str
    at: datetime
    title: str
    text: str
    html: str
    link: str
    author: str
    categories: tuple[tuple[str, str], ...] = ()

    @cached_property
    def room(self) -> int:
        """Bytes that it takes at most in a document of any form."""
        twice = (self.id, self.title, self.text, self.html, self.link, self.author, self.author)
        return MARKUP + sum(map(_escaped, (*twice, *(part for pair in self.categories for part in pair))))


def _escaped(text: str) -> int:
    """Bytes of `text` as XML or as JSON, whichever is more."""
    xml = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    json = text.count('"') + text.count("\\") + text.count("\n")
    return len(text.encode(errors="replace")) + max(xml, json)


_TOPICS: Mapping[str, Topic] = {
    "klastry": of_clusters,
    "feed": everything,
    "clusters": of_kind("cluster"),
    "calls": of_kind("call"),
    "news": of_kind("article"),
}
_WITH_CALLS = frozenset({"klastry", "feed", "calls"})


def feeds(language: str, own: Mapping[str, FeedTable], sources: Sequence[Source]) -> list[Feed]:
    """The readers' feeds, the recommended one first: built-in ones, those of the user, one a source.

    A table of `own` (by name) with the name of a built-in feed redefines it.
    """
    found = {name: Feed(channel(name, language), topic) for name, topic in _TOPICS.items()}
    with_calls = {source.id for source in sources if source.kind == "call"}
    for name, table in own.items():
        definition = canonical([table.title, table.kinds, table.sources, table.match])
        calls = "call" in (table.kinds or ("call",)) and with_calls & {*(table.sources or with_calls)}
        told = channel(name, language, table.title, calls=bool(calls))
        found[name] = Feed(told, of_own(table.kinds, table.match, table.sources), definition)
    about = FEEDS[language]["source"][1]
    return [
        *found.values(),
        *(Feed(_of_source(each, about), of_source(each.id)) for each in sources),
    ]


def _of_source(source: Source, about: str) -> Channel:
    name = f"{_SOURCES}{source.id}"
    return Channel(name, source.title, about.format(source.title), _calendar(name, source.kind == "call"))


def channel(name: str, language: str, title: str | None = None, *, calls: bool = False) -> Channel:
    """A feed: a built-in one, or one of the user's own; `title` is that of the user.

    `calls` says that one of the user's own can hold calls.
    """
    built_in = FEEDS[language].get(name, (name, FEEDS[language]["own"][1]))
    return Channel(name, title or built_in[0], built_in[1], _calendar(name, calls or name in _WITH_CALLS))


def _calendar(name: str, calls: bool) -> str:
    return f"{name}.ics" if calls else ""


def story(entry: Entry, masthead: Masthead) -> Story:
    """An entry of the history as it stands in a feed."""
    site = masthead.site
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
        categories=tuple((masthead.tag(scheme), term) for scheme, term in terms),
    )
