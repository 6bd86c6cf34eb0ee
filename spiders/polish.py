"""Dates and sums of money as Polish offices print them, read into the forms klastry keeps.

Pure and strict: what is not wholly understood raises, and no part of it is guessed.
Dates are civil time of Warsaw with the precision printed: `2026-11-04`, `2026-11-04T16:00`,
`2026-11`, `2026-Q4`. The forms of dates are in `spiders.date_forms`, money in `spiders.money`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from spiders.date_forms import DAYS, PARTIAL, PERIODS, WHOLE, NotADate, Printed, read, scan, year_filled
from spiders.money import NotMoney, read_money
from storage.records import clean

__all__ = ["FoundDate", "NotADate", "NotMoney", "find_dates", "read_date", "read_money", "read_range"]


@dataclass(frozen=True)
class FoundDate:
    """A date in a text: its canonical `value`, and `text[start:end] == printed`."""

    value: str
    printed: str
    start: int
    end: int


_WEEKDAY = r"(?:poniedziałek|wtorek|środa|czwartek|piątek|sobota|niedziela)"
_LEAD = re.compile(rf"(?:{_WEEKDAY},?\s|we?\s)?", re.IGNORECASE)
_WORD = re.compile(r"(?<!\w)\w")
_TAIL = re.compile(r"[\s.,;]*")
_OR_AGAIN = re.compile(r"\s?(?:/|\blub\b)\s?", re.IGNORECASE)


def read_date(text: str, *, end: bool = False, year: int | None = None) -> str:
    """The one date that `text` is, in canonical form.

    Of alternatives ("III/IV kwartał 2026", "styczeń/luty 2027") the first, with `end` the
    last. `year` is what "br." means. Seconds are dropped, 24:00 is kept as 23:59 of the day;
    a time with a zone becomes civil time of Warsaw. Raises NotADate.
    """
    said = clean(text)
    lead = _LEAD.match(said)
    dates, at = _dates_at(said, lead.end() if lead else 0, year)
    if again := _OR_AGAIN.match(said, at):
        more, at = _dates_at(said, again.end(), year)
        dates += more
    if not _TAIL.fullmatch(said, at):
        raise NotADate(f"{said!r} is not one date")
    values = [printed.canonical() for printed in dates]
    return values[-1] if end else values[0]


def _dates_at(said: str, at: int, year: int | None) -> tuple[tuple[Printed, ...], int]:
    match = scan(said, at, WHOLE)
    if match is None:
        raise NotADate(f"{said!r} is not a date")
    return read(match, year), match.end()


def find_dates(text: str, *, year: int | None = None) -> list[FoundDate]:
    """All whole dates in `text`, in order; of alternatives the first counts.

    What only looks like a date ("31.02.2026"), and "br." where `year` is not given, is no
    date and is left out, with all its parts.
    """
    return list(_found(text, year))


def _found(text: str, year: int | None) -> Iterator[FoundDate]:
    at = 0
    while word := _WORD.search(text, at):
        at = word.end()
        match = scan(text, word.start(), (*DAYS, *PERIODS))
        if match is None:
            continue
        at = match.end()
        try:
            value = read(match, year)[0].canonical()
        except NotADate:
            continue
        yield FoundDate(value, match[0], match.start(), match.end())


_FROM = re.compile(r"(?:(?:w\s(?:dniach|terminie|okresie)|termin:?)\s)?(od\s)?(?:dnia\s)?", re.IGNORECASE)
_UNTIL = re.compile(r"(?:w\sterminie\s)?do\s(?:dnia\s)?", re.IGNORECASE)
_TO = re.compile(r"\s?,?(?:\s?[-–—]\s?(?:do\s)?|\sdo\s)(?:dnia\s)?", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:,?\sdo\s(?:wyczerpania\s\w+|odwołania))?[\s.,;]*", re.IGNORECASE)
_CLOSED_END = re.compile(r"(?:\swłącznie)?[\s.,;]*", re.IGNORECASE)


def read_range(text: str, *, year: int | None = None) -> tuple[str | None, str | None]:
    """The two dates of a range: `(from, until)`, both as printed, so `until` is the last day.

    "do 26 lipca br." has no beginning, "od 5 maja 2026 r." no end. What the first date leaves
    out ("od 30 maja do 29 września 2023 r.") is taken from the second, a year earlier where
    the range goes over New Year. Raises NotADate, also when the end is before the beginning.
    """
    said = clean(text)
    if until := _UNTIL.match(said):
        return None, _last_date(said, until.end(), year).canonical()
    lead = _FROM.match(said)
    match = scan(said, lead.end() if lead else 0, (*WHOLE, *PARTIAL))
    if match is None:
        raise NotADate(f"{said!r} is not a range of dates")
    first, *others = read(match, year)
    if others and _CLOSED_END.fullmatch(said, match.end()):
        return first.canonical(), others[-1].canonical()
    if lead and lead[1] and _OPEN_END.fullmatch(said, match.end()):
        return first.canonical(), None
    if to := _TO.match(said, match.end()):
        return _both(said, first, _last_date(said, to.end(), year))
    raise NotADate(f"{said!r} is not a range of dates")


def _last_date(said: str, at: int, year: int | None) -> Printed:
    dates, stop = _dates_at(said, at, year)
    if not _CLOSED_END.fullmatch(said, stop):
        raise NotADate(f"{said!r} goes on after its last date")
    return dates[-1]


def _both(said: str, first: Printed, last: Printed) -> tuple[str, str]:
    until = last.canonical()
    if first.quarter is None and first.month is None:
        first = replace(first, month=last.month)
    since = year_filled(first, last).canonical()
    if _comparable(since, until) and since > until:
        raise NotADate(f"{said!r} ends before it begins")
    return since, until


def _comparable(since: str, until: str) -> bool:
    return since[5:6] != "Q" and until[5:6] != "Q" and until[: len(since)] != since[: len(until)]
