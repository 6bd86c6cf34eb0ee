"""What stood at a time: which values were shown, and where things were listed, as known at a time.

Values are asked for field by field, and come from the database in no order; what is shown, what differs
and who is listed is found out here, for sorting them there takes longer than all the rest. Entities are
told apart by their numbers, which are read faster than ids. Where pages speak of the same field, its values
are asked for a second time, with all that tells which of them is shown. Times are UTC as text, so they
compare as they are; intervals are half-open: `[first_seen, gone_by)`.

Of all that ever ended, only what stood is looked at: a spell of some months (`tables.MONTHS`) that stood at
a time began at most so many months before it, so the index is asked once for each number of months.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.exc import DatabaseError

from storage.forms import damaged, moment
from storage.moments import EVERYTHING, Knowledge, Moment, values_of
from storage.records import Kind
from storage.tables import MONTHS, NUMBER, SHORT

# The sum keeps SQLite from an index that nearly every row fits.
RECORDED = "s.begun + 0 <= :known AND (s.dropped IS NULL OR s.dropped > :known)"


class Rival(NamedTuple):
    """A row of the database: one of the values that pages say of the same field, and its place among them."""

    value: str
    printed: str | None
    derived: int
    rank: int
    first_seen: str
    id: int
    source: str
    page: str
    last_seen: str | None


Confirmed = Mapping[tuple[str, str], str]
"""Of pages, by source and key, when they were last seen to say what they say."""
NEVER: Confirmed = {}


class Place(NamedTuple):
    """A row of the database: one spell of an entity's being listed by a source."""

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


class Standing:
    """What pages said of entities of one kind at a time, as it was known."""

    def __init__(self, connection: Connection, kind: Kind, asked: Moment, what: Knowledge) -> None:
        self._connection, self._kind, self._asked, self._what = connection, kind, asked, what
        self._months = months_at(connection, asked)
        # The table itself is read only for long values.
        self._values = self._query(f"COALESCE({SHORT}, s.value)")

    def values(self, field: str) -> Iterator[tuple[int, str]]:
        """Every value of a field that stood, after the number of its entity."""
        return self._rows(self._values, field)

    def printed(self, field: str) -> Iterator[tuple[int, str | None]]:
        """The same values as they were printed, where that is told."""
        return self._rows(self._query("s.printed"), field)

    def rivals(self, field: str, of: Container[int]) -> dict[int, list[Rival]]:
        """All values of a field that stood, of some entities by number; those that are shown come first.

        That is the one of the best rank, among those the newest.
        """
        found: dict[int, list[Rival]] = {}
        for number, *row in self._rows(self._query(columns_of(Rival)), field):
            if number in of:
                found.setdefault(number, []).append(Rival._make(row))
        for each in found.values():
            each.sort(key=lambda rival: (-rival.rank, rival.first_seen, rival.id), reverse=True)
        return found

    def _rows(self, query: TextClause, field: str) -> Iterator[Any]:
        values = values_of(self._asked, self._what) if self._what != EVERYTHING else {"at": self._asked.at}
        return tuples(self._connection, query, {**values, "field": field})

    def _query(self, columns: str) -> TextClause:
        """The query of the values of one field that stood."""
        said = f"SELECT {NUMBER}, {columns} FROM"
        recorded = "s.dropped IS NULL" if self._what == EVERYTHING else RECORDED
        of = f"{of_kind(self._kind)} AND s.field = :field AND s.first_seen <= :at AND {recorded}"
        ways = [f"{said} spell s WHERE {MONTHS} IS NULL AND {of}"]
        if self._months:
            ways.append(
                f"{said} ({self._months}) m CROSS JOIN spell s WHERE {MONTHS} = m.column1 "
                f"AND s.first_seen >= m.column2 AND s.gone_by > :at AND {of}"
            )
        if self._what != EVERYTHING:
            ways.append(f"{said} spell s WHERE s.ended > :known AND s.gone_by || '' <= :at AND {of}")
        return text(" UNION ALL ".join(ways))


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


def places(
    connection: Connection, kind: Kind, what: Knowledge
) -> tuple[dict[int, Any], dict[int, list[Place]]]:
    """Where entities of `kind` were listed at any time, as it was known; by number.

    Nearly all had one place, which is given as a row of the database: their id, and what `Place` tells. The
    second are those that had several. Raises ValueDamaged for what is no id.
    """
    # Not by `of_kind`: the index of what stood would be taken, and nearly all of it is no place.
    query = (
        f"SELECT s.entity, {columns_of(Place)} FROM spell s WHERE s.field = '' AND {RECORDED} "
        f"AND s.entity BETWEEN '{kind}-0' AND '{kind}-a'"
    )
    single: dict[int, Any] = {}
    several: dict[int, list[Place]] = {}
    for row in tuples(connection, text(query), {"known": what.ledger}):
        number = number_of(row[0])
        if (first := single.setdefault(number, row)) is not row:
            several.setdefault(number, [place_of(first)]).append(place_of(row))
    for number in several:
        del single[number]
    return single, several


def place_of(row: Sequence[Any]) -> Place:
    """The place that a row of `places` tells."""
    return Place._make(row[1:])


def number_of(entity: str) -> int:
    """The number of an entity among those of its kind. Raises ValueDamaged for what is no id."""
    digits = entity.partition("-")[2]
    if not (digits.isascii() and digits.isdecimal()) or digits[0] == "0":
        raise damaged(entity, "an id")
    return int(digits)


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
    connection: Connection, kind: Kind, asked: Moment, what: Knowledge, confirmed: Confirmed
) -> Iterator[tuple[int, str, bool, str, str]]:
    """Where each entity of `kind` was listed at the asked time: its number, and what `Presence` tells."""
    at, known = asked.at, what.ledger

    def begun(place: Place) -> bool:
        return place.first_seen <= at

    def stands(place: Place) -> bool:
        return place.gone_by is None or place.gone_by > at or (place.ended or 0) > known

    def over(place: Place) -> bool:
        return place.gone_by is not None and place.gone_by <= at and (place.ended or 0) <= known

    single, several = places(connection, kind, what)
    for number, own in several.items():
        if found := presence(own, begun, stands, over, confirmed):
            yield number, *found
    # The same of a single place, in fewer steps.
    for number, (_, source, page, _, _, first_seen, seen, gone_by, ended) in single.items():
        if first_seen <= at:
            standing = gone_by is None or gone_by > at or (ended or 0) > known
            yield number, source, standing, first_seen, seen or confirmed.get((source, page)) or first_seen
