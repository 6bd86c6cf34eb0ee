"""Lists of Key National Clusters, however an editor set them.

The round and the validity of the status stand in a heading and hold for all rows below, until
the next heading; or in the columns of a table.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from spiders.readers._cluster_row import Round, Row, addresses, fault, read_row, round_of
from spiders.readers._cluster_table import table_rows
from spiders.readers._lines import Line, Table
from storage.errors import PageUnreadable
from storage.records import Key, Page, Record, fold


@dataclass
class _Section:
    """What stands below one heading. `title` is kept where it seems to name a round and does not."""

    said: Round | None = None
    title: str = ""
    pieces: list[Line | Table] = field(default_factory=list)


def clusters(
    page: Page, pieces: Iterable[Line | Table], files: Collection[str] = (), below: Round | None = None
) -> Iterator[Record]:
    """The clusters among `pieces`, in order.

    Rows count only below the heading of a round (`below` is one that stands before the
    pieces); rows that are nothing but a link to one of `files` are no clusters. Raises
    PageUnreadable (`list-empty` when a round has no rows) and PageFault (`parse`).
    """
    listed = 0
    for section in _sections(page, pieces, below):
        rows = list(_rows(page, section, files))
        if section.said and not rows:
            raise _missing(page, f"round {section.said.numeral} has no rows", "list-empty")
        for row in rows:
            yield Record("cluster", (Key("name", fold(_named(page, row))),), row.values, row.printed)
        listed += len(rows)
    if not listed:
        raise _missing(page, "no cluster below the heading of a round", "layout")


def _missing(page: Page, what: str, reason: str) -> PageUnreadable:
    return PageUnreadable(
        f"{page.reached}: {what}; see whether the list is set otherwise now",
        reason=reason,
        address=page.reached,
    )


def _sections(page: Page, pieces: Iterable[Line | Table], below: Round | None) -> Iterator[_Section]:
    section = _Section(below)
    for piece in pieces:
        if isinstance(piece, Line) and (said := round_of(page, piece.text)):
            yield section
            section = _Section(said)
        elif isinstance(piece, Line) and not piece.row and _closes(piece):
            yield section
            section = _Section(title=piece.text if re.search(r"(?i)\brunda\b", piece.text) else "")
        else:
            section.pieces.append(piece)
    yield section


def _closes(line: Line) -> bool:
    """Whether the rows below `line` are no longer those of the round above it."""
    if line.text.endswith(":"):
        return not re.search(r"(?i)klastr|klaster|status", line.text)
    return line.heading


def _rows(page: Page, section: _Section, files: Collection[str]) -> Iterator[Row]:
    for piece in section.pieces:
        if isinstance(piece, Table):
            yield from table_rows(page, piece, section.said)
        elif piece.row and section.title:
            raise fault(page, f"rows stand below {section.title!r}, which names no round that can be read")
        elif section.said and piece.row:
            found = addresses(page, piece.anchors)
            if not _only_files(piece, found, files):
                row = read_row(page, piece.text, [one for one in found if one not in files])
                row.say_round(section.said)
                yield row
        elif section.said and re.search(r"(?i)\breprezentowan\w+ przez\b", piece.text):
            raise fault(page, f"{piece.text!r} looks like a row, but is no element of the list")


def _only_files(line: Line, found: list[str], files: Collection[str]) -> bool:
    return bool(found) and all(one in files for one in found) and "reprezent" not in line.text


def _named(page: Page, row: Row) -> str:
    name = row.values.get("name")
    if not isinstance(name, str) or not fold(name):
        raise PageUnreadable(f"{page.reached}: a row without a name: {row.values!r}", address=page.reached)
    return name
