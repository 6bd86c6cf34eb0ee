"""Lists that were refused are looked at again, at their own time, before their sites are asked anew.

A layout changes and its reader is mended days later, in the configuration or by a new version: what the
refused pages showed meanwhile was there. Only pages kept since the list was last believed are looked at, so
nothing that is known since is contradicted; what today's reader still cannot read, or what is still not
plausible, stays refused and leaves no trace.
"""

from collections.abc import Iterable, Iterator

from spiders.readers import load
from spiders.reading import look_at, never_same
from spiders.signs import Habits
from storage.history import History
from storage.records import Page, Said, Snapshot, Source

MENDABLE = ("layout", "parse", "list-empty", "list-shrunk")
"""Reasons that a mended reader, or a mended table of a source, may take away."""


def second_looks(history: History, sources: Iterable[Source]) -> Iterator[Snapshot]:
    """The refused lists that today's readers can read, oldest first for each source."""
    for source in sources:
        for page in history.refused_lists(source.id, MENDABLE):
            if page.asked == source.address.url and (snapshot := _read(source, page)) is not None:
                yield snapshot


def _read(source: Source, page: Page) -> Snapshot | None:
    look = look_at(page, load(source.address.reader, source), Habits(), never_same)
    if not isinstance(look.reading, Said):
        return None
    return Snapshot(
        source.id,
        page.at,
        source.address.url,
        source.address.reader,
        (look.reading,),
        whole=look.more is None,
    )
