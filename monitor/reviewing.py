"""`klastry review`: a person's verdict on what is held back, from the id to the published files."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from monitor.config import Config
from monitor.opening import check_folder
from monitor.publish import site_of, write_all
from monitor.watchlist import select, watch_list
from monitor.wording import sentences
from pipelines import reviewing
from pipelines.decide import keys_of
from pipelines.replaying import Reread, records_of
from spiders import markup
from spiders.readers import Reader, load
from spiders.reading import digest
from storage.deciding import ACCEPT, REJECT, Kept, Review, Ruling
from storage.desk import Desk
from storage.errors import PageFault, UsageError
from storage.history import History
from storage.lock import only_crawl
from storage.records import Change, Record, Said, Snapshot, Source
from storage.sealing import Run
from storage.writing import Writing

ReaderAt = Callable[[Source, str], Reader]
"""The reader of a source's list at an address."""


def reviews(history: History, *, every: bool) -> list[dict[str, Any]]:
    """What waits for a person, oldest first; with `every` also what was decided."""
    return [row for row in history.reviews() if every or row["decided_at"] is None]


def review(config: Config, number: int, verdict: str, reason: str | None, now: datetime) -> list[str]:
    """Accept, reject or undo a review and publish; gives what to print, one line each.

    Nothing is decided where nothing can be published.
    Raises UsageError, HistoryLocked, StorageError, PublishError.
    """
    watched = watch_list(config)
    with only_crawl(config.monitor.database), History.open(config.monitor.database) as history:
        words = sentences(config.monitor.language, site_of(config, watched).source_title)
        run = Run(uuid4().hex, "review", now.replace(microsecond=0), words)
        check_folder(config, history)
        with history.writing() as writing:
            said = Court(writing, watched, run).judge(number, verdict, reason)
        write_all(history, config, now)
        return said


def reader_at(source: Source, address: str) -> Reader:
    """The reader that `source` names for its list at `address`, or for its newest address."""
    named = next((each for each in source.addresses if each.url == address), source.address)
    return load(named.reader, source)


