"""One page of all that is said in a language, for a person to read aloud."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import combinations

from monitor.bodies import differences, table
from monitor.entries import Entry
from monitor.wording import sentences
from monitor.words import language
from monitor.words.calendar_labels import EVENT
from monitor.words.language import PrintedDate
from storage.records import FIELDS
from tests.sentences import Telling
from tests.telling import START, change, site, source_title

_STYLE = "body { font: 16px/1.5 sans-serif } td, th { padding: .1em .6em; text-align: left }"
_COUNTS = (0, 1, 2, 4, 5, 11, 12, 14, 15, 21, 22, 25, 101, 102, 112)
_DATES = (
    "2026", "2026-11", "2026-11-04", "2026-11-04T12:00", "2026-11-04T16:00", "2026-11-30", "2026-Q3",
    "2026-Q4", "2027-01", "2027-01-15T09:00",
)  # fmt: skip
_SUMS = ("400", "1000", "10000", "400000", "1250000", "18600000", "66000000", "150000000", "17951400.42")
_LONG = "Wnioski przyjmujemy do 30 sierpnia. " + "Szczegóły są w regulaminie konkursu. " * 8


def told(code: str, telling: Telling) -> str:
    """The sentence of a telling."""
    return sentences(code, source_title)(telling.rows)[0]


def page(code: str, tellings: Iterable[Telling]) -> Iterator[str]:
    """The page, line by line."""
    words = language(code)
    yield f'<!doctype html><html lang="{code}"><meta charset="utf-8"><title>{code}</title>'
    yield f"<style>{_STYLE}</style>"
    rows = [[each.verb, each.kind or "", each.field or "", each.how, told(code, each)] for each in tellings]
    yield _table("verb kind field how sentence", rows)
    yield _table("kind field label", [[*of, words.field(*of)] for of in _fields()])
    counted = (str, words.clusters, words.days_left, words.starts_in, words.others)
    yield _table("count clusters left starts others", [[say(n) for say in counted] for n in _COUNTS])
    pairs = combinations([each for date in _DATES if (each := PrintedDate.parse(date))], 2)
    dates = [[words.dates_span(*two), words.interval(*two), words.interval(None, two[1])] for two in pairs]
    yield _table("span interval until", dates)
    sums = [words.money(f"{each} {currency}") for each in _SUMS for currency in ("PLN", "EUR", "USD")]
    yield _table("money span", [[each, words.span(each, sums[0])] for each in sums])
    yield _table("calendar text", sorted(EVENT[code].items()))
    yield from (f"<h2>{heading}</h2>{table(('', '', ''), cells)}" for heading, cells in _bodies(code))


def _fields() -> Iterator[tuple[str, str]]:
    return ((kind, field) for kind, fields in FIELDS.items() for field in fields)


def _table(head: str, rows: Iterable[Sequence[str]]) -> str:
    return table(head.split(), [[escape(cell) for cell in row] for row in rows])


def _bodies(code: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """The tables of before and after."""
    after = _LONG.replace("30 sierpnia", "29 września")
    for heading, row in (
        ("date", change(old_printed="30.08.2023", new_printed="29 września 2023 r.")),
        ("list", change(kind="cluster", field="sectors", old=("ICT",), new=("ICT", "automotive"))),
        ("money", change(field="budget", old=None, new="66000000 PLN", new_printed="66 mln zł")),
        ("beginning", change(kind="article", field="text", old=_LONG, new=after)),
        ("end", change(kind="article", field="text", old=_LONG, new=f"{_LONG} Termin: 29 września.")),
        ("middle", change(kind="article", field="text", old=_LONG * 2, new=_LONG + after)),
    ):
        yield heading, differences(Entry("", START, "", (row,)), site(code))
