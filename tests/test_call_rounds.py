"""Calls of several rounds in the calendar: each round has its dates, and none is told twice."""

from pathlib import Path

import pytest

from tests.calendars import TITLE, a_tile, events, see, told
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def test_a_next_round_has_its_own_dates_and_moves_no_deadline(world: World) -> None:
    see(world, 0, a_tile("2026-04-01/2026-04-30"))
    see(world, 1, a_tile("2026-04-01/2026-04-30", "2026-06-01/2026-06-30"))
    first = {"call-1-opens": ("2026-04-01", 1, ""), "call-1-closes": ("2026-04-30", 1, "")}  # named a round
    second = {"call-1-opens-2": ("2026-06-01", 0, ""), "call-1-closes-2": ("2026-06-30", 0, "")}
    assert told(world) == first | second
    assert events(world)["call-1-closes-2"].summary == f"Koniec rundy naboru: {TITLE}"
    see(world, 61, a_tile("2026-06-01/2026-06-30"))  # the first has left the schedule
    assert told(world) == first | second
    see(world, 62, a_tile("2026-06-01/2026-07-15"))  # the second is moved
    assert told(world) == first | second | {"call-1-closes-2": ("2026-07-15", 1, "")}


def test_the_printed_end_of_a_call_of_several_rounds(world: World) -> None:
    """The schedule shows one round and says that the call ends later: both are deadlines."""
    see(world, 0, a_tile("2026-04-01/2026-04-30", closes="2026-08-31"), rozwoj={"closes": "2026-08-31"})
    assert told(world) == {
        "call-1-opens": ("2026-04-01", 0, ""),
        "call-1-closes": ("2026-04-30", 0, ""),
        "call-1-end": ("2026-08-31", 0, ""),
    }
    rounds = ("2026-04-01/2026-04-30", "2026-07-01/2026-08-31")
    see(world, 80, a_tile(*rounds, closes="2026-08-31"), rozwoj={"closes": "2026-08-31"})
    assert told(world) == {
        "call-1-opens": ("2026-04-01", 0, ""),
        "call-1-closes": ("2026-04-30", 0, ""),
        "call-1-opens-2": ("2026-07-01", 0, ""),
        "call-1-end": ("2026-08-31", 0, ""),  # one deadline is enough on one day
    }


def test_an_unread_card_does_not_hide_the_rounds(world: World) -> None:
    see(world, 0, a_tile("2026-04-01/2026-04-30", "2026-06-01/2026-06-30"), rozwoj={"closes": "2026-06-30"})
    assert sorted(told(world)) == ["call-1-closes", "call-1-closes-2", "call-1-opens", "call-1-opens-2"]


def test_months_of_rounds_are_no_days(world: World) -> None:
    see(world, 0, a_tile("2026-05/2026-06", "2026-09/2026-10"))
    assert told(world) == {}
