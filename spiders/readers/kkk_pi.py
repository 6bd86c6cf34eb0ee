"""The list of Key National Clusters on the old Portal Innowacji (pi.gov.pl, classic ASP, 2015–2018).

    <TABLE …><TR><TD>…
      <A HREF="#lista">Lista Krajowych Klastrów Kluczowych</A>
      … <A NAME="konkurs"></A><FONT …><B>Konkurs o status …</B></FONT> …
      <A NAME="lista"></A><FONT SIZE="3"><B>Lista Krajowych Klastrów Kluczowych</B></FONT>
      <B>I runda (2015):</B> <UL><LI>Name, reprezentowany przez Coordinator; …

One long page with three sections, each linked from the top; only the list is read. It ends
at the anchor of another section, at the foot of the text, or with the cell of the layout
table that holds it.
"""

import re
from collections.abc import Iterator

from bs4 import Tag

from spiders.markup import content_text, soup, text_of
from spiders.readers._clusters import clusters
from spiders.readers._lines import Line, Table, lines
from storage.errors import PageUnreadable
from storage.records import Page, Record, fold

VERSION = 2

_TITLE = "lista krajowych klastrow kluczowych"
_FOOT = re.compile(r"do gory|powrot|wstecz|drukuj|wersja do druku|ostatnia (?:modyfikacja|aktualizacja).*")


def content(page: Page) -> str:
    """Canonical text of the section that lists the clusters. Raises PageUnreadable without it."""
    return "\n".join(
        "\n".join(content_text(cell) for row in piece.rows for cell in row)
        if isinstance(piece, Table)
        else "\n".join([piece.text, *(content_text(anchor) for anchor in piece.anchors)])
        for piece in _section(page)
    )


def read(page: Page) -> Iterator[Record]:
    """The clusters of the list.

    Raises PageUnreadable when the section is not there, PageFault where a row cannot be read.
    """
    yield from clusters(page, _section(page))


def _section(page: Page) -> list[Line | Table]:
    """The lines and tables between the title of the list and the end of its section."""
    start, others = _anchors(page)
    block = start.find_parent("td") or start.find_parent("body")
    assert block is not None
    titles = {fold(text_of(anchor)) for anchor in others}
    section: list[Line | Table] = []
    inside = False
    for piece in lines(block):
        folded = fold(piece.text) if isinstance(piece, Line) else ""
        if folded == _TITLE:
            inside = isinstance(piece, Line) and not _is_menu(piece)
        elif inside and (folded in titles or _FOOT.fullmatch(folded)):
            break
        elif inside:
            section.append(piece)
    return section


def _anchors(page: Page) -> tuple[Tag, list[Tag]]:
    """Where the list begins, and the links at the top to the other sections."""
    tree = soup(page)
    menu = [anchor for anchor in tree.select('a[href*="#"]') if text_of(anchor)]
    link = next((anchor for anchor in menu if fold(text_of(anchor)) == _TITLE), None)
    name = str(link["href"]).partition("#")[2] if link else ""
    start = tree.find(["a", "td", "h2", "h3"], attrs={"name": name}) or tree.find(id=name) if name else None
    if not isinstance(start, Tag):
        raise PageUnreadable(
            f"{page.reached}: no section 'Lista Krajowych Klastrów Kluczowych'; see whether the page moved",
            address=page.reached,
        )
    return start, [anchor for anchor in menu if anchor is not link]


def _is_menu(piece: Line) -> bool:
    return any(anchor.has_attr("href") for anchor in piece.anchors)
