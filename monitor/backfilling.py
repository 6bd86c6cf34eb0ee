"""`klastry backfill`: archived copies of watched pages, brought into the history at their own times.

The order of files and of commands does not matter: each archived page takes its place among all
readings of its page, and the whole is told again from there. The feed stays silent.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from monitor.archived import Archived, Place, Places, read
from monitor.config import Config
from monitor.opening import opened
from monitor.rereading import Readers, Undone, row_of, run_of
from monitor.watchlist import select, watch_list
from pipelines.retelling import Again
from spiders.failures import raised_again
from spiders.fetch import REDIRECTS
from spiders.outcome import explain, judge
from spiders.warc import Recorded, Recording
from storage.errors import PageFault, UsageError
from storage.rebuilding import Kept
from storage.records import Gone, Missed, Page, Said, Source, clean
from storage.rewriting import Rewriting
from storage.sealing import Run

_LONGEST = 300
"""Characters of an address in a line."""


def backfill(
    config: Config,
    files: Sequence[Path],
    chosen: Sequence[str] = (),
    *,
    dry_run: bool = False,
    clock: Callable[[], datetime],
    out: TextIO = sys.stdout,
) -> int:
    """Bring the pages of these recordings into the history; gives the exit code.

    Prints a line a source, and what was left out. Raises UsageError, with nothing
    changed, when a file is damaged or none holds a page of the watch list; HistoryLocked,
    StorageError.
    """
    watched = watch_list(config)
    sources = select(watched, chosen) if chosen else watched
    recordings = [Recording.open(file) for file in files]
    places = Places(watched, sources)
    if not any(places.of(answer.url) for recording in recordings for answer in recording.answers):
        names = ", ".join(str(file) for file in files)
        of = ", ".join(chosen) or "the watch list"
        raise UsageError(f"{names}: no page of {of}; `klastry sources` prints its addresses")
    run = run_of(config, watched, "backfill", clock())
    for line in bring_in(config, places, recordings, run, dry_run=dry_run):
        print(clean(line), file=out)
    return 0


def bring_in(
    config: Config, places: Places, recordings: Sequence[Recording], run: Run, *, dry_run: bool
) -> list[str]:
    """Write archived pages down and tell their sources again, in one transaction.

    Gives a line a source, then what was left out. Raises UsageError, HistoryLocked, StorageError.
    """
    lines: list[str] = []
    with (
        opened(config, run.now, dry=dry_run, publish=False) as history,
        suppress(Undone),
        history.writing() as writing,
    ):
        again = Again(writing.rewriting(), run, "backfill", exact=True)
        sorting = _Sorting(places, again.rewriting, run.now)
        for recording in recordings:
            sorting.go_through(recording)
        lines += [_take_in(again, source, sorting) for source in places.chosen if sorting.found[source.id]]
        again.tell()
        lines += sorting.left_out()
        if dry_run:
            raise Undone
    return lines


def _take_in(again: Again, source: Source, sorting: "_Sorting") -> str:
    new: dict[int, Said] = {}
    for each in sorted(sorting.taken.get(source.id, ()), key=lambda each: each.said.at):
        said, place = each.said, each.place
        if not again.rewriting.is_known(source.id, said.address, said.at):
            records = len(said.records)
            kept = again.rewriting.keep_reading(again.run, source, place.key, said, place.proves, records)
            new[kept] = said
    count = f"{source.id}: {len(new)} of {sorting.found[source.id]} archived pages are new"
    if not new:
        return count
    readers = Readers(source, new)

    def anew(kept: Kept) -> bool:
        return kept.id in new

    retold = again.correct(source, readers.records, anew)
    if retold.faults:
        raise UsageError(f"{retold.faults[0]}: run `klastry reread` first, or upgrade klastry")
    values = sum(row_of(source, each)["field"] != "listed" for each in retold.corrected)
    of_values = f"{values} {'value' if values == 1 else 'values'}"
    of_entities = f"{retold.entities} {'entity' if retold.entities == 1 else 'entities'}"
    return f"{count}, {of_values} and {of_entities} learnt"


@dataclass
class _Sorting:
    """Sorts the pages of recordings: those to take in, those in the history already, those left out.

    `found` counts, for each source, the pages that are in the history or can be.
    """

    places: Places
    rewriting: Rewriting
    now: datetime
    taken: dict[str, list[Archived]] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)
    strangers: Counter[str] = field(default_factory=Counter)
    faults: dict[tuple[str, str], list[tuple[datetime, str]]] = field(default_factory=dict)

    def go_through(self, recording: Recording) -> None:
        """Sort all answers of one recording. A page that is known is not read again."""
        for answer in recording.answers:
            at = answer.at.replace(microsecond=0)
            places = self.places.of(answer.url)
            if not places and not answer.failed:
                self.strangers[_host(answer.url)] += 1
            known = [each for each in places if self.rewriting.is_known(each.source.id, answer.url, at)]
            self.found.update(each.source.id for each in known)
            for place in places:
                if place not in known:
                    self._take(recording, answer, place, at)

    def _take(self, recording: Recording, answer: Recorded, place: Place, at: datetime) -> None:
        try:
            archived = read(replace(self._page(recording, answer), at=at), place)
        except PageFault as fault:
            self.faults.setdefault((answer.url, fault.reason), []).append((answer.at, str(fault)))
            return
        self.taken.setdefault(place.source.id, []).append(archived)
        self.found[place.source.id] += 1

    def _page(self, recording: Recording, answer: Recorded) -> Page:
        """The page, if it is one to believe at its time. Raises PageFault."""
        if answer.failed:
            error = raised_again(answer.failed)
            raise error if isinstance(error, PageFault) else explain(error, answer.url)
        if answer.at.replace(microsecond=0) > self.now:
            raise PageFault("the file says that it was made in the future", reason="clock")
        page = recording.page(answer)
        if page.status in REDIRECTS:
            raise PageFault(f"HTTP {page.status}", reason="redirect")
        outcome = judge(page, None)
        if isinstance(outcome, Gone | Missed):
            raise PageFault(outcome.detail, reason=outcome.reason)
        return page

    def left_out(self) -> Iterator[str]:
        """A line for all copies of one address left out for one reason; one for pages of no source."""
        for (url, reason), faults in self.faults.items():
            (first, detail), (last, _) = min(faults), max(faults)
            copies = f"{first:%Y-%m-%d}"
            if len(faults) > 1:
                copies = f"{first:%Y-%m-%d} to {last:%Y-%m-%d} ({len(faults)} copies)"
            yield f"left out: {url[:_LONGEST]} of {copies}: {reason}: {detail}"
        if self.strangers:
            hosts = ", ".join(f"{host} ({count})" for host, count in self.strangers.most_common(5))
            yield f"{self.strangers.total()} other pages left out: {hosts}"


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
