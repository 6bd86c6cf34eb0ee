"""Scrapy's own download handler, with a connection of its own for each request, and bounds of its own.

On a connection kept from an earlier request, Twisted asks again at once when it closes before
an answer: a request that no pause preceded and no trail counted. With seconds between two
requests to a host there is nothing to win by keeping it. Further tries are `spiders.fetch`'s.

What is cut short or grows too large is a fault that carries what had come, to be kept as evidence.
`DOWNLOAD_MAXSIZE` bounds everything; a request may ask for a tighter bound under `MOST_BYTES`.
"""

from typing import Any
from weakref import WeakKeyDictionary

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response
from twisted.python.failure import Failure

from spiders.outcome import BrokenAnswer

MOST_BYTES = "klastry_most_bytes"
"""Key of `Request.meta`: the most bytes of a body, packed and unpacked."""
LONGEST_HEAD = 256 * 1024
"""Bytes of status line and headers; Twisted bounds only the length of each."""


class SingleTry(HTTP11DownloadHandler):
    """One request asked is one request sent; its answer is whole, or BrokenAnswer is raised."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.persistent = False
        self._pool._factory = _with_short_heads(self._pool._factory)
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._came: WeakKeyDictionary[Request, int] = WeakKeyDictionary()
        crawler.signals.connect(self._head_came, signals.headers_received)
        crawler.signals.connect(self._piece_came, signals.bytes_received)

    async def download_request(self, request: Request) -> Response:
        """Raises BrokenAnswer (`too-large`, `truncated`), or what Scrapy raises."""
        self._came[request] = 0
        request.meta["download_fail_on_dataloss"] = False  # what Scrapy would throw away is wanted
        response = await super().download_request(request)
        if "download_stopped" in response.flags:
            detail = f"more than {self._bound(request)} bytes"
            raise BrokenAnswer(detail, reason="too-large", response=response)
        if "dataloss" in response.flags:
            raise BrokenAnswer(
                f"it ended after {len(response.body)} bytes", reason="truncated", response=response
            )
        return response

    def _bound(self, request: Request) -> int:
        return int(request.meta.get(MOST_BYTES, self._most))

    def _head_came(self, request: Request, body_length: Any) -> None:
        if request in self._came and isinstance(body_length, int) and body_length > self._bound(request):
            raise StopDownload(fail=False)

    def _piece_came(self, request: Request, data: bytes) -> None:
        if request in self._came:
            self._came[request] += len(data)
            if self._came[request] > self._bound(request):
                raise StopDownload(fail=False)


class HeadTooLong(Exception):
    """Status line and headers that do not end."""


def _with_short_heads(factory: Any) -> Any:
    """The factory of Scrapy's connections, of such that give up a head that does not end."""

    class ShortHeads(factory):  # type: ignore[misc]
        def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
            protocol = super().buildProtocol(addr)
            take, came = protocol.dataReceived, 0

            def bounded(data: bytes) -> None:
                nonlocal came
                if getattr(protocol._parser, "state", None) in ("STATUS", "HEADER"):
                    came += len(data)
                if came > LONGEST_HEAD:
                    fault = HeadTooLong(f"more than {LONGEST_HEAD} bytes of head")
                    protocol._giveUp(Failure(fault))  # type: ignore[no-untyped-call]
                else:
                    take(data)

            protocol.dataReceived = bounded
            return protocol

    return ShortHeads
