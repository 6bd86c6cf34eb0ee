"""Laws of the questions, over random scripts of changing sites and visits in all weathers."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, note

from storage import differing
from storage.forms import WARSAW, moment_text
from storage.moments import Knowledge, Moment
from storage.questions import Questions
from storage.records import FIELDS, KINDS, Kind
from storage.standing import number_of
from tests.lawful import NewWorld, laws, worlds
from tests.laws import SCRIPTS, Seen, Step, Story, printed
from tests.sites import REGISTERS

law = laws(3)
State = dict[str, dict[str, str | None]]


@pytest.fixture(scope="module")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> NewWorld:
    return worlds(tmp_path_factory.mktemp("questions"))


def played(new_world: NewWorld, script: list[Step]) -> Story:
    note(printed(script))
    return Story(new_world()).play(script)


def at_the_visit(seen: Seen) -> Moment:
    """The very time of a visit; what was read at that time answers for it."""
    at = moment_text(seen.when)
    return Moment(at, seen.when.astimezone(WARSAW).date().isoformat(), at)


def state(asked: Questions, when: Moment) -> State:
    """Who is listed, with the values shown."""
    rows = [(kind, row) for kind in KINDS for row in asked.lists(kind, when)]
    return {
        row["entity"]: {name: row["status_printed" if name == "status" else name] for name in FIELDS[kind]}
        for kind, row in rows
        if row["listed"] == "yes"
    }


@law
@given(script=SCRIPTS)
def test_as_of_a_visit_is_its_whole_list(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    with story.world.history.asked() as asked:
        for seen in story.seen:
            if seen.source in REGISTERS and seen.decision.list == "whole":
                for what in (Knowledge(), Knowledge(seen.ledger)):
                    rows = asked.lists("cluster", at_the_visit(seen), what)
                    of_it = [row for row in rows if row["source"] == seen.source.id]
                    here = {row["name"] for row in of_it if row["listed"] == "yes"}
                    assert here == seen.names & {row["name"] for row in of_it}, (seen.source.id, what)


@law
@given(script=SCRIPTS)
def test_as_of_now_and_as_known_then_are_the_view_of_that_time(
    new_world: NewWorld, script: list[Step]
) -> None:
    story = Story(new_world())
    note(printed(script))
    then: list[tuple[Moment, int, dict[Kind, list[dict[str, Any]]]]] = []
    for step in script:
        (seen,) = story.play([step]).seen[-1:]
        day = at_the_visit(seen).day
        views = {kind: story.world.history.rows(f"{kind}s", day=day) for kind in KINDS}
        then.append((at_the_visit(seen), seen.ledger, views))
    with story.world.history.asked() as asked:
        now = Moment("9999-12-31T23:59:59Z", then[-1][0].day, then[-1][0].since)
        assert {kind: asked.lists(kind, now) for kind in KINDS} == then[-1][2]
        for when, ledger, views in then:
            rows = asked.lists("cluster", when, Knowledge(ledger, when.at))
            assert told(rows) == told(views["cluster"]), when.at


def told(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "last_seen"} for row in rows]


@law
@given(script=SCRIPTS)
def test_differences_add_up(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    whole = [at_the_visit(seen) for seen in story.seen if seen.decision.list == "whole"]
    with story.world.history.asked() as asked:
        for first, middle, last in zip(whole, whole[1:], whole[2:], strict=False):
            pairs = ((first, middle), (middle, last), (first, last))
            one, other, both = rows = [asked.diff(*pair) for pair in pairs]
            doubts = {
                (row["entity"], row["field"]) for each in rows for row in each if row["verb"] == "unknown"
            }
            start, between, end = (without(doubts, state(asked, when)) for when in (first, middle, last))
            assert then(start, one, between, doubts) == between
            assert then(between, other, end, doubts) == end
            assert then(start, both, end, doubts) == end


@law
@given(script=SCRIPTS)
def test_differences_are_those_of_a_close_look_at_everything(new_world: NewWorld, script: list[Step]) -> None:
    story = played(new_world, script)
    times = [at_the_visit(seen) for seen in story.seen[::2]]
    known = [Knowledge(), *(Knowledge(seen.ledger, at_the_visit(seen).at) for seen in story.seen[::5])]
    with story.world.history.asked() as asked:
        pairs = [(start, end, what) for start, end in combinations(times, 2) for what in known]
        found = [asked.diff(*pair) for pair in pairs]
        everything = {
            kind: {number_of(row["entity"]) for row in asked.now(kind, at_the_visit(story.seen[-1]))}
            for kind in KINDS
        }
        with patch.object(differing, "_doubtful", lambda *_: everything):
            assert [asked.diff(*pair) for pair in pairs] == found


def without(doubts: set[tuple[str, str | None]], given: State) -> State:
    """What is certain of `given`."""
    return {
        entity: {name: value for name, value in values.items() if (entity, name) not in doubts}
        for entity, values in given.items()
        if (entity, None) not in doubts
    }


def then(
    before: State, rows: list[dict[str, Any]], after: State, doubts: set[tuple[str, str | None]]
) -> State:
    """`before` with the differences `rows` applied; who comes in is as it is `after`."""
    result = {entity: dict(values) for entity, values in before.items()}
    for row in rows:
        entity, field = row["entity"], row["field"]
        if (entity, None) in doubts or (entity, field) in doubts:
            continue
        if row["verb"] == "in":
            result[entity] = dict(after[entity])
        elif row["verb"] == "out":
            del result[entity]
        else:
            assert result[entity][field] == row["old"]
            result[entity][field] = row["new"]
    return result
