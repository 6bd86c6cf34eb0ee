"""An article of PARP, `/component/content/article/<id>:<slug>` (text seen, 2023).

The date is a line of its own above the title; below it come the lead and the text:

    <p>31 maja 2023 r.</p>
    <h1>66 mln zł na „Rozwój oferty klastrów dla firm” …</h1>
    <p><strong>lead</strong></p> <p>text with <a href="/component/grants/grants/<slug>">a call</a></p>

Nothing is read out of the prose: links to call cards become `about`, files become documents.
Neighbouring articles, tags, sharing buttons and counters are no part of the text. A dead
address answers with the home page, known by its title.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from spiders.markup import attachments, base_of, lines_of, link, soup, text_of
from spiders.polish import NotADate, read_date
from storage.errors import PageFault, PageGone, PageUnreadable
from storage.records import Key, Page, Record, Value, address_key, fold

VERSION = 1

_HOME_TITLE = fold("PARP - Centrum Rozwoju MŚP")
_APART = "nav, aside, footer, form, button, .pager, .pagination, .tags, .social, .share, .breadcrumb"
_NEIGHBOURS = re.compile(r"((zobacz|czytaj) (także|również)|powiązane artykuły|tagi)\s*:?", re.IGNORECASE)
_NOISE = re.compile(r"udostępnij|drukuj|odsłon\w*\s*:?\s*\d*|(poprzedni|następny) artykuł", re.IGNORECASE)
_MOST_TITLES = 10
_REACH = 3  # lines from the date to the title at most


@dataclass(frozen=True)
class _Article:
    """What stands on the page: the printed date, the title, the lines below, and their element."""

    date: str
    title: str
    body: tuple[str, ...]
    block: Tag


def content(page: Page) -> str:
    """Date, title, lines, calls and files of the article. Raises PageGone, PageUnreadable."""
    found = _article(page)
    files = [str(record.values["url"]) for record in attachments(page, found.block)]
    return "\n".join([found.date, found.title, *found.body, *_about(page, found.block), *files])


def read(page: Page) -> Iterator[Record]:
    """The article, then its attachments.

    Raises PageGone for a dead address, PageUnreadable without title or date line, PageFault
    (`parse`) for a date that cannot be read.
    """
    found = _article(page)
    try:
        published = read_date(found.date)
    except NotADate as error:
        raise PageFault(f"{found.date!r} is not a date", reason="parse", address=page.asked) from error
    values: dict[str, Value | None] = {"title": found.title, "published": published}
    if found.body:
        values["lead"] = found.body[0]
    if found.body[1:]:
        values["text"] = " ".join(found.body[1:])
    values |= {"about": _about(page, found.block) or None, "url": page.asked}
    yield Record("article", (address_key(page.asked),), values, {"published": found.date})
    yield from attachments(page, found.block)


def _article(page: Page) -> _Article:
    """The last title with a date above it, in `<main>` or the smallest element with both and a text."""
    tree = soup(page)
    if tree.title and fold(text_of(tree.title)).startswith(_HOME_TITLE):
        raise PageGone("the article is gone: its address shows PARP's home page", address=page.asked)
    for heading in reversed((tree.select("main h1") or tree.select("h1"))[:_MOST_TITLES]):
        _drop_rest(tree, heading)
        title, main = text_of(heading), heading.find_parent("main")
        heading.string = title  # one line, whatever breaks it holds
        for block in [main] if main else heading.parents:
            lines = [line for line in lines_of(block) if not _NOISE.fullmatch(line)]
            date, at = _date_and_title(lines, title) or (None, 0)
            if date is not None and (main or lines[at + 1 :]):
                return _Article(lines[date], title, tuple(lines[at + 1 :]), block)
    raise PageUnreadable(
        "no title with a date above it: the layout changed, a new reader is needed", address=page.asked
    )


def _drop_rest(tree: BeautifulSoup, heading: Tag) -> None:
    """Take away what surrounds an article, and everything from its neighbours' heading on."""
    for node in tree.select(_APART):
        node.extract()
    for node in heading.find_all_next(["h2", "h3", "h4", "h5", "p", "div", "strong"]):
        if _NEIGHBOURS.fullmatch(text_of(node)):
            for rest in [node, *node.find_all_next()]:
                rest.extract()
            return


def _date_and_title(lines: Sequence[str], title: str) -> tuple[int, int] | None:
    """Places of the date and the title: the nearest line above that reads as a date, else as a try at one."""
    places = [at for at, line in enumerate(lines) if line == title and title]
    for at in places:
        for above in range(at - 1, max(at - 1 - _REACH, -1), -1):
            if _is_date(lines[above]):
                return above, at
    for at in places:
        if at and len(lines[at - 1]) <= 30 and any(letter.isdigit() for letter in lines[at - 1]):
            return at - 1, at
    return None


def _is_date(text: str) -> bool:
    try:
        read_date(text)
    except NotADate:
        return False
    return True


def _about(page: Page, block: Tag) -> tuple[str, ...]:
    """Addresses of the call cards the text links to, each once, in order."""
    cards: dict[Key, str] = {}
    base = base_of(block)
    for anchor in block.select("a[href]"):
        url = link(page, str(anchor["href"]), base)
        if url and (key := address_key(url)).scheme == "grant":
            cards.setdefault(key, url)
    return tuple(cards.values())
