"""Content codings undone to the last byte: a stream that is cut or damaged is no page.

Scrapy's own middleware gives as much as it can of a broken gzip stream and passes over its checksum.
A page with a wrong letter in it is worse than none.
"""

import zlib
from collections.abc import Callable, Mapping

import brotli  # type: ignore[import-untyped]
from scrapy import Request, Spider
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response

from spiders.outcome import BrokenAnswer
from spiders.single_try import MOST_BYTES

_PIECE = 64 * 1024
_MOST_CODINGS = 3
MOST_MEMBERS = 100
"""Of one gzip stream: each costs time, and holds nothing where it is empty."""
_GZIP = b"\x1f\x8b"
_ZLIB_OR_GZIP, _BARE = 47, -15
"""Window bits of zlib: the head tells; no head, as some servers send `deflate`."""


class TooLarge(Exception):
    """What comes out grows beyond the bound."""


class Unpacking(HttpCompressionMiddleware):
    """In the place of Scrapy's; raises BrokenAnswer (`decode`, `too-large`)."""

    def process_request(self, request: Request, spider: Spider | None = None) -> None:
        request.headers.setdefault("Accept-Encoding", "gzip, deflate, br")

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None
    ) -> Response:
        said = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
        codings = [coding for part in said.split(",") if (coding := part.strip()) not in ("", "identity")]
        if not codings or not response.body:
            return response
        if len(codings) > _MOST_CODINGS or (unknown := [each for each in codings if each not in _UNPACK]):
            what = f"{len(codings)} codings" if len(codings) > _MOST_CODINGS else repr(unknown[0][:50])
            raise BrokenAnswer(f"unknown Content-Encoding {what}", reason="decode", response=response)
        body, most = response.body, int(request.meta.get(MOST_BYTES, self._max_size))
        try:
            for coding in reversed(codings):
                body = _UNPACK[coding](body, most)
        except TooLarge:
            detail = f"more than {most} bytes in {len(response.body)} bytes of {said}"
            raise BrokenAnswer(detail, reason="too-large", response=response) from None
        except (zlib.error, brotli.error, EOFError) as error:
            detail = f"not {said}, or not whole: {error}"
            raise BrokenAnswer(detail, reason="decode", response=response) from error
        unpacked: Response = response.replace(body=body)
        del unpacked.headers["Content-Encoding"]
        return unpacked


def _gunzip(data: bytes, most: int) -> bytes:
    """All members of a gzip stream; what follows them and is none is passed over, as browsers do."""
    found = bytearray()
    for _ in range(MOST_MEMBERS):
        data = _inflate_one(data, _ZLIB_OR_GZIP, found, most)
        if not data.startswith(_GZIP):
            return bytes(found)
    raise zlib.error(f"more than {MOST_MEMBERS} members")


def _inflate(data: bytes, most: int) -> bytes:
    found = bytearray()
    try:
        _inflate_one(data, _ZLIB_OR_GZIP, found, most)
    except zlib.error:
        if found:
            raise
        _inflate_one(data, _BARE, found, most)
    return bytes(found)


def _inflate_one(data: bytes, window: int, found: bytearray, most: int) -> bytes:
    """Add one stream to `found`; gives what follows it. Raises zlib.error, EOFError, TooLarge."""
    stream = zlib.decompressobj(window)
    while not stream.eof:
        piece = stream.decompress(data, _PIECE)
        found += piece
        if len(found) > most:
            raise TooLarge
        data = stream.unconsumed_tail
        if not piece and not data and not stream.eof:
            raise EOFError("it ends before its end")
    return stream.unused_data


def _unbrotli(data: bytes, most: int) -> bytes:
    stream, found = brotli.Decompressor(), bytearray()
    while not stream.is_finished():
        piece = stream.process(data, output_buffer_limit=_PIECE)
        data = b""
        found += piece
        if len(found) > most:
            raise TooLarge
        if not piece and stream.can_accept_more_data():
            raise EOFError("it ends before its end")
    return bytes(found)


_UNPACK: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _inflate,
    "br": _unbrotli,
}
