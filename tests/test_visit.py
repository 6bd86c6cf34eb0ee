"""One visit of one source: which pages are asked, in which order, and what the Snapshot says of them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.http import HtmlResponse, Response

from spiders import reading
from spiders.fetch import Fetcher, Patience
from spiders.mr_gov_pl import MrGovPl
from spiders.politeness import Politeness
from spiders.readers import load
from spiders.reading import look_at, never_same
from spiders.robots import Robots
from spiders.visit import Visit
from storage.records import (
    Address,
    Details,
    Gone,
    ListKind,
    Missed,
    Page,
    Record,
    Said,
    Selectors,
    Snapshot,
    Source,
    Unchanged,
    Validators,
    page_key,
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


def test_the_first_visit_of_a_window_takes_one_page() -> None:
    snapshot, site = visit(PAGED, Past(first=True))
    assert site.paths == ["/nabory", "/nabor/a", "/nabor/b"]
    assert not snapshot.whole
    assert snapshot.stopped is None


def test_a_window_is_followed_while_it_shows_unknown_rows() -> None:
    snapshot, site = visit(PAGED, Past(names=frozenset("bcd")))
    assert site.paths == ["/nabory", "/nabory?s=2", "/nabor/a", "/nabor/b"]
    assert kinds(snapshot) == ["Said", "Said"]


def test_new_rows_of_later_pages_have_their_pages_asked() -> None:
    snapshot, site = visit(PAGED, Past(names=frozenset("bd")))
    assert site.paths[3:] == ["/nabor/a", "/nabor/b", "/nabor/c", "/nabor/e"]
    assert snapshot.whole
    assert list(snapshot.details) == [page_key(f"{HOST}/nabor/{name}") for name in "abce"]


def test_a_window_ends_at_its_page_budget_without_a_fault() -> None:
    snapshot, _ = visit(PAGED, of=source(pages=2))
    assert len(snapshot.pages) == 2
    assert not snapshot.whole
    assert snapshot.stopped is None


def test_a_register_is_read_to_its_end() -> None:
    snapshot, _ = visit(PAGED, Past(first=True, names=frozenset("abcde")), source("register", details=False))
    assert snapshot.whole
    assert [record.name for page in snapshot.pages if isinstance(page, Said) for record in page.records] == [
        f"Nabór {name}" for name in "abcde"
    ]


def test_a_register_longer_than_its_budget_is_not_whole() -> None:
    snapshot, _ = visit(PAGED, of=source("register", details=False, pages=2))
    assert (snapshot.whole, snapshot.stopped, len(snapshot.pages)) == (False, "budget", 2)


def test_a_pager_that_runs_in_a_circle_ends() -> None:
    circle = {"/nabory": rows("a", next_page="/x"), "/x": rows("b", next_page="/nabory")}
    snapshot, site = visit(circle, of=source("register", details=False))
    assert site.paths == ["/nabory", "/x"]
    assert (snapshot.whole, snapshot.stopped) == (False, "budget")


def test_a_list_with_a_page_missing_is_not_whole() -> None:
    snapshot, site = visit({**PAGED, "/nabory?s=2": Response(HOST, status=500)}, of=source("register"))
    assert kinds(snapshot) == ["Said", "Missed"]
    assert not snapshot.whole
    assert "/nabory?s=3" not in site.paths


def test_a_304_stands_for_the_list_and_its_rows_are_those_known() -> None:
    tag = Validators('"1"', None)
    past = Past(sent={LIST: tag, f"{HOST}/nabor/a": tag}, rows=(f"{HOST}/nabor/a",))
    unchanged = Response(HOST, status=304)
    answers = {"/nabory": unchanged, "/nabor/a": unchanged}
    snapshot, site = visit(answers, past, source("register"))
    assert kinds(snapshot) == ["Unchanged"]
    assert snapshot.whole
    assert [type(reading) for reading in snapshot.details.values()] == [Unchanged]
    assert all(r.headers["If-None-Match"] == b'"1"' for r in site.asked if "robots" not in r.url)
    assert not visit(answers, past)[0].whole, "a window that was not sent may go on"


def content_digest(html: str) -> str:
    page = Page(LIST, LIST, NOW, 200, {"content-type": "text/html"}, html.encode())
    return sha256(load("page_list", source()).content(page).encode()).hexdigest()


@pytest.mark.parametrize(
    ("digest", "how"),
    [(sha256(rows("a", foot="1").encode()).hexdigest(), "bytes"), (content_digest(rows("a")), "content")],
)
def test_a_page_with_the_same_bytes_or_content_is_not_read(digest: str, how: str) -> None:
    past = Past(digests=frozenset({digest}))
    snapshot, _ = visit({"/nabory": rows("a", foot="1")}, past, source("register"))
    (page,) = snapshot.pages
    assert isinstance(page, Unchanged)
    assert (page.how, page.full) == (how, True)
    assert snapshot.whole


def test_when_one_page_of_a_list_changed_all_are_read() -> None:
    same = frozenset({sha256(rows("b").encode()).hexdigest()})
    answers = {"/nabory": rows("a", next_page="/x"), "/x": rows("b")}
    snapshot, site = visit(answers, Past(digests=same), source("register", details=False))
    assert kinds(snapshot) == ["Said", "Said"]
    assert snapshot.whole
    assert site.paths == ["/nabory", "/x"]


def test_detail_pages_are_those_of_our_hosts_and_path_once_each() -> None:
    due = (f"{HOST}/nabor/a/", f"{HOST}/nabor/old", "https://other.test/nabor/x", f"{HOST}/inne", LIST)
    _, site = visit({"/nabory": rows("b", "a", "b")}, Past(pages_due=due))
    assert site.paths == ["/nabory", "/nabor/b", "/nabor/a", "/nabor/old"]


def test_a_detail_page_may_be_gone_in_four_ways() -> None:
    names = ("absent", "removed", "soft", "home")
    answers: Answers = {
        "/nabory": rows(*names),
        "/nabor/removed": Response(HOST, status=410),
        "/nabor/soft": "<html><body><h1>Strona nie istnieje</h1></body></html>",
        "/nabor/home": Response(HOST, status=302, headers={"Location": f"{HOST}/"}),
        "/": rows("a"),
    }
    snapshot, _ = visit(answers)
    reasons = [reading.reason for reading in snapshot.details.values() if isinstance(reading, Gone)]
    assert reasons == ["gone", "gone", "soft-404", "moved-home"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Response(HOST, status=404), "gone"),
        (Response(HOST, status=302, headers={"Location": f"{HOST}/web/rozwoj"}), "moved-home"),
        ("<html><body><h1>Strona nie istnieje</h1></body></html>", "soft-404"),
        (rows("a").removesuffix("</ul><p></p></body></html>"), "not-whole"),
        ("<html><body><ul><li>Nabór bez odnośnika</li></ul></body></html>", "layout"),
    ],
)
def test_a_list_that_cannot_be_believed_is_missed_and_ends_the_visit(
    answer: str | Response, reason: str
) -> None:
    answers = {"/nabory": answer, "/web/rozwoj": rows("a")}
    snapshot, site = visit(answers, Past(pages_due=(f"{HOST}/nabor/old",)))
    (page,) = snapshot.pages
    assert isinstance(page, Missed)
    assert (page.reason, snapshot.whole, snapshot.details) == (reason, False, {})
    assert "/nabor/old" not in site.paths


def test_a_list_with_no_rows_and_no_sign_is_read_as_empty() -> None:
    snapshot, _ = visit({"/nabory": rows(foot="Obecnie nie ma naborów.")}, of=source("register"))
    (page,) = snapshot.pages
    assert isinstance(page, Said)
    assert page.records == ()


def test_a_host_that_fell_silent_is_not_asked_for_every_page() -> None:
    silent = {f"/nabor/{name}": DownloadConnectionRefusedError("refused") for name in "bcde"}
    answers: Answers = {"/nabory": rows(*"abcde"), "/nabor/a": card("a"), **silent}
    snapshot, site = visit(answers)
    assert site.paths == ["/nabory", "/nabor/a", "/nabor/b", "/nabor/c"]
    assert len(snapshot.details) == 3


def test_a_visit_out_of_time_keeps_what_it_read() -> None:
    site = Site({"/nabory": rows("a", "b"), "/nabor/a": card("a")})

    async def download(request: Request) -> Response:
        if request.url.endswith("/b"):
            await asyncio.Event().wait()
        return await site(request)

    snapshot, _ = visit(download, seconds=0.2)
    assert (snapshot.stopped, kinds(snapshot)) == ("budget", ["Said"])
    assert list(snapshot.details) == [page_key(f"{HOST}/nabor/a")]


@pytest.mark.parametrize(
    ("status", "target", "moved_to"),
    [(301, "/nowe", f"{HOST}/nowe"), (302, "/nowe", None), (301, "/nabory/", None)],
)
def test_a_permanent_move_is_followed_and_told(status: int, target: str, moved_to: str | None) -> None:
    away = Response(HOST, status=status, headers={"Location": f"{HOST}{target}"})
    snapshot, _ = visit({"/nabory": away, target: rows("a")}, of=source("register", details=False))
    assert kinds(snapshot) == ["Said"]
    assert (snapshot.moved_to, snapshot.address) == (moved_to, LIST)


def test_a_move_told_by_a_page_is_a_hint_and_never_followed() -> None:
    html = '<html><head><meta http-equiv="Refresh" content="5;url=https://inny.test/Nowa"></head></html>'
    snapshot, site = visit({"/nabory": html})
    assert isinstance(snapshot.pages[0], Missed)
    assert (snapshot.pages[0].reason, snapshot.moved_hint) == ("moved", "https://inny.test/Nowa")
    assert site.paths == ["/nabory"]


def test_the_snapshot_tells_of_the_network() -> None:
    robots = HtmlResponse(
        HOST, body=b"User-agent: *\nDisallow: /x", headers={"Content-Type": "text/plain", "Date": "odd"}
    )
    dated = HtmlResponse(
        HOST, body=rows().encode(), headers={"Content-Type": "text/html", "Date": "Mon, 23 Nov 2026 09:59:00 GMT"}
    )
    snapshot, _ = visit({"/robots.txt": robots, "/nabory": dated})
    assert (snapshot.requests, snapshot.answered, snapshot.at) == (2, True, NOW)
    assert snapshot.dates == (datetime(2026, 11, 23, 9, 59, tzinfo=UTC),)
    assert [page.asked for page in snapshot.robots] == [f"{HOST}/robots.txt"]
    refused = {path: DownloadConnectionRefusedError("refused") for path in ("/robots.txt", "/nabory")}
    assert not visit(refused)[0].answered


def test_a_disallowed_list_is_not_asked() -> None:
    robots = HtmlResponse(HOST, body=b"User-agent: *\nDisallow: /", headers={"Content-Type": "text/plain"})
    snapshot, site = visit({"/robots.txt": robots, "/nabory": rows("a")})
    assert site.paths == []
    assert [page.reason for page in snapshot.pages if isinstance(page, Missed)] == ["robots-disallowed"]


def test_a_reader_that_trips_misses_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def trips(text: str) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(reading.markup, "check_whole", trips)
    page = Page(LIST, LIST, NOW, 200, {}, rows("a").encode())
    look = look_at(page, load("page_list", source()), MrGovPl.habits, never_same)
    assert isinstance(look.reading, Missed)
    assert (look.reading.reason, look.reading.page) == ("layout", page)


def test_an_announcement_is_read_like_a_register() -> None:
    snapshot, _ = visit(PAGED, of=replace(source("announcement"), details=None))
    assert len(snapshot.pages) == 3
