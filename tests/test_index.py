"""The page: what it shows on a day, escaped, linked, findable."""

import base64
import hashlib
import re
from datetime import date, timedelta
from typing import Any

import pytest
from lxml import html

from monitor.pages import index
from tests.telling import CALL, appeared, began, change, news, site

DAY = date(2026, 11, 23)
URL = "https://www.parp.gov.pl/component/grants/grants/x"


def cluster(number: int, name: str, **said: Any) -> dict[str, Any]:
    row = {
        "entity": f"cluster-{number}",
        "name": name,
        "coordinator": "Fundacja X",
        "sectors": ("lotnictwo",),
        "region": None,
        "round": "VI",
        "status_from": "2022-12-17",
        "status_until": "2025-12-17",
        "url": None,
        "holds": "no",
        "listed": "yes",
        "first_seen": "2026-11-04T06:15:09Z",
        "last_seen": "2026-11-23T06:20:00Z",
        "source": "kkk-mr",
        "conflict": None,
        "known_up_to": "2026-11-23T06:20:00Z",
    }
    return {**row, **said}


def call(number: int, title: str, **said: Any) -> dict[str, Any]:
    row = {
        "entity": f"call-{number}",
        "title": title,
        "number": None,
        "programme": None,
        "institution": None,
        "announced": None,
        "opens": "2026-09-16",
        "closes": "2026-11-28",
        "rounds": None,
        "results": None,
        "status": "open",
        "status_printed": None,
        "budget": None,
        "grant_max": None,
        "beneficiaries": None,
        "url": URL,
        "listed": "yes",
        "first_seen": None,
        "last_seen": None,
        "source": "calls-parp",
        "conflict": None,
        "known_up_to": None,
    }
    return {**row, **said}


def status(source: str, **said: Any) -> dict[str, Any]:
    row = {
        "source": source,
        "title": source,
        "state": "complete",
        "reason": None,
        "detail": None,
        "address": URL,
        "last_visit": "2026-11-23T06:20:00Z",
        "last_complete": "2026-11-23T06:20:00Z",
        "next_due": None,
        "needs_person": False,
        "next_step": None,
    }
    return {**row, **said}


def page(
    entries: Any = (),
    clusters: Any = (),
    calls: Any = (),
    sources: Any = (),
    language: str = "pl",
    day: date = DAY,
) -> Any:
    return html.fromstring(index(entries, clusters, calls, sources, day, site(language)).decode())


def texts(tree: Any, path: str) -> list[str]:
    return [" ".join(" ".join(each.itertext()).split()) for each in tree.xpath(path)]


def rows(tree: Any, section: str) -> list[str]:
    return texts(tree, f"//section[@aria-labelledby='{section}']//tbody/tr")


@pytest.mark.parametrize(
    ("language", "said"), [("pl", "Stan na 23 listopada 2026."), ("en", "As of 23 November 2026.")]
)
def test_it_prints_its_day_and_language(language: str, said: str) -> None:
    tree = page(language=language)
    assert tree.get("lang") == language
    assert texts(tree, "//header//strong") == [said]


def test_news_come_newest_first_with_their_day() -> None:
    tree = page(
        news([began()], [change()], [appeared(entity="call-2", name="Inny nabór")], every=timedelta(days=1))
    )
    lines = texts(tree, "//ol/li")
    assert [line.split(":")[0] for line in lines] == [
        "Nowy nabór",
        "Termin naboru przesunięty",
        "Początek obserwacji",
    ]
    assert "6 listopada 2026, godz. 07:15 · Harmonogram naborów PARP" in lines[0]


def test_calls_ahead_by_deadline_then_the_coming_ones() -> None:
    tree = page(
        calls=[
            call(1, "Późniejszy", closes="2026-12-10"),
            call(2, "Planowany", status="planned", opens="2026-12-01", closes="2026-12-30"),
            call(3, "Dziś", closes="2026-11-23T16:00"),
            call(4, "Bez terminu", closes=None),
            call(5, "Zamknięty", status="closed"),
            call(6, "Rozstrzygnięty", status="settled"),
            call(7, "Zniknął", listed="no"),
            call(8, "Za kwartał", status="planned", opens="2027-Q1", closes=None),
            call(9, "Niewiadomy", status=None),
        ]
    )
    assert [line.split()[0] for line in rows(tree, "calls")] == [
        "Dziś",
        "Późniejszy",
        "Bez",
        "Planowany",
        "Za",
    ]
    left = texts(tree, "//section[@aria-labelledby='calls']//td[@data-label='Ile czasu']")
    assert left == ["ostatni dzień", "zostało 17 dni", "–", "start za 8 dni", "–"]


def test_sums_and_dates_are_in_words() -> None:
    (line,) = rows(page(calls=[call(1, "N", budget="66000000 PLN", grant_max="400000 PLN")]), "calls")
    for part in ("Start: 16 września 2026", "Koniec: 28 listopada 2026", "budżet 66 mln zł, do 400 000 zł"):
        assert part in line


