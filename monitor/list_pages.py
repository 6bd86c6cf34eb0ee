"""Lists of all that is known, one for each kind: everything is a link or two away from the index.

A list is one page while it is short. A longer one is a page with the newest that leads to others,
one or more for each year; those of past years stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from monitor.bodies import Site
from monitor.drawing import draw, tied
from monitor.feeds import Channel
from monitor.sheets import Sheet
from monitor.states import GONE, Row, State, States, is_ahead
from monitor.wording import shorten
from monitor.words.page_labels import LISTS
from storage.forms import WARSAW
from storage.gallery import Titled
from storage.records import KINDS, Kind, clean, fold

FOLDER, _TEMPLATE = "lists", "list.html"
_ON_A_PAGE = 150  # lines, of some 400 bytes each
_NAME = 200  # characters
_FORMER, _PRESENT = "former", "present"
_RUNNING, _PLANNED, _UNDATED = "running", "planned", "undated"


class Line(NamedTuple):
    """One entity of a list; `group` is its year, or how it stands: a cluster, a call without a date."""

    entity: str
    group: str
    order: tuple[str, ...]
    name: str
    state: State | None
    told: tuple[str, ...]
    notes: tuple[str, ...]


class Part(NamedTuple):
    """A page of a longer list: the lines of one group, or some of them."""

    path: str
    title: str
    lines: tuple[Line, ...]


def documents(
    everyone: Sequence[Titled], rows: Mapping[str, Row], states: States, site: Site, feeds: Sequence[Channel]
) -> dict[str, bytes]:
    """All lists by their path; see `sheets`."""
    return {sheet.path: sheet.draw() for sheet in sheets(everyone, rows, states, site, feeds)}


def sheets(
    everyone: Sequence[Titled], rows: Mapping[str, Row], states: States, site: Site, feeds: Sequence[Channel]
) -> Iterator[Sheet]:
    """All lists; `rows` are clusters and calls by entity, as `states` sees them."""
    lister = _Lister(rows, states, site)
    named = [each for each in everyone if each.name and not each.became]
    for kind in KINDS:
        lines = [lister.line(each) for each in named if each.kind == kind]
        lines.sort(key=lambda line: line.order, reverse=kind != "cluster")
        lines.sort(key=lambda line: (line.group != _UNDATED, line.group), reverse=True)
        yield from _pages(kind, lines, site, feeds)


class _Lister:
    """Lines of lists, in one language, on one day."""

    def __init__(self, rows: Mapping[str, Row], states: States, site: Site) -> None:
        self.rows, self.states, self.words = rows, states, site.words

    def line(self, each: Titled) -> Line:
        row = self.rows.get(each.entity)
        group, order, told = self._of_row(each, row) if row else self._of_page(each)
        stands = self.states.of(row) if row else None
        return Line(
            entity=each.entity,
            group=group,
            order=order,
            name=shorten(clean(each.name or ""), _NAME),
            state=State(stands.words, stands.tone) if stands else None,  # a list counts no days
            told=tuple(told),
            notes=tuple(self.states.notes(row)) if row else (),
        )

    def _of_row(self, each: Titled, row: Row) -> tuple[str, tuple[str, ...], list[str]]:
        """The group of a cluster or a call, its place there, and its dates."""
        if each.kind == "cluster":
            told = [shorten(clean(row["coordinator"]), _NAME)] if row["coordinator"] else []
            group = _FORMER if row["listed"] == GONE else _PRESENT
            return group, (fold(each.name or ""), each.entity), told
        dated, began = row["opens"] or row["closes"], row["announced"] or ""
        group = (dated or began)[:4] or _UNDATED
        if is_ahead(row) and not dated:
            group = _PLANNED if row["status"] == "planned" else _RUNNING
        return group, (dated or began, f"{each.number:09}"), list(self.states.dates(row))

    def _of_page(self, each: Titled) -> tuple[str, tuple[str, ...], list[str]]:
        """The same of an article or a document: by its printed date, else by the first reading."""
        read = each.first_seen.astimezone(WARSAW).date().isoformat() if each.first_seen else ""
        day = each.published or read
        return day[:4] or _UNDATED, (day, f"{each.number:09}"), [tied(self.words.date(day))] if day else []


def _pages(kind: Kind, lines: Sequence[Line], site: Site, feeds: Sequence[Channel]) -> Iterator[Sheet]:
    """The list of one kind: its page, and its parts where it is long."""
    parts = list(_parts(kind, lines, site)) if len(lines) > _ON_A_PAGE else []
    links = [(part.path, part.title) for part in parts]
    whole = Part(f"{kind}s.html", "", tuple(lines[:_ON_A_PAGE]))
    for part in (whole, *parts):
        yield Sheet(part.path, (part, links), partial(_page, kind, part, links, site, feeds))


def _parts(kind: Kind, lines: Sequence[Line], site: Site) -> Iterator[Part]:
    """Each group, cut from its end: the oldest lines of a year stay together when others come."""
    for group, members in groupby(lines, key=lambda line: line.group):
        same = list(members)
        cuts = range(len(same) % _ON_A_PAGE, len(same), _ON_A_PAGE)
        starts = sorted({0, *cuts} - {len(same)})
        for place, start in enumerate(starts):
            end = starts[place + 1] if place + 1 < len(starts) else len(same)
            number = len(starts) - place
            path = f"{FOLDER}/{kind}s-{group}{f'-{number}' if number > 1 else ''}.html"
            yield Part(path, _title(group, number, len(starts), site), tuple(same[start:end]))


def _title(group: str, number: int, of: int, site: Site) -> str:
    text = LISTS[site.language]
    title = text.get(group, group)
    return f"{title}, {text['part'].format(number, of)}" if of > 1 else title


def _page(
    kind: Kind, part: Part, links: Sequence[tuple[str, str]], site: Site, feeds: Sequence[Channel]
) -> bytes:
    text, section = LISTS[site.language], f"{kind}s"
    groups = groupby(part.lines, key=lambda line: line.group)
    values = {
        "root": "../" * part.path.count("/"),
        "section": section,
        "feeds": feeds,
        "text": text,
        "title": f"{text[section]}: {part.title}" if part.title else text[section],
        "lead": text[f"{section}_lead"],
        "path": part.path,
        "links": links,
        "groups": [(text.get(group, group), list(lines)) for group, lines in groups],
    }
    return draw(_TEMPLATE, site.language, values)
