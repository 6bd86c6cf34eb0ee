"""The page: what it shows on a day, escaped, linked, findable."""

from datetime import date, timedelta
from typing import Any

import pytest

from monitor.config_tables import FeedTable
from monitor.feeds import feeds
from monitor.pages import index
from monitor.watchlist import built_in
from tests.listed import call, cluster, status
from tests.published import assert_harmless
from tests.telling import CALL, appeared, began, change, news, site

DAY = date(2026, 11, 23)


def page(
    entries: Any = (),
    clusters: Any = (),
    calls: Any = (),
    sources: Any = (),
    language: str = "pl",
    day: date = DAY,
) -> Any:
    return assert_harmless(index(entries, [*clusters, *calls], sources, day, site(language)))


def texts(tree: Any, path: str) -> list[str]:
    return [" ".join(" ".join(each.itertext()).split()) for each in tree.xpath(path)]


def rows(tree: Any, section: str) -> list[str]:
    return texts(tree, f"//section[@aria-labelledby='{section}']//tbody/tr")


@pytest.mark.parametrize(
    ("language", "said"), [("pl", "Stan na 23 listopada 2026"), ("en", "As of 23 November 2026")]
)
def test_it_prints_its_day_and_language(language: str, said: str) -> None:
    tree = page(language=language)
    assert tree.get("lang") == language
    assert texts(tree, "//p[@class='as-of']") == [said]


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
    assert lines[0] == "Nowy nabór: Inny nabór 07:15 · Harmonogram naborów PARP · dowód"
    assert texts(tree, "//h3[@class='day']") == ["6 listopada 2026", "5 listopada 2026", "4 listopada 2026"]
    assert tree.xpath("//ol/li[1]//time/@datetime")[0] == "2026-11-06T06:15:09Z"


def test_a_name_that_the_title_cuts_is_told_whole() -> None:
    long = "Rozwój oferty klastrów dla firm z obszaru zaawansowanych technologii wytwarzania, nabór "
    tree = page(news(*([appeared(entity=f"call-{n}", name=f"{long}{n}")] for n in (1, 2)), [change()]))
    lines = texts(tree, "//ol/li")
    assert lines[0].startswith("Termin naboru przesunięty: Rozwój oferty klastrów dla firm – z 30")
    assert lines[0].endswith(" 2023 11:15 · Harmonogram naborów PARP · dowód")
    for line, number in zip(lines[1:], (2, 1), strict=True):
        assert "…" in line
        assert f" {long}{number} " in line


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
    names = texts(tree, "//section[@aria-labelledby='calls']//h3")
    assert names == ["Dziś", "Późniejszy", "Bez terminu", "Planowany", "Za kwartał"]
    left = texts(tree, "//section[@aria-labelledby='calls']//p[@class='left']")
    assert left == ["ostatni dzień", "zostało 17 dni", "start za 8 dni"]


def test_sums_and_dates_are_in_words() -> None:
    tree = page(calls=[call(1, "N", budget="66000000 PLN", grant_max="400000 PLN")])
    assert texts(tree, "//p[@class='dates']/span") == [
        "Start: 16 września 2026",
        "Koniec: 28 listopada 2026",
        "budżet 66 mln zł; do 400 000 zł dofinansowania",
    ]


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
        "Łódzki Klaster Mody nie ma na ostatniej liście – czeka na potwierdzenie "
        "nie podano, do kiedy VI Fundacja X",
        "Śląski Klaster Lotniczy wygasł 17 grudnia 2025 VI Fundacja X",
        "Zachodni źródła podają różne dane: koniec statusu, runda konkursu "
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
        "a działa 23 listopada 2026, godz. 07:20 23 listopada 2026, godz. 07:20",
        "b nie działa 20 listopada 2026, godz. 07:00 23 listopada 2026, godz. 07:20",
        "c jeszcze nie odwiedzone jeszcze nigdy jeszcze nigdy",
    ]


def test_a_source_that_was_long_not_read_whole_is_not_said_to_work() -> None:
    sources = [status("a"), status("b", state="unchanged"), status("c", state="partial")]
    for language, said in (("pl", "nieświeże dane"), ("en", "stale")):
        raw = index((), (), sources, DAY, site(language), stale={"b", "c"})
        tags = assert_harmless(raw).xpath("//section[@aria-labelledby='sources']//span")
        tones = [(tag.get("class"), tag.text) for tag in tags]
        assert tones[0][0] == "tag good"
        assert tones[1] == ("tag doubt", said)
        assert tones[2][1] != said


