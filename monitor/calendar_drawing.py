"""The calendars, drawn into the published folder: of the calls that something became known of.

What calendars hold of a call is a function of what became known of it, and of the feeds there are.
So it is remembered, with the row of the ledger up to which it goes; only what later rows touch is
followed again. Where the ledger has no such row, or feeds are others, nothing is remembered.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from monitor import calendar
from monitor.calendar import Event, InCalendars, Own
from monitor.drawn import Files
from monitor.publication import Publication
from monitor.sheets import Sheets
from storage.forms import canonical
from storage.gallery import Gallery, Head


class CalendarDrawing:
    """The calendar of all calls, and those of the feeds that can hold calls."""

    name = "calendars"

    def __init__(self, publication: Publication, sheets: Sheets, memory: Any) -> None:
        self._publication, self._sheets = publication, sheets
        self._before, self._now = memory, dict[str, Any]()

    def draw(self) -> Iterator[Files]:
        """The calendars that changed, by path."""
        head, history = self._publication.masthead, self._publication.history
        own, definition = _own(self._publication)
        with history.gallery() as gallery:
            held, row = _known(self._before, gallery, definition), gallery.head()
            past = history.dated_calls(calendar.KEPT_DAYS, held)
        for call in past.calls:
            held[call.entity] = calendar.of_call(call, past.recorded, head.site, head.authority, own)
        dated = {call: held[call] for call in past.dated}
        self._now = {
            "head": row,
            "definition": definition,
            "calls": {call: [each.names, each.events] for call, each in dated.items()},
        }
        yield from self._sheets.changed(calendar.sheets(dated.values(), past.since, head.site, own))

    def memory(self) -> Any:
        """What calendars hold of each call, and up to where it goes."""
        return self._now


def _own(publication: Publication) -> tuple[Own, str]:
    """The further feeds that can hold calls, and a hash of how they are chosen."""
    tables, own, said = publication.config.feed, dict[str, Any](), list[Any]()
    for feed in publication.feeds:
        told = feed.channel
        if told.calendar and (told.of_source or told.name in tables):
            own[told.name] = (told.title if told.of_source else tables[told.name].title, feed.topic)
            said.append([told.name, feed.definition])
    return own, sha256(canonical(said).encode()).hexdigest()[:16]


def _known(memory: Any, gallery: Gallery, definition: str) -> dict[str, InCalendars]:
    """What was remembered of each call that nothing became known of since."""
    if not memory or memory["definition"] != definition or not gallery.holds(head := Head(*memory["head"])):
        return {}
    touched = gallery.touched(head.row)
    return {
        call: InCalendars(tuple(names), tuple(Event(*each) for each in events))
        for call, (names, events) in memory["calls"].items()
        if call not in touched
    }
