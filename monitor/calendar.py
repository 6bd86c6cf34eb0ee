"""The calendars of dates of calls: what is in each, and what an event says.

Pure: the same past gives the same bytes, at any time. One event for each call and kind of date,
with a `UID` that stays; whatever changes in it counts up its `SEQUENCE` and moves `DTSTAMP` and
`LAST-MODIFIED`, which are times of the history. A date that no longer counts is not taken away
but `CANCELLED`. A bare day is an all-day event, an hour a minute in UTC. Follows RFC 5545 and
7986. There is no `METHOD`: these are calendars to subscribe to, not invitations.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from monitor.bodies import Site, web_address
from monitor.call_dates import CallDate, Shown, dates_of
from monitor.entries import Entry, Topic, everything, of_clusters, of_kind
from monitor.ical import Property, component, time_zone
from monitor.sheets import Sheet
from monitor.wording import LIMIT, harmless, shorten
from monitor.words.calendar_labels import CALENDARS, EVENT
from monitor.words.language import calendar_day
from storage.dated import CallPast, DatedCalls
from storage.forms import WARSAW
from storage.records import Change

KEPT_DAYS = 90
"""A date stays in the calendars until it lies so long before the newest change."""
_MINUTE, _DAY, _WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
_REFRESH, _TTL = timedelta(hours=4), "PT4H"

TOPICS: Mapping[str, Topic] = {
    "deadlines": everything,
    "klastry": of_clusters,
    "feed": everything,
    "calls": of_kind("call"),
}
"""The calendars by name: that of all calls, and one of each readers' feed that can hold calls."""


class Event(NamedTuple):
    """One event as it stands in every calendar that holds its call, in the order of date and `uid`."""

    date: str
    uid: str
    made: str


@dataclass(frozen=True)
class InCalendars:
    """The names of the calendars that hold a call, and its events."""

    names: tuple[str, ...]
    events: tuple[Event, ...]


Own = Mapping[str, tuple[str | None, Topic]]
"""Further feeds that can hold calls, by name, with their title; one of a built-in name redefines it."""


def documents(past: DatedCalls, site: Site, authority: str, own: Own | None = None) -> dict[str, bytes]:
    """Every calendar by its path, such as `deadlines.ics`.

    `past` is what `History.dated_calls(KEPT_DAYS)` gives, `authority` what `History.authority()` does.
    """
    held = [of_call(call, past.recorded, site, authority, own or {}) for call in past.calls]
    return {sheet.path: sheet.draw() for sheet in sheets(held, past.since, site, own or {})}


def of_call(
    call: CallPast, recorded: Mapping[int, datetime], site: Site, authority: str, own: Own
) -> InCalendars:
    """What calendars hold of a call, dates long past included.

    A call is in the calendar of a feed when anything that was ever said of it belongs to the
    feed: it never leaves one that it was in.
    """
    told = _as_told(call)
    names = tuple(name for name, topic in _topics(own).items() if any(map(topic, told)))
    return InCalendars(names, tuple(_event(each, site, authority) for each in dates_of(call, recorded)))


def sheets(held: Iterable[InCalendars], since: str, site: Site, own: Own) -> Iterator[Sheet]:
    """Every calendar, of the events later than the day `since`."""
    chosen: dict[str, list[Event]] = {name: [] for name in _topics(own)}
    for each in held:
        events = [event for event in each.events if event.date[:10] > since]
        for name in each.names:
            chosen[name] += events
    for name, events in chosen.items():
        title, made = _name(name, own, site), "".join(event.made for event in sorted(events))
        yield Sheet(f"{name}.ics", (title, made), partial(_calendar, title, made, site))


def _topics(own: Own) -> Mapping[str, Topic]:
    return {**TOPICS, **{name: topic for name, (_, topic) in own.items()}}


def _name(name: str, own: Own, site: Site) -> str:
    names = CALENDARS[site.language]
    title = own[name][0] if name in own else None
    return names["own"].format(title or name) if title or name not in names else names[name]


