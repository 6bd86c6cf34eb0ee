"""What is told of values: schedule and card, rounds, editions, first words, conflicts."""

from dataclasses import replace
from pathlib import Path

import pytest

from storage.records import Key, document
from tests.world import CALLS, KKK, World, a_call, a_cluster, at, with_value

OFERTA = a_call("rozwoj-oferty", title="Rozwój oferty klastrów dla firm")
CARD = a_call(
    "rozwoj-oferty", card=True, title="Rozwój oferty klastrów dla firm", announced="2026-04-25",
    opens="2026-05-30", closes="2026-08-30", budget="66000000 PLN",
)  # fmt: skip
OTHER = a_call("edih", title="Współfinansowanie działań EDIH")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def test_a_call_announced_is_one_entry(world: World) -> None:
    world.visit(CALLS, at(), [OTHER], cards={"edih": []})
    told = world.visit(CALLS, at(1), [OTHER, OFERTA], cards={"rozwoj-oferty": [CARD]})
    assert told == ["appeared Rozwój oferty klastrów dla firm"]
    call = world.history.rows("calls")[1]
    assert (call["opens"], call["closes"], call["budget"]) == ("2026-05-30", "2026-08-30", "66000000 PLN")


def test_a_deadline_moved_and_moved_back_is_two_changes(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA], cards={"rozwoj-oferty": [CARD]})
    moved = with_value(CARD, closes="2026-09-29")
    assert world.visit(CALLS, at(1), None, cards={"rozwoj-oferty": [moved]}) == [
        "changed Rozwój oferty klastrów dla firm closes"
    ]
    row = world.history.changes()[-1]
    assert (row["old"], row["new"]) == ("2026-08-30", "2026-09-29")
    assert (row["seen_after"], row["seen_by"]) == ("2026-03-02T06:20:00Z", "2026-03-03T06:20:00Z")
    assert world.visit(CALLS, at(2), None, cards={"rozwoj-oferty": "unchanged"}) == []
    told = world.visit(CALLS, at(3), None, cards={"rozwoj-oferty": [CARD]})
    assert told == ["changed Rozwój oferty klastrów dla firm closes"]
    assert world.history.changes()[-1]["seen_after"] == "2026-03-04T06:20:00Z"


def test_several_fields_are_one_entry_led_by_the_deadline(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA], cards={"rozwoj-oferty": [CARD]})
    moved = with_value(CARD, closes="2026-09-29", budget="70000000 PLN")
    told = world.visit(CALLS, at(1), None, cards={"rozwoj-oferty": [moved]})
    assert told == [
        "changed Rozwój oferty klastrów dla firm closes",
        "changed Rozwój oferty klastrów dla firm budget",
    ]
    rows = world.history.changes()[-2:]
    assert rows[0]["entry"] == rows[1]["entry"]
    assert len({row.told_at for row in world.history.told() if row.told_at}) == 1


def test_the_card_outranks_the_schedule_and_a_conflict_is_shown_not_told(world: World) -> None:
    tile = with_value(OFERTA, closes="2026-08-30")
    world.visit(CALLS, at(), [tile], cards={"rozwoj-oferty": [CARD]})
    assert (
        world.visit(
            CALLS, at(1), [with_value(tile, closes="2026-09-15")], cards={"rozwoj-oferty": "unchanged"}
        )
        == []
    )
    call = world.listed("call", "2026-03-14")[0]
    assert (call["closes"], call["conflict"]) == ("2026-08-30", "closes")


def test_two_sources_that_disagree_do_not_flap(world: World) -> None:
    mine = replace(CALLS, id="mine", rank=5, details=None)
    world.visit(CALLS, at(), [with_value(OFERTA, closes="2026-08-30")], cards={"rozwoj-oferty": "missed"})
    for day in range(1, 6):
        said = with_value(OFERTA, closes=("2026-08-30", "2026-09-15")[day % 2])
        assert world.visit(mine, at(day), [said]) == []
    (call,) = world.listed("call", "2026-03-14")
    assert (call["closes"], call["conflict"]) == ("2026-08-30", "closes")


def test_a_card_missed_at_first_adds_what_it_says_in_silence(world: World) -> None:
    world.visit(CALLS, at(), [OTHER], cards={"edih": "missed"})
    assert world.last.state == "partial"
    told = world.visit(CALLS, at(1), [OTHER, OFERTA], cards={"rozwoj-oferty": "missed", "edih": []})
    assert told == ["appeared Rozwój oferty klastrów dla firm"]
    assert (world.last.state, world.last.reason, world.last.missed) == ("partial", "timeout", 1)
    assert world.visit(CALLS, at(2), None, cards={"rozwoj-oferty": [CARD]}) == []
    assert world.history.rows("calls")[1]["closes"] == "2026-08-30"


