"""The Scrapy item pipeline: each snapshot is decided and remembered in one transaction."""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from scrapy.exceptions import DropItem

from pipelines.clock import is_proven
from pipelines.decide import decide, keys_of
from storage.errors import KlastryError
from storage.history import History
from storage.past import Decision
from storage.records import Change, Snapshot, Source
from storage.sealing import Run
from storage.writing import Writing


class _Undone(Exception):
    """Ends a transaction of which nothing shall stay."""


@dataclass(frozen=True)
class Outcome:
    """What one visit came to: its decision, and the changes told (or that would be told)."""

    decision: Decision
    told: tuple[Change, ...]


@dataclass
class Keeper:
    """Takes the snapshots of one run. With `dry`, decides all and writes nothing."""

    history: History
    sources: Mapping[str, Source]
    run: Run
    trust_clock: bool = False
    dry: bool = False
    heard: Callable[[Source, Outcome], None] = lambda source, outcome: None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    fault: KlastryError | None = None
    """Why the history could not be written; ends the run."""
    _late: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    _heard: list[datetime] = field(default_factory=list)
    """The times that the answers of the run gave."""
    _waiting: list[Snapshot] = field(default_factory=list)

    @property
    def taken(self) -> Collection[str]:
        """The sources whose visit was taken."""
        return {*self.outcomes, *(snapshot.source for snapshot in self._waiting)}

    def take(self, snapshot: Snapshot) -> None:
        """Decide and remember one visit, as soon as its time is proven. Raises StorageError.

        Until then it waits for what other hosts say of our clock, at the longest for `end`.
        """
        self._heard += snapshot.dates
        waiting, self._waiting = [*self._waiting, snapshot], []
        for each in waiting:
            if self.trust_clock or is_proven(each.at, self._heard):
                self._keep(each)
            else:
                self._waiting.append(each)

    def end(self) -> None:
        """Decide and remember the visits whose time nothing proved. Raises StorageError."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            self._keep(each)

    def _keep(self, snapshot: Snapshot) -> None:
        source = self.sources[snapshot.source]
        with suppress(_Undone), self.history.writing() as writing:
            outcome = self._remember(writing, source, snapshot)
            if self.dry:
                raise _Undone
        outcome = replace(outcome, told=(*self._late.pop(source.id, ()), *outcome.told))
        self.outcomes[source.id] = outcome
        self.heard(source, outcome)

    def take_late(self, snapshot: Snapshot) -> None:
        """Remember an older reading of a source that is visited in this run, if it is believed.

        Raises StorageError when it cannot be written.
        """
        source = self.sources[snapshot.source]
        with suppress(_Undone), self.history.writing() as writing:
            outcome = self._remember(writing, source, snapshot, late=True)
            if self.dry or outcome.decision.list == "none":
                raise _Undone
            self._late[source.id] = (*self._late.get(source.id, ()), *outcome.told)

    def _remember(
        self, writing: Writing, source: Source, snapshot: Snapshot, *, late: bool = False
    ) -> Outcome:
        past = writing.past(source, keys_of(source, snapshot), self.run)
        decision = decide(source, snapshot, past, trust_clock=self.trust_clock or late, heard=self._heard)
        return Outcome(decision, writing.remember(source, decision, self.run))


class Keep:
    """What Scrapy calls; with the spider come the keeper of the run and what ends all its visits."""

    def __init__(self, keeper: Keeper, end: Callable[[], object]) -> None:
        self._keeper = keeper
        self._end = end

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        return cls(crawler.spider.keeper, crawler.spider.end)

    def process_item(self, item: Snapshot) -> Snapshot:
        keeper = self._keeper
        if keeper.fault is None:
            try:
                keeper.take(item)
            except KlastryError as error:
                keeper.fault = error
                self._end()
        if keeper.fault:
            raise DropItem(str(keeper.fault))
        return item
