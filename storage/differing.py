"""What differs between two times: who came, who left, which values changed, and what is not known.

Each time is looked at twice: as it was read till then, and as the next readings would have it where
nothing was read on its day. Where the two disagree, a change lies between two readings, and the answer
is not known.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, Protocol, cast

from sqlalchemy import Connection, text

from storage.errors import UsageError
from storage.forms import WARSAW, moment
from storage.listing import merged_then, number, spoken
from storage.moments import EVERYTHING, Knowledge, Moment, not_before_the_first_visit
from storage.records import KINDS, NAME_FIELD, Kind
from storage.standing import RECORDED, Place, Presence, columns_of, of_kind, places, presence

Row = dict[str, Any]
Times = tuple[bool, bool, bool, bool]
"""Of something: at the start, the start as read later, at the end, the end as read later."""

_ALWAYS: Times = (True, True, True, True)
_NAMES = frozenset(NAME_FIELD.values())
_READ_BY_THE_END = "(s.first_seen <= :end OR s.seen_after IS NULL OR s.seen_after < :end_since)"
# What stood all the time, and what stood for a part of it.
_STEADY = "s.first_seen <= :start AND (s.gone_by IS NULL OR (s.gone_by > :end AND s.last_seen >= :end_since))"
_MOVING = (
    f"s.gone_by IS NULL AND s.first_seen > :start AND {_READ_BY_THE_END}",
    f"s.gone_by > :start AND {_READ_BY_THE_END} AND (s.first_seen > :start "
    "OR s.gone_by <= :end OR s.last_seen IS NULL OR s.last_seen < :end_since)",
    "s.gone_by <= :start AND s.ended > :known AND s.first_seen <= :start",
)


class _Said(Protocol):
    """A row of the database: a value that a page says, with all that tells when it stood."""

    entity: str
    field: str
    value: str
    rank: int
    id: int
    seen_after: str | None
    first_seen: str
    last_seen: str | None
    gone_by: str | None
    ended: int | None


def diff(connection: Connection, start: Moment, end: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
    """What the lists said otherwise at `end` than at `start`: in, out, changed, unknown, by entity.

    A value is compared where the entity is listed at both times. Raises UsageError.
    """
    if start.at > end.at:
        raise UsageError(f"{start.day} lies after {end.day}; write the earlier day first")
    not_before_the_first_visit(connection, start)
    period = _Period(start, end, what.ledger)
    up_to, merged = spoken(connection, end, what), merged_then(connection, what)
    changed, names = _changes_of_values(connection, period)
    silent = {source: _is_silent(at, end) for source, at in up_to.items()}
    found = []
    for entity, own in sorted(places(connection, what).items(), key=lambda each: _order(each[0])):
        if entity in merged:
            continue
        source, listed = period.place(own)
        differences = sorted(changed.get(entity, ()), key=itemgetter("field"))
        for row in _of_entity(listed, differences, silent=silent.get(source, True)):
            kind = entity.partition("-")[0]
            about = {"entity": entity, "kind": kind, "name": names.get(entity)}
            found.append({**about, **row, "known_up_to": up_to.get(source)})
    return found


@dataclass(frozen=True)
class _Period:
    """From one time to another, as ledger row `known` knew it."""

    start: Moment
    end: Moment
    known: int

    def stood(self, each: _Said | Place, *, unwatched: bool) -> Times:
        """When a spell stood; `unwatched`: nobody looked before it was first seen."""
        start, end, first, gone = self.start, self.end, each.first_seen, each.gone_by
        begun, begun_by_end = first <= start.at, first <= end.at
        soon = begun or unwatched or (each.seen_after or start.since) < start.since
        later = begun_by_end or unwatched or (each.seen_after or end.since) < end.since
        if gone is None or (each.ended or 0) > self.known:
            return begun, soon, begun_by_end, later
        read, at_start, at_end = each.last_seen or "", gone > start.at, gone > end.at
        return (
            begun and at_start,
            soon and at_start and read >= start.since,
            begun_by_end and at_end,
            later and at_end and read >= end.since,
        )

    def place(self, own: Sequence[Place]) -> tuple[str, Times]:
        """Where an entity was listed at the end, else before; and when it was listed."""
        if len(own) == 1:
            return own[0].source, self.stood(own[0], unwatched=own[0].seen_after is None)
        when = {place: self.stood(place, unwatched=_unwatched(place, own)) for place in own}
        found = [self._presence(own, when, turn) for turn in range(4)]
        after = found[2]
        source = after.source if after else max((each.source for each in found if each), default="")
        before, soon, now, later = (each is not None and each.standing for each in found)
        return source, (before, soon, now, later)

    def _presence(self, own: Sequence[Place], when: Mapping[Place, Times], turn: int) -> Presence | None:
        """Where an entity was listed at one of the four times."""
        asked, late = (self.start, self.end)[turn // 2], turn % 2 == 1

        def begun(place: Place) -> bool:
            if place.first_seen <= asked.at or not late:
                return place.first_seen <= asked.at
            return _unwatched(place, own) or (place.seen_after or asked.since) < asked.since

        def over(place: Place) -> bool:
            gone = place.gone_by
            return gone is not None and gone <= asked.at and (place.ended or 0) <= self.known

        return presence(own, begun, lambda place: when[place][turn], over)


def _unwatched(place: Place, own: Sequence[Place]) -> bool:
    """Whether nothing tells that the entity was not there before.

    A page that was read for the first time tells nothing from before the list that lacked the entity.
    """
    return place.seen_after is None and not any(
        other.source == place.source and other.seen_after and other.first_seen <= place.first_seen
        for other in own
    )


def _changes_of_values(
    connection: Connection, period: _Period
) -> tuple[dict[str, list[Row]], dict[str, str]]:
    """What is shown otherwise, by entity; and all names, the last one known."""
    said: dict[tuple[str, str], list[tuple[_Said, Times]]] = {}
    for each, steady in _rows(connection, period):
        times = _ALWAYS if steady else period.stood(each, unwatched=each.seen_after is None)
        if any(times):
            said.setdefault((each.entity, each.field), []).append((each, times))
    changed: dict[str, list[Row]] = {}
    names: dict[str, str] = {}
    for (entity, field), rows in said.items():
        shown = _Shown.of(rows)
        if field in _NAMES:
            names[entity] = shown.after or shown.before or shown.later or ""
        if difference := shown.verb():
            row = {"verb": difference, "field": field, "old": shown.before, "new": shown.later}
            changed.setdefault(entity, []).append(row)
    return changed, names


def _rows(connection: Connection, period: _Period) -> Iterator[tuple[_Said, bool]]:
    """Values that did not stand all the time; and of those that did, the names and the rivals of these."""
    values = {
        "start": period.start.at,
        "end": period.end.at,
        "end_since": period.end.since,
        "known": period.known,
    }
    for query in _VALUES:
        for row in connection.execute(text(query), values).all():
            yield cast("_Said", row), bool(row[-1])


def _values(kind: Kind) -> str:
    said = f"{of_kind(kind)} AND {RECORDED} AND s.field <> ''"
    moving = " UNION ALL ".join(
        f"SELECT {columns_of(_Said)} FROM spell s WHERE {way} AND {said}" for way in _MOVING
    )
    names = ", ".join(f"'{name}'" for name in sorted(_NAMES))
    return f"""
