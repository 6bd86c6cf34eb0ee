"""What differs between two times: who came, who left, which values changed, and what is not known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Connection, text

from storage.errors import UsageError
from storage.forms import WARSAW, moment
from storage.moments import EVERYTHING, Knowledge, Moment, not_before_the_first_visit, values_of
from storage.records import KINDS, NAME_FIELD
from storage.state import LATE, THEN, known, presence, together

Row = dict[str, Any]


def diff(connection: Connection, start: Moment, end: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
    """What the lists said otherwise at `end` than at `start`: in, out, changed, unknown, by entity.

    A value is compared where the entity is listed at both times. Raises UsageError.
    """
    if start.at > end.at:
        raise UsageError(f"{start.day} lies after {end.day}; write the earlier day first")
    not_before_the_first_visit(connection, start)
    spoken = _spoken(connection, end, what)
    values = values_of(start, what) | {"end": end.at, "end_since": end.since}
    places = {row["entity"]: dict(row) for row in connection.execute(text(_PLACES), values).mappings()}
    names: dict[str, str] = {}
    changed: dict[str, list[Row]] = {}
    rows = map(dict, connection.execute(text(_VALUES), values).mappings())
    for (entity, field), group in groupby(rows, key=lambda row: (row["entity"], row["field"])):
        said = _Said.of(list(group))
        if field in NAME_FIELD.values():
            names[entity] = said.after or said.before or said.later or ""
        if difference := said.verb():
            changed.setdefault(entity, []).append(
                {"verb": difference, "field": field, "old": said.before, "new": said.later}
            )
    found = []
    for entity in sorted(places, key=_number):
        place = places[entity]
        up_to = spoken.get(place["source"])
        for row in _of_entity(place, changed.get(entity, []), silent=_is_silent(up_to, end)):
            kind = entity.partition("-")[0]
            found.append(
                {"entity": entity, "kind": kind, "name": names.get(entity), **row, "known_up_to": up_to}
            )
    return found


def _of_entity(place: Mapping[str, Any], changed: Sequence[Row], *, silent: bool) -> Iterator[Row]:
    blank = {"field": None, "old": None, "new": None}
    before, after = place["before"], place["after"]
    if before != place["soon"] or after != place["later"]:
        yield {"verb": "unknown", **blank}
        return
    if before != after:
        yield {"verb": "in" if after else "out", **blank}
    elif after:
        yield from changed
    if after and silent:
        yield {"verb": "unknown", **blank}


@dataclass(frozen=True)
class _Said:
    """What is shown of one field before and after, by the readings up to then and from then on."""

    before: str | None
    soon: str | None
    after: str | None
    later: str | None

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]]) -> "_Said":
        """From the rows of one field, the shown one first."""
        return cls(
            *(
                next((row["value"] for row in rows if row[when]), None)
                for when in ("before", "soon", "after", "later")
            )
        )

    def verb(self) -> Literal["changed", "unknown"] | None:
        if self.before != self.soon or self.after != self.later:
            return "unknown"
        return "changed" if self.before != self.after else None


def _is_silent(up_to: str | None, end: Moment) -> bool:
    """Whether the source was last read on a day before that of `end`."""
    return up_to is None or moment(up_to).astimezone(WARSAW).date().isoformat() < end.day


def _number(entity: str) -> tuple[int, int]:
    kind, _, number = entity.partition("-")
    return [str(each) for each in KINDS].index(kind), int(number)


def _spoken(connection: Connection, asked: Moment, what: Knowledge) -> dict[str, str]:
    """Until when each source taught anything."""
    return {row[0]: row[1] for row in connection.execute(text(known(THEN)), values_of(asked, what))}


_ASKED = {"before": THEN, "soon": LATE, "after": THEN, "later": LATE}


def _at(when: str, query: str) -> str:
    return (
        query.replace(":at", ":end").replace(":since", ":end_since") if when in ("after", "later") else query
    )


def _places() -> str:
    """Of each entity: whether it is listed before and after, by what was read till and from then on."""
    parts = {"place_rows": "SELECT * FROM spell WHERE field = ''"}
    parts |= {when: _at(when, presence(asked, None, "place_rows")) for when, asked in _ASKED.items()}
    each = " UNION ALL ".join(
        f"SELECT entity, '{when}' AS asked, source, listed FROM {when}" for when in _ASKED
    )
    listed = ", ".join(
        f"MAX(CASE WHEN asked = '{when}' AND listed = 'yes' THEN 1 ELSE 0 END) AS {when}" for when in _ASKED
    )
    return f"""{together(parts)}
SELECT entity, COALESCE(MAX(CASE WHEN asked = 'after' THEN source END), MAX(source)) AS source, {listed}
FROM ({each}) p WHERE entity IN (SELECT id FROM entity WHERE merged_into IS NULL) GROUP BY entity"""


def _values_that_differ() -> str:
    """All values of fields that do not stand alike at all times, the shown one first; and all names."""
    flags = ", ".join(
        f"CASE WHEN {_at(when, asked.stands)} THEN 1 ELSE 0 END AS {when}" for when, asked in _ASKED.items()
    )
    names = ", ".join(f"'{name}'" for name in sorted(set(NAME_FIELD.values())))
    return f"""
WITH flagged AS (SELECT s.id, s.entity, s.field, s.value, s.rank, s.first_seen, {flags}
  FROM spell s WHERE s.field <> ''),
stood AS MATERIALIZED (SELECT * FROM flagged WHERE before + soon + after + later > 0),
touched AS (SELECT DISTINCT entity, field FROM stood WHERE before + soon + after + later < 4)
SELECT * FROM stood
WHERE (field IN ({names}) OR (entity, field) IN (SELECT entity, field FROM touched))
ORDER BY entity, field, rank, first_seen DESC, id DESC"""


_PLACES = _places()
_VALUES = _values_that_differ()
