"""The competition for the status of a Key National Cluster, on gov.pl since 2019.

    <article class="article-area__article " id="main-content">
      <h2>Konkurs o status Krajowego Klastra Kluczowego</h2>
      <div class="editor-content">
        <details><summary>VIII runda</summary>
          <ul><li>Nabór wniosków:&nbsp;<strong>od 5 maja do 15 września 2026 r.</strong></li>
              <li>Ogłoszenie wyników:&nbsp;<strong>IV kwartał 2026 r.</strong></li></ul></details>

or the same as headings with labelled paragraphs, or a page of one round whose title or
introduction names it. One call per round, its documents after all calls. What stands below
the heading of a round is said of that round.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bs4 import Tag

from spiders.markup import attachments, text_of
from spiders.polish import NotADate, find_dates, read_date, read_range
from spiders.readers import _govpl
from spiders.readers._lines import Line, lines
from storage.errors import PageFault, PageUnreadable
from storage.records import Key, Page, Record, Value, fold

VERSION = 1

content = _govpl.content

_ROUND = re.compile(r"\b(?:(?P<before>[IVX]+)\.? (?i:rund\w+)|(?i:rund\w+) (?P<after>[IVX]+)\b)")
_LABELLED = re.compile(r"(?P<label>[^:]{3,70}):\s*(?P<value>\S.*)")
_SENTENCE = re.compile(
    r"(?i)(?P<label>nabór wniosków) (?:(?:po)?trwa|będzie trwał|odbędzie się) (?P<value>(?:od|do) .+)"
)
_UNSAID = re.compile(r"w trakcie ustalania|do ustalenia|wkrótce.*|brak.*|-|–")
_STATUSES = (
    (re.compile(r"zawiesz|wstrzym"), "suspended"),
    (re.compile(r"rozstrzygni"), "settled"),
    (re.compile(r"zakoncz|zamkni"), "closed"),
    (re.compile(r"\btrwa|otwart|w toku"), "open"),
    (re.compile(r"planowan"), "planned"),
)
_STATUS_LINE = re.compile(r"(?:nabor(?: wnioskow)?|konkurs) (?:\w+ ){0,3}\w+")


@dataclass
class _Round:
    """What the page says of one round."""

    values: dict[str, Value | None] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)

    def say(self, name: str, value: str, printed: str) -> None:
        self.values[name] = value
        if printed != value:
            self.printed[name] = printed


def read(page: Page) -> Iterator[Record]:
    """One call per round, in page order, then the attached documents.

    Raises PageUnreadable when no round is named, and PageFault (`parse`) where a date of a
    round cannot be read or stands behind a label nobody knows.
    """
    article = _govpl.article(page)
    title = _govpl.heading(page, article)
    rounds = _rounds(page, article, title)
    if not rounds:
        raise PageUnreadable(
            f"{page.reached}: neither the title nor a heading names a round; see what the page says now",
            address=page.reached,
        )
    for numeral, said in rounds.items():
        values = {"title": _title(title, numeral), "url": page.asked, **said.values}
        yield Record("call", (Key("kkk-round", numeral),), values, said.printed)
    yield from attachments(page, article)


def _rounds(page: Page, article: Tag, title: str) -> dict[str, _Round]:
    year = _year(article)
    rounds: dict[str, _Round] = {}
    numeral = _numeral(title) or next(
        (found for node in article.select(".intro") if (found := _numeral(text_of(node)))), None
    )
    if numeral:
        rounds[numeral] = _Round()
    for body in _govpl.bodies(page, article):
        for piece in lines(body):
            if not isinstance(piece, Line):
                continue
            if _is_heading(piece):
                if named := _numeral(piece.text):
                    numeral = named
                    _head(rounds.setdefault(numeral, _Round()), piece.text)
                    continue
                if "archiw" in fold(piece.text):
                    numeral = None
            if numeral:
                _say(page, rounds[numeral], piece.text, year)
    return rounds


def _is_heading(piece: Line) -> bool:
    return piece.heading and not _LABELLED.fullmatch(piece.text)


def _year(article: Tag) -> int | None:
    """The year that "br." means: that of the date of the article."""
    dates = [node for node in _govpl.blocks(article) if node.name == "p"]
    found = find_dates(text_of(dates[0])) if dates else []
    return int(found[0].value[:4]) if found else None


def _numeral(text: str) -> str | None:
    found = _ROUND.search(text)
    return (found["before"] or found["after"]) if found else None


def _title(title: str, numeral: str) -> str:
    return title if _numeral(title) == numeral else f"{title} – {numeral} runda"


def _head(said: _Round, text: str) -> None:
    """A heading names the round, its title where it is one, and sometimes its status in brackets."""
    folded = fold(text)
    if "konkurs" in folded and "klast" in folded:
        said.values["title"] = re.sub(r"\s*\([^()]*\)$", "", text)
    if note := re.search(r"\(([^()]+)\)$", text):
        _say_status(said, note[1])


def _say(page: Page, said: _Round, text: str, year: int | None) -> None:
    """One line below the heading of a round: a label with its value, or the status in words."""
    found = _SENTENCE.fullmatch(text) or _LABELLED.fullmatch(text)
    if found is None:
        if _STATUS_LINE.fullmatch(fold(text)):
            _say_status(said, text)
        return
    value = found["value"].strip(" ,;")
    if _UNSAID.fullmatch(value.casefold().rstrip(".")):
        return
    label = fold(found["label"])
    known = next((say for pattern, say in _LABELS if pattern.fullmatch(label)), None)
    try:
        if known:
            known(said, value, year)
        elif _is_days(value, year):
            raise NotADate("no such label is known")
    except NotADate as error:
        raise PageFault(f"{page.reached}: {text!r} cannot be read ({error})", address=page.reached) from error


def _is_days(value: str, year: int | None) -> bool:
    """Whether all of `value` is a date or a range of dates."""
    for read_days in (read_date, read_range):
        try:
            read_days(value, year=year)
        except NotADate:
            continue
        return True
    return False


_Say = Callable[[_Round, str, int | None], None]


def _day(name: str, *, end: bool = False) -> _Say:
    def say(said: _Round, value: str, year: int | None) -> None:
        said.say(name, read_date(value, end=end, year=year), value)

    return say


def _text(name: str) -> _Say:
    def say(said: _Round, value: str, year: int | None) -> None:
        said.say(name, value, value)

    return say


def _say_range(said: _Round, value: str, year: int | None) -> None:
    for name, day in zip(("opens", "closes"), read_range(value, year=year), strict=True):
        if day:
            said.say(name, day, value)


def _say_status(said: _Round, text: str) -> None:
    folded = fold(text)
    status = next((word for pattern, word in _STATUSES if pattern.search(folded)), None)
    if status and not re.search(r"\bnie\b", folded):
        said.say("status", status, text)


def _say_known_status(said: _Round, value: str, year: int | None) -> None:
    _say_status(said, value)
    if "status" not in said.values:
        raise NotADate(f"{value!r} is no status that is known")


# How a folded label is known, and what stands behind it.
_LABELS: tuple[tuple[re.Pattern[str], _Say], ...] = (
    (re.compile(r"(?:data )?ogloszeni[ea] (?:konkursu|naboru|rundy)"), _day("announced")),
    (re.compile(r"(?:rozpoczecie|poczatek|start) naboru(?: wnioskow)?"), _day("opens")),
    (re.compile(r"(?:zakonczenie|koniec) naboru(?: wnioskow)?"), _day("closes", end=True)),
    (re.compile(r"(?:termin )?(?:naboru?|skladani[ea]|przyjmowani[ea])(?: wnioskow)?"), _say_range),
    (re.compile(r"(?:(?:planowane|data) )*ogloszeni[ea] (?:wynikow|listy .*)"), _day("results", end=True)),
    (re.compile(r"(?:wyniki|rozstrzygniecie)(?: konkursu)?"), _day("results", end=True)),
    (re.compile(r"(?:status|stan)(?: konkursu| naboru| rundy)?"), _say_known_status),
    (re.compile(r"organizator(?:zy)?(?: konkursu)?"), _text("institution")),
    (re.compile(r"dla kogo|(?:uprawnieni )?wnioskodawcy"), _text("beneficiaries")),
)
