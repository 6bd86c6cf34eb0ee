"""Entries, the feeds they belong to, and the RSS documents."""

import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from monitor.bodies import compared
from monitor.config_tables import FeedTable
from monitor.entries import Entry, entries, of_clusters
from monitor.feed_layout import LEAST_ENTRIES, MOST_BYTES
from tests.telling import START, appeared, began, change, feed_files, news, told

HOSTILE = (
    "]]><script>alert(1)</script>&lt;img src=x onerror=y&gt; \x00\x1b[31m\ud800\ufffe{{7*7}} javascript:z"
)
TAG = "tag:monitor.example.org,2026:"
FILES = ["klastry.xml", "feed.xml", "clusters.xml", "calls.xml", "news.xml"]


def feed(*groups: list[Any], name: str = "feed.xml", own: Any = None, **how: Any) -> bytes:
    return feed_files(news(*groups, **how), how.get("language", "pl"), own)[name]


def parsed(document: bytes) -> Any:
    read = feedparser.parse(document)
    assert read.bozo == 0, read.get("bozo_exception")
    return read


def titles(document: bytes) -> list[str]:
    return [entry.title for entry in parsed(document).entries]


# Entries


def test_rows_of_one_entry_stay_together_and_in_order() -> None:
    rows = told([change(), change(field="budget", old="1 PLN", new="2 PLN")], [appeared()])
    silent = replace(change(), summary="w ciszy")
    made = entries([silent, *rows, silent])
    assert [len(entry.changes) for entry in made] == [2, 1]
    assert [entry.title for entry in made] == [rows[0].summary, rows[2].summary]
    assert (made[0].kind, made[0].verb, made[0].source, made[0].at) == (
        "call",
        "changed",
        "calls-parp",
        START,
    )


def test_an_entry_without_its_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time of telling"):
        entries([replace(told([change()])[0], told_at=None)])


@pytest.mark.parametrize(
    ("said", "belongs"),
    [
        ({"kind": "cluster", "name": "Dolina Lotnicza", "source": "kkk-mr"}, True),
        ({"name": "VII runda", "source": "competition-mr"}, True),
        ({"name": "Rozwój oferty KLASTRÓW"}, True),
        ({"name": "Spotkanie KKK w Łodzi", "kind": "article"}, True),
        ({"name": "Regulamin", "kind": "document"}, False),
        ({"name": "Nabór BKKK2", "kind": "article"}, False),
        (
            {
                "name": "Ścieżka SMART",
                "verb": "changed",
                "field": "beneficiaries",
                "old": "a",
                "new": "klastry",
            },
            True,
        ),
        ({"name": "Ścieżka SMART", "verb": "changed", "field": "beneficiaries", "old": "klaster"}, True),
        ({"name": "Ścieżka SMART", "verb": "changed", "field": "url", "new": "https://x.pl/klastry"}, False),
        ({"name": "Ścieżka SMART"}, False),
    ],
)
def test_what_belongs_to_the_recommended_feed(said: dict[str, Any], belongs: bool) -> None:
    entry = Entry("tag:x,2026:1", START, "t", (appeared(**said),))
    assert of_clusters(entry) is belongs


def test_the_text_of_an_article_counts() -> None:
    silent = appeared(kind="article", entity="article-7", name="Nowe zasady")
    speaking = replace(silent, facts={"text": "O koordynatorach klastrów."})
    assert titles(feed([silent], name="klastry.xml")) == []
    assert titles(feed([speaking], name="klastry.xml")) == ["Nowa wiadomość: Nowe zasady"]


def test_a_feed_of_ones_own_and_a_built_in_one_redefined() -> None:
    groups = [
        [appeared(name="Nabór dla klastrów")],
        [appeared(name="Nabór dla gmin")],
        [appeared(kind="article", name="Kongres Klastrów")],
    ]
    own = {
        "moje": FeedTable(title="Moje nabory", kinds=("call",), match=("KLASTR",)),
        "klastry": FeedTable(kinds=("article",)),
    }
    mine = parsed(feed(*groups, name="moje.xml", own=own))
    assert mine.feed.title == "Moje nabory"
    assert [entry.title for entry in mine.entries] == ["Nowy nabór: Nabór dla klastrów"]
    assert titles(feed(*groups, name="klastry.xml", own=own)) == ["Nowa wiadomość: Kongres Klastrów"]


