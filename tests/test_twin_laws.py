"""Laws of late verdicts: who accepts late has the history of a twin that knew it at once."""

from typing import Any

import pytest
from hypothesis import assume, given, note
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.records import LIST, Key, Record, cluster
from tests.archiving import Copy, bring
from tests.deciding import Desk
from tests.everything import shown, stood
from tests.lawful import a_desk, laws
from tests.sites import PORTAL
from tests.world import KKK, a_cluster, at, said

pytestmark = pytest.mark.long

law = laws(3)
SOURCES = (KKK, PORTAL)
OTHERS = ("Dolina Lotnicza", "Zielona Chemia", "Fotonika", "Obróbka Metali")
UNTIL, ROUND = st.integers(2027, 2029), st.sampled_from(("IV", "V", "VI"))


def row(name: str, *keys: str, **values: str) -> Record:
    """A row that has, besides its name, the keys of other names."""
    return cluster(*(Key("name", each) for each in keys), name=name, **values)


# A rename

OLD, NEW = ("Technologie Wodorowe", "technologie wodorowe"), ("Dolina Północy", "dolina polnocy")
Listed = tuple[int, str]
"""Until when the status holds, and the round."""
DAYS = st.lists(st.tuples(UNTIL, ROUND), min_size=1, max_size=3)


@law
@given(before=DAYS, doubted=DAYS, after=DAYS)
def test_a_rename_accepted_late(before: list[Listed], doubted: list[Listed], after: list[Listed]) -> None:
    note(f"{before} as {OLD[0]}, {doubted} as {NEW[0]}, then accepted, {after}")
    days = [*before, *doubted, *after]
    times = [at(day + part) for day in range(len(days)) for part in (0, 0.5)]
    with a_desk(*SOURCES) as desk, a_desk(*SOURCES) as twin:
        for day, (until, round_) in enumerate(days):
            values = {"coordinator": "Fundacja", "status_until": f"{until}-12-17", "round": round_}
            old = day < len(before)
            if day == len(before) + len(doubted):
                assume([each["kind"] for each in desk.world.history.open_reviews()] == ["rename"])
                desk.judge(desk.number(), "accept")
            known = row(OLD[0], OLD[1], **values) if old else row(NEW[0], NEW[1], OLD[1], **values)
            unknown = row(OLD[0], OLD[1], **values) if old else row(NEW[0], NEW[1], **values)
            told = desk.visit(day, [*map(a_cluster, OTHERS), unknown])
            at_once = twin.visit(day, [*map(a_cluster, OTHERS), known])
            if day >= len(before) + len(doubted):
                assert told == at_once
        assert stood(desk.world, times) == stood(twin.world, times)
        assert shown(desk.world, times) == shown(twin.world, times)
        assert desk.open() == twin.open() == []


# A merge

ONE, OTHER = ("Klaster Wodór", "klaster wodor"), ("Śląska Sieć Wodorowa", "slaska siec wodorowa")
Both = tuple[bool, int, bool, str]
"""Whether the register lists the one, until when; whether the portal lists the other, its round."""
BOTH = st.lists(st.tuples(st.booleans(), UNTIL, st.booleans(), ROUND), min_size=1, max_size=3)


def both_were_listed(days: list[Both]) -> bool:
    return any(listed for listed, *_ in days) and any(on_portal for _, _, on_portal, _ in days)


def one_is_listed(days: list[Both]) -> bool:
    return days[0][0]


def visit(desk: Desk, day: int, both: Both, *, known: bool) -> list[str]:
    listed, until, on_portal, round_ = both
    keys = [ONE[1], OTHER[1]] if known else [ONE[1]]
    one = [row(ONE[0], *keys, status_until=f"{until}-12-17")] if listed else []
    other = [row(OTHER[0], OTHER[1], round=round_, region="śląskie")] if on_portal else []
    told = desk.visit(day, [*map(a_cluster, OTHERS), *one])
    return told + desk.visit(day + 0.25, [*map(a_cluster, OTHERS), *other], PORTAL)


