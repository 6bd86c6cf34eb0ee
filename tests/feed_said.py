"""One document of a feed as it says itself, and the rules that hold in every form."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import unescape
from itertools import pairwise
from urllib.parse import urlsplit

import html5lib

MOST_BYTES = 500_000
TAG_URI = re.compile(r"tag:[a-z0-9][a-z0-9.-]*,\d{4}(-\d\d(-\d\d)?)?:[\w./?:@!$&'()*+,;=~%-]+", re.ASCII)
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_TAGS = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ins", "del", "a", "code", "br"}


@dataclass(frozen=True)
class Said:
    """One entry as a document says it."""

    id: str
    title: str
    at: datetime
    link: str
    text: str
    html: str
    author: str
    terms: tuple[str, ...]


@dataclass
class Document:
    """One document of a feed: its entries as they stand there, newest first, and its links by rel."""

    name: str
    entries: list[Said]
    links: dict[str, str]
    archive: bool
    faults: list[str]


def common(document: Document, content: bytes) -> Iterator[str]:
    """What is wrong in a document that was read, whatever its form."""
    if len(content) > MOST_BYTES:
        yield f"{len(content)} bytes"
    if _CONTROL.search(content.decode()):
        yield "control characters"
    for each in document.entries:
        yield from _entry(each)
    yield from _order(document.entries)


def plain(*texts: str) -> Iterator[str]:
    """What is wrong with texts that must be plain, on one line, however often they are decoded."""
    for text in texts:
        if not text.strip() or set(unescape(unescape(text))) & set("<>\n"):
            yield f"{text!r} is blank, or not plain text on one line"


def absolute(address: str) -> bool:
    """Whether `address` is one that a reader can open wherever it stands."""
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", address)


def _entry(said: Said) -> Iterator[str]:
    if not TAG_URI.fullmatch(said.id):
        yield f"{said.id!r} is no tag: URI"
    yield from plain(said.title, said.text, said.author)
    if len(said.title) > 130:
        yield f"a title of {len(said.title)} characters"
    if not absolute(said.link):
        yield f"link {said.link!r} is not absolute"
    if not said.terms or not all(term.strip() for term in said.terms):
        yield "no category, or an empty one"
    yield from _html(said.html)


@cache
def _html(html: str) -> tuple[str, ...]:
    return tuple(_faults_of(html))


def _faults_of(html: str) -> Iterator[str]:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        tree = parser.parseFragment(html)
    except Exception as error:  # noqa: BLE001  # html5lib's own errors have no common ancestor
        yield f"content is no HTML: {error!r}"
        return
    for element in tree.iter():
        if element.tag not in _TAGS | {"DOCUMENT_FRAGMENT"}:
            yield f"content has <{element.tag}>"
        elif set(element.attrib) - ({"href", "rel"} if element.tag == "a" else set()):
            yield f"content has attributes {dict(element.attrib)}"
        elif element.tag == "a" and not absolute(element.get("href") or ""):
            yield f"content leads to {element.get('href')!r}"


def _order(entries: Sequence[Said]) -> Iterator[str]:
    if any(newer.at <= older.at for newer, older in pairwise(entries)):
        yield "dates do not fall strictly"
    if len({each.id for each in entries}) < len(entries):
        yield "an id stands twice"
