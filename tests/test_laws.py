"""Laws of the history, over random scripts of changing sites and visits in all weathers."""

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, note

from storage.past import LISTED
from storage.records import KINDS, LIST
from tests.lawful import NewWorld, laws, remembered, worlds
from tests.laws import SCRIPTS, STEPS, Seen, Step, Story, ask, printed
from tests.sites import REGISTERS, SOURCES
from tests.world import KKK, World

law = laws(3)


@pytest.fixture(scope="module")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> NewWorld:
    return worlds(tmp_path_factory.mktemp("laws"))


def played(new_world: NewWorld, script: list[Step], **how: Any) -> Story:
    note(printed(script))
    return Story(new_world()).play(script, **how)


# What a list said


@law
@given(script=SCRIPTS)
def test_as_of_a_visit_is_what_its_whole_list_said(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    for seen in story.seen:
        if seen.source in REGISTERS and seen.decision.list == "whole":
            assert listed(story, seen) == seen.names, f"{seen.source.id} {seen.when}, known now"
            assert listed(story, seen, seen.ledger) == seen.names, f"{seen.source.id} {seen.when}, known then"


def listed(story: Story, seen: Seen, known: int | None = None) -> frozenset[str]:
    """Names of those whom the list of a register held at a visit."""
    spells = [
        spell
        for spell in story.world.history.as_of(seen.when, known)
        if spell.source == seen.source.id and spell.page == LIST
    ]
    here = {spell.entity for spell in spells if spell.field == LISTED}
    return frozenset(str(spell.value) for spell in spells if spell.field == "name" and spell.entity in here)


@law
@given(script=SCRIPTS)
def test_as_of_a_visit_pages_said_what_they_said(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    for seen in story.seen:
        stood = {
            (spell.entity, spell.field, spell.page): spell.value
            for spell in story.world.history.as_of(seen.when)
            if spell.source == seen.source.id
        }
        for spell in seen.decision.begun:
            assert stood[spell.entity, spell.field, spell.page] == spell.value
        for ending in seen.decision.ended:
            gone = ending.spell
            assert stood.get((gone.entity, gone.field, gone.page)) != gone.value or gone.field == LISTED


@law
@given(script=SCRIPTS)
def test_intervals_are_whole_and_apart(new_world: NewWorld, script: list[Step]) -> None:
    world = played(new_world, script).world
    order = "entity, field, source, page"
    rows = ask(
        world,
        f"SELECT {order}, seen_after, first_seen, last_seen, gone_by FROM spell "
        f"ORDER BY {order}, first_seen, id",
    )
    for row in rows:
        after, first, last, gone = row[4:]
        assert after is None or after < first, row
        assert last is None or first <= last, row
        assert gone is None or last < gone, row
    for one, other in pairwise(rows):
        if one[:4] == other[:4]:
            assert (one[7] or "~") <= other[5], (one, other)


# Ends of changes, found again from what was shown


@law
@given(script=SCRIPTS)
def test_ends_of_comings_and_goings(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    for source in REGISTERS:
        visits = [seen for seen in story.seen if seen.source == source and seen.decision.list != "none"]
        for row in told_rows(story.world):
            if row["source"] == source.id and row["field"] is None:
                check_ends(row, visits)


def told_rows(world: World) -> list[dict[str, Any]]:
    return [row for row in world.history.changes() if row["entry"]]


def check_ends(row: dict[str, Any], visits: list[Seen]) -> None:
    shown = [text(seen) for seen in visits if row["name"] in seen.names]
    lacked = [
        text(seen) for seen in visits if row["name"] not in seen.names and seen.decision.list == "whole"
    ]
    after, by = row["seen_after"], row["seen_by"]
    if row["verb"] == "disappeared":
        assert after == max(when for when in shown if when < by), row
        assert by == min(when for when in lacked if when > after), row
        confirmed = [when for when in lacked if by <= when <= row["recorded_at"]]
        assert len(confirmed) >= KKK.missing_visits, row
    else:
        assert by in shown, row
        assert after == max(when for when in lacked if when < by), row
        assert not [when for when in shown if after < when < by], row


def text(seen: Seen) -> str:
    return seen.when.strftime("%Y-%m-%dT%H:%M:%SZ")


# Telling


@law
@given(script=SCRIPTS)
def test_rows_of_changes_make_a_chain(new_world: NewWorld, script: list[Step]) -> None:
    world = played(new_world, script).world
    shown = {row["entity"]: row for kind in KINDS for row in world.history.rows(f"{kind}s")}
    newest: dict[tuple[str, str], str | None] = {}
    for row in world.history.changes():
        key = row["entity"], row["field"]
        assert row["seen_after"] is None or row["seen_after"] < row["seen_by"] <= row["recorded_at"], row
        if row["field"] is not None:
            # What a page says when it is first read is silent where nothing was known.
            assert newest.get(key) in (None, row["old"]), row
            newest[key] = row["new"]
    for (entity, name), value in newest.items():
        assert value is None or shown[entity][name] == value, (entity, name)


@law
@given(script=SCRIPTS)
def test_start_and_comings_and_goings_give_the_end(new_world: NewWorld, script: list[Step]) -> None:
    world = played(new_world, script).world
    here: dict[str, bool] = {}
    for row in world.history.changes():
        if row["verb"] in ("appeared", "returned", "disappeared"):
            came = row["verb"] != "disappeared"
            assert here.get(row["entity"], False) != came, row
            assert (row["verb"] == "appeared") == (row["entity"] not in here), row
            here[row["entity"]] = came
    rows = [row for kind in KINDS for row in world.history.rows(f"{kind}s")]
    assert {row["entity"]: row["listed"] != "no" for row in rows} == here


@law
@given(script=SCRIPTS)
def test_entries_are_in_order_and_have_ids_of_their_own(new_world: NewWorld, script: list[Step]) -> None:
    world = played(new_world, script).world
    leading = ask(world, "SELECT told_at, entry, summary FROM change WHERE told_at IS NOT NULL ORDER BY id")
    assert all(one[0] < other[0] for one, other in pairwise(leading))
    assert len({row[1] for row in leading}) == len(leading)
    ((untold,),) = ask(
        world, "SELECT count(*) FROM change WHERE entry IS NOT NULL AND (baseline OR summary = '')"
    )
    assert untold == 0
    assert sorted(ask(world, "SELECT DISTINCT entry FROM change WHERE entry IS NOT NULL")) == sorted(
        (row[1],) for row in leading
    )


@law
@given(script=SCRIPTS)
def test_what_stays_as_it_is_is_not_told_again(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    for _ in range(5):  # time for what is missing to be lost, or found gone
        again(story)
    assert [seen.told for seen in again(story)] == [()] * len(SOURCES)


def again(story: Story) -> list[Seen]:
    story.hours += 25
    return [story.visit(source, "resent") for source in SOURCES]


# Weather


@law
@given(script=SCRIPTS)
def test_failed_and_refused_visits_change_nothing(new_world: NewWorld, script: list[Step]) -> None:
    stormy, fair = (
        played(new_world, script),
        played(new_world, script, without=frozenset({"failed", "refused"})),
    )
    assert remembered(stormy.world) == remembered(fair.world)
    assert len(ask(stormy.world, "SELECT id FROM visit")) == len(script)


@law
@given(script=SCRIPTS, last=STEPS)
def test_a_list_cut_off_ends_nothing_and_tells_nothing_twice(
    new_world: NewWorld, script: list[Step], last: Step
) -> None:
    source = SOURCES[last.source]
    twins = [
        played(new_world, [*script, Step(last.hours, last.turns, last.source, "failed")]) for _ in range(2)
    ]
    cut = twins[0].visit(source, "cut", earlier=0.5)
    before = len(twins[1].seen)
    for story in twins:
        story.visit(source, "resent")
    decisions = [seen.decision for story in twins for seen in story.seen[before:]]
    assume(all(decision.state in ("complete", "partial") and not decision.doubts for decision in decisions))
    if source in REGISTERS:
        assert not [ending for ending in cut.decision.ended if ending.spell.field == LISTED]
        assert not [line for line in cut.told if line.startswith("disappeared")]
    # One more answer that a card is gone is one more proof: a call may be lost a visit sooner.
    sooner = () if source in REGISTERS else ("disappeared",)
    lines = [
        Counter(line for seen in story.seen for line in seen.told if not line.startswith(sooner))
        for story in twins
    ]
    assert lines[0] == lines[1]
    assert facts(twins[0].world) == facts(twins[1].world)


def facts(world: World) -> list[tuple[Any, ...]]:
    """What pages ever said, of whom by the keys they have: numbers are given in the order of reading."""
    keys: dict[str, set[str]] = {}
    for entity, key in ask(world, "SELECT entity, scheme || ':' || value FROM entity_key"):
        keys.setdefault(entity, set()).add(key)
    rows = remembered(world)["spells"]
    return sorted((sorted(keys[entity]), *said) for entity, *said in (row[:5] for row in rows))
