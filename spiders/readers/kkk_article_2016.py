"""The ministry's announcement of the clusters of round II (mr.gov.pl, Umbraco, 2016).

    <h1>Znamy nowe Krajowe Klastry Kluczowe</h1>
    …
    <p>… W ramach II rundy, 9 kolejnym przyznano status KKK:</p>
    <ol><li>Name (sector, sector),</li> …</ol>

The round stands in the sentence before the list, the days of the status nowhere. The page
begins with texts of its loader and holds tokens that change at every load, so only the block
that holds both the title and the list counts.
"""

import re
from collections.abc import Iterator

from bs4 import Tag

from spiders.markup import content_text, soup
from spiders.readers._cluster_row import Round
from spiders.readers._clusters import clusters
from spiders.readers._lines import Line, lines
from storage.errors import PageUnreadable
from storage.records import Page, Record

VERSION = 2

_ROUND = re.compile(r"\b(?P<numeral>[IVX]+) rund\w+")


def content(page: Page) -> str:
    """Canonical text of the announcement. Raises PageUnreadable when it is not there."""
    return content_text(_announcement(page)[0])


def read(page: Page) -> Iterator[Record]:
    """The clusters listed, with the round of the sentence before the list.

    Raises PageUnreadable when title, sentence or list are missing.
    """
    _, numeral, listed = _announcement(page)
    yield from clusters(page, lines(listed), below=Round(numeral))


def _announcement(page: Page) -> tuple[Tag, str, Tag]:
    """The block of the announcement, the numeral of its round, and its list."""
    for listed in soup(page).find_all("ol"):
        for block in listed.parents:
            if block.name != "body" and block.find(["h1", "h2"]):
                if numeral := _numeral(block, listed):
                    return block, numeral, listed
                break
    raise PageUnreadable(
        f"{page.reached}: no list below a sentence that names a round; see whether the page moved",
        address=page.reached,
    )


def _numeral(block: Tag, listed: Tag) -> str | None:
    """The round named in the line that stands before `listed`."""
    first = next(iter(lines(listed)), None)
    before = None
    for piece in lines(block):
        if piece == first:
            break
        before = piece
    found = _ROUND.search(before.text) if isinstance(before, Line) else None
    return found["numeral"] if found else None
