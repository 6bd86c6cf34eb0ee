"""The published folder on HTTP: read-only, nothing else of this computer, friendly to readers.

Answers GET and HEAD with ETag and Last-Modified, 304 and gzip. Serves plain files only: no
listing of folders, no hidden names, nothing that a symbolic link leads to outside.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from monitor.drawing import script_hash
from monitor.search_pages import SCRIPT

HOST, PORT = "127.0.0.1", 8765
_MAX_AGE = 600  # seconds: well within the two hours between visits
_TYPES = {
    ".xml": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
# The pages themselves name the hash of their style; this fences everything else.
_CSP = (
    f"default-src 'none'; style-src 'unsafe-inline'; script-src 'self' '{script_hash(SCRIPT)}'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": _CSP,
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Vary": "Accept-Encoding",
}

_FOLDER = web.AppKey("folder", Path)


def app(folder: Path) -> web.Application:
    """A web application that serves `folder`, as it is at each request."""
    made = web.Application(middlewares=[_fenced])
    made[_FOLDER] = folder
    made.router.add_get("/{path:.*}", _answer)
    return made


@asynccontextmanager
async def serving(folder: Path, host: str = HOST, port: int = PORT) -> AsyncIterator[str]:
    """Serve `folder` while the block lasts; gives the address. Port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    runner = web.AppRunner(app(folder), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0]
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        yield f"http://{name}:{bound[1]}/"
    finally:
        await runner.cleanup()


async def serve(folder: Path, host: str = HOST, port: int = PORT, stop: asyncio.Event | None = None) -> None:
    """Serve `folder` until `stop` is set, or until cancelled. Raises OSError where the port is taken."""
    async with serving(folder, host, port):
        await (stop or asyncio.Event()).wait()


async def _answer(request: web.Request) -> web.StreamResponse:
    path = _file(request.app[_FOLDER], request.match_info["path"])
    if path is None:
        raise web.HTTPNotFound(text="404: there is no such page here\n")
    headers = {hdrs.CONTENT_TYPE: _TYPES[path.suffix], hdrs.CACHE_CONTROL: f"max-age={_MAX_AGE}"}
    answer = web.FileResponse(path, headers=headers)
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "") and hdrs.RANGE not in request.headers:
        answer.enable_compression(web.ContentCoding.gzip)
    return answer


def _file(folder: Path, asked: str) -> Path | None:
    """The file that is asked for, when it is one of the published ones."""
    parts = (asked or "index.html").split("/")
    if any(part.startswith(".") or not part or "\0" in part or "\\" in part for part in parts):
        return None
    try:
        path = folder.joinpath(*parts).resolve(strict=True)
        inside = path.is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        return None
    known = path.suffix in _TYPES and path.is_file() and os.access(path, os.R_OK)
    return path if inside and known and not path.name.startswith(".") else None


@web.middleware
async def _fenced(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give every answer, refusals too, the same headers."""
    try:
        answer = await handler(request)
    except web.HTTPException as refusal:
        refusal.headers.update(_HEADERS)
        raise
    answer.headers.update(_HEADERS)
    return answer
