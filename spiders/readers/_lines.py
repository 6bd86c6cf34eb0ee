"""An editor's markup as a sequence of lines and tables: what a reader's eye sees.

Editors write the same list as `ol`, `ul`, lines that begin with a dash, or a table, and a
heading as `h3` or as bold text; the lines say which is which.
"""

import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field

from bs4 import Tag
from bs4.element import Comment, NavigableString

from spiders.markup import text_of
from storage.records import clean

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "caption", "dt"})
_BLOCKS = frozenset(
    "address article blockquote center dd details div dl fieldset figure footer form header main nav ol "
    "p pre section table tbody td th tr ul".split()
)
_SILENT = frozenset({"script", "style", "noscript", "template"})
_WIDEST = 100
_MARK = re.compile(r"^(?:[-–—•·*▪]\s*|\d{1,2}[.)]\s+)(?=\w|[\"„])")


@dataclass(frozen=True)
class Line:
    """One line of text. `row`: an element of a list, its mark removed; `heading`: set apart as one."""

    text: str
    row: bool = False
    heading: bool = False
    anchors: tuple[Tag, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table as a grid: a cell that spans rows or columns stands at each of its places."""

    rows: tuple[tuple[Tag, ...], ...]


@dataclass
class _Gathered:
    """The strings of the line that is being read."""

    strings: list[NavigableString] = field(default_factory=list)

    def line(self) -> Iterator[Line]:
        text = clean("".join(self.strings))
        strings, self.strings = [part for part in self.strings if clean(part)], []
        if not text:
            return
        mark = _MARK.match(text)
        yield Line(
            text[mark.end() :] if mark else text,
            row=mark is not None,
            heading=mark is None and all(part.find_parent(["b", "strong"]) for part in strings),
            anchors=_anchors(strings),
        )


def lines(block: Tag) -> Iterator[Line | Table]:
    """The lines and tables of `block`, in page order; empty lines are left out."""
    gathered = _Gathered()
    yield from _walk(block, gathered)
    yield from gathered.line()


def _walk(node: Tag, gathered: _Gathered) -> Iterator[Line | Table]:
    for child in list(node.children):
        if isinstance(child, NavigableString):
            if not isinstance(child, Comment):
                gathered.strings.append(child)
        elif not isinstance(child, Tag) or child.name in _SILENT:
            continue
        elif child.name in _HEADINGS:
            yield from gathered.line()
            yield from _whole(child, heading=True)
        elif child.name == "li":
            yield from gathered.line()
            yield from _row(child, gathered)
        elif child.name == "table":
            yield from gathered.line()
            yield Table(_grid(child))
        elif child.name in _BLOCKS:
            yield from gathered.line()
            yield from _walk(child, gathered)
            yield from gathered.line()
        elif child.name == "br":
            yield from gathered.line()
        else:
            yield from _walk(child, gathered)


def _row(item: Tag, gathered: _Gathered) -> Iterator[Line | Table]:
    """A list element as one line, and after it the elements of a list within it."""
    nested = item.find(["ol", "ul"]) is not None
    yield from _whole(_without_lists(item) if nested else item, row=True)
    for inner in item.find_all(["ol", "ul"]) if nested else ():
        if inner.find_parent("li") is item:
            yield from _walk(inner, gathered)


def _without_lists(item: Tag) -> Tag:
    bare = copy(item)
    for inner in bare.find_all(["ol", "ul"]):
        inner.decompose()
    return bare


def _whole(node: Tag, *, row: bool = False, heading: bool = False) -> Iterator[Line]:
    """All text of `node` as one line."""
    if text := text_of(node):
        mark = _MARK.match(text) if row else None
        yield Line(text[mark.end() :] if mark else text, row, heading, tuple(node.find_all("a")))


def _grid(table: Tag) -> tuple[tuple[Tag, ...], ...]:
    own = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    places: dict[tuple[int, int], Tag] = {}
    for down, row in enumerate(own):
        across = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (down, across) in places:
                across += 1
            for y in range(min(_span(cell, "rowspan"), len(own) - down)):
                for x in range(_span(cell, "colspan")):
                    places[down + y, across + x] = cell
            across += _span(cell, "colspan")
    return tuple(
        tuple(places[place] for place in sorted(places) if place[0] == down) for down in range(len(own))
    )


def _span(cell: Tag, name: str) -> int:
    """How many places a cell takes; 1 where nothing sensible is printed."""
    printed = str(cell.get(name) or "1").strip()
    return min(max(int(printed), 1), _WIDEST) if printed.isdecimal() else 1


def _anchors(strings: list[NavigableString]) -> tuple[Tag, ...]:
    found: list[Tag] = []
    for part in strings:
        anchor = part.find_parent("a")
        if anchor is not None and not any(anchor is known for known in found):
            found.append(anchor)
    return tuple(found)