WITH moving AS MATERIALIZED ({moving})
SELECT m.*, 0 AS steady FROM moving m
UNION ALL SELECT {columns_of(_Said)}, 1 FROM spell s
WHERE {_STEADY} AND {said}
  AND (s.field IN ({names}) OR (s.entity, s.field) IN (SELECT entity, field FROM moving))"""


_VALUES = [_values(kind) for kind in KINDS]


def _of_entity(listed: Times, changed: Sequence[Row], *, silent: bool) -> Iterator[Row]:
    blank = {"field": None, "old": None, "new": None}
    before, soon, after, later = listed
    if before != soon or after != later:
        yield {"verb": "unknown", **blank}
        return
    if before != after:
        yield {"verb": "in" if after else "out", **blank}
    elif after:
        yield from changed
    if after and silent:
        yield {"verb": "unknown", **blank}


@dataclass(frozen=True)
class _Shown:
    """What is shown of one field before and after, by the readings up to then and from then on."""

    before: str | None
    soon: str | None
    after: str | None
    later: str | None

    @classmethod
    def of(cls, rows: list[tuple[_Said, Times]]) -> "_Shown":
        """From the rows of one field: the best rank first, then the newest."""
        if len(rows) > 1:
            rows.sort(key=lambda row: (-row[0].rank, row[0].first_seen, row[0].id), reverse=True)
        return cls(*(next((row.value for row, times in rows if times[turn]), None) for turn in range(4)))

    def verb(self) -> Literal["changed", "unknown"] | None:
        if self.before != self.soon or self.after != self.later:
            return "unknown"
        return "changed" if self.before != self.after else None


def _is_silent(up_to: str, end: Moment) -> bool:
    """Whether the source was last read on a day before that of `end`."""
    return moment(up_to).astimezone(WARSAW).date().isoformat() < end.day


def _order(entity: str) -> tuple[int, int]:
    kind = entity.partition("-")[0]
    return [str(each) for each in KINDS].index(kind), number(entity)
