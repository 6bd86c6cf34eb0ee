"""Ends of intervals and rare turns: what rests, what is held, what resurfaces, what is gone."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from storage.records import Gone, Key, Missed, Record, Snapshot, article, document
from tests.world import CALLS, CARD, KKK, LIST_URL, World, a_call, a_cluster, at, page, said, with_value

NAMES = ("Dolina Lotnicza", "Zielona Chemia", "Fotonika i Światłowody", "Obróbka Metali", "Morski Pomorza",
         "Gospodarka Odpadowa", "Silesia Automotive", "Żywność Podkarpacka")  # fmt: skip
EIGHT = [a_cluster(name, round="VI", status_until="2027-12-17") for name in NAMES]
OFERTA = a_call("oferta", title="Rozwój oferty klastrów")
OTHER = a_call("edih", title="Działania EDIH")
OFERTA_CARD = a_call("oferta", card=True, title="Rozwój oferty klastrów", closes="2026-08-30")
SECOND_URL = f"{LIST_URL}?page=2"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def ask(world: World, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(world.history.where) as raw:
        return raw.execute(query).fetchall()


def two_pages(world: World, day: float, first: list[Record], second: list[Record] | None) -> list[str]:
    """A register on two pages; None: the second is missed."""
    one = said(LIST_URL, at(day), first)
    other = (
        said(SECOND_URL, at(day), second) if second is not None else Missed(SECOND_URL, at(day), "timeout")
    )
    snapshot = Snapshot(KKK.id, at(day), LIST_URL, "kkk_list", (one, other), second is not None)
    return world.take(KKK, snapshot)


def test_what_stood_on_a_missed_page_rests_and_can_still_be_lost(world: World) -> None:
    two_pages(world, 0, EIGHT[:4], EIGHT[4:])
    two_pages(world, 1, EIGHT[:4], None)
    assert (world.last.state, world.last.list) == ("partial", "some")
    assert set(world.clusters().values()) == {"yes"}
    two_pages(world, 2, EIGHT[:4], EIGHT[5:])
    assert world.clusters()[NAMES[4]] == "missing"
    two_pages(world, 3, EIGHT[:4], EIGHT[5:])
    assert two_pages(world, 4, EIGHT[:4], EIGHT[5:]) == [f"disappeared {NAMES[4]}"]
    row = world.history.changes()[-1]
    assert (row["seen_after"], row["seen_by"]) == ("2026-03-02T06:20:00Z", "2026-03-04T06:20:00Z")


def test_a_list_cut_off_is_read_in_full_at_the_next_visit(world: World) -> None:
    two_pages(world, 0, EIGHT[:4], EIGHT[4:])
    two_pages(world, 1, EIGHT[:4], None)
    assert ask(world, "SELECT key, version FROM page ORDER BY key") == [("list", None), ("list 2", 1)]
    two_pages(world, 2, EIGHT[:4], EIGHT[4:])
    assert ask(world, "SELECT key, version FROM page ORDER BY key") == [("list", 1), ("list 2", 1)]


def test_a_register_cut_off_at_first_is_no_baseline_yet(world: World) -> None:
    two_pages(world, 0, EIGHT[:4], None)
    assert two_pages(world, 1, EIGHT[:4], EIGHT[4:]) == []
    assert two_pages(world, 2, EIGHT[:4], [*EIGHT[4:], a_cluster("Sieć Wodorowa")]) == [
        "appeared Sieć Wodorowa"
    ]


def test_a_newcomer_was_lacked_by_the_last_whole_list(world: World) -> None:
    two_pages(world, 0, EIGHT[:4], EIGHT[4:7])
    two_pages(world, 1, EIGHT[:4], None)
    assert two_pages(world, 2, EIGHT[:4], EIGHT[4:]) == [f"appeared {NAMES[7]}"]
    assert world.history.changes()[-1]["seen_after"] == "2026-03-02T06:20:00Z"


def test_rows_held_keep_the_time_they_were_last_seen(world: World) -> None:
    world.visit(KKK, at(), EIGHT)
    for day in (1, 2):
        world.visit(KKK, at(day), EIGHT[3:])
    rows = {row["name"]: row for row in world.history.rows("clusters")}
    assert rows[NAMES[0]]["listed"] == "yes"
    assert rows[NAMES[0]]["last_seen"] == "2026-03-02T06:20:00Z"
    assert rows[NAMES[3]]["last_seen"] == "2026-03-04T06:20:00Z"


def test_a_visit_waits_for_a_person_as_long_as_absences_are_held(world: World) -> None:
    world.visit(KKK, at(), EIGHT)
    world.visit(KKK, at(1), EIGHT[3:])
    world.visit(KKK, at(2), None)
    assert (world.last.state, world.last.reason, world.last.list) == ("partial", "list-shrunk", "some")
    with sqlite3.connect(world.history.where) as raw:
        raw.execute("UPDATE review SET verdict = 'reject', ended = begun")
    world.visit(KKK, at(3), EIGHT[3:])
    assert (world.last.state, world.last.list) == ("complete", "whole")
    assert world.history.open_reviews() == []
    assert set(world.clusters().values()) == {"yes"}


def test_a_doubt_is_closed_only_by_a_whole_list_and_opened_anew(world: World) -> None:
    two_pages(world, 0, EIGHT[:4], EIGHT[4:])
    two_pages(world, 1, EIGHT[:1], EIGHT[4:])
    two_pages(world, 2, EIGHT[:1], None)
    assert len(world.history.open_reviews()) == 1
    two_pages(world, 3, EIGHT[:4], EIGHT[4:])
    two_pages(world, 4, EIGHT[:1], EIGHT[4:])
    assert ask(world, "SELECT verdict, ended IS NULL FROM review") == [("withdrawn", 0), (None, 1)]


def test_a_refused_mass_change_keeps_all_pages_and_is_withdrawn_when_it_is_over(world: World) -> None:
    changed = [with_value(each, status_until="2030-12-17") for each in EIGHT]
    two_pages(world, 0, EIGHT[:4], EIGHT[4:])
    two_pages(world, 1, changed[:4], changed[4:])
    assert world.last.reason == "mass-change"
    kept = ask(world, "SELECT page FROM capture WHERE refused = 'mass-change' ORDER BY page")
    assert kept == [("list",), ("list 2",)]
    two_pages(world, 2, EIGHT[:4], EIGHT[4:])
    assert ask(world, "SELECT kind, verdict FROM review") == [("mass-change", "withdrawn")]


def test_a_returned_call_was_gone_until_the_last_answer_that_said_so(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA, OTHER], cards={"oferta": [OFERTA_CARD]})
    for day in (1, 2, 3):
        world.visit(CALLS, at(day), [OTHER], cards={"oferta": "gone"})
    assert world.history.changes()[-1]["verb"] == "disappeared"
    assert world.history.changes()[-1]["url"] == f"{CARD}oferta"
    assert world.visit(CALLS, at(4), [OTHER], cards={"oferta": [OFERTA_CARD]}) == [
        "returned Rozwój oferty klastrów"
    ]
    row = world.history.changes()[-1]
    assert (row["seen_after"], row["seen_by"]) == ("2026-03-05T06:20:00Z", "2026-03-06T06:20:00Z")


def test_answers_that_a_page_is_gone_must_span_the_hours_themselves(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA, OTHER], cards={"oferta": [OFERTA_CARD]})
    for hour in (2, 4, 6, 8):
        world.visit(CALLS, at(hours=hour), [OTHER], cards={"oferta": "gone"})
    assert world.visit(CALLS, at(4), [OTHER], cards={"oferta": "missed"}) == []
    assert world.visit(CALLS, at(5), [OTHER], cards={"oferta": "gone"}) == [
        "disappeared Rozwój oferty klastrów"
    ]


def test_a_call_whose_page_was_taken_by_a_new_edition_is_not_lost(world: World) -> None:
    old = with_value(OFERTA_CARD, opens="2025-05-30", closes="2025-08-30")
    world.visit(CALLS, at(), [OFERTA, OTHER], cards={"oferta": [old]})
    new = with_value(OFERTA_CARD, opens="2026-09-16", closes="2026-11-04")
    assert world.visit(CALLS, at(1), [OFERTA, OTHER], cards={"oferta": [new]}) == [
        "appeared Rozwój oferty klastrów"
    ]
    for day in range(2, 8):
        assert world.visit(CALLS, at(day), [OFERTA, OTHER], cards={"oferta": [new]}) == []


def test_a_row_that_only_an_unread_card_can_explain_is_no_shrunken_list(world: World) -> None:
    old = with_value(OFERTA_CARD, opens="2025-05-30", closes="2025-08-30")
    world.visit(CALLS, at(), [OFERTA, OTHER], cards={"oferta": [old]})
    world.visit(CALLS, at(1), [with_value(OFERTA, opens="2026-09-16"), OTHER])
    assert (world.last.state, world.last.reason) == ("complete", None)
    assert len(world.history.rows("calls")) == 2


def test_a_card_with_lost_letters_is_missed_and_the_list_stands(world: World) -> None:
    world.visit(CALLS, at(), [OTHER], cards={"edih": []})
    broken = with_value(OFERTA_CARD, title="Rozw\ufffdj oferty")
    assert world.visit(CALLS, at(1), [OTHER, OFERTA], cards={"oferta": [broken]}) == [
        "appeared Rozwój oferty klastrów"
    ]
    assert (world.last.state, world.last.reason, world.last.missed) == ("partial", "decode", 1)
    assert ask(world, "SELECT refused FROM capture WHERE refused IS NOT NULL") == [("decode",)]


def test_a_value_that_resurfaces_has_the_ends_of_the_one_it_replaces(world: World) -> None:
    tile = with_value(OFERTA, budget="10000000 PLN")
    card = with_value(OFERTA_CARD, budget="12000000 PLN")
    world.visit(CALLS, at(), [tile, OTHER], cards={"oferta": [card]})
    world.visit(CALLS, at(1), None, cards={"oferta": "unchanged"})
    empty = with_value(card, budget=None)
    assert world.visit(CALLS, at(2), None, cards={"oferta": [empty]}) == [
        "changed Rozwój oferty klastrów budget"
    ]
    row = world.history.changes()[-1]
    assert (row["old"], row["new"]) == ("12000000 PLN", "10000000 PLN")
    assert (row["seen_after"], row["seen_by"]) == ("2026-03-03T06:20:00Z", "2026-03-04T06:20:00Z")


def test_a_moved_site_is_no_mass_change_and_no_news(world: World) -> None:
    old = [
        article(Key("article", str(n)), title=f"Nabór {n}", url=f"https://old.gov.pl/web/a/{n}")
        for n in range(6)
    ]
    news = replace(CALLS, id="news", kind="article", details=None)
    world.visit(news, at(), old)
    moved = [with_value(each, url=f"https://www.gov.pl/web/b/{n}") for n, each in enumerate(old)]
    assert world.visit(news, at(1), moved) == []
    assert world.last.state == "complete"
    assert world.history.rows("articles")[0]["url"] == "https://www.gov.pl/web/b/0"


def test_an_attachment_in_another_folder_is_another_attachment(world: World) -> None:
    rules = document(
        Key("document", "regulamin"), title="Regulamin", url="https://www.parp.gov.pl/108/regulamin.pdf"
    )
    world.visit(CALLS, at(), [OFERTA], cards={"oferta": [OFERTA_CARD, rules]})
    other = with_value(rules, url="https://www.parp.gov.pl/109/regulamin.pdf")
    assert world.visit(CALLS, at(1), None, cards={"oferta": [OFERTA_CARD, other]}) == [
        "changed Regulamin url"
    ]


def test_a_document_that_left_its_page_is_lost_after_two_days(world: World) -> None:
    rules = document(Key("document", "regulamin"), title="Regulamin", url="https://www.parp.gov.pl/a.pdf")
    world.visit(CALLS, at(), [OFERTA], cards={"oferta": [OFERTA_CARD, rules]})
    assert world.visit(CALLS, at(1), None, cards={"oferta": [OFERTA_CARD]}) == []
    assert world.visit(CALLS, at(2), None, cards={"oferta": "gone"}) == []
    assert world.visit(CALLS, at(3), None, cards={"oferta": [OFERTA_CARD]}) == ["disappeared Regulamin"]


def test_each_episode_of_refusals_keeps_its_first_and_its_last_body(world: World) -> None:
    for day in range(12):
        body = b"<html>Request Rejected %d</html>" % day
        fault = Missed(LIST_URL, at(day), "blocked-page", "F5", page(LIST_URL, at(day), body))
        world.visit(KKK, at(day), EIGHT, fault=None if day in (0, 6) else fault)
    kept = ask(world, "SELECT substr(at, 9, 2) FROM capture WHERE refused IS NOT NULL ORDER BY id")
    assert [int(row[0]) - 2 for row in kept] == [1, 5, 7, 11]


def test_a_printed_status_wins_over_the_dates(world: World) -> None:
    tile = replace(
        with_value(OFERTA, closes="2027-01-01", status="closed"), printed={"status": "Nabór zakończony"}
    )
    world.visit(CALLS, at(), [tile], cards={"oferta": "missed"})
    row = world.history.rows("calls", day="2026-06-01")[0]
    assert (row["status"], row["status_printed"]) == ("closed", "Nabór zakończony")


def test_a_lost_cluster_may_come_back_with_other_values_in_one_entry(world: World) -> None:
    world.visit(KKK, at(), EIGHT)
    for day in (1, 2, 3):
        world.visit(KKK, at(day), EIGHT[1:])
    told = world.visit(KKK, at(4), [with_value(EIGHT[0], status_until="2030-12-17"), *EIGHT[1:]])
    assert told == [f"returned {NAMES[0]}", f"changed {NAMES[0]} status_until"]
    rows = world.history.changes()[-2:]
    assert rows[0]["entry"] == rows[1]["entry"]
    assert [row["seen_after"] for row in rows] == ["2026-03-05T06:20:00Z", "2026-03-02T06:20:00Z"]


def test_two_sources_in_one_run_tell_a_newcomer_once(world: World) -> None:
    portal = replace(KKK, id="kkk-pi", rank=1)
    for source in (KKK, portal):
        world.visit(source, at(), EIGHT[:7])
    assert world.visit(portal, at(1), EIGHT) == [f"appeared {NAMES[7]}"]
    assert world.visit(KKK, at(1), EIGHT) == []
    assert len(world.clusters()) == 8


def test_a_gone_list_page_of_a_register_proves_no_absence(world: World) -> None:
    two_pages(world, 0, EIGHT[:4], EIGHT[4:])
    one = said(LIST_URL, at(1), EIGHT[:4])
    gone = Gone(SECOND_URL, at(1), "http-4xx", "404")
    world.take(KKK, Snapshot(KKK.id, at(1), LIST_URL, "kkk_list", (one, gone), False))
    assert (world.last.state, world.last.list) == ("partial", "some")
    assert set(world.clusters().values()) == {"yes"}


@pytest.mark.parametrize("known", [50, 800])
def test_a_visit_asks_the_database_a_bounded_number_of_questions(world: World, known: int) -> None:
    news = replace(CALLS, id="news", kind="article", details=None)
    rows = [
        article(Key("article", str(n)), title=f"Nabór {n}", url=f"https://parp.gov.pl/{n}")
        for n in range(known)
    ]
    world.visit(news, at(), rows)
    asked: list[str] = []
    listen = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(Engine, "before_cursor_execute", listen)
    try:
        assert world.visit(news, at(1), [with_value(rows[0], lead="Nowość"), *rows[1:]]) == [
            "changed Nabór 0 lead"
        ]
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert len(asked) < 48
