"""What of the published folder is served, as what, and what never is."""

import asyncio
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest

from monitor import shelf
from monitor.config import load
from monitor.publish import write_all
from monitor.publishing import write
from monitor.serve import serving
from storage.history import History
from storage.sealing import Run
from tests.serving import Ask, ask

FEED = b"<rss version='2.0'>" + b"x" * 5_000 + b"</rss>"
JSON_FEED = b'{"title": "a", "version": "https://jsonfeed.org/version/1.1"}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.xml").write_bytes(b"not yours")
    made = tmp_path / "public"
    made.mkdir()
    write(
        made,
        {
            "index.html": b"<!DOCTYPE html>",
            "klastry.xml": FEED,
            "klastry.atom": b"<feed/>",
            "klastry.json": JSON_FEED,
            "status.json": b'{"version": "1"}',
            "deadlines.ics": b"BEGIN:VCALENDAR",
            "feeds.opml": b"<opml/>",
            "picture.svg": b"<svg/>",
            "search.js": b"let x",
            "sources/a.xml": b"<a/>",
            "entities/index.html": b"<!DOCTYPE html>",
        },
    )
    (made / ".hidden.xml").write_bytes(b"hidden")
    (made / ".git").mkdir()
    (made / ".git/a.xml").write_bytes(b"hidden")
    (made / "bent.xml").symlink_to(made / ".git/a.xml")
    (made / "straight.xml").symlink_to(made / "klastry.xml")
    (made / "notes").write_bytes(b"of no known type")
    (made / "out.xml").symlink_to(tmp_path / "secret.xml")
    (made / "etc").symlink_to("/etc")
    (made / "folder.xml").mkdir()
    os.mkfifo(made / "pipe.xml")
    return made


@pytest.mark.parametrize(
    ("path", "media_type", "seconds"),
    [
        ("/", "text/html; charset=utf-8", 300),
        ("/index.html", "text/html; charset=utf-8", 300),
        ("/entities/", "text/html; charset=utf-8", 300),
        ("/klastry.xml", "application/rss+xml; charset=utf-8", 3600),
        ("/klastry.xml?utm_source=x", "application/rss+xml; charset=utf-8", 3600),
        ("/k%6Castry.xml", "application/rss+xml; charset=utf-8", 3600),
        ("/straight.xml", "application/rss+xml; charset=utf-8", 3600),
        ("/klastry.atom", "application/atom+xml; charset=utf-8", 3600),
        ("/klastry.json", "application/feed+json; charset=utf-8", 3600),
        ("/sources/a.xml", "application/rss+xml; charset=utf-8", 3600),
        ("/deadlines.ics", "text/calendar; charset=utf-8", 3600),
        ("/feeds.opml", "text/x-opml; charset=utf-8", 3600),
        ("/status.json", "application/json; charset=utf-8", 300),
        ("/picture.svg", "image/svg+xml; charset=utf-8", 300),
        ("/search.js", "text/javascript; charset=utf-8", 300),
    ],
)
def test_media_types_and_headers(folder: Path, path: str, media_type: str, seconds: int) -> None:
    async def work(one: Ask) -> None:
        answer, body = await one(path)
        assert answer.status == 200
        assert body
        said = answer.headers
        assert said["Content-Type"] == media_type
        assert said["Cache-Control"] == f"max-age={seconds}"
        assert said["X-Content-Type-Options"] == "nosniff"
        assert said["Referrer-Policy"] == "no-referrer"
        assert said["Access-Control-Allow-Origin"] == "*"
        assert said["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert said["Content-Security-Policy"].endswith("; frame-ancestors 'none'")
        assert said["Vary"] == "Accept-Encoding"
        assert said["Server"] == "klastry"
        assert said["ETag"].startswith('"')
        assert said["Last-Modified"]

    ask(folder, work)


def test_a_page_gets_the_policy_that_it_states_itself(folder: Path) -> None:
    stated = b"default-src &#39;none&#39;; connect-src &#39;self&#39;"
    (folder / "turned.html").write_bytes(
        b'<meta content="' + stated + b'" http-equiv=Content-Security-Policy>'
    )
    config = load(None, {}, folder.parent)
    with History.open(config.monitor.database, create=True) as history:
        now = datetime(2026, 11, 4, tzinfo=UTC)
        with history.writing() as writing:
            writing.begin(Run("begin", "crawl", now, lambda rows: []), "klastry.test")
        write_all(history, config, now)
    page = (folder / "index.html").read_text("utf-8")
    of_page = unescape(page.partition('Content-Security-Policy" content="')[2].partition('"')[0])

    async def work(one: Ask) -> None:
        policy = (await one("/index.html"))[0].headers["Content-Security-Policy"]
        assert "style-src 'sha256-" in policy
        assert policy == f"{of_page}; frame-ancestors 'none'"
        policy = (await one("/turned.html"))[0].headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"

    ask(folder, work)


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.xml",
        "/sources",
        "/sources/",
        "/notes",
        "/.hidden.xml",
        "/./.hidden.xml",
        "/.git/a.xml",
        "/bent.xml",
        "/out.xml",
        "/etc/passwd",
        "/etc/",
        "/folder.xml",
        "/folder.xml/",
        "/pipe.xml",
        "/../secret.xml",
        "/%2e%2e/secret.xml",
        "/sources/..%2f..%2fsecret.xml",
        "/..%5csecret.xml",
        "//etc/passwd",
        "//klastry.xml",
        "/klastry.xml/",
        "/klastry.xml%00",
        "/%ff",
        "/" + "a" * 300 + ".xml",
    ],
)
def test_all_else_is_not_found(folder: Path, path: str) -> None:
    async def work(one: Ask) -> None:
        for _ in range(2):
            answer, body = await one(path)
            assert answer.status == 404
            assert answer.headers["Content-Type"].startswith("text/plain")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "no-cache"
            assert body == b"404: there is no such page here\n"

    ask(folder, work)