class Court:
    """Verdicts inside one transaction."""

    def __init__(
        self, writing: Writing, watched: Sequence[Source], run: Run, readers: ReaderAt = reader_at
    ) -> None:
        self._writing, self._watched, self._run, self._readers = writing, watched, run, readers
        self._desk: Desk = writing.desk

    def judge(self, number: int, verdict: str, reason: str | None) -> list[str]:
        """Decide review `number`: `accept`, `reject` or `undo`. Raises UsageError."""
        doubt = self._desk.find(number)
        if doubt is None:
            raise UsageError(f"there is no review {number}; `klastry review list --all` prints them")
        if verdict == "undo":
            return self._undo(doubt, reason)
        if doubt.decided is not None:
            raise UsageError(
                f"review {number} is closed already ({doubt.verdict}); see `klastry review list`"
            )
        ruling = self._accepted(doubt) if verdict == ACCEPT else self._rejected(doubt)
        told = self._desk.rule(doubt, verdict, reason, ruling, self._run)
        return [f"{verdict}ed review {number} ({doubt.kind}, {doubt.source})", *_lines(told)]

    def _undo(self, doubt: Review, reason: str | None) -> list[str]:
        if doubt.verdict not in (ACCEPT, REJECT):
            state = "was never decided" if doubt.decided is None else "was closed by the page itself"
            raise UsageError(f"review {doubt.id} {state}: there is nothing to undo")
        if self._desk.is_undone(doubt):
            raise UsageError(f"review {doubt.id} is undone already; see `klastry review list`")
        new, told = self._desk.undo(doubt, reason, self._run)
        return [f"undone; it waits again as review {new}", *_lines(told)]

    def _accepted(self, doubt: Review) -> Ruling:
        match doubt.kind:
            case "absence":
                source = self._source(doubt)
                past = self._writing.past(source, (), self._run)
                missed_at = reviewing.missed_at(past, doubt, self._desk.up_to(doubt))
                return reviewing.believe_absences(source, past, doubt, missed_at)
            case "mass-change":
                source, snapshot = self._source(doubt), self._snapshot(doubt)
                past = self._writing.past(source, keys_of(source, snapshot), self._run)
                return reviewing.believe_reading(source, past, snapshot, doubt)
            case "rename":
                source, readings = self._source(doubt), self._readings(doubt)
                past = self._writing.past(source, _keys(readings), self._run)
                return reviewing.same_thing(source, past, doubt, _old(doubt), readings)
            case _:
                kinds = self._desk.kinds(doubt.subject.split(" = "))
                if len(kinds) < 2:
                    raise UsageError(f"review {doubt.id}: they are one already ({doubt.subject}); reject it")
                return reviewing.merge(doubt, kinds, self._desk.spells(kinds), self._desk.keys(kinds))

    def _rejected(self, doubt: Review) -> Ruling:
        if doubt.kind != "rename":
            return Ruling()
        source, readings = self._source(doubt), self._readings(doubt)
        others = [subject.partition(" > ") for subject in self._desk.others_open(doubt)]
        waits = any(new == _new(doubt) for _, _, new in others)
        entity = None if any(old == _old(doubt) for old, _, _ in others) else _old(doubt)
        past = self._writing.past(source, _keys(readings), self._run)
        lists = self._desk.whole_lists(doubt, doubt.at)
        return reviewing.another_thing(source, past, doubt, entity, [] if waits else readings, lists)

    def _source(self, doubt: Review) -> Source:
        (source,) = select(self._watched, [doubt.source])
        return source

    def _snapshot(self, doubt: Review) -> Snapshot:
        """The visit that was refused, read again. Raises UsageError where its pages are not all kept."""
        source = self._source(doubt)
        reader = self._readers(source, doubt.address)
        kept = self._desk.refused_pages(doubt)
        pages = tuple(self._said(doubt, reader, each) for each in kept)
        if not pages or " ".join(page.content for page in pages) != doubt.subject:
            raise UsageError(
                f"review {doubt.id}: the refused pages are no longer kept as they were read; "
                "wait for the next visit, which will ask again"
            )
        whole = reader.more(kept[-1].page) is None
        return Snapshot(source.id, doubt.at, doubt.address, reader.name, pages, whole)

    def _readings(self, doubt: Review) -> list[Reread]:
        source, found = self._source(doubt), list[Reread]()
        for kept in self._desk.believed_pages(doubt):
            reader = self._readers(source, kept.page.asked)
            found += records_of(source, kept, self._said(doubt, reader, kept).records, _new(doubt))
        if not found:
            raise UsageError(
                f"review {doubt.id}: no kept page shows {_new(doubt)} any more; it cannot be decided"
            )
        return found

    def _said(self, doubt: Review, reader: Reader, kept: Kept) -> Said:
        try:
            markup.decode(kept.page)
            records: tuple[Record, ...] = tuple(reader.read(kept.page))
            content = digest(kept.page, reader)
        except PageFault as fault:
            raise UsageError(f"review {doubt.id}: the kept page cannot be read: {fault}") from fault
        links = dict.fromkeys(record.detail for record in records if record.detail)
        return Said(kept.page, records, content, reader.name, reader.version, tuple(links))


def _keys(readings: Sequence[Reread]) -> set[Any]:
    return {key for reading in readings for key in reading.record.keys}


def _old(doubt: Review) -> str:
    return doubt.subject.partition(" > ")[0]


def _new(doubt: Review) -> str:
    return doubt.subject.partition(" > ")[2]


def _lines(told: Sequence[Change]) -> list[str]:
    """One line for each entry that was told."""
    return [each.summary or "" for each in told if each.entry and each is _first(told, each.entry)]


def _first(told: Sequence[Change], entry: str) -> Change:
    return next(each for each in told if each.entry == entry)
