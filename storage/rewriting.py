"""What reading again corrects, written down; and archived pages, taken in at their own times.

Nothing is rewritten: a spell that evidence no longer bears out is dropped, and what it does bear
out is written with the original times. Identities given stay as they are.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from storage import evidence
from storage.asking import spell_of
from storage.correcting import drop
from storage.forms import value_text
from storage.past import Spell
from storage.rebuilding import Evidence, evidence_of
from storage.records import Change, Key, Kind, Said, Source
from storage.sealing import Run, open_ledger, seal
from storage.tables import capture, change, entity, entity_key, page, spell, visit
from storage.telling import write_changes
from storage.told import change_of

_CHUNK = 400


@dataclass(frozen=True)
class Shown:
    """A spell, the address and SHA-256 of the page that proves it, and the mode of its visit."""

    spell: Spell
    address: str
    evidence: str
    mode: str


class Rewriting:
    """What may be done to a history that is told again, inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def evidence(self, source: str) -> Evidence:
        """All that is known of `source`. Raises StorageError where a body is lost."""
        return evidence_of(self._connection, source)

    def open(self, run: Run, cause: str) -> int:
        """A new row of the ledger, not sealed yet."""
        return open_ledger(self._connection, run, cause)

    def seal(self, row: int) -> None:
        """Bind row `row` of the ledger to the one before it."""
        seal(self._connection, row)

    def tell(self, groups: list[tuple[Change, ...]], row: int, run: Run) -> tuple[Change, ...]:
        """Write rows of the change log, one group an entity; gives those that are news."""
        return write_changes(self._connection, groups, row, run)

    def keep_reading(self, run: Run, source: Source, key: str, said: Said, proves: str, records: int) -> int:
        """Keep one archived page with a visit at its own time; gives the number of its capture.

        `proves` is what it proves of the list: `whole`, `some` or `none`. The memory of the page
        moves on only where nothing newer is known of it.
        """
        values = {
            "run": run.id,
            "source": source.id,
            "mode": run.mode,
            "at": said.at,
            "state": "partial" if proves == "none" else "complete",
            "address": said.address,
            "pages": 1,
            "missed": 0,
            "records": records,
            "clock": "ok",
            "list": proves,
            "list_pages": int(proves != "none"),
        }
        number = int(
            self._connection.execute(insert(visit).values(values).returning(visit.c.id)).scalar_one()
        )
        kept = evidence.keep_said(self._connection, number, source.id, key, said)
        self._move_memory(source.id, key, said, kept)
        return kept

    def _move_memory(self, source: str, key: str, said: Said, kept: int) -> None:
        """Let the memory of a page know of a newer reading; the next visit reads it whole."""
        here = (page.c.source == source, page.c.key == key)
        known = self._connection.execute(select(page.c.asked_at).where(*here)).first()
        values = {
            "address": said.address,
            "asked_at": said.at,
            "confirmed": said.at,
            "capture": kept,
            "reader": said.reader,
            "gone_since": None,
            "gone_visits": 0,
            **dict.fromkeys(("version", "content", "sha256", "etag", "last_modified", "full_at")),
        }
        if known is None:
            self._connection.execute(insert(page).values(source=source, key=key, **values))
        elif known.asked_at < said.at:
            self._connection.execute(update(page).where(*here).values(values))

    def is_known(self, source: str, address: str, at: datetime) -> bool:
        """Whether this answer of `address` is in the history: as a visit, or as a kept page."""
        seen = select(visit.c.id).where(
            visit.c.source == source, visit.c.at == at, visit.c.address == address, visit.c.mode == "backfill"
        )
        read = select(capture.c.id).where(
            capture.c.source == source, capture.c.at == at, capture.c.address == address
        )
        return any(self._connection.scalar(query.limit(1)) is not None for query in (seen, read))

    def archived(self) -> set[tuple[str, datetime]]:
        """Sources and times (UTC) of archived readings."""
        query = select(visit.c.source, visit.c.at).where(visit.c.mode == "backfill")
        return {(row.source, row.at) for row in self._connection.execute(query)}

    def add_identities(
        self,
        entities: Iterable[tuple[str, Kind]],
        keys: Iterable[tuple[Key, str]],
        older: Iterable[tuple[Key, str]],
        row: int,
    ) -> None:
        """Begin entities, keys that nobody holds, and those that another one has taken since."""
        for identity, kind in entities:
            number = int(identity.rpartition("-")[2])
            self._connection.execute(insert(entity).values(id=identity, kind=kind, number=number, begun=row))
        held = [(key, identity, None) for key, identity in keys]
        for key, identity, ended in (*held, *((key, identity, row) for key, identity in older)):
            values = {"scheme": key.scheme, "value": key.value, "entity": identity}
            self._connection.execute(insert(entity_key).values(**values, begun=row, ended=ended))

    def write_corrections(
        self,
        dropped: Iterable[int],
        begun: Iterable[tuple[Spell, int, str]],
        row: int,
    ) -> None:
        """Drop spells and write others, each with its capture and cause, by ledger row `row`."""
        drop(self._connection, dropped, row)
        values = [
            {
                "entity": each.entity,
                "field": each.field,
                "value": value_text(each.value),
                "printed": each.printed,
                "derived": each.derived,
                "source": each.source,
                "page": each.page,
                "rank": each.rank,
                "seen_after": each.seen_after,
                "first_seen": each.first_seen,
                "last_seen": each.last_seen,
                "gone_by": each.gone_by,
                "cause": cause,
                "capture": kept,
                "begun": row,
                "ended": None if each.gone_by is None else row,
            }
            for each, kept, cause in begun
        ]
        if values:
            self._connection.execute(insert(spell), values)

    def note_reading(self, source: str, readings: Mapping[int, tuple[int, str]]) -> None:
        """Remember with which version each page's present capture was read; its validators go.

        `readings` gives, by capture, the version of the reader and the digest of the content.
        """
        for number, (version, content) in readings.items():
            self._connection.execute(
                update(page)
                .where(page.c.source == source, page.c.capture == number, page.c.version.is_not(None))
                .where(page.c.version != version)
                .values(version=version, content=content, etag=None, last_modified=None)
            )

    def changes_of(self, entities: Iterable[str]) -> list[Change]:
        """All rows of the change log about these entities, oldest first."""
        rows = []
        for chunk in _chunks(entities):
            query = select(change).where(change.c.entity.in_(chunk)).order_by(change.c.id)
            rows += [change_of(dict(row)) for row in self._connection.execute(query).mappings()]
        return rows

    def spells_of(self, entities: Iterable[str]) -> list[Shown]:
        """All spells of these entities that are not dropped, of all sources."""
        found = []
        for chunk in _chunks(entities):
            query = (
                select(spell, capture.c.address, capture.c.sha256, visit.c.mode)
                .join(capture, capture.c.id == spell.c.capture)
                .join(visit, visit.c.id == capture.c.visit)
                .where(spell.c.entity.in_(chunk), spell.c.dropped.is_(None))
                .order_by(spell.c.id)
            )
            found += [
                Shown(spell_of(row), row["address"], row["sha256"], row["mode"])
                for row in self._connection.execute(query).mappings()
            ]
        return found


def _chunks(entities: Iterable[str]) -> Iterable[list[str]]:
    wanted = sorted(set(entities))
    return (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
