"""One publication: what all its parts are made of, read once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from monitor import drawing
from monitor.bodies import Site
from monitor.config import Config
from monitor.entity import with_lists
from monitor.entries import Entry, entries
from monitor.feeds import Channel, Feed, Masthead, feeds
from monitor.watchlist import watch_list
from storage.forms import WARSAW, canonical, moment_text
from storage.history import History
from storage.moments import Moment
from storage.questions import Questions
from storage.records import Kind, Source

_STANDING: tuple[Kind, ...] = ("cluster", "call")


def site_of(config: Config, sources: Sequence[Source]) -> Site:
    """Where readers reach what is published, and the titles of the sources."""
    titles = {source.id: source.title for source in sources}
    return Site(str(config.monitor.site_url), config.monitor.language, lambda name: titles.get(name, name))


def standing(asked: Questions, today: Moment) -> list[dict[str, Any]]:
    """Clusters and calls as they stand."""
    return [with_lists(row) for kind in _STANDING for row in asked.now(kind, today)]


@dataclass(frozen=True)
class Publication:
    """The history, the answers of one state of it, the configuration, the time (UTC)."""

    history: History
    asked: Questions
    config: Config
    now: datetime

    @property
    def day(self) -> date:
        """The day in Warsaw that pages speak of."""
        return self.now.astimezone(WARSAW).date()

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """The watch list."""
        return watch_list(self.config)

    @cached_property
    def masthead(self) -> Masthead:
        """Who publishes, and where."""
        return Masthead(site_of(self.config, self.sources), self.history.authority(), self.asked.since())

    @property
    def site(self) -> Site:
        """Where readers reach it."""
        return self.masthead.site

    @cached_property
    def feeds(self) -> list[Feed]:
        """The readers' feeds."""
        return feeds(self.site.language, self.config.feed, self.sources)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Clusters and calls as they stand on the day."""
        return standing(self.asked, Moment.at_the_end_of(self.day, self.now))

    @cached_property
    def offered(self) -> list[Channel]:
        """The feeds that every page offers: those of topics and of the user, the recommended one first."""
        return [feed.channel for feed in self.feeds if not feed.channel.of_source]

    @cached_property
    def told(self) -> list[int]:
        """The ids of the changes that lead an entry, oldest first."""
        return self.asked.told_numbers()

    @property
    def newest(self) -> int:
        """The last of them; 0 where nothing was told."""
        return self.told[-1] if self.told else 0

    def entries(self, numbers: Sequence[int]) -> Sequence[Entry]:
        """The entries that these changes lead, in the order of telling."""
        return entries(self.asked.told_by(numbers))

    def entries_after(self, number: int) -> Iterator[Sequence[Entry]]:
        """The entries told after a change, some hundreds at a time; not those told meanwhile."""
        for rows in self.asked.told_after(number):
            yield [entry for entry in entries(rows) if entry.number <= self.newest]

    @cached_property
    def edition(self) -> str:
        """A hash of all but the history that files are drawn with."""
        head = self.masthead
        said = [
            drawing.edition(),
            [head.site.url, head.site.language, head.authority, moment_text(head.since)],
            [(source.id, source.title) for source in self.sources],
            [(channel.path, channel.title, channel.calendar) for channel in self.offered],
        ]
        return sha256(canonical(said).encode()).hexdigest()
