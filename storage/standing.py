"""What stood at a time: which values were shown, and where things were listed, as known at a time.

The rows come from the database in no order; what is shown, what differs and who is listed is found out
here, for sorting them there takes longer than all the rest. Where pages speak of the same field, the
values are asked for a second time, with all that tells which of them is shown. Times are UTC as text, so they
compare as they are; intervals are half-open: `[first_seen, gone_by)`.

Of all that ever ended, only what stood is looked at: a spell of some months (`tables.MONTHS`) that stood at
a time began at most so many months before it, so the index is asked once for each number of months.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DatabaseError

from storage.forms import moment
from storage.moments import EVERYTHING, Knowledge, Moment, values_of
from storage.records import FIELDS, Kind
from storage.tables import MONTHS, SHORT

# The sum keeps SQLite from an index that nearly every row fits.
RECORDED = "s.begun + 0 <= :known AND (s.dropped IS NULL OR s.dropped > :known)"

Said = tuple[str, str, str, str | None]
"""A row of the database: entity, field, what one page says of it, and only a status as it is printed."""


class Rival(NamedTuple):
    """A row of the database: one of the values that pages say of the same field, and its place among them."""

    entity: str
    field: str
    value: str
    printed: str | None
    derived: int
    rank: int
    first_seen: str
    id: int
    source: str
    page: str
    last_seen: str | None


_PLACE = "s.derived, s.rank, s.first_seen, s.id, s.source, s.page, s.last_seen"

Confirmed = Mapping[tuple[str, str], str]
"""Of pages, by source and key, when they were last seen to say what they say."""
NEVER: Confirmed = {}


class Place(NamedTuple):
    """A row of the database: one spell of an entity's being listed by a source."""

    entity: str
    source: str
    page: str
    rank: int
    seen_after: str | None
    first_seen: str
    last_seen: str | None
    gone_by: str | None
    ended: int | None


class Presence(NamedTuple):
    """Where an entity is listed: by the best source that ever listed it."""

    source: str
    standing: bool
    first_seen: str
    last_seen: str


def columns_of(row: type) -> str:
    """The columns of `spell` that a row of the database is to have."""
    return ", ".join(f"s.{name}" for name in row.__annotations__)


def of_kind(kind: Kind) -> str:
    """The condition on a spell that it speaks of an entity of `kind`, which its id begins with."""
    return f"SUBSTR(s.entity, 1, 2) = '{kind[:2]}'"


def standing(connection: Connection, kind: Kind, asked: Moment, what: Knowledge) -> Iterator[Said]:
    """Every value that stood of entities of `kind`, in no order."""
    return tuples(connection, *_standing(_said(kind), connection, kind, asked, what))


def rivals(
    connection: Connection, kind: Kind, asked: Moment, what: Knowledge, of: Container[tuple[str, str]]
) -> Mapping[tuple[str, str], Sequence[Rival]]:
    """All values that stood of some fields, by entity and field; those that are shown come first.

    That is the one of the best rank, among those the newest.
    """
    found: dict[tuple[str, str], list[Rival]] = {}
    columns = f"{_said(kind)}, {_PLACE}"
    for row in tuples(connection, *_standing(columns, connection, kind, asked, what)):
        if (key := row[:2]) in of:
            found.setdefault(key, []).append(Rival._make(row))
    for each in found.values():
        each.sort(key=lambda rival: (-rival.rank, rival.first_seen, rival.id), reverse=True)
    return found


def _said(kind: Kind) -> str:
    """The columns of `Said`: the table itself is read only for long values, and a status as it is printed."""
    printed = "CASE s.field WHEN 'status' THEN s.printed END" if "status" in FIELDS[kind] else "NULL"
    return f"s.entity, s.field, COALESCE({SHORT}, s.value), {printed}"


def _standing(
    columns: str, connection: Connection, kind: Kind, asked: Moment, what: Knowledge
) -> tuple[TextClause, Mapping[str, Any]]:
    """The query of the values that stood of entities of `kind`, and the values that it is asked with."""
    recorded = "s.dropped IS NULL" if what == EVERYTHING else RECORDED
    said = f"{of_kind(kind)} AND s.first_seen <= :at AND {recorded} AND s.field <> ''"
    ways = [f"SELECT {columns} FROM spell s WHERE {MONTHS} IS NULL AND {said}"]
    if months := months_at(connection, asked):
        ways.append(
            f"SELECT {columns} FROM ({months}) m CROSS JOIN spell s WHERE {MONTHS} = m.column1 "
            f"AND s.first_seen >= m.column2 AND s.gone_by > :at AND {said}"
        )
    if what != EVERYTHING:
        ways.append(
            f"SELECT {columns} FROM spell s WHERE s.ended > :known AND s.gone_by || '' <= :at AND {said}"
        )
    values = values_of(asked, what) if what != EVERYTHING else {"at": asked.at}
    return text(" UNION ALL ".join(ways)), values


