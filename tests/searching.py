"""A search of a model archive in this process: the real fetcher, over time that only waiting moves."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response

from monitor.archived import Places, questions
from monitor.standin import Answer, Asked
from monitor.watchlist import built_in
from spiders.fetch import Fetcher, Patience
from spiders.politeness import Politeness
from spiders.robots import Robots
from spiders.search import Bounds, Gathered, Search
from spiders.shelf import Shelf
from spiders.signs import Habits
from spiders.web_archive import Archive
from storage.records import Source

WAYBACK = Archive("https://web.archive.org/")
PYWB = Archive("https://archive.test/coll/")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SECONDS = 2.0
"""What each answer takes."""


def source_of(name: str) -> Source:
    (source,) = (source for source in built_in() if source.id == name)
    return source


@dataclass
class Asking:
    """The network and the time of one search; `asked` are the requests, with when they began."""

    answer: Callable[[Asked], Answer]
    now: float = 0.0
    asked: list[Asked] = field(default_factory=list)
    at_once: int = 0

    def clock(self) -> datetime:
        return NOW + timedelta(seconds=self.now)

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    async def download(self, request: Request) -> Response:
        headers = {name.decode().lower(): values[0].decode() for name, values in request.headers.items()}
        asked = Asked(request.method, request.url, headers, self.now)
        self.asked.append(asked)
        self.at_once += 1
        assert self.at_once == 1, "two requests at a time"
        await self.sleep(SECONDS)
        self.at_once -= 1
        answer = self.answer(asked)
        if answer.hang:
            raise DownloadTimeoutError(request.url)
        return Response(request.url, status=answer.status, headers=dict(answer.headers), body=answer.body)

    @property
    def copies(self) -> list[str]:
        """The timestamps of the copies asked for, in order."""
        return [asked.url.partition("id_/")[0][-14:] for asked in self.asked if "id_/" in asked.url]

    @property
    def index(self) -> list[Asked]:
        return [asked for asked in self.asked if "/cdx?" in asked.url]


def search(
    answer: Callable[[Asked], Answer],
    folder: Path,
    *,
    source: str = "kkk-mr",
    archive: Archive = WAYBACK,
    bounds: Bounds = Bounds(),  # noqa: B008
    delay: float = 3.0,
    dry: bool = False,
) -> tuple[Gathered, Asking]:
    """One search, as the command makes it."""
    asking, watched = Asking(answer), source_of(source)
    places = Places(built_in(), [watched])
    made = Search(
        archive, questions(watched), lambda url: bool(places.of(url)), Shelf(folder), bounds, dry=dry
    )
    politeness = Politeness(delay, lambda: asking.now, asking.sleep)
    patience = Patience(backoff=(5.0, 20.0))
    asyncio.run(made.run(Fetcher(asking.download, politeness, Robots(), asking.clock, patience, Habits())))
    return made.gathered, asking


def one_after_the_other(answers: Sequence[Answer]) -> Callable[[Answer], Answer]:
    """Spoils an answer by these, each once, then no more."""
    left = list(answers)
    return lambda whole: left.pop(0) if left else whole
