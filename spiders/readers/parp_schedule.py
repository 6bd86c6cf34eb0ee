"""PARP's schedule of calls, `/harmonogram-naborow` (seen September 2026).

Months are headings, a call is a tile, and a tile stands once for each round and month:

    <h3 class="background"><span>wrzesień</span></h3>
    <a href="…/component/grants/grants/<slug>" class="schedule-main schedule-feng">
      <p class="text-mm-18">title</p>
      <p class="text-cr-14">text, or an inner <a>, or <span>Maksymalne dofinansowanie:</span> 400 000 PLN</p>
      <p class="m-0 text-cr-18">01.08.2026</p> <p class="mb-3 text-cr-13">data rozpoczęcia rundy</p>
      <p class="m-0 text-cr-18">30.09.2026</p> <p class="mb-3 text-cr-13">data zakończenia rundy</p>
      <p class="m-0 text-cr-13">Nabór ma kilka rund. Koniec naboru: 31.08.2027</p>
    </a>

Tiles with one link are one call. The page prints rounds; `opens` and, unless the end of the
whole call is printed, `closes` are computed from them and named in `derived`. A tile may lead
to an operator's own site: then it has no card. A link inside the tile's link is no call.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from spiders.markup import base_of, content_text, link, soup, text_of
from spiders.polish import NotADate, NotMoney, read_date, read_money
from storage.errors import PageFault, PageUnreadable
from storage.records import Key, Page, Record, Value, address_key

VERSION = 1

_STARTS = "data rozpoczęcia"
_ENDS = "data zakończenia"
_PROGRAMME = re.compile(r"schedule-(?!main$)(\w+)")
_GRANT_MAX = re.compile(r"maksymalne dofinansowanie\s*:\s*(.*)", re.IGNORECASE)
_END_OF_CALL = re.compile(r"koniec naboru\s*:\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class _Printed:
    """A date or sum as it is kept and as it is printed."""

    value: str
    printed: str


@dataclass(frozen=True)
class _Tile:
    """One tile: one round of one call."""

    url: str
    title: str
    programme: str | None
    grant_max: _Printed | None
    start: _Printed | None
    end: _Printed | None
    end_of_call: _Printed | None


def content(page: Page) -> str:
    """Text and links of the months and tiles, in order. Raises PageUnreadable where there are none."""
    blocks = soup(page).select("h3.background, a.schedule-main")
    if not blocks:
        raise PageUnreadable(
            "no month and no tile of the schedule: the layout changed, a new reader is needed",
            address=page.asked,
        )
    return "\n".join(content_text(block) for block in blocks)


def read(page: Page) -> Iterator[Record]:
    """One call for each link, in the order of first appearance.

    Raises PageUnreadable for a tile without a link or title or with a date of an unknown
    meaning, PageFault (`parse`) for a date or sum that cannot be read.
    """
    calls: dict[Key, list[_Tile]] = {}
    for tile in _tiles(page, soup(page)):
        calls.setdefault(address_key(tile.url), []).append(tile)
    for key, tiles in calls.items():
        yield _call(key, tiles)


def more(page: Page) -> str | None:
    """None: the schedule is one page."""
    return None


def _tiles(page: Page, tree: BeautifulSoup) -> Iterator[_Tile]:
    for node in tree.select("a.schedule-main"):
        heading = node.select_one("p.text-mm-18")
        title = text_of(heading) if heading else ""
        url = link(page, str(node.get("href") or ""), base_of(tree))
        if not title or not url:
            raise PageUnreadable(
                f"a tile without a title or a link: {text_of(node)[:80]!r}", address=page.asked
            )
        start, end, end_of_call = _dates(page, node, title)
        yield _Tile(url, title, _programme(node), _grant_max(page, node, title), start, end, end_of_call)


def _dates(page: Page, node: Tag, title: str) -> tuple[_Printed | None, _Printed | None, _Printed | None]:
    """Start and end of the round and printed end of the call: each date comes before its label."""
    start = end = end_of_call = None
    waiting = ""
    for line in node.select("p.text-cr-18, p.text-cr-13"):
        text = text_of(line)
        if "text-cr-18" in line.get_attribute_list("class"):
            if waiting:
                raise PageUnreadable(f"{title!r}: the date {waiting!r} has no label", address=page.asked)
            waiting = text
        elif text.casefold().startswith(_STARTS):
            start, waiting = _date(page, waiting, title), ""
        elif text.casefold().startswith(_ENDS):
            end, waiting = _date(page, waiting, title, end=True), ""
        elif printed := _END_OF_CALL.search(text):
            end_of_call = _date(page, printed[1], title, end=True)
    if waiting:
        raise PageUnreadable(f"{title!r}: the date {waiting!r} has no known label", address=page.asked)
    return start, end, end_of_call


def _date(page: Page, text: str, title: str, *, end: bool = False) -> _Printed | None:
    if not any(letter.isdigit() for letter in text):  # "w trakcie ustalania" or nothing: not said
        return None
    try:
        return _Printed(read_date(text, end=end), text)
    except NotADate as error:
        raise PageFault(f"{title!r}: {text!r} is not a date", reason="parse", address=page.asked) from error


def _programme(node: Tag) -> str | None:
    for name in node.get_attribute_list("class"):
        if name and (found := _PROGRAMME.fullmatch(name)):
            return found[1].upper()
    return None


def _grant_max(page: Page, node: Tag, title: str) -> _Printed | None:
    for line in node.select("p.text-cr-14"):  # a share of the costs (85%) is no sum of money
        found = _GRANT_MAX.fullmatch(text_of(line))
        if found and "%" not in found[1] and any(letter.isdigit() for letter in found[1]):
            try:
                return _Printed(read_money(found[1], end=True), found[1])
            except NotMoney as error:
                raise PageFault(
                    f"{title!r}: {found[1]!r} is not a sum of money", reason="parse", address=page.asked
                ) from error
    return None


def _call(key: Key, tiles: list[_Tile]) -> Record:
    first = tiles[0]
    starts = [tile.start for tile in tiles if tile.start]
    ends = [tile.end for tile in tiles if tile.end]
    ends_of_call = [tile.end_of_call for tile in tiles if tile.end_of_call]
    rounds = {f"{tile.start.value}/{tile.end.value}" for tile in tiles if tile.start and tile.end}
    said: dict[str, _Printed | None] = {
        "opens": min(starts, key=lambda date: date.value, default=None),
        "closes": max(ends_of_call or ends, key=lambda date: date.value, default=None),
        "grant_max": next((tile.grant_max for tile in tiles if tile.grant_max), None),
    }
    values: dict[str, Value | None] = {"title": first.title, "url": first.url}
    if first.programme:
        values["programme"] = first.programme
    if rounds:
        values["rounds"] = tuple(sorted(rounds))
    values |= {name: text.value for name, text in said.items() if text}
    return Record(
        "call",
        (key,),
        values,
        {name: text.printed for name, text in said.items() if text and text.printed != text.value},
        frozenset({"opens"} if ends_of_call else {"opens", "closes"}) & values.keys(),
        first.url if key.scheme == "grant" else None,
    )
