"""The search: a page with a small script, and an index in shards that lie beside it.

It needs no server: opened from a file it works as well. Without the script the page leads to the
lists. A shard holds a block of entities of one kind, so a new entity changes one shard alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby

from monitor.bodies import Site
from monitor.drawing import data, draw
from monitor.feeds import Channel
from monitor.sheets import Sheet
from monitor.states import Row
from monitor.wording import shorten
from monitor.words.entity_labels import ENTITY
from monitor.words.language import PrintedDate
from monitor.words.page_labels import SEARCH
from storage.gallery import Titled
from storage.records import KINDS, clean

PAGE, SCRIPT, FOLDER = "search.html", "search.js", "search"
_TOLD = ("none", "one", "few", "many", "other", "first", "wait", "broken")
_IN_SHARD = 200  # entities, of some 100 bytes each
_COMPETITION = "competition-mr"
_NAME, _MORE = 150, 200  # characters of a name, and of what else is searched
_FIELDS: Mapping[str, Sequence[str]] = {
    "cluster": ("coordinator", "region", "sectors"),
    "call": ("number", "programme", "institution"),
}
"""What is searched besides names."""


def documents(
    everyone: Sequence[Titled], rows: Mapping[str, Row], site: Site, feeds: Sequence[Channel]
) -> dict[str, bytes]:
    """The page and its shards; see `shards` and `sheet`."""
    made = shards(everyone, rows, site)
    page = sheet(list(made), site, feeds)
    return {**made, page.path: page.draw()}


def shards(everyone: Sequence[Titled], rows: Mapping[str, Row], site: Site) -> dict[str, bytes]:
    """All shards by path. `everyone` comes by kind and number; `rows` are clusters and calls."""
    named = [each for each in everyone if each.name and not each.became]
    blocks = groupby(named, key=lambda each: f"{FOLDER}/{each.kind}-{each.number // _IN_SHARD}.js")
    return {path: _shard(list(members), rows, site) for path, members in blocks}


def sheet(shards: Sequence[str], site: Site, feeds: Sequence[Channel]) -> Sheet:
    """The page, which loads the shards at these paths."""
    return Sheet(PAGE, shards, partial(_page, shards, site, feeds))


def _page(shards: Sequence[str], site: Site, feeds: Sequence[Channel]) -> bytes:
    text = SEARCH[site.language]
    told = {
        "shards": shards,
        "kinds": {kind: ENTITY[site.language][kind] for kind in KINDS},
        "text": {
            name: text[name] for name in ("none", "one", "few", "many", "other", "first", "wait", "broken")
        },
    }
    values = {"root": "", "section": "search", "feeds": feeds, "text": text, "told": data(told)}
    return draw(PAGE, site.language, values, styles=("search.css",), script=SCRIPT)


def _shard(members: Sequence[Titled], rows: Mapping[str, Row], site: Site) -> bytes:
    """A script that hands its rows to the page: id, name, what else is searched, a note to show."""
    found = [
        [
            each.entity,
            shorten(clean(each.name or ""), _NAME),
            shorten(" ".join(_more(each, rows.get(each.entity), site)), _MORE),
            _note(each, rows.get(each.entity), site),
        ]
        for each in members
    ]
    # These two end a line of a script.
    text = str(data(found)).replace("\u2028", " ").replace("\u2029", " ")
    return f"klastry({text});\n".encode()


def _more(each: Titled, row: Row | None, site: Site) -> Iterator[str]:
    """What people call it by, then its former names and its fields."""
    text = SEARCH[site.language]
    if each.kind == "call":
        yield text["also_call"]
    if each.kind == "cluster" or (row and row["source"] == _COMPETITION):
        yield text["also_cluster"]
    yield from map(clean, each.former)
    for field in _FIELDS.get(each.kind, ()):
        if row and (value := row[field]):
            yield clean(value if isinstance(value, str) else " ".join(value))


def _note(each: Titled, row: Row | None, site: Site) -> str:
    """What tells it from others of the same name: its dates."""
    words = site.words
    if each.kind == "cluster" and row and row["status_until"]:
        round_ = f"{words.of_round(clean(row['round']))}, " if row["round"] else ""
        return f"{round_}{clean(words.until(row['status_until']))}"
    if each.kind == "call" and row:
        return words.interval(*(PrintedDate.parse(row[field] or "") for field in ("opens", "closes")))
    return clean(words.date(each.published)) if each.published else ""
