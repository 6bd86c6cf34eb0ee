"""How many answers a second the server gives on one core, beside a plain aiohttp file server.

`python benchmarks/serve.py [REQUESTS]` (20000)

A feed of 200 kB is asked for over 16 connections that stay open, by this process; the server is a
process of its own: `klastry serve`, or aiohttp with a FileResponse. The readers have the file
already (304), or take it whole, packed where the server packs. Each server answers few requests
and many: the difference of its CPU time is what an answer costs, whatever else this computer does.
"""

import asyncio
import os
import platform
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from aiohttp import web

CONNECTIONS = 16
FEW = 200
NAME = "klastry.xml"
WITHIN = 120  # seconds for one load
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)


@dataclass
class Load(asyncio.Protocol):
    """One connection that asks again as soon as it is answered, while `left` has any."""

    request: bytes
    status: bytes
    left: list[int]
    done: asyncio.Event
    _missing: int = 0
    _head: bytes = field(default=b"", repr=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            self._head += data
            head, ended, body = self._head.partition(b"\r\n\r\n")
            if not ended:
                return
            assert head.split(b" ", 2)[1] == self.status, head
            length = _LENGTH.search(head)
            self._missing = int(length[1]) - len(body) if length and self.status == b"200" else 0
            self._head = b""
        if not self._missing:
            self._ask()

    def _ask(self) -> None:
        if self.left[0] == 0:
            self._transport.close()
            self.done.set()
            return
        self.left[0] -= 1
        self._transport.write(self.request)


async def ask(port: int, count: int, headers: Mapping[str, str], status: bytes) -> None:
    """Ask for the feed `count` times. Raises AssertionError for another status, TimeoutError."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    request = f"GET /{NAME} HTTP/1.1\r\nHost: 127.0.0.1\r\n{lines}\r\n".encode()
    left, loop = [count], asyncio.get_running_loop()
    loads = [Load(request, status, left, asyncio.Event()) for _ in range(CONNECTIONS)]
    async with asyncio.timeout(WITHIN):
        for load in loads:
            await loop.create_connection(lambda load=load: load, "127.0.0.1", port)  # type: ignore[misc]
        for load in loads:
            await load.done.wait()


async def tag(port: int) -> str:
    """The entity tag of the feed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /{NAME} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    head = (await reader.read()).partition(b"\r\n\r\n")[0].decode()
    writer.close()
    return next(line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("etag"))


def used() -> float:
    """User and system seconds of all ended children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def measure(command: list[str], folder: Path, count: int, known: bool) -> tuple[float, float]:
    """CPU seconds of a server that answers `count` requests, and the seconds they took."""
    before = used()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            port = int(server.stdout.readline().rstrip("/\n").rpartition(":")[2])
            headers = {"Accept-Encoding": "gzip"}
            if known:
                headers["If-None-Match"] = asyncio.run(tag(port))
            began = perf_counter()
            asyncio.run(ask(port, count, headers, b"304" if known else b"200"))
            seconds = perf_counter() - began
        finally:
            server.terminate()
    return used() - before, seconds


async def plain(folder: Path) -> None:
    """The server to compare with: aiohttp's own answer with a file."""

    async def answer(request: web.Request) -> web.FileResponse:
        return web.FileResponse(folder / request.match_info["name"])

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/", flush=True)
    await asyncio.Event().wait()


def main(count: int = 20_000) -> None:
    servers = {
        "aiohttp with a FileResponse": [sys.executable, "-P", __file__, "plain"],
        "klastry serve": [sys.executable, "-P", "-m", "monitor.cli", "serve", "--port", "0"],
    }
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "public").mkdir()
        line = "<item><title>Termin naboru przesunięty: nabór {}</title></item>\n"
        feed = "".join(line.format(number) for number in range(3000))
        (folder / "public" / NAME).write_text(feed, encoding="utf-8")
        print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores")
        for what, known, of in (("304", True, count), ("200", False, max(FEW, count // 10))):
            for server, command in servers.items():
                start, _ = measure(command, folder, FEW, known)
                cpu, seconds = measure(command, folder, of + FEW, known)
                print(
                    f"{what} {server}: {of / (cpu - start):,.0f} a CPU second, "
                    f"{(of + FEW) / seconds:,.0f} a second as timed"
                )


if __name__ == "__main__":
    if sys.argv[1:] == ["plain"]:
        asyncio.run(plain(Path("public").absolute()))
    else:
        main(*map(int, sys.argv[1:2]))
