"""Lists of all that is known, and the index that the search reads."""

import json
import re
from datetime import date
from typing import Any

import pytest

from monitor import list_pages, search_pages
from monitor.states import States
from storage.gallery import Titled
from tests.listed import call, cluster, titled
from tests.published import MOST_BYTES, assert_harmless
from tests.town import FEEDS, site, text, texts

DAY = date(2026, 11, 23)
HOSTILE = "</script><script>alert(1)</script>\x00\u2028 &amp; {{ 7 * 7 }}"


def lists(*everyone: Titled, rows: Any = (), language: str = "pl") -> dict[str, Any]:
    """The lists as trees, by path."""
    where = site(language)
    by_entity = {row["entity"]: row for row in rows}
    made = list_pages.documents(everyone, by_entity, States(where, DAY), where, FEEDS)
    return {path: assert_harmless(page) for path, page in made.items()}


def names(tree: Any) -> list[str]:
    return texts(tree, "//ul[@class='list']/li/p[@class='told']/a")


def test_clusters_stand_by_name_the_former_ones_last() -> None:
    rows = [cluster(1, "Śląski"), cluster(2, "Dawny", listed="no"), cluster(3, "Łódzki", holds="yes")]
    tree = lists(*(titled("cluster", int(row["entity"][8:]), row["name"]) for row in rows), rows=rows)[
        "clusters.html"
    ]
    assert texts(tree, "//h2") == ["Na liście", "Dawniej na liście"]
    assert names(tree) == ["Łódzki", "Śląski", "Dawny"]
    assert text(tree, "//section[2]//li") == "Dawny nie ma już na liście Fundacja X"
    assert tree.xpath("//ul[@class='list']/li/p/a/@href")[0] == "entities/cluster-3.html"


def test_calls_and_news_stand_by_year_the_newest_first() -> None:
    rows = [
        call(1, "Wiosną", opens="2026-03-01"),
        call(2, "Bez daty", opens=None, closes=None, status=None),
        call(3, "Jesienią", opens="2026-Q4", status="planned"),
        call(4, "Dawno", opens="2023-05-30", closes="2023-09-29", status="closed"),
        call(5, "Zniknął", opens="2023-05-01", listed="no"),
    ]
    everyone = [titled("call", int(row["entity"][5:]), row["title"]) for row in rows]
    everyone += [titled("article", 1, "Stara", published="2025-12-31"), titled("article", 2, "Nowa")]
    made = lists(*everyone, rows=rows)
    assert texts(made["calls.html"], "//h2") == ["2026", "2023", "Bez daty"]
    assert names(made["calls.html"]) == ["Jesienią", "Wiosną", "Dawno", "Zniknął", "Bez daty"]
    dawno = text(made["calls.html"], "//ul[@class='list']/li[p/a[text()='Dawno']]")
    assert dawno == "Dawno zakończony Start: 30 maja 2023 · Koniec: 29 września 2023"
    assert (texts(made["articles.html"], "//h2"), names(made["articles.html"])) == (
        ["2026", "2025"],
        ["Nowa", "Stara"],
    )
    gone = text(made["calls.html"], "//ul[@class='list']/li[p/a[text()='Zniknął']]")
    assert gone.startswith("Zniknął nie ma już na stronie Start: 1 maja 2023")
    assert "Nie ma jeszcze nic" in text(made["documents.html"])


def test_calls_ahead_without_a_date_come_first() -> None:
    undated = {"opens": None, "closes": None}
    rows = [
        call(1, "Z datą"),
        call(2, "Kiedyś", status="planned", **undated),
        call(3, "Trwa", status="open", **undated),
        call(4, "Zapowiadany", status="planned", announced="2026-10-01", **undated),
        call(5, "Zniknął", status="planned", listed="no", **undated),
        call(6, "Był", status="closed", **undated),
    ]
    tree = lists(*(titled("call", n, row["title"]) for n, row in enumerate(rows, 1)), rows=rows)["calls.html"]
    assert texts(tree, "//h2") == ["Trwające, bez daty", "Zapowiedziane, bez daty", "2026", "Bez daty"]
    assert names(tree) == ["Trwa", "Zapowiadany", "Kiedyś", "Z datą", "Był", "Zniknął"]


def test_what_became_another_or_was_taken_back_is_in_no_list() -> None:
    made = lists(titled("article", 1, "A", became="article-2"), titled("article", 2, None))
    assert names(made["articles.html"]) == []


