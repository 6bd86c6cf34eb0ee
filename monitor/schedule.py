"""What is due when, and what runs next: pure answers, with the time passed in.

`monitor.service` asks them; `klastry status` prints them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.cron import next_fire
from storage.records import Source

DORMANT_EVERY = timedelta(days=7)
WINDOW = timedelta(seconds=20)
"""How long what is due waits for what becomes due with it."""


def next_due(source: Source, last: datetime | None, now: datetime) -> datetime:
    """When `source` is to be visited next, in UTC; in the past if it is overdue.

    `last` is the time of its last visit. A source never visited is due `now`. A dormant
    source is due at the first time of its schedule that is a week after its last visit.
    """
    if last is None:
        return now
    # Half a day is taken off, so that a visit that began late does not cost a day each week.
    pause = DORMANT_EVERY - timedelta(hours=12) if source.dormant else timedelta(0)
    return next_fire(source.schedule, last + pause)


def overdue(sources: Sequence[Source], last_visits: Mapping[str, datetime], now: datetime) -> tuple[str, ...]:
    """Names of the enabled sources that should have been visited by `now`."""
    return tuple(
        source.id
        for source in sources
        if source.enabled and next_due(source, last_visits.get(source.id), now) <= now
    )


@dataclass
class Due:
    """The sources that wait for a visit: what is due together becomes one run, never two at once.

    What becomes due while a run is at work waits once, however often it becomes due.
    """

    order: Sequence[str]
    """All names, in the order in which they are handed out."""
    wait: timedelta = WINDOW
    _since: datetime | None = None
    _waiting: set[str] = field(default_factory=set)
    _running: frozenset[str] = frozenset()
    _busy: bool = False

    def add(self, names: Sequence[str], now: datetime) -> tuple[str, ...]:
        """Let `names` wait; returns those whose visit of before is still running."""
        if names and self._since is None:
            self._since = now
        self._waiting.update(names)
        return tuple(name for name in names if name in self._running)

    def starts_at(self) -> datetime | None:
        """When the next run may start; None while one is at work or nothing waits."""
        return self._since + self.wait if self._since and not self._busy else None

    def start(self, now: datetime) -> tuple[str, ...]:
        """The names of the run that starts now; none if it may not start yet."""
        starts_at = self.starts_at()
        if starts_at is None or starts_at > now:
            return ()
        names = tuple(name for name in self.order if name in self._waiting)
        self._running, self._busy, self._since = frozenset(names), True, None
        self._waiting.clear()
        return names

    def end(self) -> None:
        """The run is over."""
        self._running, self._busy = frozenset(), False
