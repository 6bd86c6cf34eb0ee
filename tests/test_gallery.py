"""Who is known, what touched them, and how they are tied."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from storage.gallery import Head, Tie
from storage.sealing import Run
from tests.deciding import Desk
from tests.town import NEWS, a_document, an_article
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

CALLED = ("call-1", "call-2")
THREE = [a_cluster("Alfa", round="VI"), a_cluster("Beta"), a_cluster("Gamma")]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Three clusters; a call with a document; news of it, that lost its link."""
    world = World.new(tmp_path)
    world.visit(KKK, at(), THREE)
    card = [a_call("x", card=True, title="Nabór"), a_document("Regulamin", "x")]
    world.visit(CALLS, at(), [a_call("x", title="Nabór"), a_call("y", title="Inny")], cards={"x": card})
    for hours, about in enumerate((["x", "y"], ["y"])):
        world.visit(NEWS, at(0, hours), [an_article(1, "Wieść", about=about, published="2026-03-02")])
    yield world
    world.history.close()


def test_all_are_known_by_their_names(world: World) -> None:
    world.visit(KKK, at(1), [a_cluster("„Alfa”", round="VI"), *THREE[1:]])
    with world.history.gallery() as gallery:
        known = {each.entity: each for each in gallery.titled}
    assert list(known) == [
        "article-1",
        "call-1",
        "call-2",
        "cluster-1",
        "cluster-2",
        "cluster-3",
        "document-1",
    ]
    alfa, wiesc = known["cluster-1"], known["article-1"]
    assert (alfa.name, alfa.former, alfa.number, alfa.became) == ("„Alfa”", ("Alfa",), 1, None)
    assert (wiesc.name, wiesc.published, wiesc.first_seen) == ("Wieść", "2026-03-02", at())


def test_ties_stand_or_stood(world: World) -> None:
    with world.history.gallery() as gallery:
        assert gallery.ties == [
            Tie("article-1", "call-1", stands=False),
            Tie("article-1", "call-2", stands=True),
            Tie("document-1", "call-1", stands=True),
        ]


def test_what_a_row_of_the_ledger_touched(world: World) -> None:
    with world.history.gallery() as gallery:
        before = gallery.head()
        assert gallery.touched(before.row) == set()
        assert gallery.touched(0) == {each.entity for each in gallery.titled}
    world.visit(KKK, at(1), [THREE[0], a_cluster("Beta", round="VI"), THREE[2], a_cluster("Delta")])
    with world.history.gallery() as gallery:
        assert gallery.touched(before.row) == {"cluster-2", "cluster-4"}
        assert gallery.holds(before)
        assert not gallery.holds(Head(before.row, "0" * 64))
        assert not gallery.holds(Head(before.row + 100, before.digest))
        assert gallery.sources() == ["calls-parp", "kkk-mr", "news-parp"]
        assert gallery.late_readings() == 0


class Reviewed(World):
    def run(self, now: datetime) -> Run:
        return replace(super().run(now), mode="review")


def test_a_reading_that_a_person_believed_came_late(tmp_path: Path) -> None:
    desk = Desk(Reviewed.new(tmp_path))
    eight = [a_cluster(f"Klaster {number}", status_until="2027-12-17") for number in range(8)]
    longer = [a_cluster(f"Klaster {number}", status_until="2030-12-17") for number in range(8)]
    desk.visit(0, eight)
    desk.visit(1, longer)
    number = desk.number()
    for verdict, late in (("accept", 2), ("undo", 1)):
        desk.judge(number, verdict)
        with desk.world.history.gallery() as gallery:
            assert gallery.late_readings() == late


def test_spells_of_dates_are_asked_alone(world: World) -> None:
    with world.history.gallery() as gallery:
        found = gallery.spells({"cluster-1", "cluster-2"}, {"round"})
    assert {entity: [spell.value for spell in spells] for entity, spells in found.items()} == {
        "cluster-1": ["VI"]
    }
