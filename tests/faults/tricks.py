"""Answers that are broken, hostile or late, made of the pages that should be there."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterable
from functools import cache

import brotli
from e2e_pages import page

from faults.scenario import Given, Page
from monitor.standin import Answer

HTML = {"Content-Type": "text/html; charset=utf-8"}
MEGABYTE = 1024 * 1024


def status(code: int, text: str = "Awaria", **headers: str) -> Answer:
    """A page with a status; `_` in names of headers stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(code, {**HTML, **named}, page(text, f"<h1>{text}</h1>").encode())


def to(address: str, code: int = 302) -> Answer:
    return Answer(code, {**HTML, "Location": address}, b"<html><body>Dalej</body></html>")


def raw(head: str, body: bytes = b"", **more: object) -> Answer:
    """Lines of a head, sent as they are, and a body."""
    lines = "\r\n".join(head.strip().splitlines()).encode("latin-1")
    return Answer(raw=lines + b"\r\n\r\n" + body, **more)  # type: ignore[arg-type]


def at_first(*pages: Page) -> Callable[[Given], Page]:
    """These pages to the first requests, then the one that should be there."""
    return lambda given: pages[given.hit] if given.hit < len(pages) else given.page


def made(change: Callable[[str], str | bytes], **headers: str) -> Callable[[Given], Page]:
    """The page that should be there, changed; with headers of its own where they are given."""

    def answer(given: Given) -> Page:
        changed = change(given.page)
        if not headers:
            return changed
        body = changed.encode() if isinstance(changed, str) else changed
        return Answer(headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body)

    return answer


def answered(**more: object) -> Callable[[Given], Page]:
    """The page that should be there, sent in a strange way (see `Answer`)."""
    return lambda given: Answer(headers=HTML, body=given.page.encode(), **more)  # type: ignore[arg-type]


def packed(coding: str, pack: Callable[[bytes], bytes], **more: object) -> Callable[[Given], Page]:
    """The page that should be there, sent as `coding`."""
    head = {**HTML, "Content-Encoding": coding}
    return lambda given: Answer(headers=head, body=pack(given.page.encode()), **more)  # type: ignore[arg-type]


def coded(charset: str, declared: str = "", meta: str = "") -> Callable[[Given], Page]:
    """The page that should be there in `charset`, declared as another or not at all."""
    head = {"Content-Type": "text/html" + (f"; charset={declared}" if declared else "")}

    def answer(given: Given) -> Page:
        text = given.page.replace('<meta charset="utf-8">', f'<meta charset="{meta}">' if meta else "")
        return Answer(headers=head, body=text.encode(charset))

    return answer


_ROW = re.compile(
    r'<li>.*?</li>\n|<div class="blog-item">.*?</div>(?=<div|</main>)'
    r'|<a href="[^"]*" class="schedule.*?</a>\n',
    re.DOTALL,
)


def rows(change: Callable[[list[str]], Iterable[str]]) -> Callable[[Given], Page]:
    """The list that should be there with its rows changed."""

    def answer(given: Given) -> Page:
        there = _ROW.findall(given.page)
        start, end = given.page.index(there[0]), given.page.rindex(there[-1]) + len(there[-1])
        return given.page[:start] + "".join(change(there)) + given.page[end:]

    return answer


def without(*places: int) -> Callable[[Given], Page]:
    """The list that should be there without some of its rows, counted from 0."""
    return rows(lambda there: [row for place, row in enumerate(there) if place not in places])


@cache
def gzip_bomb() -> Answer:
    """300 MB of zeros in about 300 kB."""
    packed = gzip.compress(bytes(MEGABYTE), mtime=0)
    return Answer(headers={**HTML, "Content-Encoding": "gzip"}, body=packed, times=300)


@cache
def deflate_bomb() -> Answer:
    return Answer(headers={**HTML, "Content-Encoding": "deflate"}, body=zlib.compress(bytes(200 * MEGABYTE)))


@cache
def nested_bomb() -> Answer:
    """Zeros packed three times: nothing to carry, gigabytes to unpack."""
    body = gzip.compress(bytes(MEGABYTE), mtime=0) * 4096
    for _ in range(2):
        body = gzip.compress(body, mtime=0)
    return Answer(headers={**HTML, "Content-Encoding": "gzip, gzip, gzip"}, body=body)


@cache
def members_bomb() -> Answer:
    """A quarter of a million empty members in 12 kB."""
    body = gzip.compress(gzip.compress(b"", mtime=0) * (5 * MEGABYTE // 20), mtime=0)
    return Answer(headers={**HTML, "Content-Encoding": "gzip, gzip"}, body=body)


@cache
def brotli_bomb() -> Answer:
    body = brotli.compress(bytes(200 * MEGABYTE), quality=5)
    return Answer(headers={**HTML, "Content-Encoding": "br"}, body=body)
