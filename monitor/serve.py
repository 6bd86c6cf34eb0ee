"""The published folder on HTTP: read-only, nothing else of this computer, friendly to readers.

Answers GET and HEAD as RFC 9110 has it: strong entity tags, dates, conditions, one range, gzip.
Serves plain files only: no listing of folders, no hidden names, nothing that a symbolic link
leads to outside. A client that sends nothing, or takes nothing, is left after a time.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from monitor.shelf import COMMON, Form, Shelf, Version, headers_of, name_of

HOST, PORT = "127.0.0.1", 8765

_SEND_SECONDS = 60  # for one answer
_LARGE_SEND_SECONDS = 900  # for a file that is too large to be kept
_BOUNDS: Mapping[str, Any] = {
    "keepalive_timeout": 60,  # seconds without a whole request
    "lingering_time": 2,  # seconds for a body, which nobody reads
    "max_line_size": 4096,
    "max_field_size": 8190,
    "max_headers": 64,
}
_METHODS = "GET, HEAD, OPTIONS"
_PREFLIGHT = {
    "Allow": _METHODS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Range",
    "Access-Control-Max-Age": "86400",
}
_REFUSED = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Content-Type": "text/plain; charset=utf-8",
}


@asynccontextmanager
async def serving(folder: Path, host: str = HOST, port: int = PORT) -> AsyncIterator[str]:
    """Serve `folder` while the block lasts; gives the address. Port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    door = _Door(Shelf(folder))
    server = web.Server(door.answer, access_log=None, logger=_log, **_BOUNDS)
    runner = web.ServerRunner(server, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0]
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{name}:{bound[1]}/"
    finally:
        await runner.cleanup()


class _Door:
    """Answers requests for the files of one shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, and see that the answer is taken."""
        made = await self._made(request)
        seconds = _LARGE_SEND_SECONDS if isinstance(made, web.FileResponse) else _SEND_SECONDS
        try:
            async with asyncio.timeout(seconds):
                await made.prepare(request)
                await made.write_eof()
        except TimeoutError:
            if request.transport:
                request.transport.abort()
        except ConnectionError:  # the client has gone; aiohttp notices too
            pass
        return made

    async def _made(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == hdrs.METH_OPTIONS:
            return web.Response(status=204, headers={**COMMON, **_PREFLIGHT})
        if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            return _refused(405, "this is only read here", {"Allow": _METHODS})
        found = await self._found(request.raw_path)
        if found is None:
            return _refused(404, "there is no such page here")
        if isinstance(found, Path):
            return web.FileResponse(found, headers=headers_of(found.name))
        return _of(found, request)

    async def _found(self, target: str) -> Version | Path | None:
        name = name_of(target)
        if name is None:
            return None
        if version := self._shelf.kept(name):
            return version
        found = await asyncio.to_thread(self._shelf.read, name)
        if isinstance(found, Version):
            self._shelf.keep(name, found)
        return found


def _of(version: Version, request: web.BaseRequest) -> web.Response:
    """The answer that a request for this version asks for."""
    form, asked = version.plain, request.headers
    part = request.method == hdrs.METH_GET and hdrs.RANGE in asked
    if version.packed and not part and takes_gzip(asked.get(hdrs.ACCEPT_ENCODING, "")):
        form = version.packed
    if not _holds(version, request):
        return _refused(412, "it has changed")
    if known := _known(version, form, request):
        return web.Response(status=304, headers=known.headers_alone)
    if part and _is_same(version, asked.get(hdrs.IF_RANGE)):
        return _part(form, request)
    return _whole(form)


def _holds(version: Version, request: web.BaseRequest) -> bool:
    """Whether the version is the one that the asker makes a condition."""
    if (tags := request.if_match) is not None:
        ours = {"*", *(form.tag.strip('"') for form in version.forms)}
        return any(tag.value in ours and not tag.is_weak for tag in tags)
    until = request.if_unmodified_since
    return until is None or version.modified <= until.timestamp()


def _known(version: Version, form: Form, request: web.BaseRequest) -> Form | None:
    """The form that the asker has already, if any: either will do, they say the same."""
    tag = request.headers.get(hdrs.IF_NONE_MATCH)
    if tag is None:
        since = request.if_modified_since
        return form if since and version.modified <= since.timestamp() else None
    if tag == form.tag or tag == "*":
        return form
    has = {tag.value for tag in request.if_none_match or ()}
    return next((each for each in version.forms if each.tag.strip('"') in has), None)


def _is_same(version: Version, condition: str | None) -> bool:
    """Whether a part may be given to someone who has another part of the version he names."""
    return condition in (None, version.plain.tag, version.plain.headers["Last-Modified"])


def _whole(form: Form) -> web.Response:
    return web.Response(body=form.content, headers={**form.headers, "Accept-Ranges": "bytes"})


def _part(form: Form, request: web.BaseRequest) -> web.Response:
    """The one range that is asked for; a range that is not understood is passed over."""
    size = len(form.content)
    try:
        start, stop, _ = request.http_range.indices(size)
    except ValueError:
        return _whole(form)
    if start >= stop:
        return _refused(416, "it has no such part", {"Content-Range": f"bytes */{size}"})
    said = {"Content-Range": f"bytes {start}-{stop - 1}/{size}", "Accept-Ranges": "bytes"}
    return web.Response(status=206, body=form.content[start:stop], headers={**form.headers, **said})


def _refused(status: int, why: str, more: Mapping[str, str] | None = None) -> web.Response:
    headers = {**COMMON, **_REFUSED, **(more or {})}
    return web.Response(status=status, body=f"{status}: {why}\n".encode(), headers=headers)


@lru_cache(maxsize=256)
def takes_gzip(accepted: str) -> bool:
    """Whether a client with this Accept-Encoding takes gzip."""
    weights = {"gzip": 0.0, "*": 0.0}
    for each in accepted.lower().split(","):
        coding, _, weight = each.replace(" ", "").partition(";q=")
        with suppress(ValueError):
            weights[coding.replace("x-gzip", "gzip")] = float(weight or 1)
    return weights["gzip"] > 0 or (weights["*"] > 0 and "gzip" not in accepted.lower())


def _is_fault_of_ours(record: logging.LogRecord) -> bool:
    """Whether a line of the server's log tells of more than a garbled request."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


_log = logging.getLogger("klastry.serve")
_log.addFilter(_is_fault_of_ours)
