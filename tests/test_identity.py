"""Who is who: aliases, possible renames, moved slugs; nothing is decided by similarity."""

from dataclasses import replace
from pathlib import Path

import pytest

from storage.records import Key, Record, cluster
from tests.world import CALLS, KKK, World, a_call, a_cluster, at, with_value

REST = [
    a_cluster("Klaster Dolina Lotnicza"),
    a_cluster("Śląski Klaster Lotniczy"),
    a_cluster("Wschodni Klaster ICT"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def test_an_alias_makes_a_rename_certain(world: World) -> None:
    world.visit(KKK, at(), [*REST, a_cluster("Klaster Obróbki Metali")])
    told = world.visit(KKK, at(1), [*REST, a_cluster("Evoluma Klaster Przemysłowy")])
    assert told == ["renamed Evoluma Klaster Przemysłowy name"]
    row = world.history.changes()[-1]
    assert (row["old"], row["new"]) == ("Klaster Obróbki Metali", "Evoluma Klaster Przemysłowy")
    assert len(world.history.rows("clusters")) == 4


def test_a_possible_rename_is_held_with_both_sides(world: World) -> None:
    old = a_cluster("Klaster Technologii Wodorowych", coordinator="Fundacja Wodór")
    new = a_cluster("Wodorowa Dolina Północy", coordinator="Fundacja „Wodór”")
    world.visit(KKK, at(), [*REST, old])
    for day in range(1, 6):
        assert world.visit(KKK, at(day), [*REST, new]) == []
    assert [review["kind"] for review in world.history.open_reviews()] == ["rename"]
    assert "Wodorowa Dolina Północy" not in world.clusters()
    assert world.clusters()["Klaster Technologii Wodorowych"] == "yes"
    assert world.visit(KKK, at(6), [*REST, old]) == []
    assert world.history.open_reviews() == []


def test_two_unlike_names_are_one_in_and_one_out(world: World) -> None:
    world.visit(KKK, at(), [*REST, a_cluster("Polski Klaster Aluminium")])
    assert world.visit(KKK, at(1), [*REST, a_cluster("NUTRIBIOMED Klaster")]) == [
        "appeared NUTRIBIOMED Klaster"
    ]
    assert world.clusters()["Polski Klaster Aluminium"] == "missing"


def test_the_same_row_twice_is_one_entity_with_the_later_status(world: World) -> None:
    twice = [a_cluster("NUTRIBIOMED Klaster", round="V", status_until="2024-12-31"),
             a_cluster("Klaster NUTRIBIOMED", round="VIII", status_until="2028-12-17")]  # fmt: skip
    world.visit(KKK, at(), [*REST, *twice])
    row = next(row for row in world.history.rows("clusters") if "NUTRI" in row["name"])
    assert (row["round"], row["status_until"]) == ("VIII", "2028-12-17")
    assert len(world.clusters()) == 4


def test_a_misprint_mended_is_changed_a_new_title_is_renamed(world: World) -> None:
    call = a_call("umiedzynarodowienie", title="Umiędzynardowienie Krajowych Klastrów Kluczowych")
    world.visit(CALLS, at(), [call], cards={"umiedzynarodowienie": "missed"})
    mended = with_value(call, title="Umiędzynarodowienie Krajowych Klastrów Kluczowych")
    told = world.visit(CALLS, at(1), [mended], cards={"umiedzynarodowienie": "missed"})
    assert told == ["changed Umiędzynarodowienie Krajowych Klastrów Kluczowych title"]
    other = with_value(call, title="Ekspansja zagraniczna klastrów")
    told = world.visit(CALLS, at(2), [other], cards={"umiedzynarodowienie": "missed"})
    assert told == ["renamed Ekspansja zagraniczna klastrów title"]


def test_a_record_with_keys_of_two_entities_merges_nothing(world: World) -> None:
    world.visit(KKK, at(), REST)
    both = cluster(
        Key("name", "klaster dolina lotnicza"),
        Key("name", "wschodni klaster ict"),
        name="Klaster Dolina Lotnicza",
    )
    assert world.visit(KKK, at(1), [both, *REST]) == []
    assert [review["kind"] for review in world.history.open_reviews()] == ["merge"]
    assert len(world.clusters()) == 3


def test_a_card_that_prints_the_number_of_another_call_speaks_of_its_own(world: World) -> None:
    def card(slug: str, number: str, closes: str) -> Record:
        keys = (Key("number", number), Key("grant", slug))
        return replace(
            a_call(slug, card=True, title=f"Nabór {slug}", number=number, closes=closes), keys=keys
        )

    rows = [a_call("alfa", title="Nabór alfa"), a_call("beta", title="Nabór beta")]
    alfa, beta = card("alfa", "FENG.01-001/26", "2026-08-30"), card("beta", "FENG.01-002/26", "2026-11-29")
    world.visit(CALLS, at(), rows, cards={"alfa": [alfa], "beta": [beta]})
    before = world.listed("call", "2026-03-10")
    wrong = card("beta", "FENG.01-001/26", "2026-11-30")
    told = world.visit(CALLS, at(1), rows, cards={"alfa": [alfa], "beta": [wrong]})
    assert set(told) == {"changed Nabór beta closes", "changed Nabór beta number"}
    assert world.listed("call", "2026-03-10")[0]["title"] == "Nabór alfa"
    assert [review["kind"] for review in world.history.open_reviews()] == ["merge"]
    world.visit(CALLS, at(2), rows, cards={"alfa": [alfa], "beta": [beta]})
    after = world.listed("call", "2026-03-10")
    told_of = ("last_seen", "known_up_to")
    assert [{**row, **dict.fromkeys(told_of)} for row in after] == [
        {**row, **dict.fromkeys(told_of)} for row in before
    ]
