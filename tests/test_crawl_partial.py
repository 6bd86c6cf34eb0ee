"""Half-believed visits, made by the real command: what is shown is taken, what is missing waits."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from e2e import Done, Site, World, html
from e2e_pages import KKK, KKK_CALL, NAMES, TILES, card_url, healthy, kkk_page, later

NEW = "Nowy klaster na liście: Śląski Klaster Lotniczy – status do 17 grudnia 2025"
MOVED = f"Termin naboru przesunięty: {TILES[0][1]} – z 4 na 11 grudnia 2026"
HALF = (*NAMES[:6], "Śląski Klaster Lotniczy")


@dataclass(frozen=True)
class Day:
    done: Done
    states: dict[str, str]
    told: list[str]
    waiting: int


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("partial")
    with World(folder, healthy(), "[source.kkk-mr]\nat_least = 5\n") as world:
        yield world


@pytest.fixture(scope="module")
def days(world: World) -> list[Day]:
    """Well; half a register and a broken card; still half, and the card mended; well."""
    moved = {card_url(KKK_CALL): later()[card_url(KKK_CALL)]}
    broken: Site = {KKK: kkk_page(HALF), card_url(KKK_CALL): html("", status=500)}
    sites: tuple[Site, ...] = ({}, broken, moved, {KKK: later()[KKK]})
    days = []
    for number, site in enumerate(sites):
        world.show(site)
        done = world.crawl("kkk-mr", "calls-parp", hours=2 * number)
        waiting = len(world.rows("SELECT * FROM review WHERE ended IS NULL"))
        days.append(Day(done, world.states(), world.told()[1:], waiting))
    return days


def test_a_card_that_failed_is_partial_and_told_once_when_it_is_read(days: list[Day]) -> None:
    assert days[1].done.code == 3
    assert [day.states["calls-parp"] for day in days] == [
        "complete",
        "partial http-5xx",
        "complete",
        "unchanged",
    ]
    assert [MOVED in day.told for day in days] == [False, False, True, True]


def test_a_register_cut_to_half_is_held_and_what_it_adds_is_told(days: list[Day], world: World) -> None:
    assert [days[1].states["kkk-mr"], days[1].told, days[1].waiting] == ["partial list-shrunk", [NEW], 1]
    assert days[2].waiting == 1
    assert (days[3].done.code, days[3].states["kkk-mr"], days[3].waiting) == (0, "complete", 0)
    assert days[3].told == [NEW, MOVED]
    assert {row[0] for row in world.rows("SELECT listed FROM clusters")} == {"yes"}
    assert world.rows("SELECT * FROM spell WHERE field = '' AND gone_by IS NOT NULL") == []
    assert world.sound()


def test_what_is_held_stays_partial_while_the_list_is_unchanged(days: list[Day]) -> None:
    assert (days[2].done.code, days[2].states["kkk-mr"]) == (3, "partial list-shrunk")
