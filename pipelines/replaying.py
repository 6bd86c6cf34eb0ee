"""Kept pages of the list brought to one entity, which was in doubt when they were read. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pipelines import telling
from pipelines.compare import Reader, compare, shown
from pipelines.identify import scoped
from storage.deciding import Kept
from storage.past import Past, Spell
from storage.records import LIST, Change, Record, Source


@dataclass(frozen=True)
class Reread:
    """A kept page of the list, and what it says of the one whose name is in doubt."""

    kept: Kept
    record: Record


def records_of(source: Source, kept: Kept, records: Iterable[Record], key: str) -> list[Reread]:
    """What `records` of a kept page say of the one with this key."""
    known = (scoped(source.id, LIST, record) for record in records)
    return [Reread(kept, record) for record in known if key in map(str, record.keys)][:1]


class Replay:
    """Readings of the list brought to one entity, in their order."""

    def __init__(self, source: Source, past: Past, entity: str) -> None:
        self.begun: list[tuple[Spell, int]] = []
        self._changed: dict[int, tuple[Spell, dict[str, Any]]] = {}
        self._source, self._past, self._entity = source, past, entity
        self._spells = [spell for spell in past.spells if spell.entity == entity]

    @property
    def rewritten(self) -> tuple[tuple[Spell, Mapping[str, Any]], ...]:
        """Spells that were kept, and the columns that are other now."""
        return tuple(self._changed.values())

    def read(self, reading: Reread) -> list[Change]:
        """What is news of it in one reading."""
        kept, kind = reading.kept, reading.record.kind
        before = shown(self._spells).get(self._entity, {})
        spoke = {(spell.source, spell.page) for spell in self._spells}
        here = [spell for spell in self._spells if (spell.source, spell.page) == (self._source.id, LIST)]
        reader = Reader(
            self._source.id, LIST, self._source.rank, kept.page.at, kept.before, self._past.last_list
        )
        turns = compare(reader, {self._entity: reading.record}, here)
        for ending in turns.ended:
            self._change(ending.spell, last_seen=ending.last_seen, gone_by=ending.gone_by)
        for spell, last_seen in turns.frozen:
            self._change(spell, last_seen=last_seen)
        for spell in turns.thawed:
            self._change(spell, last_seen=None)
        self.begun += [(spell, kept.capture) for spell in turns.begun]
        self._spells += turns.begun
        place = telling.Place(kept.page.asked, kept.page.sha256, kept.page.at, kept.before)
        after = shown(self._spells).get(self._entity, {})
        return telling.differences(self._entity, kind, before, after, spoke, {LIST: place})

    def _change(self, spell: Spell, **columns: datetime | None) -> None:
        changed = replace(spell, **columns)  # type: ignore[arg-type]
        self._spells = [changed if each is spell else each for each in self._spells]
        if spell.id is None:
            self.begun = [(changed if each is spell else each, number) for each, number in self.begun]
        else:
            self._changed.setdefault(spell.id, (spell, {}))[1].update(columns)
