"""What publishing costs with many news: time and memory of making every published file.

`python benchmarks/publish.py [ENTRIES]` (1000)

A history is made by deciding and remembering visits of the schedule of calls, each with 50 new
calls; each new call is one entry. Then all files are made, and written, from that history alone.
"""

import os
import platform
import resource
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from monitor.config import Config, load
from monitor.publish import documents, site_of
from monitor.publishing import write
from monitor.watchlist import select, watch_list
from monitor.wording import sentences
from pipelines.keep import Keeper
from storage.history import History
from storage.records import Key, Page, Record, Said, Snapshot, Source, call
from storage.sealing import Run

START = datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
AT_ONCE = 50
CARD = "https://www.parp.gov.pl/component/grants/grants/"


def a_call(number: int) -> Record:
    slug = f"rozwoj-oferty-klastrow-dla-firm-{number}"
    return call(
        Key("grant", slug),
        title=f"Rozwój oferty klastrów dla firm – nabór {number}",
        opens="2026-09-16",
        closes=f"2027-{1 + number % 12:02}-{1 + number % 28:02}",
        grant_max="400000 PLN",
        url=f"{CARD}{slug}",
    )


def visit(source: Source, at: datetime, records: Sequence[Record]) -> Snapshot:
    url, body = source.address.url, repr(records).encode()
    page = Page(url, url, at, 200, {"content-type": "text/html"}, body)
    reading = Said(page, tuple(records), page.sha256, source.address.reader, 1)
    return Snapshot(source.id, at, url, source.address.reader, (reading,), whole=True, requests=1)


def fill(history: History, config: Config, entries: int) -> datetime:
    """Remembers visits until `entries` calls were told; gives the time of the last."""
    watched = watch_list(config)
    (source,) = select(watched, ["calls-parp"])
    tell = sentences("pl", site_of(config, watched).source_title)
    with history.writing() as writing:
        writing.begin(Run("begin", "crawl", START, tell), "example.org")
    at = START
    for number in range(1 + -(-entries // AT_ONCE)):
        at = START + number * timedelta(hours=2)
        first, last = max(0, number * AT_ONCE - AT_ONCE + 1), min(entries, number * AT_ONCE)
        records = [a_call(each) for each in range(first, last + 1)]
        keeper = Keeper(history, {source.id: source}, Run(f"run-{number}", "crawl", at, tell), True)
        keeper.take(visit(source, at, records))
    return at


def main(entries: int = 1000) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        config = load(None, {}, folder)
        with History.open(config.monitor.database, create=True) as history:
            now = fill(history, config, entries)
            told = len({change.entry for change in history.told()})
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            (folder / "public").mkdir()
            started = perf_counter()
            files = documents(history, config, now)
            made = perf_counter()
            written = write(folder / "public", files)
            ended = perf_counter()
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{told} entries: {len(written)} files, {sum(map(len, files.values())) / 1e6:.1f} MB")
    print(f"made in {made - started:.2f} s, written in {ended - made:.2f} s")
    print(f"peak memory {after / 1024:.0f} MB, of which publishing added {(after - before) / 1024:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
