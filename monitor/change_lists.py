"""Lists of all that was told: `changes.html` with the newest, parts by year under `lists/`.

`changes.html` leads to the newest part of each year, and that to all others of its year. Pages of
the history, the language and the addresses of the site alone. A part that is full stays as it is
once the next one has begun, so one change draws one part, or two, and `changes.html`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any

from monitor.bodies import Site, cut_name, moment_words
from monitor.change_pages import path_of
from monitor.drawing import draw, tied
from monitor.drawn import Files
from monitor.entries import Entry
from monitor.publication import Publication
from monitor.publishing import names
from monitor.sheets import Sheet, Sheets
from monitor.wording import shorten
from monitor.words.page_labels import LISTS
from storage.forms import WARSAW, moment_text
from storage.records import clean

PAGE, FOLDER = "changes.html", "lists"
_TEMPLATE, _FILE = "changes.html", "changes-"
_IN_PART = 100  # entries, of some 500 bytes each
_NEWEST = 30
_NAME = 200  # characters

_Place = tuple[int, int]
"""A part: its year in Warsaw, its number in that year from 1 on."""


@dataclass(frozen=True)
class _Line:
    month: str
    title: str
    name: str
    link: str
    stamp: str
    when: str
    source: str


class ChangeLists:
    """The part of the publication that draws these lists.

    It remembers how many entries each year has: they follow one another as they were told.
    """

    name = "change-lists"

    def __init__(self, publication: Publication, sheets: Sheets, since: int, memory: Any) -> None:
        self._publication, self._site, self._sheets = publication, publication.site, sheets
        before = bisect_right(publication.told, since)
        kept = _counts(memory)
        self._counts, self.since = (kept, since) if sum(kept.values()) == before else ({}, 0)
        there = _names(publication)
        self._missing = [place for place in self._places() if _file(place) not in there]
        self._lines: list[_Line] = []

    def take(self, entries: Sequence[Entry]) -> Iterator[Files]:
        """The parts after which another one begins."""
        for entry in entries:
            if entry.number <= self.since:
                continue
            before, year = self._last(), entry.at.astimezone(WARSAW).year
            self._counts[year] = self._counts.get(year, 0) + 1
            if before and before != self._last():
                yield self._part(before)
                self._lines = []
            self._lines.append(_line(entry, self._site))

    def finish(self) -> Iterator[Files]:
        """The last part, those that are missing, and the newest entries with the way to all years."""
        last = self._last()
        if last and self._lines:
            yield self._part(last)
        self._lines = []
        for place in self._missing:
            yield self._part(place)
        newest = self._publication.told[-_NEWEST:]
        years = [(self._link(self._last_of(year))[0], str(year)) for year in reversed(self._counts)]
        yield from self._sheets.changed([Sheet(PAGE, (newest, years), partial(self._first, newest, years))])

    def memory(self) -> Any:
        """The number of entries of each year."""
        return {str(year): count for year, count in self._counts.items()}

    def stale(self) -> Iterable[str]:
        """Parts in the folder that no entry stands in."""
        known = {_file(place) for place in self._places()}
        return [f"{FOLDER}/{name}" for name in sorted(_names(self._publication) - known)]

    def _places(self) -> list[_Place]:
        """All parts, oldest first."""
        return [(year, number + 1) for year in self._counts for number in range(self._last_of(year)[1])]

    def _last(self) -> _Place | None:
        if not self._counts:
            return None
        return self._last_of(next(reversed(self._counts)))

    def _last_of(self, year: int) -> _Place:
        return year, -(-self._counts[year] // _IN_PART)

    def _numbers(self, place: _Place) -> Sequence[int]:
        """The ids of the leading changes of a part."""
        year, number = place
        before = sum(count for each, count in self._counts.items() if each < year)
        start, end = before + (number - 1) * _IN_PART, before + self._counts[year]
        return self._publication.told[start : min(start + _IN_PART, end)]

    def _first(self, newest: Sequence[int], years: Sequence[tuple[str, str]]) -> bytes:
        lines = [_line(entry, self._site) for entry in self._publication.entries(newest)]
        return self._page(PAGE, LISTS[self._site.language]["changes"], lines, years)

    def _part(self, place: _Place) -> Files:
        numbers, lines = self._numbers(place), self._lines
        if len(lines) != len(numbers):
            lines = [_line(entry, self._site) for entry in self._publication.entries(numbers)]
        places, text = self._places(), LISTS[self._site.language]
        at = places.index(place)
        links = [(PAGE, text["changes"])]
        links += [(self._link(each)[0], text["newer"]) for each in places[at + 1 : at + 2]]
        links += [(self._link(each)[0], text["older"]) for each in places[max(0, at - 1) : at]]
        if place == self._last_of(place[0]):
            links += [self._link((place[0], number)) for number in range(place[1] - 2, 0, -1)]
        path, name = self._link(place)
        return {path: self._page(path, f"{text['changes']}: {name}", lines, links)}

    def _link(self, place: _Place) -> tuple[str, str]:
        year, number = place
        several = self._counts[year] > _IN_PART
        text = LISTS[self._site.language]["part_no"].format(number)
        return f"{FOLDER}/{_file(place)}", f"{year}, {text}" if several else str(year)

    def _page(self, path: str, title: str, lines: Sequence[_Line], links: Sequence[tuple[str, str]]) -> bytes:
        text = LISTS[self._site.language]
        values = {
            "root": "../" * path.count("/"),
            "section": "home",
            "feeds": self._publication.offered,
            "text": text,
            "title": title,
            "lead": text["changes_lead"],
            "path": path,
            "links": links,
            "months": [
                (month, list(same)) for month, same in groupby(reversed(lines), key=lambda line: line.month)
            ],
        }
        return draw(_TEMPLATE, self._site.language, values)


def _line(entry: Entry, site: Site) -> _Line:
    return _Line(
        month=site.words.date(entry.at.astimezone(WARSAW).strftime("%Y-%m")),
        title=clean(entry.title),
        name=shorten(cut_name(entry), _NAME),
        link=path_of(entry),
        stamp=moment_text(entry.at),
        when=tied(moment_words(site.words, entry.at)),
        source=clean(site.teller(entry)) if entry.kind else "",
    )


def _counts(memory: Any) -> dict[int, int]:
    with suppress(TypeError, ValueError):
        if isinstance(memory, Mapping):
            return {int(year): int(memory[year]) for year in sorted(memory, key=int)}
    return {}


def _file(place: _Place) -> str:
    year, number = place
    return f"{_FILE}{year}{f'-{number}' if number > 1 else ''}.html"


def _names(publication: Publication) -> set[str]:
    """The files of parts in the published folder."""
    return {name for name in names(publication.config.publish / FOLDER) if name.startswith(_FILE)}
