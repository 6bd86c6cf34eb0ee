"""What leaves the history for other programs: the rows of the contract, all or those since a cursor.

Everything is read in one transaction and a chunk at a time: an export is of one moment, and
needs no more memory for a million rows than for ten. Cursors are those of `storage.cursors`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, func, select, text

from storage import cursors
from storage.cursors import Cursor
from storage.database import connect
from storage.places import reaching
from storage.tables import change, ledger
from storage.telling import authority
from storage.versions import version_of

Chunk = Sequence[Sequence[Any]]

ENTITIES: Mapping[str, str] = {
    "clusters": "cluster",
    "calls": "call",
    "articles": "article",
    "documents": "document",
}
EXPORTED = (*ENTITIES, "changes", "history", "visits", "evidence")
TOMBSTONES = ("view", "key", "why", "merged_into")
CHUNK = 1000

_TOUCHED = """
SELECT entity FROM change WHERE id > :change AND entity IS NOT NULL
UNION SELECT id FROM entity WHERE begun >= :ledger
UNION SELECT entity FROM entity_key WHERE begun >= :ledger OR ended >= :ledger
UNION SELECT entity FROM spell WHERE begun >= :ledger
UNION SELECT entity FROM spell WHERE ended >= :ledger
UNION SELECT entity FROM spell WHERE dropped >= :ledger"""

_SINCE: Mapping[str, str] = {
    **dict.fromkeys((*ENTITIES, "history"), "entity IN (SELECT entity FROM touched)"),
    "changes": "id > :change",
    "visits": "id >= :visit",
    # Of refused answers only some are kept; they are few, and a delta replaces them all.
    "evidence": "refused IS NOT NULL OR sha256 IN (SELECT sha256 FROM capture WHERE visit >= :visit)",
}

# Rows that are to go before those of the delta come; `retracted` alone takes nothing away.
_TOMBSTONES = f"""
SELECT 'history' AS view, t.entity AS key, 'replaced' AS why, NULL AS merged_into FROM touched t
UNION ALL
SELECT CASE e.kind {" ".join(f"WHEN '{kind}' THEN '{view}'" for view, kind in ENTITIES.items())} END, e.id,
       CASE WHEN e.merged_into IS NULL THEN 'replaced' ELSE 'merged' END, e.merged_into
FROM entity e JOIN touched t ON t.entity = e.id
UNION ALL
SELECT 'changes', CAST(id AS TEXT), 'retracted', NULL FROM change WHERE id > :change AND verb = 'retracted'
UNION ALL
SELECT 'evidence', 'refused', 'replaced', NULL"""

# The first visit of the last run that wrote history up to the cursor: from it on all are given.
_FIRST_VISIT = """
SELECT COALESCE(MAX(v.first), 1) FROM (SELECT run, MIN(id) AS first FROM visit GROUP BY run) v
WHERE v.run IN (SELECT run FROM ledger WHERE id <= :ledger)"""


class Extract:
    """The history at one moment: all of it, or what is new since the cursor `after`."""

    def __init__(self, connection: Connection, after: Cursor | None) -> None:
        self._connection = connection
        self.after = after
        self.cursor = cursors.newest(connection)
        self._since = self._bounds(after) if after else {}
        if after:
            self._touch()
        self.version = version_of(connection)
        self.authority = authority(connection)
        newest_row = select(ledger.c.id, ledger.c.digest).order_by(ledger.c.id.desc()).limit(1)
        last = connection.execute(newest_row).first()
        self.ledger: int = last.id if last else 0
        self.head: str = last.digest if last else ""

    @property
    def known_up_to(self) -> dict[str, str]:
        """By source: the last visit (UTC) that taught anything of it."""
        rows = self._connection.execute(text("SELECT source, known_up_to FROM known ORDER BY source"))
        return {row.source: row.known_up_to for row in rows}

    def columns(self, view: str) -> tuple[str, ...]:
        """The names of the columns of `view` (one of EXPORTED), in order."""
        return tuple(self._connection.execute(text(f'SELECT * FROM "{view}" WHERE 1 = 0')).keys())

    def chunks(self, view: str) -> Iterator[Chunk]:
        """The rows of `view` (one of EXPORTED), a few thousand at a time, as the view gives them."""
        where = f" WHERE {_SINCE[view]}" if self.after else ""
        yield from self._stream(f'SELECT * FROM "{view}"{where}')

    def tombstones(self) -> Iterator[Chunk]:
        """What the delta takes away, in the columns TOMBSTONES; nothing where all is exported."""
        if self.after:
            yield from self._stream(_TOMBSTONES)

    def _stream(self, query: str) -> Iterator[Chunk]:
        options = {"yield_per": CHUNK}
        with self._connection.execute(text(query), self._bound(query), execution_options=options) as result:
            yield from result.partitions(CHUNK)

    def _bound(self, query: str) -> dict[str, int]:
        return {name: value for name, value in self._since.items() if f":{name}" in query}

    def _touch(self) -> None:
        """Collect the entities whose rows the delta gives anew, in a table of this connection alone.

        Merges are few and the ledger keeps them in its notes: all who took part in one come anew.
        """
        run = self._connection.execute
        run(text("CREATE TEMPORARY TABLE touched (entity TEXT PRIMARY KEY)"))
        run(text(f"INSERT INTO touched {_TOUCHED}"), self._bound(_TOUCHED))
        notes = self._connection.scalars(select(ledger.c.note).where(ledger.c.note.like('%"merged"%')))
        merged = [pair for note in notes for pair in json.loads(note or "{}").get("merged", {}).items()]
        if names := {name for pair in merged for name in pair if name}:
            rows = [{"name": name} for name in sorted(names)]
            run(text("INSERT INTO touched VALUES (:name) ON CONFLICT DO NOTHING"), rows)

    def _bounds(self, after: Cursor) -> dict[str, int]:
        """The first change, ledger row and visit of the delta. Raises UsageError."""
        cursors.check(self._connection, after)
        row = cursors.ledger_of(self._connection, after.change)
        rest = select(func.count()).where(change.c.ledger == row, change.c.id > after.change)
        return {
            "change": after.change,
            "ledger": row if self._connection.scalar(rest) else row + 1,
            "visit": self._connection.scalar(text(_FIRST_VISIT), {"ledger": row}) or 1,
        }


@contextmanager
def extract(where: str, after: str | None = None) -> Iterator[Extract]:
    """The history at `where`, as it is at this moment, while the block runs.

    `after` is a cursor as printed, for what is new since. Raises UsageError for a cursor this
    history does not know, DatabaseMissing, DatabaseVersion, StorageError.
    """
    with reaching(where):
        cursor = None if after is None else Cursor.parse(after)
        engine = connect(where, create=False)
        try:
            if engine.dialect.name == "postgresql":
                engine = engine.execution_options(isolation_level="REPEATABLE READ")
            with engine.connect() as connection:
                if engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN")
                yield Extract(connection, cursor)
        finally:
            engine.dispose()
