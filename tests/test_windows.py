"""Windows whose later pages were missed, and what is told of calls: facts, order, echoes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.telling import leading_first
from storage.records import Address, Change, Gone, Key, Missed, Record, Snapshot, article
from tests.world import CALLS, KKK, World, a_call, a_cluster, at, said, with_value

NEWS_URL = "https://www.parp.gov.pl/aktualnosci"
NEWS = replace(
    CALLS, id="news-parp", kind="article", details=None, addresses=(Address(NEWS_URL, "parp_news", "window"),)
)
OFERTA = a_call("oferta", title="Rozwój oferty", opens="2026-05-30", closes="2026-08-30")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def news(*numbers: int) -> list[Record]:
    return [article(Key("article", str(n)), title=f"Wiadomość {n}", published="2026-03-01") for n in numbers]


@pytest.mark.parametrize(
    ("missed", "state"),
    [
        (Missed(f"{NEWS_URL}?start=10", at(1), "timeout"), "failed"),
        (Missed(f"{NEWS_URL}?start=10", at(1), "layout"), "refused"),
        (Gone(f"{NEWS_URL}?start=10", at(1), "http-4xx"), "failed"),
    ],
    ids=lambda each: getattr(each, "reason", each),
)
def test_a_window_is_read_to_the_last_page_or_not_at_all(
    world: World, missed: Missed | Gone, state: str
) -> None:
    world.visit(NEWS, at(), news(1, 2))
    first = said(NEWS_URL, at(1), news(5, 6))
    assert world.take(NEWS, Snapshot(NEWS.id, at(1), NEWS_URL, "parp_news", (first, missed), False)) == []
    assert (world.last.state, world.last.reason) == (state, missed.reason)
    pages = (said(NEWS_URL, at(2), news(5, 6)), said(f"{NEWS_URL}?start=10", at(2), news(3, 4, 1)))
    told = world.take(NEWS, Snapshot(NEWS.id, at(2), NEWS_URL, "parp_news", pages, False))
    assert told == [f"appeared Wiadomość {n}" for n in (5, 6, 3, 4)]


def test_what_a_window_could_not_show_at_once_is_told_by_the_next_visits(world: World) -> None:
    def see(day: float, *pages: Sequence[int], unread: bool = False) -> list[str]:
        readings = tuple(
            said(f"{NEWS_URL}?start={place}", at(day), news(*numbers)) for place, numbers in enumerate(pages)
        )
        snapshot = Snapshot(
            NEWS.id, at(day), NEWS_URL, "parp_news", readings, False, unread=unread, requests=3
        )
        return [row.rpartition(" ")[2] for row in world.take(NEWS, snapshot)]

    see(0, [1, 2])
    assert see(3, [9, 8], [7, 6], unread=True) == ["9", "8", "7", "6"]
    assert (world.last.state, world.last.reason) == ("partial", "budget")
    assert see(4, [10, 9], [8, 7], [6, 5], unread=True) == ["10", "5"]
    assert see(5, [10, 9], [8, 7], [6, 5], [4, 3], [2, 1]) == ["4", "3"]
    assert world.last.state == "complete"
    assert {
        row["seen_after"] for row in world.history.changes() if row["name"] in ("Wiadomość 5", "Wiadomość 3")
    } == {"2026-03-02T06:20:00Z"}
    assert see(6, [11, 10], [9, 8]) == ["11"]
    assert world.history.changes()[-1]["seen_after"] == "2026-03-07T06:20:00Z"


def test_who_came_is_told_with_its_facts(world: World) -> None:
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza"), a_cluster("Zielona Chemia")])
    new = a_cluster("Interizon", status_until="2029-12-17")
    world.visit(KKK, at(1), [a_cluster("Dolina Lotnicza"), a_cluster("Zielona Chemia"), new])
    ((row,),) = world.last.changes
    assert dict(row.facts) == {"name": "Interizon", "status_until": "2029-12-17"}


def test_results_lead_before_the_status(world: World) -> None:
    def row(field: str) -> Change:
        return Change("changed", "call", "call-1", "Nabór", field, None, "x", None, at(), "calls-parp")

    assert [each.field for each in leading_first([row("status"), row("results")])] == ["results", "status"]


def test_a_moved_round_is_no_news_beside_the_date_of_the_card(world: World) -> None:
    tile = with_value(OFERTA, rounds=("2026-05-30/2026-08-30",))
    card = replace(OFERTA, detail=None)
    world.visit(CALLS, at(), [tile], cards={"oferta": [card]})
    moved = with_value(tile, rounds=("2026-05-30/2026-09-29",), closes="2026-09-29")
    told = world.visit(CALLS, at(1), [moved], cards={"oferta": [with_value(card, closes="2026-09-29")]})
    assert told == ["changed Rozwój oferty closes"]
    silent = [row["field"] for row in world.history.changes() if row["baseline"] and row["verb"] == "changed"]
    assert silent == ["rounds"]


def test_a_new_round_is_news_itself(world: World) -> None:
    tile = with_value(OFERTA, rounds=("2026-05-30/2026-08-30",))
    world.visit(CALLS, at(), [tile], cards={"oferta": "missed"})
    more = with_value(tile, rounds=("2026-05-30/2026-08-30", "2026-10-01/2026-11-30"))
    assert world.visit(CALLS, at(1), [more], cards={"oferta": "missed"}) == ["changed Rozwój oferty rounds"]
