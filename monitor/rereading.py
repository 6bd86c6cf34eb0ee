"""`klastry reread`: today's readers over all stored evidence; what they read otherwise is corrected."""

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TextIO
from uuid import uuid4

from monitor.config import Config
from monitor.publish import site_of
from monitor.watchlist import select, watch_list
from monitor.wording import sentences
from pipelines.rebuilding import Corrected
from pipelines.retelling import Again, Retold
from spiders.readers import load, names
from spiders.reading import look_at, never_same
from spiders.signs import Habits
from storage.errors import PageUnreadable
from storage.forms import value_text
from storage.history import History
from storage.lock import only_crawl
from storage.rebuilding import Kept
from storage.records import Record, Said, Source, clean
from storage.sealing import Run


class Undone(Exception):
    """Ends a transaction of which nothing shall stay."""


class Readers:
    """Today's readers over kept pages of one source, each page read once.

    `read` are captures that they have read already.
    """

    def __init__(self, source: Source, read: Mapping[int, Said] | None = None) -> None:
        self._source = source
        self._read: dict[int, Said] = dict(read or {})

    def version(self, reader: str) -> int | None:
        """The version of a reader today; None when there is no such reader any more."""
        return load(reader, self._source).version if reader in names() else None

    def said(self, kept: Kept) -> Said:
        """The page read. Raises PageUnreadable where it cannot be."""
        if kept.id not in self._read:
            if kept.reader not in names():
                raise PageUnreadable(f"{kept.page.asked}: no reader {kept.reader!r} any more")
            look = look_at(kept.page, load(kept.reader, self._source), Habits(), never_same)
            if not isinstance(look.reading, Said):
                detail = getattr(look.reading, "detail", "")
                raise PageUnreadable(f"{kept.page.asked} of {kept.page.at:%Y-%m-%d}: {detail}")
            self._read[kept.id] = look.reading
        return self._read[kept.id]

    def records(self, kept: Kept) -> Sequence[Record]:
        """What the page says. Raises PageUnreadable."""
        return self.said(kept).records

    def readings(self) -> dict[int, tuple[int, str]]:
        """For each capture read: the version of its reader, and the digest of its content."""
        return {number: (said.version, said.content) for number, said in self._read.items()}


def reread(
    config: Config,
    chosen: Sequence[str] = (),
    *,
    everything: bool = False,
    dry_run: bool = False,
    clock: Callable[[], datetime],
    out: TextIO = sys.stdout,
) -> tuple[list[dict[str, object]], int]:
    """Read the evidence of the named sources again; gives the rows corrected, and the exit code.

    Without `everything` only pages with a capture that another version of its reader read.
    Says on `out` what could not be read, and how much was corrected. Raises UsageError,
    HistoryLocked, StorageError.
    """
    watched = watch_list(config)
    sources = select(watched, chosen) if chosen else watched
    run = run_of(config, watched, "reread", clock())
    rows: list[dict[str, object]] = []
    faults = told = 0
    with only_crawl(config.monitor.database), History.open(config.monitor.database) as history:
        for source in sources:
            retold, retracted = _reread(history, source, run, everything=everything, dry_run=dry_run)
            rows += [row_of(source, each) for each in retold.corrected]
            for fault in retold.faults:
                print(clean(f"left as it was: {fault}"), file=out)
            faults += len(retold.faults)
            told += retracted
    verb = "would be corrected" if dry_run else "corrected"
    print(f"{len(rows)} {'value' if len(rows) == 1 else 'values'} {verb}, {told} retracted", file=out)
    return rows, 3 if faults else 0


def catch_up(history: History, sources: Sequence[Source], run: Run, *, dry: bool) -> list[str]:
    """Before a crawl, read again what older readers read last, lest the difference be taken for news.

    Gives a line for each source of which there was anything. A `dry` crawl writes nothing, so its line
    only says that what follows may not be news.
    """
    lines = []
    for source in sources:
        readers = Readers(source)
        read = history.readers_of(source.id)
        if all(readers.version(reader) in (version, None) for reader, version in read):
            continue
        if dry:
            lines.append(f"{source.id}: an older reader read its pages last; see `klastry reread --dry-run`")
            continue
        retold, retracted = _reread(history, source, run, everything=False, dry_run=False)
        values = f"{len(retold.corrected)} {'value' if len(retold.corrected) == 1 else 'values'} corrected"
        lines.append(f"{source.id}: read again by a newer reader, {values}, {retracted} retracted")
        lines += [clean(f"left as it was: {fault}") for fault in retold.faults]
    return lines


def _reread(
    history: History, source: Source, run: Run, *, everything: bool, dry_run: bool
) -> tuple[Retold, int]:
    """What it came to, and how many entries took back what was told."""
    readers = Readers(source)

    def anew(kept: Kept) -> bool:
        return everything or kept.version != readers.version(kept.reader)

    retold, retracted = Retold(), 0
    with suppress(Undone), history.writing() as writing:
        rewriting = writing.rewriting()
        again = Again(rewriting, run, "parser")
        retold = again.correct(source, readers.records, anew)
        retracted = len({change.entry for change in again.tell()})
        rewriting.note_reading(source.id, readers.readings())
        if dry_run:
            raise Undone
    return retold, retracted


def run_of(config: Config, watched: Sequence[Source], mode: str, now: datetime) -> Run:
    """A command at work now, with the words of the configuration."""
    words = sentences(config.monitor.language, site_of(config, watched).source_title)
    return Run(uuid4().hex, mode, now.replace(microsecond=0), words)


def row_of(source: Source, each: Corrected) -> dict[str, object]:
    """A correction as a row to print."""
    return {
        "source": source.id,
        "entity": each.entity,
        "field": each.field or "listed",
        "old": _text(each.old),
        "new": _text(each.new),
        "capture": each.capture,
    }


def _text(value: object) -> str | None:
    return value_text(value) if isinstance(value, str | tuple) else None
