"""What pages of entities cost in CPU time: at first, when nothing changed, and when one thing changed.

`python benchmarks/pages.py [ENTITIES]` (2000)

A history is made by deciding and remembering visits: nine of ten entities are articles, the others
calls that ended; each article is about one of them. Then pages, lists and the search are drawn.
"""

import os
import platform
import resource
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from monitor import entity_pages, list_pages, search_pages
from monitor.config import Config, load
from monitor.feeds import feeds
from monitor.publication import site_of, standing
from monitor.publishing import write
from monitor.states import States
from monitor.watchlist import select, watch_list
from monitor.wording import sentences
from pipelines.keep import Keeper
from storage.history import History
from storage.moments import Moment
from storage.records import Key, Page, Record, Said, Snapshot, Source, article, call
from storage.sealing import Run

START = datetime(2026, 3, 2, 6, 15, tzinfo=UTC)
AT_ONCE = 50
CARD = "https://www.parp.gov.pl/component/grants/grants/"
ARTICLE = "https://www.parp.gov.pl/component/content/article/"


def a_call(number: int) -> Record:
    return call(
        Key("grant", f"nabor-{number}"),
        title=f"Rozwój oferty klastrów dla firm – nabór {number}",
        opens="2025-09-16",
        closes=f"2026-02-{1 + number % 28:02}",
        url=f"{CARD}nabor-{number}",
    )


def an_article(number: int, calls: int, lead: str = "Wstęp") -> Record:
    return article(
        Key("article", str(number)),
        title=f"Wiadomość o naborach dla koordynatorów klastrów, numer {number}",
        published=f"{2020 + number % 6}-{1 + number % 12:02}-{1 + number % 28:02}",
        lead=f"{lead}: w tym naborze firmy złożą jeden wniosek na kilka rodzajów prac.",
        url=f"{ARTICLE}{number}:wiadomosc",
        about=(f"{CARD}nabor-{1 + number % calls}",),
    )


class Life:
    """Visits, one after another, two hours apart."""

    def __init__(self, history: History, config: Config) -> None:
        watched = watch_list(config)
        self.sources = {source.id: source for source in select(watched, ["calls-parp", "news-parp"])}
        self.tell = sentences("pl", site_of(config, watched).source_title)
        self.history, self.at = history, START
        with history.writing() as writing:
            writing.begin(Run("begin", "crawl", START, self.tell), "example.org")

    def visit(self, source: Source, records: Sequence[Record]) -> None:
        self.at += timedelta(hours=2)
        url, body = source.address.url, repr(records).encode()
        page = Page(url, url, self.at, 200, {"content-type": "text/html"}, body)
        reading = Said(page, tuple(records), page.sha256, source.address.reader, 1)
        run = Run(f"run-{self.at}", "crawl", self.at, self.tell)
        snapshot = Snapshot(
            source.id, self.at, url, source.address.reader, (reading,), whole=True, requests=1
        )
        Keeper(self.history, self.sources, run, True).take(snapshot)


def draw(history: History, config: Config, now: datetime, name: str) -> None:
    """Draws and writes what is missing, and says what it cost."""
    folder, site, today = Path(config.publish), site_of(config, watch_list(config)), now.date()
    offered, drawn = [feed.channel for feed in feeds("pl", {}, ())], 0
    with history.asked() as asked:
        rows = standing(asked, Moment.at_the_end_of(today, now))
    started = process_time()
    with history.gallery() as gallery:
        for some in entity_pages.undrawn(gallery, rows, today, site, offered, folder):
            drawn += sum(path.endswith(".html") for path in some)
            write(folder, some)
        entities = process_time()
        by_entity = {row["entity"]: row for row in rows}
        files = list_pages.documents(gallery.titled, by_entity, States(site, today), site, offered)
        found = search_pages.documents(gallery.titled, by_entity, site, offered)
        written = write(folder, files | found)
    ended = process_time()
    print(f"{name}: {drawn} pages of entities drawn in {entities - started:.2f} s;")
    print(f"  {len(files)} lists and {len(found)} files of the search made in {ended - entities:.2f} s,")
    print(f"  {len(written)} of them written; the search has {sum(map(len, found.values())) / 1e3:.0f} kB")


def main(entities: int = 2000) -> None:
    calls, articles = entities // 10, entities - entities // 10
    with TemporaryDirectory() as name:
        folder = Path(name)
        config = load(None, {}, folder)
        (folder / "public").mkdir()
        print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores")
        with History.open(config.monitor.database, create=True) as history:
            life = Life(history, config)
            parts = (("calls-parp", [a_call(n) for n in range(1, calls + 1)]),
                     ("news-parp", [an_article(n, calls) for n in range(1, articles + 1)]))  # fmt: skip
            for source, records in parts:
                for start in range(0, len(records), AT_ONCE):
                    life.visit(life.sources[source], records[start : start + AT_ONCE])
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            draw(history, config, life.at, "at first")
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            draw(history, config, life.at, "nothing changed")
            life.visit(life.sources["news-parp"], [an_article(articles, calls, "Zmieniony wstęp")])
            draw(history, config, life.at, "one changed")
    print(f"peak memory {after / 1024:.0f} MB, of which drawing added {(after - before) / 1024:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
