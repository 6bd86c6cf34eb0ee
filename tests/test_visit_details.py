"""Which detail pages a visit asks for, and how it ends when they fail."""

import asyncio

from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError
from scrapy.http import Response
from visiting import HOST, LIST, PAGED, Answers, Past, Site, card, kinds, rows, visit

from storage.records import (
    Gone,
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
