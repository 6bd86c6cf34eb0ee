"""What a language must know to speak of changes: fields, dates, money, counts.

The rules here hold for every language; the words and the grammar are in `polish` and `english`
and their tables. Dates are civil times of Warsaw in the canonical forms of `storage.records`.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from storage.records import Kind, Value, Verb

DATE_FIELDS = frozenset(
    {"status_from", "status_until", "announced", "opens", "closes", "results", "published"}
)
MONEY_FIELDS = frozenset({"budget", "grant_max"})

_DATE = re.compile(r"(\d{4})(?:-Q([1-4])|-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d))?)?)?")


@dataclass(frozen=True)
class FieldWords:
    """How a language speaks of one field of one kind.

    `label` names the field. The others are templates of a sentence: a value `changed`, was
    `given` for the first time, is `gone`; for dates and money also became `later` (more) or
    `earlier` (less), and for dates `refined` (the same, told more exactly). Places: `{name}`,
    `{old}`, `{new}`, `{span}` (from old to new), `{until}` (until new).
    """

    label: str
    changed: str
    given: str
    gone: str
    later: str | None = None
    earlier: str | None = None
    refined: str | None = None


@dataclass(frozen=True)
class PrintedDate:
    """A date as exact as it was printed: a year, a quarter, a month, a day or a minute."""

    year: int
    quarter: int | None = None
    month: int | None = None
    day: int | None = None
    hour: str | None = None

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, value: str) -> "PrintedDate | None":
        """The date written as `2026-11-04T16:00`, `2026-11-04`, `2026-11`, `2026-Q4` or `2026`;
        None for any other text."""
        found = _DATE.fullmatch(value)
        if not found:
            return None
        quarter, month, day = (int(part) if part else None for part in found.group(2, 3, 4))
        if month is not None and not 1 <= month <= 12:
            return None
        return cls(int(found[1]), quarter, month, day, found[5])

    def same_day(self, other: "PrintedDate") -> bool:
        """Whether both are the same but for the hour."""
        return replace(self, hour=None) == replace(other, hour=None)

    def without_hour_of(self, other: "PrintedDate") -> "PrintedDate":
        """This date without its hour where that of `other` is the same."""
        return replace(self, hour=None) if self.hour == other.hour else self

    @property
    def bounds(self) -> tuple[str, str]:
        """First and last minute the date may mean, as texts that sort."""
        if self.hour:
            exact = f"{self.year}-{self.month:02}-{self.day:02}T{self.hour}"
            return exact, exact
        first, last = (self.month, self.month) if self.month else (1, 12)
        if self.quarter:
            first, last = self.quarter * 3 - 2, self.quarter * 3
        start, end = (self.day, self.day) if self.day else (1, 31)
        return f"{self.year}-{first:02}-{start:02}T00:00", f"{self.year}-{last:02}-{end:02}T24:00"


def calendar_day(value: object) -> date | None:
    """The day of a date that is exact to the day, else None."""
    printed = PrintedDate.parse(value) if isinstance(value, str) else None
    if not printed or not printed.month or not printed.day:
        return None
    try:
        return date(printed.year, printed.month, printed.day)
    except ValueError:
        return None


def amount(value: str) -> tuple[Decimal, str] | None:
    """Number and currency of `400000 PLN`; None for any other text."""
    number, _, currency = value.partition(" ")
    try:
        parsed = Decimal(number)
    except InvalidOperation:
        return None
    return (parsed, currency) if currency and parsed.is_finite() else None


class Language(ABC):
    """One language of feeds and pages. Its words are data, its grammar a few methods."""

    code: str
    fields: Mapping[tuple[Kind, str], FieldWords]
    verbs: Mapping[tuple[Verb, Kind], str]
    """Templates for every verb but `began` and `changed`."""
    no_news: Mapping[Kind, str]
    """Templates for what had been there before it was first seen."""
    statuses: Mapping[str, str]
    status_news: Mapping[str, str]
    kinds: Mapping[Kind, str]
    nothing: str
    extended: str
    rescheduled: str
    next_round: str
    results_out: str
    """A cluster's round and end of status moved; a call's start and end moved; a round added;
    results given whose day has come."""

    @abstractmethod
    def day(self, printed: PrintedDate, *, year: bool = True, inflected: bool = False) -> str:
        """A date in words, perhaps without its year; `inflected` as after "from" or "until"."""

    @abstractmethod
    def span(self, old: str, new: str) -> str:
        """From `old` to `new`, both already in words."""

    @abstractmethod
    def dates_span(self, old: PrintedDate, new: PrintedDate) -> str:
        """From the date `old` to the date `new`."""

    @abstractmethod
    def interval(self, start: PrintedDate | None, end: PrintedDate | None) -> str:
        """What lasts from `start` to `end`; either may be open."""

    @abstractmethod
    def until(self, value: str) -> str:
        """Until the date `value`."""

    @abstractmethod
    def money(self, value: str) -> str:
        """`400000 PLN` as people write it; any other text as it is."""

    @abstractmethod
    def others(self, count: int) -> str:
        """That there are `count` other changes, fit to follow a sentence."""

    @abstractmethod
    def began(self, counts: Mapping[str, int]) -> str:
        """Watching began: how many records each source (by title) had."""

    @abstractmethod
    def days_left(self, days: int) -> str:
        """How long until a deadline `days` days from today; 0 is today."""

    @abstractmethod
    def starts_in(self, days: int) -> str:
        """How long until an opening `days` days from today; 0 is today."""

    @abstractmethod
    def clusters(self, count: int) -> str:
        """`count` clusters."""

    @abstractmethod
    def month(self, number: int) -> str:
        """The short name of a month, 1 to 12."""

    @abstractmethod
    def formerly(self, values: Sequence[str]) -> str:
        """That it was otherwise before: `values` in words."""

    @abstractmethod
    def of_round(self, round_: str) -> str:
        """The round of the competition, by its roman number."""

    def date(self, value: str) -> str:
        """A canonical date in words; any other text as it is."""
        printed = PrintedDate.parse(value)
        return self.day(printed) if printed else value

    def round(self, value: str) -> str:
        """A round `start/end` in words; any other text as it is."""
        start, slash, end = value.partition("/")
        first, last = PrintedDate.parse(start), PrintedDate.parse(end)
        return self.interval(first, last) if slash and (first or last) else value

    def value(self, kind: Kind | None, field: str | None, value: Value | None) -> str:
        """A value of a field in words."""
        if value is None or value == ():
            return self.nothing
        if isinstance(value, tuple):
            return "; ".join(self.round(part) if field == "rounds" else part for part in value)
        if field in DATE_FIELDS:
            return self.date(value)
        if field in MONEY_FIELDS:
            return self.money(value)
        if kind == "call" and field == "status":
            return self.statuses.get(value, value)
        return value

    def field(self, kind: Kind, field: str) -> str:
        """The name of a field."""
        return self.fields[kind, field].label
