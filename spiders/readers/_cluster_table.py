"""Clusters in a table whose first row names the columns."""

import re
from collections.abc import Callable, Iterable, Iterator

from bs4 import Tag

from spiders.markup import text_of
from spiders.polish import NotADate, read_date, read_range
from spiders.readers._cluster_row import Round, Row, addresses, bare, fault, read_round, read_row, round_of
from spiders.readers._lines import Table
from storage.records import Page, fold


def _say_region(row: Row, text: str) -> None:
    row.say("region", re.sub(r"^(?:woj\.|województwo)\s+", "", text), text)


def _say_status(row: Row, text: str) -> None:
    since, until = read_range(text)
    for name, value in (("status_from", since), ("status_until", until)):
        if value:
            row.say(name, value, text)


def _say_round(row: Row, text: str) -> None:
    said = read_round(text) or read_round(f"runda {text}")
    if said is None:
        raise NotADate(f"{text!r} is no round")
    row.say_round(said)


def _say_address(row: Row, text: str) -> None:
    if "url" in row.values:
        return
    if not re.fullmatch(r"(?:https?://)?[\w.-]+\.\w{2,}(?:/\S*)?", text):
        raise ValueError(f"{text!r} is no address")
    row.say_address(text)


def _say_coordinator(row: Row, text: str) -> None:
    row.say("coordinator", bare(text))


def _say_represented(row: Row, text: str) -> None:
    row.say_represented(bare(text))


def _say_from(row: Row, text: str) -> None:
    row.say("status_from", read_date(text), text)


def _say_until(row: Row, text: str) -> None:
    row.say("status_until", read_date(text), text)


def _say_nothing(row: Row, text: str) -> None:
    """Numbers of rows say nothing of a cluster."""


# How a column is known by its folded heading, and what its cells say.
_COLUMNS: tuple[tuple[re.Pattern[str], Callable[[Row, str], None]], ...] = (
    (re.compile(r"l ?\.? ?p|nr"), _say_nothing),
    (re.compile(r"(?:adres |strona )*(?:www|internetow[ay])|strona.*"), _say_address),
    (re.compile(r".*\bkoordynator\w*\b.*"), _say_coordinator),
    (re.compile(r"reprezent.*"), _say_represented),
    (re.compile(r".*\b(?:sektor|branz|specjalizacj)\w*\b.*"), Row.say_sectors),
    (re.compile(r"wojewodztwo|region"), _say_region),
    (re.compile(r"runda.*"), _say_round),
    (re.compile(r".*\b(?:status|wazn)\w*\b.*\bod"), _say_from),
    (re.compile(r".*\b(?:status|wazn)\w*\b.*\bdo"), _say_until),
    (re.compile(r".*\b(?:status|wazn)\w*\b.*"), _say_status),
)
_NAME_COLUMN = re.compile(r"(?:nazwa\b.*|.*\bklaster\b.*)")


def table_rows(page: Page, table: Table, below: Round | None) -> Iterator[Row]:
    """The rows of a table whose first row names the columns; other tables hold no clusters.

    A row that is one cell may be the heading of a round, as `below` is one before the table.
    Raises PageFault when a column or a cell cannot be read.
    """
    if not table.rows or not any(_NAME_COLUMN.fullmatch(fold(text_of(cell))) for cell in table.rows[0]):
        if below:
            raise fault(page, "a table below the heading of a round does not name its columns")
        return
    columns = [fold(text_of(cell)) for cell in table.rows[0]]
    for cells in table.rows[1:]:
        texts = [text_of(cell) for cell in cells]
        if len({id(cell) for cell in cells}) == 1 and (said := round_of(page, texts[0])):
            below = said
        elif any(texts):
            yield _cells(page, columns, texts, addresses(page, _links(cells)), below)


def _links(cells: Iterable[Tag]) -> Iterator[Tag]:
    for cell in cells:
        yield from cell.find_all("a")


def _cells(page: Page, columns: list[str], texts: list[str], links: list[str], below: Round | None) -> Row:
    if len(texts) != len(columns):
        raise fault(page, f"a row of {len(texts)} cells in a table of {len(columns)} columns: {texts!r}")
    place = next(at for at, column in enumerate(columns) if _NAME_COLUMN.fullmatch(column))
    row = read_row(page, texts[place], links)
    if below:
        row.say_round(below)
    for at, (column, text) in enumerate(zip(columns, texts, strict=True)):
        if at != place:
            _say_cell(page, row, column, text)
    return row


def _say_cell(page: Page, row: Row, column: str, text: str) -> None:
    known = next((say for pattern, say in _COLUMNS if pattern.fullmatch(column)), _say_unknown)
    if text in ("", "-", "–"):
        return
    try:
        known(row, text)
    except ValueError as error:
        raise fault(page, f"the column {column!r} cannot be read ({error})") from error


def _say_unknown(row: Row, text: str) -> None:
    raise ValueError(f"no column of that name is known, and it says {text!r}")
