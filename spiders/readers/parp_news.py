"""PARP's news, `/aktualnosci`: a list of Joomla articles, newest first, in pages `?start=N`.

No whole page of this list was seen: its markup is inferred from Joomla's own blog layout and
from the articles' addresses, `/component/content/article/<id>:<slug>`, which were. So the
reader holds on to the addresses alone:

    <div class="blog-item">
      <time datetime="2023-05-31…">31 maja 2023 r.</time>
      <h2><a href="/component/content/article/84349:66-mln-zl-…">title</a></h2>
      <p>lead</p> <p class="readmore"><a href="(the same)">Czytaj więcej</a></p>
    </div>
    <ul class="pagination"> … <a rel="next" href="/aktualnosci?start=10">

A row is the largest element with links to one article only. Links in `aside`, `nav` and
`footer` (most read, menus) are not news.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from spiders.markup import base_of, content_text, lines_of, link, soup, text_of
from spiders.polish import NotADate, read_date
from storage.errors import PageFault, PageUnreadable
from storage.records import Key, Page, Record, Value, address_key

VERSION = 1

_APART = ["aside", "nav", "footer"]
_COUNTER = re.compile(r"\bOdsłon\w*\s*:?\s*\d+", re.IGNORECASE)
_START = re.compile(r"(?:limit)?start")


def content(page: Page) -> str:
    """Text and links of the rows, without counters of views. Raises PageUnreadable without rows."""
    return "\n".join(_COUNTER.sub("", content_text(row)).strip() for _, _, row in _rows(page))


def read(page: Page) -> Iterator[Record]:
    """One article a row, newest first as printed.

    Raises PageUnreadable where no article is linked or a row has no title, PageFault (`parse`)
    for a date that cannot be read.
    """
    for key, url, row in _rows(page):
        title = _title(page, key, row)
        values: dict[str, Value | None] = {"title": title, "url": url}
        lines = lines_of(row)
        printed = _published(page, row, lines)
        if printed:
            values["published"] = printed[0]
        lead = row.select_one(".lead, .intro, p:not([class])")
        if lead and text_of(lead) not in ("", title, printed and printed[1]):
            values["lead"] = text_of(lead)
        yield Record("article", (key,), values, {"published": printed[1]} if printed else {}, detail=url)


def more(page: Page) -> str | None:
    """The address of the next, older page: marked as next, else the nearest greater `start`."""
    tree = soup(page)
    marked = tree.select_one('link[rel~="next"], a[rel~="next"], .pagination-next a, li.next a')
    if marked:
        return link(page, str(marked.get("href") or ""), base_of(tree))
    here = urlsplit(page.asked)
    later: dict[int, str] = {}
    for anchor in tree.select("a[href*=start]"):
        url = link(page, str(anchor["href"]), base_of(tree))
        if url and urlsplit(url)[1:3] == here[1:3] and _start(url) > _start(page.asked):
            later.setdefault(_start(url), url)
    return later[min(later)] if later else None


def _start(url: str) -> int:
    """How many articles stand before the page at `url`."""
    for name, values in parse_qs(urlsplit(url).query).items():
        if _START.fullmatch(name) and values[0].isdecimal():
            return int(values[0])
    return 0


def _rows(page: Page) -> list[tuple[Key, str, Tag]]:
    """Key, address and element of each article, in page order."""
    tree = soup(page)
    block = tree.select_one("main") or tree.body or tree
    links: dict[Key, tuple[str, Tag]] = {}
    for anchor, url, key in _articles(page, block):
        links.setdefault(key, (url, anchor))
    if not links:
        raise PageUnreadable(
            "no link to an article: the list is empty or its layout changed", address=page.asked
        )
    return [(key, url, _row(page, anchor, key, block)) for key, (url, anchor) in links.items()]


def _articles(page: Page, block: Tag | BeautifulSoup) -> Iterator[tuple[Tag, str, Key]]:
    base = base_of(block)
    for anchor in block.css.iselect("a[href]"):  # lazily: _row asks no more than the first few
        url = link(page, str(anchor["href"]), base)
        key = address_key(url) if url else None
        if url and key and key.scheme == "article" and not anchor.find_parent(_APART):
            yield anchor, url, key


def _row(page: Page, anchor: Tag, key: Key, block: Tag | BeautifulSoup) -> Tag:
    """The largest element round `anchor`, within `block`, that links to no other article."""
    row = anchor
    for parent in anchor.parents:
        if parent is block or any(other != key for _, _, other in _articles(page, parent)):
            break
        row = parent
    return row


def _title(page: Page, key: Key, row: Tag) -> str:
    heading = row.select_one("h1, h2, h3, h4, h5, h6")
    title = text_of(heading) if heading else text_of(row) if row.name == "a" else ""
    if not title:
        raise PageUnreadable(f"the row of {key} has no title: the layout changed", address=page.asked)
    return title


def _published(page: Page, row: Tag, lines: list[str]) -> tuple[str, str] | None:
    """The row's date as kept and as printed: its `<time>` or `.date`, else the first line that is one."""
    marked = row.select_one("time, .date, .published")
    if marked and (text := text_of(marked)):
        try:
            return read_date(text), text
        except NotADate as error:
            raise PageFault(f"{text!r} is not a date", reason="parse", address=page.asked) from error
    for line in lines:
        try:
            return read_date(line), line
        except NotADate:
            continue
    return None
