"""Published files kept ready for serving: each version is read, hashed and packed once.

The folder is looked at for every request, so what is served is always what is there. A file is
read whole through one handle, and its packed form is made of the bytes that were read: the two
are never of different versions. What is kept is bounded, the least asked for goes first.
"""

import gzip
import os
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from hashlib import sha256
from html import unescape
from pathlib import Path
from stat import S_ISREG
from urllib.parse import unquote, urlsplit

KEPT_BYTES = 64 * 1024 * 1024
LARGE = 8 * 1024 * 1024
"""A larger file is served, but not kept."""
INDEX = "index.html"

_FEED_TYPES: Mapping[str, str] = {
    ".xml": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".opml": "text/x-opml; charset=utf-8",
}
_PAGE_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".csv": "text/csv; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}
_TYPES = {**_FEED_TYPES, **_PAGE_TYPES}
_JSON_FEED = "application/feed+json; charset=utf-8"
_IS_JSON_FEED = re.compile(rb'"version"\s*:\s*"https://jsonfeed\.org/version/')

# Seconds. Sources are visited every two hours: a reader that keeps to this sees every publishing
# within the hour. A page is looked at by people, who want it as it is.
_FEED_AGE, _PAGE_AGE = 3600, 300

COMMON = {
    "Server": "klastry",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
}
_OF_CONTENT = ("Content-Type", "Content-Encoding")
_FENCED = "default-src 'none'; style-src 'unsafe-inline'"
_UNFRAMED = "frame-ancestors 'none'"  # a page cannot say this in its head
_META = re.compile(rb"<meta\b[^<>]*\bcontent-security-policy\b[^<>]*>", re.IGNORECASE)
_CONTENT = re.compile(rb"""\bcontent=(?:"([^"\r\n]+)"|'([^'\r\n]+)')""", re.IGNORECASE)
_HEAD = 4096  # bytes of a page in which its policy stands

_PACKED_ALREADY = frozenset({".png"})
_LEAST_PACKED = 512  # bytes; below, packing saves nothing

Identity = tuple[int, ...]


@dataclass(frozen=True)
class Form:
    """One form of a version, plain or packed: its bytes, its entity tag, the headers it goes with.

    `headers_alone` are those that go where the asker has the bytes already.
    """

    content: bytes
    tag: str
    headers: Mapping[str, str]
    headers_alone: Mapping[str, str]


@dataclass(frozen=True)
class Version:
    """A file as it was read once. `modified` is in seconds since 1970, UTC."""

    identity: Identity
    modified: int
    plain: Form
    packed: Form | None

    @property
    def forms(self) -> tuple[Form, ...]:
        """All forms there are."""
        return (self.plain, self.packed) if self.packed else (self.plain,)

    @property
    def size(self) -> int:
        """The bytes that it takes to keep it."""
        return sum(len(form.content) for form in self.forms)


class Shelf:
    """The published files of `folder`, which need not be there yet."""

    def __init__(self, folder: Path, kept_bytes: int = KEPT_BYTES) -> None:
        self._folder = folder
        self._versions: OrderedDict[str, Version] = OrderedDict()
        self._free = kept_bytes

    def kept(self, name: str) -> Version | None:
        """The kept version of the file `name`, where it is still the one in the folder."""
        version = self._versions.get(name)
        if version is None:
            return None
        try:
            found = os.stat(f"{self._folder}/{name}")
        except OSError:
            return None
        if _identity(found) != version.identity:
            return None
        self._versions.move_to_end(name)
        return version

    def read(self, name: str) -> Version | Path | None:
        """The file `name` as it is now, to be kept with `keep`; its path if it is too large for that.

        None unless it is a published file: of a known type, and inside the folder wherever links lead.
        """
        if Path(name).suffix not in _TYPES:
            return None
        try:
            home = self._folder.resolve(strict=True)
            path = home.joinpath(name).resolve(strict=True)
            if not path.is_relative_to(home) or _hidden(str(path.relative_to(home))):
                return None
            with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                found = os.fstat(file.fileno())
                if not S_ISREG(found.st_mode):
                    return None
                return path if found.st_size > LARGE else self._version(name, found, file.read(LARGE))
        except (OSError, RuntimeError, ValueError):
            return None

    def keep(self, name: str, version: Version) -> None:
        """Keep `version` in the place of what was kept of the file `name`."""
        if before := self._versions.pop(name, None):
            self._free += before.size
        self._versions[name] = version
        self._free -= version.size
        while self._free < 0:
            _, oldest = self._versions.popitem(last=False)
            self._free += oldest.size

    def _version(self, name: str, found: os.stat_result, content: bytes) -> Version:
        modified, before = int(found.st_mtime), self._versions.get(name)
        if before and before.plain.content == content:
            modified = before.modified
        elif before:
            # Other content has a later date, also within one second or when a clock was put back.
            modified = max(modified, before.modified + 1)
        headers = {**headers_of(name, content), "Last-Modified": formatdate(modified, usegmt=True)}
        packed = None
        if len(content) >= _LEAST_PACKED and Path(name).suffix not in _PACKED_ALREADY:
            packed = _form(gzip.compress(content, 6, mtime=0), {**headers, "Content-Encoding": "gzip"})
        return Version(_identity(found), modified, _form(content, headers), packed)


@lru_cache(maxsize=4096)
def name_of(target: str) -> str | None:
    """The name of the file that the target of a request asks for; None if it can be none of ours.

    An address that ends with a slash means the index of that folder.
    """
    if target.startswith(("http://", "https://")):
        target = urlsplit(target).path
    try:
        path = unquote(target.partition("?")[0], errors="strict")
    except ValueError:
        return None
    if not path.startswith("/") or "\0" in path or "\\" in path:
        return None
    name = path[1:] + (INDEX if path.endswith("/") else "")
    return None if _hidden(name) else name


def headers_of(name: str, content: bytes = b"") -> dict[str, str]:
    """The headers of a published file. Raises KeyError for a type that is not published."""
    suffix = Path(name).suffix
    is_json_feed = suffix == ".json" and _IS_JSON_FEED.search(content)
    age = _FEED_AGE if is_json_feed or suffix in _FEED_TYPES else _PAGE_AGE
    return {
        **COMMON,
        "Content-Type": _JSON_FEED if is_json_feed else _TYPES[suffix],
        "Cache-Control": f"max-age={age}",
        "Content-Security-Policy": f"{_policy(suffix, content)}; {_UNFRAMED}",
    }


def _policy(suffix: str, content: bytes) -> str:
    """What a page's head says it needs; all else needs nothing."""
    meta = _META.search(content[:_HEAD]) if suffix == ".html" else None
    said = _CONTENT.search(meta[0]) if meta else None
    return unescape((said[1] or said[2]).decode()).strip(" ;") if said else _FENCED


def _form(content: bytes, headers: Mapping[str, str]) -> Form:
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {**headers, "ETag": tag}
    alone = {name: value for name, value in headers.items() if name not in _OF_CONTENT}
    return Form(content, tag, headers, alone)


def _hidden(name: str) -> bool:
    return any(not part or part.startswith(".") for part in name.split("/"))


def _identity(found: os.stat_result) -> Identity:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
