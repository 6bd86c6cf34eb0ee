"""Components of iCalendar (RFC 5545) as bytes, made by icalendar, which only this module knows.

icalendar types, escapes and folds each line; equal lines, of which calendars are full, are made
once. A value is text, a `date`, a `datetime` in UTC, a `timedelta`, a number or a tuple of texts.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

Property = tuple[str, Any]
"""A name and a value; `NAME;VALUE=TYPE` names the type where it is not the usual one."""


def component(name: str, properties: Iterable[Property], inner: bytes = b"") -> bytes:
    """One component: its properties in the given order, then `inner`, components already made."""
    lines = (_line(each, value) for each, value in properties)
    return _line("BEGIN", name) + b"".join(lines) + inner + _line("END", name)


_LONG = 75  # octets from which a line is folded


@lru_cache(maxsize=4096)
def _line(name: str, value: Any) -> bytes:
    from icalendar import Component, vText  # loaded by who draws a calendar, not by who finds it drawn

    name, _, kind = name.partition(";VALUE=")
    holder = Component()
    given = vText(value) if name.startswith("X-") else value  # no type is known of them
    holder.add(name, given, parameters={"VALUE": kind} if kind else {})
    line = holder.content_line(name, holder[name])
    plain = line.encode()
    return (plain if len(plain) < _LONG else bytes(line.to_ical())) + b"\r\n"


def time_zone() -> bytes:
    """Civil time of Warsaw, as it has been since 1996."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

    zone = Timezone()
    zone.add("TZID", "Europe/Warsaw")
    for part, begins, month, name, before, after in (
        (TimezoneDaylight(), datetime(1996, 3, 31, 2), 3, "CEST", 1, 2),  # noqa: DTZ001  # civil time
        (TimezoneStandard(), datetime(1996, 10, 27, 3), 10, "CET", 2, 1),  # noqa: DTZ001
    ):
        part.add("DTSTART", begins)
        part.add("RRULE", {"FREQ": "YEARLY", "BYMONTH": month, "BYDAY": "-1SU"})
        part.add("TZNAME", name)
        part.add("TZOFFSETFROM", timedelta(hours=before))
        part.add("TZOFFSETTO", timedelta(hours=after))
        zone.add_component(part)
    return bytes(zone.to_ical())