@law
@given(before=BOTH.filter(both_were_listed), doubt=BOTH.filter(one_is_listed), after=BOTH)
def test_a_merge_accepted_late(before: list[Both], doubt: list[Both], after: list[Both]) -> None:
    note(f"{before} apart, {doubt} said to be one, then accepted, {after}")
    days = [*before, *doubt, *after]
    times = [at(day + part) for day in range(len(days)) for part in (0, 0.25, 0.5)]
    with a_desk(*SOURCES) as desk, a_desk(*SOURCES) as twin:
        for day, both in enumerate(days):
            if day == len(before) + len(doubt):
                assert [each["kind"] for each in desk.world.history.open_reviews()] == ["merge"]
                desk.judge(desk.number(), "accept")
            visit(desk, day, both, known=day >= len(before))
            visit(twin, day, both, known=True)
        assert stood(desk.world, times) == stood(twin.world, times)
        assert shown(desk.world, times) == shown(twin.world, times)


# Archived copies over verdicts

COPIED = st.lists(
    st.tuples(st.booleans(), st.integers(-9, 11), st.booleans(), UNTIL, ROUND), min_size=1, max_size=4
)
"""Copies: of the register or the portal, of which third of a day, whether the row is there, its values."""


def copy(on_portal: bool, third: int, listed: bool, until: int, round_: str) -> Copy:
    when = at(third / 3 + 0.1)
    if on_portal:
        source, its = PORTAL, row(*OTHER, round=round_)
    else:
        source, its = KKK, row(*ONE, status_until=f"{until}-12-17")
    rows = [*map(a_cluster, OTHERS), *([its] if listed else [])]
    return Copy(source, LIST, said(source.address.url, when, rows), "whole")


@law
@given(
    before=BOTH.filter(both_were_listed),
    doubt=BOTH.filter(one_is_listed),
    copied=COPIED,
    cut=st.integers(0, 3),
    verdict=st.sampled_from(["accept", "reject"]),
)
def test_archived_copies_before_or_after_a_verdict(
    before: list[Both], doubt: list[Both], copied: list[Any], cut: int, verdict: str
) -> None:
    note(f"{before} apart, {doubt} said to be one; copies {copied}")
    times = [at(day + part) for day in range(-3, 7) for part in (0, 0.25, 0.5, 0.75)]
    found = [copy(*each) for each in copied]
    with a_desk(*SOURCES) as desk, a_desk(*SOURCES) as twin:
        for each in (desk, twin):
            for day, both in enumerate((*before, *doubt)):
                visit(each, day, both, known=day >= len(before))
        bring(desk.world, found[:cut], hours=480)
        desk.judge(desk.number(), verdict)
        bring(desk.world, found[cut:], hours=744)
        bring(twin.world, found, hours=480)
        twin.judge(twin.number(), verdict)
        assert stood(desk.world, times) == stood(twin.world, times)
        assert desk.world.history.verify() == twin.world.history.verify() == []


@law
@given(
    before=BOTH.filter(both_were_listed),
    doubt=BOTH.filter(one_is_listed),
    copied=COPIED,
    cut=st.integers(0, 3),
)
def test_a_merge_undone_over_archived_copies(
    before: list[Both], doubt: list[Both], copied: list[Any], cut: int
) -> None:
    note(f"{before} apart, {doubt} said to be one; copies {copied}")
    times = [at(day + part) for day in range(-3, 7) for part in (0, 0.25, 0.5, 0.75)]
    found = [copy(*each) for each in copied]
    with a_desk(*SOURCES) as desk, a_desk(*SOURCES) as twin:
        for each in (desk, twin):
            for day, both in enumerate((*before, *doubt)):
                visit(each, day, both, known=day >= len(before))
        bring(desk.world, found[:cut], hours=480)
        number = desk.number()
        desk.judge(number, "accept")
        bring(desk.world, found[cut:], hours=744)
        merged, head = stood(desk.world, times), desk.world.history.head()
        if is_undone(desk, number):
            bring(twin.world, found, hours=480)
            assert stood(desk.world, times) == stood(twin.world, times)
        else:  # the copies corrected what the merge had joined
            assert (stood(desk.world, times), desk.world.history.head()) == (merged, head)


def is_undone(desk: Desk, number: int) -> bool:
    try:
        desk.judge(number, "undo")
    except UsageError:
        return False
    return True
