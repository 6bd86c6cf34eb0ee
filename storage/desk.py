"""The desk where doubts wait: inside one transaction, what a verdict needs to know, and its writing."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from storage import deciding, undoing
from storage.asking import spell_of
from storage.deciding import Kept, Review, Ruling
from storage.past import Spell
from storage.records import Change, Key, Kind
from storage.sealing import Run
from storage.tables import entity, entity_key, spell


class Desk:
    """What may be asked and done about reviews; times are UTC."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, number: int) -> Review | None:
        """The review with this id, if there is one."""
        return deciding.find(self._connection, number)

    def refused_pages(self, doubt: Review) -> tuple[Kept, ...]:
        """The pages of the list that the visit of `doubt` refused, in their order."""
        return deciding.pages_of(self._connection, doubt)

    def believed_pages(self, doubt: Review) -> tuple[Kept, ...]:
        """Pages of the list that were believed since `doubt` was raised, oldest first."""
        return deciding.lists_since(self._connection, doubt)

    def whole_lists(self, doubt: Review, since: datetime) -> Sequence[datetime]:
        """Times of the lists read to their end from `since` on, those that waited for a person too."""
        return deciding.read_without(self._connection, doubt, since)

    def others_open(self, doubt: Review) -> tuple[str, ...]:
        """Subjects of the open reviews of the same kind and source besides `doubt`."""
        return deciding.others_open(self._connection, doubt)

    def up_to(self, doubt: Review) -> tuple[Review, ...]:
        """Reviews of the same kind and source up to `doubt`, oldest first."""
        return deciding.earlier_doubts(self._connection, doubt)

    def kinds(self, entities: Iterable[str]) -> dict[str, Kind]:
        """The kind of each of these entities that is not merged into another."""
        query = select(entity.c.id, entity.c.kind).where(
            entity.c.id.in_(tuple(entities)), entity.c.merged_into.is_(None)
        )
        return {row.id: row.kind for row in self._connection.execute(query)}

    def spells(self, entities: Iterable[str]) -> list[Spell]:
        """All spells of these entities that are not dropped, in the order in which they were kept."""
        query = select(spell).where(spell.c.entity.in_(tuple(entities)), spell.c.dropped.is_(None))
        return [spell_of(row) for row in self._connection.execute(query.order_by(spell.c.id)).mappings()]

    def keys(self, entities: Iterable[str]) -> dict[Key, str]:
        """The keys that these entities hold."""
        query = select(entity_key).where(
            entity_key.c.entity.in_(tuple(entities)), entity_key.c.ended.is_(None)
        )
        rows = self._connection.execute(query.order_by(entity_key.c.id)).mappings()
        return {Key(row["scheme"], row["value"]): row["entity"] for row in rows}

    def is_undone(self, doubt: Review) -> bool:
        """Whether its decision was undone."""
        return doubt.id in deciding.undone_reviews(self._connection)

    def rule(
        self, doubt: Review, verdict: str, reason: str | None, ruling: Ruling, run: Run
    ) -> tuple[Change, ...]:
        """Write a verdict and all it changes; gives the changes that were told by it."""
        return deciding.rule(self._connection, doubt, verdict, reason, ruling, run)

    def undo(self, doubt: Review, reason: str | None, run: Run) -> tuple[int, tuple[Change, ...]]:
        """Undo a decision; gives the review that waits again, and what was told of it."""
        return undoing.undo(self._connection, doubt, reason, run)
