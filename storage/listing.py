"""The rows of `list`: what the pages said of all things of one kind at a time, as known at a time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

from storage import visits
from storage.collecting import uncollected
from storage.moments import EVERYTHING, Knowledge, Moment, values_of
from storage.records import FIELDS, Kind
from storage.standing import (
    DERIVED,
    PRINTED,
    RANK,
    VALUE,
    Said,
    confirmations,
    places,
    presences,
    shown,
    standing,
)

Row = dict[str, Any]

_DATES = frozenset({"announced", "opens", "closes", "results", "status_from", "status_until"})
_EXACT = frozenset({"number", "status", "budget", "grant_max", "round"})
_COMPARED = _DATES | _EXACT

# Of each entity that no list shows: whether the newest news that was not taken back says that it left.
_LEFT = """
SELECT c.entity, c.verb, c.summary, c.id, c.seen_by FROM change c
WHERE c.verb IN ('appeared', 'disappeared', 'returned') AND c.seen_by <= :at AND c.ledger <= :known
  AND c.entity IN :entities
  AND NOT EXISTS (SELECT 1 FROM change r WHERE r.entity = c.entity AND r.verb = 'retracted'
    AND r.old = c.summary AND r.id > c.id AND r.seen_by <= :at AND r.ledger <= :known)
ORDER BY c.seen_by, c.id"""
_SPOKEN = """
SELECT MAX(v.at) FROM visit v WHERE v.source = :source
  AND v.state IN ('complete', 'unchanged', 'partial') AND v.at <= :at AND v.at <= :known_at"""
_MERGED = "SELECT note FROM ledger WHERE id <= :known AND note LIKE '%\"merged\"%' ORDER BY id"
_CHUNK = 400  # entities asked at once, below SQLite's limit of variables


@uncollected()
def lists(connection: Connection, kind: Kind, asked: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
    """The rows of `list`, in the order in which the entities were given their ids."""
    best, others = shown(standing(connection, kind, asked, what))
    own, confirmed = places(connection, what, kind), confirmations(connection)
    where = dict(presences(own, asked, what, confirmed))
    gone = {entity for entity, place in where.items() if not place.standing}
    left = _left(connection, sorted(gone), asked, what)
    up_to, merged = spoken(connection, asked, what), merged_then(connection, what)
    until = min(asked.at, what.at)
    blank: Row = dict.fromkeys(_columns(kind))
    rows = []
    for entity in sorted(where.keys() - merged, key=number):
        place, values = where[entity], best.get(entity, {})
        row = blank.copy()
        for field, said in values.items():
            row[field] = said[VALUE]
        row["entity"] = entity
        _compute(kind, row, values, asked.day)
        row["listed"] = "yes" if place.standing else "no" if entity in left else "missing"
        known_up_to = row["known_up_to"] = up_to.get(place.source)
        row["first_seen"], row["source"] = place.first_seen, place.source
        row["last_seen"] = known_up_to if place.last_seen > until else place.last_seen
        if entity in others and "conflict" in blank:
            row["conflict"] = ", ".join(_conflicts(values, others[entity])) or None
        rows.append(row)
    return rows


def number(entity: str) -> int:
    """The number of an entity among those of its kind."""
    return int(entity.partition("-")[2])


def spoken(connection: Connection, asked: Moment, what: Knowledge) -> dict[str, str]:
    """Until when each source taught anything."""
    query, values = text(_SPOKEN), values_of(asked, what)
    found = {
        source: connection.scalar(query, {**values, "source": source})
        for source in visits.sources(connection)
    }
    return {source: at for source, at in found.items() if at}


def merged_then(connection: Connection, what: Knowledge) -> set[str]:
    """Entities that had been merged into others, as far as `what` was known."""
    if what == EVERYTHING:
        return set(connection.scalars(text("SELECT id FROM entity WHERE merged_into IS NOT NULL")))
    said: dict[str, str | None] = {}
    for note in connection.scalars(text(_MERGED), {"known": what.ledger}):
        said |= json.loads(note).get("merged", {})
    return {entity for entity, into in said.items() if into}


def _left(connection: Connection, gone: Sequence[str], asked: Moment, what: Knowledge) -> set[str]:
    query = text(_LEFT).bindparams(bindparam("entities", expanding=True))
    last: dict[str, str] = {}
    for start in range(0, len(gone), _CHUNK):
        some = {"entities": gone[start : start + _CHUNK], "at": asked.at, "known": what.ledger}
        last |= {row[0]: row[1] for row in connection.execute(query, some)}
    return {entity for entity, verb in last.items() if verb == "disappeared"}


def _columns(kind: Kind) -> Iterator[str]:
    """The fields (some computed), then what is known of them."""
    yield "entity"
    for field in FIELDS[kind]:
        yield field
        if field == "status":
            yield "status_printed"
    if kind == "cluster":
        yield "holds"
    yield from ("listed", "first_seen", "last_seen", "source")
    if kind in ("cluster", "call"):
        yield "conflict"
    yield "known_up_to"


def _compute(kind: Kind, row: Row, values: Mapping[str, Said], day: str) -> None:
    if said := values.get("status"):
        row["status_printed"] = said[PRINTED] or said[VALUE]
    elif kind == "call":
        row["status"] = _status(row["opens"], row["closes"], day)
    if kind == "cluster":
        row["holds"] = _holds(row["status_from"], row["status_until"], day)


def _conflicts(values: Mapping[str, Said], others: Mapping[str, Sequence[Said]]) -> Iterator[str]:
    """Fields in which standing values of the best two ranks differ; what is derived says nothing."""
    for field in sorted(_COMPARED & others.keys()):
        best = values[field]
        stated = [each for each in others[field] if not each[DERIVED]]
        next_rank = min((each[RANK] for each in stated if each[RANK] > best[RANK]), default=best[RANK])
        rivals = [each for each in stated if each[RANK] <= next_rank]
        if not best[DERIVED] and any(_differ(field, best[VALUE], each[VALUE]) for each in rivals):
            yield field


def _differ(field: str, one: str, other: str) -> bool:
    """Whether two values contradict each other; a less precise date is no other date."""
    if one == other or field in _EXACT:
        return one != other
    apart = last_day(one) < first_day(other) or last_day(other) < first_day(one)
    return apart or min(len(one), len(other)) > len("2026-11-04")


def _holds(start: str | None, until: str | None, day: str) -> str:
    if not until:
        return "unknown"
    if last_day(until) < day or (start and first_day(start) > day):
        return "no"
    return "unknown" if start and last_day(start) > day else "yes"


def _status(opens: str | None, closes: str | None, day: str) -> str | None:
    """The status that the dates give; None where they do not tell."""
    if closes and last_day(closes) < day:
        return "closed"
    if opens and first_day(opens) > day:
        return "planned"
    if opens and closes and last_day(opens) <= day <= first_day(closes):
        return "open"
    return None


def first_day(printed: str) -> str:
    """The first day that a date of any precision may mean."""
    if "Q" in printed:
        return f"{printed[:5]}{3 * int(printed[-1]) - 2:02}-01"
    return f"{printed}-01" if len(printed) == len("2026-11") else printed[:10]


def last_day(printed: str) -> str:
    """The last day that a date of any precision may mean, or a later one that does not exist."""
    if "Q" in printed:
        return f"{printed[:5]}{3 * int(printed[-1]):02}-31"
    return f"{printed}-31" if len(printed) == len("2026-11") else printed[:10]
