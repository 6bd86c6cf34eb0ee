"""Which answers of a web archive are the page as its site sent it, and which are refused, and why."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime

import brotli
import pytest

from spiders.cdx import Copy
from spiders.memento import as_archived, is_memento
from storage.errors import PageFault
from storage.records import Page
from tests.model_archive import digest, memento, time_of

PI = "http://www.pi.gov.pl/Klastry/chapter_95922.asp"
AT = datetime(2015, 11, 3, 12, tzinfo=UTC)
BODY = "<html><body>Krajowe Klastry Kluczowe: Zażółć</body></html>".encode("windows-1250")
COPY = Copy(PI, AT, digest(BODY))


def answer(body: bytes = BODY, original: str = PI, **headers: str) -> Page:
    """What the fetcher makes of an answer of the model archive."""
    given = memento(original, COPY.timestamp, body, **headers)
    named = {name.lower(): value for name, value in given.headers.items()}
    asked = f"https://web.archive.org/web/{COPY.timestamp}id_/{PI}"
    return Page(asked, asked, datetime(2026, 11, 23, tzinfo=UTC), 200, named, given.body)


def without(page: Page, name: str) -> Page:
    return replace(page, headers={key: value for key, value in page.headers.items() if key != name})


def test_a_raw_copy_is_the_page_then_and_there() -> None:
    page = as_archived(
        COPY,
        answer(
            Server="archive",
            X_Archive_Orig_Content_Type="text/html; charset=windows-1250",
            X_Archive_Orig_Last_Modified="Mon, 02 Nov 2015 10:00:00 GMT",
            X_Archive_Orig_Set_Cookie="a=b",
        ),
    )
    headers = {
        "content-type": "text/html; charset=windows-1250",
        "last-modified": "Mon, 02 Nov 2015 10:00:00 GMT",
    }
    assert page == Page(PI, PI, AT, 200, headers, BODY)


def test_the_declared_type_stays_where_the_archive_gives_it_as_it_was() -> None:
    page = as_archived(COPY, answer(Content_Type="text/html; charset=iso-8859-2"))
    assert page.headers == {"content-type": "text/html; charset=iso-8859-2"}


@pytest.mark.parametrize(
    "original", ["https://pi.gov.pl/klastry/chapter_95922.asp", PI.replace("pl/", "pl:80/")]
)
def test_one_address_is_written_in_many_ways(original: str) -> None:
    assert as_archived(COPY, answer(original=original)).asked == PI


def test_links_of_other_kinds_are_passed_over() -> None:
    link = f"<http://a.test/>; rel='timegate', <{PI}>; title=\"a, b\"; rel=original"
    assert as_archived(COPY, answer(Link=link)).body == BODY


REFUSED = {
    "own-page": (without(answer(), "memento-datetime"), "not-content", "a page of its own"),
    "other-time": (answer(Memento_Datetime=time_of("20151103120001")), "clock", "2015-11-03 12:00:01"),
    "no-time": (answer(Memento_Datetime="soon"), "clock", "no time"),
    "impossible": (answer(Memento_Datetime="Fri, 31 Dec 9999 23:59:59 -1200"), "clock", "no time"),
    "other-page": (answer(original="http://www.pi.gov.pl/"), "moved", "copy of http://www.pi.gov.pl/"),
    "no-address": (answer(original="http://[bad/"), "moved", "copy of http://[bad/"),
    "two": (answer(Link=f'<{PI}>; rel="original", <http://e.test/>; rel="original"'), "moved", "e.test"),
    "no-link": (without(answer(), "link"), "not-content", "RFC 7089"),
    "no-original": (answer(Link=f'<{PI}>; rel="memento"'), "not-content", "RFC 7089"),
    "truncated": (answer(BODY[:40], X_Archive_Orig_Content_Length="58"), "truncated", "40 bytes of 58"),
    "unknown-coding": (answer(b"\0\1", X_Archive_Orig_Content_Encoding="mystery"), "decode", "mystery"),
    "broken-coding": (answer(b"\0\1", X_Archive_Orig_Content_Encoding="br"), "decode", "'br' is"),
}
REWRITTEN = {
    "banner": b"<html><!-- BEGIN WAYBACK TOOLBAR INSERT -->",
    "foot": b"<html></html><!--\n FILE ARCHIVED ON 12:00:00 Nov 03, 2015 AND RETRIEVED",
    "script": b'<html><script src="/static/wombat.js"></script>',
    "links": b'<html><a href="/web/20151103120000/http://www.pi.gov.pl/">',
    "images": b'<html><img src="http://a.test/20151103120000im_/https://www.pi.gov.pl/a.png">',
    "packed": gzip.compress(b"<html>BEGIN WAYBACK TOOLBAR INSERT"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_the_copy_is_refused(name: str) -> None:
    given, reason, says = REFUSED[name]
    with pytest.raises(PageFault, match=says.replace("[", r"\[")) as caught:
        as_archived(COPY, given)
    assert caught.value.reason == reason
    assert is_memento(given) == (name != "own-page")


@pytest.mark.parametrize("name", REWRITTEN)
def test_what_the_archive_has_rewritten_is_refused(name: str) -> None:
    with pytest.raises(PageFault, match="rewritten"):
        as_archived(COPY, answer(REWRITTEN[name]))


def test_a_page_may_link_to_archives_itself() -> None:
    body = b'<html><a href="https://web.archive.org/web/20140101000000/http://www.pi.gov.pl/">dawniej</a>'
    assert as_archived(COPY, answer(body)).body == body


def test_the_digest_of_the_index_proves_a_copy_raw() -> None:
    body = b'<html><a href="https://web.archive.org/web/20151103120000/http://www.pi.gov.pl/">kopia</a>'
    assert as_archived(replace(COPY, digest=digest(body)), answer(body)).body == body


@pytest.mark.parametrize("declared", [True, False])
def test_a_coding_that_was_archived_is_undone(declared: bool) -> None:
    more = {"X_Archive_Orig_Content_Encoding": "gzip"} if declared else {}
    assert as_archived(COPY, answer(gzip.compress(BODY), **more)).body == BODY


def test_brotli_is_undone_unless_the_archive_has_done_so() -> None:
    for body in (BODY, brotli.compress(BODY)):
        assert as_archived(COPY, answer(body, X_Archive_Orig_Content_Encoding="br")).body == BODY


def test_a_bomb_that_was_archived_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spiders.warc.LARGEST_PAGE", 10_000)
    with pytest.raises(PageFault) as caught:
        as_archived(COPY, answer(gzip.compress(bytes(100_000))))
    assert caught.value.reason == "too-large"


@pytest.mark.parametrize("length", ["-1", "many", "", "²", "10"])
def test_a_length_that_says_nothing_refuses_nothing(length: str) -> None:
    assert as_archived(COPY, answer(X_Archive_Orig_Content_Length=length)).body == BODY
