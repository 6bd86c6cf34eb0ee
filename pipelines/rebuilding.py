"""The history of one source told again from its evidence: every page read from nothing, in order.

Pure. The same evidence, visits and decisions give the same values and intervals as the visits
gave when they were made; what differs is what corrects the history.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from pipelines.compare import Reader, Turns, compare, leave
from pipelines.rounds import with_earlier_rounds
from storage.past import LISTED, Ending, Spell
from storage.rebuilding import Standing
from storage.records import LIST, Kind, Record

Rebuilt = tuple[Spell, int]
"""A spell, and the capture it was read from."""

_Each = TypeVar("_Each")


@dataclass(frozen=True)
class Heard:
    """One reading of one page: what it said of each entity, and the capture that proves it.

    `said` is None where the page stood as it was, or was `gone`. `proven`: who is not said is
    not there; `ends` are those whose absence was believed for other reasons. `adds`: the
    reading is of a part of the page, its silence means nothing. `whole`: absence could be seen.
    """

    at: datetime
    said: Mapping[str, tuple[Record, int]] | None = None
    proven: bool = False
    ends: frozenset[str] = frozenset()
    adds: bool = False
    gone: bool = False
    whole: bool = True


@dataclass
class Voice:
    """One page of a source as it speaks through the years; `register`: of those listed once."""

    source: str
    page: str
    rank: int
    register: bool
    kinds: Callable[[str], Kind]
    _spells: dict[int, Spell] = field(default_factory=dict)
    _captures: dict[int, int] = field(default_factory=dict)
    _before: datetime | None = None
    _lacking: datetime | None = None

    def spells(self, readings: Iterable[Heard]) -> list[Rebuilt]:
        """All spells that readings in the order of their times make; ids are of no meaning."""
        for heard in readings:
            self._hear(heard)
        return [(spell, self._captures[number]) for number, spell in self._spells.items()]

    def _hear(self, heard: Heard) -> None:
        reader = Reader(self.source, self.page, self.rank, heard.at, self._before, self._lacking)
        standing = [spell for spell in self._spells.values() if spell.stands]
        if heard.gone:
            subjects = {spell.entity for spell in standing if self.kinds(spell.entity) != "document"}
            self._turn(leave(reader, subjects, standing, proven=True), {})
        elif heard.said is not None:
            self._turn(self._turns(reader, heard, heard.said, standing), heard.said)
        if not heard.gone:
            self._before = heard.at
        if heard.whole:
            self._lacking = heard.at

    def _turns(
        self, reader: Reader, heard: Heard, said: Mapping[str, tuple[Record, int]], standing: list[Spell]
    ) -> Turns:
        rounds = {spell.entity: spell.value for spell in standing if spell.field == "rounds"}
        records = {entity: record for entity, (record, _) in said.items()}
        if self.page == LIST:
            records = {
                entity: with_earlier_rounds(record, rounds.get(entity)) for entity, record in records.items()
            }
        turns = compare(reader, records, standing)
        if not heard.adds:
            here = {
                spell.entity
                for spell in standing
                if spell.field == LISTED and (self.register or spell.current)
            }
            left = here - records.keys()
            lost = {entity for entity in left if self._is_lost(entity, heard)}
            turns.add(leave(reader, lost, standing, proven=True))
            turns.add(leave(reader, left - lost, standing, proven=False))
        return turns

    def _is_lost(self, entity: str, heard: Heard) -> bool:
        attached = self.page != LIST and self.kinds(entity) == "document"
        return heard.proven or attached or entity in heard.ends

    def _turn(self, turns: Turns, said: Mapping[str, tuple[Record, int]]) -> None:
        for ending in turns.ended:
            self._end(ending)
        for spell, last_seen in turns.frozen:
            self._put(replace(spell, last_seen=last_seen))
        for spell in turns.thawed:
            self._put(replace(spell, last_seen=None))
        for spell in turns.begun:
            number = len(self._spells) + 1
            self._spells[number] = replace(spell, id=number)
            self._captures[number] = said[spell.entity][1]

    def _end(self, ending: Ending) -> None:
        self._put(replace(ending.spell, last_seen=ending.last_seen, gone_by=ending.gone_by))

    def _put(self, spell: Spell) -> None:
        assert spell.id is not None
        self._spells[spell.id] = spell


@dataclass(frozen=True)
class Corrected:
    """One value that another takes the place of; None where nothing was said, or is."""

    entity: str
    field: str
    old: object
    new: object
    capture: int


@dataclass
class Corrections:
    """What corrects a history: spells to drop, spells to write (with capture and cause)."""

    dropped: list[int] = field(default_factory=list)
    begun: list[tuple[Spell, int, str]] = field(default_factory=list)
    rows: list[Corrected] = field(default_factory=list)

    def add(self, other: "Corrections") -> None:
        self.dropped += other.dropped
        self.begun += other.begun
        self.rows += other.rows

    @property
    def entities(self) -> set[str]:
        """Whom the corrections are about."""
        return {spell.entity for spell, _, _ in self.begun} | {row.entity for row in self.rows}


def corrections(
    standing: Sequence[Standing], rebuilt: Sequence[Rebuilt], cause: str, *, exact: bool
) -> Corrections:
    """How `standing` becomes `rebuilt`. Without `exact`, only what was said and when counts,
    not when it was last seen."""
    found = Corrections()
    old, new = (
        _by_voice((each.spell, each) for each in standing),
        _by_voice((each[0], each) for each in rebuilt),
    )
    for key in sorted(old.keys() | new.keys()):
        before, after = old.get(key, []), new.get(key, [])
        was = [_signature(each.spell, exact=exact) for each in before]
        if was != [_signature(spell, exact=exact) for spell, _ in after]:
            _correct(found, before, after, cause)
    return found


def _correct(found: Corrections, before: list[Standing], after: list[Rebuilt], cause: str) -> None:
    kept = {_signature(each.spell, exact=True) for each in before}
    kept &= {_signature(spell, exact=True) for spell, _ in after}
    known = {(each.spell.value, each.spell.first_seen): each for each in before}
    found.dropped += [each.spell.id or 0 for each in before if _signature(each.spell, exact=True) not in kept]
    for spell, capture in after:
        if _signature(spell, exact=True) in kept:
            continue
        same = known.get((spell.value, spell.first_seen))
        found.begun.append((spell, same.capture if same else capture, same.cause if same else cause))
    found.rows += _corrected([(each.spell, each.capture) for each in before], after)


def _corrected(before: Sequence[Rebuilt], after: Sequence[Rebuilt]) -> Iterator[Corrected]:
    """A row for each time from which on another value stands than stood before."""
    spells = [spell for spell, _ in (*before, *after)]
    times = sorted({at for spell in spells for at in (spell.first_seen, spell.gone_by) if at})
    last: tuple[object, object] = None, None
    for at in times:
        (old, old_capture), (new, capture) = _value(before, at), _value(after, at)
        if old != new and (old, new) != last:
            yield Corrected(spells[0].entity, spells[0].field, old, new, capture or old_capture)
        last = old, new


def _value(spells: Sequence[Rebuilt], at: datetime) -> tuple[object, int]:
    """The value that stood at a time, and its capture; None and 0 where none did."""
    return next(((spell.value, capture) for spell, capture in spells if _stood(spell, at)), (None, 0))


def _by_voice(spells: Iterable[tuple[Spell, _Each]]) -> dict[tuple[str, str, str], list[_Each]]:
    groups: dict[tuple[str, str, str], list[_Each]] = {}
    for spell, each in sorted(spells, key=lambda pair: pair[0].first_seen):
        groups.setdefault((spell.page, spell.entity, spell.field), []).append(each)
    return groups


def _signature(spell: Spell, *, exact: bool) -> tuple[object, ...]:
    said = (spell.value, spell.printed, spell.derived, spell.first_seen, spell.gone_by)
    return (*said, spell.seen_after, spell.last_seen) if exact else said


def _stood(spell: Spell, at: datetime) -> bool:
    return spell.first_seen <= at and (spell.gone_by is None or at < spell.gone_by)
