"""Laws of undoing: what a person took back leaves every answer as it was, on both axes of time."""

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from storage.records import Key, Record, cluster
from tests.deciding import Desk
from tests.everything import answers, answers_then, feeds_of, last_change, last_row, stood, timelines
from tests.lawful import a_desk, laws
from tests.sites import PORTAL
from tests.world import CALLS, KKK, a_call, a_cluster, at

law = laws(3)
SOURCES = (KKK, PORTAL, CALLS)
ONE, OTHER = "Klaster Wodór", "Śląska Sieć Wodorowa"
OTHERS = ("Dolina Lotnicza", "Zielona Chemia", "Fotonika", "Obróbka Metali")
Day = tuple[bool, int, int, bool]
"""Whether the register lists the one, until when, what round, whether the portal lists the other."""
DAY = st.tuples(st.booleans(), st.integers(2027, 2029), st.integers(4, 6), st.booleans())
DAYS = st.lists(DAY, min_size=1, max_size=4)


def visit(desk: Desk, day: int, what: Day, *, known: bool = False) -> None:
    """Both registers on one day; if they are `known` to be one, the register names the other too."""
    listed, until, round_, on_portal = what
    desk.visit(day, [*map(a_cluster, OTHERS), *([one(until, known=known)] if listed or known else [])])
    portal = [a_cluster(OTHER, round="IV V VI".split()[round_ - 4], region="śląskie")] if on_portal else []
    desk.visit(day + 0.25, [*map(a_cluster, OTHERS), *portal], PORTAL)
    desk.visit(day + 0.5, [a_call("rozwoj", title="Rozwój", closes=f"{until}-05-10")], CALLS)


def one(until: int, *, known: bool) -> Record:
    keys = [Key("name", "klaster wodor")] + ([Key("name", "slaska siec wodorowa")] if known else [])
    return cluster(*keys, name=ONE, status_until=f"{until}-12-17")


@law
@given(before=DAYS, doubt=DAY)
def test_a_merge_undone_leaves_every_answer(before: list[Day], doubt: Day) -> None:
    note("\n".join(map(str, (*before, doubt))))
    times = [at(day + part) for day in range(len(before) + 1) for part in (0, 0.25, 0.6)]
    with a_desk(*SOURCES) as desk:
        number = doubted(desk, before, doubt)
        world = desk.world
        changes, row = last_change(world), last_row(world)
        told = len({each.entry for each in world.history.told()})
        rows = (2, row // 2, row - 1)
        known, known_then = answers(world, times), answers_then(world, times, rows)
        lines, feeds = timelines(world, changes), feeds_of(world, told)
        desk.judge(number, "accept")
        assert feeds_of(world, told) == feeds
        desk.judge(number, "undo")
        assert answers(world, times) == known
        assert answers_then(world, times, rows) == known_then
        assert timelines(world, changes) == lines
        assert feeds_of(world, told) == feeds
        assert [row["kind"] for row in world.history.open_reviews()] == ["merge"]


@pytest.mark.long
@law
@given(before=DAYS, doubt=DAY, between=DAYS)
def test_a_merge_undone_later_is_as_if_it_was_never_made(
    before: list[Day], doubt: Day, between: list[Day]
) -> None:
    note("\n".join(map(str, (*before, doubt, *between))))
    days = len(before) + 1 + len(between)
    times = [at(day + part) for day in range(days) for part in (0, 0.25, 0.6)]
    with a_desk(*SOURCES) as desk, a_desk(*SOURCES) as twin:
        number = doubted(desk, before, doubt)
        doubted(twin, before, doubt)
        desk.judge(number, "accept")
        for day, what in enumerate(between, len(before) + 1):
            visit(desk, day, what)
            visit(twin, day, what)
        desk.judge(number, "undo")
        assert stood(desk.world, times) == stood(twin.world, times)


def doubted(desk: Desk, before: list[Day], doubt: Day) -> int:
    """Visits on some days, then one that says that two are one; gives the review."""
    for day, what in enumerate(before):
        visit(desk, day, what)
    visit(desk, len(before), doubt, known=True)
    waiting = [row["id"] for row in desk.world.history.open_reviews()]
    assume(len(waiting) == 1)
    return int(waiting[0])
