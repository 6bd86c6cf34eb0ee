"""What a web archive answers for one copy, judged: is it the page as the site sent it, then, there?

RFC 7089 names a memento by `Memento-Datetime` and the link `original`; both must be those of the copy
that was asked for. The raw form of an address (`id_`) gives the page as it was archived; an archive
that rewrites pages all the same gives itself away. Headers of the site come back as they were or as
`X-Archive-Orig-…`.
"""

import re
from base64 import b32encode
from collections.abc import Iterator
from hashlib import sha1

from spiders.cdx import Copy
from spiders.tries import date_of
from spiders.warc import decoded
from storage.errors import PageFault
from storage.records import Page, canonical_address

_ORIGINAL = "x-archive-orig-"
_KEPT = ("content-type", "date", "last-modified", "etag", "content-language")
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r"""(?:^|;)\s*rel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))""", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_MARKS = rb"WAYBACK TOOLBAR INSERT|FILE ARCHIVED ON|<!-- (?:End )?WB Insert|/wombat\.js"


def is_memento(page: Page) -> bool:
    """Whether the archive speaks of a copy here, and not of itself."""
    return "memento-datetime" in page.headers


def as_archived(copy: Copy, answer: Page) -> Page:
    """The page as its site sent it at the time of `copy`. Raises PageFault when `answer` is not that."""
    if not is_memento(answer):
        raise PageFault("the archive answers with a page of its own", reason="not-content")
    if (at := date_of(answer.headers["memento-datetime"])) != copy.at:
        when = f"{at:%Y-%m-%d %H:%M:%S}" if at else "no time"
        raise PageFault(f"the archive answers with a copy of {when}", reason="clock")
    _check_original(copy, answer)
    body = _unpacked(answer)
    if _digest(answer.body) != copy.digest and _is_rewritten(copy, body):
        raise PageFault("the archive has rewritten the page: no raw copy", reason="not-content")
    return Page(copy.original, copy.original, copy.at, answer.status, _headers(answer), body)


def _check_original(copy: Copy, answer: Page) -> None:
    """Raises PageFault unless the answer names the address of `copy`, and all of what it sent came."""
    originals = list(_originals(answer.headers.get("link", "")))
    if not originals:
        raise PageFault("the archive does not say what the copy is of (RFC 7089)", reason="not-content")
    for original in originals:
        try:
            same = canonical_address(original) == canonical_address(copy.original)
        except ValueError:
            same = False
        if not same:
            raise PageFault(f"the archive answers with a copy of {original[:200]}", reason="moved")
    sent = answer.headers.get(f"{_ORIGINAL}content-length", "")
    if sent.isascii() and sent.isdigit() and len(answer.body) < int(sent[:12]):
        raise PageFault(f"{len(answer.body)} bytes of {sent[:12]} are archived", reason="truncated")


def _originals(link: str) -> Iterator[str]:
    """The targets of the links with relation `original` (RFC 8288)."""
    for target, parameters in _LINK.findall(link):
        for rel in _REL.findall(parameters):
            if "original" in "".join(rel).lower().split():
                yield target.strip()


def _unpacked(answer: Page) -> bytes:
    """The body without a content coding that was archived with it, declared or not."""
    if answer.body.startswith(_GZIP):
        return decoded(answer.body, "gzip")
    coding = answer.headers.get(f"{_ORIGINAL}content-encoding", "")
    is_text = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    return answer.body if is_text else decoded(answer.body, coding)


def _digest(body: bytes) -> str:
    return b32encode(sha1(body, usedforsecurity=False).digest()).decode()


def _is_rewritten(copy: Copy, body: bytes) -> bool:
    """Whether the page bears marks of a replay: a banner, or links to the archive at its own time."""
    own_links = rb"/%b(?:[a-z]{2}_)?/https?:" % copy.timestamp.encode()
    return re.search(rb"%b|%b" % (_MARKS, own_links), body, re.IGNORECASE) is not None


def _headers(answer: Page) -> dict[str, str]:
    """The headers of the site that are kept; what the archive says of itself is not among them."""
    sent = {name: answer.headers.get(f"{_ORIGINAL}{name}") for name in _KEPT}
    sent["content-type"] = sent["content-type"] or answer.headers.get("content-type")
    return {name: value for name, value in sent.items() if value}
