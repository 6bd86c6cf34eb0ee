"""One source told again from all its evidence: compared with what stands, corrected, silent.

What was told stays as it was told; where a reading again shows it to be false, one entry says so.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.listening import Listening, Read
from pipelines.rebuilding import Corrected, Corrections, corrections
from pipelines.recounting import recount, retractions, without_known
from storage.errors import PageFault
from storage.rebuilding import Evidence, Kept
from storage.records import Cause, Change, Source
from storage.rewriting import Rewriting, Shown
from storage.sealing import Run


@dataclass
class Retold:
    """What telling a source again came to: values corrected, entries told, pages not readable."""

    corrected: list[Corrected] = field(default_factory=list)
    told: list[Change] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    entities: int = 0


@dataclass(frozen=True)
class Again:
    """How a source is told again: which captures `anew`, with what `cause`, in which `run`.

    `exact`: the times at which values were last seen count too. Only pages with a capture
    that is read anew are told again.
    """

    rewriting: Rewriting
    run: Run
    read: Read
    anew: Callable[[Kept], bool]
    cause: Cause
    exact: bool = False

    def tell(self, source: Source) -> Retold:
        """Correct the history of `source`, in one row of the ledger if anything is to correct."""
        evidence = self.rewriting.evidence(source.id)
        listening = Listening(source, evidence, self.read, self.anew)
        retold, found = Retold(), Corrections()
        for page in listening.pages():
            if not any(map(self.anew, listening.captures(page))):
                continue
            standing = [each for each in evidence.standing if each.spell.page == page]
            try:
                rebuilt = listening.spells(page)
            except PageFault as fault:
                retold.faults.append(f"{source.id} {page}: {fault.reason}: {fault}")
                continue
            found.add(corrections(standing, rebuilt, self.cause, exact=self.exact))
        retold.corrected, retold.entities = found.rows, len(listening.entities)
        if found.dropped or found.begun or listening.entities or listening.keys:
            retold.told = self._write(listening, found, evidence)
        return retold

    def _write(self, listening: Listening, found: Corrections, evidence: Evidence) -> list[Change]:
        archived = {each.at for each in evidence.visits if each.mode == "backfill"}
        row = self.rewriting.open(self.run, self.cause)
        self.rewriting.add_identities(listening.entities, listening.keys, listening.older, row)
        before = self._recounted(found.entities, listening, archived)
        self.rewriting.write_corrections(found.dropped, found.begun, row)
        after = self._recounted(found.entities, listening, archived)
        known = self.rewriting.changes_of(found.entities)
        fresh = without_known(without_known(after, before), known)
        groups = _by_entity(fresh)
        if self.cause == "parser":
            groups += _by_entity(retractions(known, before, after))
        told = self.rewriting.tell(groups, row, self.run)
        self.rewriting.seal(row)
        return list(told)

    def _recounted(
        self, entities: Iterable[str], listening: Listening, archived: Collection[datetime]
    ) -> list[Change]:
        groups: dict[str, list[Shown]] = {}
        for each in self.rewriting.spells_of(entities):
            groups.setdefault(each.spell.entity, []).append(each)
        return [
            row
            for entity, spells in groups.items()
            for row in recount(entity, listening.kind(entity), spells, archived, self.cause)
        ]


def _by_entity(rows: Iterable[Change]) -> list[tuple[Change, ...]]:
    groups: dict[str | None, list[Change]] = {}
    for row in rows:
        groups.setdefault(row.entity, []).append(row)
    return [tuple(group) for group in groups.values()]
