"""`klastry backfill`: archived copies of watched pages, brought into the history at their own times.

The order of files and of commands does not matter: each archived page takes its place among all
readings of its page, and the whole is told again from there. The feed stays silent.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TextIO
from urllib.parse import parse_qsl, urlsplit

from monitor.config import Config
from monitor.opening import opened
from monitor.rereading import Readers, Undone, row_of, run_of
from monitor.watchlist import select, watch_list
from pipelines.check import check_count, check_values
from pipelines.draft import list_page
from pipelines.listening import address_of
from pipelines.retelling import Again
from spiders.mr_gov_pl import MrGovPl
from spiders.pi_gov_pl import PiGovPl
from spiders.readers import Reader, load
from spiders.reading import look_at, never_same
from spiders.signs import Habits
from spiders.warc import pages
from storage.errors import PageFault, UsageError
from storage.rebuilding import Kept
from storage.records import LIST, Details, Missed, Page, Said, Source, clean, page_key
from storage.rewriting import Rewriting
from storage.sealing import Run

_HABITS: Mapping[str, Habits] = {spider.name: spider.habits for spider in (MrGovPl, PiGovPl)}


@dataclass(frozen=True)
class Place:
    """Where an archived page belongs: its source, the key of its page, who reads it, what it proves."""

    source: Source
    key: str
    reader: Reader
    proves: str


@dataclass(frozen=True)
class Archived:
    """One archived page that was read, with its place."""

    place: Place
    said: Said


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

    Prints a line a source, and one for what was left out. Raises UsageError, with nothing
    changed, when a file is damaged or none holds a page of the watch list; HistoryLocked,
    StorageError.
    """
    watched = watch_list(config)
    sources = select(watched, chosen) if chosen else watched
    taken, strangers, faults = _sorted_out((page for file in files for page in pages(file)), sources)
    if not taken and not faults:
        names = ", ".join(str(file) for file in files)
        raise UsageError(f"{names}: no page of the watch list; `klastry sources` prints its addresses")
    run = run_of(config, watched, "backfill", clock())
    lines = bring_in(config, watched, taken, run, dry_run=dry_run)
    for line in (*lines, *_left_out(strangers, faults)):
        print(clean(line), file=out)
    return 0


def bring_in(
    config: Config, watched: Sequence[Source], taken: Sequence[Archived], run: Run, *, dry_run: bool
) -> list[str]:
    """Write archived pages down and tell their sources again, in one transaction; a line a source."""
    lines: list[str] = []
    with (
        opened(config, run.now, dry=dry_run, publish=False) as history,
        suppress(Undone),
        history.writing() as writing,
    ):
        for source in watched:
            own = [each for each in taken if each.place.source.id == source.id]
            if own:
                lines.append(_take_in(writing.rewriting(), source, own, run))
        if dry_run:
            raise Undone
    return lines


def _take_in(rewriting: Rewriting, source: Source, own: Sequence[Archived], run: Run) -> str:
    new: set[int] = set()
    for each in sorted(own, key=lambda each: each.said.at):
        said, place = each.said, each.place
        if rewriting.is_known(source.id, said.address, said.at):
            continue
        records = len(said.records)
        new.add(rewriting.keep_reading(run, source, place.key, said, place.proves, records))
    count = f"{source.id}: {len(new)} of {len(own)} archived pages are new"
    if not new:
        return count
    readers = Readers(source)

    def anew(kept: Kept) -> bool:
        return kept.id in new

    retold = Again(rewriting, run, readers.records, anew, "backfill", exact=True).tell(source)
    if retold.faults:
        raise UsageError(f"{retold.faults[0]}: run `klastry reread` first, or upgrade klastry")
    values = sum(row_of(source, each)["field"] != "listed" for each in retold.corrected)
    return f"{count}, {values} values and {retold.entities} entities learnt"


def _sorted_out(
    found: Iterable[Page], sources: Sequence[Source]
) -> tuple[list[Archived], Counter[str], list[str]]:
    """Pages that were read, how many of each host are of no source, and why others were left out."""
    taken: list[Archived] = []
    strangers: Counter[str] = Counter()
    faults: list[str] = []
    for page in found:
        places = list(_places(page, sources))
        if not places:
            strangers[urlsplit(page.asked).hostname or ""] += 1
        elif page.status == 200:
            page = replace(page, at=page.at.replace(microsecond=0))
            for place in places:
                try:
                    taken.append(_read(page, place))
                except PageFault as fault:
                    faults.append(f"{page.asked} of {page.at:%Y-%m-%d}: {fault.reason}: {fault}")
    return taken, strangers, faults


def _read(page: Page, place: Place) -> Archived:
    """The page read as its layout was at its address. Raises PageFault where it is not believed."""
    look = look_at(page, place.reader, _HABITS.get(place.source.spider, Habits()), never_same)
    said = look.reading
    if not isinstance(said, Said):
        assert isinstance(said, Missed)
        raise PageFault(said.detail, reason=said.reason)
    check_values(said.records)
    if place.key == LIST:
        check_count(place.source, said.records)
    part = place.proves == "whole" and look.more is not None
    return Archived(replace(place, proves="some") if part else place, said)


def _places(page: Page, sources: Sequence[Source]) -> Iterator[Place]:
    """The sources whose list this is; else those whose detail page it is."""
    address, number = _without_number(page.asked)
    lists = [(source, listed) for source in sources if (listed := address_of(source, address))]
    for source, listed in lists:
        whole = listed.list == "register" and number == 1
        reader = load(listed.reader, source)
        yield Place(source, list_page(number - 1), reader, "whole" if whole else "some")
    for source in () if lists else sources:
        if source.details and _leads_to(source, source.details, page.asked):
            yield Place(source, page_key(page.asked), load(source.details.reader, source), "none")


def _without_number(url: str) -> tuple[str, int]:
    """The address of a list without the number of its page, and that number."""
    parts = urlsplit(url)
    arguments = dict(parse_qsl(parts.query))
    number = arguments.pop("page", "1")
    if not number.isdecimal() or int(number) < 1 or arguments.keys() - {"size"}:
        return url, 1
    return parts._replace(query="").geturl(), int(number)


def _leads_to(source: Source, details: Details, url: str) -> bool:
    """Whether `url` is where detail pages of the source are: beside its lists, where these are too."""
    path, host = urlsplit(url).path, urlsplit(url).hostname or ""
    beside = {urlsplit(each.url).path.rpartition("/")[0] + "/" for each in source.addresses}
    folders = {folder for folder in beside if folder.startswith(details.path)} or {details.path}
    return host in source.hosts and any(path.startswith(folder) and path != folder for folder in folders)


def _left_out(strangers: Counter[str], faults: Sequence[str]) -> list[str]:
    lines = [f"left out: {fault}" for fault in faults]
    if strangers:
        hosts = ", ".join(f"{host} ({count})" for host, count in strangers.most_common(5))
        lines.append(f"{strangers.total()} other pages left out: {hosts}")
    return lines