def test_clusters_say_whether_the_status_holds() -> None:
    tree = page(
        clusters=[
            cluster(1, "Śląski Klaster Lotniczy"),
            cluster(2, "Łódzki Klaster Mody", holds="unknown", status_until=None, listed="missing"),
            cluster(3, "Dolina Lotnicza", holds="yes", status_until="2028-12-17", round="VII"),
            cluster(4, "Zniknięty", listed="no"),
            cluster(
                5,
                "Zachodni",
                status_from="2027-01-01",
                status_until="2030-01-01",
                conflict="status_until, round",
            ),
        ]
    )
    lines = rows(tree, "clusters")
    assert lines == [
        "Dolina Lotnicza obowiązuje do 17 grudnia 2028 VII Fundacja X",
        "Łódzki Klaster Mody ⚠ nie ma na ostatniej liście – czeka na potwierdzenie "
        "nie podano, do kiedy VI Fundacja X",
        "Śląski Klaster Lotniczy wygasł 17 grudnia 2025 VI Fundacja X",
        "Zachodni ⚠ źródła podają różne dane: koniec statusu, runda konkursu "
        "obowiązuje od 1 stycznia 2027 VI Fundacja X",
    ]
    (summary, *_) = texts(tree, "//section[@aria-labelledby='clusters']/p")
    assert summary == (
        "Według ostatniego odczytu na liście: 4 klastry; dziś status obowiązuje: 1. "
        "Lista odczytana: 23 listopada 2026, godz. 07:20."
    )


def test_sources_say_how_fresh_they_are() -> None:
    tree = page(
        sources=[
            status("a"),
            status("b", state="failed", last_complete="2026-11-20T06:00:00Z"),
            status("c", state=None, last_visit=None, last_complete=None, address=None),
        ]
    )
    assert rows(tree, "sources") == [
        "a ✓ działa 23 listopada 2026, godz. 07:20 23 listopada 2026, godz. 07:20",
        "b ⚠ nie działa 20 listopada 2026, godz. 07:00 23 listopada 2026, godz. 07:20",
        "c ⚠ jeszcze nie odwiedzone jeszcze nigdy jeszcze nigdy",
    ]


def test_everything_told_of_can_be_pointed_at() -> None:
    entries = news(
        [change()], [change(old="2023-09-29", new="2023-10-29")], [appeared(entity="article-5", name="A")]
    )
    tree = page(entries, [cluster(1, "A")], [call(1, CALL)])
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {"call-1", "cluster-1", "article-5"} <= set(ids)
    assert tree.xpath("//*[@id='call-1']")[0].tag == "tr"
    assert tree.xpath("//*[@id='article-5']")[0].tag == "li"
    for link in tree.xpath("//a[starts-with(@href, '#')]/@href"):
        assert link[1:] in ids


def test_feeds_can_be_found() -> None:
    tree = page()
    found = tree.xpath("//link[@rel='alternate'][@type='application/rss+xml']/@href")
    assert found == ["klastry.xml", "feed.xml", "clusters.xml", "calls.xml", "news.xml"]
    atom = tree.xpath("//link[@rel='alternate'][@type='application/atom+xml']/@href")
    assert atom == [name.replace(".xml", ".atom") for name in found]
    assert "https://monitor.example.org/klastry/klastry.xml" in texts(tree, "//code")
    assert tree.xpath("//a[@href='health.xml']")


def test_nothing_runs_and_only_its_own_style_counts() -> None:
    raw = index((), (), (), (), DAY, site()).decode()
    tree = html.fromstring(raw)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = re.findall(r"<style>(.*?)</style>", raw, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert not tree.xpath("//script | //@style | //img | //iframe | //form")
    assert raw.lstrip().startswith("<!DOCTYPE html>")


def test_hostile_text_is_text() -> None:
    bad = "<script>alert(1)</script>\x00\ud800{{ 7 * 7 }}"
    raw = index(
        news([appeared(name=bad, url="javascript:alert(1)")]),
        [cluster(1, bad, coordinator=bad, round=bad, url="javascript:alert(1)")],
        [call(2, bad, closes=bad, budget=bad, url='https://x.pl/"onclick="y')],
        [status("a", title=bad, address="file:///etc/passwd")],
        DAY,
        site(),
    ).decode()
    tree = html.fromstring(raw)
    assert not tree.xpath("//script | //@onclick")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", raw)
    assert {link.split(":")[0] for link in tree.xpath("//a/@href") if ":" in link} == {"https"}
    assert "{{ 7 * 7 }}" in tree.text_content()


def test_an_empty_page_says_so() -> None:
    text = page().text_content()
    for said in (
        "Nie było jeszcze żadnych zmian.",
        "nie ma teraz takich naborów",
        "Lista nie została jeszcze odczytana.",
    ):
        assert said in text


def test_the_same_inputs_give_the_same_bytes() -> None:
    entries = news([began()], [change()])
    first, second = (
        index(entries, [cluster(1, "A")], [call(1, "B")], [status("a")], DAY, site()) for _ in "12"
    )
    assert first == second
    assert first != index(
        entries, [cluster(1, "A")], [call(1, "B")], [status("a")], DAY + timedelta(1), site()
    )