def test_what_is_known_of_a_new_call_stands_in_title_and_body() -> None:
    facts = {"title": "Oferta", "opens": "2026-09-16", "closes": "2026-11-04", "budget": "66000000 PLN"}
    entry = parsed(feed([appeared(name="Oferta", facts=facts)])).entries[0]
    assert entry.title == "Nowy nabór: Oferta – od 16 września do 4 listopada 2026"
    assert "66 mln zł" in entry.content[0].value
    assert "<td>4 listopada 2026" in entry.content[0].value


def test_each_kind_has_its_feed_and_all_tell_that_watching_began() -> None:
    made = feed_files(
        news(
            [began()],
            [appeared(kind="cluster", name="A")],
            [appeared(kind="call", name="B")],
            [appeared(kind="article", name="C")],
            [appeared(kind="document", name="D")],
        )
    )
    assert [name for name in made if name.endswith(".xml")] == FILES
    counted = {name: [title.split(": ")[1] for title in titles(made[name])] for name in FILES}
    start = "22 pozycje w 2 źródłach"
    assert counted == {
        "klastry.xml": ["A", start],
        "feed.xml": ["D", "C", "B", "A", start],
        "clusters.xml": ["A", start],
        "calls.xml": ["B", start],
        "news.xml": ["C", start],
    }


# The document


def test_the_channel() -> None:
    root = etree.fromstring(feed([change()], [appeared(name="Inny")], name="klastry.xml"))
    (channel,) = root
    assert root.get("version") == "2.0"
    assert channel.findtext("language") == "pl"
    assert channel.findtext("link") == "https://monitor.example.org/klastry/index.html"
    assert int(channel.findtext("ttl")) > 0
    (own,) = channel.findall("{http://www.w3.org/2005/Atom}link")
    assert own.attrib == {
        "href": "https://monitor.example.org/klastry/klastry.xml",
        "rel": "self",
        "type": "application/rss+xml",
    }
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")) == START


def test_an_item() -> None:
    row = change(
        old_printed="30.08.2023", new_printed="29 września 2023", url="https://www.gov.pl/web/x?a=1&b=ą"
    )
    (item,) = etree.fromstring(feed([row])).iter("item")
    assert item.findtext("title").startswith("Termin naboru przesunięty")
    assert item.find("guid").attrib == {"isPermaLink": "false"}
    assert item.findtext("guid") == "tag:monitor.example.org,2026:0000000000000000"
    assert parsedate_to_datetime(item.findtext("pubDate")) == START
    assert item.findtext("link") == "https://www.gov.pl/web/x?a=1&b=%C4%85"
    assert [(each.get("domain"), each.text) for each in item.findall("category")] == [
        (f"{TAG}kind", "call"), (f"{TAG}verb", "changed"), (f"{TAG}source", "calls-parp"),
    ]  # fmt: skip
    assert item.findtext("{http://purl.org/dc/elements/1.1/}creator") == "Harmonogram naborów PARP"
    assert item.find("author") is None
    body = item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    for part in (
        "<td>termin składania wniosków</td>",
        "<td>30 sierpnia 2023<br>(na stronie: „30.08.2023”)</td><td>29 września 2023</td>",
        'href="https://www.gov.pl/web/x?a=1&amp;b=%C4%85"',
        'href="https://monitor.example.org/klastry/entities/call-1.html"',
        "<code>ab12ab12ab12</code>",
        "Źródło: Harmonogram naborów PARP.",
        "CC BY-SA 4.0",
        "między 4 listopada 2026, godz. 05:15 a 4 listopada 2026, godz. 07:15",
    ):
        assert part in body
    assert "<" not in item.findtext("description")


def test_only_gov_pl_is_under_its_licence() -> None:
    assert b"CC BY-SA" not in feed([change()])
    body = feed([change(url="https://www.gov.pl/web/rozwoj-technologia/x", source="competition-mr")]).decode()
    assert "Treści serwisu gov.pl: licencja CC BY-SA 4.0." in body
    assert "autor" not in body


def test_the_body_of_the_beginning_counts_records_by_source() -> None:
    body = feed([began()]).decode()
    for part in (
        "Krajowe Klastry Kluczowe&lt;/td&gt;&lt;td&gt;20",
        "Harmonogram naborów PARP&lt;/td&gt;&lt;td&gt;2",
    ):
        assert part in body
    assert "Źródło: " not in body


def test_a_title_that_had_to_be_cut_is_whole_in_the_body() -> None:
    name = "Nabór wniosków o dofinansowanie " * 5 + "koniec"
    body = feed([change(name=name)]).decode()
    assert f"&lt;strong&gt;{name}&lt;/strong&gt;" in body


