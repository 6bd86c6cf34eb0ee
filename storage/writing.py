"""What may be written to the history: one transaction, of a visit or of a decision."""

from collections.abc import Iterable

from sqlalchemy import Connection

from storage import asking, remembering, sealing, telling
from storage.desk import Desk
from storage.noticing import Noticing
from storage.past import Decision, Past
from storage.records import Change, Key, Source
from storage.rewriting import Rewriting
from storage.sealing import Run


class Writing:
    """What may be done inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def past(self, source: Source, keys: Iterable[Key], run: Run) -> Past:
        """What is known before a visit of `source` that met `keys`."""
        return asking.past(self._connection, source, keys, run)

    @property
    def desk(self) -> Desk:
        """Where doubts wait for a person's verdict."""
        return Desk(self._connection)

    @property
    def noticing(self) -> Noticing:
        """How far listeners were told."""
        return Noticing(self._connection)

    def begin(self, run: Run, authority: str) -> None:
        """Seal the first row of the ledger of a new database."""
        sealing.begin(self._connection, run, authority)

    def remember(self, source: Source, decision: Decision, run: Run) -> tuple[Change, ...]:
        """Write one decided visit; gives the changes that were told by it."""
        return remembering.remember(self._connection, source, decision, run)

    def rewriting(self) -> Rewriting:
        """What reads a history again from its evidence, and corrects it."""
        return Rewriting(self._connection)

    def tell_beginnings(self, sources: Iterable[Source], run: Run) -> tuple[Change, ...]:
        """One `began` entry for all sources watched from now on and not told yet."""
        return telling.tell_beginnings(self._connection, sources, run)
