"""The picture of the years: bars along a scale of time, in percent of its width. Pure.

It is drawn as the rows of a list, each with its own small picture, so that names break into lines
and links work; one grid lies behind them all. A table says the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.states import Tone
from monitor.versions import Span, last_day
from monitor.words import Language
from monitor.words.language import PrintedDate

_STEPS = (1, 3, 6, 12, 24, 60, 120)  # months between two marks of the scale
_MOST_MARKS = 8  # as many as have room on a phone
_LAST_MARK = 92.0  # percent: beyond it a label would leave the picture
_ROOM = 10.0  # percent: what a label takes on a phone
_STUB = 4.0  # percent: a bar of which one end is known and nothing else
_LEAST = 0.8  # percent: a bar that can be seen


@dataclass(frozen=True)
class Thing:
    """A row of the picture: its name, its page, when it was or will be.

    `tone` is that of the last span; earlier ones are past.
    """

    name: str
    link: str | None
    spans: tuple[Span, ...]
    tone: Tone


@dataclass(frozen=True)
class Bar:
    """A bar from `x` on, `width` wide, in percent; `marks` are the ends it had before.

    `frays` names the sides that are unknown or lie outside: `start`, `end`, `both` or none.
    """

    x: float
    width: float
    tone: Tone
    frays: str
    marks: tuple[float, ...]
    words: str


@dataclass(frozen=True)
class Line:
    """A row with its bars."""

    name: str
    link: str | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Mark:
    """A date on the scale, at `x` percent: a year, or a month, the first of all with its `year`."""

    x: float
    label: str
    year: str


@dataclass(frozen=True)
class Cells:
    """A row of the table; its cells are words."""

    name: str
    link: str | None
    round: str
    start: str
    end: str
    former: str


@dataclass(frozen=True)
class Plot:
    """A picture: its scale, where today is on it (None: nowhere), its rows, and the table.

    `legend` names the looks that need to be told: tones, `moved`, `frayed`.
    """

    marks: tuple[Mark, ...]
    today: float | None
    lines: tuple[Line, ...]
    table: tuple[Cells, ...]
    legend: tuple[str, ...]


def plot(
    things: Sequence[Thing], words: Language, today: date | None, *, years: tuple[int, int]
) -> Plot | None:
    """The picture of `things`, from so many years before today to so many after it.

    Without `today` it is drawn around the last day that they speak of. What has no bar in these
    years is left out. None where nothing has one.
    """
    wide = _Scale.of(things, today, years)
    seen = [thing for thing in things if wide and any(_bars(thing, wide, words))]
    scale = _Scale.of(seen, today, years)
    if scale is None:
        return None
    lines = tuple(Line(thing.name, thing.link, tuple(_bars(thing, scale, words))) for thing in seen)
    return Plot(
        marks=tuple(scale.marks(words)),
        today=scale.x(today) if today and 0 < scale.x(today) < 100 else None,
        lines=lines,
        table=tuple(cells for thing in seen for cells in _cells(thing, words)),
        legend=tuple(_legend([bar for line in lines for bar in line.bars])),
    )


@dataclass(frozen=True)
class _Scale:
    """A scale from one day to another, with a mark each `step` months."""

    first: date
    last: date
    step: int

    @classmethod
    def of(cls, things: Sequence[Thing], today: date | None, years: tuple[int, int]) -> "_Scale | None":
        """The scale of `things`, as `plot` says; None where nothing has a date."""
        known = [day for thing in things for span in thing.spans for day in _days_of(span)]
        if not known:
            return None
        known += [today] if today else []
        around = today or max(known)
        earliest, latest = (
            around.replace(day=1, year=around.year + shift) for shift in (-years[0], years[1])
        )
        return cls.over(max(min(known), earliest), min(max(known), latest))

    @classmethod
    def over(cls, first: date, last: date) -> "_Scale":
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        step = next((step for step in _STEPS if months <= step * _MOST_MARKS), _STEPS[-1])
        unit = 1 if step < 12 else 12
        start = first.year * 12 + first.month - 1
        end = max(last.year * 12 + last.month - 1, start)
        return cls(_month(start // unit * unit), _month(end // unit * unit + unit), step)

    def x(self, day: date, *, whole: bool = False) -> float:
        """Where `day` begins, or ends if it is meant as a whole; below 0 or above 100 outside."""
        return round(100 * ((day - self.first).days + whole) / (self.last - self.first).days, 2)

    def marks(self, words: Language) -> Iterator[Mark]:
        """The dates along the scale."""
        begins = self.first.year * 12 + self.first.month - 1
        number = -(-begins // self.step) * self.step
        if self.x(_month(number)) > _ROOM:
            yield self._mark(self.first, words)
        while (day := _month(number)) < self.last:
            if self.x(day) <= _LAST_MARK:
                yield self._mark(day, words)
            number += self.step

    def _mark(self, day: date, words: Language) -> Mark:
        if day.month == 1:
            return Mark(self.x(day), str(day.year), "")
        return Mark(self.x(day), words.month(day.month), str(day.year) if self.x(day) <= _ROOM else "")


def _month(number: int) -> date:
    """The first day of a month, counted from the year 0."""
    return date(number // 12, number % 12 + 1, 1)


def _days_of(span: Span) -> Iterator[date]:
    """The days of a span that the scale should reach."""
    start, end = span.days
    yield from (day for day in (start, end) if day)
    if start is None and end and end > span.read:
        yield span.read


def _bars(thing: Thing, scale: _Scale, words: Language) -> Iterator[Bar]:
    for place, span in enumerate(thing.spans, 1):
        start, end = span.days
        left = scale.x(start) if start else scale.x(span.read)
        right = scale.x(end, whole=True) if end else 100.0
        if start is None and left >= right:
            left = right - _STUB
        if right <= 0 or left >= min(right, 100):
            continue
        frays = _frays(start is None or left < 0, end is None or right > 100)
        left, right = max(left, 0.0), min(right, 100.0)
        width = max(round(right - left, 2), _LEAST)
        marks = tuple(
            x
            for former in span.former
            if (day := last_day(former)) and 0 < (x := scale.x(day, whole=True)) < 100
        )
        tone = thing.tone if place == len(thing.spans) else "past"
        yield Bar(min(left, 100 - width), width, tone, frays, marks, in_words(span, words))


def _legend(bars: Sequence[Bar]) -> Iterator[str]:
    tones = {bar.tone for bar in bars}
    yield from (tone for tone in ("good", "coming", "doubt", "past") if tone in tones)
    if any(bar.marks for bar in bars):
        yield "moved"
    if any(bar.frays != "none" for bar in bars):
        yield "frayed"


def _cells(thing: Thing, words: Language) -> Iterator[Cells]:
    for span in thing.spans:
        yield Cells(
            name=thing.name,
            link=thing.link,
            round=span.round or "",
            start=words.date(span.start) if span.start else "",
            end=words.date(span.end) if span.end else "",
            former="; ".join(words.date(each) for each in span.former),
        )


def _frays(start: bool, end: bool) -> str:
    return "both" if start and end else "start" if start else "end" if end else "none"


def in_words(span: Span, words: Language) -> str:
    """A span as a bar is read aloud."""
    said = words.interval(PrintedDate.parse(span.start or ""), PrintedDate.parse(span.end or ""))
    parts = [words.of_round(span.round)] if span.round else []
    parts.append(said)
    if span.former:
        parts.append(words.formerly([words.until(each) for each in span.former]))
    return ", ".join(parts)
