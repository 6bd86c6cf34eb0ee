"""Questions about the past: as of a day, as known then, what differs, one thing's timeline."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from storage.errors import UsageError
from storage.moments import EVERYTHING, Moment
from storage.questions import Questions
from storage.records import Missed
from tests.world import CALLS, KKK, LIST_URL, World, a_call, a_cluster, at

TWO = [a_cluster("Alfa", status_until="2026-03-10"), a_cluster("Beta", status_until="2099-12-31")]
LONGER = [a_cluster("Alfa", status_until="2028-12-31"), TWO[1]]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """2 March: two clusters; 3 March failed; 4 March: a third, a call; 12 March: Alfa longer, Gamma gone."""
    world = World.new(tmp_path)
    world.visit(KKK, at(), TWO)
    world.visit(KKK, at(1), fault=Missed(LIST_URL, at(1), "timeout"))
    world.visit(KKK, at(2), [*TWO, a_cluster("Gamma")])
    for day, closes in ((2, "2026-08-30"), (10, "2026-09-29")):
        world.visit(CALLS, at(day, 1), [a_call("rozwoj", title="Rozwój", opens="2026-05-30", closes=closes)])
    for day in (10, 11, 12):
        world.visit(KKK, at(day), LONGER)
    yield world
    world.history.close()


def day(number: int) -> Moment:
    """The end of a day of March 2026, asked in April."""
    return Moment.at_the_end_of(date(2026, 3, number), at(40))


def listed(asked: Questions, when: Moment, known: int | None = None) -> dict[str, str]:
    what = asked.knowledge(known) if known else EVERYTHING
    return {row["name"]: row["listed"] for row in asked.lists("cluster", when, what)}


def test_as_of_a_day_is_what_the_list_said_at_its_end(world: World) -> None:
    with world.history.asked() as asked:
        assert listed(asked, day(2)) == listed(asked, day(3)) == {"Alfa": "yes", "Beta": "yes"}
        assert listed(asked, day(4)) == {"Alfa": "yes", "Beta": "yes", "Gamma": "yes"}
        assert listed(asked, day(14)) == {"Alfa": "yes", "Beta": "yes", "Gamma": "no"}
        (alfa, *_) = asked.lists("cluster", day(11))
    assert (alfa["status_until"], alfa["holds"]) == ("2026-03-10", "no")
    assert (alfa["last_seen"], alfa["known_up_to"]) == ("2026-03-04T06:20:00Z", "2026-03-04T06:20:00Z")


def test_as_known_then_is_without_what_came_to_light_later(world: World) -> None:
    with world.history.asked() as asked:
        before = asked.knowledge(at(10, -1))
        then = asked.knowledge(at(10))
        early = {each["name"]: each["listed"] for each in asked.lists("cluster", day(12), before)}
        absent = {each["name"]: each["listed"] for each in asked.lists("cluster", day(12), then)}
        assert (early["Gamma"], absent["Gamma"]) == ("yes", "missing")
        assert asked.lists("cluster", day(12), before)[0]["known_up_to"] == "2026-03-04T06:20:00Z"
        assert asked.lists("cluster", day(12), then)[0]["status_until"] == "2028-12-31"


def test_what_was_seen_later_was_not_known_then(world: World) -> None:
    with world.history.asked() as asked:
        for what in (asked.knowledge(at(2)), asked.knowledge(at(11))):
            rows = asked.lists("cluster", day(14), what)
            assert rows
            assert [row["name"] for row in rows if row["last_seen"] > row["known_up_to"]] == []


def test_as_of_now_is_the_view(world: World) -> None:
    now = Moment.at_the_end_of(at(12).date(), at(12))
    with world.history.asked() as asked:
        for kind in ("cluster", "call"):
            assert asked.lists(kind, now) == world.history.rows(f"{kind}s", day="2026-03-14")


def differences(world: World, start: int, end: int) -> list[tuple[str | None, ...]]:
    with world.history.asked() as asked:
        rows = asked.diff(day(start), day(end))
    return [tuple(row[key] for key in ("name", "verb", "field", "old", "new")) for row in rows]


def test_diff_tells_in_out_and_changed(world: World) -> None:
    assert differences(world, 4, 14) == [
        ("Alfa", "changed", "status_until", "2026-03-10", "2028-12-31"),
        ("Gamma", "out", None, None, None),
        ("Rozwój", "changed", "closes", "2026-08-30", "2026-09-29"),
        ("Rozwój", "unknown", None, None, None),  # the schedule was last read on 12 March
    ]
    assert ("Gamma", "in", None, None, None) in differences(world, 2, 4)


def test_diff_says_what_lies_between_two_readings(world: World) -> None:
    assert ("Alfa", "unknown", "status_until", "2026-03-10", "2028-12-31") in differences(world, 4, 7)
    assert ("Alfa", "unknown", "status_until", "2026-03-10", "2028-12-31") in differences(world, 7, 12)
    assert ("Gamma", "unknown", None, None, None) in differences(world, 2, 3)
    assert differences(world, 3, 3) == []  # unknown as that day is, it does not differ from itself
    assert ("Gamma", "unknown", None, None, None) in differences(world, 4, 7)


@pytest.mark.parametrize("read_again", [10, 33], ids=["in the same month", "in the next month"])
@pytest.mark.parametrize(("old", "new"), [("pomorskie", None), (None, "pomorskie")], ids=["went", "came"])
def test_diff_does_not_know_what_happened_while_nobody_looked(
    tmp_path: Path, read_again: int, old: str | None, new: str | None
) -> None:
    world = World.new(tmp_path)
    for number, region in ((0, old), (2, old), (read_again, new)):
        world.visit(KKK, at(number), [a_cluster("Alfa", region=region), a_cluster("Beta")])
    start, between, end = (
        Moment.at_the_end_of(at(each).date(), at(50)) for each in (2, read_again - 4, read_again)
    )
    with world.history.asked() as asked:
        pairs = ((start, between), (between, end), (start, end))
        found = [(row["verb"], row["old"], row["new"]) for pair in pairs for row in asked.diff(*pair)]
    silent = [("unknown", None, None)] * 2  # each cluster, where the list was not read on the last day
    assert found == [("unknown", old, new), *silent, ("unknown", old, new), ("changed", old, new)]
    world.history.close()


def test_what_was_there_at_the_first_visit_of_its_source_is_unknown_before(world: World) -> None:
    assert ("Rozwój", "unknown", None, None, None) in differences(world, 2, 4)


def test_timeline_tells_changes_and_gaps(world: World) -> None:
    with world.history.asked() as asked:
        rows = asked.timeline("cluster-1")
    told = [(row["what"], row["verb"], row["after"], row["at"]) for row in rows]
    assert told[:4] == [
        ("change", "appeared", None, "2026-03-02T06:20:00Z"),
        ("gap", None, "2026-03-02T06:20:00Z", "2026-03-04T06:20:00Z"),
        ("gap", None, "2026-03-04T06:20:00Z", "2026-03-12T06:20:00Z"),
        ("change", "changed", "2026-03-04T06:20:00Z", "2026-03-12T06:20:00Z"),
    ]
    assert {row["known_up_to"] for row in rows} == {"2026-03-14T06:20:00Z"}


def test_timeline_notes_what_was_told_to_nobody(tmp_path: Path) -> None:
    world = World.new(tmp_path)
    world.visit(KKK, at(), [a_cluster("Zielona Chemia"), *TWO])
    world.visit(KKK, at(1), [a_cluster('ZIELONA  "Chemia"'), *TWO])
    world.visit(KKK, at(2), TWO)
    world.visit(KKK, at(3), [a_cluster('ZIELONA  "Chemia"'), *TWO])
    with world.history.asked() as asked:
        noted = [row for row in asked.timeline("cluster-1") if row["what"] == "noted"]
    assert [(row["verb"], row["field"], row["old"], row["new"]) for row in noted] == [
        ("changed", "name", "Zielona Chemia", 'ZIELONA  "Chemia"'),
        ("disappeared", None, None, None),
        ("returned", None, None, None),
    ]


def test_former_names_lead_to_the_thing(tmp_path: Path) -> None:
    world = World.new(tmp_path)
    for number, title in enumerate(("Dawny tytuł", "Nowy tytuł")):
        world.visit(CALLS, at(number), [a_call("rozwoj", title=title)])
    with world.history.asked() as asked:
        assert {name for _, name in asked.names()} == {"Dawny tytuł", "Nowy tytuł"}


def test_a_merged_id_answers_with_what_it_became(world: World) -> None:
    import sqlite3

    with sqlite3.connect(world.history.where) as raw:
        raw.execute("UPDATE entity SET merged_into = 'cluster-2' WHERE id = 'cluster-1'")
        raw.execute("UPDATE entity SET merged_into = 'cluster-3' WHERE id = 'cluster-2'")
    with world.history.asked() as asked:
        assert [asked.became(each) for each in ("cluster-1", "cluster-3", "cluster-9")] == [
            "cluster-3",
            "cluster-3",
            None,
        ]
        assert {row["verb"] for row in asked.timeline("cluster-3")} >= {"appeared", "changed", "disappeared"}


def test_coverage_counts_gaps_and_days(world: World) -> None:
    rows = {row["source"]: row for row in world.history.rows("coverage")}
    kkk = rows["kkk-mr"]
    assert (kkk["first_visit"], kkk["known_up_to"]) == ("2026-03-02T06:20:00Z", "2026-03-14T06:20:00Z")
    assert (kkk["complete_visits"], kkk["days_observed"]) == (5, 5)
    gaps = [row for row in world.history.rows("gaps") if row["source"] == "kkk-mr" and row["until"]]
    assert [(row["since"][:10], row["until"][:10], row["hours"], row["missed"]) for row in gaps] == [
        ("2026-03-02", "2026-03-04", 48.0, 1),
        ("2026-03-04", "2026-03-12", 192.0, 0),
    ]


def test_a_source_that_never_answered_was_never_observed(tmp_path: Path) -> None:
    world = World.new(tmp_path)
    for number in (0, 1):
        world.visit(KKK, at(number), fault=Missed(LIST_URL, at(number), "timeout"))
    (row,) = world.history.rows("coverage")
    assert (row["known_up_to"], row["complete_visits"], row["gaps"], row["share"]) == (None, 0, 1, 0)
    (gap,) = world.history.rows("gaps")
    assert (gap["since"][:10], gap["until"], gap["missed"]) == ("2026-03-02", None, 2)
    assert row["longest_gap_hours"] == gap["hours"]
    world.visit(KKK, at(2), TWO)
    assert world.history.rows("gaps")[0]["until"] == "2026-03-04T06:20:00Z"
    assert world.history.rows("gaps")[0]["missed"] == 2


# What cannot be asked


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("list clusters --as-of 9999-01-01", "has not come yet"),
        ("list clusters --as-of 2026-03-01", "before the first visit"),
        ("list clusters --as-of march", "is no day"),
        ("list clusters --as-of 0001-01-01", "--as-of '0001-01-01' is no day"),
        ("list calls --known-at 99", "no row 99"),
        ("list calls --known-at yesterday", "--known-at 'yesterday' is no day or time"),
        ("list calls --known-at 9999-12-31T23:59-14:00", "is no day or time"),
        ("list calls --known-at 9998-01-01", "has not come yet"),
        ("list calls --known-at 2020-01-01", "nothing was known"),
        ("diff 2026-03-04 2026-03-02", "lies after"),
        ("diff 2026-03-01 2026-03-02", "before the first visit"),
        ("diff 2026-03-01 2026-03-01", "before the first visit"),
        ("timeline Delta", "nothing is known"),
        ("timeline \udcb3\udcf3", r"'\udcb3\udcf3' is no text in UTF-8"),
        ("timeline a", "may mean 3 things: cluster-1 (Alfa), cluster-2 (Beta), cluster-3 (Gamma)"),
        ("changes --after 999", "unknown cursor 999: this history ends at"),
        ("changes --after 1@00000000", "unknown cursor 1@00000000: change 1 of this history is another one"),
        ("changes --after -1", "--after '-1' is no cursor"),
        ("changes --limit 9223372036854775808", "--limit"),
        ("changes --field deadline", "no such field; there are about, announced,"),
        ("changes --source kkk", "no such source; `klastry sources` prints them"),
        ("changes --since 2026-03-04 --until 2026-03-02", "--since 2026-03-04 lies after --until 2026-03-02"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    words: str, said: str, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KLASTRY_MONITOR__DATABASE", world.history.where)
    assert main(words.split()) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert said in error


def test_commands_answer(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KLASTRY_MONITOR__DATABASE", world.history.where)

    def asked(words: str) -> list[dict[str, Any]]:
        assert main([*words.split(), "--format", "json"]) == 0, capsys.readouterr().err
        rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return rows

    assert [row["name"] for row in asked("list clusters --as-of 2026-03-11 --holding")] == ["Beta"]
    assert [row["name"] for row in asked("list clusters --as-of 2026-03-14 --holding")] == ["Alfa", "Beta"]
    assert [row["listed"] for row in asked("list clusters --known-at 2026-03-12")][2] == "missing"
    assert {row["verb"] for row in asked("diff 2026-03-04 2026-03-14")} == {"changed", "unknown", "out"}
    assert asked("timeline alfa")[0]["verb"] == "appeared"
    assert [row["source"] for row in asked("coverage")] == ["calls-parp", "kkk-mr"]


def test_each_answer_says_until_when_it_holds(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KLASTRY_MONITOR__DATABASE", world.history.where)
    assert main(["list", "clusters", "--format", "table"]) == 0
    assert capsys.readouterr().out.endswith("\nknown up to 2026-03-14T06:20:00Z\n")
    assert main(["diff", "2026-03-04", "2026-03-14", "--format", "table"]) == 0
    assert capsys.readouterr().out.endswith("\nknown up to 2026-03-12T07:20:00Z to 2026-03-14T06:20:00Z\n")


def test_a_day_to_come_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-03-02"):
        Moment.at_the_end_of(date(2026, 3, 3), at())
