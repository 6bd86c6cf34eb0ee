"""What stood at a time: which values were shown, and where things were listed, as known at a time.

The rows come from the database in one pass, in no order; what is shown, what differs and who is listed
is found out here, for sorting them there takes longer than all the rest. Times are UTC as text, so they
compare as they are; intervals are half-open: `[first_seen, gone_by)`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, cast

from sqlalchemy import Connection, text

from storage.moments import Knowledge, Moment, values_of
from storage.records import Kind

# The sum keeps SQLite from an index that nearly every row fits.
RECORDED = "s.begun + 0 <= :known AND (s.dropped IS NULL OR s.dropped > :known)"
_WAYS_TO_STAND = ("s.gone_by IS NULL", "s.gone_by > :at", "s.gone_by <= :at AND s.ended > :known")


class Said(Protocol):
    """A row of the database: a value that one page says of one field of an entity."""

    entity: str
    field: str
    value: str
    printed: str | None
    derived: int
    rank: int
    first_seen: str
    id: int


class Place(Protocol):
    """A row of the database: one spell of an entity's being listed by a source."""

    entity: str
    source: str
    rank: int
    seen_after: str | None
    first_seen: str
    last_seen: str | None
    gone_by: str | None
    ended: int | None
    confirmed: str | None


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


def standing(connection: Connection, kind: Kind, asked: Moment, what: Knowledge) -> Sequence[Said]:
    """Every value that stood of entities of `kind`, in no order."""
    columns = columns_of(Said)
    query = " UNION ALL ".join(
        f"SELECT {columns} FROM spell s WHERE {of_kind(kind)} AND {way} AND s.first_seen <= :at "
        f"AND {RECORDED} AND s.field <> ''"
        for way in _WAYS_TO_STAND
    )
    return cast("Sequence[Said]", connection.execute(text(query), values_of(asked, what)).all())


def shown(said: Iterable[Said]) -> tuple[dict[str, dict[str, Said]], dict[str, dict[str, list[Said]]]]:
    """By entity and field the value that is shown, and the others that stand beside it."""
    best: dict[str, dict[str, Said]] = {}
    others: dict[str, dict[str, list[Said]]] = {}
    for each in said:
        fields = best.setdefault(each.entity, {})
        first = fields.setdefault(each.field, each)
        if first is each:
            continue
        if _goes_before(each, first):
            fields[each.field], each = each, first
        others.setdefault(each.entity, {}).setdefault(each.field, []).append(each)
    return best, others


def _goes_before(one: Said, other: Said) -> bool:
    """Whether `one` is shown rather than the other: the better rank, then the newer."""
    if one.rank != other.rank:
        return one.rank < other.rank
    return (one.first_seen, one.id) > (other.first_seen, other.id)


def places(connection: Connection, what: Knowledge, kind: Kind | None = None) -> dict[str, list[Place]]:
    """Where things were listed at any time, as it was known; by entity."""
    columns = columns_of(Place).replace("s.confirmed", "g.confirmed")
    # Not by `of_kind`: the index of what stood would be taken, and nearly all of it is no place.
    of = f" AND SUBSTR(s.entity, 1, {len(kind) + 1}) = '{kind}-'" if kind else ""
    query = (
        f"SELECT {columns} FROM spell s LEFT JOIN page g ON g.source = s.source AND g.key = s.page "
        f"WHERE s.field = '' AND {RECORDED}{of}"
    )
    found: dict[str, list[Place]] = {}
    for row in cast("Sequence[Place]", connection.execute(text(query), {"known": what.ledger}).all()):
        found.setdefault(row.entity, []).append(row)
    return found


def presence(
    own: Sequence[Place],
    begun: Callable[[Place], bool],
    stands: Callable[[Place], bool],
    over: Callable[[Place], bool],
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
        max(place.last_seen or place.confirmed or place.first_seen for place in here),
    )


def presences(
    own: Mapping[str, Sequence[Place]], asked: Moment, what: Knowledge
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
            if begun(only):
                seen = only.last_seen or only.confirmed or only.first_seen
                yield entity, Presence(only.source, stands(only), only.first_seen, seen)
        elif found := presence(each, begun, stands, over):
            yield entity, found
