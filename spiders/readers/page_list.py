"""Any list on any site, read by the CSS selectors of its source; no code is needed.

    [source.my-region]
    url = "https://example.org/nabory"
    reader = "page_list"
    item = "ul.calls > li"
    fields = { title = "a", url = "a@href", closes = ".deadline" }

`item` finds the rows. A field's selector is looked up within the row: its text is the value,
or with `@attribute` that attribute; `.` is the row itself. A selector that finds nothing says
nothing. Dates, sums and statuses are read strictly: a text that is there and cannot be read
refuses the page. A row needs its name, and a link unless it is a cluster. A selector that
finds no row gives no record: whether that can be believed is not for a reader to say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bs4 import Tag
from soupsieve import SelectorSyntaxError
from soupsieve import compile as compile_selector

from spiders.markup import base_of, content_text, link, soup, text_of
from spiders.polish import NotADate, NotMoney, find_dates, read_date, read_money, read_range
from spiders.readers.parp_card import status_of
from storage.errors import ConfigError, PageFault, PageUnreadable
from storage.records import (
    FIELDS,
    NAME_FIELD,
    Key,
    Kind,
    Page,
    Record,
    Selectors,
    Source,
    Value,
    address_key,
    clean,
    fold,
)

VERSION = 1

_DATES = frozenset({"announced", "opens", "closes", "results", "published", "status_from", "status_until"})
_ENDS = frozenset({"closes", "status_until"})
_MONEY = frozenset({"budget", "grant_max"})
_LISTS = frozenset({"sectors", "rounds", "about"})
_STATUSES = frozenset({"planned", "open", "closed", "suspended", "settled"})
_NOT_SAID = frozenset({"", "brak danych", "do ustalenia", "w trakcie ustalania"})
_SELECTOR = re.compile(r"(?P<css>.*?)(@(?P<attribute>[\w-]+))?", re.DOTALL)
_COMMA = re.compile(r"[,;]\s*(?![^()]*\))")


@dataclass(frozen=True)
class PageList:
    """The reader of one source's list."""

    source: str
    kind: Kind
    selectors: Selectors
    details: str | None = None
    """Path with which addresses of detail pages begin; None when rows have none."""
    name: str = "page_list"
    version: int = VERSION

    def content(self, page: Page) -> str:
        """Text and links of the rows; of `<main>` or `<body>` where there is no row."""
        tree = soup(page)
        rows = tree.select(self.selectors.item) or tree.select("main")[:1] or tree.select("body")[:1]
        if not rows:
            raise PageUnreadable("the page has no body", address=page.asked)
        return "\n".join(content_text(row) for row in rows)

    def read(self, page: Page) -> Iterator[Record]:
        """One record a row, in page order. Raises PageUnreadable, PageFault (`parse`)."""
        for number, row in enumerate(soup(page).select(self.selectors.item), 1):
            yield self._record(page, row, number)

    def more(self, page: Page) -> str | None:
        """The address the `follow` selector finds, if it is another page."""
        if self.selectors.follow is None:
            return None
        selector, _ = _split(self.selectors.follow)
        found = soup(page).select_one(selector)
        url = _address(page, found, self.selectors.follow) if found else None
        return url if url != page.asked else None

    def _record(self, page: Page, row: Tag, number: int) -> Record:
        values: dict[str, Value] = {}
        printed: dict[str, str] = {}
        for field, selector in self.selectors.fields.items():
            nodes = _find(row, selector)
            if not nodes:
                continue
            if field == "url":
                if url := _address(page, nodes[0], selector):
                    values[field] = url
            elif field in _LISTS:
                if items := _items(page, field, nodes, selector):
                    values[field] = items
            elif fold(text := _text(nodes[0], selector)) not in _NOT_SAID:
                value = _value(page, field, text)
                if value is not None:
                    values[field] = value
                if value not in (None, text):
                    printed[field] = text
        name = NAME_FIELD[self.kind]
        for needed in (name,) if self.kind == "cluster" else (name, "url"):
            if needed not in values:
                raise PageUnreadable(
                    f"row {number} has no {needed}: see the selector {self.selectors.fields.get(needed)!r} "
                    f"of source {self.source}",
                    address=page.asked,
                )
        return Record(self.kind, _keys(self.kind, values), values, printed, detail=self._detail(values))

    def _detail(self, values: Mapping[str, Value]) -> str | None:
        url = str(values.get("url", ""))
        return url if self.details and url and urlsplit(url).path.startswith(self.details) else None


