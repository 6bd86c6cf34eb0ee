"""`klastry crawl` at its main job: fills the history, tells what changed, and nothing twice."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from e2e import ROOT, Done, Site, World, only
from e2e_pages import (
    ARTICLES,
    KKK,
    KKK_CALL,
    MODEL,
    NAMES,
    PARP_NEWS,
    SOURCES,
    article_url,
    card_url,
    healthy,
    kkk_page,
    later,
    parp_article,
    parp_news,
)

from monitor.network import backoff

REGION = "https://region.example.org/nabory"
ARCHIVE = "https://kopia.example.org/klastry"
OWN = f"""
[source.region]
title = "Nabory w regionie"
url = "{REGION}"
list = "window"
item = "ul.calls > li"
fields = {{ title = "a", url = "a@href", closes = ".deadline" }}

[source.kopia]
url = "{ARCHIVE}"
reader = "kkk_list"
at_least = 2
"""
WATCHED = (*SOURCES, "region", "kopia")
COORDINATORS = {"Interizon": "Fundację Interizon"}
HOSTILE = "Klastry\x0b ]]&gt; &lt;script&gt;alert(1)&lt;/script&gt; i firmy"
HARMLESS = "Klastry ]]› ‹script›alert(1)‹/script› i firmy"
QUIET_TABLES = ("spell", '"change"', "body", "capture", "ledger", "entity", "entity_key", "review")


def region(*calls: tuple[int, str, str]) -> bytes:
    """A list in windows-1250 that no one declares."""
    rows = "".join(
        f'<li><a href="/nabory/{number}">{title}</a> <b class="deadline">{day}</b></li>'
        for number, title, day in calls
    )
    text = f"<!DOCTYPE html>{MODEL}<html><body><h1>Nabory</h1><ul class=calls>{rows}</ul></body></html>"
    return text.encode("cp1250")


FIRST_CALLS = ((2, "Nabór dla łódzkich klastrów", "4.12.2026"), (1, "Zielone święto", "30.11.2026"))


class Story:
    """Four crawls of six sources, two hours apart: the first, one without news, one with, one without."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: list[Done] = []
        self.counts: list[dict[str, int]] = []
        self.asked: list[int] = []
        self.files: list[dict[str, tuple[bytes, int]]] = []

    def crawl(self, *words: str) -> None:
        self.asked.append(len(self.world.stand_in.asked))
        self.done.append(self.world.crawl(*WATCHED, *words, hours=2 * len(self.done)))
        counts = {name: only(self.world.rows(f"SELECT COUNT(*) FROM {name}"))[0] for name in QUIET_TABLES}
        self.counts.append(counts)
        times = self.world.times()
        self.files.append({name: (content, times[name]) for name, content in self.world.feeds().items()})


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    site: Site = {
        **healthy(),
        REGION: region(*FIRST_CALLS),
        ARCHIVE: kkk_page(NAMES[:3], "V", "31 grudnia 2024"),
    }
    with World(tmp_path_factory.mktemp("story"), site, OWN) as world:
        story = Story(world)
        story.crawl()
        story.crawl("--quiet")
        news: Site = {
            **later(),
            KKK: kkk_page((*NAMES, "Śląski Klaster Lotniczy"), coordinators=COORDINATORS),
            # The oldest article has scrolled off the list.
            PARP_NEWS: parp_news((903, "23 listopada 2026 r.", HOSTILE), ARTICLES[0]),
            article_url(903): parp_article("23 listopada 2026 r.", HOSTILE),
            REGION: region((3, "Źródła dla gmin", "2026-12-31"), *FIRST_CALLS),
        }
        world.show(news)
        story.crawl()
        story.crawl()
        yield story


def test_the_first_crawl_fills_the_history(story: Story) -> None:
    assert story.done[0].code == 0, story.done[0]
    assert story.done[0].out.splitlines()[-1] == "6 of 6 sources complete, 0 changes told"
    assert {line.split()[0]: line.split()[1:] for line in story.done[0].out.splitlines()[:-1]} == {
        "kkk-mr": ["complete,", "12", "records"],
        "news-mr": ["complete,", "2", "records"],
        "calls-parp": ["complete,", "2", "records"],
        "news-parp": ["complete,", "2", "records"],
        "region": ["complete,", "2", "records"],
        "kopia": ["complete,", "3", "records"],
    }
    assert story.done[0].err == ""
    assert b"<title>Pocz\xc4\x85tek obserwacji" in story.files[0]["feed.xml"][0]
    assert story.files[0]["feed.xml"][0].count(b"<item>") == 1


def test_all_went_over_tls_to_the_real_addresses(story: Story) -> None:
    asked = story.world.stand_in.asked
    assert {one.url.split("/")[0] for one in asked} == {"https:"}
    assert {one.headers["user-agent"].split("/")[0] for one in asked} == {"klastry"}


@pytest.mark.parametrize("number", [1, 3])
def test_a_crawl_without_news_tells_and_stores_nothing(story: Story, number: int) -> None:
    assert story.done[number].code == 0, story.done[number]
    assert story.counts[number] == story.counts[number - 1]
    assert story.files[number] == story.files[number - 1]  # bytes and times of writing


