"""Who is listed: baseline, comings, losses confirmed over lists and hours, shrunken registers."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.records import Gone, Missed
from tests.world import KKK, LIST_URL, World, a_cluster, at

NAMES = ["Klaster Dolina Lotnicza", "Śląski Klaster Lotniczy", "Wschodni Klaster ICT", "NUTRIBIOMED Klaster",
         "Bydgoski Klaster Przemysłowy", "Klaster Fotoniki i Światłowodów"]  # fmt: skip
SIX = [a_cluster(name, round="VI") for name in NAMES]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def test_baseline_is_silent(world: World) -> None:
    assert world.visit(KKK, at(), SIX) == []
    assert world.last.state == "complete"
    assert set(world.clusters().values()) == {"yes"}
    rows = world.history.changes()
    assert [row["baseline"] for row in rows] == [True] * 6
    assert all(row["seen_after"] is None and row["entry"] is None for row in rows)


def test_a_newcomer_is_told_once(world: World) -> None:
    world.visit(KKK, at(), SIX)
    new = a_cluster("Klaster Nowych Energii", round="VII")
    assert world.visit(KKK, at(1), [*SIX, new]) == ["appeared Klaster Nowych Energii"]
    assert world.visit(KKK, at(2), [*SIX, new]) == []
    row = world.history.changes()[-1]
    assert (row["seen_after"], row["seen_by"]) == ("2026-03-02T06:20:00Z", "2026-03-03T06:20:00Z")


def test_a_loss_is_told_after_three_lists_and_48_hours(world: World) -> None:
    world.visit(KKK, at(), SIX)
    assert world.visit(KKK, at(1), SIX[1:]) == []
    assert world.clusters()[NAMES[0]] == "missing"
    assert world.visit(KKK, at(1, 12), None) == []
    assert world.visit(KKK, at(2), None) == []  # three lists, 24 hours
    assert world.visit(KKK, at(3), None) == [f"disappeared {NAMES[0]}"]
    assert world.clusters()[NAMES[0]] == "no"
    row = world.history.changes()[-1]
    assert row["seen_after"] == "2026-03-02T06:20:00Z"
    assert row["seen_by"] == "2026-03-03T06:20:00Z"
    assert row["recorded_at"] == "2026-03-05T06:20:00Z"
    assert world.visit(KKK, at(4), None) == []


def test_two_lists_over_a_week_are_not_enough(world: World) -> None:
    world.visit(KKK, at(), SIX)
    world.visit(KKK, at(1), SIX[1:])
    assert world.visit(KKK, at(8), None) == []
    assert world.visit(KKK, at(8, 1), None) == [f"disappeared {NAMES[0]}"]


def test_missing_once_and_back_is_nothing(world: World) -> None:
    world.visit(KKK, at(), SIX)
    world.visit(KKK, at(1), SIX[1:])
    assert world.visit(KKK, at(2), SIX) == []
    assert world.clusters()[NAMES[0]] == "yes"
    for day in range(3, 9):
        assert world.visit(KKK, at(day), None) == []


def test_returned_after_a_told_loss(world: World) -> None:
    world.visit(KKK, at(), SIX)
    for day in (1, 2, 3):
        world.visit(KKK, at(day), SIX[1:])
    assert world.clusters()[NAMES[0]] == "no"
    assert world.visit(KKK, at(4), SIX) == [f"returned {NAMES[0]}"]
    row = world.history.changes()[-1]
    assert (row["seen_after"], row["seen_by"]) == ("2026-03-05T06:20:00Z", "2026-03-06T06:20:00Z")
    assert world.visit(KKK, at(5), SIX) == []


def test_a_shrunken_register_is_held_in_one_review(world: World) -> None:
    world.visit(KKK, at(), SIX)
    new = a_cluster("Klaster Nowych Energii")
    assert world.visit(KKK, at(1), [*SIX[3:], new]) == ["appeared Klaster Nowych Energii"]
    assert (world.last.state, world.last.reason) == ("partial", "list-shrunk")
    for day in (2, 3, 4, 5):
        assert world.visit(KKK, at(day), [*SIX[3:], new]) == []
    assert [review["kind"] for review in world.history.open_reviews()] == ["absence"]
    assert set(world.clusters().values()) == {"yes"}
    assert world.visit(KKK, at(6), [*SIX, new]) == []
    assert world.history.open_reviews() == []


def test_a_register_replaced_at_a_stroke_is_refused(world: World) -> None:
    world.visit(KKK, at(), SIX)
    broken = [a_cluster(f"{name} ÄÅ") for name in NAMES]
    assert world.visit(KKK, at(1), broken) == []
    assert (world.last.state, world.last.reason) == ("refused", "mass-change")
    assert set(world.clusters()) == set(NAMES)


@pytest.mark.parametrize(
    "fault",
    [
        Missed(LIST_URL, at(1), "http-5xx", "500"),
        Missed(LIST_URL, at(1), "blocked-page", "Request Rejected"),
        Gone(LIST_URL, at(1), "http-4xx", "404"),
        Gone(LIST_URL, at(1), "moved-home", "sent to /"),
    ],
    ids=lambda fault: fault.reason,
)
def test_a_faulty_visit_changes_nothing_but_visits(world: World, fault: Missed | Gone) -> None:
    world.visit(KKK, at(), SIX)
    before = (world.history.rows("clusters"), world.history.changes(), world.history.head())
    assert world.visit(KKK, at(1), SIX, fault=fault) == []
    assert world.last.state in ("failed", "refused")
    assert world.last.reason == fault.reason
    assert (world.history.rows("clusters"), world.history.changes(), world.history.head()) == before
    assert len(world.history.visits()) == 2


def test_an_empty_list_is_refused(world: World) -> None:
    world.visit(KKK, at(), SIX)
    assert world.visit(KKK, at(1), []) == []
    assert (world.last.state, world.last.reason) == ("refused", "list-empty")


def test_an_unchanged_visit_stores_one_visit_row(world: World) -> None:
    world.visit(KKK, at(), SIX)
    head = world.history.head()
    world.visit(KKK, at(1), None)
    assert world.last.state == "unchanged"
    assert world.history.head() == head
    assert world.history.rows("clusters")[0]["last_seen"] == "2026-03-03T06:20:00Z"


def test_a_clock_in_the_past_is_refused(world: World) -> None:
    world.visit(KKK, at(1), SIX)
    assert world.visit(KKK, at(0), SIX[1:], trust_clock=False) == []
    assert (world.last.reason, world.last.clock) == ("clock", "suspect")
    far = at(20000)
    assert world.visit(KKK, far, SIX[1:], trust_clock=False, dates=(at(1),)) == []
    assert world.last.reason == "clock"
    assert world.visit(KKK, at(2), SIX, trust_clock=False, dates=(at(2) - timedelta(hours=1),)) == []
    assert world.last.state == "complete"
