"""Dates of calls in the calendar: moved, refined, withdrawn, cancelled, in rounds, after merges."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.calendar import KEPT_DAYS
from storage.past import Spell
from storage.records import Key, call
from tests.calendars import TITLE, a_tile, events, see, told
from tests.deciding import Desk
from tests.laws import ask
from tests.telling import appeared
from tests.world import CALLS, KKK, World, a_call, at

GONE = "Nabór zniknął ze strony."
SUSPENDED = "Nabór jest zawieszony."
CLOSED = "Nabór zakończono przed tym terminem."
SETTLED = "Nabór rozstrzygnięto przed tym terminem."
WITHDRAWN = "Strona nie podaje już tego terminu."


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def test_the_model_case_with_its_years_moved(world: World) -> None:
    """Opened, deadline moved by a month, results: the days of 2023 in the world of 2026."""
    see(world, 0, a_tile("2026-05-30/2026-08-30"), rozwoj={"opens": "2026-05-30", "closes": "2026-08-30"})
    assert told(world) == {"call-1-opens": ("2026-05-30", 0, ""), "call-1-closes": ("2026-08-30", 0, "")}
    tile = a_tile("2026-05-30/2026-08-30")  # late
    see(world, 170, tile, rozwoj={"opens": "2026-05-30", "closes": "2026-09-29"})
    assert told(world) == {"call-1-opens": ("2026-05-30", 0, ""), "call-1-closes": ("2026-09-29", 1, "")}
    moved = events(world)["call-1-closes"]
    assert moved.stamp == at(170)
    assert moved.description.startswith("Termin zmieniony; poprzednio: 30 sierpnia 2026.\n")
    see(world, 279, rozwoj={"closes": "2026-09-29", "results": "2026-12-05", "status": "settled"})
    assert told(world) == {"call-1-closes": ("2026-09-29", 1, ""), "call-1-results": ("2026-12-05", 0, "")}


def test_a_deadline_moved_and_moved_back_is_two_revisions(world: World) -> None:
    for day, closes in enumerate(("2026-04-30", "2026-05-30", "2026-04-30", "2026-04-30")):
        see(world, day, rozwoj={"closes": closes})
    assert told(world) == {"call-1-closes": ("2026-04-30", 2, "")}


def test_only_a_day_is_a_date(world: World) -> None:
    see(world, 0, rozwoj={"opens": "2026-Q3", "closes": "2026-10", "results": "2027"})
    assert told(world) == {}
    see(world, 1, rozwoj={"opens": "2026-09-16", "closes": "2026-10-30", "results": "2027"})
    assert told(world) == {"call-1-opens": ("2026-09-16", 0, ""), "call-1-closes": ("2026-10-30", 0, "")}
    see(world, 2, rozwoj={"opens": "2026-09", "closes": "2026-10-30T16:00"})
    assert told(world) == {
        "call-1-opens": ("2026-09-16", 1, WITHDRAWN),
        "call-1-closes": ("2026-10-30", 1, ""),
    }
    exact = events(world)["call-1-closes"]
    assert "poprzednio" not in exact.description
    assert exact.summary == f"Koniec naboru (do godz. 16:00): {TITLE}"


def test_a_date_that_is_said_to_be_none_is_withdrawn_and_may_come_back(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-04-30"})
    see(world, 1, rozwoj={"closes": None})
    assert told(world) == {"call-1-closes": ("2026-04-30", 1, WITHDRAWN)}
    assert events(world)["call-1-closes"].alarms == ()
    see(world, 2, rozwoj={"closes": "2026-05-30"})
    assert told(world) == {"call-1-closes": ("2026-05-30", 2, "")}


def test_a_date_not_said_any_more_stands(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-04-30"})
    see(world, 1, rozwoj={})
    assert told(world) == {"call-1-closes": ("2026-04-30", 0, "")}


@pytest.mark.parametrize(
    ("status", "closes", "results"),
    [
        ("open", (0, ""), (0, "")),
        ("closed", (1, CLOSED), (0, "")),
        ("settled", (1, SETTLED), (1, SETTLED)),
        ("suspended", (1, SUSPENDED), (1, SUSPENDED)),
    ],
)
def test_a_printed_status_ends_the_dates_to_come(
    world: World, status: str, closes: tuple[int, str], results: tuple[int, str]
) -> None:
    dates = {"opens": "2026-03-10", "closes": "2026-04-30", "results": "2026-06-01"}
    see(world, 0, rozwoj=dates)
    see(world, 20, rozwoj={**dates, "status": status})
    assert told(world) == {
        "call-1-opens": ("2026-03-10", 0, ""),
        "call-1-closes": ("2026-04-30", *closes),
        "call-1-results": ("2026-06-01", *results),
    }


def test_a_call_closed_as_announced_is_not_closed_early(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-03-06"})
    see(world, 4.5, rozwoj={"closes": "2026-03-06", "status": "closed"})  # in the evening of that day
    assert told(world) == {"call-1-closes": ("2026-03-06", 0, "")}
    see(world, 30, rozwoj={"closes": None, "status": "settled"})
    assert told(world) == {"call-1-closes": ("2026-03-06", 0, "")}


def test_an_hour_before_the_hour_is_early(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-03-06T16:00"})
    see(world, 4.25, rozwoj={"closes": "2026-03-06T16:00", "status": "closed"})  # 13:20 in Warsaw
    assert told(world) == {"call-1-closes": ("2026-03-06", 1, CLOSED)}


def test_a_suspended_call_goes_on(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-04-30", "status": "open"})
    see(world, 1, rozwoj={"closes": "2026-04-30", "status": "suspended"})
    assert told(world) == {"call-1-closes": ("2026-04-30", 1, SUSPENDED)}
    see(world, 2, rozwoj={"closes": "2026-04-30", "status": "open"})
    assert told(world) == {"call-1-closes": ("2026-04-30", 2, "")}


def test_a_date_stated_after_the_status_counts(world: World) -> None:
    """A call closed and then prolonged, on a card that does not say again that it is open."""
    see(world, 0, rozwoj={"closes": "2026-03-05", "status": "open"})
    see(world, 5, rozwoj={"closes": "2026-03-05", "status": "closed"})
    see(world, 7, rozwoj={"closes": "2026-03-20"})
    assert told(world) == {"call-1-closes": ("2026-03-20", 1, "")}


def test_a_call_that_was_closed_when_first_seen_has_no_event_to_cancel(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-04-30", "status": "closed"})
    assert told(world) == {}
    see(world, 1, rozwoj={"closes": "2026-04-30", "status": "open"})
    assert told(world) == {"call-1-closes": ("2026-04-30", 0, "")}


def test_a_call_that_is_gone_and_back(world: World) -> None:
    other = a_call("inny", title="Inny nabór")
    see(world, 0, rozwoj={"opens": "2026-03-03", "closes": "2026-04-30"})
    for day in (2, 3):
        see(world, day, other, rozwoj="gone")
    assert told(world)["call-1-closes"] == ("2026-04-30", 0, "")  # not certain yet
    assert see(world, 5, other, rozwoj="gone") == [f"disappeared {TITLE}"]
    assert told(world) == {"call-1-opens": ("2026-03-03", 0, ""), "call-1-closes": ("2026-04-30", 1, GONE)}
    with world.history.writing() as writing:  # an archived page tells of older times later
        rewriting, run = writing.rewriting(), world.run(at(5.5))
        row = rewriting.open(run, "backfill")
        seen = {"entity": "call-1", "seen_after": None, "seen_by": at(-30), "cause": "backfill"}
        rewriting.tell([(appeared(**seen),)], row, run)
        rewriting.seal(row)
    assert told(world)["call-1-closes"] == ("2026-04-30", 1, GONE)
    assert see(world, 6, rozwoj={"opens": "2026-03-03", "closes": "2026-05-30"})
    assert told(world) == {"call-1-opens": ("2026-03-03", 0, ""), "call-1-closes": ("2026-05-30", 2, "")}


def test_a_corrected_title_is_a_revision(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-04-30"})
    see(world, 1, rozwoj={"closes": "2026-04-30", "title": "Oferta klastrów", "budget": "66000000 PLN"})
    assert told(world) == {"call-1-closes": ("2026-04-30", 1, "")}
    assert events(world)["call-1-closes"].summary == "Koniec naboru: Oferta klastrów"


def test_a_second_page_that_says_the_same_is_no_revision(world: World) -> None:
    see(world, 0, a_tile("2026-03-10/2026-04-30"))
    see(world, 1, a_tile("2026-03-10/2026-04-30"), rozwoj={"opens": "2026-03-10", "closes": "2026-04-30"})
    assert told(world) == {"call-1-opens": ("2026-03-10", 0, ""), "call-1-closes": ("2026-04-30", 0, "")}


# Identities


def test_a_merge_cancels_one_of_two_and_its_undoing_brings_both_back(world: World) -> None:
    desk = Desk(world, (CALLS,))
    grants = [Key("grant", "rozwoj"), Key("grant", "rozwoj-1")]
    both = [call(key, title=TITLE, closes="2026-04-30", results="2026-06-01") for key in grants]
    desk.visit(0, both, CALLS)
    both[1] = call(grants[1], title=TITLE, closes="2026-04-30", results=None)
    desk.visit(1, [call(*grants, title=TITLE, closes="2026-04-30"), both[1]], CALLS)
    desk.now = 2
    merge = desk.number()
    one = {"call-1-closes": ("2026-04-30", 0, ""), "call-1-results": ("2026-06-01", 0, "")}
    gone = {"call-2-results": ("2026-06-01", 1, WITHDRAWN)}
    assert told(world) == {**one, "call-2-closes": ("2026-04-30", 0, ""), **gone}
    desk.judge(merge, "accept")
    assert told(world) == {**one, "call-2-closes": ("2026-04-30", 1, WITHDRAWN), **gone}
    assert events(world)["call-2-results"].stamp == at(1)
    desk.judge(merge, "undo")
    assert told(world) == {**one, "call-2-closes": ("2026-04-30", 2, ""), **gone}


def test_a_loss_that_was_told_and_taken_back(world: World) -> None:
    """A register lost three of eight; a person believed it, and thought again."""
    register = replace(KKK, id="competition-mr", kind="call")
    desk = Desk(world, (register,))
    rounds = [call(Key("kkk-round", f"{n}"), title=f"Runda {n}", closes="2026-06-30") for n in range(1, 9)]
    desk.visit(0, rounds, register)
    for day in (1, 2):
        desk.visit(day, rounds[3:], register)
    held = desk.number()
    assert told(world)["call-1-closes"] == ("2026-06-30", 0, "")
    desk.now = 3
    desk.judge(held, "accept")
    assert {name: reason for name, (_, _, reason) in told(world).items() if reason} == dict.fromkeys(
        ("call-1-closes", "call-2-closes", "call-3-closes"), GONE
    )
    desk.judge(held, "undo")
    assert told(world)["call-1-closes"] == ("2026-06-30", 2, "")


def test_what_was_read_wrong_is_put_right(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-04-03"})
    ((number, capture),) = ask(world, "SELECT id, capture FROM spell WHERE field = 'closes'")
    right = Spell("call-1", "closes", "2026-04-30", CALLS.id, "grant:rozwoj", 0, at(), id=None)
    with world.history.writing() as writing:
        rewriting, run = writing.rewriting(), world.run(at(1))
        row = rewriting.open(run, "parser")
        rewriting.write_corrections([number], [(right, capture, "parser")], row)
        rewriting.seal(row)
    assert told(world) == {"call-1-closes": ("2026-04-30", 1, "")}
    assert events(world)["call-1-closes"].stamp == at(1)


def test_a_clock_that_went_back_turns_no_event_back(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-04-30"})
    see(world, 1, rozwoj={"closes": "2026-05-30"})
    with sqlite3.connect(world.history.where) as raw:
        raw.execute("UPDATE ledger SET at = '2026-02-01T00:00:00Z' WHERE id = (SELECT max(id) FROM ledger)")
    raw.close()
    assert told(world) == {"call-1-closes": ("2026-05-30", 1, "")}
    assert events(world)["call-1-closes"].stamp == at(0)


def test_a_slug_used_again_is_a_new_call(world: World) -> None:
    see(
        world,
        0,
        a_tile("2026-02-01/2026-03-01"),
        rozwoj={"closes": "2026-03-01", "status": "closed"},
    )
    again = {"opens": "2026-05-01", "closes": "2026-05-30", "status": "planned"}
    see(world, 20, a_tile("2026-05-01/2026-05-30"), rozwoj=again)
    assert [name for name in told(world) if name.endswith("closes")] == ["call-1-closes", "call-2-closes"]


def test_a_date_stays_until_it_lies_ninety_days_before_the_newest_change(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-03-10"}, inny={"closes": "2026-12-01"})
    see(world, 90, rozwoj={"closes": "2026-03-10"}, inny={"closes": "2026-12-02"})
    assert list(told(world)) == ["call-1-closes", "call-2-closes"]  # 31 May: since 2 March
    see(world, 99, rozwoj={"closes": "2026-03-10"}, inny={"closes": "2026-12-03"})
    assert list(told(world)) == ["call-2-closes"]
    asked = world.history.dated_calls(KEPT_DAYS)  # of what is over nothing is loaded
    assert [each.entity for each in asked.calls] == ["call-2"]


def test_time_that_passes_changes_nothing(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-03-10"})
    before = events(world)
    for day in (200, 400):
        see(world, day, rozwoj="unchanged")
    assert events(world) == before
    assert at(400) > before["call-1-closes"].stamp
