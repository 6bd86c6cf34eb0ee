"""What was shown of one thing, one version after another, and the spans of time it spoke of.

Pure: from the spells of the thing. Of the values that stood at a time the best rank is shown, then
the newest; so corrections of ours, and what a person took back, make no version.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from monitor.words.language import PrintedDate
from storage.forms import WARSAW
from storage.past import Spell

Values = Mapping[str, str | None]

DATES = {"cluster": ("round", "status_from", "status_until"), "call": ("opens", "closes")}
"""The fields that say when a status holds, or when a call is open."""
_FORMER = 5  # ends that are remembered, the last ones


@dataclass(frozen=True)
class Version:
    """Values that were shown from `since` on (UTC), the first reading that showed them."""

    values: Values
    since: datetime


@dataclass(frozen=True)
class Span:
    """A time that a page speaks of, from `start` to `end` as printed; either may be unknown.

    `former` are the last ends it had before; it was first read at `seen` (UTC). `round` is that of a
    status.
    """

    start: str | None
    end: str | None
    seen: datetime
    former: tuple[str, ...] = ()
    round: str | None = None

    @property
    def read(self) -> date:
        """The day of the first reading, in Warsaw."""
        return self.seen.astimezone(WARSAW).date()

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day it may mean."""
        return first_day(self.start), last_day(self.end)


def versions(spells: Iterable[Spell], fields: Sequence[str]) -> list[Version]:
    """The versions of `fields`, oldest first, of the spells of one thing that were never dropped."""
    said = [spell for spell in spells if spell.field in fields]
    times = {time for spell in said for time in (spell.first_seen, spell.gone_by) if time}
    found: list[Version] = []
    for at in sorted(times):
        values = {field: _shown(said, field, at) for field in fields}
        if (found[-1].values if found else dict.fromkeys(fields)) != values:
            found.append(Version(values, at))
    return found


def _shown(said: Iterable[Spell], field: str, at: datetime) -> str | None:
    """The value of `field` that was shown at a time."""
    stood = [
        spell
        for spell in said
        if spell.field == field and spell.first_seen <= at and not (spell.gone_by and spell.gone_by <= at)
    ]
    best = min(stood, key=_order, default=None)
    return str(best.value) if best else None


def _order(spell: Spell) -> tuple[int, float, int]:
    """Best rank first, then the newest."""
    return spell.rank, -spell.first_seen.timestamp(), -(spell.id or 0)


def status_spans(shown: Sequence[Version]) -> list[Span]:
    """The spells of a status: a new round begins one, another end of the same round moves it."""
    found: list[Span] = []
    for version in shown:
        round_, start, end = (version.values[field] for field in DATES["cluster"])
        if not (start or end):
            continue
        if found and found[-1].round == round_ and round_:
            found[-1] = _moved(found[-1], start, end)
        elif not found or (found[-1].start, found[-1].end, found[-1].round) != (start, end, round_):
            found.append(Span(start, end, version.since, round=round_))
    return found


def call_spans(shown: Sequence[Version]) -> list[Span]:
    """When a call is open, with the deadlines it had before: one span, none without a date."""
    found: Span | None = None
    for version in shown:
        start, end = (version.values[field] for field in DATES["call"])
        if found is None:
            found = Span(start, end, version.since) if start or end else None
        else:
            found = _moved(found, start, end)
    return [found] if found and (found.start or found.end) else []


def _moved(span: Span, start: str | None, end: str | None) -> Span:
    former = (*span.former, span.end) if span.end and span.end != end else span.former
    return replace(span, start=start, end=end, former=former[-_FORMER:])


def first_day(value: str | None) -> date | None:
    """The first day that a printed date may mean."""
    printed = PrintedDate.parse(value or "")
    return _day(printed.bounds[0]) if printed else None


def last_day(value: str | None) -> date | None:
    """The last day that a printed date may mean."""
    printed = PrintedDate.parse(value or "")
    return _day(printed.bounds[1]) if printed else None


def _day(bound: str) -> date | None:
    year, month, day = (int(part) for part in bound[:10].split("-"))
    try:
        return date(year, month, min(day, monthrange(year, month)[1]))
    except ValueError:
        return None
