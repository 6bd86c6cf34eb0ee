"""An article of a unit on gov.pl, since 2018.

    <article class="article-area__article " id="main-content">
      <h2>Title</h2>
      <p class="event-date">02.06.2026</p>
      <div class="intro"><p>Lead</p></div>
      <div class="editor-content">…</div>  (one or several)
      <a class="file-download" href="/attachment/<uuid>">…</a>

The date is that of an event and may lie in the future. Dead addresses are redirected to the
home page of the unit, which is no article.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import Tag

from spiders.markup import attachments, link, text_of
from spiders.polish import NotADate, read_date
from spiders.readers import _govpl
from storage.errors import PageFault
from storage.records import Page, Record, Value, address_key

VERSION = 1

_CARD = re.compile(r"/component/grants/grants/[^/]+", re.IGNORECASE)

content = _govpl.content


def read(page: Page) -> Iterator[Record]:
    """The article, then its attached documents.

    Raises PageUnreadable when it is not there or has no title, and PageFault (`parse`) when
    its date cannot be read.
    """
    found = _govpl.article(page)
    values: dict[str, Value | None] = {
        "title": _govpl.heading(page, found),
        "url": page.asked,
        "text": " ".join(filter(None, (text_of(body) for body in _govpl.bodies(page, found)))),
    }
    printed: dict[str, str] = {}
    if lead := _text(found, ".intro"):
        values["lead"] = lead
    if date := _text(found, "p.event-date"):
        values["published"] = _date(page, date)
        printed["published"] = date
    if about := _cards(page, found):
        values["about"] = about
    yield Record("article", (address_key(page.asked),), values, printed)
    yield from attachments(page, found)


def _text(found: Tag, selector: str) -> str:
    node = found.select_one(selector)
    return text_of(node) if node else ""


def _date(page: Page, text: str) -> str:
    try:
        return read_date(text)
    except NotADate as error:
        raise PageFault(
            f"{page.reached}: p.event-date cannot be read ({error})", address=page.reached
        ) from error


def _cards(page: Page, found: Tag) -> tuple[str, ...]:
    """Addresses of the cards of calls at PARP that the article links to."""
    addresses = (link(page, str(anchor["href"])) for anchor in found.find_all("a", href=True))
    return tuple(dict.fromkeys(address for address in addresses if address and _is_card(address)))


def _is_card(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    return (host == "parp.gov.pl" or host.endswith(".parp.gov.pl")) and bool(_CARD.match(parts.path))