def tuples(connection: Connection, query: TextClause, values: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows as the driver gives them: a hundred thousand of SQLAlchemy's own take a third longer.

    Raises DatabaseError, as SQLAlchemy does.
    """
    with connection.execute(query, values) as result:
        assert result.cursor is not None
        assert connection.dialect.dbapi is not None
        try:
            yield from cast("Iterable[tuple[Any, ...]]", result.cursor)
        except connection.dialect.dbapi.Error as error:
            raise DatabaseError(str(query), values, error) from error


def months_at(connection: Connection, asked: Moment) -> str | None:
    """In SQL, each number of months that a spell may have, and the month since which it began if it stood.

    None where nothing that ended can have stood.
    """
    first, last = connection.execute(
        text("SELECT (SELECT MIN(first_seen) FROM spell), (SELECT MAX(gone_by) FROM spell)")
    ).one()
    if last is None or last <= asked.at:
        return None
    now = _month(asked.at)
    longest = _month(last) - _month(first)
    since = (now - months for months in range(longest + 1))
    return "VALUES " + ", ".join(f"({months}, '{_month_text(month)}')" for months, month in enumerate(since))


def next_month(at: str) -> str:
    """The month of the calendar after the one of a time, as text."""
    return _month_text(_month(at) + 1)


def _month_text(month: int) -> str:
    return f"{month // 12:04}-{month % 12 + 1:02}"


def _month(at: str) -> int:
    """The months from the beginning of the calendar to the one of a time."""
    time = moment(at)
    return time.year * 12 + time.month - 1


def places(connection: Connection, what: Knowledge, kind: Kind | None = None) -> dict[str, list[Place]]:
    """Where things were listed at any time, as it was known; by entity."""
    # Not by `of_kind`: the index of what stood would be taken, and nearly all of it is no place.
    of = f" AND s.entity BETWEEN '{kind}-0' AND '{kind}-a'" if kind else ""
    query = f"SELECT {columns_of(Place)} FROM spell s WHERE s.field = '' AND {RECORDED}{of}"
    found: dict[str, list[Place]] = {}
    for place in map(Place._make, tuples(connection, text(query), {"known": what.ledger})):
        found.setdefault(place.entity, []).append(place)
    return found


def confirmations(connection: Connection) -> Confirmed:
    """When each page was last seen to say what it says, by source and key."""
    query = text("SELECT source, key, confirmed FROM page WHERE confirmed IS NOT NULL")
    return {(source, key): at for source, key, at in tuples(connection, query, {})}


def presence(
    own: Sequence[Place],
    begun: Callable[[Place], bool],
    stands: Callable[[Place], bool],
    over: Callable[[Place], bool],
    confirmed: Confirmed = NEVER,
) -> Presence | None:
    """Where an entity is listed, of its places that have `begun`; None if none has.

    A page that no longer confirms what it said, while another of its source was left since, lists
    nothing: `over` are places that were left.
    """
    by_source: dict[str, list[Place]] = {}
    for place in own:
        if begun(place):
            by_source.setdefault(place.source, []).append(place)
    if not by_source:
        return None
    _, source = min((min(place.rank for place in each), name) for name, each in by_source.items())
    here = by_source[source]
    left = max((place.gone_by or "" for place in own if place.source == source and over(place)), default="")
    return Presence(
        source,
        any(stands(place) and (place.last_seen is None or left < place.last_seen) for place in here),
        min(place.first_seen for place in here),
        max(last_seen(place, confirmed) for place in here),
    )


def last_seen(place: Place | Rival, confirmed: Confirmed) -> str:
    """When the page was last seen to say it."""
    return place.last_seen or confirmed.get((place.source, place.page)) or place.first_seen


def presences(
    own: Mapping[str, Sequence[Place]], asked: Moment, what: Knowledge, confirmed: Confirmed
) -> Iterator[tuple[str, Presence]]:
    """Where each entity was listed at the asked time."""
    at, known = asked.at, what.ledger

    def begun(place: Place) -> bool:
        return place.first_seen <= at

    def stands(place: Place) -> bool:
        return place.gone_by is None or place.gone_by > at or (place.ended or 0) > known

    def over(place: Place) -> bool:
        return place.gone_by is not None and place.gone_by <= at and (place.ended or 0) <= known

    for entity, each in own.items():
        if len(each) == 1:  # nearly all; what follows says the same of them, in more steps
            (only,) = each
            if only.first_seen <= at:
                seen = only.last_seen or last_seen(only, confirmed)
                yield entity, Presence(only.source, stands(only), only.first_seen, seen)
        elif found := presence(each, begun, stands, over, confirmed):
            yield entity, found
