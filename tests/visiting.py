"""A source whose site is a mapping from paths to answers: a visit of it takes no network and no time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapy import Request
from scrapy.http import HtmlResponse, Response

from spiders.fetch import Fetcher, Patience
from spiders.mr_gov_pl import MrGovPl
from spiders.politeness import Politeness
from spiders.robots import Robots
from spiders.visit import Visit
from storage.records import (
    Address,
    Details,
    ListKind,
    Record,
    Selectors,
    Snapshot,
    Source,
    Validators,
)

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOST = "https://lista.test"
LIST = f"{HOST}/nabory"
SELECTORS = Selectors("ul > li", {"title": "a", "url": "a@href"}, follow="a.next")


def source(kind: ListKind = "window", *, details: bool = True, pages: int = 5) -> Source:
    return Source(
        id="lista",
        title="Lista",
        kind="call",
        spider="own_list",
        addresses=(Address(LIST, "page_list", kind),),
        hosts=("lista.test",),
        schedule="0 6 * * *",
        details=Details("page_list", "/nabor/") if details else None,
        selectors=SELECTORS,
        pages=pages,
    )


def rows(*names: str, next_page: str = "", foot: str = "") -> str:
    items = "".join(f'<li><a href="/nabor/{name}">Nabór {name}</a></li>' for name in names)
    follow = f'<a class="next" href="{next_page}">Dalej</a>' if next_page else ""
    return f"<html><body><ul>{items}</ul>{follow}<p>{foot}</p></body></html>"


def card(name: str) -> str:
    return rows(name)


@dataclass
class Past:
    """What a source is known to have said; nothing, unless told."""

    first: bool = False
    names: frozenset[str] = frozenset()
    recent: frozenset[str] = frozenset()
    """Of those, who came since rows were left unread."""
    digests: frozenset[str] = frozenset()
    sent: Mapping[str, Validators] = field(default_factory=dict)
    rows: tuple[str, ...] = ()
    pages_due: tuple[str, ...] = ()

    def validators(self, address: str) -> Validators | None:
        return self.sent.get(address)

    def same(self, address: str, digest: str) -> bool:
        return digest in self.digests

    def links(self, address: str) -> tuple[str, ...]:
        return self.rows

    def knows(self, record: Record) -> bool:
        return record.name.removeprefix("Nabór ") in self.names

    def settled(self, record: Record) -> bool:
        return self.knows(record) and record.name.removeprefix("Nabór ") not in self.recent

    def due(self) -> tuple[str, ...]:
        return self.pages_due


Answers = Mapping[str, str | Response | Exception]


@dataclass
class Site:
    """Answers requests from a mapping by path; what is not there is 404. Robots files are absent."""

    answers: Answers
    asked: list[Request] = field(default_factory=list)

    async def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        answer = self.answers.get(request.url.removeprefix(HOST), Response(request.url, status=404))
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, str):
            return HtmlResponse(request.url, body=answer.encode(), headers={"Content-Type": "text/html"})
        return answer.replace(url=request.url)

    @property
    def paths(self) -> list[str]:
        paths = [request.url.removeprefix(HOST) for request in self.asked]
        return [path for path in paths if path != "/robots.txt"]


def visit(
    answers: Answers | Callable[[Request], Awaitable[Response]],
    past: Past | None = None,
    of: Source | None = None,
    seconds: float = 60,
) -> tuple[Snapshot, Site]:
    site = Site(answers) if isinstance(answers, Mapping) else Site({})
    download = site if isinstance(answers, Mapping) else answers

    async def no_sleep(seconds: float) -> None:
        """Time is not what these tests are about."""

    patience = Patience(backoff=())
    habits = MrGovPl.habits
    politeness = Politeness(0, sleep=no_sleep)
    fetcher = Fetcher(download, politeness, Robots(), lambda: NOW, patience, habits)
    made = Visit(of or source(), past or Past(), fetcher, habits, seconds)
    return asyncio.run(made.run()), site


def kinds(snapshot: Snapshot) -> list[str]:
    return [type(reading).__name__ for reading in snapshot.pages]


PAGED: Answers = {
    "/nabory": rows("a", "b", next_page="/nabory?s=2"),
    "/nabory?s=2": rows("c", "d", next_page="/nabory?s=3"),
    "/nabory?s=3": rows("e"),
    **{f"/nabor/{name}": card(name) for name in "abcde"},
}
