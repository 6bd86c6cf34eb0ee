"""Laws of archived copies: brought in any order, beside visits, over verdicts, they give one history."""

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from tests.archiving import Copy, bring, copies, intervals
from tests.deciding import READ
from tests.lawful import NewWorld, laws, worlds
from tests.laws import SCRIPTS, STEPS, Step, Story, ask, printed
from tests.sites import SOURCES, Site
from tests.world import World, at

law = laws(3)


@pytest.fixture(scope="module")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> NewWorld:
    return worlds(tmp_path_factory.mktemp("backfill"))


def archived(script: list[Step]) -> list[list[Copy]]:
    """The copies an archive has of each step."""
    site, hours, found = Site(), 0, []
    for step in script:
        hours += step.hours
        for what, which in step.turns:
            site.turn(what, which)
        found.append(copies(site, SOURCES[step.source], at(hours=hours), step.weather))
    return found


@law
@given(script=SCRIPTS, data=st.data())
def test_the_order_of_copies_does_not_matter(
    new_world: NewWorld, script: list[Step], data: st.DataObject
) -> None:
    note(printed(script))
    found = [each for some in archived(script) for each in some]
    order = data.draw(st.permutations(range(len(found))), "order")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(found)), max_size=3), "cuts"))
    one, other = new_world(), new_world()
    bring(one, found)
    for start, end in zip([0, *cuts], [*cuts, len(found)], strict=True):
        bring(other, [found[place] for place in order[start:end]])
    assert intervals(other) == intervals(one)
    for world in (one, other):
        assert world.history.verify() == []
        assert world.history.told() == []
        comings_add_up(world)


def comings_add_up(world: World) -> None:
    here: dict[str, bool] = {}
    for row in world.history.changes():
        if row["verb"] in ("appeared", "returned", "disappeared"):
            assert (row["verb"] == "appeared") == (row["entity"] not in here), row
            here[row["entity"]] = row["verb"] != "disappeared"


@law
@given(script=st.lists(st.tuples(STEPS, st.booleans()), min_size=4, max_size=14), data=st.data())
def test_copies_beside_visits_of_ours(
    new_world: NewWorld, script: list[tuple[Step, bool]], data: st.DataObject
) -> None:
    note("\n".join(f"{step}{' (a copy)' if copied else ''}" for step, copied in script))
    early, late = Story(new_world()), Story(new_world())
    waiting: list[Copy] = []
    for step, copied in script:
        for story in (early, late):
            story.hours += step.hours
            for what, which in step.turns:
                story.site.turn(what, which)
            if not copied:
                story.visit(SOURCES[step.source], step.weather)
                remember(story)
        if copied:
            found = copies(early.site, SOURCES[step.source], at(hours=early.hours), step.weather)
            bring(early.world, found, early.hours)
            forget(early, found)
            waiting += found
    assume(not any(ask(story.world, "SELECT id FROM review") for story in (early, late)))
    bring(late.world, data.draw(st.permutations(waiting), "order"), late.hours)
    assert intervals(late.world) == intervals(early.world)


def remember(story: Story) -> None:
    """What the pages of the last visit say, for reading them again."""
    _, snapshot = story.snapshots[-1]
    for reading in (*snapshot.pages, *snapshot.details.values()):
        if hasattr(reading, "records"):
            READ[reading.page.body] = reading.records


def forget(story: Story, found: list[Copy]) -> None:
    """A page of which a newer copy is known is asked for whole."""
    for each in found:
        story.forget(each.source.id, each.key)
