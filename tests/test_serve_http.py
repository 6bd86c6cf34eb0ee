"""Conditions, ranges, packing, dates and bounds of the server, as RFC 9110 has them."""

import asyncio
import gzip
import os
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from monitor.publishing import write
from monitor.serve import takes_gzip
from tests.serving import Ask, ask

FEED = b"<rss version='2.0'>" + b"".join(b"%05d" % number for number in range(1_000)) + b"</rss>"
YEAR_2026 = 1_780_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, {"klastry.xml": FEED, "small.xml": b"<rss/>"})
    os.utime(tmp_path / "klastry.xml", (YEAR_2026, YEAR_2026))
    return tmp_path


def test_asked_again_it_answers_304_until_the_content_changes(folder: Path) -> None:
    async def work(one: Ask) -> None:
        first, body = await one("/klastry.xml")
        assert body == FEED
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        write(folder, {"klastry.xml": FEED})
        for headers in ({"If_None_Match": tag}, {"If_Modified_Since": date}):
            again, nothing = await one("/klastry.xml", **headers)
            assert (again.status, nothing) == (304, b"")
            for name in ("ETag", "Last-Modified", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
                assert again.headers[name] == first.headers[name]
            assert "Content-Type" not in again.headers
        write(folder, {"klastry.xml": FEED + b"<!-- new -->"})
        for headers in ({"If_None_Match": tag}, {"If_Modified_Since": date}):
            changed, body = await one("/klastry.xml", **headers)
            assert changed.status == 200
            assert body == FEED + b"<!-- new -->"
            assert changed.headers["ETag"] != tag
            assert changed.headers["Last-Modified"] != date

    ask(folder, work)


def test_tag_and_date_move_with_the_content_alone(folder: Path) -> None:
    async def work(one: Ask) -> None:
        first, _ = await one("/klastry.xml")
        os.utime(folder / "klastry.xml")
        (folder / "copy").write_bytes(FEED)
        (folder / "copy").replace(folder / "klastry.xml")
        again, _ = await one("/klastry.xml")
        for name in ("ETag", "Last-Modified"):
            assert again.headers[name] == first.headers[name]

    ask(folder, work)


def test_two_versions_of_one_second_have_two_dates(folder: Path) -> None:
    """Also where the clock was put back: who asks by date alone never misses a version."""

    async def work(one: Ask) -> None:
        dates = []
        for number, seconds in enumerate((0, 0.5, -3600)):
            write(folder, {"klastry.xml": FEED + b"%d" % number})
            when = YEAR_2026 + seconds
            os.utime(folder / "klastry.xml", (when, when))
            answer, body = await one("/klastry.xml", If_Modified_Since=dates[-1] if dates else "no date")
            assert (answer.status, body) == (200, FEED + b"%d" % number)
            dates.append(answer.headers["Last-Modified"])
        assert [parsedate_to_datetime(date).timestamp() - YEAR_2026 for date in dates] == [0, 1, 2]

    ask(folder, work)


def test_conditions(folder: Path) -> None:
    async def work(one: Ask) -> None:
        answer, _ = await one("/klastry.xml")
        tag, date = answer.headers["ETag"], answer.headers["Last-Modified"]
        packed = (await one("/klastry.xml", Accept_Encoding="gzip"))[0].headers["ETag"]
        assert packed != tag
        for code, headers in (
            (304, {"If_None_Match": f"W/{tag}"}),
            (304, {"If_None_Match": f'"other", W/"more" ,{tag}'}),
            (304, {"If_None_Match": "*"}),
            (304, {"If_None_Match": packed}),
            (304, {"If_None_Match": tag, "Accept_Encoding": "gzip"}),
            (200, {"If_None_Match": '"other"'}),
            (200, {"If_None_Match": '"other"', "If_Modified_Since": date}),
            (200, {"If_None_Match": "garbled", "If_Modified_Since": date}),
            (304, {"If_Modified_Since": "Sun, 01 Nov 2026 00:00:00 GMT"}),
            (200, {"If_Modified_Since": "Fri, 01 May 2026 00:00:00 GMT"}),
            (200, {"If_Modified_Since": "yesterday"}),
            (200, {"If_Match": tag}),
            (200, {"If_Match": "*"}),
            (412, {"If_Match": '"other"'}),
            (412, {"If_Match": f"W/{tag}"}),
            (412, {"If_Unmodified_Since": "Fri, 01 May 2026 00:00:00 GMT"}),
            (200, {"If_Unmodified_Since": date}),
        ):
            answer, body = await one("/klastry.xml", **headers)
            assert answer.status == code, headers
            assert bool(body) == (code != 304)

    ask(folder, work)


def test_a_304_carries_the_tag_of_the_form_that_was_named(folder: Path) -> None:
    async def work(one: Ask) -> None:
        plain = (await one("/klastry.xml"))[0].headers["ETag"]
        answer, _ = await one("/klastry.xml", If_None_Match=plain, Accept_Encoding="gzip")
        assert answer.headers["ETag"] == plain

    ask(folder, work)


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ("bytes=0-9", 206, FEED[:10]),
        ("bytes=5000-", 206, FEED[5000:]),
        ("bytes=-10", 206, FEED[-10:]),
        ("bytes=0-99999", 206, FEED),
        ("bytes=-99999", 206, FEED),
        ("bytes=99999-", 416, b"416: it has no such part\n"),
        ("bytes=9-5", 200, FEED),
        ("bytes=0-1,5-6", 200, FEED),
        ("lines=0-1", 200, FEED),
        ("bytes=" + "9" * 5000 + "-", 200, FEED),
    ],
)
def test_ranges(folder: Path, asked: str, code: int, said: bytes) -> None:
    async def work(one: Ask) -> None:
        answer, body = await one("/klastry.xml", Range=asked, Accept_Encoding="gzip")
        assert (answer.status, body) == (code, said)
        assert "Content-Encoding" not in answer.headers
        if code == 206:
            begin = FEED.index(said)
            assert answer.headers["Content-Range"] == f"bytes {begin}-{begin + len(said) - 1}/{len(FEED)}"
        if code == 416:
            assert answer.headers["Content-Range"] == f"bytes */{len(FEED)}"

    ask(folder, work)


