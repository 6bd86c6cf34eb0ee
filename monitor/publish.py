"""Publishing: from the history to the files that people and programs read.

What is a function of the history alone is drawn by parts, each of which goes on from where the
folder is drawn (`monitor.drawn`); what depends on the visits and the day is drawn every time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from monitor import (
    calendar,
    drawn,
    entity_pages,
    health,
    list_pages,
    pages,
    picture,
    publishing,
    search_pages,
)
from monitor.bodies import Site
from monitor.change_pages import ChangePages
from monitor.config import Config
from monitor.drawing import edition
from monitor.drawn import Drawn, Files, Part
from monitor.entity import with_lists
from monitor.entries import Entry, entries
from monitor.feed_drawing import FeedDrawing, Stories
from monitor.feeds import Channel, Feed, Masthead, feeds
from monitor.states import States
from monitor.status import status
from monitor.watchlist import watch_list
from storage.forms import WARSAW, canonical, moment_text
from storage.history import History
from storage.moments import Moment
from storage.records import Source


def site_of(config: Config, sources: Sequence[Source]) -> Site:
    """Where readers reach what is published, and the titles of the sources."""
    titles = {source.id: source.title for source in sources}
    return Site(str(config.monitor.site_url), config.monitor.language, lambda name: titles.get(name, name))


def masthead_of(history: History, config: Config, sources: Sequence[Source]) -> Masthead:
    """Who publishes, and where."""
    return Masthead(site_of(config, sources), history.authority(), history.since())


def publish(config: Config, now: datetime) -> list[str]:
    """Open the history and write what has changed; gives the paths. Raises PublishError, StorageError."""
    with History.open(config.monitor.database) as history:
        return write_all(history, config, now)


def write_all(history: History, config: Config, now: datetime) -> list[str]:
    """Write what has changed; gives the paths. `now` in UTC gives the day that pages speak of.

    Raises PublishError, StorageError.
    """
    folder, written = config.publish, list[str]()
    with publishing.alone(folder):
        publication = Publication(history, config, now)
        before = drawn.read(folder, history.told_digest, publication.edition)
        if not before.change:  # nothing is drawn until all of it is
            publishing.remove(folder, [drawn.MARK])
        parts = publication.parts(before)
        for files in publishing.batches(publication.files(parts)):
            written += publishing.write(folder, files)
        if not before.change:
            publishing.remove(folder, (path for part in parts for path in part.stale()))
        return written + publishing.write(folder, publication.mark(parts))


@dataclass(frozen=True)
class Publication:
    """All that one publication is made of: the history, the configuration, the time (UTC)."""

    history: History
    config: Config
    now: datetime

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The watch list."""
        return watch_list(self.config)

    @cached_property
    def masthead(self) -> Masthead:
        """Who publishes, and where."""
        return masthead_of(self.history, self.config, self.sources)

    @cached_property
    def feeds(self) -> list[Feed]:
        """The readers' feeds."""
        return feeds(self.masthead.site.language, self.config.feed, self.sources)

    @cached_property
    def told(self) -> list[int]:
        """The ids of the changes that led an entry when the publication began, oldest first."""
        return self.history.told_numbers()

    @cached_property
    def offered(self) -> list[Channel]:
        """The feeds that pages offer."""
        return pages.channels(self.masthead.site, self._own_titles)

    @property
    def _own_titles(self) -> dict[str, str | None]:
        return {name: table.title for name, table in self.config.feed.items()}

    @cached_property
    def edition(self) -> str:
        """A hash of all but the history that files are drawn with."""
        head = self.masthead
        said = [
            edition(),
            [head.site.url, head.site.language, head.authority, moment_text(head.since)],
            [(source.id, source.title) for source in self.sources],
            [(channel.path, channel.title) for channel in self.offered],
        ]
        return sha256(canonical(said).encode()).hexdigest()

    @property
    def day(self) -> date:
        """The day that pages speak of, in Warsaw."""
        return self.now.astimezone(WARSAW).date()

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Clusters and calls as they stand on that day."""
        today = Moment.at_the_end_of(self.day, self.now)
        with self.history.asked() as asked:
            return [with_lists(row) for kind in ("cluster", "call") for row in asked.now(kind, today)]

    def parts(self, before: Drawn) -> list[Part]:
        """What draws the files that are functions of the history; those linked to come first."""
        folder, since = self.config.publish, before.change
        stories = Stories(self.masthead, lambda numbers: entries(self.history.told_by(numbers)))
        return [
            ChangePages(self.history, self.told, self.masthead.site, self.offered, folder, since),
            FeedDrawing(
                self.feeds, self.masthead, stories, folder, since, before.parts.get(FeedDrawing.name)
            ),
        ]

    def files(self, parts: Sequence[Part]) -> Iterator[Files]:
        """All files to be written, some at a time, before those that link to them."""
        yield from self._of_things()
        for some in self._news(min((part.since for part in parts), default=0)):
            for part in parts:
                yield from part.take(some)
        for part in parts:
            yield from part.finish()
        yield self._calendars()
        yield self._of_the_day()

    def mark(self, parts: Sequence[Part]) -> Files:
        """What says how far the folder is drawn, when all parts are."""
        newest = self.told[-1] if self.told else 0
        memories = {part.name: part.memory() for part in parts}
        return drawn.mark(newest, self.history.told_digest(newest), self.edition, memories)

    def _news(self, since: int) -> Iterator[Sequence[Entry]]:
        """The entries after change `since`, some at a time; not those told meanwhile."""
        newest = self.told[-1] if self.told else 0
        for rows in self.history.told_after(since):
            yield [entry for entry in entries(rows) if entry.number <= newest]

    def _of_things(self) -> Iterator[Files]:
        """Pages of entities, the lists of all of them, the search."""
        site, by_entity = self.masthead.site, {row["entity"]: row for row in self.rows}
        with self.history.gallery() as gallery:
            yield from entity_pages.undrawn(
                gallery, self.rows, self.day, site, self.offered, self.config.publish
            )
            states, everyone = States(site, self.day), gallery.titled
            yield list_pages.documents(everyone, by_entity, states, site, self.offered)
            yield search_pages.documents(everyone, by_entity, site, self.offered)

    def _calendars(self) -> Files:
        """Those of all calls, and of each feed that can hold calls."""
        topics = {feed.channel.name: feed.topic for feed in self.feeds}
        further = {
            name: (table.title, topics[name])
            for name, table in self.config.feed.items()
            if name in calendar.TOPICS or "call" in (table.kinds or ("call",))
        }
        for source in self.sources:
            if source.kind == "call":
                further[f"sources/{source.id}"] = (source.title, topics[f"sources/{source.id}"])
        past = self.history.dated_calls(calendar.KEPT_DAYS)
        return calendar.documents(past, self.masthead.site, self.masthead.authority, further)

    def _of_the_day(self) -> Files:
        history, site = self.history, self.masthead.site
        visits = history.latest_visits(source.id for source in self.sources)
        waiting = [row["source"] for row in history.open_reviews()]
        rows = status(self.sources, visits, waiting, self.now)
        asleep = {source.id for source in self.sources if source.dormant}
        fresh = [row for row in rows if row["source"] not in asleep or row["last_complete"]]
        with history.gallery() as gallery:
            changes = gallery.changes(picture.shown(self.rows))
        latest = entries(history.told_by(self.told[-pages.LATEST :]))
        signals = health.signals(history.turning_visits(), {source.id: source for source in self.sources})
        return {
            **health.documents(signals, self.masthead),
            "index.html": pages.index(latest, self.rows, fresh, self.day, site, self._own_titles, changes),
            "status.json": publishing.status_json(rows, history.head(), self.day),
        }
