"""A page for each told change: the news, its interval, and the proof of it, under `changes/`.

A page is a function of the history, the language and the addresses of the site: the same
history gives the same bytes. It is drawn once, and again when it is missing (`monitor.drawn`) or
when something of it is taken back.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from monitor.bodies import (
    Site,
    counted_records,
    differences,
    facts,
    moment_words,
    sanitised,
    web_address,
    when,
)
from monitor.citing import pasted
from monitor.drawing import draw
from monitor.drawn import Files
from monitor.entries import Entry
from monitor.feeds import Channel
from monitor.publication import Publication
from monitor.publishing import names
from monitor.words.entity_labels import ENTITY
from monitor.words.evidence_labels import EVIDENCE
from monitor.words.labels import BODY
from storage.citing import Capture, Cited
from storage.forms import moment_text
from storage.records import Change, clean

FOLDER = "changes"
_AT_ONCE = 200
_TEMPLATE = "change.html"
_IS_PAGE = re.compile(r"[0-9]+\.html")


@dataclass(frozen=True)
class _Table:
    head: Sequence[str]
    rows: Sequence[Sequence[Markup]]


@dataclass(frozen=True)
class _Span:
    of: str
    words: str
    utc: str


@dataclass(frozen=True)
class _Line:
    label: str
    said: str
    link: str | None = None
    code: bool = False


class ChangePages:
    """The part of the publication that draws these pages: of the news, and those that are missing."""

    name = "changes"

    def __init__(self, publication: Publication, since: int) -> None:
        self._publication, self.since = publication, since
        told, there = publication.told, _names(publication.config.publish)
        self._missing = [each for each in told if each <= since and f"{each}.html" not in there]

    def take(self, entries: Sequence[Entry]) -> Iterator[Files]:
        """The pages of the next entries, and of those of which these take something back."""
        if news := [entry for entry in entries if entry.number > self.since]:
            yield self._drawn(news)
            if older := self._taken_back(news):
                yield self._drawn(self._publication.entries(older))

    def _drawn(self, entries: Iterable[Entry]) -> Files:
        history, site, offered = self._publication.history, self._publication.site, self._publication.offered
        proofs = history.cited(row.id for entry in entries for row in entry.changes if row.id is not None)
        proofs |= history.cited(each.retracted_by for each in proofs.values() if each.retracted_by)
        return {path_of(entry): page(entry, proofs, site, offered) for entry in entries}

    def _taken_back(self, news: Iterable[Entry]) -> list[int]:
        """The entries drawn before, of which the news takes something back."""
        rows = (row for entry in news for row in entry.changes if row.verb == "retracted")
        numbers = self._publication.asked.taken_back([row.id for row in rows if row.id is not None])
        return [number for number in numbers if number <= self.since]

    def finish(self) -> Iterator[Files]:
        """The pages that were drawn once and are missing now."""
        self.since = 0
        for start in range(0, len(self._missing), _AT_ONCE):
            yield from self.take(self._publication.entries(self._missing[start : start + _AT_ONCE]))

    def memory(self) -> None:
        """Nothing: that they are there is enough."""

    def stale(self) -> Iterable[str]:
        """Pages of changes that were never told."""
        known = (f"{number}.html" for number in self._publication.told)
        stale = _names(self._publication.config.publish).difference(known)
        return [f"{FOLDER}/{name}" for name in sorted(stale) if _IS_PAGE.fullmatch(name)]


def path_of(entry: Entry) -> str:
    """Where the page of an entry stands in the published folder."""
    return f"{FOLDER}/{entry.number}.html"


def page(entry: Entry, proofs: Mapping[int, Cited], site: Site, feeds: Sequence[Channel]) -> bytes:
    """The page of one entry; `proofs` by the id of each of its changes, and of those that took one back."""
    text, lead = EVIDENCE[site.language], entry.changes[0]
    cited = [proofs[row.id] for row in entry.changes if row.id is not None]
    captures: dict[Capture, int | None] = {}
    for each in cited:
        if each.capture:
            captures.setdefault(each.capture, each.change.id)
    values = {
        "root": "../",
        "section": f"{entry.kind}s" if entry.kind else "home",
        "feeds": feeds,
        "text": text,
        "kind": ENTITY[site.language][entry.kind] if entry.kind else "",
        "title": clean(entry.title),
        "name": clean(lead.name or entry.entity or ""),
        "lead": text["lead"].format(lead.id),
        "warnings": list(_warnings(cited, proofs, text)),
        "here": f"../entities/{entry.entity}.html" if entry.entity else None,
        "tables": list(_tables(entry, site)),
        "spans": _spans(entry, site),
        "recorded": text["recorded"].format(moment_words(site.words, cited[0].recorded_at)),
        "captures": [list(_capture(each, site)) for each in captures],
        "ledger": list(_ledger(cited[0], site)),
        "check_how": text["check_how" if captures else "check_bare"],
        "commands": list(_commands(captures.values(), text["file"])),
        "citation": pasted(cited[0], site),
    }
    return draw(_TEMPLATE, site.language, values)


def _warnings(
    cited: Sequence[Cited], proofs: Mapping[int, Cited], text: Mapping[str, str]
) -> Iterator[_Line]:
    """What was taken back since, with a link to the entry that did so."""
    for each in cited:
        if number := each.retracted_by:
            leading = proofs[number].leading
            said = text["retracted"].format(number=number)
            of = clean(each.change.summary or "") if len(cited) > 1 else ""
            yield _Line(of, said, f"{leading}.html" if leading else None)


def _names(folder: Path) -> set[str]:
    """The names in the folder of these pages, inside `folder`, the published one."""
    return names(folder / FOLDER)


def _tables(entry: Entry, site: Site) -> Iterator[tuple[str, _Table]]:
    labels, text = BODY[site.language], EVIDENCE[site.language]
    for heading, head, rows in (
        ("begun", ("source", "records"), counted_records(entry, site)),
        ("change", ("field", "before", "after"), differences(entry, site)),
        ("known", ("field", "value"), facts(entry, site)),
    ):
        if rows:
            cells = [[Markup(sanitised(cell)) for cell in row] for row in rows]  # noqa: S704  # sanitised
            yield text[heading], _Table([labels.get(name) or text[name] for name in head], cells)


def _spans(entry: Entry, site: Site) -> list[_Span]:
    """When it happened; where rows differ in that, each with the fields it is true of."""
    found: dict[tuple[Any, Any], list[Change]] = {}
    for row in entry.changes:
        found.setdefault((row.seen_after, row.seen_by), []).append(row)
    return [
        _Span(
            of=", ".join(_field(row, site) for row in rows) if len(found) > 1 else "",
            words=when(rows[0], site),
            utc=_utc(rows[0], site),
        )
        for rows in found.values()
    ]


def _field(row: Change, site: Site) -> str:
    if row.kind is None:
        return ""
    return site.words.field(row.kind, row.field) if row.field else site.words.kinds[row.kind]


def _utc(row: Change, site: Site) -> str:
    text, by = EVIDENCE[site.language], moment_text(row.seen_by)
    if row.seen_after is None:
        return text["utc_seen"].format(by=by)
    return text["utc"].format(after=moment_text(row.seen_after), by=by)


def _capture(capture: Capture, site: Site) -> Iterator[_Line]:
    text = EVIDENCE[site.language]
    yield _Line(BODY[site.language]["source"], clean(site.source_title(capture.source)))
    yield _Line(text["asked"], clean(capture.address), web_address(capture.address))
    if capture.reached != capture.address:
        yield _Line(text["reached"], clean(capture.reached), web_address(capture.reached))
    read = f"{moment_words(site.words, capture.at)} ({moment_text(capture.at)})"
    yield _Line(text["read"], read)
    yield _Line(text["status"], str(capture.status))
    yield _Line(text["size"], text["bytes"].format(capture.size, clean(capture.media_type)))
    yield _Line(text["sha256"], capture.sha256, code=True)
    if capture.content:
        yield _Line(text["content"], capture.content, code=True)
    if capture.reader:
        yield _Line(text["reader"], text["version"].format(capture.reader, capture.version))
    yield _Line(text["visit"], str(capture.visit))


def _ledger(cited: Cited, site: Site) -> Iterator[_Line]:
    text = EVIDENCE[site.language]
    yield _Line(text["row"], str(cited.ledger))
    yield _Line(text["digest"], cited.digest, code=True)


def _commands(numbers: Collection[int | None], file: str) -> Iterator[str]:
    """What writes and hashes the pages behind these changes, and verifies the history."""
    for number in numbers:
        yield f"klastry cite {number} --body {file.format(number)}"
    if numbers:
        yield f"sha256sum {' '.join(file.format(number) for number in numbers)}"
    yield "klastry verify"