def test_everything_told_of_can_be_pointed_at() -> None:
    entries = news(
        [change()], [change(old="2023-09-29", new="2023-10-29")], [appeared(entity="article-5", name="A")]
    )
    tree = page(entries, [cluster(1, "A")], [call(1, CALL)])
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {"call-1", "cluster-1", "article-5"} <= set(ids)
    assert tree.xpath("//*[@id='call-1']//h3/a/@href") == ["entities/call-1.html"]
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


def test_calendars_can_be_found() -> None:
    tree = page()
    found = tree.xpath("//link[@rel='alternate'][@type='text/calendar']/@href")
    assert found == ["klastry.ics", "deadlines.ics"]
    offered = tree.xpath("//section[@aria-labelledby='subscribe']//a[contains(@href, '.ics')]/@href")
    assert offered == ["klastry.ics", "deadlines.ics", "feed.ics", "calls.ics"]


def test_feeds_of_sources_and_own_ones_are_offered_with_their_calendars() -> None:
    own = {"moje": FeedTable(title="Moje"), "prasa": FeedTable(title="Prasa", kinds=("article",))}
    offered = feeds("pl", own, [source for source in built_in() if source.id in ("calls-parp", "news-parp")])
    tree = assert_harmless(index((), (), (), DAY, site(), [each.channel for each in offered]))
    others = texts(tree, "//section[@aria-labelledby='subscribe']/table/tbody/tr/th")
    assert others[-2:] == ["Moje", "Prasa"]
    details = "//section[@aria-labelledby='subscribe']/details"
    assert texts(tree, f"{details}//th[@scope='row']") == [
        each.channel.title for each in offered if each.channel.name.startswith("sources/")
    ]
    assert [link for link in tree.xpath(f"{details}//a/@href") if "news" not in link] == [
        f"sources/calls-parp.{form}" for form in ("xml", "atom", "json", "ics")
    ]
    assert tree.xpath("//a[@href='moje.ics']")
    assert not tree.xpath("//a[contains(@href, 'prasa.ics') or contains(@href, 'news-parp.ics')]")
    assert not [link for link in tree.xpath("//link/@href") if "sources/" in link]


def test_hostile_text_is_text() -> None:
    bad = "<script>alert(1)</script>\x00\ud800{{ 7 * 7 }}"
    tree = page(
        news([appeared(name=bad, url="javascript:alert(1)")]),
        [cluster(1, bad, coordinator=bad, round=bad, url="javascript:alert(1)")],
        [call(2, bad, closes=bad, budget=bad, url='https://x.pl/"onclick="y')],
        [status("a", title=bad, address="file:///etc/passwd")],
    )
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
        index(entries, [cluster(1, "A"), call(1, "B")], [status("a")], DAY, site()) for _ in "12"
    )
    assert first == second
    assert first != index(entries, [cluster(1, "A"), call(1, "B")], [status("a")], DAY + timedelta(1), site())


def figures(tree: Any) -> list[str]:
    return texts(tree, "//dl[@class='figures']/div")


def test_the_world_in_a_few_numbers() -> None:
    tree = page(
        clusters=[cluster(1, "A", holds="yes"), cluster(2, "B"), cluster(3, "C", listed="no")],
        calls=[
            call(1, "A"),
            call(2, "B", closes="2026-11-26"),
            call(3, "C", status="planned"),
            call(4, "D", closes=None),
        ],
    )
    assert figures(tree) == [
        "Klastry na liście 2",
        "Status obowiązuje dziś 1",
        "Nabory trwające 3",
        "Nabory zapowiedziane 1",
        "Najbliższy termin 26 listopada 2026 zostały 3 dni",
    ]
    assert len(figures(page())) == 4  # no deadline is near


def test_one_is_told_how_to_subscribe() -> None:
    tree = page()
    section = "//section[@aria-labelledby='subscribe']"
    offered = {"klastry.xml", "klastry.atom", "klastry.json", "deadlines.ics", "feeds.opml", "health.xml"}
    assert offered <= set(tree.xpath(f"{section}//a/@href"))
    assert tree.xpath("//div[@class='hero']//a/@href")[:2] == ["klastry.xml", "klastry.ics"]
    addresses = texts(tree, f"{section}//code")
    assert addresses == [f"{site().url}{name}" for name in ("klastry.xml", "klastry.ics")]
    assert texts(tree, f"{section}//h3")[0] == "Klastry: co się zmieniło polecany"
