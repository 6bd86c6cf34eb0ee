"""The digest: an e-mail (RFC 5322, text and HTML) of the news after a cursor.

Pure: the same entries give the same bytes. Its date is that of the newest entry, and its id is
made of theirs, so a digest that is made again is the same message. Whatever comes from a source
is text in it, on one line wherever a header or a sentence holds it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default as policy
from hashlib import sha256
from html import unescape
from textwrap import wrap

import nh3
from markupsafe import Markup

from monitor.bodies import (
    Site,
    counted_records,
    differences,
    facts,
    licence,
    sanitised,
    web_address,
    when,
)
from monitor.drawing import draw
from monitor.entries import Entry
from monitor.wording import shorten
from monitor.words.labels import BODY
from monitor.words.language import PrintedDate
from monitor.words.news_labels import CHANGES, HEADINGS, NEWS
from storage.cursors import Cursor
from storage.errors import UsageError
from storage.forms import WARSAW
from storage.records import clean

MOST_ENTRIES = 100
"""Of one digest; the next one goes on from there."""
CURSOR_HEADER = "X-Klastry-Cursor"

_MOST_TABLES = 60_000  # characters; a mail program cuts a message of 100 kB, and sentences come first
_COLUMNS = 72
_LONGEST = 300  # characters of one value in the text
_ATOM, _LABEL = r"[\w!#$%&'*+/=?^`{|}~-]+", r"[\w-]+"
_SPEC = rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*"
_ADDRESS = re.compile(rf"({_SPEC})|([^<>\",;\x00-\x1f\x7f]*)<({_SPEC})>", re.ASCII)
_HOST = re.compile(r"(?=.*[a-z])[a-z0-9.-]+", re.IGNORECASE)


@dataclass(frozen=True)
class _Piece:
    """One entry as the digest shows it; the cells of `rows` are sanitised HTML."""

    title: str
    rows: Sequence[Sequence[Markup]]
    when: str
    links: Sequence[tuple[str, str]]


def address(text: str) -> Address:
    """The e-mail address that `text` is, with or without a name. Raises UsageError."""
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise UsageError(f"{clean(text)!r} is no e-mail address; write one such as biuro@example.org")
    return Address(clean(found[2] or ""), addr_spec=found[1] or found[3])


def subject(entries: Sequence[Entry], site: Site) -> str:
    """What the entries tell, in one line: the sentence of one, the number and the days of several."""
    if len(entries) == 1:
        return clean(entries[0].title)
    first, last = (_day(entry.at) for entry in (entries[0], entries[-1]))
    days = site.words.day(last) if first == last else site.words.interval(first, last)
    count = CHANGES[site.language](len(entries))
    return NEWS[site.language]["subject"].format(f"{count}, {days}")


def mail(
    entries: Sequence[Entry],
    site: Site,
    authority: str,
    *,
    cursor: Cursor,
    waiting: int,
    contact: str,
    to: Sequence[Address],
) -> EmailMessage:
    """The digest of `entries` (oldest first, at least one), from the operator's `contact` to `to`.

    `cursor` is how far it goes, `waiting` how many entries it had no room for.
    """
    host = authority if _HOST.fullmatch(authority) else "localhost"
    told = sha256("\n".join(entry.id for entry in entries).encode()).hexdigest()[:32]
    message = EmailMessage(policy)
    message["From"] = _sender(contact, host)
    if to:
        message["To"] = to
    message["Subject"] = subject(entries, site)
    message["Date"] = entries[-1].at
    message["Message-ID"] = f"<klastry-{told}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message[CURSOR_HEADER] = str(cursor)
    parts, notes = list(_parts(entries, site)), list(_notes(entries, site, cursor, waiting))
    message.set_content(_text(message["Subject"], parts, notes), cte="quoted-printable")
    told_in_it = {"subject": message["Subject"], "parts": parts, "notes": notes}
    page = draw("digest.html", site.language, {**told_in_it, "labels": BODY[site.language]})
    message.add_alternative(page.decode(), subtype="html", cte="quoted-printable")
    message["Content-Language"] = site.language
    message.set_boundary(f"=_klastry_{told}")  # "=_" stands in no quoted-printable line
    return message


def _sender(contact: str, host: str) -> Address:
    try:
        return Address("klastry", addr_spec=address(contact.removeprefix("mailto:")).addr_spec)
    except UsageError:  # a contact may also be the address of a page
        return Address("klastry", "klastry", host)


def _day(at: datetime) -> PrintedDate:
    day = at.astimezone(WARSAW)
    return PrintedDate(day.year, month=day.month, day=day.day)


def _parts(entries: Sequence[Entry], site: Site) -> Iterator[tuple[str, list[_Piece]]]:
    room = _MOST_TABLES
    for kind, heading in HEADINGS[site.language].items():
        pieces = []
        for entry in entries:
            if entry.kind != kind:
                continue
            rows = [[Markup(sanitised(cell)) for cell in row] for row in _rows(entry, site)]  # noqa: S704  # sanitised
            room -= sum(len(cell) for row in rows for cell in row)
            pieces.append(_piece(entry, rows if room >= 0 else [], site))
        if pieces:
            yield heading, pieces


def _rows(entry: Entry, site: Site) -> Iterator[Sequence[str]]:
    yield from counted_records(entry, site)
    yield from differences(entry, site)
    yield from facts(entry, site)


def _piece(entry: Entry, rows: Sequence[Sequence[Markup]], site: Site) -> _Piece:
    labels, lead = BODY[site.language], entry.changes[0]
    links = [(labels["here"], site.entity_address(entry.entity))]
    if page := web_address(entry.url):
        links.insert(0, (labels["page"], page))
    if lead.id is not None:
        links.append((labels["proof"], site.change_address(lead.id)))
    return _Piece(clean(entry.title), rows, when(lead, site), links)


def _notes(
    entries: Sequence[Entry], site: Site, cursor: Cursor, waiting: int
) -> Iterator[tuple[str, str | None]]:
    """The lines at the end, each perhaps with an address."""
    text = NEWS[site.language]
    if waiting:
        yield text["more_waits"].format(CHANGES[site.language](waiting)), None
    yield text["all"], f"{site.url}changes.html"
    yield text["foot"], None
    for note in dict.fromkeys(licence(entry, site) for entry in entries):
        if note:
            yield note, None
    yield text["cursor"].format(cursor), None


def _text(
    title: str, parts: Sequence[tuple[str, list[_Piece]]], notes: Sequence[tuple[str, str | None]]
) -> str:
    lines = [*_wrapped(title), "=" * min(_COLUMNS, len(title))]
    for heading, pieces in parts:
        lines += ["", heading.upper()]
        for piece in pieces:
            lines += ["", *_wrapped(piece.title, "* ", "  ")]
            lines += [line for row in piece.rows for line in _wrapped(_row(row), "  ", "    ")]
            lines += _wrapped(piece.when, "  ", "  ")
            lines += [
                line for label, link in piece.links for line in _wrapped(f"{label}: {link}", "  ", "    ")
            ]
    lines += ["", "-" * _COLUMNS]
    for note, link in notes:
        lines += _wrapped(f"{note}: {link}" if link else note)
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    """A row of a table as text: what, and what it is; or what it was, and what it is."""
    label, *values = (_plain(cell) for cell in cells)
    return f"{label}: {' → '.join(shorten(value, _LONGEST) for value in values)}"


def _plain(cell: str) -> str:
    return clean(unescape(nh3.clean(cell.replace("<br>", " "), tags=set())))


def _wrapped(text: str, first: str = "", later: str = "") -> list[str]:
    return wrap(
        text, _COLUMNS, initial_indent=first, subsequent_indent=later,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
