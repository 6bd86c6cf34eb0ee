"""English: the sentences people read in feeds and pages, and the grammar they need."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from monitor.words.english_tables import FIELDS, KINDS, NO_NEWS, STATUS_NEWS, STATUSES, VERBS
from monitor.words.language import Language, PrintedDate, amount

# fmt: off
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


def plural(count: int, one: str, many: str) -> str:
    """The form of a noun after `count`."""
    return one if count == 1 else many


class English(Language):
    """English of feeds and pages."""

    code = "en"
    nothing = "not given"
    kinds = KINDS
    extended = "Status extended {until}: {name} (round {round})"
    rescheduled = "New dates of a call: {name} – {interval}"
    results_out = "Results of a call: {name} – {new}"
    next_round = "Next round of a call: {name} – {interval}"
    statuses = STATUSES
    status_news = STATUS_NEWS
    verbs = VERBS
    no_news = NO_NEWS
    fields = FIELDS

    def day(self, printed: PrintedDate, *, year: bool = True, inflected: bool = False) -> str:
        if printed.month and printed.day:
            words = f"{printed.day} {_MONTHS[printed.month - 1]}"
        elif printed.month:
            words = _MONTHS[printed.month - 1]
        elif printed.quarter:
            words = f"Q{printed.quarter}"
        else:
            return str(printed.year)
        words += f" {printed.year}" if year else ""
        return f"{words}, {printed.hour}" if printed.hour else words

    def span(self, old: str, new: str) -> str:
        return f"from {old} to {new}"

    def dates_span(self, old: PrintedDate, new: PrintedDate) -> str:
        if old.hour and old.same_day(new):
            hours = f"from {old.hour} to {new.hour}" if new.hour else "hour no longer stated"
            return f"{self.day(new).split(',')[0]}, {hours}"
        return f"from {self._first(old.without_hour_of(new), new)} to {self.day(new)}"

    def interval(self, start: PrintedDate | None, end: PrintedDate | None) -> str:
        if not start:
            return f"until {self.day(end)}" if end else ""
        if not end:
            return f"from {self.day(start)}"
        if start == end:
            return self.day(end)
        if start.same_day(end):
            hours = f"{start.hour} to {end.hour}" if end.hour else start.hour
            return f"{self.day(end).split(',')[0]}, {f'from {hours}' if start.hour else f'until {end.hour}'}"
        return f"{self._first(start, end)} to {self.day(end)}"

    def _first(self, first: PrintedDate, last: PrintedDate) -> str:
        """The first of two dates, without what the last says too."""
        if first.day and last.day and not first.hour and (first.year, first.month) == (last.year, last.month):
            return str(first.day)
        with_year = first.year != last.year or not (first.month or first.quarter)
        return self.day(first, year=with_year) + ("," if first.hour else "")

    def until(self, value: str) -> str:
        return f"until {self.date(value)}"

    def money(self, value: str) -> str:
        parsed = amount(value)
        if not parsed:
            return value
        number, code = parsed
        return f"{code} {_number(number)}"

    def others(self, count: int) -> str:
        return f" (and {count} {plural(count, 'other change', 'other changes')})" if count else ""

    def began(self, counts: Mapping[str, int]) -> str:
        records = sum(counts.values())
        noun = plural(records, "record", "records")
        if len(counts) == 1:
            return f"Watching began: {next(iter(counts))} – {records} {noun}"
        return f"Watching began: {records} {noun} in {len(counts)} {plural(len(counts), 'source', 'sources')}"

    def clusters(self, count: int) -> str:
        return f"{count} {plural(count, 'cluster', 'clusters')}"

    def days_left(self, days: int) -> str:
        return "last day" if days == 0 else f"{days} {plural(days, 'day', 'days')} left"

    def month(self, number: int) -> str:
        return _MONTHS[number - 1][:3]

    def formerly(self, values: Sequence[str]) -> str:
        return f"formerly {', '.join(values)}"

    def of_round(self, round_: str) -> str:
        return f"round {round_}"

    def starts_in(self, days: int) -> str:
        return {0: "opens today", 1: "opens tomorrow"}.get(days, f"opens in {days} days")


def _number(number: Decimal) -> str:
    for unit, word in ((Decimal(10) ** 9, " billion"), (Decimal(10) ** 6, " million")):
        if number >= unit and number % (unit / 100) == 0:
            return f"{(number / unit).normalize():f}{word}"
    return f"{number:,.{0 if number == number.to_integral_value() else 2}f}"
