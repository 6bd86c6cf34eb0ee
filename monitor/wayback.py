"""`klastry backfill --wayback SOURCE`: copies straight from a web archive, kept, then brought in as any.

What is fetched is kept in a folder, one file a copy, and from there comes into the history as
recordings do. A run that is stopped or killed, or that reached a bound, is gone on with by the next.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from monitor.archived import Places, questions
from monitor.backfilling import bring_in
from monitor.config import Config
from monitor.config_tables import folder_address
from monitor.network import Network, search
from monitor.opening import opened
from monitor.rereading import run_of
from monitor.stopping import Stopping
from monitor.watchlist import select, watch_list
from spiders.search import Bounds, Gathered, Search
from spiders.shelf import Shelf
from spiders.warc import Recording
from spiders.web_archive import Archive
from storage.database import file_of
from storage.errors import StorageError, UsageError
from storage.lock import only_crawl
from storage.records import Source, clean

PUBLIC = "https://web.archive.org/"
"""The Wayback Machine of the Internet Archive."""
BOUNDS = Bounds()


def archive_at(address: str | None) -> Archive:
    """The archive at an address that the user named, else the public one. Raises UsageError."""
    if address is None:
        return Archive(PUBLIC)
    try:
        if "?" in address or "#" in address:
            raise ValueError("has a query: write the address without it")
        return Archive(folder_address(address), named=True)
    except ValueError as error:
        raise UsageError(f"--archive {error}") from None


def fetch_and_bring_in(
    config: Config,
    name: str,
    archive: Archive,
    *,
    keep: Path | None = None,
    dry_run: bool = False,
    bounds: Bounds = BOUNDS,
    clock: Callable[[], datetime],
    out: TextIO = sys.stdout,
) -> int:
    """Fetch what copies of one source's pages are not kept yet, bring in all; gives the exit code.

    Prints what was found, what was missed, and what came into the history. Raises UsageError,
    HistoryLocked (of the history, or of the folder), StorageError.
    """
    watched = watch_list(config)
    (source,) = select(watched, [name])
    places = Places(watched, [source])
    shelf = Shelf(_folder(config, keep) / source.id)
    with ExitStack() as stack:
        if not dry_run:
            stack.enter_context(only_crawl(str(_folder(config, keep))))
        with opened(config, clock(), dry=dry_run, publish=False):
            pass  # what stands in the way is found before anything is asked
        gathered, stopped = _gather(config, places, archive, shelf, bounds, dry_run=dry_run, out=out)
    for line in _report(source, archive, gathered, dry_run=dry_run):
        print(clean(line), file=out)
    if stopped:
        print(f"stopped; what was fetched is kept in {_folder(config, keep)}: run again to go on", file=out)
        return 128 + stopped
    if recordings := _recordings(shelf.files()):
        run = run_of(config, watched, "backfill", clock())
        for line in bring_in(config, places, recordings, run, dry_run=dry_run):
            print(clean(line), file=out)
    if not gathered.answered:
        return 6
    return 3 if gathered.missed or gathered.refused or gathered.stopped else 0


def _gather(
    config: Config,
    places: Places,
    archive: Archive,
    shelf: Shelf,
    bounds: Bounds,
    *,
    dry_run: bool,
    out: TextIO,
) -> tuple[Gathered, int | None]:
    """What a search found, and the signal that stopped it. Raises StorageError."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, disable=not out.isatty())
    with Stopping() as stopping, bar as progress:
        task = progress.add_task(f"asking {archive.host}", total=None)

        def heard(gathered: Gathered) -> None:
            progress.update(task, total=len(gathered.wanted), completed=gathered.asked)

        made = Search(
            archive,
            [question for source in places.chosen for question in questions(source)],
            lambda url: bool(places.of(url)),
            shelf,
            bounds,
            dry=dry_run,
            heard=heard,
        )
        search(made, Network(config.crawl, config.monitor.contact), stopping)
        return made.gathered, stopping.signal


def _report(source: Source, archive: Archive, gathered: Gathered, *, dry_run: bool) -> Iterator[str]:
    for line in gathered.missed:
        yield f"missed: {line}"
    before = len(gathered.worth) - len(gathered.wanted)
    count = f"{source.id}: {len(gathered.worth)} copies at {archive.host}, {before} kept already"
    if dry_run:
        yield f"{count}, {len(gathered.wanted)} would be fetched{_span(gathered)}"
        return
    yield f"{count}, {gathered.kept} fetched, {gathered.refused} refused"
    if left := len(gathered.wanted) - gathered.asked:
        yield f"{left} copies are left for the next run: {gathered.stopped or 'this one was stopped'}"
    elif gathered.stopped:
        yield f"not all was asked: {gathered.stopped}"


def _span(gathered: Gathered) -> str:
    if not gathered.wanted:
        return ""
    return f", {gathered.wanted[0].at:%Y-%m-%d} to {gathered.wanted[-1].at:%Y-%m-%d}"


def _folder(config: Config, keep: Path | None) -> Path:
    if keep is not None and keep.exists() and not keep.is_dir():
        raise UsageError(f"--keep {keep} is no folder: name one, there or not")
    if keep is not None:
        return keep.absolute()
    database = file_of(config.monitor.database)
    if database is None:
        raise UsageError("the database is on a server: name a folder for the copies with --keep FOLDER")
    return database.parent / "archived"


def _recordings(files: Sequence[Path]) -> list[Recording]:
    """The files of the shelf. Raises StorageError for a damaged one, which is easily mended."""
    recordings = []
    for file in files:
        try:
            recordings.append(Recording.open(file))
        except UsageError as error:
            said = str(error).removesuffix(": give another")
            raise StorageError(f"{said}: remove it, and the next run fetches the copy again") from error
    return recordings
