"""Calendars of a small world, read by icalendar and by vobject, which must agree."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import vobject
from icalendar import Calendar

from monitor.calendar import KEPT_DAYS, documents
from monitor.calendar_drawing import CalendarDrawing
from monitor.entries import Topic
from monitor.publication import Publication
from monitor.sheets import Sheets
from storage.history import History
from storage.records import Record
from tests.telling import site
from tests.world import CALLS, World, a_call, at

TITLE = "Rozwój oferty klastrów dla firm"
Own = Mapping[str, tuple[str | None, Topic]]


@dataclass(frozen=True)
class Event:
    """An event as a reader has it."""

    uid: str
    sequence: int
    stamp: datetime
    start: date | datetime
    end: date | datetime
    status: str
    summary: str
    description: str
    alarms: tuple[timedelta, ...]


def made(history: History, language: str = "pl", own: Own | None = None) -> dict[str, bytes]:
    """All calendars by path."""
    return documents(history.dated_calls(KEPT_DAYS), site(language), history.authority(), own)


def drawing(publication: Publication, memory: Any = None) -> CalendarDrawing:
    """The calendars drawn into a folder that has none; `memory` of the calls is that of a drawing before."""
    return CalendarDrawing(publication, Sheets(publication.config.publish, None), memory)


def files(calendars: CalendarDrawing) -> dict[str, bytes]:
    """All of them by path."""
    return {path: made for some in calendars.draw() for path, made in some.items()}


def read(document: bytes) -> list[Event]:
    """The events in their order. icalendar and vobject read the same, and icalendar finds no fault."""
    calendar = Calendar.from_ical(document)
    found = [_event(each) for each in calendar.walk("VEVENT")]
    assert [fault for each in calendar.walk() for fault in each.errors] == []
    assert [_other(each) for each in getattr(vobject.readOne(document.decode()), "vevent_list", [])] == [
        (each.uid, str(each.sequence), each.start, each.summary, each.description) for each in found
    ]
    return found


def _event(each: Any) -> Event:
    assert each["LAST-MODIFIED"].dt == each["DTSTAMP"].dt >= each["CREATED"].dt
    return Event(
        uid=str(each["UID"]),
        sequence=int(each["SEQUENCE"]),
        stamp=each["DTSTAMP"].dt,
        start=each["DTSTART"].dt,
        end=each["DTEND"].dt,
        status=str(each["STATUS"]),
        summary=str(each["SUMMARY"]),
        description=str(each["DESCRIPTION"]),
        alarms=tuple(alarm["TRIGGER"].dt for alarm in each.walk("VALARM")),
    )


def _other(each: Any) -> tuple[Any, ...]:
    said = (each.uid, each.sequence, each.dtstart, each.summary, each.description)
    return tuple(part.value for part in said)


def events(world: World, name: str = "deadlines") -> dict[str, Event]:
    """The events of a calendar by the part of their UID that names the date, such as `call-1-closes`."""
    return {each.uid.removesuffix("@klastry.test"): each for each in read(made(world.history)[f"{name}.ics"])}


def told(world: World) -> dict[str, tuple[str, int, str]]:
    """Start, SEQUENCE and what is out of the ordinary of each event: its reason, or nothing."""
    found = {}
    for name, each in events(world).items():
        assert each.status == ("CANCELLED" if each.summary.startswith("Nieaktualne – ") else "CONFIRMED")
        reason = each.description.split("\n")[0] if each.status == "CANCELLED" else ""
        found[name] = (f"{each.start:%Y-%m-%d}", each.sequence, reason)
    return found


def a_tile(*rounds: str, slug: str = "rozwoj", **values: Any) -> Record:
    """A call on the schedule, as its reader gives it: dates computed from rounds are `derived`."""
    derived = {"opens", "closes"} - values.keys()
    said = {
        "opens": min(each.partition("/")[0] for each in rounds),
        "closes": max(each.partition("/")[2] for each in rounds),
    }
    record = a_call(slug, title=TITLE, rounds=rounds, **{**said, **values})
    return replace(record, derived=frozenset(derived))


def see(world: World, day: float, *tiles: Record, **cards: Any) -> list[str]:
    """Visit the schedule on a day; a card is a mapping of what it says, or `gone`. Gives what was told."""
    said = {
        slug: card if isinstance(card, str) else [a_call(slug, card=True, **{"title": TITLE, **card})]
        for slug, card in cards.items()
    }
    listed = tiles or [a_call(slug, title=TITLE) for slug in said]
    return world.visit(CALLS, at(day), listed, cards=said)
