"""What the index of a web archive says, in both forms, honest and not."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from spiders.cdx import LARGEST_ANSWER, Copy, Listing, ends_of_runs, read_listing
from storage.errors import PageFault
from storage.records import Page

PI = "http://www.pi.gov.pl/Klastry/chapter_95922.asp"
HEAD = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROW = ["pl,gov,pi)/klastry/chapter_95922.asp", "20151103120000", PI, "text/html", "200", "AAAA", "1402"]
COPY = Copy(PI, datetime(2015, 11, 3, 12, tzinfo=UTC), "AAAA")


def read(body: bytes | str | object) -> Listing:
    raw = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
    return read_listing(Page("http://a.test/cdx", "http://a.test/cdx", COPY.at, 200, {}, raw))


def with_value(column: str, value: object) -> list[object]:
    return [value if name == column else old for name, old in zip(HEAD, ROW, strict=True)]


def as_line(row: Sequence[object]) -> str:
    names = {"original": "url", "mimetype": "mime", "statuscode": "status"}
    return json.dumps({names.get(name, name): value for name, value in zip(HEAD, row, strict=True)})


def test_both_forms_say_the_same() -> None:
    later = with_value("timestamp", "20161205000000")
    arrays, lines = read([HEAD, ROW, later]), read(f"{as_line(ROW)}\n{as_line(later)}\n")
    assert arrays.copies == lines.copies == (COPY, Copy(PI, datetime(2016, 12, 5, tzinfo=UTC), "AAAA"))
    assert (arrays.rows, arrays.odd, arrays.resume, arrays.by_page) == (2, 0, None, False)
    assert (lines.rows, lines.odd, lines.resume, lines.by_page) == (2, 0, None, True)


def test_columns_stand_in_any_order() -> None:
    assert read([HEAD[::-1], ROW[::-1]]).copies == (COPY,)


@pytest.mark.parametrize("body", ["", "[]", "\n", '{"message": "No Captures found for: http://a.test/"}'])
def test_no_copies(body: str) -> None:
    assert (read(body).copies, read(body).rows, read(body).odd) == ((), 0, 0)


def test_a_key_to_go_on_with() -> None:
    listing = read([HEAD, ROW, [], ["pl%2Cgov%2Cpi%29%2F+20151103120001"]])
    assert (listing.resume, listing.copies) == ("pl%2Cgov%2Cpi%29%2F+20151103120001", (COPY,))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("statuscode", "301"),
        ("statuscode", "-"),
        ("mimetype", "application/pdf"),
        ("mimetype", "warc/revisit"),
    ],
)
def test_only_html_that_was_answered_200(column: str, value: str) -> None:
    for listing in (read([HEAD, with_value(column, value)]), read(as_line(with_value(column, value)))):
        assert (listing.copies, listing.rows, listing.odd) == ((), 1, 0)


@pytest.mark.parametrize(
    ("written", "original"),
    [
        ("http://www.pi.gov.pl:80/klastry/", "http://www.pi.gov.pl/klastry/"),
        ("https://www.gov.pl:443", "https://www.gov.pl"),
        ("http://www.pi.gov.pl:8080/", "http://www.pi.gov.pl:8080/"),
    ],
)
def test_the_usual_port_is_not_written(written: str, original: str) -> None:
    assert [copy.original for copy in read([HEAD, with_value("original", written)]).copies] == [original]


ODD = {
    "short": ROW[:-1],
    "no-row": 7,
    "nothing": [],
    "timestamp-short": with_value("timestamp", "2015"),
    "timestamp-no-day": with_value("timestamp", "20151300000000"),
    "timestamp-long-ago": with_value("timestamp", "00011103120000"),
    "timestamp-digits": with_value("timestamp", "２０１５１１０３１２００００"),
    "timestamp-number": with_value("timestamp", 20151103.5),
    "no-address": with_value("original", "javascript:alert(1)"),
    "bad-address": with_value("original", "http://[bad/"),
    "two-lines": with_value("original", f"{PI}\r\nWARC-Date: 2020-01-01T00:00:00Z"),
    "long": with_value("original", f"{PI}?{'a' * 2000}"),
    "null": with_value("original", None),
}


@pytest.mark.parametrize("name", ODD)
def test_a_row_that_cannot_be_read_is_counted_and_passed_over(name: str) -> None:
    listing = read([HEAD, ODD[name], ROW])
    assert (listing.copies, listing.rows, listing.odd) == ((COPY,), 2, 1)


def test_a_line_that_cannot_be_read_is_counted_and_passed_over() -> None:
    listing = read(f"{as_line(ROW)}\n{{\n[1]\n{as_line(with_value('timestamp', 'x'))}\n")
    assert (listing.copies, listing.odd) == ((COPY,), 3)


HOSTILE = {
    "html": b"<html><body>Blocked Site Error</body></html>",
    "text": b"pl,gov,pi)/ 20151103120000 http://www.pi.gov.pl/ text/html 200 AAAA 1402",
    "cut": json.dumps([HEAD, ROW]).encode()[:-9],
    "no-head": json.dumps([ROW, ROW]).encode(),
    "head-of-lists": json.dumps([[["timestamp"], "original"], ROW]).encode(),
    "all-odd": json.dumps([HEAD, ROW[:2], ROW[:3]]).encode(),
    "error": b'{"error": "no"}',
    "nested": b"[" * 1_000_000,
    "nested-line": b'{"a":' * 500_000,
    "long-number": b"[[" + b"1" * 10_000 + b"]]",
    "binary": bytes(range(256)),
    "large": b"[" + b" " * LARGEST_ANSWER + b"]",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_answer_that_is_no_index_is_refused(name: str) -> None:
    with pytest.raises(PageFault) as caught:
        read(HOSTILE[name])
    assert caught.value.reason == ("too-large" if name == "large" else "not-content")


# What is worth asking for


def copies(*digests: str, url: str = PI) -> list[Copy]:
    return [Copy(url, datetime(2015, 11, day, tzinfo=UTC), said) for day, said in enumerate(digests, 1)]


def worth(*digests: str) -> str:
    return "".join(str(copy.at.day) for copy in ends_of_runs(copies(*digests)))


def test_of_a_run_of_equal_copies_the_ends() -> None:
    assert worth("A", "A", "A", "B", "A", "A") == "13456"
    assert worth("A") == "1"
    assert worth() == ""


def test_copies_without_a_digest_may_differ() -> None:
    assert worth("", "", "") == "123"


def test_runs_are_told_by_page_however_its_address_is_written() -> None:
    written = ("http://www.pi.gov.pl/klastry/", "https://pi.gov.pl/Klastry", "http://pi.gov.pl/klastry/")
    mixed = [
        Copy(url, copy.at, copy.digest) for url, copy in zip(written, copies("A", "A", "A"), strict=True)
    ]
    other = copies("A", "A", "A", url="http://www.mr.gov.pl/")
    assert [copy.at.day for copy in ends_of_runs([*mixed, *other])] == [1, 1, 3, 3]


def test_one_copy_told_twice_is_one() -> None:
    assert len(ends_of_runs([*copies("A", "B"), *copies("A", "B")])) == 2
