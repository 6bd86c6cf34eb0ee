"""Laws of the history, over random scripts of changing sites and visits in all weathers."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from pipelines.compare import Reader, Turns, apply, compare, leave
from pipelines.presence import listed_by
from storage.forms import moment
from storage.past import LISTED, Spell
from storage.records import KINDS, LIST
from tests.lawful import NewWorld, laws, worlds
from tests.laws import NAMES, REGISTERS, SCRIPTS, SOURCES, STEPS, Seen, Step, Story, ask, printed
from tests.world import KKK, World, a_cluster, at

law = laws(12)


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


def remembered(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """All that a history holds, apart from visits, runs and numbers."""
    queries = {
        "spells": """
SELECT entity, field, value, s.source, s.page, rank, seen_after, first_seen, last_seen, gone_by, sha256
FROM spell s JOIN capture c ON c.id = s.capture ORDER BY s.id""",
        "changes": """
SELECT verb, entity, name, field, old, new, seen_after, seen_by, l.at, c.cause, source, url, evidence,
       baseline, summary, entry, told_at
FROM change c JOIN ledger l ON l.id = c.ledger ORDER BY c.id""",
        "keys": "SELECT scheme, value, entity, begun, ended FROM entity_key ORDER BY id",
        "reviews": """
SELECT kind, source, subject, opened_at, verdict, decided_at, begun, ended FROM review ORDER BY id""",
        "pages": """
SELECT source, key, content, confirmed, gone_since, gone_visits FROM page ORDER BY source, key""",
        "bodies": "SELECT sha256 FROM body ORDER BY sha256",
    }
    return {name: ask(world, query) for name, query in queries.items()}


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
    facts = [[row[:5] for row in remembered(story.world)["spells"]] for story in twins]
    assert sorted(facts[0]) == sorted(facts[1])


# The whole


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


# Comparing, without a history

VALUES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from((None, "1", "2")) for name in ("round", "region", "coordinator")}
)
SAID = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)


@law
@given(first=SAID, second=SAID)
def test_what_is_compared_and_applied_is_what_is_said(
    first: dict[str, dict[str, str]], second: dict[str, dict[str, str]]
) -> None:
    kept = said_now(first, [], at())
    after = said_now(second, kept, at(1))
    for name, values in second.items():
        stands = {spell.field: spell.value for spell in after if spell.entity == name}
        rests = {field: value for field, value in first.get(name, {}).items() if field not in values}
        told = {**rests, **values, "name": name, LISTED: "yes"}
        assert stands == {field: value for field, value in told.items() if value is not None}
    assert {spell.entity for spell in after if spell.field == LISTED} == set(second)
    assert said_now(second, after, at(2), expect=Turns()) == after


def said_now(
    said: dict[str, dict[str, str]], standing: list[Spell], when: datetime, expect: Turns | None = None
) -> list[Spell]:
    """The standing spells of a register's page after it said this of each name."""
    reader = Reader("kkk-mr", LIST, 0, when, when - timedelta(days=1))
    turns = compare(reader, {name: a_cluster(name, **values) for name, values in said.items()}, standing)
    here = {spell.entity for spell in standing if spell.field == LISTED}
    turns.add(leave(reader, here - set(said), standing, proven=True))
    assert expect is None or turns == expect
    rests = {spell.id: when for spell, when in turns.frozen}
    spells = [
        replace(spell, last_seen=rests.get(spell.id, spell.last_seen)) for spell in apply(turns, standing)
    ]
    return [replace(spell, id=number) for number, spell in enumerate(spells, 1)]
