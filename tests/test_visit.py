"""One visit of one source: which pages are asked, in which order, and what the Snapshot says of them."""

import gc
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from bs4 import BeautifulSoup
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.http import HtmlResponse, Response
from visiting import HOST, LIST, NOW, PAGED, Past, kinds, rows, source, visit

from spiders import markup
from spiders.mr_gov_pl import MrGovPl
from spiders.readers import load
from spiders.reading import LARGE, digest, look_at, never_same
from storage.records import (
    Missed,
    Page,
    Said,
    Unchanged,
    Validators,
)


def test_the_first_visit_of_a_window_takes_one_page() -> None:
    snapshot, site = visit(PAGED, Past(first=True))
    assert site.paths == ["/nabory", "/nabor/a", "/nabor/b"]
    assert not snapshot.whole
    assert snapshot.stopped is None


def test_a_window_is_followed_while_it_shows_unknown_rows() -> None:
    snapshot, site = visit(PAGED, Past(names=frozenset("bcd")))
    assert site.paths == ["/nabory", "/nabory?s=2", "/nabor/a", "/nabor/b"]
    assert kinds(snapshot) == ["Said", "Said"]


def test_a_window_that_goes_on_beyond_its_page_budget_was_not_read_to_what_is_known() -> None:
    snapshot, _ = visit(PAGED, of=source(pages=2))
    assert len(snapshot.pages) == 2
    assert (snapshot.whole, snapshot.unread) == (False, True)


def test_what_was_left_unread_is_read_beyond_what_came_meanwhile() -> None:
    past = Past(names=frozenset("abz"), recent=frozenset("ab"))
    answers = {**PAGED, "/nabory?s=3": rows("e", next_page="/nabory?s=4"), "/nabory?s=4": rows("z")}
    snapshot, site = visit(answers, past, source(pages=2, details=False))
    assert site.paths == ["/nabory", "/nabory?s=2", "/nabory?s=3"]
    assert snapshot.unread
    past = Past(names=frozenset("abcdz"), recent=frozenset("abcd"))
    snapshot, site = visit(answers, past, source(pages=2, details=False))
    assert site.paths == ["/nabory", "/nabory?s=2", "/nabory?s=3", "/nabory?s=4"]
    assert not snapshot.unread


def test_reading_on_has_an_end() -> None:
    names = [f"x{number}" for number in range(100)]
    endless = {
        f"/nabory?s={number}" if number else "/nabory": rows(name, next_page=f"/nabory?s={number + 1}")
        for number, name in enumerate(names)
    }
    past = Past(names=frozenset(names), recent=frozenset(names))
    snapshot, _ = visit(endless, past, source(pages=2, details=False))
    assert (len(snapshot.pages), snapshot.unread) == (20, True)


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
    return digest(page, load("page_list", source()))


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


def test_a_redirect_to_a_foreign_host_is_a_hint_and_never_followed() -> None:
    away = Response(HOST, status=301, headers={"Location": "https://inny.test/nowa"})
    snapshot, site = visit({"/nabory": away})
    assert [page.reason for page in snapshot.pages if isinstance(page, Missed)] == ["foreign-host"]
    assert (snapshot.moved_to, snapshot.moved_hint) == (None, "https://inny.test/nowa")
    assert site.paths == ["/nabory"]


def test_the_snapshot_tells_of_the_network() -> None:
    robots = HtmlResponse(
        HOST, body=b"User-agent: *\nDisallow: /x", headers={"Content-Type": "text/plain", "Date": "odd"}
    )
    headers = {"Content-Type": "text/html", "Date": "Mon, 23 Nov 2026 09:59:00 GMT"}
    dated = HtmlResponse(HOST, body=rows().encode(), headers=headers)
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

    monkeypatch.setattr(markup, "check_whole", trips)
    page = Page(LIST, LIST, NOW, 200, {}, rows("a").encode())
    look = look_at(page, load("page_list", source()), MrGovPl.habits, never_same)
    assert isinstance(look.reading, Missed)
    assert (look.reading.reason, look.reading.page) == ("layout", page)


def test_the_trees_of_a_large_page_do_not_outlive_its_reading() -> None:
    page = Page(LIST, LIST, NOW, 200, {}, rows("a", foot="słowo " * (LARGE // 6)).encode())
    assert len(page.body) > LARGE
    gc.collect()
    gc.disable()
    try:
        look = look_at(page, load("page_list", source()), MrGovPl.habits, never_same)
        left = sum(isinstance(each, BeautifulSoup) for each in gc.get_objects())
    finally:
        gc.enable()
    assert isinstance(look.reading, Said)
    assert left == 0


def test_an_announcement_is_read_like_a_register() -> None:
    snapshot, _ = visit(PAGED, of=replace(source("announcement"), details=None))
    assert len(snapshot.pages) == 3
