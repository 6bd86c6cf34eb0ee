"""The page of each cluster, call, article and document: what it says, and when it is drawn."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.portrait_page import Drawer
from storage.gallery import Titled
from storage.past import Spell
from storage.portrait import Logged, Portrait, Statement
from storage.records import Key, Missed, cluster
from tests.listed import titled
from tests.published import assert_harmless, attributes
from tests.telling import START, change
from tests.town import FEEDS, NEWS, Town, a_document, an_article, site, text, texts
from tests.world import CALLS, KKK, LIST_URL, a_call, a_cluster, at

MONDAY = date(2026, 3, 2)
HOSTILE = "<script>alert(1)</script>\x00{{ 7 * 7 }}"
FOUR = [a_cluster(name, round="VI", status_until="2027-12-17") for name in ("Alfa", "Beta", "Gamma", "Delta")]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return founded(tmp_path)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """The same town, drawn; nothing happens there any more."""
    town = founded(tmp_path_factory.mktemp("town"))
    town.draw(MONDAY)
    return town


def founded(folder: Path) -> Town:
    """Four clusters; a call with a document whose deadline moved; news of it."""
    town = Town.new(folder)
    town.visit(0, FOUR)
    town.world.visit(CALLS, at(), [a_call("y", title="Inny")])
    for day, closes in ((1, "2026-08-30"), (6, "2026-09-29")):
        card = a_call(
            "x", card=True, title="Rozwój oferty", opens="2026-05-30", closes=closes, budget="66000000 PLN"
        )
        rows = [a_call("x", title="Rozwój oferty", closes=closes), a_call("y", title="Inny")]
        town.world.visit(CALLS, at(day), rows, cards={"x": [card, a_document("Regulamin", "x")]})
    town.world.visit(NEWS, at(), [an_article(1, "Dawna wiadomość", published="2026-02-27")])
    news = an_article(2, "Rusza nabór", published="2026-03-05", lead="Wstęp.", text="Treść.", about=["x"])
    town.world.visit(NEWS, at(3), [news, an_article(1, "Dawna wiadomość", published="2026-02-27")])
    return town


# What a page says


def test_a_call_says_how_it_stands_what_it_was_and_how_we_know(seen: Town) -> None:
    tree = seen.page("call-2")
    assert text(tree, "//h1") == "Rozwój oferty"
    assert text(tree, "//p[@class='state']") == "planowany start za 89 dni"
    assert "Stan na 2 marca 2026. Ostatni udany odczyt źródła: 8 marca 2026." in text(tree)
    facts = texts(tree, "//table[@class='said']/tbody/tr")
    assert "termin składania wniosków 29 września 2026 Harmonogram PARP , od 8 marca 2026" in facts
    assert "start naboru 30 maja 2026 Harmonogram PARP , co najmniej od 3 marca 2026" in facts
    assert "budżet 66 mln zł Harmonogram PARP , co najmniej od 3 marca 2026" in facts
    assert texts(tree, "//div[@class='plot']//li/span[@class='name']") == [
        "odczyt: 3 marca 2026",
        "odczyt: 8 marca 2026",
    ]
    assert attributes(tree, "//svg[@role='img']/@aria-label") == [
        "od 30 maja do 30 sierpnia 2026",
        "od 30 maja do 29 września 2026",
    ]
    assert tree.xpath("//ul[@class='tied']/li/a/@href") == ["document-1.html", "article-2.html"]
    first, *_, last = tree.xpath("//ol[@class='timeline']/li")
    assert text(first) == "8 marca 2026, godz. 07:20 · dowód changed Rozwój oferty closes"
    assert text(last).startswith("3 marca 2026, godz. 07:20 · dowód appeared Rozwój oferty")
    number = next(row["id"] for row in seen.world.history.changes() if row["field"] == "closes")
    assert first.xpath(".//a/@href") == [f"../changes/{number}.html"]
    (proof,) = {row["evidence"] for row in seen.world.history.changes(after=number - 1, entity="call-2")}
    assert proof in text(tree, "//table[@class='captures']")


def test_a_cluster_tells_of_its_status(seen: Town) -> None:
    tree = seen.page("cluster-1")
    assert text(tree, "//p[@class='state']") == "obowiązuje do 17 grudnia 2027 zostało 655 dni"
    assert attributes(tree, "//svg[@role='img']/@aria-label") == ["runda VI, do 17 grudnia 2027"]
    assert texts(tree, "//ol[@class='timeline']/li/p")[-1] == (
        "Klaster był już na liście, gdy monitor zaczął ją obserwować."
    )


def test_articles_and_documents_lead_to_their_call_and_print_no_day(seen: Town) -> None:
    tree = seen.page("article-2")
    assert tree.xpath("//ul[@class='tied']/li/a/@href") == ["call-2.html"]
    assert texts(tree, "//blockquote/p") == ["Wstęp.", "Treść."]
    assert "Opublikowano 5 marca 2026" in text(tree)
    assert seen.page("document-1").xpath("//ul[@class='tied']/li/a/@href") == ["call-2.html"]
    for entity in ("article-1", "article-2", "document-1"):
        assert "Stan na" not in text(seen.page(entity))


def test_a_document_that_left_its_page_says_so(town: Town) -> None:
    rows = [a_call("x", title="Rozwój oferty", closes="2026-09-29"), a_call("y", title="Inny")]
    card = a_call("x", card=True, title="Rozwój oferty", opens="2026-05-30", closes="2026-09-29")
    for day in (7, 8, 9, 10):
        town.world.visit(CALLS, at(day), rows, cards={"x": [card, a_document("Nowy", "x")]})
    town.draw(MONDAY)
    warnings = [text(town.page(f"document-{number}"), "//p[@class='note']") for number in (1, 2)]
    assert warnings == ["Strony źródłowej już nie ma albo tego nie pokazuje.", ""]


def test_sources_that_differ_are_both_shown(town: Town) -> None:
    card = a_call("x", card=True, title="Rozwój oferty", opens="2026-05-30", closes="2026-10-31")
    rows = [a_call("x", title="Rozwój oferty", closes="2026-09-29"), a_call("y", title="Inny")]
    town.world.visit(CALLS, at(7), rows, cards={"x": [card, a_document("Regulamin", "x")]})
    town.draw(MONDAY)
    tree = town.page("call-2")
    said = texts(tree, "//section[@aria-labelledby='conflicts']//tbody/tr/td[1]")
    assert said == ["31 października 2026", "29 września 2026"]
    assert "źródła podają różne dane: termin składania wniosków" in text(tree)


def test_gaps_and_what_is_only_noted_are_told(town: Town) -> None:
    town.visit(1, FOUR)
    town.world.visit(KKK, at(2), fault=Missed(LIST_URL, at(2), "timeout"))
    town.visit(9, [a_cluster("„Alfa”", round="VI", status_until="2029-12-17"), *FOUR[1:]])
    town.draw(MONDAY)
    said = texts(town.page("cluster-1"), "//ol[@class='timeline']/li/p[last()]")
    assert said[:3] == [
        "changed „Alfa” status_until",
        "Lista KKK podaje inaczej, bez ogłaszania: nazwa: Alfa → „Alfa”",
        "Od 3 marca 2026, godz. 07:20 do 11 marca 2026, godz. 07:20 nie było udanego odczytu (Lista KKK). "
        "Co zmieniło się wtedy, widać dopiero po nim.",
    ]
    assert "Wcześniej pod nazwą: Alfa." in text(town.page("cluster-1"))


def test_a_merged_entry_leads_to_what_it_became_and_back_when_it_is_undone(town: Town) -> None:
    both = cluster(Key("name", "alfa"), Key("name", "beta"), name="Alfa")
    town.visit(1, [both, *FOUR[1:]])
    number = town.number()
    town.draw(MONDAY)
    town.judge(number, "accept")
    assert {"cluster-1", "cluster-2"} <= town.draw(MONDAY)
    gone, into = ("cluster-2", "cluster-1")
    tree = town.page(gone)
    assert text(tree, "//h1") == "Beta"
    assert "Ten wpis połączono z innym" in text(tree)
    assert f"{into}.html" in tree.xpath("//section//a/@href")
    town.judge(number, "undo")
    assert {gone, into} <= town.draw(MONDAY)
    assert "połączono" not in text(town.page(gone))


def test_english(seen: Town, tmp_path: Path) -> None:
    seen.draw(MONDAY, tmp_path, site("en"))
    tree = replace(seen, folder=tmp_path).page("call-2")
    assert tree.get("lang") == "en"
    assert text(tree, "//p[@class='state']") == "planned opens in 89 days"
    assert "PLN 66 million Harmonogram PARP , at least since 3 March 2026" in text(tree)


def test_hostile_text_is_text(town: Town) -> None:
    values = dict.fromkeys(("coordinator", "region", "round"), HOSTILE)
    town.visit(1, [*FOUR, a_cluster(HOSTILE, url="javascript:alert(1)", **values)])
    town.draw(MONDAY, where=site(**{"kkk-mr": HOSTILE}))
    tree = town.page("cluster-5")  # asserts that nothing runs
    assert "{{ 7 * 7 }}" in text(tree, "//h1")
    assert not tree.xpath("//a[contains(@href, 'alert')]")


# Without a history


def drawn(portrait: Portrait, *others: Titled, ties: Sequence[str] = ()) -> Any:
    """The page of a portrait of which no row tells."""
    everyone = {each.entity: each for each in (titled("article", 1, "A"), *others)}
    drawer = Drawer(site(), FEEDS, MONDAY, everyone, {}, {portrait.entity: ties})
    return assert_harmless(drawer.page(portrait))


def test_what_was_taken_back_says_so() -> None:
    tree = drawn(Portrait("article-1", "article"))
    assert (text(tree, "//h1"), text(tree, "//section/h2")) == ("article-1", "Wpis wycofany")


def test_the_largest_page_is_bounded() -> None:
    many = [titled("document", number, "Regulamin " * 100) for number in range(1, 301)]
    spells = [
        Spell("article-1", field, "długi tekst " * 500, "news-parp", f"page-{page}", 1, START)
        for field in ("title", "lead", "text", "published", "url")
        for page in range(30)
    ]
    said = tuple(
        Statement(spell, f"https://x.example.org/{spell.page}", START, "ab" * 32) for spell in spells
    )
    rows = [
        change(
            entity="article-1", id=number, seen_by=START + timedelta(days=number // 6), summary="zdanie " * 15
        )
        for number in range(1, 901)
    ]
    rows = [replace(row, summary=f"{row.summary}{row.id}") for row in rows]
    logged = tuple(Logged(row, (row.id or 0) // 6 or 1) for row in rows)
    portrait = Portrait("article-1", "article", statements=said, changes=logged)
    tree = drawn(portrait, *many, ties=[each.entity for each in many])  # asserts the size
    assert len(tree.xpath("//ol[@class='timeline']/li")) == 60
    assert "Wcześniejszych zdarzeń: 91." in text(tree)
    assert "I starsze: 260." in text(tree)
