"""Random scripts: a world of clusters and calls that changes, and visits of it in all weathers.

A script is a list of steps; each lets some hours pass, changes the world a little and visits
one source. `Story` plays a script into a history and remembers what every visit was shown.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from hypothesis import strategies as st

from storage.past import Decision
from storage.records import (
    LIST,
    Gone,
    Missed,
    Reading,
    Said,
    Snapshot,
    Source,
    Unchanged,
    page_key,
)
from tests.sites import SLUGS, SOURCES, Site
from tests.world import CALLS, CARD, World, at, said

Weather = Literal["fine", "resent", "cut", "failed", "refused"]
"""fine: what is the same is said to be unchanged; resent: all is sent again; cut: the second
page of a register, or one card, is missed; failed and refused: no list to believe."""


@dataclass(frozen=True)
class Step:
    """`hours` pass, each of `turns` changes one thing, then `source` is visited."""

    hours: int
    turns: tuple[tuple[str, int], ...]
    source: int
    weather: Weather

    def __str__(self) -> str:
        turned = ", ".join(f"{what} {which}" for what, which in self.turns) or "nothing"
        return f"+{self.hours} h: {turned} turned; {SOURCES[self.source].id} visited, {self.weather}"


_TURNS = ("cluster", "until", "coordinator", "portal", "portal-until", "tile", "card", "closes", "budget",
          "document", "attachment", "round")  # fmt: skip
STEPS = st.builds(
    Step,
    st.sampled_from((1, 5, 24, 30, 49)),
    st.lists(st.tuples(st.sampled_from(_TURNS), st.integers(0, 8)), max_size=3).map(tuple),
    st.sampled_from((0, 0, 1, 2, 2)),
    st.sampled_from(("fine", "fine", "fine", "resent", "cut", "failed", "refused")),
)
SCRIPTS = st.lists(STEPS, min_size=4, max_size=16)


def printed(script: Iterable[Step]) -> str:
    """The script as a person reads it."""
    return "\n".join(map(str, script))


def ask(world: World, query: str) -> list[tuple[Any, ...]]:
    """Rows of the database as they lie there."""
    with closing(sqlite3.connect(world.history.where)) as raw:
        return raw.execute(query).fetchall()


@dataclass(frozen=True)
class Seen:
    """One visit as it was: what was shown on the list, and what was decided."""

    source: Source
    when: datetime
    names: frozenset[str]
    decision: Decision
    ledger: int
    told: tuple[str, ...]


class Story:
    """A script being played into a world."""

    def __init__(self, world: World, heard: Callable[[Said], Said] = lambda said: said) -> None:
        """`heard` is how what a page says is understood."""
        self.world = world
        self.heard = heard
        self.site = Site()
        self.hours = 0.0
        self.seen: list[Seen] = []
        self.snapshots: list[tuple[Source, Snapshot]] = []
        self._contents: dict[tuple[str, str], str] = {}
        self._again: set[str] = set()
        self._names: dict[tuple[str, str], frozenset[str]] = {}
        self._cards: set[str] = set()

    def play(self, script: Sequence[Step], *, without: frozenset[str] = frozenset()) -> "Story":
        """Play the steps; visits in a weather of `without` are not made."""
        for step in script:
            self.hours += step.hours
            for what, which in step.turns:
                self.site.turn(what, which)
            if step.weather not in without:
                self.visit(SOURCES[step.source], step.weather)
        return self

    def visit(self, source: Source, weather: Weather = "fine", *, earlier: float = 0) -> Seen:
        """Visit a source now (or some hours `earlier`), as a spider would."""
        when = at(hours=self.hours - earlier)
        lists = self._lists(source, when, weather)
        sees = any(isinstance(page, Said | Unchanged) for page in lists)
        details = self._details(when, weather) if source is CALLS and sees else {}
        whole = sees and (source is CALLS or weather != "cut")
        url, reader = source.address.url, source.address.reader
        snapshot = Snapshot(source.id, when, url, reader, lists, whole, details)
        return self.take(source, snapshot)

    def forget(self, source: str, page: str) -> None:
        """Let the next visit be sent this page whole, with all pages of its list."""
        pages = [key for key in self._contents if key[0] == source]
        for key in pages:
            if key[1] == page or (_of_list(key[1]) and _of_list(page)):
                del self._contents[key]

    def take(self, source: Source, snapshot: Snapshot) -> Seen:
        told = self.world.take(source, self._understood(snapshot))
        self.snapshots.append((source, snapshot))
        decision = self.world.last
        if decision.list != "none":
            self._remember(source, snapshot)
        names = frozenset().union(
            *(self._names.get((source.id, page), frozenset()) for page in _list_pages(snapshot))
        )
        ((ledger,),) = ask(self.world, "SELECT max(id) FROM ledger")
        self.seen.append(Seen(source, snapshot.at, names, decision, ledger, tuple(told)))
        return self.seen[-1]

    def _understood(self, snapshot: Snapshot) -> Snapshot:
        pages = tuple(map(self._hear, snapshot.pages))
        details = {page: self._hear(reading) for page, reading in snapshot.details.items()}
        return replace(snapshot, pages=pages, details=details)

    def _hear(self, reading: Reading) -> Reading:
        return self.heard(reading) if isinstance(reading, Said) else reading

    def _lists(self, source: Source, when: datetime, weather: Weather) -> tuple[Reading, ...]:
        url = source.address.url
        if weather == "failed":
            return (Missed(url, when, "timeout", "no answer"),)
        if weather == "refused":
            return (Missed(url, when, "blocked-page", "Request Rejected"),)
        if source is CALLS:
            return self._readings(source, [said(url, when, self.site.schedule())], weather)
        rows = self.site.register(source)
        half = (len(rows) + 1) // 2
        pages: list[Reading] = [said(url, when, rows[:half]), said(f"{url}?page=2", when, rows[half:])]
        if weather == "cut":
            return (pages[0], Missed(f"{url}?page=2", when, "timeout", "no answer"))
        return self._readings(source, pages, weather)

    def _readings(self, source: Source, pages: Sequence[Reading], weather: Weather) -> tuple[Reading, ...]:
        same = all(
            isinstance(page, Said) and self._contents.get((source.id, _list_page(number))) == page.content
            for number, page in enumerate(pages)
        )
        if not same or weather == "resent" or source.id in self._again:
            return tuple(pages)
        return tuple(Unchanged(page.address, page.at, "304") for page in pages)

    def _details(self, when: datetime, weather: Weather) -> dict[str, Reading]:
        self._cards |= {slug for slug, each in self.site.calls.items() if each.tile}
        readings = {
            page_key(f"{CARD}{slug}"): self._card(slug, when, weather)
            for slug in SLUGS
            if slug in self._cards
        }
        if weather == "cut" and readings:
            missed = sorted(readings)[int(self.hours) % len(readings)]
            readings[missed] = Missed(readings[missed].address, when, "timeout", "no answer")
        return readings

    def _card(self, slug: str, when: datetime, weather: Weather) -> Reading:
        url = f"{CARD}{slug}"
        records = self.site.card(slug)
        if records is None:
            return Gone(url, when, "http-4xx", "404")
        reading = said(url, when, records)
        if weather != "resent" and self._contents.get(("calls-parp", page_key(url))) == reading.content:
            return Unchanged(url, when, "304")
        return reading

    def _remember(self, source: Source, snapshot: Snapshot) -> None:
        cut = any(isinstance(page, Missed) for page in snapshot.pages)
        (self._again.add if cut else self._again.discard)(source.id)
        lists = [(_list_page(number), page) for number, page in enumerate(snapshot.pages)]
        for page, reading in (*lists, *snapshot.details.items()):
            if isinstance(reading, Said):
                self._contents[source.id, page] = reading.content
                self._names[source.id, page] = frozenset(record.name for record in reading.records)
            elif isinstance(reading, Gone):
                self._contents.pop((source.id, page), None)


def _of_list(page: str) -> bool:
    return page.partition(" ")[0] == LIST


def _list_page(number: int) -> str:
    return f"{LIST} {number + 1}" if number else LIST


def _list_pages(snapshot: Snapshot) -> list[str]:
    return [
        _list_page(number) for number, page in enumerate(snapshot.pages) if isinstance(page, Said | Unchanged)
    ]
