"""What differs between two times: who came, who left, which values changed, and what is not known.

Nearly every field has one value at each time, which was read on the day; those are compared as they come
from the database. The others are looked at closely (`Period`): of which several values stand side by side,
and of which one may have come or gone at one of the times.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence, Set
from typing import Any, Final

from sqlalchemy import Connection, bindparam, text

from storage.collecting import uncollected
from storage.errors import UsageError
from storage.forms import WARSAW, moment
from storage.listing import merged_then, number, spoken
from storage.moments import EVERYTHING, Knowledge, Moment, not_before_the_first_visit
from storage.period import Period, Shown, Times, Value
from storage.records import KINDS, NAME_FIELD
from storage.standing import RECORDED, columns_of, months_at, next_month, places, tuples
from storage.tables import MONTHS, SHORT, UNREAD, UNWATCHED

Row = dict[str, Any]
Field = tuple[str, str]
"""An entity, and one of its fields."""
Difference = tuple[str, str | None, str | None, str | None]
"""The verb, the field, and the values before and after."""
_UNKNOWN: Final = ("unknown", None, None, None)
_CHUNK = 400
_TURNS = {str(kind): turn for turn, kind in enumerate(KINDS)}
_KINDS = ", ".join(f"'{kind[:2]}'" for kind in KINDS)
_NAME_FIELDS = {str(kind): field for kind, field in NAME_FIELD.items()}
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
    up_to, merged = spoken(connection, end, what), merged_then(connection, what)
    listed = {
        entity: period.place(own) for entity, own in places(connection, what).items() if entity not in merged
    }
    values = _Values(connection, period)
    changed = values.changes({entity for entity, (_, times) in listed.items() if all(times)})
    silent = {source: _is_silent(at, end) for source, at in up_to.items()}
    found = {
        entity: differences
        for entity, (source, times) in listed.items()
        if (differences := _of_entity(times, changed.get(entity, []), silent=silent.get(source, True)))
    }
    names = values.names(found.keys())
    return [
        row
        for entity in sorted(found, key=_order)
        for row in _rows(entity, names.get(entity), found[entity], up_to.get(listed[entity][0]))
    ]


def _rows(
    entity: str, name: str | None, differences: Iterable[Difference], known_up_to: str | None
) -> Iterator[Row]:
    kind = entity.partition("-")[0]
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


class _Values:
    """What pages say at the start and at the end of a period."""

    def __init__(self, connection: Connection, period: Period) -> None:
        self._connection, self._period = connection, period
        self._bounds = _bounds(period)
        # By entity, then by field.
        self._before = defaultdict[str, dict[str, str]](dict)
        self._after = defaultdict[str, dict[str, str]](dict)
        # By entity: the fields of which a value stood at both times, and the names that did.
        self._stayed = defaultdict[str, list[str]](list)
        self._names = defaultdict[str, list[str]](list)
        # Entities of a field of which more than one value stood.
        self._several = set[str]()
        self._read()

    def _read(self) -> None:
        for entity, field, at_start, at_end, value in self._standing():
            if at_start and at_end:
                self._stayed[entity].append(field)
                if value is not None:
                    self._names[entity].append(value)
                continue
            values = (self._before if at_start else self._after)[entity]
            if field in values:
                self._several.add(entity)
            values[field] = value

    def _standing(self) -> Iterator[tuple[Any, ...]]:
        """Entity, field, whether it stood at the start and at the end, and the value, in no order.

        What stood at both gives its value only if it is a name.
        """
        said = (
            f"SUBSTR(s.entity, 1, 2) IN ({_KINDS}) AND s.first_seen <= :end AND {RECORDED} AND s.field <> ''"
        )
        ways = [_said("1 = 1", f"spell s WHERE {MONTHS} IS NULL AND {said}")]
        if months := months_at(self._connection, self._period.start):
            gone = (
                f"{MONTHS} = m.column1 AND s.first_seen >= m.column2 AND s.gone_by > :start "
                "AND (s.first_seen <= :start OR s.gone_by > :end) AND (s.ended IS NULL OR s.ended <= :known)"
            )
            ways.append(_said("s.gone_by > :end", f"({months}) m CROSS JOIN spell s WHERE {gone} AND {said}"))
        if self._period.known != EVERYTHING.ledger:
            ways.append(
                _said("1 = 1", f"spell s WHERE s.ended > :known AND s.gone_by || '' <> '' AND {said}")
            )
        return tuples(self._connection, text(" UNION ALL ".join(ways)), self._bounds)

    def changes(self, compared: Set[str]) -> dict[str, list[Difference]]:
        """What is shown otherwise, of the entities that are to be compared; by field."""
        closely = (self._several | self._doubtful()).intersection(compared)
        found: dict[str, list[Difference]] = {}
        for entity in ((self._before.keys() | self._after.keys()) & compared) - closely:
            before, after = self._before.get(entity, {}), self._after.get(entity, {})
            if any(field in before or field in after for field in self._stayed.get(entity, ())):
                closely.add(entity)
                continue
            for field in sorted(before.keys() | after.keys()):
                old, new = before.get(field), after.get(field)
                if old != new:
                    found.setdefault(entity, []).append(("changed", field, old, new))
        for (entity, field), shown in sorted(self._shown(closely)):
            if verb := shown.verb():
                found.setdefault(entity, []).append((verb, field, shown.before, shown.later))
        return found

    def names(self, entities: Set[str]) -> dict[str, str]:
        """The last known name of each of `entities`."""
        names = {entity: name for entity in entities if (name := self._name(entity))}
        for (entity, field), shown in self._shown(entities - names.keys()):
            if field in NAME_FIELD.values():
                names[entity] = shown.after or shown.before or shown.later or ""
        return names

    def _name(self, entity: str) -> str | None:
        """The name at the end, else at the start; None where there are several, or none."""
        field = _NAME_FIELDS[entity.partition("-")[0]]
        came, went = (values.get(entity, {}).get(field) for values in (self._after, self._before))
        names = self._names.get(entity, []) + ([came] if came else [])
        if not names and went:
            names = [went]
        return names[0] if len(names) == 1 and entity not in self._several else None

    def _doubtful(self) -> set[str]:
        """Entities of which a value may have come or gone at one of the times."""
        doubts = " UNION ".join(
            f"SELECT s.entity FROM spell s WHERE {doubt} AND {RECORDED} AND s.field <> ''"
            for doubt in _DOUBTS
        )
        return {entity for (entity,) in tuples(self._connection, text(doubts), self._bounds)}

    def _shown(self, entities: Collection[str]) -> Iterator[tuple[Field, Shown]]:
        """By entity and field, what is shown at the times, of all that is known."""
        wanted = sorted(entities)
        for start in range(0, len(wanted), _CHUNK):
            said: dict[Field, list[tuple[Value, Times]]] = {}
            some = {**self._bounds, "entities": wanted[start : start + _CHUNK]}
            for each in map(Value._make, tuples(self._connection, _OWN, some)):
                times = self._period.stood(each, unwatched=each.seen_after is None)
                if any(times):
                    said.setdefault((each.entity, each.field), []).append((each, times))
            for field, rows in said.items():
                yield field, Shown.of(rows)


_OWN = text(
    f"SELECT {columns_of(Value)} FROM spell s WHERE s.entity IN :entities AND s.field <> '' AND {RECORDED}"
).bindparams(bindparam("entities", expanding=True))


def _said(at_end: str, rows: str) -> str:
    """The query of what stood, where `at_end` tells what did at the end."""
    named = ", ".join(f"'{name}'" for name in sorted(set(NAME_FIELD.values())))
    throughout = f"s.first_seen <= :start AND {at_end} AND s.field NOT IN ({named})"
    return (
        f"SELECT s.entity, s.field, s.first_seen <= :start, {at_end}, "
        f"CASE WHEN {throughout} THEN NULL ELSE COALESCE({SHORT}, s.value) END FROM {rows}"
    )


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


def _is_silent(up_to: str, end: Moment) -> bool:
    """Whether the source was last read on a day before that of `end`."""
    return moment(up_to).astimezone(WARSAW).date().isoformat() < end.day


def _order(entity: str) -> tuple[int, int]:
    return _TURNS[entity.partition("-")[0]], number(entity)
