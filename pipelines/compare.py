"""What a page says now against what it said: spells that begin, end, rest or go on.

Pure: no database, no clock. `compare(page, nothing new)` gives nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from storage.past import LISTED, YES, Ending, Spell
from storage.records import LIST_FIELDS, TEXT_FIELDS, Record, Value, fold


@dataclass(frozen=True)
class Reader:
    """Who speaks: a page of a source, its rank, when it was read now and before (UTC).

    `lacking`: the last reading that showed what is not there (the last whole list of a
    register; a page that was found gone); `before` where nothing else is known.
    """

    source: str
    page: str
    rank: int
    at: datetime
    before: datetime | None
    lacking: datetime | None = None


@dataclass
class Turns:
    """What one reading, or several, do to the spells."""

    begun: list[Spell] = field(default_factory=list)
    ended: list[Ending] = field(default_factory=list)
    frozen: list[tuple[Spell, datetime]] = field(default_factory=list)
    thawed: list[Spell] = field(default_factory=list)

    def add(self, other: "Turns") -> None:
        self.begun += other.begun
        self.ended += other.ended
        self.frozen += other.frozen
        self.thawed += other.thawed


def compare(reader: Reader, said: Mapping[str, Record], standing: Iterable[Spell]) -> Turns:
    """The turns of the spells of `reader` for the entities it speaks of now.

    `standing` are the standing spells of this source and page. A field not said rests: what
    it said before stands. A field said to be empty ends.
    """
    known: dict[tuple[str, str], list[Spell]] = {}
    for spell in standing:
        if spell.stands:
            known.setdefault((spell.entity, spell.field), []).append(spell)
    turns = Turns()
    for entity, record in said.items():
        _compare_value(reader, entity, LISTED, YES, None, False, known, turns)
        for name, value in record.values.items():
            printed = record.printed.get(name)
            _compare_value(reader, entity, name, value, printed, name in record.derived, known, turns)
    for spell in chain.from_iterable(known.values()):
        if spell.entity in said and spell.current and spell.field not in (LISTED, *said[spell.entity].values):
            turns.frozen.append((spell, _last_seen(spell, reader)))
    return turns


def _compare_value(
    reader: Reader,
    entity: str,
    name: str,
    value: Value | None,
    printed: str | None,
    derived: bool,
    known: Mapping[tuple[str, str], Sequence[Spell]],
    turns: Turns,
) -> None:
    standing = known.get((entity, name), ())  # several only where entities were merged
    same = next((spell for spell in standing if spell.value == value), None)
    for spell in standing:
        if spell is not same:
            turns.ended.append(Ending(spell, _last_seen(spell, reader), reader.at))
    if same and not same.current:
        turns.thawed.append(same)
    if value is not None and not same:
        turns.begun.append(
            Spell(
                entity,
                name,
                value,
                reader.source,
                reader.page,
                reader.rank,
                reader.at,
                printed,
                derived,
                seen_after=_last_without(entity, standing, known, reader),
            )
        )


def _last_without(
    entity: str, before: Sequence[Spell], known: Mapping[tuple[str, str], Sequence[Spell]], reader: Reader
) -> datetime | None:
    """The last reading of the page that did not show a value which begins now."""
    shown_before = before or known.get((entity, LISTED), ())
    return max((_last_seen(spell, reader) for spell in shown_before), default=reader.lacking)


def leave(reader: Reader, gone: Iterable[str], standing: Iterable[Spell], *, proven: bool) -> Turns:
    """The turns of entities the page no longer speaks of.

    Their values rest. Their place on the page ends when absence is `proven` (a register, or a
    page that is gone); otherwise it rests too.
    """
    left = frozenset(gone)
    turns = Turns()
    for spell in standing:
        if spell.entity not in left or not spell.stands:
            continue
        if spell.field == LISTED and proven:
            turns.ended.append(Ending(spell, _last_seen(spell, reader), reader.at))
        elif spell.current:
            turns.frozen.append((spell, _last_seen(spell, reader)))
    return turns


def _last_seen(spell: Spell, reader: Reader) -> datetime:
    return min(spell.last_seen or reader.before or spell.first_seen, reader.at)


def apply(turns: Turns, spells: Iterable[Spell]) -> list[Spell]:
    """The standing spells after `turns`, for showing (the last sight of spells apart)."""
    ended = {ending.spell.id for ending in turns.ended}
    return [spell for spell in spells if spell.stands and spell.id not in ended] + turns.begun


def shown(spells: Iterable[Spell]) -> dict[str, dict[str, Spell]]:
    """The shown value of each field of each entity: best rank, then newest, then last kept."""
    best: dict[str, dict[str, Spell]] = {}
    for spell in spells:
        if spell.field == LISTED or not spell.stands:
            continue
        fields = best.setdefault(spell.entity, {})
        if spell.field not in fields or _before(spell, fields[spell.field]):
            fields[spell.field] = spell
    return best


def _before(one: Spell, other: Spell) -> bool:
    if one.rank != other.rank:
        return one.rank < other.rank
    if one.first_seen != other.first_seen:
        return one.first_seen > other.first_seen
    return one.id is None or (other.id is not None and one.id > other.id)


def differ(name: str, old: Value | None, new: Value | None) -> bool:
    """Whether the difference of two values is more than cosmetic (the order of a list is none)."""
    if old is None or new is None:
        return old != new
    same = fold if name in TEXT_FIELDS else str
    if name in LIST_FIELDS:
        return {same(each) for each in old} != {same(each) for each in new}
    return same(str(old)) != same(str(new))
