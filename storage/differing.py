"""What differs between two times: who came, who left, which values changed, and what is not known.

Each time is looked at twice: as it was read till then, and as the next readings would have it where
nothing was read on its day. Where the two disagree, a change lies between two readings, and the answer
is not known.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, TextClause, bindparam, text

from storage.collecting import uncollected
from storage.errors import UsageError
from storage.forms import WARSAW, moment
from storage.listing import merged_then, number, spoken
from storage.moments import EVERYTHING, Knowledge, Moment, not_before_the_first_visit
from storage.records import KINDS, NAME_FIELD
from storage.standing import RECORDED, Place, Presence, columns_of, months_at, places, presence, tuples
from storage.tables import MONTHS

Row = dict[str, Any]
Times = tuple[bool, bool, bool, bool]
"""Of something: at the start, the start as read later, at the end, the end as read later."""

_NAMES = frozenset(NAME_FIELD.values())
_CHUNK = 400
_TURNS = {str(kind): turn for turn, kind in enumerate(KINDS)}
# What came and what went between the times, and what may have come or gone at one of them.
_CAME = """s.first_seen > :start AND s.first_seen <= :end AND (s.gone_by IS NULL OR s.gone_by > :end
  OR s.ended > :known OR s.seen_after IS NULL OR s.seen_after < :start_since)"""
_WENT = "s.gone_by > :start AND s.gone_by <= :end AND s.first_seen <= :start"
_MAY_HAVE_COME = "s.first_seen > :end AND (s.seen_after IS NULL OR s.seen_after < :end_since)"
_MAY_HAVE_GONE = (
    "s.gone_by > :end AND s.first_seen <= :start AND (s.last_seen IS NULL OR s.last_seen < :end_since)"
)
_WENT_UNKNOWN = "s.ended > :known AND s.gone_by || '' <= :start AND s.first_seen <= :start"
_KINDS = ", ".join(f"'{kind[:2]}'" for kind in KINDS)


class _Said(NamedTuple):
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


@uncollected()
def diff(connection: Connection, start: Moment, end: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
    """What the lists said otherwise at `end` than at `start`: in, out, changed, unknown, by entity.

    A value is compared where the entity is listed at both times. Raises UsageError.
    """
    if start.at > end.at:
        raise UsageError(f"{start.day} lies after {end.day}; write the earlier day first")
    not_before_the_first_visit(connection, start)
    period = _Period(start, end, what.ledger)
    up_to, merged = spoken(connection, end, what), merged_then(connection, what)
    changed = _changes_of_values(connection, period)
    silent = {source: _is_silent(at, end) for source, at in up_to.items()}
    found = []
    for entity, own in places(connection, what).items():
        if entity in merged:
            continue
        source, listed = period.place(own)
        differences = sorted(changed.get(entity, ()), key=itemgetter("field"))
        for row in _of_entity(listed, differences, silent=silent.get(source, True)):
            about: Row = {"entity": entity, "kind": entity.partition("-")[0], "name": None}
            found.append({**about, **row, "known_up_to": up_to.get(source)})
    found.sort(key=lambda row: _order(row["entity"]))
    names = _names(connection, period, [row["entity"] for row in found])
    for row in found:
        row["name"] = names.get(row["entity"])
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


def _changes_of_values(connection: Connection, period: _Period) -> dict[str, list[Row]]:
    """What is shown otherwise, by entity."""
    changed: dict[str, list[Row]] = {}
    for (entity, field), shown in _shown(connection, period, _changing(connection, period.end)):
        if difference := shown.verb():
            row = {"verb": difference, "field": field, "old": shown.before, "new": shown.later}
            changed.setdefault(entity, []).append(row)
    return changed


def _names(connection: Connection, period: _Period, entities: Iterable[str]) -> dict[str, str]:
    """The last known name of each of `entities`."""
    wanted, names = sorted(set(entities)), {}
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        for (entity, _), shown in _shown(connection, period, _NAMED, entities=some):
            names[entity] = shown.after or shown.before or shown.later or ""
    return names


def _shown(
    connection: Connection, period: _Period, query: TextClause, **values: Sequence[str]
) -> Iterator[tuple[tuple[str, str], "_Shown"]]:
    """By entity and field, what is shown of the values that `query` gives."""
    bounds = {
        "start": period.start.at,
        "start_since": period.start.since,
        "end": period.end.at,
        "end_since": period.end.since,
        "known": period.known,
    }
    said: dict[tuple[str, str], list[tuple[_Said, Times]]] = {}
    for each in map(_Said._make, tuples(connection, query, {**bounds, **values})):
        times = period.stood(each, unwatched=each.seen_after is None)
        if any(times):
            said.setdefault((each.entity, each.field), []).append((each, times))
    for key, rows in said.items():
        yield key, _Shown.of(rows)


def _changing(connection: Connection, end: Moment) -> TextClause:
    """The query of the values that did not stand all the time, and of their rivals that did."""
    columns = columns_of(_Said)
    moving = " UNION ALL ".join(
        f"SELECT s.id, s.entity, s.field FROM spell s WHERE {way} AND {RECORDED} AND s.field <> ''"
        for way in (_CAME, _WENT, _MAY_HAVE_COME, _MAY_HAVE_GONE, _WENT_UNKNOWN)
    )
    rival = (
        f"SUBSTR(s.entity, 1, 2) IN ({_KINDS}) AND s.first_seen <= :start AND {RECORDED} AND s.field <> '' "
        "AND (s.entity, s.field) IN (SELECT entity, field FROM fields)"
    )
    rivals = f"SELECT {columns} FROM spell s WHERE {MONTHS} IS NULL AND {rival}"
    if months := months_at(connection, end):
        rivals += (
            f" UNION ALL SELECT {columns} FROM ({months}) m CROSS JOIN spell s WHERE {MONTHS} = m.column1 "
            f"AND s.first_seen >= m.column2 AND s.gone_by > :end AND s.last_seen >= :end_since AND {rival}"
        )
    return text(f"""
