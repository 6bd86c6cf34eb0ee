"""What the spiders of all sites share: each visits its sources side by side, one Snapshot a source.

The item a spider yields is the Snapshot of one finished visit. When the engine is told to stop,
visits under way end at once and are not yielded; `waiting` names their sources.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, ClassVar

import scrapy
from scrapy.http import Response

from spiders.fetch import Fetcher, Patience
from spiders.politeness import Politeness
from spiders.robots import Robots
from spiders.signs import Habits
from spiders.visit import Visit
from storage.records import Known, Snapshot, Source

_LOOK_EVERY = 0.25
"""Seconds between two looks at whether the engine still runs; Scrapy has no signal for it."""


class SiteSpider(scrapy.Spider):
    """Visits `sources`; `known` is the past of each by source id, `clock` the time in UTC.

    `politeness` is one object for all spiders of a process, for they may meet at a host.
    """

    habits: ClassVar[Habits] = Habits()

    def __init__(
        self,
        *args: Any,
        sources: Sequence[Source] = (),
        known: Mapping[str, Known] | None = None,
        politeness: Politeness | None = None,
        clock: Callable[[], datetime] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources
        self.known = known or {}
        self.politeness = politeness
        self.clock = clock or (lambda: datetime.now(UTC))
        self.waiting = {source.id for source in sources}

    async def start(self) -> AsyncIterator[Snapshot]:
        """The Snapshots, in the order in which visits end."""
        if self.politeness is None:
            self.logger.error("%s knows no sources by itself: use `klastry crawl`", self.name)
            return
        async with aclosing(self._finished(self._fetcher(self.politeness))) as finished:
            async for snapshot in finished:
                self.waiting.discard(snapshot.source)
                yield snapshot

    async def _finished(self, fetcher: Fetcher) -> AsyncGenerator[Snapshot, None]:
        visits = [asyncio.create_task(self._visit(source, fetcher)) for source in self.sources]
        watch = asyncio.create_task(self._cancel_with_engine(visits))
        try:
            for visit in asyncio.as_completed(visits):
                if (snapshot := await visit) is not None:
                    yield snapshot
        finally:
            for task in (watch, *visits):
                task.cancel()
            await asyncio.gather(watch, *visits, return_exceptions=True)

    async def _visit(self, source: Source, fetcher: Fetcher) -> Snapshot | None:
        seconds = self.settings.getfloat("KLASTRY_SOURCE_SECONDS")
        try:
            return await Visit(source, self.known[source.id], fetcher, self.habits, seconds).run()
        except Exception:
            self.logger.exception("The visit of %s failed", source.id)
            return None

    def _fetcher(self, politeness: Politeness) -> Fetcher:
        patience = Patience(
            timeout=self.settings.getfloat("DOWNLOAD_TIMEOUT"),
            backoff=tuple(map(float, self.settings.getlist("KLASTRY_BACKOFF"))),
            longest_wait=self.settings.getfloat("KLASTRY_LONGEST_WAIT"),
            most_bytes=self.settings.getint("KLASTRY_PAGE_BYTES"),
        )
        return Fetcher(self._download, politeness, Robots(), self.clock, patience, self.habits)

    async def _download(self, request: scrapy.Request) -> Response:
        if (engine := self.crawler.engine) is None:
            raise RuntimeError("the crawl has ended")
        return await engine.download_async(request)

    async def _cancel_with_engine(self, visits: "Sequence[asyncio.Task[Any]]") -> None:
        while self.crawler.engine is not None and self.crawler.engine.running:
            await asyncio.sleep(_LOOK_EVERY)
        for visit in visits:
            visit.cancel()
