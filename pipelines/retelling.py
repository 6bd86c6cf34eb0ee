"""Sources told again from all their evidence: compared with what stands, corrected, silent.

What was told stays as it was told; where a reading again shows it to be false, one entry says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pipelines.listening import Listening, Read
from pipelines.rebuilding import Corrected, Corrections, corrections
from pipelines.recounting import Archived, recount, without_known
from pipelines.retracting import retractions
from storage.errors import PageFault
from storage.rebuilding import Evidence, Kept
from storage.records import Cause, Change, Kind, Source
from storage.rewriting import Rewriting, Shown
from storage.sealing import Run


@dataclass
class Retold:
    """What telling a source again came to: values corrected, pages not readable, entities begun."""

    corrected: list[Corrected] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    entities: int = 0


@dataclass
class Again:
    """History told again with one `cause`, in one `run`, by one row of the ledger if anything is to correct.

    First, source by source, what pages said; then, once, what changed: an entity is known from
    several sources. `exact`: the times at which values were last seen count too.
    """

    rewriting: Rewriting
    run: Run
    cause: Cause
    exact: bool = False
    _row: int | None = None
    _kinds: dict[str, Kind] = field(default_factory=dict)
    _before: list[Change] = field(default_factory=list)
    """The changes as they were counted before anything was corrected."""
    _all_before: list[Change] = field(default_factory=list)
    """The same with losses that only visits saw."""

    def correct(self, source: Source, read: Read, anew: Callable[[Kept], bool]) -> Retold:
        """Correct what pages of `source` said; only pages with a capture that is read `anew` are."""
        evidence = self.rewriting.evidence(source.id)
        listening = Listening(source, evidence, read, anew)
        retold, found = Retold(), Corrections()
        for page in listening.pages():
            if not any(map(anew, listening.captures(page))):
                continue
            try:
                found.add(self._corrections(listening, evidence, page))
            except PageFault as fault:
                retold.faults.append(f"{source.id} {page}: {fault.reason}: {fault}")
        retold.corrected, retold.entities = found.rows, len(listening.entities)
        if found.dropped or found.begun or listening.entities or listening.keys:
            self._write(listening, found)
        return retold

    def tell(self) -> tuple[Change, ...]:
        """Write what changed and seal the row; gives what was told."""
        if self._row is None:
            return ()
        known = self.rewriting.changes_of(self._kinds)
        after = self._counted(self._kinds, self.rewriting.archived())
        groups = _by_entity(without_known(without_known(after, self._before), known))
        if self.cause == "parser":
            all_after = self._counted(self._kinds)
            groups += _by_entity(retractions(known, self._all_before, all_after, self.cause))
        told = self.rewriting.tell(groups, self._row, self.run)
        self.rewriting.seal(self._row)
        return told

    def _corrections(self, listening: Listening, evidence: Evidence, page: str) -> Corrections:
        standing = [each for each in evidence.standing if each.spell.page == page]
        return corrections(standing, listening.spells(page), self.cause, exact=self.exact)

    def _write(self, listening: Listening, found: Corrections) -> None:
        if self._row is None:
            self._row = self.rewriting.open(self.run, self.cause)
        self.rewriting.add_identities(listening.entities, listening.keys, listening.older, self._row)
        others = found.entities - self._kinds.keys()
        self._kinds |= {entity: listening.kind(entity) for entity in others}
        self._before += self._counted(others, self.rewriting.archived())
        self._all_before += self._counted(others)
        self.rewriting.write_corrections(found.dropped, found.begun, self._row)

    def _counted(self, entities: Iterable[str], archived: Archived | None = None) -> list[Change]:
        groups: dict[str, list[Shown]] = {}
        for each in self.rewriting.spells_of(entities):
            groups.setdefault(each.spell.entity, []).append(each)
        return [
            row
            for entity, spells in groups.items()
            for row in recount(entity, self._kinds[entity], spells, self.cause, archived)
        ]


def _by_entity(rows: Iterable[Change]) -> list[tuple[Change, ...]]:
    groups: dict[str | None, list[Change]] = {}
    for row in rows:
        groups.setdefault(row.entity, []).append(row)
    return [tuple(group) for group in groups.values()]
