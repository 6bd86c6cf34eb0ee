"""PARP's call card, `/component/grants/grants/<slug>` on www. and feng.parp.gov.pl (2020–2026).

Only the text of cards was seen, so this reader goes by lines and their labels, not by classes:

    Komunikat …                                   (optional banner)
    <h1>Rozwój oferty klastrów dla firm</h1>
    Cel finansowania: …
    25 kwietnia 2023 / Ogłoszenie konkursu        the date stands BEFORE its label
    30 maja 2023 / Start składania wniosków
    29 września 2023 / Koniec przyjmowania wniosków
    Maksymalne dofinansowanie / 8 000 000 zł      a value stands after its label
    Dla kogo / Koordynatorzy …
    Nabór został zakończony
    Szczegóły dofinansowania …                    the head ends, prose begins: nothing is read from it

Every date that stands alone in the head must have a known label: a step with a new name, or
dates that moved behind their labels, make the page unreadable rather than a deadline wrong.
The first record is the card's own call, then come its attachments. A dead card answers with
the home page, known by its title.
"""

import re
from collections.abc import Iterator, Sequence

from bs4 import Tag

from spiders.markup import attachments, content_text, lines_of, soup, text_of
from spiders.polish import NotADate, NotMoney, read_date, read_money
from storage.errors import PageFault, PageGone, PageUnreadable
from storage.records import Key, Page, Record, Value, address_key, fold

VERSION = 1

_HOME_TITLE = fold("PARP - Centrum Rozwoju MŚP")
_MOST_TITLES = 10


