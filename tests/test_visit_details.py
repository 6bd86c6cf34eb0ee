"""Which detail pages a visit asks for, and how it ends when they fail."""

import asyncio
from hashlib import sha256

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.http import Response
from visiting import HOST, LIST, PAGED, Answers, Past, Site, card, kinds, rows, source, visit

from spiders.outcome import LONGEST_KEPT
from storage.records import (
    Gone,
    ListKind,
    Missed,
    page_key,
)


def test_new_rows_of_later_pages_have_their_pages_asked() -> None:
    snapshot, site = visit(PAGED, Past(names=frozenset("bd")))
    assert site.paths[3:] == ["/nabor/a", "/nabor/b", "/nabor/c", "/nabor/e"]
    assert snapshot.whole
    assert list(snapshot.details) == [page_key(f"{HOST}/nabor/{name}") for name in "abce"]


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


@pytest.fixture
def little_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A visit may read some hundred bytes beyond the first page of its list."""
    monkeypatch.setattr("spiders.visit.MOST_READ", len((rows(*"abcd") + 2 * card("a")).encode()))


@pytest.mark.usefixtures("little_to_read")
def test_a_visit_reads_no_more_than_its_bytes() -> None:
    answers: Answers = {"/nabory": rows(*"abcd"), **{f"/nabor/{name}": card(name) for name in "abcd"}}
    snapshot, site = visit(answers)
    assert (snapshot.stopped, kinds(snapshot)) == ("budget", ["Said"])
    assert site.paths == ["/nabory", "/nabor/a", "/nabor/b", "/nabor/c"]
    again = Past(digests=frozenset(sha256(card(name).encode()).hexdigest() for name in "abc"))
    assert visit(answers, again)[0].stopped is None, "what is the same byte for byte need not be read"


@pytest.mark.usefixtures("little_to_read")
@pytest.mark.parametrize("kind", ["register", "window"])
def test_a_list_too_large_to_be_read_to_its_end_is_not_whole(kind: ListKind) -> None:
    pages = {
        f"/nabory?s={n}": rows(*(f"{n}-{k}" for k in "abcd"), next_page=f"/nabory?s={n + 1}")
        for n in range(9)
    }
    snapshot, _ = visit({"/nabory": pages["/nabory?s=1"], **pages}, of=source(kind, details=False))
    assert (snapshot.stopped, snapshot.whole, len(snapshot.pages)) == ("budget", False, 2)


def test_of_a_page_that_is_not_believed_no_more_is_held_than_is_kept() -> None:
    long = "x" * (LONGEST_KEPT + 9)
    answers: Answers = {
        "/nabory": rows(*"abc"),
        "/nabor/a": Response(HOST, status=500, body=long.encode()),
        "/nabor/b": f"<html><body><h1>Strona nie istnieje</h1><p>{long}</p></body></html>",
        "/nabor/c": f"<html><body><ul><li>Nabór bez odnośnika</li></ul><p>{long}</p></body></html>",
    }
    details = visit(answers)[0].details.values()
    assert [each.reason for each in details if isinstance(each, Missed | Gone)] == [
        "http-5xx",
        "soft-404",
        "layout",
    ]
    assert {len(each.page.body) for each in details if isinstance(each, Missed | Gone) and each.page} == {
        LONGEST_KEPT
    }