def test_a_field_first_printed_later_is_news(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA], cards={"rozwoj-oferty": [CARD]})
    results = with_value(CARD, results="2026-12-05")
    assert world.visit(CALLS, at(1), None, cards={"rozwoj-oferty": [results]}) == [
        "changed Rozwój oferty klastrów dla firm results"
    ]


def test_a_field_not_said_stands_and_a_field_said_empty_ends(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA], cards={"rozwoj-oferty": [CARD]})
    silent = a_call("rozwoj-oferty", card=True, title="Rozwój oferty klastrów dla firm", closes="2026-08-30")
    assert world.visit(CALLS, at(1), None, cards={"rozwoj-oferty": [silent]}) == []
    assert world.history.rows("calls")[0]["budget"] == "66000000 PLN"
    empty = with_value(silent, budget=None)
    told = world.visit(CALLS, at(2), None, cards={"rozwoj-oferty": [empty]})
    assert told == ["changed Rozwój oferty klastrów dla firm budget"]
    assert world.history.changes()[-1]["seen_by"] == "2026-03-04T06:20:00Z"
    assert world.history.rows("calls")[0]["budget"] is None


def test_cosmetic_differences_are_stored_and_not_told(world: World) -> None:
    world.visit(KKK, at(), [a_cluster("Klaster „Zielona Chemia”"), a_cluster("Dolina Lotnicza")])
    told = world.visit(KKK, at(1), [a_cluster('KLASTER "Zielona  Chemia".'), a_cluster("Dolina Lotnicza")])
    assert told == []
    assert world.history.rows("clusters")[0]["name"] == 'KLASTER "Zielona  Chemia".'
    assert len(world.history.rows("clusters")) == 2


def test_news_that_scroll_off_a_window_are_nothing(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA, OTHER], cards={"rozwoj-oferty": [CARD], "edih": []})
    for day in range(1, 9):
        assert world.visit(CALLS, at(day), [OTHER], cards={"rozwoj-oferty": "unchanged"}) == []
    assert [row["listed"] for row in world.history.rows("calls")] == ["yes", "yes"]


def test_a_call_is_lost_when_its_own_card_is_gone(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA, OTHER], cards={"rozwoj-oferty": [CARD], "edih": []})
    assert world.visit(CALLS, at(1), None, cards={"rozwoj-oferty": "gone"}) == []
    assert world.history.rows("calls")[0]["listed"] == "yes"  # the schedule still shows it
    assert world.visit(CALLS, at(2), [OTHER], cards={"rozwoj-oferty": "gone"}) == []
    assert world.history.rows("calls")[0]["listed"] == "missing"
    assert world.visit(CALLS, at(3), [OTHER], cards={"rozwoj-oferty": "gone"}) == [
        "disappeared Rozwój oferty klastrów dla firm"
    ]
    assert world.history.rows("calls")[0]["listed"] == "no"
    assert world.visit(CALLS, at(4), [OTHER], cards={"rozwoj-oferty": "gone"}) == []
    assert world.visit(CALLS, at(5), [OTHER], cards={"rozwoj-oferty": "gone"}) == []
    assert world.visit(CALLS, at(6), [OTHER], cards={"rozwoj-oferty": [CARD]}) == [
        "returned Rozwój oferty klastrów dla firm"
    ]


def test_a_next_round_is_told_as_a_round(world: World) -> None:
    first = a_call(
        "lab", title="INDUSTRYLAB", rounds=("2026-08-01/2026-09-30",), opens="2026-08-01", closes="2026-09-30"
    )
    first = with_derived(first)
    world.visit(CALLS, at(), [first, OTHER], cards={"lab": "missed"})
    second = with_derived(
        a_call(
            "lab",
            title="INDUSTRYLAB",
            rounds=("2026-10-01/2026-11-30",),
            opens="2026-10-01",
            closes="2026-11-30",
        )
    )
    told = world.visit(CALLS, at(1), [second, OTHER], cards={"lab": "unchanged"})
    assert told == ["changed INDUSTRYLAB rounds"]
    call = world.history.rows("calls")[0]
    assert call["rounds"] == '["2026-08-01/2026-09-30","2026-10-01/2026-11-30"]'
    assert (call["opens"], call["closes"]) == ("2026-08-01", "2026-11-30")
    assert world.visit(CALLS, at(2), [second, OTHER], cards={"lab": "unchanged"}) == []  # the month turned


