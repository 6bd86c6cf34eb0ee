"""Lists of articles of a unit on gov.pl, since 2018.

    <div class="art-prev art-prev--near-menu"><ul>
      <li><a href="/web/unit/slug"><div class="title">…</div><div class="intro">…</div></a></li>       (A)
      <li><div class="event"><span class="date">02.06.2026</span></div>
          <div class="title"><a href="/web/unit/slug">…</a></div></li>                               (B)
      <li><a href="/web/unit/slug"><div><div class="event"><span class="date">…</span></div>
          <div class="title">…</div></div></a></li>                                                  (C)
    </ul></div>
    <a id="js-pagination-pages-count" href="?page=52&size=10"> 52 </a>

`art-prev--under-title` is navigation and no list. The count of pages is absent where there is
one. Rows may lead to other units or sites; those have no detail page of ours.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bs4 import Tag

from spiders.markup import base_of, content_text, link, soup, text_of
from spiders.polish import NotADate, read_date
from spiders.readers._govpl import unit
from storage.errors import PageFault, PageUnreadable
from storage.records import Page, Record, Value, address_key

VERSION = 1

_SIZE = "10"


def content(page: Page) -> str:
    """Canonical text of the list. Raises PageUnreadable when it is not there."""
    return "\n".join(content_text(block) for block in _blocks(page))


def read(page: Page) -> Iterator[Record]:
    """The articles of the list, in its order.

    Raises PageUnreadable when the list, or the title or address of a row is missing, and
    PageFault (`parse`) when a date cannot be read.
    """
    for block in _blocks(page):
        for item in block.select("ul > li"):
            if item.find_parent("li") is None and text_of(item):
                yield _article(page, item)


def more(page: Page) -> str | None:
    """The address of the next page of the list, at the address that answered; None on the last."""
    count = soup(page).select_one("#js-pagination-pages-count")
    if count is None:
        return None
    number = re.search(r"\d+", text_of(count))
    if number is None:
        raise PageFault(
            f"{page.reached}: the count of pages is {text_of(count)!r}, no number", address=page.reached
        )
    # The page is known by what was asked: an alias of the list redirects and loses it.
    asked = dict(parse_qsl(urlsplit(page.asked).query)).get("page", "1")
    current = int(asked) if asked.isdecimal() else 1
    return _numbered(page.reached, current + 1) if current < int(number[0]) else None


def _numbered(address: str, number: int) -> str:
    parts = urlsplit(address)
    arguments = {"page": "", "size": _SIZE} | dict(parse_qsl(parts.query)) | {"page": str(number)}
    return urlunsplit(parts._replace(query=urlencode(arguments), fragment=""))


def _blocks(page: Page) -> list[Tag]:
    """The blocks of the list: those near the menu, or else all but the navigation."""
    found = [
        block
        for block in soup(page).select("div.art-prev")
        if "art-prev--under-title" not in block.get_attribute_list("class")
    ]
    near = [block for block in found if "art-prev--near-menu" in block.get_attribute_list("class")]
    if not found:
        raise PageUnreadable(
            f"{page.reached}: no div.art-prev; see in a browser whether the list moved", address=page.reached
        )
    return near or found


def _article(page: Page, item: Tag) -> Record:
    title = item.select_one(".title")
    anchor = (title.find("a", href=True) if title else None) or item.find("a", href=True)
    address = link(page, str(anchor["href"]), base_of(anchor)) if isinstance(anchor, Tag) else None
    name = text_of(title) if title else ""
    if not name or address is None:
        raise PageUnreadable(
            f"{page.reached}: a row without title or address: {text_of(item)[:80]!r}", address=page.reached
        )
    values: dict[str, Value | None] = {"title": name, "url": address}
    printed: dict[str, str] = {}
    if date := _text(item, ".event .date"):
        values["published"] = _date(page, date)
        printed["published"] = date
    if lead := _text(item, ".intro"):
        values["lead"] = lead
    detail = address if _same_unit(page, address) else None
    return Record("article", (address_key(address),), values, printed, detail=detail)


def _text(item: Tag, selector: str) -> str:
    node = item.select_one(selector)
    return text_of(node) if node else ""


def _date(page: Page, text: str) -> str:
    try:
        return read_date(text)
    except NotADate as error:
        raise PageFault(
            f"{page.reached}: the date of a row cannot be read ({error})", address=page.reached
        ) from error


def _same_unit(page: Page, address: str) -> bool:
    here, there = urlsplit(page.reached), urlsplit(address)
    return here.hostname == there.hostname and unit(address) == unit(page.reached) is not None
