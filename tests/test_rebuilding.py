"""Laws of reading again: evidence read from nothing gives the history that the visits gave."""

import pytest
from hypothesis import given, note

from pipelines.listening import Listening
from pipelines.rebuilding import Corrections, corrections
from storage.rebuilding import Kept
from storage.records import Record, Said, Source
from tests.lawful import NewWorld, laws, worlds
from tests.laws import SCRIPTS, Step, Story, printed
from tests.sites import SOURCES

law = laws(4)


@pytest.fixture(scope="module")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> NewWorld:
    return worlds(tmp_path_factory.mktemp("rebuilding"))


@law
@given(script=SCRIPTS)
def test_evidence_read_again_from_nothing_corrects_nothing(new_world: NewWorld, script: list[Step]) -> None:
    note(printed(script))
    story = Story(new_world()).play(script)
    for source in SOURCES:
        listening, found = again(story, source)
        assert (listening.entities, listening.keys) == ([], [])
        assert found == {page: Corrections() for page in found}, source.id


def again(story: Story, source: Source) -> tuple[Listening, dict[str, Corrections]]:
    """The source's evidence read once more, as it was read, and what that would correct."""
    said = {
        reading.page.sha256: reading.records
        for _, snapshot in story.snapshots
        for reading in (*snapshot.pages, *snapshot.details.values())
        if isinstance(reading, Said)
    }

    def read(kept: Kept) -> tuple[Record, ...]:
        return said[kept.page.sha256]

    with story.world.history.writing() as writing:
        evidence = writing.rewriting().evidence(source.id)
    listening = Listening(source, evidence, read, anew=lambda kept: False)
    found = {}
    for page in listening.pages():
        standing = [each for each in evidence.standing if each.spell.page == page]
        found[page] = corrections(standing, listening.spells(page), "parser", exact=True)
    return listening, found
