"""Recordings are read whoever made them, and never believed when they are cut or damaged."""

import gzip
import json
import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from golden_from_warc import recorded_page, write
from recorded import HOST, PAGE, answer, record

from spiders.failures import raised_again
from spiders.outcome import explain
from spiders.warc import Recording, pages
from storage.errors import UsageError


def warc(kind: str, url: str, block: bytes, media: str = "application/http", **fields: str) -> bytes:
    """A record as other tools write it: WARC 1.0, seconds, no digests of the block."""
    lines = {
        "WARC-Type": kind,
        "WARC-Target-URI": url,
        "WARC-Date": "2026-11-04T12:00:00Z",
        **{name.replace("_", "-"): value for name, value in fields.items()},
        "Content-Type": media,
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def test_recordings_of_other_tools(tmp_path: Path) -> None:
    file = tmp_path / "other.warc"
    later = "2026-11-05T12:00:00Z"
    packed, brotlied = gzip.compress(b"<p>packed</p>", mtime=0), brotli.compress(b"<p>br</p>")
    records = [
        warc("warcinfo", "", b"software: another\r\n", "application/warc-fields"),
        warc("dns", "dns:a.example", b"a.example. 1 IN A 192.0.2.1", "text/dns"),
        warc("response", "http://a.example/", OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
             WARC_Record_ID="<urn:1>", WARC_Payload_Digest="sha1:AAAA"),
        warc("response", "http://a.example/gz", OK + b"Content-Encoding: gzip\r\n\r\n" + packed),
        warc("response", "http://a.example/br", OK + b"Content-Encoding: br\r\n\r\n" + brotlied),
        warc("response", "http://a.example/post", OK + b"\r\nanswer", WARC_Record_ID="<urn:2>"),
        warc("request", "http://a.example/post", b"POST /post HTTP/1.1\r\n\r\n", WARC_Record_ID="<urn:3>",
             WARC_Concurrent_To="<urn:2>"),
        warc("revisit", "http://a.example/", b"HTTP/1.1 304 Not Modified\r\n\r\n", WARC_Refers_To="<urn:1>",
             WARC_Date=later),
        warc("revisit", "http://a.example/by-digest", OK + b"X-New: 1\r\n\r\n",
             WARC_Payload_Digest="sha1:AAAA"),
        warc("revisit", "http://a.example/by-date", b"", WARC_Refers_To_Target_URI="http://a.example/",
             WARC_Refers_To_Date="2026-11-04T12:00:00Z"),
        warc("revisit", "http://a.example/nowhere", OK + b"\r\n", WARC_Payload_Digest="sha1:BBBB"),
        warc("response", "http://a.example/cut", OK + b"\r\nhalf", WARC_Truncated="length"),
        warc("metadata", "http://a.example/", b"outlink: http://b.example/\r\n", "application/warc-fields"),
        warc("response", "http://a.example/odd", b"not http at all\r\n\r\n"),
    ]  # fmt: skip
    for data in (b"".join(records), b"".join(gzip.compress(one) for one in records)):
        file.write_bytes(data)
        seen = {(page.asked, page.at.day): page for page in pages(file)}
        assert {key: page.body for key, page in seen.items()} == {
            ("http://a.example/", 4): b"abc",
            ("http://a.example/gz", 4): b"<p>packed</p>",
            ("http://a.example/br", 4): b"<p>br</p>",
            ("http://a.example/", 5): b"abc",
            ("http://a.example/by-digest", 4): b"abc",
            ("http://a.example/by-date", 4): b"abc",
        }
        assert seen["http://a.example/by-digest", 4].headers["x-new"] == "1"
        assert {page.status for page in seen.values()} == {200}
        failed = {kept.url: kept.failed for kept in Recording.open(file).answers if kept.failed}
        assert explain(raised_again(failed["http://a.example/cut"]), "").reason == "truncated"
        assert explain(raised_again(failed["http://a.example/odd"]), "").reason == "protocol"


def test_an_old_arc_file_is_read(tmp_path: Path) -> None:
    block = OK + b"\r\nold"
    head = b"1 0 Another\nURL IP-address Archive-date Content-type Archive-length\n"
    (tmp_path / "old.arc").write_bytes(
        b"filedesc://old.arc 0.0.0.0 20120102030405 text/plain %d\n" % len(head) + head
        + b"\nhttp://www.pi.gov.pl/ 192.0.2.1 20120102030405 text/html %d\n" % len(block) + block + b"\n"
    )  # fmt: skip
    (page,) = pages(tmp_path / "old.arc")
    assert (page.asked, page.body) == ("http://www.pi.gov.pl/", b"old")
    assert page.at == datetime(2012, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_answers_that_cannot_be_decoded_are_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spiders.warc.LARGEST_PAGE", 10_000)
    bomb = gzip.compress(bytes(20_000))
    file = tmp_path / "crawl.warc.gz"
    unknown, endless = answer(Content_Encoding="mystery"), answer(body=bomb, Content_Encoding="gzip")
    packed = brotli.compress(bytes(20_000))
    endless_too, cut = (answer(body=body, Content_Encoding="br") for body in (packed, packed[:-1]))
    record(file, unknown, endless, endless_too, cut, answer(body=b"ok"))
    assert [page.body for page in pages(file)] == [b"ok"]
    assert [told.getMessage().partition("left out: ")[2] for told in caplog.records] == [
        "content coding 'mystery' is unknown",
        "larger than 10000 bytes",
        "larger than 10000 bytes",
        "content coding 'br' is cut short",
    ]


def damaged(data: bytes, how: str) -> bytes:
    match how:
        case "cut":
            return data[: len(data) * 2 // 3]
        case "altered":
            return data.replace(b"Content-Type: text/html", b"Content-Type: text/xtml")
        case "length":
            return data.replace(b"Content-Length: ", b"Content-Length: 1", 1)
        case "date":
            return data.replace(b"WARC-Date: 2026", b"WARC-Date: once")
        case "text":
            return b"Zwyczajny tekst.\n" * 20
        case "zip":
            return gzip.compress(b"Zwyczajny tekst.\n" * 20)
        case _:
            return b""


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("how", ["cut", "altered", "length", "date", "text", "zip", "empty"])
def test_a_file_that_is_no_whole_recording_is_refused_in_one_line(
    how: str, packed: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "crawl.warc"
    record(file, answer(Content_Type="text/html"), answer(Content_Type="text/html"))
    data = file.read_bytes()
    if packed and how == "cut":
        data = damaged(gzip.compress(data), how)
    else:
        data = damaged(data, how)
        data = gzip.compress(data) if packed else data
    file.write_bytes(data)
    with pytest.raises(UsageError) as refused:
        Recording.open(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_damaged_bytes_are_not_printed(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc.gz"
    record(file, answer(body=bytes(range(256)) * 40), answer(f"{HOST}/2"))
    data = file.read_bytes()
    for place in range(20, len(data), 61):
        file.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        with pytest.raises(UsageError) as refused:
            Recording.open(file)
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < len(str(file)) + 150


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.warc.gz", tmp_path):
        with pytest.raises(UsageError, match=f"^{path}: "):
            Recording.open(path)


@pytest.mark.parametrize("name", ["crawl.warc.gz", "crawl.warc"])
def test_a_recording_cut_within_a_record_is_refused(name: str, tmp_path: Path) -> None:
    """Only a cut between two records cannot be seen: what is left is a recording of less."""
    file = tmp_path / name
    record(file, answer(Content_Type="text/html"), answer(f"{HOST}/2"))
    data = file.read_bytes()
    begin = b"\x1f\x8b\x08" if name.endswith("gz") else b"WARC/1."
    begins = [found.start() for found in re.finditer(re.escape(begin), data)]
    assert len(begins) == 5  # of the file itself, and twice an answer and its request
    for start, end in pairwise([*begins, len(data)]):
        size = end - start
        for left in (1, 5, size // 4, size // 2, size * 3 // 4, size - 9):
            file.write_bytes(data[: start + left])
            with pytest.raises(UsageError, match=f"^{file}: "):
                Recording.open(file)


def test_a_recording_becomes_a_test_page(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc.gz"
    packed = answer(body=gzip.compress(PAGE), Content_Encoding="gzip", Content_Type="text/html")
    record(file, answer(body=b"old"), packed, answer(body=b"gone", status=404))
    page = recorded_page(file, "http://example.org/lista/")
    html, meta = write(page, tmp_path / "pages" / "reader", "list_2026")
    assert html.read_bytes() == PAGE
    assert json.loads(meta.read_text("utf-8")) == {"url": f"{HOST}/lista", "content_type": "text/html"}
    with pytest.raises(UsageError, match="exists already"):
        write(page, tmp_path / "pages" / "reader", "list_2026")
    with pytest.raises(UsageError, match="holds no answer 200"):
        recorded_page(file, f"{HOST}/brak")
