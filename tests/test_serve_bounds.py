"""The server against clients that garble, stall or ask too much."""

import asyncio
import logging
import os
from pathlib import Path

import pytest
from aiohttp import web

from monitor import serve
from monitor.publishing import write
from monitor.serve import serving

FEED = b"<rss version='2.0'></rss>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, {"klastry.xml": FEED})
    return tmp_path


def raw(folder: Path, *sent: bytes, seconds: float = 5) -> bytes:
    """What the server answers to these bytes until it closes the connection."""

    async def run() -> bytes:
        async with serving(folder, port=0) as address:
            port = int(address.rstrip("/").rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for part in sent:
                writer.write(part)
                await writer.drain()
            async with asyncio.timeout(seconds):
                said = await reader.read()
            writer.close()
            return said

    return asyncio.run(run())


ASKED = b"GET /klastry.xml HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\n\r\n",
        ASKED + b"X: " + b"a" * 9000 + b"\r\n\r\n",
        ASKED + b"X: a\r\n" * 70 + b"\r\n",
        b"\x16\x03\x01 no HTTP at all\r\n\r\n",
        b"GET /klastry.xml HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_what_is_too_long_or_garbled_is_refused_and_fills_no_log(
    folder: Path, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert raw(folder, sent).startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert caplog.records == []


def test_a_fault_of_ours_is_logged(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(serve, "_of", broken)
    assert raw(folder, ASKED + b"\r\n").startswith(b"HTTP/1.1 500 ")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_who_sends_nothing_whole_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_BOUNDS", {**serve._BOUNDS, "keepalive_timeout": 0.1})
    assert raw(folder, ASKED) == b""
    assert raw(folder) == b""


def test_who_takes_nothing_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_SEND_SECONDS", 0.2)
    write(folder, {"klastry.xml": os.urandom(7_000_000)})
    answer = serve._Door.answer

    async def run() -> None:
        left = asyncio.Event()

        async def watched(door: serve._Door, request: web.BaseRequest) -> web.StreamResponse:
            made = await answer(door, request)
            left.set()
            return made

        monkeypatch.setattr(serve._Door, "answer", watched)
        async with serving(folder, port=0) as address, asyncio.timeout(10):
            port = int(address.rstrip("/").rpartition(":")[2])
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
            writer.write(ASKED + b"\r\n")
            await left.wait()
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(7_000_000)
            writer.close()

    asyncio.run(run())


def test_an_address_with_its_host_is_understood(folder: Path) -> None:
    said = raw(folder, ASKED.replace(b" /", b" http://anywhere.example/") + b"\r\n")
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert said.endswith(FEED)