def test_each_crawl_writes_one_visit_a_source(story: Story) -> None:
    rows = story.world.rows("SELECT at, source, state FROM visits")
    assert sorted({at for at, _, _ in rows}) == [f"2026-11-23T{hour:02}:00:00Z" for hour in (9, 11, 13, 15)]
    assert len(rows) == 4 * len(WATCHED)
    assert {(at, state) for at, _, state in rows if "T11" in at or "T15" in at} == {
        ("2026-11-23T11:00:00Z", "unchanged"),
        ("2026-11-23T15:00:00Z", "unchanged"),
    }


def test_a_crawl_without_news_asks_each_page_once_and_conditionally(story: Story) -> None:
    requests = story.world.stand_in.asked[story.asked[1] : story.asked[2]]
    again = [asked for asked in requests if not asked.url.endswith("/robots.txt")]
    assert sorted(asked.url for asked in again) == sorted([*healthy(), REGION, ARCHIVE])
    assert all("if-none-match" in asked.headers for asked in again)


def test_quiet_prints_nothing_when_all_is_well(story: Story) -> None:
    assert (story.done[1].out, story.done[1].err) == ("", "")


def test_what_changed_is_told_and_nothing_else(story: Story) -> None:
    told = story.world.told()
    assert told[0].startswith("Początek obserwacji: 23 pozycje w 6 źródłach")
    assert sorted(told[1:]) == sorted(
        [
            "Nowy klaster na liście: Śląski Klaster Lotniczy – status do 17 grudnia 2025",
            only(line for line in told if "Interizon" in line),
            "Termin naboru przesunięty: Rozwój oferty klastrów dla firm – z 4 na 11 grudnia 2026",
            "Nowa wiadomość: Konkurs dla klastrów",
            f"Nowa wiadomość: {HARMLESS}",
            "Nowy nabór: Źródła dla gmin – do 31 grudnia 2026",
        ]
    )
    assert story.done[2].out.splitlines()[-1] == "6 of 6 sources complete, 6 changes told"


def test_the_change_log_says_what_was_seen_between_which_visits(story: Story) -> None:
    done = story.world.run("changes", "--field", "closes", "--format", "json")
    row = only(json.loads(done.out))
    assert (row["old"], row["new"]) == ("2026-12-04", "2026-12-11")
    assert (row["seen_after"], row["seen_by"]) == ("2026-11-23T11:00:00Z", "2026-11-23T13:00:00Z")
    assert (row["source"], row["url"], row["cause"]) == ("calls-parp", card_url(KKK_CALL), "source")
    evidence = only(story.world.rows(f"SELECT address FROM evidence WHERE sha256 = '{row['evidence']}'"))
    assert evidence == (card_url(KKK_CALL),)
    assert row["entry"].startswith("tag:klastry.example.org,2026:")


def test_the_lists_say_how_things_stand(story: Story) -> None:
    clusters = csv.DictReader(io.StringIO(story.world.run("list", "clusters", "--format", "csv").out))
    rows = {row["name"]: row for row in clusters}
    assert set(rows) == {*NAMES, "Śląski Klaster Lotniczy"}
    assert rows["Interizon"]["coordinator"] == "Fundacja Interizon"
    assert (rows["Interizon"]["round"], rows["Interizon"]["status_until"]) == ("VI", "2025-12-17")
    calls = dict(story.world.rows("SELECT title, closes FROM calls WHERE source = 'region'"))
    assert calls == {
        "Nabór dla łódzkich klastrów": "2026-12-04",
        "Zielone święto": "2026-11-30",
        "Źródła dla gmin": "2026-12-31",
    }


def test_what_scrolled_off_the_news_is_still_there(story: Story) -> None:
    assert story.world.rows(f"SELECT listed FROM articles WHERE title = '{ARTICLES[1][2]}'") == [("yes",)]
    assert story.world.rows("SELECT * FROM changes WHERE verb = 'disappeared'") == []


def test_control_characters_and_markup_do_no_harm(story: Story) -> None:
    title = "Klastry ]]> <script>alert(1)</script> i firmy"
    assert story.world.rows("SELECT title FROM articles WHERE url LIKE '%903:%'") == [(title,)]
    assert f"Nowa wiadomość: {HARMLESS}" in story.world.titles("news.xml")
    for name, (content, _) in story.files[3].items():
        assert b"\x0b" not in content, name
        assert b"<script>alert" not in content, name


def test_the_feeds_hold_what_belongs_to_them(story: Story) -> None:
    topics = {name: story.world.titles(f"{name}.xml")[1:] for name in ("clusters", "calls", "news")}
    assert {name: len(titles) for name, titles in topics.items()} == {"clusters": 2, "calls": 2, "news": 2}
    everything = story.world.titles("feed.xml")
    assert len(everything) == 7
    assert [title for title in everything if "gmin" not in title] == story.world.titles("klastry.xml")


def test_the_history_is_sound_and_its_head_is_published(story: Story) -> None:
    assert story.world.sound()
    head = only(story.world.rows("SELECT digest FROM ledger ORDER BY id DESC LIMIT 1"))[0]
    published = json.loads((story.world.folder / "public" / "status.json").read_text(encoding="utf-8"))
    assert published["head"] == head


def test_scrapy_lists_the_spiders() -> None:
    command = [sys.executable, "-m", "scrapy", "list"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split() == ["mr_gov_pl", "own_list", "pi_gov_pl"]


def test_pauses_before_further_tries_shrink_with_the_delay() -> None:
    assert backoff([5, 20], 3.0) == backoff([5, 20], 10.0) == [5, 20]
    assert backoff([5, 20], 1.5) == [2.5, 10]
    assert backoff([5, 20], 0.0) == [0, 0]
