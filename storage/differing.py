"""What differs between two times: who came, who left, which values changed, and what is not known.

Nearly every field has one value at each time, which was read on the day; those are compared as they come
from the database. The others are looked at closely (`Period`): of which several values stand side by side,
and of which one may have come or gone at one of the times.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Final

from sqlalchemy import Connection, TextClause, bindparam, text

from storage.collecting import uncollected
from storage.errors import UsageError
from storage.forms import WARSAW, moment
from storage.listing import merged_numbers, spoken
from storage.moments import EVERYTHING, Knowledge, Moment, not_before_the_first_visit
from storage.period import Period, Shown, Times, Value
from storage.records import FIELDS, KINDS, NAME_FIELD, Kind
from storage.standing import (
    RECORDED,
    Standing,
    columns_of,
    months_at,
    next_month,
    number_of,
    of_kind,
    place_of,
    places,
    tuples,
)
from storage.tables import MONTHS, NUMBER, SHORT, UNREAD, UNWATCHED

Row = dict[str, Any]
Field = tuple[int, str]
"""An entity by its number, and one of its fields."""
Difference = tuple[str, str | None, str | None, str | None]
"""The verb, the field, and the values before and after."""
_THROUGHOUT: Final = (True, True, True, True)
_UNKNOWN: Final = ("unknown", None, None, None)
_CHUNK = 400
_DOUBTS = [
    doubt.replace(":at", f":{when}").replace(":since", f":{when}_since").replace(":month", f":{when}_month")
    for when in ("start", "end")
    for doubt in (
        # Nobody looked on the day until it was first seen, or since it was last seen until it was gone.
        "s.first_seen > :at AND s.first_seen < :month AND s.seen_after < :since",
        f"s.first_seen > :at AND {UNWATCHED} AND (s.seen_after IS NULL OR s.seen_after < :since)",
        "s.gone_by > :at AND s.gone_by < :month AND s.last_seen < :since AND s.first_seen <= :at",
        f"s.gone_by > :at AND {UNREAD} AND (s.last_seen IS NULL OR s.last_seen < :since) "
        "AND s.first_seen <= :at",
    )
]


@uncollected()
def diff(connection: Connection, start: Moment, end: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
    """What the lists said otherwise at `end` than at `start`: in, out, changed, unknown, by entity.

    A value is compared where the entity is listed at both times. Raises UsageError.
    """
    if start.at > end.at:
        raise UsageError(f"{start.day} lies after {end.day}; write the earlier day first")
    not_before_the_first_visit(connection, start)
    if start == end:
        return []
    period = Period(start, end, what.ledger)
    up_to, doubtful = spoken(connection, end, what), _doubtful(connection, period)
    heard = {source for source, at in up_to.items() if _is_heard(at, end)}
    rows: list[Row] = []
    for kind in KINDS:
        if not (listed := _listed(connection, kind, period, what)):
            continue
        compared = {number for number, (_, times) in listed.items() if all(times)}
        changed = _changes(connection, kind, period, compared, doubtful[kind])
        found = {
            number: differences
            for number, (source, times) in listed.items()
            if times != _THROUGHOUT or number in changed or source not in heard
            if (differences := _of_entity(times, changed.get(number, []), silent=source not in heard))
        }
        names = _names(connection, kind, period, what, found.keys()) if found else {}
        for number in sorted(found):
            rows += _rows(kind, number, names.get(number), found[number], up_to.get(listed[number][0]))
    return rows


def _listed(
    connection: Connection, kind: Kind, period: Period, what: Knowledge
) -> dict[int, tuple[str, Times]]:
    """By number, the source that lists an entity, and when it was listed."""
    single, several = places(connection, kind, what)
    listed = {number: period.place(own) for number, own in several.items()}
    start = period.start.at
    for number, row in single.items():
        _, source, _, _, _, first_seen, _, gone_by, _ = row
        if gone_by is None and first_seen <= start:
            listed[number] = source, _THROUGHOUT
        else:
            listed[number] = period.place([place_of(row)])
    for number in merged_numbers(connection, kind, what):
        listed.pop(number, None)
    return listed


def _rows(
    kind: Kind, number: int, name: str | None, differences: Iterable[Difference], known_up_to: str | None
) -> Iterator[Row]:
    entity = f"{kind}-{number}"
    for verb, field, old, new in differences:
        yield {
            "entity": entity,
            "kind": kind,
            "name": name,
            "verb": verb,
            "field": field,
            "old": old,
            "new": new,
            "known_up_to": known_up_to,
        }


def _doubtful(connection: Connection, period: Period) -> Mapping[str, Set[int]]:
    """By kind, the numbers of entities of which a value may have come or gone at one of the times."""
    query = " UNION ".join(
        f"SELECT s.entity FROM spell s WHERE {doubt} AND {RECORDED} AND s.field <> ''" for doubt in _DOUBTS
    )
    found = defaultdict[str, set[int]](set)
    for (entity,) in tuples(connection, text(query), _bounds(period)):
        found[entity.partition("-")[0]].add(number_of(entity))
    return found


def _changes(
    connection: Connection, kind: Kind, period: Period, compared: Set[int], doubtful: Set[int]
) -> dict[int, list[Difference]]:
    """What is shown otherwise, of the entities that are to be compared; by field."""
    query, bounds = _stood(connection, kind, period), _bounds(period)
    closely = doubtful & compared
    found: dict[int, list[Difference]] = {}
    for field in sorted(FIELDS[kind]):
        before, after, several = _came_and_went(tuples(connection, query, {**bounds, "field": field}))
        closely |= several & compared
        for number in ((before.keys() | after.keys()) & compared) - closely:
            old, new = before.get(number), after.get(number)
            if old != new:
                found.setdefault(number, []).append(("changed", field, old, new))
    for number in closely:
        found.pop(number, None)
    for (number, field), shown in sorted(_shown(connection, kind, period, closely)):
        if verb := shown.verb():
            found.setdefault(number, []).append((verb, field, shown.before, shown.later))
    return found


def _came_and_went(said: Iterable[tuple[Any, ...]]) -> tuple[dict[int, str], dict[int, str], set[int]]:
    """What stood only at the start and only at the end; and of which something else stood beside it."""
    before: dict[int, str] = {}
    after: dict[int, str] = {}
    stayed, several = set[int](), set[int]()
    for number, at_end, value in said:
        if value is None:
            stayed.add(number)
            continue
        values = after if at_end else before
        if number in values:
            several.add(number)
        values[number] = value
    return before, after, several | stayed & (before.keys() | after.keys())


def _stood(connection: Connection, kind: Kind, period: Period) -> TextClause:
    """The query of the values of one field that stood at either time.

    Each row is the number of an entity, whether a value stood at the end, and the value, in no order; what
    stood at both times has no value.
    """
    of = f"{of_kind(kind)} AND s.field = :field AND s.first_seen <= :end AND {RECORDED}"
    ways = [_part("1 = 1", f"spell s WHERE {MONTHS} IS NULL AND {of}")]
    if months := months_at(connection, period.start):
        gone = (
            f"{MONTHS} = m.column1 AND s.first_seen >= m.column2 AND s.gone_by > :start "
            "AND (s.first_seen <= :start OR s.gone_by > :end) AND (s.ended IS NULL OR s.ended <= :known)"
        )
        ways.append(_part("s.gone_by > :end", f"({months}) m CROSS JOIN spell s WHERE {gone} AND {of}"))
    if period.known != EVERYTHING.ledger:
        ways.append(_part("1 = 1", f"spell s WHERE s.ended > :known AND s.gone_by || '' <> '' AND {of}"))
    return text(" UNION ALL ".join(ways))


def _part(at_end: str, rows: str) -> str:
    """A part of the query of what stood, where `at_end` tells what did at the end."""
    return (
        f"SELECT {NUMBER}, {at_end}, "
        f"CASE WHEN s.first_seen <= :start AND {at_end} THEN NULL ELSE COALESCE({SHORT}, s.value) END "
        f"FROM {rows}"
    )


def _names(
    connection: Connection, kind: Kind, period: Period, what: Knowledge, entities: Set[int]
) -> dict[int, str]:
    """The last known name of each of `entities`, by number."""
    names: dict[int, str] = {}
    unclear = set(entities)
    field = NAME_FIELD[kind]
    for number, name in Standing(connection, kind, period.end, what).values(field):
        if number in names:
            unclear.add(number)
        elif number in unclear:
            names[number] = name
            unclear.remove(number)
    for (number, of), shown in _shown(connection, kind, period, unclear):
        if of == field:
            names[number] = shown.after or shown.before or shown.later or ""
    return names


def _shown(
    connection: Connection, kind: Kind, period: Period, entities: Iterable[int]
) -> Iterator[tuple[Field, Shown]]:
    """By entity and field, what is shown at the times, of all that is known."""
    wanted, bounds = [f"{kind}-{each}" for each in sorted(entities)], _bounds(period)
    for start in range(0, len(wanted), _CHUNK):
        said: dict[Field, list[tuple[Value, Times]]] = {}
        some = {**bounds, "entities": wanted[start : start + _CHUNK]}
        for each in map(Value._make, tuples(connection, _OWN, some)):
            times = period.stood(each, unwatched=each.seen_after is None)
            if any(times):
                said.setdefault((number_of(each.entity), each.field), []).append((each, times))
        for field, rows in said.items():
            yield field, Shown.of(rows)


_OWN = text(
    f"SELECT {columns_of(Value)} FROM spell s WHERE s.entity IN :entities AND s.field <> '' AND {RECORDED}"
).bindparams(bindparam("entities", expanding=True))


def _bounds(period: Period) -> dict[str, Any]:
    """The values that questions in SQL are asked with."""
    bounds: dict[str, Any] = {"known": period.known}
    for name, when in (("start", period.start), ("end", period.end)):
        bounds |= {name: when.at, f"{name}_since": when.since, f"{name}_month": next_month(when.since)}
    return bounds


def _of_entity(listed: Times, changed: Sequence[Difference], *, silent: bool) -> list[Difference]:
    before, soon, after, later = listed
    if before != soon or after != later:
        return [_UNKNOWN]
    found = list(changed) if before and after else []
    if before != after:
        found = [("in" if after else "out", None, None, None)]
    return [*found, _UNKNOWN] if after and silent else found


def _is_heard(up_to: str, end: Moment) -> bool:
    """Whether the source was read on the day of `end`, or since."""
    return moment(up_to).astimezone(WARSAW).date().isoformat() >= end.day
