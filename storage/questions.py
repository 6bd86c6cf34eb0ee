"""Questions about the past, as the door of the history gives them to those who ask."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import cursors, differing, ledger, listing, moments, naming, timeline, told, visits
from storage.cursors import Cursor
from storage.moments import EVERYTHING, Knowledge, Moment
from storage.naming import Named
from storage.records import Change, Key, Kind

Row = dict[str, Any]


class Questions:
    """All answers of one object are of one state of the database. Raises UsageError, StorageError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lists(self, kind: Kind, asked: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
        """The rows of `list` as the pages said it at `asked`, as far as `what` was known.

        Raises UsageError for a time before the first visit.
        """
        moments.not_before_the_first_visit(self._connection, asked)
        return listing.lists(self._connection, kind, asked, what)

    def now(self, kind: Kind, today: Moment) -> list[Row]:
        """The rows of `list` as the pages say it, `today`; the views of the database say the same."""
        return listing.lists(self._connection, kind, today)

    def diff(self, start: Moment, end: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
        """What the lists said otherwise at `end` than at `start`, by entity."""
        return differing.diff(self._connection, start, end, what)

    def observed(self, asked: Moment, what: Knowledge = EVERYTHING) -> list[Row]:
        """By source visited until then: its `first_visit`, and the `known_up_to` of what it says."""
        return listing.observed(self._connection, asked, what)

    def speaking(self, kind: Kind) -> set[str]:
        """The sources that ever said anything of things of this kind."""
        return listing.speaking(self._connection, kind)

    def timeline(self, entity: str) -> list[Row]:
        """One entity from first sight to now, with what was merged into it."""
        return timeline.timeline(self._connection, entity)

    def knowledge(self, asked: datetime | int) -> Knowledge:
        """What was known at a time (UTC), or with a row of the ledger."""
        return moments.knowledge(self._connection, asked)

    def read_up_to(self, cursor: str) -> int:
        """The id of the last change that whoever holds `cursor` has; 0 if none.

        Raises UsageError for a cursor that this history never gave.
        """
        given = Cursor.parse(cursor)
        cursors.check(self._connection, given)
        return given.change

    def cursor_at(self, number: int) -> Cursor:
        """The cursor of whoever has all changes up to `number`."""
        return cursors.cursor_at(self._connection, number)

    def sources(self) -> set[str]:
        """The sources that anything was ever visited of."""
        return set(visits.sources(self._connection))

    def told_after(self, number: int) -> Iterator[list[Change]]:
        """The rows told after the change `number`, in order, some hundreds of entries at a time."""
        return told.told_after(self._connection, number)

    def told_by(self, numbers: Iterable[int]) -> list[Change]:
        """The rows of the entries that these changes (by id) lead."""
        return told.told_by(self._connection, numbers)

    def taken_back(self, numbers: Sequence[int]) -> list[int]:
        """The ids of the changes that lead the entries of which these changes took something back."""
        return told.taken_back(self._connection, numbers)

    def told_numbers(self) -> list[int]:
        """The ids of the changes that lead an entry, in the order of telling."""
        return told.numbers(self._connection)

    def told_digest(self, number: int) -> str | None:
        """The digest of the ledger where the change `number` was told; None if it leads no entry."""
        return told.digest(self._connection, number)

    def latest_visits(self, sources: Iterable[str]) -> list[Row]:
        """The visits that tell how these sources stand; see `storage.visits`."""
        return visits.latest(self._connection, sources)

    def turning_visits(self) -> list[Row]:
        """The visits at which a source may have changed its state; see `storage.visits`."""
        return visits.turning(self._connection)

    def since(self) -> datetime:
        """When the history began, UTC."""
        return ledger.since(self._connection)

    def became(self, identity: str) -> str | None:
        """The id that `identity` has after all merges; None if it was never given."""
        return naming.became(self._connection, identity)

    def holders(self, keys: Iterable[Key]) -> list[str]:
        """Who holds one of these keys, or held it last."""
        return naming.holders(self._connection, keys)

    def names(self) -> Sequence[Named]:
        """All names that pages ever gave."""
        return naming.names(self._connection)

    def addresses(self, part: str) -> Sequence[Named]:
        """All addresses that pages ever gave, in which `part` stands."""
        return naming.addresses(self._connection, part)
