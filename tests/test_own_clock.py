"""Our own clock, where hosts tell the time and where none does: who is believed, and for how long not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.records import Record
from tests.world import KKK, World, a_cluster, at

FAR = datetime(2099, 11, 23, 12, tzinfo=UTC)
FEW = [a_cluster(name) for name in ("Klaster Łódzki", "Klaster Śląski", "Klaster Żeglarski")]
MORE = [*FEW, a_cluster("Klaster Nowy")]
HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def see(world: World, when: datetime, records: list[Record] | None = None, *, told: bool = False) -> str:
    """A visit by the machine's clock to a host that tells the time or does not: its state and clock."""
    dates = (when - HOUR,) if told else ()
    world.visit(KKK, when, records or FEW, trust_clock=False, dates=dates)
    return f"{world.last.state} {world.last.clock}"


def test_a_host_that_never_tells_the_time_is_believed_for_ever(world: World) -> None:
    assert {see(world, at(day)) for day in (0, 1, 2, 9, 40, 70)} == {"complete unproved"}
    (row,) = world.history.rows("coverage")
    assert (row["days_observed"], row["known_up_to"]) == (6, "2026-05-11T06:20:00Z")


def test_a_leap_that_no_host_confirms_is_refused_once(world: World) -> None:
    see(world, at(0))
    assert see(world, FAR, MORE) == "refused suspect"
    assert (world.last.reason, world.last.changes) == ("clock", ())
    assert see(world, at(1), MORE) == "complete unproved"
    assert [row["seen_by"] for row in world.history.rows("changes") if row["verb"] == "appeared"][-1:] == [
        "2026-03-03T06:20:00Z"
    ]


def test_where_no_host_tells_the_time_one_that_does_has_the_last_word(world: World) -> None:
    assert see(world, at(0), told=True) == "complete ok"
    assert see(world, at(10)) == "complete unproved"
    assert see(world, at(1), MORE, told=True) == "complete ok"
    assert see(world, at(2), MORE) == "complete unproved"
    assert see(world, at(1)) == "refused suspect"


def test_a_machine_that_was_off_for_months_needs_no_hand(world: World) -> None:
    see(world, at(0))
    seen = [see(world, at(90 + day), MORE) for day in range(4)]
    assert seen == ["refused suspect", "refused suspect", "complete unproved", "complete unproved"]
    assert len(world.clusters()) == 4


def test_many_runs_on_one_day_do_not_agree(world: World) -> None:
    see(world, at(0))
    assert {see(world, at(90, hours)) for hours in range(6)} == {"refused suspect"}


def test_a_host_that_tells_the_time_ends_the_waiting(world: World) -> None:
    see(world, at(0))
    assert see(world, at(90)) == "refused suspect"
    assert see(world, at(91), told=True) == "complete ok"
    assert see(world, at(92)) == "complete unproved"


def test_a_clock_that_a_host_denies_is_never_agreed_on(world: World) -> None:
    see(world, at(0), told=True)
    for day in range(2):
        assert see(world, FAR + timedelta(days=day)) == "refused suspect"
    world.visit(KKK, FAR + timedelta(days=2), FEW, trust_clock=False, dates=(at(2),))
    for day in range(3, 5):
        assert see(world, FAR + timedelta(days=day)) == "refused suspect"


@pytest.mark.parametrize("told", [True, False])
def test_a_history_that_a_wrong_clock_wrote_into_goes_on(world: World, told: bool) -> None:
    world.visit(KKK, at(0), FEW)
    world.visit(KKK, FAR, MORE)  # as if it had been believed
    first = [see(world, at(day), MORE, told=told) for day in range(1, 4)]
    assert first == (["complete ok"] * 3 if told else ["refused suspect"] * 2 + ["complete unproved"])
    assert see(world, at(4), MORE) == "complete unproved"
    assert world.visit(KKK, at(5), [*MORE, a_cluster("Klaster Jeszcze Nowszy")], trust_clock=False) == [
        "appeared Klaster Jeszcze Nowszy"
    ]
    newest = world.history.rows("changes")[-1]
    assert (newest["seen_after"], newest["seen_by"]) == ("2026-03-06T06:20:00Z", "2026-03-07T06:20:00Z")
    assert world.history.newest_visit() == at(5)


def test_a_clock_set_back_is_not_believed_against_a_long_past(world: World) -> None:
    for day in range(300, 310):
        see(world, at(day))
    assert {see(world, at(day)) for day in range(9)} == {"refused suspect"}