WITH moving AS MATERIALIZED ({moving}),
fields AS MATERIALIZED (SELECT DISTINCT entity, field FROM moving)
SELECT {columns} FROM moving m CROSS JOIN spell s WHERE s.id = m.id UNION ALL {rivals}""")


_NAMED = text(f"""
SELECT {columns_of(_Said)} FROM spell s
WHERE s.entity IN :entities AND s.field IN ({", ".join(f"'{name}'" for name in sorted(_NAMES))})
AND {RECORDED}""").bindparams(bindparam("entities", expanding=True))


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


class _Shown(NamedTuple):
    """What is shown of one field before and after, by the readings up to then and from then on."""

    before: str | None
    soon: str | None
    after: str | None
    later: str | None

    @classmethod
    def of(cls, rows: list[tuple[_Said, Times]]) -> "_Shown":
        """From the rows of one field: the best rank first, then the newest."""
        if len(rows) > 1:
            rows.sort(key=_place, reverse=True)
        before = soon = after = later = None
        for (_, _, value, *_), times in rows:
            if times[0] and before is None:
                before = value
            if times[1] and soon is None:
                soon = value
            if times[2] and after is None:
                after = value
            if times[3] and later is None:
                later = value
        return cls(before, soon, after, later)

    def verb(self) -> Literal["changed", "unknown"] | None:
        if self.before != self.soon or self.after != self.later:
            return "unknown"
        return "changed" if self.before != self.after else None


def _place(row: tuple[_Said, Times]) -> tuple[int, str, int]:
    """The place of a value among those of its field, the first one highest."""
    said = row[0]
    return -said.rank, said.first_seen, said.id


def _is_silent(up_to: str, end: Moment) -> bool:
    """Whether the source was last read on a day before that of `end`."""
    return moment(up_to).astimezone(WARSAW).date().isoformat() < end.day


def _order(entity: str) -> tuple[int, int]:
    return _TURNS[entity.partition("-")[0]], number(entity)
