"""Polish: the sentences people read in feeds and pages, and the grammar they need.

Sentences put names after a colon, so that no name has to be inflected.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from monitor.words.language import Language, PrintedDate, amount
from monitor.words.polish_tables import FIELDS, KINDS, NO_NEWS, STATUS_NEWS, STATUSES, VERBS

# fmt: off
_MONTHS = (
    "styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec",
    "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień",
)
_OF_MONTHS = (
    "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
    "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
)
_SHORT_MONTHS = ("sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru")
# fmt: on
_QUARTERS = ("I", "II", "III", "IV")
_CURRENCIES = {"PLN": "zł", "EUR": "euro"}
_AFTER_ZE = re.compile(r"stycz|1\d\d(?!\d)")


def plural(count: int, one: str, few: str, many: str) -> str:
    """The form of a noun after `count`: 1 zmiana, 2 zmiany, 5 zmian, 22 zmiany."""
    if count == 1:
        return one
    return few if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else many


class Polish(Language):
    """Polish of feeds and pages."""

    code = "pl"
    nothing = "nie podano"
    kinds = KINDS
    extended = "Status przedłużony {until}: {name} (runda {round})"
    rescheduled = "Nowe terminy naboru: {name} – {interval}"
    results_out = "Wyniki naboru: {name} – {new}"
    next_round = "Kolejna runda naboru: {name} – {interval}"
    statuses = STATUSES
    status_news = STATUS_NEWS
    verbs = VERBS
    no_news = NO_NEWS
    fields = FIELDS

    def day(self, printed: PrintedDate, *, year: bool = True, inflected: bool = False) -> str:
        if printed.month and printed.day:
            words = f"{printed.day} {_OF_MONTHS[printed.month - 1]}"
        elif printed.month:
            words = (_OF_MONTHS if inflected else _MONTHS)[printed.month - 1]
        elif printed.quarter:
            words = f"{_QUARTERS[printed.quarter - 1]} {'kwartału' if inflected else 'kwartał'}"
        else:
            return f"{printed.year} roku" if inflected else f"{printed.year} rok"
        words += f" {printed.year}" if year else ""
        return f"{words}, godz. {printed.hour}" if printed.hour else words

    def span(self, old: str, new: str) -> str:
        return f"{_from(old)} do {new}"

    def dates_span(self, old: PrintedDate, new: PrintedDate) -> str:
        if old.hour and old.same_day(new):
            hours = f"z godz. {old.hour} na godz. {new.hour}" if new.hour else "już bez godziny"
            return f"{self.day(new).split(',')[0]}, {hours}"
        return f"{_from(self._first(old.without_hour_of(new), new))} na {self.day(new)}"

    def interval(self, start: PrintedDate | None, end: PrintedDate | None) -> str:
        last = f"do {self.day(end, inflected=True)}" if end else ""
        if not start or not end:
            return f"od {self.day(start, inflected=True)}" if start else last
        if start == end:
            return self.day(end)
        if start.same_day(end):
            hours = [f"od godz. {start.hour}"] * bool(start.hour) + [f"do godz. {end.hour}"] * bool(end.hour)
            return f"{self.day(end).split(',')[0]}, {' '.join(hours)}"
        return f"od {self._first(start, end)} {last}"

    def _first(self, first: PrintedDate, last: PrintedDate) -> str:
        """The first of two dates after "z" or "od", without what the last says too."""
        if first.hour:
            return f"{self.day(first, year=first.year != last.year)},"
        if first.day and last.day and (first.year, first.month) == (last.year, last.month):
            return str(first.day)
        if first.quarter and last.quarter and first.year == last.year:
            return _QUARTERS[first.quarter - 1]
        with_year = first.year != last.year or not (first.month or first.quarter)
        return self.day(first, year=with_year, inflected=True)

    def until(self, value: str) -> str:
        printed = PrintedDate.parse(value)
        return f"do {self.day(printed, inflected=True)}" if printed else f"do: {value}"

    def money(self, value: str) -> str:
        parsed = amount(value)
        if not parsed:
            return value
        number, code = parsed
        return f"{_number(number)} {_CURRENCIES.get(code, code)}"

    def others(self, count: int) -> str:
        noun = plural(count, "inna zmiana", "inne zmiany", "innych zmian")
        return f" (i {count} {noun})" if count else ""

    def began(self, counts: Mapping[str, int]) -> str:
        if len(counts) == 1:
            ((title, records),) = counts.items()
            noun = plural(records, "pozycja", "pozycje", "pozycji")
            return f"Początek obserwacji: {title} – {records} {noun}"
        records = sum(counts.values())
        noun = plural(records, "pozycja", "pozycje", "pozycji")
        places = plural(len(counts), "źródle", "źródłach", "źródłach")
        return f"Początek obserwacji: {records} {noun} w {len(counts)} {places}"

    def clusters(self, count: int) -> str:
        return f"{count} {plural(count, 'klaster', 'klastry', 'klastrów')}"

    def days_left(self, days: int) -> str:
        if days == 0:
            return "ostatni dzień"
        return f"{plural(days, 'został', 'zostały', 'zostało')} {days} {plural(days, 'dzień', 'dni', 'dni')}"

    def month(self, number: int) -> str:
        return _SHORT_MONTHS[number - 1]

    def formerly(self, values: Sequence[str]) -> str:
        return f"wcześniej {', '.join(values)}"

    def of_round(self, round_: str) -> str:
        return f"runda {round_}"

    def starts_in(self, days: int) -> str:
        return {0: "start dziś", 1: "start jutro"}.get(days, f"start za {days} dni")


def _from(what: str) -> str:
    """`what` after the preposition "z", which is "ze" before stycznia and before stu."""
    return f"{'ze' if _AFTER_ZE.match(what) else 'z'} {what}"


def _number(number: Decimal) -> str:
    """As people write it: 18,6 mln, 1,25 mln, 400 000, but 1000."""
    for unit, word in ((Decimal(10) ** 9, " mld"), (Decimal(10) ** 6, " mln")):
        if number >= unit and number % (unit / 100) == 0:
            return f"{(number / unit).normalize():f}".replace(".", ",") + word
    decimals = 0 if number == number.to_integral_value() else 2
    grouped = f"{number:,.{decimals}f}" if number >= 10_000 else f"{number:.{decimals}f}"
    return grouped.replace(",", " ").replace(".", ",")
