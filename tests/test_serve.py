"""The published folder over real HTTP on loopback."""

import asyncio
import gzip
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from monitor.publishing import write
from monitor.serve import serve, serving

FEED = b"<rss version='2.0'>" + b"x" * 5_000 + b"</rss>"


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
            "status.json": b"{}",
            "sources/a.xml": b"<a/>",
        },
    )
    (made / ".hidden.xml").write_bytes(b"hidden")
    (made / "notes").write_bytes(b"of no known type")
    (made / "out.xml").symlink_to(tmp_path / "secret.xml")
    (made / "etc").symlink_to("/etc")
    return made


Ask = Callable[..., Awaitable[tuple[aiohttp.ClientResponse, bytes]]]


def ask(folder: Path, work: Callable[[Ask], Awaitable[None]]) -> None:
    """Do `work` while `folder` is served; it asks paths exactly as written."""

    async def run() -> None:
        async with (
            serving(folder, port=0) as address,
            aiohttp.ClientSession(auto_decompress=False) as session,
        ):

            async def one(path: str, method: str = "GET", **headers: str) -> tuple[Any, bytes]:
                url = URL(address.rstrip("/") + path, encoded=True)
                sent = {name.replace("_", "-"): value for name, value in headers.items()}
                async with session.request(
                    method, url, headers=sent, allow_redirects=False, skip_auto_headers=["Accept-Encoding"]
                ) as answer:
                    return answer, await answer.read()

            await work(one)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/klastry.xml", "application/rss+xml; charset=utf-8"),
        ("/sources/a.xml", "application/rss+xml; charset=utf-8"),
        ("/status.json", "application/json; charset=utf-8"),
    ],
)
def test_media_types_and_headers(folder: Path, path: str, media_type: str) -> None:
    async def work(one: Ask) -> None:
        answer, body = await one(path)
        assert answer.status == 200
        assert body
        said = answer.headers
        assert said["Content-Type"] == media_type
        assert said["X-Content-Type-Options"] == "nosniff"
        assert said["Access-Control-Allow-Origin"] == "*"
        assert said["Cache-Control"].startswith("max-age=")
        assert "default-src 'none'" in said["Content-Security-Policy"]
        assert said["Vary"] == "Accept-Encoding"
        assert said["ETag"]
        assert said["Last-Modified"]

    ask(folder, work)


def test_asked_again_it_answers_304_until_the_content_changes(folder: Path) -> None:
    async def work(one: Ask) -> None:
        first, body = await one("/klastry.xml")
        assert body == FEED
        tag, date = first.headers["ETag"], first.headers["Last-Modified"]
        write(folder, {"klastry.xml": FEED})
        for headers in ({"If_None_Match": tag}, {"If_Modified_Since": date}):
            again, nothing = await one("/klastry.xml", **headers)
            assert (again.status, nothing) == (304, b"")
            assert again.headers["Access-Control-Allow-Origin"] == "*"
        write(folder, {"klastry.xml": FEED + b"<!-- new -->"})
        changed, body = await one("/klastry.xml", If_None_Match=tag)
        assert changed.status == 200
        assert body == FEED + b"<!-- new -->"
        assert changed.headers["ETag"] != tag

    ask(folder, work)


def test_head_has_the_headers_and_no_body(folder: Path) -> None:
    async def work(one: Ask) -> None:
        answer, body = await one("/klastry.xml", "HEAD")
        assert (answer.status, body) == (200, b"")
        assert answer.headers["Content-Length"] == str(len(FEED))

    ask(folder, work)


def test_gzip_when_asked_for(folder: Path) -> None:
    async def work(one: Ask) -> None:
        answer, body = await one("/klastry.xml", Accept_Encoding="gzip, br")
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body) == FEED
        assert len(body) < len(FEED)
        plain, body = await one("/klastry.xml", Accept_Encoding="identity")
        assert "Content-Encoding" not in plain.headers
        assert body == FEED

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
        "/out.xml",
        "/etc/passwd",
        "/../secret.xml",
        "/%2e%2e/secret.xml",
        "/sources/..%2f..%2fsecret.xml",
        "/..%5csecret.xml",
        "//etc/passwd",
        "/klastry.xml/",
        "/klastry.xml%00",
        "/%ff",
        "/" + "a" * 300 + ".xml",
    ],
)
def test_all_else_is_not_found(folder: Path, path: str) -> None:
    async def work(one: Ask) -> None:
        answer, body = await one(path)
        assert answer.status == 404
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert b"yours" not in body
        assert b"secret" not in body

    ask(folder, work)


def test_nothing_can_be_written(folder: Path) -> None:
    async def work(one: Ask) -> None:
        for method in ("POST", "PUT", "DELETE"):
            answer, _ = await one("/klastry.xml", method)
            assert answer.status == 405

    ask(folder, work)


def test_a_folder_that_comes_later_is_served(tmp_path: Path) -> None:
    async def work(one: Ask) -> None:
        assert (await one("/"))[0].status == 404
        (tmp_path / "later").mkdir()
        write(tmp_path / "later", {"index.html": b"<!DOCTYPE html>"})
        assert (await one("/"))[0].status == 200

    ask(tmp_path / "later", work)


def test_polled_while_it_is_written_a_feed_is_always_whole(folder: Path) -> None:
    bodies = {b"a" * 60_000, b"b" * 90_000}
    write(folder, {"klastry.xml": next(iter(bodies))})

    async def work(one: Ask) -> None:
        async def poll() -> None:
            for _ in range(30):
                answer, body = await one("/klastry.xml")
                assert answer.status == 200
                assert body in bodies

        async def publish() -> None:
            for _ in range(20):
                for body in bodies:
                    await asyncio.to_thread(write, folder, {"klastry.xml": body})

        await asyncio.gather(poll(), poll(), poll(), publish())

    ask(folder, work)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


def test_a_taken_port_is_an_error(folder: Path, taken: int) -> None:
    with pytest.raises(OSError, match=str(taken)):
        asyncio.run(serve(folder, port=taken))


def test_it_serves_until_told_to_stop(folder: Path) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        at_work = asyncio.create_task(serve(folder, port=0, stop=stop))
        await asyncio.sleep(0)
        assert not at_work.done()
        stop.set()
        await asyncio.wait_for(at_work, 5)

    asyncio.run(run())


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to root")
def test_an_unreadable_file_is_not_found(folder: Path) -> None:
    (folder / "status.json").chmod(0)

    async def work(one: Ask) -> None:
        assert (await one("/status.json"))[0].status == 404

    ask(folder, work)
