"""The pictures: spans of time from the change log, bars along a scale, the table that says the same."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from monitor.pages import index
from monitor.versions import DATES, Span, call_spans, status_spans, versions
from monitor.words import language
from monitor.years import Plot, Thing, plot
from storage.past import Spell
from tests.listed import call, cluster
from tests.published import assert_harmless, attributes
from tests.telling import START, site

DAY = date(2026, 11, 23)
POLISH = language("pl")


def said(field: str, value: str, day: float = 0, gone: float | None = None, rank: int = 1) -> Spell:
    """A value of a field, read some days after the first reading, and no more at `gone`."""
    over = None if gone is None else START + timedelta(gone)
    return Spell("x", field, value, "a", "list", rank, START + timedelta(day), gone_by=over)


def of_cluster(*spells: Spell) -> list[Span]:
    return status_spans(versions(spells, DATES["cluster"]))


def of_call(*spells: Spell) -> list[Span]:
    return call_spans(versions(spells, DATES["call"]))


def shown(*spans: Span, today: date | None = DAY, years: tuple[int, int] = (9, 9)) -> Plot:
    drawn = plot([Thing("A", None, spans, "good")], POLISH, today, years=years)
    assert drawn is not None
    return drawn


def test_a_new_round_begins_a_spell_of_the_status() -> None:
    spans = of_cluster(
        said("round", "VI", gone=9),
        said("status_until", "2025-12-17", gone=9),
        said("round", "VII", 9),
        said("status_until", "2028-12-17", 9),
    )
    assert [(span.round, span.end, span.former) for span in spans] == [
        ("VI", "2025-12-17", ()),
        ("VII", "2028-12-17", ()),
    ]
    assert [span.read for span in spans] == [date(2026, 11, 4), date(2026, 11, 13)]


def test_a_round_without_a_date_is_no_spell_and_lends_its_name_to_none() -> None:
    """The old list knew no dates; a better one began to speak years later."""
    (span,) = of_cluster(
        said("round", "I", rank=1), said("round", "V", 900, rank=0), said("status_until", "2024-12-31", 900)
    )
    assert (span.round, span.end, span.read) == ("V", "2024-12-31", date(2029, 4, 22))


def test_another_end_of_the_same_round_moves_it() -> None:
    (span,) = of_cluster(
        said("round", "VI"),
        said("status_until", "2025-12-17", gone=3),
        said("status_until", "2025-12-31", 3),
    )
    assert (span.end, span.former) == ("2025-12-31", ("2025-12-17",))


def test_a_call_keeps_the_deadlines_it_had_in_their_order() -> None:
    ends = ["2023-08-30", "2023-09-29", "2023-10-31"]
    rows = [said("closes", end, day, day + 1) for day, end in enumerate(ends[:2])]
    (span,) = of_call(said("opens", "2023-05-30"), said("closes", ends[2], 2), *rows)
    assert (span.start, span.end, span.former) == ("2023-05-30", ends[2], tuple(ends[:2]))
    many = [said("closes", f"2023-10-{day:02}", day, day + 1) for day in range(1, 20)]
    (span,) = of_call(*many, said("closes", "2023-10-20", 20))
    assert span.former == tuple(f"2023-10-{day}" for day in range(15, 20))
    assert of_call() == []


def test_a_source_of_lower_rank_moves_nothing() -> None:
    (span,) = of_call(
        said("closes", "2023-09-29", rank=0),
        said("closes", "2023-08-30", gone=2),
        said("closes", "2023-12-24", 2),
    )
    assert (span.end, span.former) == ("2023-09-29", ())


# The scale


def test_bars_are_as_long_as_what_they_tell_of() -> None:
    drawn = shown(
        Span("2026-01-01", "2026-06-30", START),
        Span("2026-07-01", "2026-12-31", START, former=("2026-09-30",)),
    )
    first, second = drawn.lines[0].bars
    assert (first.x, first.frays, first.tone, second.tone) == (0, "none", "past", "good")
    assert first.width == pytest.approx(100 * 181 / 365, abs=0.02)
    assert second.x == pytest.approx(first.width, abs=0.02)
    assert second.x + second.width == pytest.approx(100, abs=0.02)
    assert second.marks == pytest.approx([100 * 273 / 365], abs=0.02)
    assert drawn.today == pytest.approx(100 * 326 / 365, abs=0.02)


def test_an_unknown_side_is_frayed_and_begins_where_it_was_seen() -> None:
    (bar,) = shown(Span(None, "2028-12-31", START)).lines[0].bars
    assert (bar.x, bar.frays, bar.words) == (pytest.approx(1.0, abs=1.1), "start", "do 31 grudnia 2028")
    (bar,) = shown(Span("2026-01-01", None, START)).lines[0].bars
    assert (bar.x + bar.width, bar.frays) == (100, "end")
    (bar,) = shown(Span(None, "2022-08-28", START)).lines[0].bars  # it was over when it was first read
    assert (bar.frays, 0 < bar.width < 6) == ("start", True)


def test_what_lies_far_away_is_cut_or_left_out() -> None:
    drawn = shown(Span("2026-01-01", "9999-12-31", START), years=(2, 2))
    assert (drawn.lines[0].bars[0].frays, drawn.marks[-1].label) == ("end", "lip")
    drawn = shown(Span("1900-01-01", "1900-12-31", START), Span("2026-01-01", "2026-12-31", START))
    assert [bar.words for bar in drawn.lines[0].bars] == ["od 1 stycznia do 31 grudnia 2026"]


@pytest.mark.parametrize(
    ("start", "end", "labels"),
    [
        ("2026-10-05", "2026-12-20", ["paź", "lis", "gru"]),
        ("2025-11-01", "2026-12-20", ["lis", "2026", "kwi", "lip", "paź"]),
        ("2020-01-01", "2027-06-30", ["2020", "2021", "2022", "2023", "2024", "2025", "2026", "2027"]),
        ("2018-01-01", "2032-06-30", ["2018", "2020", "2022", "2024", "2026", "2028", "2030"]),
    ],
)
def test_the_scale_has_as_many_marks_as_fit_a_phone(start: str, end: str, labels: list[str]) -> None:
    marks = shown(Span(start, end, START)).marks
    assert [mark.label for mark in marks] == labels
    places = [mark.x for mark in marks]
    assert all(later - earlier >= 9 for earlier, later in pairwise(places))
    assert places[-1] <= 92


def test_dates_of_any_precision_have_a_place() -> None:
    (bar,) = shown(Span("2026", "2026-Q4", START)).lines[0].bars
    assert (bar.x, bar.width) == (0, 100)
    assert shown(Span("2026-02", "2026-02", START)).lines[0].bars[0].words == "luty 2026"


def test_what_has_no_bar_has_no_row_and_no_cells_and_widens_no_scale() -> None:
    long_ago, now = Span("2020-01-01", "2020-12-31", START), Span("2026-10-01", "2026-12-31", START)
    backwards = Span("2026-11-20", "2026-11-10", START)
    things = [
        Thing(name, None, (span,), "past")
        for name, span in zip("ABC", (long_ago, now, backwards), strict=True)
    ]
    drawn = plot(things, POLISH, DAY, years=(2, 2))
    assert drawn is not None
    assert [line.name for line in drawn.lines] == [cells.name for cells in drawn.table] == ["B"]
    assert [mark.label for mark in drawn.marks] == ["paź", "lis", "gru"]
    assert plot(things[::2], POLISH, DAY, years=(2, 2)) is None
    assert plot([things[2]], POLISH, None, years=(1, 1)) is None


def test_nothing_without_dates_and_no_today_for_what_is_over() -> None:
    assert plot([Thing("A", None, (), "past")], POLISH, DAY, years=(1, 1)) is None
    assert shown(Span("2020-01-01", "2020-12-31", START), today=None).today is None


# On the index


def test_the_index_has_a_bar_for_each_status_and_call() -> None:
    spells = {
        "cluster-1": [
            said("round", "VI", gone=1),
            said("status_until", "2025-12-17", gone=1),
            said("round", "VII", 1),
            said("status_until", "2028-12-17", 1),
        ],
        "call-1": [
            said("opens", "2026-09-16"),
            said("closes", "2026-10-28", gone=1),
            said("closes", "2026-11-28", 1),
        ],
    }
    clusters = [
        cluster(1, "A", round="VII", status_from=None, status_until="2028-12-17", holds="yes"),
        cluster(2, "B", status_from=None, status_until=None),
    ]
    tree = assert_harmless(index((), [*clusters, call(1, "N")], (), DAY, site(), spells=spells))
    assert attributes(tree, "//div[@class='plot']//svg[@role='img']/@aria-label") == [
        "runda VI, do 17 grudnia 2025",
        "runda VII, do 17 grudnia 2028",
        "od 16 września do 28 listopada 2026, wcześniej do 28 października 2026",
    ]
    cells = [
        [" ".join(cell.text_content().split()) for cell in row] for row in tree.xpath("//details//tbody/tr")
    ]
    assert cells == [
        ["A", "VI", "–", "17 grudnia 2025", "–"],
        ["A", "VII", "–", "17 grudnia 2028", "–"],
        ["N", "–", "16 września 2026", "28 listopada 2026", "28 października 2026"],
    ]
    assert len(tree.xpath("//line[@class='moved']")) == 2  # in the bar and in the legend


def test_the_index_shows_a_bounded_number_and_leads_to_the_rest() -> None:
    many = [cluster(number, f"K {number:03}") for number in range(1, 61)]
    calls = [call(number, f"N {number:03}") for number in range(1, 61)]
    spells = {row["entity"]: [said("status_until", "2025-12-17")] for row in many}
    spells |= {row["entity"]: [said("closes", "2026-11-28")] for row in calls}
    raw = index((), [*many, *calls], (), DAY, site(), spells=spells)
    tree = assert_harmless(raw)
    assert len(tree.xpath("//div[@class='plot']//li")) == 24 + 12
    for more in ("Na obrazie: 24 z 60.", "Na obrazie: 12 z 60."):
        assert more in " ".join(tree.text_content().split())


def test_where_names_are_long_the_index_shows_fewer_and_stays_small() -> None:
    long = "Śląski Klaster Żółtej Łączności " * 6
    many = [cluster(number, f"{number:03} {long}", coordinator=long) for number in range(1, 61)]
    calls = [call(number, f"{number:03} {long}") for number in range(1, 61)]
    spells = {row["entity"]: [said("status_until", "2025-12-17")] for row in many}
    spells |= {row["entity"]: [said("closes", "2026-11-28")] for row in calls}
    tree = assert_harmless(index((), [*many, *calls], (), DAY, site(), spells=spells))
    for part, most, least in (("//ul[@class='cards']/li", 20, 5), ("//div[@class='plot']//li", 36, 10)):
        assert least < len(tree.xpath(part)) < most


def test_of_a_status_that_changed_often_the_last_spells_are_drawn() -> None:
    rows = [cluster(1, "A", round=None, status_from=None, status_until="2028-12-17")]
    ends = [f"20{year}-12-17" for year in range(17, 29)]
    spells = [said("status_until", end, place, gone=place + 1) for place, end in enumerate(ends[:-1])]
    spells.append(said("status_until", ends[-1], len(ends) - 1))
    tree = assert_harmless(index((), rows, (), DAY, site(), spells={"cluster-1": spells}))
    drawn = attributes(tree, "//div[@class='plot']//svg[@role='img']/@aria-label")
    assert drawn == [f"do 17 grudnia 20{year}" for year in range(24, 29)]


def test_three_years_on_only_what_can_be_seen_is_listed_and_counted() -> None:
    later = DAY.replace(year=2029)
    clusters = [cluster(1, "A", round="VII", status_from=None, status_until="2028-12-17")]
    over = {"opens": "2026-09-16", "closes": "2026-10-28", "status": "closed"}
    calls = [call(1, "Dawny", **over), call(2, "Dawny też", **over)]
    new = call(3, "Nowy", opens="2029-10-01", closes="2029-12-01")
    spells = {"cluster-1": [said("round", "VII"), said("status_until", "2028-12-17")]}
    for row in (*calls, new):
        spells[row["entity"]] = [said("opens", row["opens"]), said("closes", row["closes"])]
    tree = assert_harmless(index((), [*clusters, *calls, new], (), later, site(), spells=spells))
    assert names_in(tree) == ["A", "Nowy"]
    assert "Na obrazie: 1 z 3." in " ".join(tree.text_content().split())
    tree = assert_harmless(index((), [*clusters, *calls], (), later, site(), spells=spells))
    assert (names_in(tree), tree.xpath("//*[@id='years-calls']")) == (["A"], [])
    assert "nabory z dwóch" in " ".join(tree.text_content().split())
    tree = assert_harmless(index((), calls, (), later, site(), spells=spells))
    assert not tree.xpath("//*[@id='years'] | //a[@href='#years']")


def names_in(tree: Any) -> list[str]:
    return [each.text_content() for each in tree.xpath("//div[@class='plot']//span[@class='name']")]


def test_without_a_date_there_is_no_picture() -> None:
    tree = assert_harmless(index((), [cluster(1, "A", status_from=None, status_until=None)], (), DAY, site()))
    assert not tree.xpath("//svg[@role='img'] | //*[@id='years'] | //a[@href='#years']")