def _label(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_STEPS = {
    field: _label(rf"(?P<date>(?=\D*\d).{{4,40}}\s)?({label})")
    for field, label in {
        "announced": r"ogłoszenie (konkursu|naboru)",
        "opens": r"(start|rozpoczęcie) (składania wniosków|naboru)",
        "closes": r"(koniec|zakończenie) ((przyjmowania|składania) wniosków|naboru)",
        "results": r"((ogłoszenie|publikacja) )?(wyniki|wyników|rozstrzygnięcie)( naboru| konkursu)?",
    }.items()
}
_LABELS = {
    field: _label(rf"{label}(\s*:\s*(?P<value>.*))?")
    for field, label in {
        "grant_max": r"maksymaln[ae] (kwota )?dofinansowani[ea]",
        "budget": r"(budżet|alokacja|kwota przeznaczona na dofinansowanie)( naboru| konkursu| projektów)?",
        "beneficiaries": r"dla kogo\??",
        "number": r"(numer|nr) naboru",
        "programme": r"program",
        "institution": r"instytucja( (organizująca|ogłaszająca) nabór)?",
        "": r"(cel finansowania|wartość|wkład własny|miejsce realizacji|zasięg terytorialny)[\w ()]*",
    }.items()
}
_DETAILS = _label(r"szczegóły dofinansowania|szczegółowy opis|dokumenty.*|pytania.*|kontakt")
_STATUSES = {
    "closed": _label(r"nabór (wniosków )?(został )?(zakończony|zamknięty)"),
    "open": _label(r"nabór (wniosków )?(trwa( do .*)?|(jest )?otwarty|został (przedłużony|wydłużony))"),
    "suspended": _label(r"nabór (wniosków )?(został |jest )?(zawieszony|wstrzymany)"),
    "planned": _label(r"nabór (wniosków )?(jest )?(planowany|zapowiadany)"),
    "settled": _label(r"(nabór|konkurs) (został )?rozstrzygnięty|wyniki( naboru| konkursu)?"),
}
_UNKNOWN_STATUS = _label(r"nabór (wniosków )?(został|jest) \w+")
_NUMBER = re.compile(r"[A-Z]{4}(\.\d{2}){2,3}-I[A-Z]\.\d{2}(-\d{2})?-\d{3}/\d{2}")
_PROGRAMMES = {
    "fundusze europejskie dla nowoczesnej gospodarki": "FENG",
    "fundusze europejskie dla rozwoju spolecznego": "FERS",
    "fundusze europejskie dla polski wschodniej": "FEPW",
    "program operacyjny inteligentny rozwoj": "POIR",
}
_NOT_SAID = {"", "w trakcie ustalania", "do ustalenia", "brak danych"}


def content(page: Page) -> str:
    """Text and links of the card with its banner. Raises PageGone, PageUnreadable."""
    return content_text(_card(page)[1])


def read(page: Page) -> Iterator[Record]:
    """The card's call, then its attachments.

    Raises PageGone for a dead card, PageUnreadable where title or timeline are missing or hold
    an unknown step, PageFault (`parse`) for a date, sum, number or status that cannot be read.
    """
    title, card = _card(page)
    head = _head(lines_of(card), title)
    values: dict[str, Value | None] = {"title": title}
    printed: dict[str, str] = {}
    for field, text, value in (*_timeline(page, head), *_labelled(page, head), *_status(page, head)):
        values[field] = value
        if text != value:
            printed[field] = text
    keys = [address_key(page.asked)]
    if isinstance(number := values.get("number"), str):
        keys.insert(0, Key("number", number))
    yield Record("call", tuple(keys), values | {"url": page.asked}, printed)
    yield from attachments(page, card)


def status_of(text: str) -> str | None:
    """The status a printed line says (`Nabór trwa` is `open`), or None."""
    return next((status for status, line in _STATUSES.items() if line.fullmatch(text.strip(" ."))), None)


def _card(page: Page) -> tuple[str, Tag]:
    """Title and block: `<main>`, else the smallest element with title, timeline and details."""
    tree = soup(page)
    if tree.title and fold(text_of(tree.title)).startswith(_HOME_TITLE):
        raise PageGone("the card is gone: its address shows PARP's home page", address=page.asked)
    for heading in reversed((tree.select("main h1") or tree.select("h1"))[:_MOST_TITLES]):
        title, main = text_of(heading), heading.find_parent("main")
        heading.string = title  # one line, whatever breaks it holds
        for block in [main] if main else heading.parents:
            lines = lines_of(block)
            below = lines[lines.index(title) :] if title in lines else []
            whole = block.name in ("main", "body") or any(_DETAILS.fullmatch(line) for line in below)
            if whole and any(_step(line) for line in below):
                return title, block
    raise PageUnreadable(
        "no title with a timeline below it: the layout changed, a new reader is needed", address=page.asked
    )


def _head(lines: Sequence[str], title: str) -> list[str]:
    """The lines below the title, up to the prose."""
    head = list(lines[lines.index(title) + 1 :])
    prose = next((at for at, line in enumerate(head) if _DETAILS.fullmatch(line)), len(head))
    return head[:prose]


def _step(line: str) -> tuple[str, str] | None:
    """The field a label of the timeline names, and the date printed on the same line, if any."""
    for field, label in _STEPS.items():
        if found := label.fullmatch(line):
            return field, (found["date"] or "").strip()
    return None


def _timeline(page: Page, head: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Field, date as printed and as kept, of each step; a date without a known label is refused."""
    for at, line in enumerate(head):
        if step := _step(line):
            field, text = step
            text = text or _date_before(head[:at])
            if text:
                yield field, text, _date(page, field, text)
        elif _is_date(line) and not (at + 1 < len(head) and _step(head[at + 1])):
            raise PageUnreadable(f"the date {line!r} has no label known to the timeline", address=page.asked)


def _date_before(lines: Sequence[str]) -> str:
    """The date that ends `lines`, on one line or with day, month and year on three; else empty."""
    for candidate in (" ".join(lines[-1:]), " ".join(lines[-3:])):
        if _is_date(candidate):
            return candidate
    last = " ".join(lines[-1:])
    return last if len(last) <= 40 and any(letter.isdigit() for letter in last) else ""


def _is_date(text: str) -> bool:
    try:
        read_date(text)
    except NotADate:
        return False
    return True


def _date(page: Page, field: str, text: str) -> str:
    try:
        return read_date(text, end=field == "closes")
    except NotADate as error:
        raise PageFault(f"{field}: {text!r} is not a date", reason="parse", address=page.asked) from error


def _labelled(page: Page, head: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Field, text as printed and value, of each label that has a value."""
    for at, line in enumerate(head):
        for field, label in _LABELS.items():
            if not field or not (found := label.fullmatch(line)):
                continue
            below = head[at + 1 :]
            end = next((row for row, text in enumerate(below) if _ends_value(text)), len(below))
            values = below[:end] if field == "beneficiaries" else below[: min(end, 1)]
            text = found["value"] or ", ".join(values)
            if fold(text) not in _NOT_SAID:
                yield from _value(page, field, text)


def _ends_value(line: str) -> bool:
    return bool(
        _step(line) or status_of(line) or any(label.fullmatch(line) for label in _LABELS.values())
    ) or line.casefold().startswith("nabór ")


def _value(page: Page, field: str, text: str) -> Iterator[tuple[str, str, str]]:
    if field == "programme":
        yield field, text, _PROGRAMMES.get(fold(text), text)
    elif field == "number" and not _NUMBER.fullmatch(text):
        raise PageFault(f"{text!r} is not the number of a call", reason="parse", address=page.asked)
    elif field not in ("grant_max", "budget"):
        yield field, text, text
    elif "%" not in text:  # a share of the costs is no sum of money
        try:
            yield field, text, read_money(text.removeprefix("do "), end=True)
        except NotMoney as error:
            raise PageFault(
                f"{field}: {text!r} is not a sum of money", reason="parse", address=page.asked
            ) from error


def _status(page: Page, head: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for at, line in enumerate(head):
        if status := status_of(line):
            if _step(line) and _date_before(head[:at]):  # "Wyniki" below a date is a step
                continue
            yield "status", line, status
        elif _UNKNOWN_STATUS.fullmatch(line.strip(" .")):
            raise PageFault(f"{line!r} is not a known status", reason="parse", address=page.asked)
