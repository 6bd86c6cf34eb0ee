"""The forms in which Polish offices print a date, and one printed date with what it leaves out.

`spiders.polish` puts them together; nothing else needs this module.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

WARSAW = ZoneInfo("Europe/Warsaw")


class NotADate(ValueError):
    """The text is not one date, or the date cannot be."""


_MONTHS = (
    "stycz(?:e[nń]|nia|niu|niowi|niem)|sty",
    "lut(?:y|ego|emu|ym)|lut",
    "mar(?:zec|ca|cu|cowi|cem)|mar",
    "kwie(?:cie[nń]|tnia|tniu|tniowi|tniem)|kwi",
    "maj(?:a|u|owi|em)?",
    "czerw(?:iec|ca|cu|cowi|cem)|cze",
    "lip(?:iec|ca|cu|cowi|cem)|lip",
    "sierp(?:ie[nń]|nia|niu|niowi|niem)|sie",
    "wrze(?:sie[nń]|[sś]nia|[sś]niu|[sś]niowi|[sś]niem)|wrz",
    "pa[zź]dziernik(?:a|u|owi|iem)?|pa[zź]",
    "listopad(?:a|owi|em|zie)?|lis",
    "grud(?:zie[nń]|nia|niu|niowi|niem)|gru",
)
_ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")

# Runs of space are bounded, so that no hostile text makes the search slow.
_S = r"\s{0,30}"
_MONTH = rf"(?:{'|'.join(_MONTHS)})\b\.?"
_ROMAN = rf"(?:{'|'.join(sorted(_ROMANS, key=len, reverse=True))})\b"
_QUARTER = r"(?:III|II|IV|I|[1-4])"
_QUARTER_WORD = r"(?:kwarta(?:ł|le|łu)|kw\b\.?)"
_R = r"(?:\s{0,3}(?:roku?\b|r\b\.?))?"
_YEAR = rf"(?P<year>(?:19|20)\d\d)(?!\d){_R}"
_ANY_YEAR = rf"(?:{_YEAR}|(?P<this>b\.?\s?r\b\.?|bieżącego\s{{1,3}}roku\b))"
_OR = rf"{_S}(?:/|-|–|—|\blub\b|\bi\b){_S}"
_CLOCK = (
    r"(?:[\s,(]{0,30}(?:(?:do|od|o)\s{1,3})?(?:godz(?:in(?:a|ę|y|ie)\b|\b\.?)|g\.)\s{0,3}"
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d)(?::\d\d)?)?(?!\d)\)?"
    r"|(?:T|,?\s{1,30})(?P<hour_>\d{1,2}):(?P<minute_>\d\d)(?::\d\d(?:\.\d{1,6})?)?(?![\d:])"
    r"(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_NUMBER_START = r"(?<!\w)(?<!\d[./])"
_SAFE_END = r"(?!\w)(?![./]\d)"


def _pattern(body: str, start: str = r"(?<!\w)") -> re.Pattern[str]:
    return re.compile(f"{start}{body}{_SAFE_END}", re.IGNORECASE)


DAYS = (
    _pattern(
        rf"(?P<year>(?:19|20)\d\d)(?P<sep>[-./])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}}){_R}{_CLOCK}",
        _NUMBER_START,
    ),
    _pattern(
        rf"(?P<day>\d{{1,2}})\s?(?P<sep>[-./])\s?(?:(?P<month>\d{{1,2}})|(?P<roman>{_ROMAN}))"
        rf"\s?(?P=sep)\s?{_ANY_YEAR}{_CLOCK}",
        _NUMBER_START,
    ),
    _pattern(
        rf"(?P<day>\d{{1,2}})\.?{_S}(?:(?P<name>{_MONTH})|(?P<roman>{_ROMAN})){_S},?{_S}{_ANY_YEAR}{_CLOCK}",
        _NUMBER_START,
    ),
)
PERIODS = (
    _pattern(
        rf"(?P<quarter>{_QUARTER})(?:{_S}{_QUARTER_WORD})?(?:{_OR}(?P<quarter_>{_QUARTER}))?"
        rf"{_S}{_QUARTER_WORD}{_S}{_ANY_YEAR}"
    ),
    _pattern(rf"{_QUARTER_WORD}{_S}(?P<quarter>{_QUARTER}){_S}{_ANY_YEAR}"),
    _pattern(rf"Q(?P<quarter>[1-4])[\s/]{{0,3}}{_ANY_YEAR}"),
    _pattern(r"(?P<year>(?:19|20)\d\d)[\s-]?Q(?P<quarter>[1-4])"),
    _pattern(rf"(?P<name>{_MONTH})(?:{_OR}(?P<name_>{_MONTH}))?{_S},?{_S}{_ANY_YEAR}"),
    _pattern(rf"(?P<roman>{_ROMAN})\s{{1,3}}{_YEAR}"),
    _pattern(rf"(?P<month>\d\d)\.{_YEAR}", r"(?<![\w./])(?<![^\W\d]-)"),
)
_ISO_MONTH = _pattern(r"(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)")
# The first of two dates may leave out what the second says.
PARTIAL = (
    _pattern(rf"(?P<day>\d{{1,2}}){_S}(?:(?P<name>{_MONTH})|(?P<roman>{_ROMAN})){_CLOCK}"),
    _pattern(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.?{_CLOCK}"),
    _pattern(rf"(?P<name>{_MONTH})"),
    _pattern(rf"(?P<quarter>{_QUARTER}){_S}{_QUARTER_WORD}"),
    _pattern(r"(?P<day>\d{1,2})\.?"),
)


@dataclass(frozen=True)
class Printed:
    """One date as printed; None where it is silent."""

    year: int | None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    clock: str = ""
    zone: str | None = None

    def canonical(self) -> str:
        """The stored form. Raises NotADate for a date that cannot be."""
        if self.year is None:
            raise NotADate("a date without a year")
        if self.quarter is not None:
            return f"{self.year}-Q{self.quarter}"
        if self.month is None or not 1 <= self.month <= 12:
            raise NotADate(f"there is no month {self.month}")
        if self.day is None:
            return f"{self.year}-{self.month:02}"
        try:
            day = date(self.year, self.month, self.day).isoformat()
            return self._in_warsaw(f"{day}T{self.clock}") if self.clock else day
        except ValueError as error:
            raise NotADate(f"{self.year}-{self.month}-{self.day} {self.clock}: {error}") from error

    def _in_warsaw(self, moment: str) -> str:
        read = datetime.fromisoformat(moment + (self.zone or ""))
        local = read.astimezone(WARSAW) if self.zone else read
        return local.replace(tzinfo=None).isoformat(timespec="minutes")


def _number(text: str) -> int:
    upper = text.upper()
    return _ROMANS.index(upper) + 1 if upper in _ROMANS else int(text)


def _month_number(name: str) -> int:
    bare = name.rstrip(".")
    return next(number for number, forms in enumerate(_MONTHS, 1) if re.fullmatch(forms, bare, re.IGNORECASE))


def _clock(said: dict[str, str | None]) -> str:
    hour, minute = said.get("hour") or said.get("hour_"), said.get("minute") or said.get("minute_")
    if hour is None:
        return ""
    # The end of a day stays on that day.
    return "23:59" if int(hour) == 24 and int(minute or 0) == 0 else f"{int(hour):02}:{minute or '00'}"


def read(match: re.Match[str], year: int | None) -> tuple[Printed, ...]:
    """The date of a match; two where alternatives are printed. `year` is what "br." means."""
    said = match.groupdict()
    month = said.get("month") or said.get("roman")
    first = Printed(
        year=int(said["year"]) if said.get("year") else year if said.get("this") else None,
        month=_number(month) if month else _month_number(said["name"]) if said.get("name") else None,
        day=int(said["day"]) if said.get("day") else None,
        quarter=_number(said["quarter"]) if said.get("quarter") else None,
        clock=_clock(said),
        zone=said.get("zone"),
    )
    if said.get("this") and year is None:
        raise NotADate(f"{match[0]!r} needs to be told which year is this year")
    if said.get("quarter_"):
        last = replace(first, quarter=_number(said["quarter_"]))
    elif said.get("name_"):
        last = replace(first, month=_month_number(said["name_"]))
    else:
        return (first,)
    return year_filled(replace(first, year=None), last), last


def year_filled(first: Printed, last: Printed) -> Printed:
    """`first` in the year of `last`, or in the year before where the two go over New Year."""
    if first.year is not None or last.year is None:
        return first
    over = (
        first.quarter > last.quarter
        if first.quarter and last.quarter
        else ((first.month or 0) > (last.month or 0))
    )
    return replace(first, year=last.year - over)


def scan(text: str, at: int, patterns: tuple[re.Pattern[str], ...]) -> re.Match[str] | None:
    """The first of `patterns` that matches `text` at the offset `at`."""
    return next((match for pattern in patterns if (match := pattern.match(text, at))), None)


WHOLE = (*DAYS, *PERIODS, _ISO_MONTH)
