"""Archived copies brought into the history, in any order, beside visits of ours, in silence."""

from collections.abc import Callable, Iterable, Sequence
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import archives
from tests.archives import (
    ALL,
    FIFTH,
    GOV_2019,
    GOV_2022,
    GOV_2023,
    GOV_2026,
    MR_2016,
    PI_2015,
    PI_2016,
    SECOND,
    SIXTH,
    Answer,
    day,
)
from tests.backfilling import Place
from tests.lawful import laws

NewPlace = Callable[[], Place]


@pytest.fixture(scope="module")
def new_place(tmp_path_factory: pytest.TempPathFactory) -> NewPlace:
    folder = tmp_path_factory.mktemp("backfill")
    numbers = count()
    return lambda: Place(folder / str(next(numbers)))


@pytest.fixture(scope="module")
def whole(new_place: NewPlace) -> Place:
    place = new_place()
    assert place.bring(*ALL) == 0
    return place


def test_an_announcement_proves_no_absence(new_place: NewPlace) -> None:
    place = new_place()
    place.bring(GOV_2019)
    place.bring(MR_2016)
    before = place.listed(day(2019, 1, 1))
    place.bring((MR_2016[0], day(2018, 1, 1), archives.of_2016(SECOND[:5])))
    assert place.listed(day(2019, 1, 1)) == before
    assert len(before) == 9


# Any order, once


def test_the_order_of_files_does_not_matter(new_place: NewPlace, whole: Place) -> None:
    place = new_place()
    for answer in (GOV_2023, PI_2016, GOV_2019, GOV_2026, PI_2015, MR_2016, GOV_2022):
        place.bring(answer)
    assert place.spells() == whole.spells()
    assert place.verify() == []
    with place.history() as one, whole.history() as other:
        rows = [sorted(repr(_nameless(row)) for row in each.rows("clusters")) for each in (one, other)]
    assert rows[0] == rows[1]


def _nameless(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "entity"}


@laws(6)
@given(data=st.data())
def test_law_of_order(new_place: NewPlace, whole: Place, data: st.DataObject) -> None:
    order = data.draw(st.permutations(ALL))
    cuts = sorted(data.draw(st.lists(st.integers(1, len(order)), max_size=3)))
    place = new_place()
    for files in _cut(order, cuts):
        place.bring(*files)
    assert place.spells() == whole.spells()


def _cut(order: Sequence[Answer], cuts: Iterable[int]) -> list[Sequence[Answer]]:
    ends = [0, *cuts, len(order)]
    return [order[start:end] for start, end in pairwise(ends) if start < end]


def test_what_is_known_is_passed_over(new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> None:
    place = new_place()
    place.bring(*ALL)
    with place.history() as history:
        head, visits = history.head(), history.rows("visits")
    capsys.readouterr()
    assert place.bring(*ALL) == 0
    assert capsys.readouterr().out == (
        "kkk-pi: 0 of 2 archived pages are new\nkkk-mr: 0 of 5 archived pages are new\n"
    )
    with place.history() as history:
        assert (history.head(), history.rows("visits")) == (head, visits)


# Beside visits of ours


def test_archives_before_between_and_after_visits(new_place: NewPlace) -> None:
    late, early = new_place(), new_place()
    rounds = [(archives.ROUND_5, FIFTH[:-1]), (archives.ROUND_6, (*SIXTH, "Bydgoski Klaster Przemysłowy"))]
    between = (GOV_2026[0], day(2024, 5, 1), archives.of_gov(rounds))
    for place in (early, late):
        if place is early:
            place.bring(PI_2015, GOV_2019, GOV_2022)
        place.visit(GOV_2023)
        if place is early:
            place.bring(between)
        place.visit(GOV_2026)
        if place is late:
            place.bring(between)
            place.bring(GOV_2022, PI_2015)
            place.bring(GOV_2019)
    assert late.verify() == early.verify() == []
    assert late.spells() == early.spells()


def test_the_feed_stays_silent(new_place: NewPlace) -> None:
    place = new_place()
    assert place.visit(GOV_2023) == ()
    place.bring(PI_2015, GOV_2019, GOV_2022)
    with place.history() as history:
        assert history.told() == []
    assert [place.visit((GOV_2023[0], day(2026, 4, n), GOV_2023[2])) for n in (1, 2, 3, 4, 5)] == [()] * 5


def test_the_first_visit_after_archives_is_a_baseline(new_place: NewPlace) -> None:
    place = new_place()
    place.bring(GOV_2019, GOV_2022)
    told = [place.visit((GOV_2023[0], day(2026, 4, n), GOV_2023[2])) for n in (1, 2, 3, 4, 5)]
    assert told == [()] * 5
    with place.history() as history:
        lost = {row["name"]: row["listed"] for row in history.rows("clusters")}
    assert lost["Śląski Klaster Lotniczy"] == "no"


def test_the_timeline_begins_with_the_first_sight(new_place: NewPlace) -> None:
    place = new_place()
    place.visit(GOV_2023)
    place.bring(PI_2015)
    with place.history() as history, history.asked() as asked:
        rows = asked.timeline("cluster-1")
    assert [(row["at"][:10], row["what"], row["verb"], row["source"]) for row in rows[:2]] == [
        ("2015-11-03", "noted", "appeared", "kkk-pi"),
        ("2023-02-01", "change", "appeared", "kkk-mr"),
    ]


def test_identities_stay(new_place: NewPlace) -> None:
    place = new_place()
    place.visit(GOV_2023)
    query = "SELECT id, kind, number, begun FROM entity WHERE begun = 2 ORDER BY number"
    before = place.ask(query)
    place.bring(*ALL)
    assert place.ask(query) == before


def test_each_change_is_proved_and_told_by_its_own_reading(whole: Place) -> None:
    """Not by that of a later one brought in with it: its evidence, its address, its sentence."""
    changed = "verb IN ('changed', 'renamed') AND cause = 'backfill'"
    proof = "SELECT 1 FROM capture k WHERE k.at = seen_by AND k.sha256 = evidence AND k.address = url"
    assert whole.ask(f"SELECT id FROM change WHERE {changed}")
    assert whole.ask(f"SELECT id, seen_by, url FROM change WHERE {changed} AND NOT EXISTS ({proof})") == []
    of_it = "t.entity = c.entity AND t.seen_by = c.seen_by AND t.field = 'status_until'"
    together = f"SELECT 1 FROM change t WHERE {of_it}"
    extended = "SELECT seen_by, summary FROM change c WHERE summary LIKE 'Status przedłużony%'"
    assert whole.ask(extended)
    assert whole.ask(f"{extended} AND NOT EXISTS ({together})") == []