def test_a_link_that_is_turned_outside_later_is_not_followed(folder: Path) -> None:
    async def work(one: Ask) -> None:
        assert (await one("/straight.xml"))[0].status == 200
        (folder / "straight.xml").unlink()
        (folder / "straight.xml").symlink_to(folder.parent / "secret.xml")
        assert (await one("/straight.xml"))[0].status == 404

    ask(folder, work)


def test_nothing_can_be_written(folder: Path) -> None:
    async def work(one: Ask) -> None:
        for method in ("POST", "PUT", "DELETE", "TRACE"):
            answer, _ = await one("/klastry.xml", method)
            assert answer.status == 405
            assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"

    ask(folder, work)


def test_programs_of_other_pages_may_read_with_conditions(folder: Path) -> None:
    async def work(one: Ask) -> None:
        answer, _ = await one("/klastry.xml", "OPTIONS", Origin="https://example.org")
        assert answer.status == 204
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
        assert (await one("/klastry.xml"))[0].headers["Access-Control-Expose-Headers"] == "ETag"

    ask(folder, work)


def test_a_folder_that_comes_later_is_served(tmp_path: Path) -> None:
    async def work(one: Ask) -> None:
        assert (await one("/"))[0].status == 404
        (tmp_path / "later").mkdir()
        write(tmp_path / "later", {"index.html": b"<!DOCTYPE html>"})
        assert (await one("/"))[0].status == 200
        (tmp_path / "later/index.html").unlink()
        assert (await one("/"))[0].status == 404

    ask(tmp_path / "later", work)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_a_taken_port_is_an_error(folder: Path, taken: int) -> None:
    async def run() -> None:
        async with serving(folder, port=taken):
            pass

    with pytest.raises(OSError, match=str(taken)):
        asyncio.run(run())


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_an_unreadable_file_is_not_found(folder: Path) -> None:
    async def work(one: Ask) -> None:
        assert (await one("/status.json"))[0].status == 200
        (folder / "status.json").chmod(0)
        assert (await one("/status.json"))[0].status == 404

    ask(folder, work)


def test_what_is_kept_is_bounded_and_the_least_asked_for_goes_first(tmp_path: Path) -> None:
    names = [f"{letter}.txt" for letter in "abc"]
    write(tmp_path, dict.fromkeys(names, b"x" * 400))
    shelf_ = shelf.Shelf(tmp_path, kept_bytes=1000)
    for name in names[:2]:
        found = shelf_.read(name)
        assert isinstance(found, shelf.Version)
        shelf_.keep(name, found)
        shelf_.keep(name, found)
    assert shelf_.kept("a.txt")
    third = shelf_.read("c.txt")
    assert isinstance(third, shelf.Version)
    shelf_.keep("c.txt", third)
    assert [bool(shelf_.kept(name)) for name in names] == [True, False, True]


def test_a_large_file_is_served_but_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "LARGE", 1000)

    async def work(one: Ask) -> None:
        answer, body = await one("/klastry.xml")
        assert body == FEED
        assert answer.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        again, nothing = await one("/klastry.xml", If_None_Match=answer.headers["ETag"])
        assert (again.status, nothing) == (304, b"")

    ask(folder, work)
