"""One row of a list of Key National Clusters, and the heading that holds for the rows below it.

A row that is not wholly understood is an error, never a guess.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bs4 import Tag

from spiders.markup import base_of, link
from spiders.nominative import nominative
from spiders.polish import NotADate, read_range
from storage.errors import PageFault
from storage.records import Page, Value, clean

_HEAD = re.compile(
    r"(?:[^.:()]{0,80}?\s*[–—:-]\s+)?(?:(?P<before>[IVX]+)\.? (?i:runda)|(?i:runda) (?P<after>[IVX]+))\b"
    r"(?: konkursu(?: o status (?:KKK|Krajowego Klastra Kluczowego))?)?(?P<note>.*)"
)
_BRACKETS = re.compile(r"\((?P<note>.*)\)[.:;,]*")
_YEAR = re.compile(r"(?:19|20)\d\d(?: r\.?| rok)?")
_VALID = re.compile(
    r"(?i:(?:okres |ważność )?status\w*|ważn\w+)(?: KKK)?"
    r"(?: (?i:obowiązuj\w+|ważn\w+|nadan\w+|przyznan\w+))?:? (?P<range>(?:od|do|\d).*)"
)
_REGION = re.compile(r"[\s,;(–-]+(?P<printed>(?:woj\.|województwo|region:) (?P<region>[\w-]+))\)?$")
_COORDINATOR = re.compile(
    r"(?:^|(?:,| [–-])? )"
    r"(?:(?P<represented>reprezentowan\w+ przez)|\(?koordynator(?:em jest)?(?=\s?[:–-]))\s?[:–-]?\s*",
    re.IGNORECASE,
)
_SECTORS = re.compile(r"(?P<name>[^()]+?(?: \([^()\s]+\))?) ?\((?P<sectors>[^()]+)\)")
_ACRONYM = re.compile(r"[A-ZĄĆĘŁŃÓŚŹŻ0-9&-]{2,10}")
_LINK_TEXT = re.compile(r"[\s,;(–-]+(?i:strona (?:www|internetowa|klastra)|www|więcej)\)?$")
_ADDRESS = re.compile(r"[\s,;(–-]+(?P<printed>(?:https?://|www\.)[\w.-]+\.\w{2,}(?:/[^\s()]*)?)\)?$")
_ABBREVIATED = re.compile(r"\b\w\.$")
_LONGEST_NAME = 150
_LONGEST_ROW = 1000


@dataclass(frozen=True)
class Round:
    """What a heading says of all rows below it: the round, and the days of the status as printed."""

    numeral: str
    status_from: str | None = None
    status_until: str | None = None
    printed: str = ""


@dataclass
class Row:
    """What one row says, field by field."""

    values: dict[str, Value | None] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)

    def say(self, name: str, value: Value, printed: str | None = None) -> None:
        self.values[name] = value
        if printed is not None and printed != value:
            self.printed[name] = printed

    def say_sectors(self, text: str) -> None:
        """The sectors of a text that sets them apart by commas or semicolons."""
        sectors = tuple(part for part in (clean(part) for part in re.split("[,;]", text)) if part)
        self.say("sectors", sectors, None if text == ", ".join(sectors) else text)

    def say_address(self, printed: str) -> None:
        """An address that is printed, but no link."""
        self.say("url", printed if "://" in printed else f"http://{printed}", printed)

    def say_represented(self, by: str) -> None:
        """The coordinator as "reprezentowany przez" prints it, in the accusative."""
        self.say("coordinator", nominative(by), by)

    def say_round(self, said: Round) -> None:
        self.say("round", said.numeral)
        for name, value in (("status_from", said.status_from), ("status_until", said.status_until)):
            if value:
                self.say(name, value, said.printed)


def read_round(text: str) -> Round | None:
    """The round that a heading such as "VI runda (status obowiązuje do 17 grudnia 2025 r.):" names.

    None when the text is no such heading. Raises NotADate when the days cannot be read.
    """
    head = _HEAD.fullmatch(text)
    if head is None:
        return None
    numeral = head["before"] or head["after"]
    note = head["note"].strip(" :;,–—-")
    bracketed = _BRACKETS.fullmatch(note)
    note = bracketed["note"].strip() if bracketed else note
    if note in ("", ".") or _YEAR.fullmatch(note):
        return Round(numeral)
    valid = _VALID.fullmatch(note)
    if valid is None:
        return None
    since, until = read_range(valid["range"])
    return Round(numeral, since, until, valid["range"])


def round_of(page: Page, text: str) -> Round | None:
    """As `read_round`, with a PageFault for days that cannot be read."""
    try:
        return read_round(text)
    except NotADate as error:
        raise fault(page, f"the heading {text!r} has no readable date ({error})") from error


def addresses(page: Page, anchors: Iterable[Tag]) -> list[str]:
    """Where the links of a row lead, each address once."""
    found = (link(page, str(anchor.get("href") or ""), base_of(anchor)) for anchor in anchors)
    return list(dict.fromkeys(address for address in found if address))


def read_row(page: Page, text: str, links: list[str]) -> Row:
    """One row: "Name (sector, sector), reprezentowany przez Coordinator, woj. region".

    `links` are the addresses it leads to. Raises PageFault when it says more than that.
    """
    if len(text) > _LONGEST_ROW:
        raise fault(page, f"a row of {len(text)} letters, {text[:60]!r} …, is no row of a list")
    row = Row()
    rest = bare(text)
    if len(links) > 1:
        raise fault(page, f"the row {text!r} has several links: {', '.join(links)}")
    if address := _ADDRESS.search(rest):
        row.say_address(address["printed"])
        rest = bare(rest[: address.start()])
    if links:
        row.say("url", links[0])
        row.printed.pop("url", None)
        rest = bare(_LINK_TEXT.sub("", rest))
    if region := _REGION.search(rest):
        row.say("region", region["region"], region["printed"])
        rest = rest[: region.start()]
    if said := _COORDINATOR.search(rest):
        who = rest[said.end() :]
        who = bare(who.removesuffix(")") if "(" in said[0] else who)
        if said["represented"]:
            row.say_represented(who)
        else:
            row.say("coordinator", who)
        rest = rest[: said.start()]
    _read_name(page, row, bare(rest))
    return row


def _read_name(page: Page, row: Row, text: str) -> None:
    found = _SECTORS.fullmatch(text)
    if found and not _ACRONYM.fullmatch(found["sectors"]):
        row.say_sectors(found["sectors"])
        text = clean(found["name"])
    if re.search(r"[,;]\s", text) or text.count("(") != text.count(")") or len(text) > _LONGEST_NAME:
        raise fault(page, f"the row {text!r} says more than is understood; the reader must learn it")
    row.say("name", text)


def bare(text: str) -> str:
    """`text` without the mark that ends a row; the dot of an abbreviation ("sp. z o.o.") stays."""
    text = text.strip(" ,;")
    return text if _ABBREVIATED.search(text) else text.rstrip(" .,;")


def fault(page: Page, what: str) -> PageFault:
    """The error of a row, a heading or a cell that cannot be read."""
    return PageFault(f"{page.reached}: {what}", address=page.reached)
