"""The rows of `list`: what the pages said of all things of one kind at a time, as known at a time."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, text

from storage import visits
from storage.collecting import uncollected
from storage.moments import EVERYTHING, Knowledge, Moment, values_of
from storage.records import FIELDS, Kind
from storage.standing import (
    Rival,
    Standing,
    confirmations,
    last_seen,
    number_of,
    presences,
)
from storage.tables import ACCEPTED

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
_FIRST = f"""
SELECT source, MIN(at) AS first_visit FROM visit
WHERE (clock = 'ok' OR {ACCEPTED}) AND at <= :at AND at <= :known_at GROUP BY source ORDER BY source"""
_SPEAKING = """
SELECT DISTINCT s.source FROM spell s JOIN entity e ON e.id = s.entity WHERE e.kind = :kind"""
_MERGED = "SELECT note FROM ledger WHERE id <= :known AND note LIKE '%\"merged\"%' ORDER BY id"
_CHUNK = 400  # entities asked at once, below SQLite's limit of variables


@uncollected()
def lists(connection: Connection, kind: Kind, asked: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
    """The rows of `list`, in the order in which the entities were given their ids."""
    confirmed, up_to = confirmations(connection), spoken(connection, asked, what)
    until = min(asked.at, what.at)
    merged = merged_numbers(connection, kind, what)
    blank: Row = dict.fromkeys(_columns(kind))
    rows = {}
    listed = sorted(presences(connection, kind, asked, what, confirmed))
    for number, source, stands, first_seen, seen in listed:
        if number in merged:
            continue
        rows[number] = row = blank.copy()
        row["entity"], row["source"], row["first_seen"] = f"{kind}-{number}", source, first_seen
        row["known_up_to"] = known_up_to = up_to.get(source)
        row["last_seen"] = known_up_to if seen > until else seen
        row["listed"] = "yes" if stands else "no"
    if not rows:
        return []
    _tell_the_missing(connection, rows.values(), asked, what)

    def seen_since(rival: Rival, when: str) -> bool:
        at = last_seen(rival, confirmed)
        return (up_to.get(rival.source, "") if at > until else at) >= when

    _fill(kind, rows, Standing(connection, kind, asked, what), seen_since)
    for row in rows.values():
        _compute(kind, row, asked.day)
    return list(rows.values())


def _fill(
    kind: Kind, rows: Mapping[int, Row], stood: Standing, seen_since: Callable[[Rival, str], bool]
) -> None:
    """Write the values that are shown into the rows, and where those that stand side by side differ.

    `seen_since` tells whether a value was said at a time or later: what a page said before the shown one
    came, and not since, does not contradict it.
    """
    differing: dict[int, list[str]] = {}
    for field in FIELDS[kind]:
        several = _write(rows, field, stood.values(field))
        if field == "status":
            _write(rows, "status_printed", stood.printed(field))
        if not several:
            continue
        for number, (best, *others) in stood.rivals(field, several).items():
            row = rows[number]
            row[field] = best.value
            if field == "status":
                row["status_printed"] = best.printed
            since = [other for other in others if seen_since(other, best.first_seen)]
            if "conflict" in row and _contradicted(field, best, since):
                differing.setdefault(number, []).append(field)
    for number, fields in differing.items():
        rows[number]["conflict"] = ", ".join(sorted(fields))


def _write(rows: Mapping[int, Row], column: str, said: Iterable[tuple[int, str | None]]) -> set[int]:
    """Write what was said into a column; gives the rows, by number, of which several things were said."""
    several = set()
    for number, value in said:
        row = rows.get(number)
        if row is None:
            continue
        if row[column] is None:
            row[column] = value
        else:
            several.add(number)
    return several


def spoken(connection: Connection, asked: Moment, what: Knowledge) -> dict[str, str]:
    """Until when each source taught anything."""
    query, values = text(_SPOKEN), values_of(asked, what)
    found = {
        source: connection.scalar(query, {**values, "source": source})
        for source in visits.sources(connection)
    }
    return {source: at for source, at in found.items() if at}


def observed(connection: Connection, asked: Moment, what: Knowledge) -> list[Row]:
    """By source visited until then: its `first_visit`, and the `known_up_to` of what it says."""
    up_to = spoken(connection, asked, what)
    rows = connection.execute(text(_FIRST), values_of(asked, what)).mappings()
    return [{**row, "known_up_to": up_to.get(row["source"])} for row in rows]


def speaking(connection: Connection, kind: Kind) -> set[str]:
    """The sources that ever said anything of things of this kind."""
    return set(connection.scalars(text(_SPEAKING), {"kind": kind}))


def merged_then(connection: Connection, what: Knowledge) -> set[str]:
    """Entities that had been merged into others, as far as `what` was known."""
    if what == EVERYTHING:
        return set(connection.scalars(text("SELECT id FROM entity WHERE merged_into IS NOT NULL")))
    said: dict[str, str | None] = {}
    for note in connection.scalars(text(_MERGED), {"known": what.ledger}):
        said |= json.loads(note).get("merged", {})
    return {entity for entity, into in said.items() if into}


def merged_numbers(connection: Connection, kind: Kind, what: Knowledge) -> set[int]:
    """The numbers, among those of `kind`, of entities that had been merged into others."""
    return {number_of(each) for each in merged_then(connection, what) if each.startswith(f"{kind}-")}


def _tell_the_missing(connection: Connection, rows: Iterable[Row], asked: Moment, what: Knowledge) -> None:
    """Of the rows that are not listed, those of which no news says that they left are missing."""
    gone = [row for row in rows if row["listed"] == "no"]
    left = _left(connection, [row["entity"] for row in gone], asked, what)
    for row in gone:
        if row["entity"] not in left:
            row["listed"] = "missing"


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


def _compute(kind: Kind, row: Row, day: str) -> None:
    if kind == "cluster":
        row["holds"] = _holds(row["status_from"], row["status_until"], day)
    if row.get("status"):
        row["status_printed"] = row["status_printed"] or row["status"]
    elif kind == "call":
        row["status"] = _status(row["opens"], row["closes"], day)


def _contradicted(field: str, best: Rival, others: Sequence[Rival]) -> bool:
    """Whether standing values of the best two ranks differ; what is derived says nothing."""
    stated = [each for each in others if not each.derived]
    if best.derived or field not in _COMPARED:
        return False
    next_rank = min((each.rank for each in stated if each.rank > best.rank), default=best.rank)
    return any(_differ(field, best.value, each.value) for each in stated if each.rank <= next_rank)


def _differ(field: str, one: str, other: str) -> bool:
    """Whether two values contradict each other; a less precise date is no other date."""
    if one == other or field in _EXACT:
        return one != other
    apart = last_day(one) < first_day(other) or last_day(other) < first_day(one)
    return apart or min(len(one), len(other)) > len("2026-11-04")


@lru_cache
def _holds(start: str | None, until: str | None, day: str) -> str:
    if not until:
        return "unknown"
    if last_day(until) < day or (start and first_day(start) > day):
        return "no"
    return "unknown" if start and last_day(start) > day else "yes"


@lru_cache
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