def for_source(source: Source) -> PageList:
    """The reader of `source`.

    Raises ConfigError, naming source and key, when it has no selectors, lacks the name's or the
    link's, names a field its kind has not, or gives a selector that is none.
    """
    if source.selectors is None:
        raise ConfigError(f"source.{source.id}: page_list needs item and fields; add them")
    selectors = source.selectors
    for needed in {NAME_FIELD[source.kind], "url"} - selectors.fields.keys():
        if needed != "url" or source.kind != "cluster":
            raise ConfigError(f"source.{source.id}.fields: a {source.kind} needs {needed}; add its selector")
    if unknown := selectors.fields.keys() - set(FIELDS[source.kind]):
        raise ConfigError(
            f"source.{source.id}.fields: a {source.kind} has no {', '.join(sorted(unknown))}; "
            f"choose from {', '.join(FIELDS[source.kind])}"
        )
    keyed = {f"fields.{name}": css for name, css in selectors.fields.items()}
    keyed |= {"item": selectors.item, "follow": selectors.follow or ""}
    for key, selector in keyed.items():
        try:
            compile_selector(_split(selector)[0] or "*")
        except SelectorSyntaxError as error:
            place = f"source.{source.id}.{key}"
            reason = str(error).splitlines()[0]
            raise ConfigError(f"{place}: {selector!r} is no CSS selector; mend it ({reason})") from error
    return PageList(source.id, source.kind, selectors, source.details.path if source.details else None)


def _split(selector: str) -> tuple[str, str | None]:
    """CSS and attribute of `a@href`; the CSS is empty for the row itself."""
    found = _SELECTOR.fullmatch(selector.strip())
    css, attribute = (found["css"].strip(), found["attribute"]) if found else (selector, None)
    return "" if css == "." else css, attribute


def _find(row: Tag, selector: str) -> list[Tag]:
    css, attribute = _split(selector)
    nodes = list(row.select(css)) if css else [row]
    return [node for node in nodes if attribute is None or node.has_attr(attribute)]


def _text(node: Tag, selector: str) -> str:
    attribute = _split(selector)[1]
    return clean(" ".join(filter(None, node.get_attribute_list(attribute)))) if attribute else text_of(node)


def _address(page: Page, node: Tag, selector: str) -> str | None:
    """The address of a link, whether or not its selector says `@href`."""
    plain_link = _split(selector)[1] is None and node.has_attr("href")
    return link(page, str(node["href"]) if plain_link else _text(node, selector), base_of(node))


def _items(page: Page, field: str, nodes: list[Tag], selector: str) -> tuple[str, ...]:
    """The parts of a list: one a node, or those between the commas of a single node."""
    if field == "about":
        return tuple(dict.fromkeys(filter(None, (_address(page, node, selector) for node in nodes))))
    texts = [_text(node, selector) for node in nodes]
    if field == "rounds":
        return tuple(sorted(_round(page, text) for text in texts if text))
    parts = texts if len(texts) > 1 else [clean(part) for part in _COMMA.split(texts[0])]
    return tuple(part for part in parts if part)


def _round(page: Page, text: str) -> str:
    try:
        start, end = read_range(text)
    except NotADate as error:
        raise _unreadable(page, "rounds", text, "a range of dates") from error
    return f"{start or ''}/{end or ''}"


def _value(page: Page, field: str, text: str) -> str | None:
    if field in _DATES:
        return _date(page, field, text)
    if field in _MONEY:
        try:
            return read_money(text, end=True)
        except NotMoney as error:
            raise _unreadable(page, field, text, "a sum of money") from error
    if field == "status":
        status = text if text in _STATUSES else status_of(text) or status_of(f"nabór {text}")
        if status is None:
            raise _unreadable(page, field, text, "a status: planned, open, closed, suspended, settled")
        return status
    return text


def _date(page: Page, field: str, text: str) -> str | None:
    """The date of `text`; of a range its own end, if printed; in a phrase the only date there is."""
    end, year = field in _ENDS, page.at.year
    try:
        return read_date(text, end=end, year=year)
    except NotADate:
        try:
            return read_range(text, year=year)[end]
        except NotADate as error:
            found = find_dates(text, year=year)
            if len(found) == 1:
                return found[0].value
            raise _unreadable(page, field, text, "a date") from error


def _unreadable(page: Page, field: str, text: str, expected: str) -> PageFault:
    message = f"{field}: {text!r} is not {expected}; see its selector"
    return PageFault(message, reason="parse", address=page.asked)


def _keys(kind: Kind, values: Mapping[str, Value]) -> tuple[Key, ...]:
    """Number, address, name: whatever the kind is known by, strongest first."""
    keys: list[Key] = []
    if kind == "cluster":
        keys.append(Key("name", fold(str(values["name"]))))
    elif kind == "document":
        keys.append(Key("document", fold(str(values["title"]))))
    elif number := values.get("number"):
        keys.append(Key("number", str(number)))
    if kind != "cluster":
        keys.append(address_key(str(values["url"])))
    return tuple(keys)
