"""The dates of a call, each followed from its first statement on, as it became known.

Pure, and a function of the past alone: what was known at each row of the ledger is shown
again, row by row, so a revision once counted is counted for ever. A date is followed under a
key that it keeps: `opens`, `closes`, `results`; where a call has several rounds the second has
`opens-2` and `closes-2` and so on, numbered as they were met, and `end` is the printed end of
the whole call. Only a date that is exact to the day is followed: a month is no day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, datetime
from functools import lru_cache
from typing import Literal, NamedTuple

from monitor.words.language import calendar_day
from pipelines.rounds import end, overlap, start
from storage.dated import CallPast, Stated
from storage.forms import WARSAW

What = Literal["opens", "closes", "results", "round_opens", "round_closes"]
Off = Literal["gone", "suspended", "closed", "settled", "withdrawn"]
"""Why a date no longer counts: the call is gone from its page, or its printed status says so, or
no page states the date any more."""

_SHOWN = frozenset({"opens", "closes", "results", "rounds", "status", "title", "url"})
_LAST: tuple[What, ...] = ("closes", "round_closes")
_APPLYING: tuple[What, ...] = ("opens", "round_opens", *_LAST)
_ENDED_BY: Mapping[Off, tuple[What, ...]] = {
    "closed": _APPLYING,
    "settled": (*_APPLYING, "results"),
    "suspended": (*_APPLYING, "results"),
}


@dataclass(frozen=True)
class Shown:
    """One date as it is shown: `date` is civil time of Warsaw, exact to the day or the minute.

    `name` is the title of the call, `page` the address of its page.
    """

    what: What
    date: str
    name: str
    page: str | None
    off: Off | None = None


@dataclass(frozen=True)
class CallDate:
    """One date of one call; `sequence` counts how often what is shown of it changed.

    `begun` and `changed` are when that was recorded, UTC; `before` is the date it was moved from.
    """

    call: str
    key: str
    shown: Shown
    begun: datetime
    changed: datetime
    sequence: int = 0
    before: str | None = None


def dates_of(past: CallPast, recorded: Mapping[int, datetime]) -> list[CallDate]:
    """Every date of a call that was ever shown, as it is shown now."""
    begun: dict[int, list[Stated]] = {}
    over: dict[int, list[Stated]] = {}
    for each in past.stated:
        if each.field in _SHOWN and each.over != each.begun:
            begun.setdefault(each.begun, []).append(each)
            if each.over is not None:
                over.setdefault(each.over, []).append(each)
    gone = {each.row: each.gone for each in past.passages}
    replay, at = _Replay(past.entity), None
    for row in sorted(begun.keys() | over.keys() | gone.keys()):
        at = max(at or recorded[row], recorded[row])
        replay.gone = gone.get(row, replay.gone)
        replay.know(begun.get(row, ()), over.get(row, ()), at)
    return list(replay.dates.values())


def is_ahead(date: str, at: datetime) -> bool:
    """Whether `date`, as exact as it is, was still to come at `at`: a bare day on the days before it."""
    return date > at.astimezone(WARSAW).strftime("%Y-%m-%dT%H:%M")[: len(date)]


class _Wanted(NamedTuple):
    """A date that is stated, since `since` (UTC)."""

    what: What
    date: str
    since: datetime


class _Round(NamedTuple):
    text: str
    since: datetime


class _Replay:
    """What is shown of one call while row after row becomes known."""

    def __init__(self, call: str) -> None:
        self.call = call
        self.gone: datetime | None = None
        self.dates: dict[str, CallDate] = {}
        self._standing: dict[str, list[Stated]] = {}
        self._best: dict[str, Stated] = {}
        self._rounds: list[_Round] = []

    def know(self, begun: Sequence[Stated], over: Sequence[Stated], at: datetime) -> None:
        """Take in what one row of the ledger, recorded `at`, began and ended."""
        for each in begun:
            self._standing.setdefault(each.field, []).append(each)
        for each in over:
            self._standing[each.field].remove(each)
        for field in {each.field for each in (*begun, *over)}:
            self._choose(field)
        wanted = self._wanted()
        for key in dict.fromkeys((*self.dates, *wanted)):
            self._follow(key, wanted.get(key), at)

    def _choose(self, field: str) -> None:
        """Know which statement is shown: the newest of the best rank."""
        if standing := self._standing[field]:
            self._best[field] = max(standing, key=lambda each: (-each.rank, each.first_seen, each.id))
        else:
            del self._best[field]

    def _wanted(self) -> dict[str, _Wanted]:
        """The dates that are stated now, by key."""
        opens, closes, results, rounds = map(self._best.get, ("opens", "closes", "results", "rounds"))
        if rounds:
            self._number(rounds)
        if rounds and self._has_several(rounds):
            found = dict(self._of_rounds(rounds))
            found["end"] = _stated("closes", closes if closes and not closes.derived else None)
        else:
            found = {"opens": _stated("opens", opens), "closes": _stated("closes", closes)}
        found["results"] = _stated("results", results)
        return self._without_twins({key: each for key, each in found.items() if each})

    def _of_rounds(self, rounds: Stated) -> Iterable[tuple[str, _Wanted | None]]:
        for number, each in enumerate(self._rounds, 1):
            if each.text in rounds.value:
                tail = f"-{number}" if number > 1 else ""
                yield f"opens{tail}", _exact("round_opens", start(each.text), each.since)
                yield f"closes{tail}", _exact("round_closes", end(each.text), each.since)

    def _number(self, rounds: Stated) -> None:
        """Give every round a number; one that shares a day with a known round is that round, moved."""
        known = [each.text for each in self._rounds]
        left = [number for number, text in enumerate(known) if text not in rounds.value]
        for text in rounds.value:
            if text in known:
                continue
            new = _Round(text, rounds.first_seen)
            moved = next((number for number in left if overlap(known[number], text)), None)
            if moved is None:
                self._rounds.append(new)
            else:
                left.remove(moved)
                self._rounds[moved] = new

    def _has_several(self, rounds: Stated) -> bool:
        """Whether there are several rounds: printed, or told by another end beside the only one."""
        if len(rounds.value) != 1:
            return True
        page, last = (rounds.source, rounds.page), end(rounds.value[0])[:10]
        ends = [each for each in self._standing.get("closes", ()) if (each.source, each.page) == page]
        return any(str(each.value)[:10] != last for each in ends)

    def _without_twins(self, wanted: dict[str, _Wanted]) -> dict[str, _Wanted]:
        """`wanted` with no second deadline begun on a day that has one."""
        taken = {each.date[:10] for key, each in wanted.items() if each.what in _LAST and key in self.dates}
        kept = {}
        for key, each in wanted.items():
            if each.what in _LAST and key not in self.dates:
                if each.date[:10] in taken:
                    continue
                taken.add(each.date[:10])
            kept[key] = each
        return kept

    def _follow(self, key: str, wanted: _Wanted | None, at: datetime) -> None:
        known = self.dates.get(key)
        if wanted:
            shown = self._show(wanted)
        elif known and not known.shown.off and is_ahead(known.shown.date, at):
            shown = replace(known.shown, off="withdrawn")
        else:
            return
        if known is None:
            if not shown.off:
                self.dates[key] = CallDate(self.call, key, shown, at, at)
        elif shown != known.shown:
            before = known.before if shown.date == known.shown.date else known.shown.date
            self.dates[key] = replace(
                known, shown=shown, changed=at, sequence=known.sequence + 1, before=before
            )

    def _show(self, wanted: _Wanted) -> Shown:
        title, page = self._best.get("title"), self._best.get("url")
        name = str(title.value) if title else self.call
        return Shown(wanted.what, wanted.date, name, str(page.value) if page else None, self._off(wanted))

    def _off(self, wanted: _Wanted) -> Off | None:
        """Why a stated date does not count; a status says nothing of a date that was stated after it."""
        if self.gone and is_ahead(wanted.date, self.gone):
            return "gone"
        status = self._best.get("status")
        if status is None or wanted.since > status.first_seen or not is_ahead(wanted.date, status.first_seen):
            return None
        ended = (off for off, what in _ENDED_BY.items() if status.value == off and wanted.what in what)
        return next(ended, None)


def _stated(what: What, stated: Stated | None) -> _Wanted | None:
    return _exact(what, str(stated.value), stated.first_seen) if stated else None


def _exact(what: What, date: str, since: datetime) -> _Wanted | None:
    return _Wanted(what, date, since) if _is_exact(date) else None


@lru_cache(maxsize=4096)
def _is_exact(date: str) -> bool:
    """Whether `date` is a day that there is, and that a day follows, or a minute of it."""
    try:
        return calendar_day(date) is not None and datetime.fromisoformat(date).year < MAXYEAR
    except ValueError:
        return False
