"""Every feed keeps every rule; and the judge of the rules finds what breaks them."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config_tables import FeedTable
from monitor.feed_layout import MOST_BYTES
from monitor.health import Signal, documents
from tests.feed_rules import judge, whole
from tests.telling import START, appeared, began, change, feed_files, masthead, news

URL = "https://monitor.example.org/klastry/"
HOSTILE = "]]><script>alert(1)</script>&lt;img src=x onerror=y&gt; \x00\x1b[31m\ud800\ufffe{{7*7}}"
LONG = "Wnioskodawca przedstawia plan rozwoju klastra. " * 70
OWN = {
    "moje": FeedTable(title="<b>&lt;Moje\" ' & ]]>", kinds=("call",), match=("klast",)),
    "klastry": FeedTable(title="Polecany"),
}


def story(number: int) -> list[object]:
    """A change that differs from the others, some of them long, some hostile."""
    kind = ("call", "article", "cluster")[number % 3]
    name = f"{HOSTILE} {number}" if number % 7 == 0 else f"Rozwój „klastrów” & firm {number}"
    if number % 3:
        return [appeared(kind=kind, name=name, source="news-parp", entity=f"{kind}-{number}")]
    if number % 5 == 0:
        return [change(name=name, field="beneficiaries", old=LONG + "a", new=LONG + str(number))]
    return [change(name=name), change(name=name, field="budget", old=HOSTILE, new=f"{number} PLN")]


def made(count: int, language: str = "pl") -> dict[str, bytes]:
    told = news([began()], *map(story, range(count)), language=language, every=timedelta(hours=9))
    signals = [Signal("kkk-mr", START, "broke", "timeout", HOSTILE, "javascript:x")] * bool(count)
    return feed_files(told, language, OWN) | documents(signals, masthead(language))


@pytest.mark.parametrize(("count", "language"), [(0, "pl"), (7, "en")])
def test_every_feed_keeps_every_rule(count: int, language: str) -> None:
    assert judge(made(count, language), URL) == []


def test_archives_keep_every_rule_and_hold_with_the_window_every_entry() -> None:
    files = made(130)
    assert judge(files, URL) == []
    assert {"archive/feed/1.xml", "archive/feed/2.atom", "archive/klastry/1.json"} <= files.keys()
    titles = [entry.title for entry in news([began()], *map(story, range(130)))]
    for form in ("xml", "atom", "json"):
        assert [said.title for said in whole(f"feed.{form}", files, URL)] == titles


@settings(derandomize=True, max_examples=15, deadline=None, database=None)
@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=60), min_size=1, max_size=4))
def test_no_text_breaks_a_rule(texts: list[str]) -> None:
    told = news(
        *[[change(name=text, field="beneficiaries", old=text, new=f"x{text}", url=text)] for text in texts]
    )
    files = feed_files(told)
    del files["feeds.opml"]
    assert judge(files, URL) == []


@pytest.mark.parametrize("text", ["&" * 9_000, "ł" * 9_000, "<" * 9_000, '"' * 9_000, "\U0001f600" * 9_000])
@pytest.mark.parametrize("field", ["beneficiaries", "url"])
def test_no_document_is_too_large(text: str, field: str) -> None:
    addresses = [f"https://x.pl/{number}{text[:1_800]}" for number in range(20)]
    told = news(
        *[
            [change(name=text, field=field, old=None, new=url if field == "url" else text, url=url)]
            for url in addresses
        ]
    )
    files = feed_files(told)
    assert max(map(len, files.values())) <= MOST_BYTES
    documents = [
        content for name, content in files.items() if re.fullmatch(r"(archive/)?feed(/\d+)?\.xml", name)
    ]
    assert len({guid for content in documents for guid in re.findall(b"<guid.*?</guid>", content)}) == 20


# The judge


BREAKS = [
    ("feed.xml", "<ttl>120</ttl>", "", "ttl"),
    ("feed.xml", "<ttl>120</ttl>", "<ttl>0</ttl>", "ttl"),
    ("feed.xml", "<title>", "<title>&lt;b&gt;", "plain text"),
    ("feed.xml", "</guid>", "0</guid>", "not the same entries"),
    ("feed.xml", 'isPermaLink="false"', "", "taken for an address"),
    ("feed.xml", "<link>https://monitor.example.org/klastry/index.html", "<link>index.html", "channel link"),
    ("feed.xml", r"\+0000</lastBuildDate>", "GMT</lastBuildDate>", "dates"),
    ("feed.xml", "<lastBuildDate>...", "<lastBuildDate>Xxx", "dates"),
    ("feed.xml", 'rel="self"', 'rel="alternate"', "link to itself"),
    ("feed.xml", "<docs>", "<author>a@b.pl</author><docs>", "1 author"),
    ("feed.xml", r"(?s)(<description>[^<]*</des\w*>)(\s*<content.*?</content\S*>)", r"\2\1", "after"),
    ("feed.xml", "&lt;p&gt;", "&lt;script&gt;", "no HTML"),
    ("feed.xml", 'href="https://monitor.example.org/klastry/entities/', 'href="entities/', "leads to"),
    ("feed.xml", "<rss ", "<!DOCTYPE rss><rss ", "something before it"),
    ("feed.xml", "<channel>", "<?xml-stylesheet href='x'?><channel>", "instruction"),
    ("feed.atom", "<name>klastry</name>", "<name/>", "empty"),
    ("feed.atom", 'type="html"', 'type="text"', "declared as HTML"),
    ("feed.atom", r"(?s)(<id>.*?)(<entry>.*</entry>)", r"\2\1", "metadata after"),
    ("feed.atom", r"(?s)<updated>.*?</updated>(\s*<author>\s*<name>klastry)", r"\1", "has 0"),
    ("feed.atom", 'scheme="tag:monitor.example.org,2026:kind"', 'scheme="kind"', "no URI"),
    ("feed.atom", r"\+00:00</published>", "</published>", "dates"),
    ("feed.json", "version/1.1", "version/1", "version"),
    ("feed.json", '"content_html"', '"content"', "cannot be read"),
    ("feed.json", '"date_published": "2', '"date_published": "20', "cannot be read"),
    ("feed.json", r'("date_published": ".*?)Z"', r'\1.5Z"', "date"),
    ("feed.json", '"tags"', '"labels": [], "tags"', "keys"),
    ("feed.json", "archive/feed/2.json", "archive/feed/9.json", "no feed leads to it"),
    ("archive/feed/1.xml", "<fh:archive/>", "", "not marked"),
    ("archive/feed/1.atom", 'rel="next-archive"', 'rel="next"', "next is None"),
    ("archive/feed/2.atom", "klastry/feed.atom", "klastry/calls.atom", "current is"),
    ("feeds.opml", 'xmlUrl="[^"]*news.xml"', 'xmlUrl="news.xml"', "OPML"),
    ("feeds.opml", 'version="2.0"', 'version="1.0"', "OPML"),
    ("feeds.opml", 'title="Wiadomości"', "", "attributes"),
]  # fmt: skip


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """A feed with two archives, others with one entry; all in order."""
    told = news(
        [began()], *([appeared(kind="document", name=f"Regulamin {number}")] for number in range(110))
    )
    made = feed_files(told) | documents([], masthead())
    assert judge(made, URL) == []
    return made


@pytest.mark.parametrize(("name", "was", "becomes", "says"), BREAKS)
def test_the_judge_finds_what_breaks_a_rule(
    files: dict[str, bytes], name: str, was: str, becomes: str, says: str
) -> None:
    broken = re.sub(was, becomes, files[name].decode(), count=1)
    assert broken != files[name].decode()
    faults = judge(files | {name: broken.encode()}, URL)
    assert any(says in fault for fault in faults), faults


def test_the_judge_finds_dates_that_stand_still_and_a_missing_form(files: dict[str, bytes]) -> None:
    date = re.search(rb"<pubDate>.*?</pubDate>", files["feed.xml"])
    assert date
    still = re.sub(rb"<pubDate>.*?</pubDate>", date[0], files["feed.xml"])
    assert any("do not fall" in fault for fault in judge(files | {"feed.xml": still}, URL))
    fewer = {name: content for name, content in files.items() if name != "feed.json"}
    assert "not every feed has all three forms" in judge(fewer, URL)
