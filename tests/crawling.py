"""A child process in which the real spiders visit sources, as the command line lets them."""

import os
import pickle
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from spiders.politeness import Politeness
from storage.records import Record, Snapshot, Source, Validators

ROOT = Path(__file__).parents[1]


class NothingKnown:
    """The past of a source that was never visited."""

    first = True

    def validators(self, address: str) -> Validators | None:
        return None

    def same(self, address: str, digest: str) -> bool:
        return False

    def links(self, address: str) -> tuple[str, ...]:
        return ()

    def knows(self, record: Record) -> bool:
        return False

    def due(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Crawl:
    """Sources for one process, whatever their spiders."""

    sources: Sequence[Source]
    settings: Mapping[str, Any] = field(default_factory=dict)


def begin(crawl: Crawl, folder: Path, environment: Mapping[str, str]) -> "Popen[bytes]":
    """Starts the child; `snapshots` reads what it leaves when it ends."""
    (folder / "crawl.pickle").write_bytes(pickle.dumps(crawl))
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return Popen(
        [sys.executable, __file__, folder / "crawl.pickle"],
        cwd=ROOT,
        env={**plain, "SCRAPY_SETTINGS_MODULE": "monitor.settings", **environment},
    )


def snapshots(folder: Path) -> tuple[list[Snapshot], set[str]]:
    """What the crawl yielded, and the sources whose visits did not end."""
    yielded, waiting = pickle.loads((folder / "crawl.yielded").read_bytes())
    return yielded, waiting


def main(file: Path) -> None:
    crawl: Crawl = pickle.loads(file.read_bytes())
    settings = get_project_settings()
    settings.update(crawl.settings, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    politeness, yielded, waiting = Politeness(0), list[Snapshot](), set[str]()

    def scraped(item: Snapshot) -> None:
        yielded.append(item)

    def closed(spider: Any) -> None:
        waiting.update(spider.waiting)

    for name in sorted({source.spider for source in crawl.sources}):
        sources = [source for source in crawl.sources if source.spider == name]
        known = {source.id: NothingKnown() for source in sources}
        crawler = process.create_crawler(name)
        crawler.signals.connect(scraped, signals.item_scraped)
        crawler.signals.connect(closed, signals.spider_closed)
        process.crawl(crawler, sources=sources, known=known, politeness=politeness)
    process.start()
    file.with_suffix(".yielded").write_bytes(pickle.dumps((yielded, waiting)))


if __name__ == "__main__":
    # Pickled classes must be found under the name by which the tests import this module.
    import crawling

    crawling.main(Path(sys.argv[1]))