def test_long_texts_are_compared_word_by_word() -> None:
    before, after = compared(
        "stałe " * 60 + "do 30 sierpnia " + "dalej " * 40, "stałe " * 60 + "do 29 września " + "dalej " * 40
    )
    assert "<del>30 sierpnia</del>" in before
    assert "<ins>29 września</ins>" in after
    assert before.count("stałe") < 20
    assert before.startswith("… ")
    assert [len(side) < 10_000 for side in compared("a " * 50_000, "b " * 50_000)] == [True, True]


def test_newest_first_with_distinct_ids_and_dates() -> None:
    made = parsed(feed(*[[appeared(name=f"Nabór {number}")] for number in range(5)]))
    assert [entry.title[-1] for entry in made.entries] == ["4", "3", "2", "1", "0"]
    assert len({entry.id for entry in made.entries}) == 5
    assert len({entry.published for entry in made.entries}) == 5


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_same_history_gives_the_same_bytes(language: str) -> None:
    groups = [[began()], [change()], [appeared(kind="cluster", name="A", source="kkk-mr")]]
    first, second = (feed_files(news(*groups, language=language), language) for _ in range(2))
    assert first == second
    assert parsed(first["feed.xml"]).feed.language == language


@pytest.mark.parametrize("name", FILES)
def test_an_empty_feed_is_dated_by_the_beginning_of_the_history(name: str) -> None:
    document = feed(name=name)
    assert parsed(document).entries == []
    (date,) = etree.fromstring(document).iter("lastBuildDate", "pubDate")
    assert parsedate_to_datetime(date.text) == START - timedelta(days=180)


# The window


def test_the_window_keeps_fifty_entries_however_old() -> None:
    groups = [[appeared(name=f"N{number}")] for number in range(LEAST_ENTRIES + 10)]
    kept = titles(feed(*groups, every=timedelta(days=30)))
    assert [kept[0], kept[-1], len(kept)] == ["Nowy nabór: N59", "Nowy nabór: N10", LEAST_ENTRIES]


def test_the_window_keeps_sixty_days_however_many() -> None:
    groups = [[appeared(name=f"N{number}")] for number in range(200)]
    kept = titles(feed(*groups, every=timedelta(hours=12)))
    assert len(kept) == 121


def test_the_window_is_never_larger_than_a_reader_takes() -> None:
    long = [
        change(field="beneficiaries", old="a " * 3_000, new=f"b{number} " * 3_000) for number in range(200)
    ]
    document = feed(*[[row] for row in long])
    assert len(document) <= MOST_BYTES
    assert len(document) > MOST_BYTES / 2
    assert "b199" in parsed(document).entries[0].content[0].value


# Hostile text


@pytest.mark.parametrize("field", ["title", "beneficiaries", "status", "closes", "budget", "url", "rounds"])
def test_hostile_text_is_harmless(field: str) -> None:
    value: Any = (HOSTILE,) if field == "rounds" else HOSTILE
    row = change(
        name=HOSTILE, field=field, old=value, new=value * 3, old_printed=HOSTILE, new_printed=HOSTILE,
        url="javascript:alert(1)", evidence=HOSTILE,
    )  # fmt: skip
    document = feed([row], [appeared(name="Następny")])
    etree.fromstring(document)
    hostile = parsed(document).entries[1]
    assert len(parsed(document).entries) == 2
    raw = etree.fromstring(document).findall("channel/item")[1]
    for text in (raw.findtext("title"), raw.findtext("description")):
        assert not set(unescape(unescape(text))) & set("<>")
    body = raw.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    allowed = "p|strong|table|thead|tbody|tr|th|td|ins|del|a|code|br"
    assert not re.search(rf"<(?!/?(?:{allowed})\b)", body)
    assert not re.search(r'(?:href|src)="(?!https?://)', body)
    assert not re.search(r"<[^>]* on\w+=", body)
    assert hostile.link == "https://monitor.example.org/klastry/entities/call-1.html"


@settings(derandomize=True, max_examples=60, deadline=None, database=None)
@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_no_text_loses_the_feed(text: str) -> None:
    row = change(name=text, field="beneficiaries", old=text, new=text + text, old_printed=text, url=text)
    document = feed([row, change(verb="renamed", field="title", old=text, new="x")])
    etree.fromstring(document)
    assert len(parsed(document).entries) == 1