def _as_told(call: CallPast) -> list[Entry]:
    """The call as an entry of each source that spoke of it, with every text that was ever said of it."""
    said: dict[str, dict[str, None]] = {}
    for each in call.stated:
        if isinstance(each.value, str):
            said.setdefault(each.field, {})[each.value] = None
    last = call.stated[-1]
    row = Change(
        verb="appeared",
        kind="call",
        entity=call.entity,
        name=None,
        field=None,
        old=None,
        new=None,
        seen_after=None,
        seen_by=last.first_seen,
        source=last.source,
        facts={name: tuple(values) for name, values in said.items()},
    )
    sources = dict.fromkeys(each.source for each in call.stated)
    return [Entry(call.entity, row.seen_by, "", (replace(row, source=source),)) for source in sources]


def _calendar(name: str, events: str, site: Site) -> bytes:
    about = EVENT[site.language]["about"]
    properties: list[Property] = [
        ("VERSION", "2.0"),
        ("PRODID", f"-//klastry//klastry//{site.language.upper()}"),
        ("NAME", _clean(name)),
        ("X-WR-CALNAME", _clean(name)),
        ("DESCRIPTION", about),
        ("X-WR-CALDESC", about),
        ("X-WR-TIMEZONE", WARSAW.key),
        ("URL", f"{site.url}index.html"),
        ("REFRESH-INTERVAL;VALUE=DURATION", _REFRESH),
        ("X-PUBLISHED-TTL", _TTL),
    ]
    # A calendar must hold some component.
    return component("VCALENDAR", properties, events.encode() or time_zone())


def _event(date: CallDate, site: Site, authority: str) -> Event:
    text, shown = EVENT[site.language], date.shown
    label, uid = _label(shown, text), f"{date.call}-{date.key}@{authority}"
    properties: list[Property] = [
        ("UID", uid),
        ("SEQUENCE", date.sequence),
        ("DTSTAMP", date.changed),
        ("CREATED", date.begun),
        ("LAST-MODIFIED", date.changed),
        *_times(shown.date),
        ("SUMMARY", _summary(date, label, text)),
        ("DESCRIPTION", "\n".join(_description(date, site))),
        ("URL", _page_here(date, site)),
        ("CATEGORIES", (text[shown.what],)),
        ("STATUS", "CANCELLED" if shown.off else "CONFIRMED"),
        ("TRANSP", "TRANSPARENT"),
    ]
    reminder = ("DESCRIPTION", text["week"].format(_small(label)))
    alarm = component("VALARM", [("ACTION", "DISPLAY"), ("TRIGGER", -_WEEK), reminder])
    return Event(shown.date, uid, component("VEVENT", properties, b"" if shown.off else alarm).decode())


def _times(date: str) -> list[Property]:
    """A bare day as the whole of it, its end the day after; an hour of Warsaw as one minute.

    khal makes an hour of an event without an end, and calcurse drops one that has no length.
    """
    day = calendar_day(date)
    if day and len(date) == len(day.isoformat()):
        return [("DTSTART", day), ("DTEND", day + _DAY)]
    hour = datetime.fromisoformat(date).replace(tzinfo=WARSAW).astimezone(UTC)
    return [("DTSTART", hour), ("DTEND", hour + _MINUTE)]


def _label(shown: Shown, text: Mapping[str, str]) -> str:
    """What happens on the date; the hour too, for an all-day view shows none."""
    hour = shown.date[len("2026-11-04T") :]
    return f"{text[shown.what]} ({text['hour_' + shown.what].format(hour)})" if hour else text[shown.what]


def _summary(date: CallDate, label: str, text: Mapping[str, str]) -> str:
    what = text["off"].format(_small(label)) if date.shown.off else label
    return f"{what}: {shorten(_title(date), LIMIT)}"


def _description(date: CallDate, site: Site) -> Iterator[str]:
    text, shown, title = EVENT[site.language], date.shown, _title(date)
    if shown.off:
        yield text[shown.off]
    if date.before and not shown.off and not shown.date.startswith(date.before):  # else made more exact
        yield text["moved"].format(site.words.date(date.before))
    if shorten(title, LIMIT) != title:
        yield title
    if page := web_address(shown.page):
        yield text["page"].format(page)
    yield text["here"].format(_page_here(date, site))


def _title(date: CallDate) -> str:
    return _clean(date.shown.name) or date.call


def _page_here(date: CallDate, site: Site) -> str:
    return f"{site.url}entities/{date.call}.html"


def _small(label: str) -> str:
    return label[0].lower() + label[1:]


def _clean(text: str) -> str:
    """`text` harmless in every reader; icalendar would take the letters `\\N` for a new line."""
    return harmless(text).replace("\\", "/")
