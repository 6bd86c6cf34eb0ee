"""What many records do at once is doubted, and what may well happen is not."""

from datetime import timedelta
from pathlib import Path

import pytest

from pipelines import mass
from storage.errors import MassChange, PageDecode, PageFault
from storage.records import Key, Record, call
from tests.world import CALLS, KKK, World, a_call, a_cluster, at


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def calls(*slugs: str) -> list[Record]:
    return [a_call(slug, title=f"Nabór {slug}") for slug in slugs]


def other_window(world: World, hours: float) -> str | None:
    """The reason of a visit that finds a window without a row in common, so many hours later."""
    world.visit(CALLS, at(), calls("a", "b", "c"))
    world.visit(CALLS, at(hours=hours), calls("x", "y", "z"))
    return world.last.reason


def test_a_window_with_nothing_in_common_within_a_day_is_another_page(world: World) -> None:
    assert other_window(world, 23) == "mass-change"
    assert world.last.changes == ()


def test_after_a_long_silence_a_window_may_show_only_new_rows(world: World) -> None:
    assert other_window(world, 25) is None
    assert len(world.last.changes) == 3


def test_time_alone_does_not_take_a_doubt_away(world: World) -> None:
    other_window(world, 2)
    world.visit(CALLS, at(days=3), calls("x", "y", "z"))
    assert world.last.reason == "mass-change"
    world.visit(CALLS, at(days=4), calls("a", "b", "c"))
    assert (world.last.state, len(world.last.settled)) == ("complete", 1)


def test_two_rows_may_be_new_at_any_time(world: World) -> None:
    world.visit(CALLS, at(), calls("a", "b"))
    assert len(world.visit(CALLS, at(hours=1), calls("x", "y"))) == 2


def test_a_window_may_grow_but_not_flood(world: World) -> None:
    few = calls(*(f"n{number}" for number in range(20)))
    world.visit(CALLS, at(), few)
    many = [*calls(*(f"n{number}" for number in range(20, 71))), *few]
    world.visit(CALLS, at(hours=1), many)
    assert world.last.reason == "mass-change"
    world.visit(CALLS, at(hours=2), many[1:])
    assert (world.last.state, len(world.last.changes)) == ("complete", 50)


@pytest.mark.parametrize(
    ("before", "came", "reason"),
    [
        (7, 9, None),
        (12, 10, None),
        (20, 10, None),
        (12, 40, "mass-change"),
        (20, 15, "mass-change"),
        (30, 15, None),
    ],
)
def test_a_register_may_grow_by_a_round(world: World, before: int, came: int, reason: str | None) -> None:
    """Of the clusters' register the greatest growth known is from 7 to 16."""
    names = [f"Klaster {number}" for number in range(60)]
    world.visit(KKK, at(), [a_cluster(name) for name in names[:before]])
    world.visit(KKK, at(hours=1), [a_cluster(name) for name in names[: before + came]])
    assert (world.last.reason, len(world.last.changes)) == (reason, 0 if reason else came)


def test_a_list_that_loses_a_few_at_each_visit_is_held(world: World) -> None:
    names = [f"Klaster {number}" for number in range(12)]
    for hours in range(4):
        world.visit(KKK, at(hours=hours), [a_cluster(name) for name in names[2 * hours :]])
    assert world.last.reason == "list-shrunk"
    missing = [name for name, listed in world.clusters().items() if listed == "missing"]
    assert sorted(missing) == ["Klaster 0", "Klaster 1"]
    told = world.visit(KKK, at(days=4), [a_cluster(name) for name in names[6:]])
    assert told == []


def test_what_left_long_ago_does_not_count(world: World) -> None:
    names = [f"Klaster {number}" for number in range(12)]
    for days in range(4):
        world.visit(KKK, at(days=days), [a_cluster(name) for name in names[2:]])
    world.visit(KKK, at(days=9), [a_cluster(name) for name in names[4:]])
    assert (world.last.state, world.last.doubts) == ("complete", ())


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["Przemys?owy", "Bia?y", "Po?udnie", "Interizon"], "decode"),
        (["Przemys?owy", "Bia?y", "Czy warto?", "Interizon"], None),
        (["Przemys&lstrok;owy", "Bia&#322;y", "Po&#x142;udnie", "Interizon"], "decode"),
        (["R&D;", "B+R & firmy", "Interizon &amp; spółka"], None),
    ],
)
def test_names_that_show_how_they_were_spoilt(names: list[str], reason: str | None) -> None:
    records = [a_cluster(name) for name in names]
    if reason is None:
        mass.check_names(records)
        return
    with pytest.raises(PageDecode):
        mass.check_names(records)


def test_rows_of_other_names_at_one_address() -> None:
    rows = [call(Key("call-url", "https://a.test/1"), title=title) for title in ("A", "B", "C", "D")]
    with pytest.raises(PageFault, match="3 of 4 rows") as fault:
        mass.check_keys(rows)
    assert fault.value.reason == "duplicate"
    mass.check_keys([rows[0]] * 4)
    mass.check_keys([call(Key("number", "1"), Key("call-url", title), title=title) for title in "ABCD"])


def test_new_rows_at_hosts_never_met() -> None:
    addresses = [f"https://sklep.test/{number}" for number in range(3)]
    came = [call(Key("call-url", address), title=address, url=address) for address in addresses]
    with pytest.raises(PageFault, match=r"first sklep\.test") as fault:
        mass.check_links(came, 5, {"www.parp.gov.pl"})
    assert fault.value.reason == "link-host"
    mass.check_links(came, 6, {"www.parp.gov.pl"})
    mass.check_links(came, 5, {"www.parp.gov.pl", "sklep.test"})
    mass.check_links(
        [a_cluster(f"{number}", url=f"https://k{number}.test/") for number in range(9)], 9, {"x"}
    )


def test_a_register_replaced() -> None:
    mass.check_replacement(absent=6, unknown=6, before=12)
    with pytest.raises(MassChange):
        mass.check_replacement(absent=7, unknown=7, before=12)


def test_a_day_is_soon() -> None:
    assert timedelta(hours=24) == mass.SOON
