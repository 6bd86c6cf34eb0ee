"""From one time to another: what stood at either, and what may have, by the readings around them.

Each time is looked at twice: as it was read till then, and as the next readings would have it where
nothing was read on its day. Where the two disagree, a change lies between two readings, and the answer
is not known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from storage.moments import Moment
from storage.standing import Place, Presence, presence

Times = tuple[bool, bool, bool, bool]
"""Of something: at the start, the start as read later, at the end, the end as read later."""


class Value(NamedTuple):
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


@dataclass(frozen=True)
class Period:
    """From one time to another, as ledger row `known` knew it."""

    start: Moment
    end: Moment
    known: int

    def stood(self, each: Value | Place, *, unwatched: bool) -> Times:
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


class Shown(NamedTuple):
    """What is shown of one field before and after, by the readings up to then and from then on."""

    before: str | None
    soon: str | None
    after: str | None
    later: str | None

    @classmethod
    def of(cls, rows: list[tuple[Value, Times]]) -> "Shown":
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


def _place(row: tuple[Value, Times]) -> tuple[int, str, int]:
    """The place of a value among those of its field, the first one highest."""
    said = row[0]
    return -said.rank, said.first_seen, said.id
