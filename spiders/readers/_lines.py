"""An editor's markup as a sequence of lines and tables: what a reader's eye sees.

Editors write the same list as `ol`, `ul`, lines that begin with a dash, or a table, and a
heading as `h3` or as bold text; the lines say which is which.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bs4 import Tag
from bs4.element import Comment, NavigableString

from spiders.markup import text_of
from storage.errors import PageUnreadable
from storage.records import clean

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary", "caption", "dt"})
_BLOCKS = frozenset(
    "address article blockquote center dd details div dl fieldset figure footer form header main nav ol "
    "p pre section table tbody td th tr ul".split()
)
_SILENT = frozenset({"script", "style", "noscript", "template"})
_LISTS = ("ol", "ul")
_WIDEST = 100
_MOST_PLACES = 50_000
_DEEPEST = 5
"""Rows in rows: editors indent, but not for ever."""
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
    if len(item.find_parents("li", limit=_DEEPEST)) == _DEEPEST:
        raise PageUnreadable(f"rows in rows, more than {_DEEPEST} deep; see whether they still are a list")
    yield from _whole(item, row=True)
    for inner in item.find_all(_LISTS):
        if inner.find_parent("li") is item:
            yield from _walk(inner, gathered)


def _whole(node: Tag, *, row: bool = False, heading: bool = False) -> Iterator[Line]:
    """All text of `node` as one line; of a row without the lists within it."""
    if text := text_of(node, without=_LISTS if row else ()):
        mark = _MARK.match(text) if row else None
        anchors = [each for each in node.find_all("a") if not row or _in_same_list(each, node)]
        yield Line(text[mark.end() :] if mark else text, row, heading, tuple(anchors))


def _in_same_list(anchor: Tag, item: Tag) -> bool:
    return anchor.find_parent(_LISTS) is item.find_parent(_LISTS)


def _grid(table: Tag) -> tuple[tuple[Tag, ...], ...]:
    own = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    places: list[dict[int, Tag]] = [{} for _ in own]
    taken = 0
    for down, row in enumerate(own):
        across = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while across in places[down]:
                across += 1
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            taken += wide * len(places[down : down + high])
            if taken > _MOST_PLACES:
                raise PageUnreadable(
                    f"a table of more than {_MOST_PLACES} places; see whether it still is one"
                )
            for below in places[down : down + high]:
                below.update(dict.fromkeys(range(across, across + wide), cell))
            across += wide
    return tuple(tuple(row[place] for place in sorted(row)) for row in places)


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
