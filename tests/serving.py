"""A published folder over real HTTP on loopback, for tests: it is asked for paths exactly as written."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from monitor.serve import serving

Ask = Callable[..., Awaitable[tuple[aiohttp.ClientResponse, bytes]]]


def ask(folder: Path, work: Callable[[Ask], Awaitable[None]]) -> None:
    """Do `work` while `folder` is served; it asks `one(path, method, Header_Name=…)`."""

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
