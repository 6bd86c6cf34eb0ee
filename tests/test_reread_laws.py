"""Laws of reading again: what an old reader got wrong becomes what a twin had that never did."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from pipelines.retelling import Again
from storage.rebuilding import Kept
from storage.records import LIST, Record, Said
from storage.sealing import Run
from tests.archiving import intervals
from tests.deciding import READ
from tests.lawful import NewWorld, laws, worlds
from tests.laws import SCRIPTS, Step, Story, ask, printed
from tests.sites import SOURCES
from tests.world import World, at, plain, with_value

law = laws(4)


@pytest.fixture(scope="module")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> NewWorld:
    return worlds(tmp_path_factory.mktemp("reread"))


Mistake = Callable[[Record], Record | None]
"""How an old reader misreads a record; None: it does not see it."""


def blind_to(name: str) -> Mistake:
    return lambda record: None if record.name == name else record


def wrong_until(name: str) -> Mistake:
    return lambda record: with_value(record, status_until="2035-01-01") if record.name == name else record


def no_budget(record: Record) -> Record:
    return replace(record, values={name: said for name, said in record.values.items() if name != "budget"})


def late_deadline(record: Record) -> Record:
    moved = str(record.values.get("closes", "")) > "2027-05-10"
    return with_value(record, closes="2027-06-30") if moved else record


MISTAKES = {
    "is blind to Fotonika": blind_to("Fotonika"),
    "is blind to a call": blind_to("Nabór edih"),
    "misreads until when Fotonika is one": wrong_until("Fotonika"),
    "reads no budget": no_budget,
    "misreads late deadlines": late_deadline,
}


def misread(said: Said, mistake: Mistake) -> Said:
    READ[said.page.body] = said.records
    records = (mistake(record) for record in said.records)
    return replace(said, records=tuple(record for record in records if record), version=0)


def reread(world: World, hours: float) -> int:
    """Read everything again; gives how many spells were corrected."""
    corrected = 0
    for source in SOURCES:
        run = Run(f"reread-{world.runs}", "reread", at(hours=hours), plain)
        world.runs += 1
        with world.history.writing() as writing:
            again = Again(writing.rewriting(), run, "parser")
            retold = again.correct(source, records_of, lambda kept: kept.version == 0)
            again.tell()
            assert retold.faults == []
            corrected += len(retold.corrected)
            writing.rewriting().note_reading(source.id, {})
    return corrected


def records_of(kept: Kept) -> Sequence[Record]:
    return READ[kept.page.body]


@law
@given(script=SCRIPTS, later=SCRIPTS, mistake=st.sampled_from(sorted(MISTAKES)))
def test_what_was_misread_becomes_what_was_said(
    new_world: NewWorld, script: list[Step], later: list[Step], mistake: str
) -> None:
    note(f"a reader that {mistake}:\n{printed(script)}\nread again, then\n{printed(later)}")
    old = Story(new_world(), lambda said: misread(said, MISTAKES[mistake])).play(script)
    twin = Story(new_world()).play(script)
    assume(read_alike(old, twin))
    reread(old.world, old.hours)
    assert certain(old.world) == certain(twin.world)
    assert reread(old.world, old.hours) == 0


def read_alike(old: Story, twin: Story) -> bool:
    """Whether both believed the same lists, and doubted nothing."""
    lists = [[seen.decision.list for seen in story.seen] for story in (old, twin)]
    doubts = [ask(story.world, "SELECT id FROM review") for story in (old, twin)]
    return lists[0] == lists[1] and doubts == [[], []]


def certain(world: World) -> list[tuple[Any, ...]]:
    """All that pages said and when; of a detail page only what is new is kept, so that when a value
    was last met is not known where it was not read."""
    return [row if row[2].startswith(LIST) else (*row[:7], *row[8:9], *row[10:]) for row in intervals(world)]
