"""A loss is proved by the page that was read when the thing was first missed, and that page is sealed."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import evidence
from storage.citing import Capture
from storage.records import Gone, Key, Missed, Page, Record, Snapshot, document
from tests import archives
from tests.archives import FIFTH, GOV, GOV_2022, ROUND_5, day
from tests.backfilling import Place
from tests.deciding import Desk
from tests.world import CALLS, CARD, KKK, LIST_URL, World, a_call, a_cluster, at, said

NAMES = ("Dolina Lotnicza", "Zielona Chemia", "Fotonika i Światłowody", "Obróbka Metali", "Morski Pomorza",
         "Gospodarka Odpadowa", "Silesia Automotive", "Żywność Podkarpacka")  # fmt: skip
EIGHT = [a_cluster(name) for name in NAMES]
SEVEN = EIGHT[1:]
LATER = timedelta(seconds=20)
TOLD = [f"disappeared {NAMES[0]}"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def ask(world: World, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(world.history.where)) as raw, raw:
        return raw.execute(query).fetchall()


def losses(world: World) -> list[dict[str, Any]]:
    return [row for row in world.history.changes(limit=None) if row["verb"] == "disappeared"]


def cited(world: World, loss: dict[str, Any]) -> Capture:
    """The page that a loss is cited with, which is that of its evidence."""
    capture = world.history.cited([loss["id"]])[loss["id"]].capture
    assert capture is not None
    assert capture.sha256 == loss["evidence"]
    return capture


def body(world: World, capture: Capture) -> str:
    return world.history.body(capture.sha256).decode()


def altered(world: World, capture: Capture) -> list[str]:
    """What is found once the row of this page is altered."""
    assert world.history.verify() == []
    ask(world, f"UPDATE capture SET status = 201 WHERE at = '{capture.at:%Y-%m-%dT%H:%M:%SZ}'")
    return world.history.verify()


def test_a_loss_is_proved_by_the_first_list_without_it(world: World) -> None:
    world.visit(KKK, at(), EIGHT)
    world.visit(KKK, at(1), SEVEN)
    world.visit(KKK, at(2), None)
    assert world.visit(KKK, at(3), SEVEN) == TOLD
    (loss,) = losses(world)
    assert cited(world, loss).at == at(1)
    assert loss["url"] == LIST_URL
    assert "was altered after it was sealed" in " ".join(altered(world, cited(world, loss)))


def test_a_list_that_changed_again_meanwhile_proves_nothing_anew(world: World) -> None:
    world.visit(KKK, at(), EIGHT)
    world.visit(KKK, at(1), SEVEN)
    world.visit(KKK, at(2), [*SEVEN, a_cluster("Sieć Wodorowa")])
    assert world.visit(KKK, at(3), [*SEVEN, a_cluster("Bursztyn")]) == ["appeared Bursztyn", *TOLD]
    (loss,) = losses(world)
    assert cited(world, loss).at == at(1)
    assert altered(world, cited(world, loss))


def test_each_of_two_losses_has_its_own_page(world: World) -> None:
    world.visit(KKK, at(), EIGHT)
    world.visit(KKK, at(1), SEVEN)
    world.visit(KKK, at(2), SEVEN[1:])
    world.visit(KKK, at(3), None)
    world.visit(KKK, at(4), None)
    assert [cited(world, loss).at for loss in losses(world)] == [at(1), at(2)]


def test_of_a_list_on_two_pages_the_one_it_stood_on_proves_its_loss(world: World) -> None:
    for number in range(4):
        pages = (EIGHT[:4], EIGHT[4:] if number == 0 else EIGHT[5:])
        two_pages(world, number, *pages)
    (loss,) = losses(world)
    assert (cited(world, loss).at, loss["url"]) == (at(1) + LATER, f"{LIST_URL}?page=2")


def test_where_its_page_is_no_more_the_first_one_proves_a_loss(world: World) -> None:
    two_pages(world, 0, EIGHT[:7], EIGHT[7:])
    for number in range(1, 4):
        world.visit(KKK, at(number), EIGHT[:7])
    (loss,) = losses(world)
    assert loss["url"] == LIST_URL
    assert NAMES[7] not in body(world, cited(world, loss))


def two_pages(world: World, number: float, first: list[Record], second: list[Record]) -> None:
    """A visit of a register on two pages; the second is answered some seconds after the first."""
    pages = (
        said(LIST_URL, at(number), first),
        said(f"{LIST_URL}?page=2", at(number) + LATER, second),
    )
    world.take(KKK, Snapshot(KKK.id, at(number), LIST_URL, "kkk_list", pages, whole=True))


def test_a_document_that_left_is_proved_by_its_page_without_it(world: World) -> None:
    oferta = a_call("oferta", title="Oferta")
    card = a_call("oferta", card=True, title="Oferta", closes="2026-08-30")
    later = a_call("oferta", card=True, title="Oferta", closes="2026-09-30")
    rules = document(Key("document", "regulamin"), title="Regulamin", url="https://www.parp.gov.pl/a.pdf")
    world.visit(CALLS, at(), [oferta], cards={"oferta": [card, rules]})
    for number, said_then in ((1, [card]), (2, [card]), (3, [later])):
        world.visit(CALLS, at(number), None, cards={"oferta": said_then})
    (loss,) = losses(world)
    assert (cited(world, loss).at, loss["url"]) == (at(1), "https://www.parp.gov.pl/a.pdf")
    assert altered(world, cited(world, loss))


OFERTA, EDIH = a_call("oferta", title="Oferta"), a_call("edih", title="EDIH")
OFERTA_CARD = a_call("oferta", card=True, title="Oferta", closes="2026-08-30")


def no_longer(when: datetime, body: bytes = b"<h1>Nie ma takiej strony</h1>") -> Gone:
    """The answer that the page of the call is gone."""
    url = f"{CARD}oferta"
    page = Page(url, url, when, 404, {"content-type": "text/html"}, body)
    return Gone(url, when, "gone", "HTTP 404", page)


def visit(world: World, number: int, answer: Gone | list[Record] | str) -> list[str]:
    return world.visit(CALLS, at(number), [EDIH], cards={"oferta": answer, "edih": "unchanged"})


def test_the_first_answer_that_a_page_is_gone_proves_the_loss(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA, EDIH], cards={"oferta": [OFERTA_CARD], "edih": []})
    assert visit(world, 1, no_longer(at(1))) == []
    visit(world, 2, no_longer(at(2), b"<h1>Nie ma takiej strony</h1><p>Godzina 12:00</p>"))
    assert visit(world, 3, no_longer(at(3))) == ["disappeared Oferta"]
    (loss,) = losses(world)
    page = cited(world, loss)
    assert (page.at, page.status, page.address, loss["url"]) == (at(1), 404, f"{CARD}oferta", f"{CARD}oferta")
    assert body(world, page) == "<h1>Nie ma takiej strony</h1>"
    assert altered(world, page)


def test_of_a_page_that_was_there_again_the_next_answer_proves(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA, EDIH], cards={"oferta": [OFERTA_CARD], "edih": []})
    visit(world, 1, no_longer(at(1)))
    visit(world, 2, [OFERTA_CARD])
    for number in (3, 4, 5):
        visit(world, number, no_longer(at(number)))
    (loss,) = losses(world)
    assert cited(world, loss).at == at(3)


def test_of_an_answer_without_a_body_the_last_content_is_cited(world: World) -> None:
    world.visit(CALLS, at(), [OFERTA, EDIH], cards={"oferta": [OFERTA_CARD], "edih": []})
    for number in (1, 2, 3):
        visit(world, number, "gone")
    (loss,) = losses(world)
    page = cited(world, loss)
    assert (page.at, page.address, loss["url"]) == (at(), f"{CARD}oferta", f"{CARD}oferta")
    assert altered(world, page)


def test_what_proves_a_loss_is_never_dropped_for_newer_refusals(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.visit(CALLS, at(), [OFERTA, EDIH], cards={"oferta": [OFERTA_CARD], "edih": []})
    for number in (1, 2, 3):
        visit(world, number, no_longer(at(number)))
    monkeypatch.setattr(evidence, "REFUSED_KEPT", 1)
    for number in (4, 5, 6):
        answer = Page(LIST_URL, LIST_URL, at(number), 200, {}, f"<p>Przerwa {number}</p>".encode())
        missed = Missed(LIST_URL, at(number), "soft-404", "", answer)
        world.take(KKK, Snapshot(KKK.id, at(number), LIST_URL, "kkk_list", (missed,), False))
    kept = ask(world, "SELECT refused FROM capture WHERE refused IS NOT NULL ORDER BY id")
    assert kept == [("gone",), ("soft-404",)]
    assert world.history.verify() == []


def test_an_accepted_absence_is_proved_by_the_list_that_was_held(tmp_path: Path) -> None:
    desk = Desk(World.new(tmp_path))
    desk.visit(0, EIGHT)
    desk.visit(1, EIGHT[3:])
    desk.visit(2, EIGHT[4:])
    number = desk.number()
    desk.judge(number, "accept")
    proofs = {loss["name"]: cited(desk.world, loss).at for loss in losses(desk.world)}
    assert proofs == {**dict.fromkeys(NAMES[:3], at(1)), NAMES[3]: at(2)}
    desk.judge(number, "undo")
    assert altered(desk.world, cited(desk.world, losses(desk.world)[0]))


def test_an_archived_loss_is_proved_by_the_copy_without_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    gone, stays = FIFTH[0], FIFTH[1:]
    without = archives.of_gov([(ROUND_5, stays)])
    again = archives.of_gov([(ROUND_5, [*stays, "Sieć Wodorowa"])])
    url = GOV.format(unit="rozwoj-technologia")
    place.bring(
        GOV_2022,
        (url, day(2022, 3, 1), without),
        (url, day(2022, 4, 1), without),
        (url, day(2022, 5, 1), again),
    )
    with place.history() as history:
        world = World(history)
        proofs = {loss["name"]: cited(world, loss) for loss in losses(world)}
        assert proofs[gone].at == day(2022, 3, 1)
        for name, capture in proofs.items():
            assert name not in body(world, capture)
        assert altered(world, proofs[gone])


def test_a_copy_that_lists_it_is_no_proof_that_it_was_gone_after(tmp_path: Path) -> None:
    """Our next visit met the page as it knew it, so it kept nothing: what it knew proves the loss."""
    place = Place(tmp_path)
    url = GOV.format(unit="rozwoj-technologia")
    gone, stays = FIFTH[0], FIFTH[1:]
    without = archives.of_gov([(ROUND_5, stays)])
    place.visit((url, day(2023, 3, 1), without))
    place.visit((url, day(2023, 3, 9), without))
    place.bring((url, day(2023, 3, 5), archives.of_gov([(ROUND_5, FIFTH)])))
    with place.history() as history:
        world = World(history)
        (loss,) = losses(world)
        assert (loss["name"], loss["seen_by"]) == (gone, "2023-03-09T12:00:00Z")
        assert cited(world, loss).at == day(2023, 3, 1)
        assert world.history.verify() == []


@pytest.mark.parametrize("note", ["'{'", "'[]'", "'{\"proofs\":[99]}'", "'{\"proofs\":[1e999]}'", "NULL"])
def test_a_note_of_a_proof_that_is_altered_is_found(note: str, world: World) -> None:
    for number, records in enumerate((EIGHT, SEVEN, SEVEN, SEVEN)):
        world.visit(KKK, at(number), records)
    noted = ask(world, "SELECT id FROM ledger WHERE note LIKE '%proofs%'")
    assert len(noted) == 1
    ask(world, f"UPDATE ledger SET note = {note} WHERE note LIKE '%proofs%'")
    (finding,) = world.history.verify()
    assert f"ledger {noted[0][0]}: " in finding
