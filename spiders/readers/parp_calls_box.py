"""The box "Najbliższe nabory" on PARP's home page of 2018 (seen in March 2018).

    <aside class="enrollment-section">
      <div class="enrollment-item">
        <a class="enrollment-header-link poir" href="…"><p>PO Inteligentny Rozwój</p></a>
        <a class="enrollment-single-link" href="… ">
          <div class="enrollment-date"><p>27.02.2018 - 26.07.2018</p></div>
          <div class="enrollment-name"><p>title</p></div></a>
        <a class="enrollment-single-link" href="…"><div class="enrollment-nodate-name"><p>title</p></div></a>

The box stands twice, for desktop and mobile; a call in an HTML comment is no call; addresses
end in a space and are resolved against `<base href>`. The class of the header is the
programme; "Inne programy PARP" has none.
"""

from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from spiders.markup import base_of, content_text, link, soup, text_of
from spiders.polish import NotADate, read_range
from storage.errors import PageFault, PageUnreadable
from storage.records import Key, Page, Record, Value, address_key, fold

VERSION = 1


def content(page: Page) -> str:
    """Text and links of the box, once. Raises PageUnreadable where there is none."""
    return "\n".join(dict.fromkeys(content_text(box) for box in _boxes(page, soup(page))))


def read(page: Page) -> Iterator[Record]:
    """Each call once, in page order.

    Raises PageUnreadable for a call without a name or link, PageFault (`parse`) for dates that
    cannot be read.
    """
    tree = soup(page)
    seen: set[tuple[Key, str]] = set()
    for box in _boxes(page, tree):
        for anchor in box.select("a.enrollment-single-link"):
            record = _call(page, anchor, base_of(tree))
            same = record.keys[0], fold(record.name)
            if same not in seen:
                seen.add(same)
                yield record


def more(page: Page) -> str | None:
    """None: the box is whole."""
    return None


def _boxes(page: Page, tree: BeautifulSoup) -> list[Tag]:
    boxes = list(tree.select("aside.enrollment-section"))
    if not boxes:
        raise PageUnreadable("no aside.enrollment-section: not the home page of 2018", address=page.asked)
    return boxes


def _call(page: Page, anchor: Tag, base: str | None) -> Record:
    name = anchor.select_one(".enrollment-name, .enrollment-nodate-name")
    title = text_of(name) if name else ""
    url = link(page, str(anchor.get("href") or ""), base)
    if not title or not url:
        raise PageUnreadable(f"a call without a name or a link: {text_of(anchor)[:80]!r}", address=page.asked)
    key = address_key(url)
    values: dict[str, Value | None] = {"title": title, "url": url}
    if programme := _programme(anchor):
        values["programme"] = programme
    printed = _dates(page, anchor, values)
    return Record("call", (key,), values, printed, detail=url if key.scheme == "grant" else None)


def _dates(page: Page, anchor: Tag, values: dict[str, Value | None]) -> dict[str, str]:
    """Put `opens` and `closes` into `values`; the text they were printed in."""
    line = anchor.select_one(".enrollment-date")
    text = text_of(line) if line else ""
    if not text:
        return {}
    try:
        said = dict(zip(("opens", "closes"), read_range(text), strict=True))
    except NotADate as error:
        raise PageFault(f"{text!r} is not a range of dates", reason="parse", address=page.asked) from error
    dates = {field: date for field, date in said.items() if date}
    values |= dates
    return dict.fromkeys(dates, text)


def _programme(anchor: Tag) -> str | None:
    item = anchor.find_parent(class_="enrollment-item")
    header = item.select_one("a.enrollment-header-link") if item else None
    names = header.get_attribute_list("class") if header else []
    return next((name.upper() for name in names if name and name != "enrollment-header-link"), None)
