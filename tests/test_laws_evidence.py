"""Laws of evidence, over random scripts: the same gives the same, and every claim has its proof."""

import pytest
from hypothesis import given, note

from pipelines.presence import listed_by
from storage.forms import moment
from storage.past import Spell
from tests.lawful import NewWorld, laws, remembered, worlds
from tests.laws import SCRIPTS, Step, Story, ask, printed
from tests.world import World

law = laws(3)


@pytest.fixture(scope="module")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> NewWorld:
    return worlds(tmp_path_factory.mktemp("laws"))


def played(new_world: NewWorld, script: list[Step]) -> Story:
    note(printed(script))
    return Story(new_world()).play(script)


@law
@given(script=SCRIPTS)
def test_the_same_evidence_gives_the_same_history(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    twin = Story(new_world())
    for source, snapshot in story.snapshots:
        twin.take(source, snapshot)
    assert remembered(twin.world) == remembered(story.world)
    assert twin.world.history.head() == story.world.history.head()


@law
@given(script=SCRIPTS)
def test_the_database_is_whole_and_every_claim_has_evidence(new_world: NewWorld, script: list[Step]) -> None:
    world = played(new_world, script).world
    assert world.history.integrity() == "ok"
    assert world.history.verify() == []
    for table in ("change WHERE evidence IS NOT NULL AND evidence", "capture WHERE sha256"):
        assert ask(world, f"SELECT * FROM {table} NOT IN (SELECT sha256 FROM body)") == []
    strangers = """
SELECT s.id FROM spell s JOIN capture c ON c.id = s.capture
WHERE c.refused IS NOT NULL OR c.source <> s.source
   OR NOT (c.page = s.page OR (s.page = 'list' AND c.page LIKE 'list %'))"""
    assert ask(world, strangers) == []
    assert ask(world, "SELECT id FROM change WHERE evidence IS NULL AND verb <> 'began'") == []


@law
@given(script=SCRIPTS)
def test_each_value_was_in_the_body_it_points_to(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    bodies = {
        reading.page.sha256: reading.page.body.decode()
        for _, snapshot in story.snapshots
        for reading in (*snapshot.pages, *snapshot.details.values())
        if hasattr(reading, "records")
    }
    query = "SELECT value, sha256 FROM spell s JOIN capture c ON c.id = s.capture WHERE field IN " \
        "('name', 'title', 'status_until', 'closes', 'budget')"  # fmt: skip
    for value, digest in ask(story.world, query):
        assert repr(value) in bodies[digest], value


@law
@given(script=SCRIPTS)
def test_the_view_of_who_is_listed_agrees_with_the_code(new_world: NewWorld, script: list[Step]) -> None:
    story = Story(new_world())
    note(printed(script))
    for step in script:
        story.play([step])
        rows = ask(story.world, "SELECT entity, source, listed = 'yes' FROM presence")
        assert {row[0]: (row[1], bool(row[2])) for row in rows} == listed_by(places(story.world))


def places(world: World) -> list[Spell]:
    """All places, past and present."""
    query = "SELECT entity, field, value, source, page, rank, first_seen, last_seen, gone_by FROM spell"
    return [
        Spell(
            *row[:6], moment(row[6]), last_seen=row[7] and moment(row[7]), gone_by=row[8] and moment(row[8])
        )
        for row in ask(world, f"{query} WHERE field = '' AND dropped IS NULL")
    ]