def test_a_part_of_another_version_is_never_given(folder: Path) -> None:
    async def work(one: Ask) -> None:
        first, _ = await one("/klastry.xml")
        for condition in (first.headers["ETag"], first.headers["Last-Modified"]):
            answer, _ = await one("/klastry.xml", Range="bytes=0-9", If_Range=condition)
            assert answer.status == 206
        for condition in ('"other"', f"W/{first.headers['ETag']}", "Sun, 01 Nov 2026 00:00:00 GMT"):
            answer, body = await one("/klastry.xml", Range="bytes=0-9", If_Range=condition)
            assert (answer.status, body) == (200, FEED)

    ask(folder, work)


def test_head_has_the_headers_and_no_body(folder: Path) -> None:
    async def work(one: Ask) -> None:
        got, _ = await one("/klastry.xml")
        answer, body = await one("/klastry.xml", "HEAD")
        assert (answer.status, body) == (200, b"")
        assert answer.headers["Content-Length"] == str(len(FEED))
        assert set(answer.headers) == set(got.headers)
        again, _ = await one("/klastry.xml", "HEAD", If_None_Match=got.headers["ETag"])
        assert again.status == 304
        assert (await one("/none.xml", "HEAD"))[0].status == 404
        assert (await one("/klastry.xml", "HEAD", Range="bytes=0-9"))[0].status == 200

    ask(folder, work)


def test_gzip_when_asked_for(folder: Path) -> None:
    async def work(one: Ask) -> None:
        answer, body = await one("/klastry.xml", Accept_Encoding="gzip, br")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Content-Length"] == str(len(body))
        assert gzip.decompress(body) == FEED
        assert len(body) < len(FEED)
        plain, body = await one("/klastry.xml", Accept_Encoding="identity")
        assert "Content-Encoding" not in plain.headers
        assert body == FEED
        assert answer.headers["ETag"] != plain.headers["ETag"]
        small, body = await one("/small.xml", Accept_Encoding="gzip")
        assert "Content-Encoding" not in small.headers
        assert (small.headers["Vary"], body) == ("Accept-Encoding", b"<rss/>")

    ask(folder, work)


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("br, GZip;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("deflate, * ; q=0.1", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0, *", False),
        ("*;q=0", False),
        ("not-gzip", False),
        ("gzip;q=much", False),
    ],
)
def test_who_takes_gzip(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken


def test_polled_while_it_is_written_a_feed_is_always_whole(folder: Path) -> None:
    bodies = {b"a" * 60_000, b"b" * 90_000}
    write(folder, {"klastry.xml": next(iter(bodies))})

    async def work(one: Ask) -> None:
        async def poll(encoding: str) -> None:
            tags: dict[str, bytes] = {}
            for _ in range(30):
                answer, body = await one("/klastry.xml", Accept_Encoding=encoding)
                assert answer.status == 200
                assert (gzip.decompress(body) if encoding == "gzip" else body) in bodies
                assert tags.setdefault(answer.headers["ETag"], body) == body

        async def publish() -> None:
            for _ in range(20):
                for body in bodies:
                    await asyncio.to_thread(write, folder, {"klastry.xml": body})

        await asyncio.gather(poll("gzip"), poll("identity"), poll("gzip"), publish())

    ask(folder, work)
