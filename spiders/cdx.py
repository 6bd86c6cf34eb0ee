"""The index of a web archive: which copies it holds of an address, read from an answer of its CDX server.

Both JSON forms are read: an array of arrays whose first row names the columns and that may end in a
key to go on with (the Wayback Machine), and one object a line (pywb). Pure; an answer is a file from
anywhere, and a row that cannot be read is counted, not guessed at.

    https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
    https://pywb.readthedocs.io/en/latest/manual/cdxserver_api.html
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from typing import Any

from storage.errors import PageFault
from storage.records import Page, canonical_address

LARGEST_ANSWER = 4_000_000
"""Bytes of an answer that are read."""

_COLUMNS = {"original": "url", "statuscode": "status", "mimetype": "mime"}
"""Names of the Wayback Machine, and those of pywb that are used here."""
_ADDRESS = re.compile(r"[^\x00-\x20\x7f]{1,2000}")
_TIMESTAMP = re.compile(r"(?:19|20)[0-9]{12}")
_FORM = "%Y%m%d%H%M%S"
_HTML = ("text/html", "application/xhtml+xml")
_USUAL_PORT = re.compile(r"^(http://[^/?#]*):80(?=[/?#]|$)|^(https://[^/?#]*):443(?=[/?#]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Copy:
    """One archived copy: the address it was made of, when (UTC, to the second).

    `digest` is the SHA-1 of what the site sent, in base32; empty where the index does not say.
    """

    original: str
    at: datetime
    digest: str = ""

    @property
    def timestamp(self) -> str:
        """The time as addresses of web archives write it."""
        return self.at.strftime(_FORM)

    @property
    def key(self) -> tuple[str, str]:
        """What makes it one copy, however its address is written."""
        return canonical_address(self.original), self.timestamp


@dataclass(frozen=True)
class Listing:
    """One answer of the index: copies of pages, `rows` in all, of which `odd` could not be read.

    `resume` is the key to go on with; `by_page` tells that the server counts pages instead.
    """

    copies: tuple[Copy, ...] = ()
    rows: int = 0
    odd: int = 0
    resume: str | None = None
    by_page: bool = False


def read_listing(answer: Page) -> Listing:
    """What the index says: the copies that were answered 200 and are HTML.

    Raises PageFault when the answer is too large or no CDX in JSON.
    """
    if len(answer.body) > LARGEST_ANSWER:
        raise PageFault(f"the index answers with more than {LARGEST_ANSWER} bytes", reason="too-large")
    body = answer.body.strip()
    if body.startswith(b"["):
        return _of_arrays(body)
    if not body or body.startswith(b"{"):
        return _of_lines(body)
    raise _no_index()


def ends_of_runs(copies: Iterable[Copy]) -> list[Copy]:
    """The copies worth asking for, oldest first, each once.

    Of copies of one address that follow each other with the same digest the first and the last:
    they tell from when to when the page stood; those between add nothing.
    """
    once = {copy.key: copy for copy in copies}
    worth: dict[tuple[str, str], Copy] = {}
    for _, of_one in groupby(sorted(once), key=lambda key: key[0]):
        for run in _runs([once[key] for key in of_one]):
            worth |= {copy.key: copy for copy in (run[0], run[-1])}
    return sorted(worth.values(), key=lambda copy: (copy.at, copy.original))


def _runs(copies: Sequence[Copy]) -> Iterator[list[Copy]]:
    run: list[Copy] = []
    for copy in copies:
        if run and not (copy.digest and copy.digest == run[-1].digest):
            yield run
            run = []
        run.append(copy)
    yield run


def _of_arrays(body: bytes) -> Listing:
    try:
        table = json.loads(body)
    except (ValueError, RecursionError):
        raise _no_index() from None
    if not table:
        return Listing()
    head, *rows = table
    named = isinstance(head, list) and all(isinstance(name, str) for name in head)
    if not named or not {"timestamp", "original"} <= set(head):
        raise _no_index()
    resume = None
    if len(rows) >= 2 and rows[-2] == [] and _is_key(rows[-1]):
        resume = rows[-1][0]
        rows = rows[:-2]
    whole = [dict(zip(head, row, strict=True)) if _fits(row, head) else None for row in rows]
    return _listing(whole, resume=resume)


def _is_key(row: object) -> bool:
    return isinstance(row, list) and len(row) == 1 and isinstance(row[0], str) and bool(row[0])


def _fits(row: object, head: Sequence[object]) -> bool:
    return isinstance(row, list) and len(row) == len(head)


def _of_lines(body: bytes) -> Listing:
    rows = [_object(line) for line in BytesIO(body) if line.strip()]
    if len(rows) == 1 and rows[0] and "message" in rows[0] and "timestamp" not in rows[0]:
        return Listing(by_page=True)  # pywb says in words that there are none
    return _listing(rows, by_page=True)


def _object(line: bytes) -> Mapping[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return row if isinstance(row, dict) else None


def _listing(
    rows: Sequence[Mapping[Any, Any] | None], *, resume: str | None = None, by_page: bool = False
) -> Listing:
    copies, odd = [], 0
    for row in rows:
        said = {_COLUMNS.get(name, name): str(value) for name, value in row.items()} if row else {}
        copy = _copy(said)
        if copy is None:
            odd += 1
        elif said.get("status") == "200" and said.get("mime", "").lower().startswith(_HTML):
            copies.append(copy)
    if rows and odd == len(rows):
        raise _no_index()
    return Listing(tuple(copies), len(rows), odd, resume, by_page)


def _copy(said: Mapping[str, str]) -> Copy | None:
    """The copy a row speaks of; None where it names no address or no time."""
    original, timestamp = said.get("url", ""), said.get("timestamp", "")
    if not _ADDRESS.fullmatch(original) or not _TIMESTAMP.fullmatch(timestamp):
        return None
    try:
        canonical_address(original)
        at = datetime.strptime(timestamp, _FORM).replace(tzinfo=UTC)
    except ValueError:
        return None
    digest = said.get("digest", "").removeprefix("sha1:")
    original = _USUAL_PORT.sub(lambda match: match[1] or match[2], original)
    return Copy(original, at, "" if digest == "-" else digest)


def _no_index() -> PageFault:
    return PageFault("the answer is no index in JSON", reason="not-content")