def test_a_long_list_is_cut_into_pages_and_each_entity_is_on_one_of_them() -> None:
    long = "Wiadomość o bardzo długim tytule, jaki zdarza się na stronach ministerstwa i agencji, numer "
    everyone = [
        titled("article", n, f"{long}{n}", published=f"{2020 + n % 5}-0{1 + n % 9}-11")
        for n in range(1, 2001)
    ]
    made = lists(*everyone)
    parts = {path: tree for path, tree in made.items() if path.startswith("lists/articles-")}
    found = [name for tree in parts.values() for name in names(tree)]
    assert sorted(found) == sorted(each.name or "" for each in everyone)
    assert max(len(names(tree)) for tree in parts.values()) <= 150
    assert "lists/articles-2020.html" in parts
    assert "lists/articles-2020-3.html" in parts
    linked = made["articles.html"].xpath("//nav[@class='parts']//a/@href")
    assert sorted(linked) == sorted(parts)
    (here,) = parts["lists/articles-2021-2.html"].xpath("//nav[@class='parts']//a[@aria-current='page']")
    assert (text(here), here.get("href")) == ("2021, część 2 z 3", "../lists/articles-2021-2.html")
    assert len(names(made["articles.html"])) == 150


def test_another_line_leaves_the_full_parts_of_a_list_as_they_were() -> None:
    everyone = [titled("article", n, f"A {n}", published="2025-05-05") for n in range(1, 320)]
    where = site()
    before, after = (
        list_pages.documents(some, {}, States(where, DAY), where, FEEDS) for some in (everyone[:-1], everyone)
    )
    same = {path for path in before if before[path] == after[path]}
    assert {"lists/articles-2025.html", "lists/articles-2025-2.html"} <= same
    assert not {"articles.html", "lists/articles-2025-3.html"} & same


# The index of the search


def shards(*everyone: Titled, rows: Any = (), language: str = "pl") -> dict[str, list[list[str]]]:
    """What the shards hand to the page, by path."""
    made = search_pages.documents(everyone, {row["entity"]: row for row in rows}, site(language), FEEDS)
    tree = assert_harmless(made["search.html"], script=True)
    told = json.loads(tree.xpath("//script[@id='told']/text()")[0])
    assert told["shards"] == [path for path in made if path != "search.html"]
    found = {}
    for path in told["shards"]:
        assert len(made[path]) < MOST_BYTES
        (rows_,) = re.fullmatch(r"klastry\((.*)\);\n", made[path].decode(), re.DOTALL).groups()  # type: ignore[union-attr]
        found[path] = json.loads(rows_)
    return found


def test_what_is_searched() -> None:
    rows = [
        cluster(1, "A", sectors=["lotnictwo", "kosmos"], region="podkarpackie"),
        {**call(1, "N", opens="2023-05-30", closes="2023-09-29"), "number": "FENG.02.17"},
        call(2, "R", source="competition-mr", opens=None, closes=None),
    ]
    everyone = [
        titled("article", 7, "W", published="2026-11-04"),
        titled("call", 1, "N", former=("Dawny tytuł",)),
        titled("call", 2, "R"),
        titled("cluster", 1, "A"),
        titled("document", 2, "D"),
    ]
    assert shards(*everyone, rows=rows) == {
        "search/article-0.js": [["article-7", "W", "", "4 listopada 2026"]],
        "search/call-0.js": [
            ["call-1", "N", "nabór konkurs Dawny tytuł FENG.02.17", "od 30 maja do 29 września 2023"],
            ["call-2", "R", "nabór konkurs KKK Krajowy Klaster Kluczowy", ""],
        ],
        "search/cluster-0.js": [
            [
                "cluster-1",
                "A",
                "KKK Krajowy Klaster Kluczowy Fundacja X podkarpackie lotnictwo kosmos",
                "runda VI, do 17 grudnia 2025",
            ]
        ],
        "search/document-0.js": [["document-2", "D", "", ""]],
    }


def test_a_shard_is_bounded_and_holds_a_block() -> None:
    found = shards(*(titled("article", n, "Ż" * 400) for n in range(1, 501)))
    assert {path: len(rows) for path, rows in found.items()} == {
        "search/article-0.js": 199,
        "search/article-1.js": 200,
        "search/article-2.js": 101,
    }


@pytest.mark.parametrize("place", ["name", "former"])
def test_hostile_text_stays_text(place: str) -> None:
    said = {"name": HOSTILE} if place == "name" else {"name": "A", "former": (HOSTILE,)}
    made = search_pages.documents([titled("article", 1, **said)], {}, site(), FEEDS)  # type: ignore[arg-type]
    shard = made["search/article-0.js"].decode()
    assert not set(shard) & set("<\u2028\u2029\x00")
    lists(titled("article", 1, HOSTILE))  # asserts that nothing runs