def test_a_moved_end_of_a_round_is_told_as_a_deadline(world: World) -> None:
    tile = with_derived(
        a_call(
            "edih", title="EDIH", rounds=("2026-09-24/2026-10-28",), opens="2026-09-24", closes="2026-10-28"
        )
    )
    moved = with_derived(
        a_call(
            "edih", title="EDIH", rounds=("2026-09-24/2026-11-15",), opens="2026-09-24", closes="2026-11-15"
        )
    )
    world.visit(CALLS, at(), [tile], cards={"edih": "missed"})
    assert world.visit(CALLS, at(1), [moved], cards={"edih": "missed"}) == ["changed EDIH closes"]


def with_derived(record):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(record, derived=frozenset({"opens", "closes"}))


def test_a_new_edition_on_an_old_slug_is_another_call(world: World) -> None:
    old = with_value(CARD, opens="2025-05-30", closes="2025-08-30")
    world.visit(CALLS, at(), [OFERTA, OTHER], cards={"rozwoj-oferty": [old]})
    tile = with_value(OFERTA, opens="2026-09-16", closes="2026-11-04")
    assert world.visit(CALLS, at(1), [tile, OTHER], cards={"rozwoj-oferty": "missed"}) == []
    card = with_value(CARD, opens="2026-09-16", closes="2026-11-04")
    told = world.visit(CALLS, at(2), [tile, OTHER], cards={"rozwoj-oferty": [card]})
    assert told == ["appeared Rozwój oferty klastrów dla firm"]
    calls = [row for row in world.history.rows("calls") if row["title"].startswith("Rozwój")]
    assert [(row["opens"], row["closes"]) for row in calls] == [
        ("2025-05-30", "2025-08-30"),
        ("2026-09-16", "2026-11-04"),
    ]


def test_documents_of_a_card_come_with_it_and_later_ones_are_news(world: World) -> None:
    rules = document(Key("document", "regulamin"), title="Regulamin", url="https://www.parp.gov.pl/a.pdf")
    world.visit(CALLS, at(), [OTHER], cards={"edih": []})
    assert world.visit(CALLS, at(1), [OTHER, OFERTA], cards={"rozwoj-oferty": [CARD, rules]}) == [
        "appeared Rozwój oferty klastrów dla firm"
    ]
    replaced = with_value(rules, url="https://www.parp.gov.pl/b.pdf")
    assert world.visit(CALLS, at(2), None, cards={"rozwoj-oferty": [CARD, replaced]}) == [
        "changed Regulamin url"
    ]
    extra = document(Key("document", "lista"), title="Lista projektów", url="https://www.parp.gov.pl/c.pdf")
    told = world.visit(CALLS, at(3), None, cards={"rozwoj-oferty": [CARD, replaced, extra]})
    assert told == ["appeared Lista projektów"]
    assert [row["belongs_to"] for row in world.history.rows("documents")] == ["grant:rozwoj-oferty"] * 2


def test_the_same_field_changed_everywhere_is_refused_once_reviewed(world: World) -> None:
    world.visit(KKK, at(), [a_cluster(f"Klaster {n}", status_until="2025-12-17") for n in range(5)])
    changed = [a_cluster(f"Klaster {n}", status_until="2028-12-17") for n in range(5)]
    assert world.visit(KKK, at(1), changed) == []
    assert world.visit(KKK, at(2), changed) == []
    assert (world.last.state, world.last.reason) == ("refused", "mass-change")
    assert [review["kind"] for review in world.history.open_reviews()] == ["mass-change"]
    assert {row["status_until"] for row in world.history.rows("clusters")} == {"2025-12-17"}


def test_a_field_lost_by_many_is_a_changed_layout(world: World) -> None:
    world.visit(KKK, at(), [a_cluster(f"Klaster {n}", round="VI") for n in range(5)])
    assert world.visit(KKK, at(1), [a_cluster(f"Klaster {n}") for n in range(5)]) == []
    assert (world.last.state, world.last.reason) == ("refused", "layout")


def test_a_lost_letter_is_never_stored(world: World) -> None:
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza"), a_cluster("Interizon")])
    assert (
        world.visit(KKK, at(1), [a_cluster("Dolina Lotnicza"), a_cluster("Interizon"), a_cluster("�l�ski")])
        == []
    )
    assert world.last.reason == "decode"
