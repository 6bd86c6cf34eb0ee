"""What is held back, and what a person's verdict makes of it; every verdict can be undone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import UsageError
from storage.moments import Moment
from storage.records import Key, Record, cluster
from tests.deciding import Desk
from tests.world import KKK, World, a_cluster, at, with_value

NAMES = ("Dolina Lotnicza", "Zielona Chemia", "Fotonika i Światłowody", "Obróbka Metali", "Morski Pomorza",
         "Gospodarka Odpadowa", "Silesia Automotive", "Żywność Podkarpacka")  # fmt: skip
EIGHT = [a_cluster(name, round="VI", status_until="2027-12-17") for name in NAMES]
OLD = a_cluster("Technologie Wodorowe", coordinator="Fundacja Wodór", status_until="2027-12-17")
NEW = a_cluster("Dolina Północy", coordinator="Fundacja „Wodór”", status_until="2029-12-17")
PROLONGED = [with_value(each, status_until="2030-12-17") for each in EIGHT]
DAYS = [at(day + 0.5) for day in range(7)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(World.new(tmp_path))


def shrunken(desk: Desk) -> int:
    """Three of eight are missing since day 1."""
    desk.visit(0, EIGHT)
    for day in (1, 2):
        desk.visit(day, EIGHT[3:])
    return desk.number()


def renamed(desk: Desk, day: float = 1) -> int:
    """A new name stands where an old one stood."""
    desk.visit(0, [*EIGHT, OLD])
    desk.visit(day, [*EIGHT, NEW])
    return desk.number()


def doubled(desk: Desk) -> int:
    """Two that one record says are one."""
    desk.visit(0, [*EIGHT[:3], a_cluster("Wodór", region="śląskie"), a_cluster("Wodór Śląski", round="V")])
    both = cluster(Key("name", "wodor"), Key("name", "wodor slaski"), name="Wodór", region="śląskie")
    desk.visit(1, [*EIGHT[:3], both, a_cluster("Wodór Śląski", round="V")])
    return desk.number()


def prolonged(desk: Desk) -> int:
    """The same field is another in all records."""
    desk.visit(0, EIGHT)
    desk.visit(1, PROLONGED)
    desk.visit(2, PROLONGED)
    return desk.number()


def test_accepted_absences_are_told_at_once_with_their_own_times(desk: Desk) -> None:
    number = shrunken(desk)
    assert desk.judge(number, "accept", "confirmed") == [f"disappeared {name}" for name in NAMES[:3]]
    rows = desk.world.history.changes()[-3:]
    assert {(row["seen_after"], row["seen_by"], row["cause"]) for row in rows} == {
        ("2026-03-02T06:20:00Z", "2026-03-03T06:20:00Z", "source")
    }
    assert [desk.world.clusters()[name] for name in NAMES[:4]] == ["no", "no", "no", "yes"]
    assert desk.open() == []
    assert desk.visit(3, EIGHT[3:]) == []
    assert desk.world.last.list == "whole"
    assert desk.visit(4, EIGHT) == [f"returned {name}" for name in NAMES[:3]]
    assert desk.world.history.changes()[-1]["seen_after"] == "2026-03-05T06:20:00Z"


def test_a_set_that_grew_is_gone_since_each_was_first_missed(desk: Desk) -> None:
    desk.visit(0, EIGHT)
    desk.visit(1, EIGHT[3:])
    desk.visit(2, EIGHT[4:])
    desk.judge(desk.number(), "accept")
    seen = {
        row["name"]: row["seen_by"][:10] for row in desk.world.history.changes() if row["verb"] != "appeared"
    }
    assert (seen[NAMES[0]], seen[NAMES[3]]) == ("2026-03-03", "2026-03-04")


def test_rejected_absences_are_not_asked_again(desk: Desk) -> None:
    assert desk.judge(shrunken(desk), "reject", "the page was broken") == []
    assert desk.visit(3, EIGHT[3:]) == []
    assert (desk.open(), desk.world.last.state) == ([], "complete")
    assert set(desk.world.clusters().values()) == {"yes"}
    (row,) = desk.world.history.reviews()
    assert (row["verdict"], row["reason"], row["kind"]) == ("reject", "the page was broken", "absence")


def test_an_undone_acceptance_is_retracted_and_waits_again(desk: Desk) -> None:
    number = shrunken(desk)
    before = desk.answers(*DAYS)
    desk.judge(number, "accept")
    assert desk.answers(*DAYS) != before
    assert desk.judge(number, "undo") == [f"retracted {name}" for name in NAMES[:3]]
    assert desk.answers(*DAYS) == before
    assert [row["verdict"] for row in desk.world.history.reviews()] == ["undone", None]
    assert [row["old"] for row in desk.world.history.changes()[-3:]] == [
        f"disappeared {n}" for n in NAMES[:3]
    ]
    assert desk.visit(3, EIGHT) == []
    assert desk.open() == []
    for day in (4, 5):
        desk.visit(day, EIGHT[1:])
    assert desk.visit(6, EIGHT[1:]) == [f"disappeared {NAMES[0]}"]


def test_an_undone_rejection_is_asked_again(desk: Desk) -> None:
    number = shrunken(desk)
    desk.judge(number, "reject")
    assert desk.judge(number, "undo") == []
    assert len(desk.open()) == 1
    desk.visit(3, EIGHT[3:])
    assert (desk.world.last.state, len(desk.open())) == ("partial", 1)


def test_what_later_readings_are_built_on_is_not_undone(desk: Desk) -> None:
    number = shrunken(desk)
    desk.judge(number, "accept")
    desk.visit(3, EIGHT)
    with pytest.raises(UsageError, match=r"can no longer be undone: change \d+ \(returned Dolina"):
        desk.judge(number, "undo")


def test_an_accepted_mass_change_has_the_time_of_its_page(desk: Desk) -> None:
    number = prolonged(desk)
    assert desk.judge(number, "accept") == [f"changed {name} status_until" for name in NAMES]
    rows = desk.world.history.changes()[-8:]
    assert {(row["seen_after"], row["seen_by"]) for row in rows} == {
        ("2026-03-02T06:20:00Z", "2026-03-03T06:20:00Z")
    }
    assert desk.visit(31, PROLONGED) == []
    assert desk.world.last.state == "complete"
    assert desk.open() == []


def test_a_large_round_that_is_accepted_is_told_with_the_time_of_its_page(desk: Desk) -> None:
    names = [f"Klaster {number}" for number in range(60)]
    desk.visit(0, [a_cluster(name) for name in names[:20]])
    assert desk.visit(1, [a_cluster(name) for name in names[:40]]) == []
    assert desk.visit(2, [a_cluster(name) for name in names[:40]]) == []
    assert len(desk.open()) == 1
    assert len(desk.judge(1, "accept")) == 20
    came = [row for row in desk.world.history.changes() if row["verb"] == "appeared" and not row["baseline"]]
    assert {(row["seen_after"], row["seen_by"]) for row in came} == {
        ("2026-03-02T06:20:00Z", "2026-03-03T06:20:00Z")
    }
    assert desk.visit(31, [a_cluster(name) for name in names[:40]]) == []


def test_a_rejected_mass_change_stays_refused(desk: Desk) -> None:
    desk.judge(prolonged(desk), "reject")
    desk.visit(3, PROLONGED)
    assert (desk.world.last.reason, desk.open()) == ("mass-change", [])


def test_an_undone_mass_change_is_refused_again(desk: Desk) -> None:
    number = prolonged(desk)
    before = desk.answers(*DAYS)
    desk.judge(number, "accept")
    desk.judge(number, "undo")
    assert desk.answers(*DAYS) == before
    desk.visit(31, PROLONGED)
    assert (desk.world.last.reason, len(desk.open())) == ("mass-change", 1)


def test_a_rename_that_is_held_is_told_as_one(desk: Desk) -> None:
    renamed(desk)
    said = desk.world.last.detail
    assert said == "held for a person: perhaps renamed: Technologie Wodorowe → Dolina Północy"


def test_an_accepted_rename_is_told_at_once_and_the_place_was_never_lost(desk: Desk) -> None:
    number = renamed(desk)
    desk.visit(2, [*EIGHT, with_value(NEW, region="pomorskie")])
    assert desk.judge(number, "accept") == ["renamed Dolina Północy name"]
    row = next(row for row in desk.world.history.rows("clusters") if row["name"] == "Dolina Północy")
    assert (row["entity"], row["listed"], row["region"]) == ("cluster-9", "yes", "pomorskie")
    assert row["status_until"] == "2029-12-17"
    told = [row for row in desk.world.history.changes() if row["verb"] == "renamed"]
    assert [(each["seen_after"], each["seen_by"]) for each in told] == [
        ("2026-03-02T06:20:00Z", "2026-03-03T06:20:00Z")
    ]
    assert desk.visit(3, [*EIGHT, with_value(NEW, region="pomorskie")]) == []
    assert (desk.world.last.list, desk.open()) == ("whole", [])


def test_a_rejected_rename_is_one_in_and_one_out(desk: Desk) -> None:
    number = renamed(desk)
    assert desk.judge(number, "reject") == ["appeared Dolina Północy"]
    assert desk.world.clusters()["Technologie Wodorowe"] == "missing"
    assert desk.world.history.changes()[-1]["seen_by"] == "2026-03-03T06:20:00Z"
    assert desk.visit(2, [*EIGHT, NEW]) == []
    assert desk.visit(3, [*EIGHT, NEW]) == ["disappeared Technologie Wodorowe"]
    assert desk.world.history.changes()[-1]["seen_by"] == "2026-03-03T06:20:00Z"


def test_what_was_taken_back_whole_still_says_until_when_it_is_known(desk: Desk) -> None:
    number = renamed(desk)
    desk.judge(number, "reject")
    desk.judge(number, "undo")
    with desk.world.history.asked() as asked:
        rows = asked.timeline("cluster-10")
    assert [(row["verb"], row["known_up_to"]) for row in rows] == [
        ("appeared", "2026-03-03T06:20:00Z"),
        ("retracted", "2026-03-03T06:20:00Z"),
    ]


def test_a_loss_that_is_certain_is_told_when_the_rename_is_rejected(desk: Desk) -> None:
    number = renamed(desk)
    for day in (2, 3):
        desk.visit(day, None)
    assert desk.judge(number, "reject") == ["appeared Dolina Północy", "disappeared Technologie Wodorowe"]


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_an_undone_rename_is_in_doubt_again(desk: Desk, verdict: str) -> None:
    number = renamed(desk)
    before = desk.answers(*DAYS)
    desk.judge(number, verdict)
    assert all(line.startswith("retracted") for line in desk.judge(number, "undo"))
    assert desk.answers(*DAYS) == before
    assert desk.visit(2, [*EIGHT, NEW]) == []
    assert len(desk.open()) == 1


def test_a_merge_leaves_one_and_the_next_list_is_at_peace_with_it(desk: Desk) -> None:
    number = doubled(desk)
    assert desk.judge(number, "accept", "the same network") == ["merged Wodór"]
    row = desk.world.history.changes()[-1]
    assert (row["old"], row["new"], row["cause"]) == ("cluster-5", "cluster-4", "human")
    merged = next(row for row in desk.world.history.rows("clusters") if row["entity"] == "cluster-4")
    assert (merged["region"], merged["round"], merged["listed"]) == ("śląskie", "V", "yes")
    assert len(desk.world.clusters()) == 4
    both = cluster(
        Key("name", "wodor"), Key("name", "wodor slaski"), name="Wodór", region="śląskie", round="V"
    )
    assert not any("appeared" in line for line in desk.visit(2, [*EIGHT[:3], both]))
    for day in (3, 4, 5):
        assert desk.visit(day, [*EIGHT[:3], both]) == []
    assert desk.open() == []


def test_a_merge_is_undone_even_later(desk: Desk) -> None:
    portal = replace(KKK, id="kkk-pi", rank=1)
    desk.sources = (KKK, portal)
    desk.visit(0, [*EIGHT[:3], a_cluster("Wodór")])
    desk.visit(0, [*EIGHT[:3], a_cluster("Wodór Śląski", round="V")], portal)
    both = cluster(Key("name", "wodor"), Key("name", "wodor slaski"), name="Wodór")
    desk.visit(1, [*EIGHT[:3], both])
    number = desk.number()
    desk.judge(number, "accept")
    desk.visit(2, [*EIGHT[:3], a_cluster("Wodór Śląski", round="VI")], portal)
    assert desk.judge(number, "undo") == ["retracted Wodór"]
    rows = {row["entity"]: row for row in desk.world.history.rows("clusters")}
    assert (rows["cluster-4"]["round"], rows["cluster-5"]["round"]) == (None, "VI")
    assert desk.visit(3, [*EIGHT[:3], a_cluster("Wodór Śląski", round="VI")], portal) == []


def test_the_timeline_of_a_merged_one_tells_nothing_twice(desk: Desk) -> None:
    desk.judge(doubled(desk), "accept")
    with desk.world.history.asked() as asked:
        rows = asked.timeline("cluster-4")
    told = [(row["at"][:10], row["what"], row["verb"], row["field"]) for row in rows if row["what"] != "gap"]
    assert told[:2] == [("2026-03-02", "change", "appeared", None)] * 2  # of each
    assert len(set(told[2:])) == len(told[2:])
    assert {row["verb"] for row in rows if row["what"] == "noted"} <= {"changed"}


def test_an_undone_merge_leaves_every_answer_as_before(desk: Desk) -> None:
    number = doubled(desk)
    before = desk.answers(*DAYS)
    desk.judge(number, "accept")
    assert desk.answers(*DAYS) != before
    desk.judge(number, "undo")
    assert desk.answers(*DAYS) == before
    assert desk.open() == ["merge cluster-4 = cluster-5"]


def test_a_rejected_merge_is_never_asked_again(desk: Desk) -> None:
    both: list[Record] = [cluster(Key("name", "wodor"), Key("name", "wodor slaski"), name="Wodór")]
    desk.judge(doubled(desk), "reject")
    assert len(desk.world.clusters()) == 5
    desk.visit(2, [*EIGHT[:3], *both])
    assert desk.open() == []


def test_each_verdict_is_one_row_of_the_ledger(desk: Desk) -> None:
    number = shrunken(desk)
    for verdict in ("accept", "undo"):
        desk.judge(number, verdict)
    history = desk.world.history
    assert [row["verdict"] for row in history.reviews()] == ["undone", None]
    assert history.reviews()[1]["opened_at"] == history.reviews()[0]["opened_at"]


@pytest.mark.parametrize(
    ("verdicts", "message"),
    [
        ([(9, "accept")], "there is no review 9"),
        ([(1, "undo")], "review 1 was never decided"),
        ([(1, "reject"), (1, "accept")], r"review 1 is closed already \(reject\)"),
        ([(1, "accept"), (1, "undo"), (1, "undo")], "review 1 is undone already"),
    ],
)
def test_what_cannot_be_decided_says_why(desk: Desk, verdicts: list[tuple[int, str]], message: str) -> None:
    shrunken(desk)
    *before, (number, verdict) = verdicts
    for each in before:
        desk.judge(*each)
    head = desk.world.history.head()
    with pytest.raises(UsageError, match=message):
        desk.judge(number, verdict)
    assert desk.world.history.head() == head


def test_a_verdict_is_told_after_what_was_told_before(desk: Desk) -> None:
    number = shrunken(desk)
    desk.now = -10
    desk.judge(number, "accept")
    told = [row.told_at for row in desk.world.history.told() if row.told_at]
    assert told == sorted(told)
    assert told[-1] - told[-2] == timedelta(seconds=1)


def test_before_a_merge_was_known_both_are_listed(desk: Desk) -> None:
    number = doubled(desk)
    desk.judge(number, "accept")
    desk.judge(number, "undo")
    day, history = Moment.at_the_end_of(at(6).date(), at(40)), desk.world.history
    with history.asked() as asked:
        newest = desk.newest_ledger()
        names = [
            [row["entity"] for row in asked.lists("cluster", day, asked.knowledge(ledger))]
            for ledger in (newest - 2, newest - 1, newest)
        ]
    assert [("cluster-4" in each, "cluster-5" in each) for each in names] == [
        (True, True),
        (True, False),
        (True, True),
    ]
