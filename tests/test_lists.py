"""What lists work out: where sources differ, whether a status holds, the status of a day."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.world import CALLS, KKK, World, a_call, a_cluster, at, with_value

OTHER = a_cluster("Zielona Chemia", round="VI", status_until="2027-12-17")
OFERTA = a_call("oferta", title="Rozwój oferty klastrów")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


@pytest.mark.parametrize(
    ("ours", "theirs", "conflict"),
    [
        ({"round": "V"}, {"round": "VI"}, "round"),
        ({"status_until": "2027-12-17"}, {"status_until": "2027-12"}, None),
        ({"status_until": "2027-12-17"}, {"status_until": "2027-Q4"}, None),
        ({"status_until": "2027-12-17"}, {"status_until": "2027-Q3"}, "status_until"),
        ({"status_until": "2027-12-17"}, {"status_until": "2026-12-17"}, "status_until"),
    ],
)
def test_conflicts(world: World, ours: dict[str, str], theirs: dict[str, str], conflict: str | None) -> None:
    portal = replace(KKK, id="kkk-pi", rank=1)
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza", **ours), OTHER])
    world.visit(portal, at(), [a_cluster("Dolina Lotnicza", **theirs), OTHER])
    assert world.listed("cluster", "2026-03-02")[0]["conflict"] == conflict


@pytest.mark.parametrize("derived", ["ours", "theirs"])
def test_what_is_derived_contradicts_nothing(world: World, derived: str) -> None:
    portal = replace(KKK, id="kkk-pi", rank=1)
    said = {
        "ours": a_cluster("Dolina Lotnicza", status_until="2027-12-17"),
        "theirs": a_cluster("Dolina Lotnicza", status_until="2026-12-17"),
    }
    said[derived] = replace(said[derived], derived=frozenset({"status_until"}))
    world.visit(KKK, at(), [said["ours"], OTHER])
    world.visit(portal, at(), [said["theirs"], OTHER])
    (lotnicza, _) = world.listed("cluster", "2026-03-02")
    assert (lotnicza["status_until"], lotnicza["conflict"]) == ("2027-12-17", None)


@pytest.mark.parametrize(("read_since", "conflict"), [(False, None), (True, "round")])
def test_what_was_said_before_the_shown_value_came_and_not_since_is_no_conflict(
    world: World, read_since: bool, conflict: str | None
) -> None:
    portal = replace(KKK, id="kkk-pi", rank=1)
    former, now = ([a_cluster("Dolina Lotnicza", round=number), OTHER] for number in ("I", "II"))
    world.visit(portal, at(), former)
    world.visit(KKK, at(1), now)
    if read_since:
        world.visit(portal, at(2), None)
    assert world.listed("cluster", "2026-03-10")[0]["conflict"] == conflict


@pytest.mark.parametrize(("second", "conflict"), [("2027-12-17", None), ("2028-06-30", "status_until")])
def test_the_best_two_sources_are_compared(world: World, second: str, conflict: str | None) -> None:
    for rank, until in enumerate(("2027-12-17", second, "2026-12-17")):
        source = replace(KKK, id=f"kkk-{rank}", rank=rank)
        world.visit(source, at(), [a_cluster("Dolina Lotnicza", status_until=until), OTHER])
    assert world.listed("cluster", "2026-03-02")[0]["conflict"] == conflict


@pytest.mark.parametrize(
    ("since", "until", "day", "holds"),
    [
        (None, None, "2026-11-04", "unknown"),
        (None, "2026-11-04", "2026-11-04", "yes"),
        (None, "2026-11-03", "2026-11-04", "no"),
        (None, "2026-11", "2026-11-30", "yes"),
        (None, "2026-Q4", "2026-12-31", "yes"),
        (None, "2026-Q4", "2027-01-01", "no"),
        ("2026-Q4", "2029-12-17", "2026-09-30", "no"),
        ("2026-11", "2029-11-01", "2026-11-15", "unknown"),
    ],
)
def test_whether_a_status_holds(
    world: World, since: str | None, until: str | None, day: str, holds: str
) -> None:
    values = {name: value for name, value in (("status_from", since), ("status_until", until)) if value}
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza", **values), OTHER])
    assert world.listed("cluster", day)[0]["holds"] == holds


@pytest.mark.parametrize(
    ("opens", "closes", "day", "status"),
    [
        ("2026-09-16", "2026-11-04T16:00", "2026-11-04", "open"),
        ("2026-09-16", "2026-11-04T16:00", "2026-11-05", "closed"),
        ("2026-11", "2027-01", "2026-10-31", "planned"),
        ("2026-11", "2027-01", "2026-11-15", None),
        ("2026-11", "2027-01", "2026-12-15", "open"),
        ("2026-Q4", "2027-Q1", "2026-09-30", "planned"),
        ("2026-Q4", "2027-Q1", "2027-04-01", "closed"),
    ],
)
def test_the_status_of_a_day(world: World, opens: str, closes: str, day: str, status: str | None) -> None:
    world.visit(CALLS, at(), [with_value(OFERTA, opens=opens, closes=closes)], cards={"oferta": "missed"})
    row = world.listed("call", day)[0]
    assert (row["status"], row["status_printed"]) == (status, None)
