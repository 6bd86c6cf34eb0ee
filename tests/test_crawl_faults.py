"""Sites that break or lie, met by the real command: each fault is named, none enters the history.

Each round breaks four sources at once, each in its own way. After all rounds one healthy visit
makes the history what it would be had none of them been.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from e2e import Done, Site, World, ended, html, only, side_by_side
from e2e_pages import (
    KKK,
    MINISTRY_NEWS,
    PARP,
    PARP_NEWS,
    SCHEDULE,
    SOURCES,
    UNIT,
    govpl,
    healthy,
    kkk_page,
    later,
    page,
    unit_home,
)

from monitor.standin import Answer

HOME = "https://www.gov.pl/web/rozwoj-technologia"
BLOCKED = page(
    "Request Rejected", "<p>The requested URL was rejected. Your support ID is: 4141414141414141</p>"
)
MOST_MEMORY = 300 * 1024  # kB


def redirect(to: str) -> Answer:
    return Answer(302, {"Location": to})


def half(text: str) -> bytes:
    return text.encode()[: len(text) // 2]


def bomb() -> Answer:
    """300 MB of zeros in about 300 kB."""
    packed = gzip.compress(bytes(1024 * 1024), mtime=0)
    head = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    return Answer(headers=head, body=packed, times=300)


@dataclass(frozen=True)
class Round:
    """What the sites answer in one crawl, and what must come of it at each source."""

    site: Site
    states: dict[str, str]
    code: int = 3


GOOD = healthy()
ROUNDS = (
    Round(
        {
            KKK: html("<h1>Nie ma</h1>", status=404),
            MINISTRY_NEWS: html("<h1>Awaria</h1>", status=500),
            SCHEDULE: BLOCKED,
            PARP_NEWS: half(GOOD[PARP_NEWS]),
        },
        {
            "kkk-mr": "failed gone",
            "news-mr": "failed http-5xx",
            "calls-parp": "refused blocked-page",
            "news-parp": "refused not-whole",
        },
    ),
    Round(
        {
            KKK: Answer(headers={"Content-Type": "text/html"}, body=later()[KKK].encode(), cut_after=500),
            MINISTRY_NEWS: redirect(HOME),
            HOME: unit_home(),
            SCHEDULE: redirect("https://nabory.example.com/"),
            PARP_NEWS: redirect("http://169.254.169.254/latest/meta-data/"),
        },
        {
            "kkk-mr": "failed truncated",
            "news-mr": "refused moved-home",
            "calls-parp": "failed foreign-host",
            "news-parp": "failed private-host",
        },
    ),
    Round(
        {
            KKK: kkk_page(()),
            MINISTRY_NEWS: bomb(),
            SCHEDULE: GOOD[SCHEDULE].encode().replace("ó".encode(), b"\xf3"),
            PARP_NEWS: page("PARP - Centrum Rozwoju MŚP", "<main><p>Witamy.</p></main>"),
        },
        {
            "kkk-mr": "refused list-empty",
            "news-mr": "failed too-large",
            "calls-parp": "refused decode",
            "news-parp": "refused soft-404",
        },
    ),
    Round(
        {
            "https://www.gov.pl/robots.txt": Answer(503, body=b"Awaria"),
            f"{PARP}/robots.txt": Answer(body=b"User-agent: *\nDisallow: /\n"),
        },
        {
            "kkk-mr": "failed robots-unreachable",
            "news-mr": "failed robots-unreachable",
            "calls-parp": "failed robots-disallowed",
            "news-parp": "failed robots-disallowed",
        },
    ),
    Round(
        {
            KKK: govpl("Krajowe Klastry Kluczowe", "<main><h1>Strona nie istnieje</h1></main>"),
            MINISTRY_NEWS: Answer(204),
            SCHEDULE: page("Nabory", '<div id="root"></div><script src="/app.js"></script>'),
            PARP_NEWS: page("Logowanie", '<form><input type="password" name="haslo"></form>'),
        },
        {
            "kkk-mr": "refused soft-404",
            "news-mr": "failed empty",
            "calls-parp": "refused needs-browser",
            "news-parp": "refused login",
        },
    ),
)
LAST = len(ROUNDS) + 1


@dataclass(frozen=True)
class Met:
    """What one round left behind."""

    done: Done
    states: dict[str, str]
    past: dict[str, Any]
    asked: list[str]


@dataclass(frozen=True)
class Told:
    before: dict[str, Any]
    met: list[Met]
    world: World
    twin: World


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder = tmp_path_factory.mktemp("faults")
    with World(folder / "world", GOOD) as world:
        assert world.crawl(*SOURCES).code == 0
        before = world.past()
        with world.copy(folder / "twin") as twin:
            met = []
            for number, fault in enumerate(ROUNDS, 1):
                world.site = dict(GOOD)
                world.show(fault.site)
                since = len(world.stand_in.asked)
                done = world.crawl(*SOURCES, hours=number)
                met.append(Met(done, world.states(), world.past(), world.asked(since)))
            for either in (world, twin):
                either.site = dict(GOOD)
                either.show(later())
            last = side_by_side(*(partial(each.crawl, *SOURCES, hours=LAST) for each in (world, twin)))
            assert [done.code for done in last] == [0, 0], last
            yield Told(before, met, world, twin)


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_each_fault_has_its_state_and_reason(told: Told, number: int) -> None:
    assert told.met[number].states == ROUNDS[number].states
    assert told.met[number].done.code == ROUNDS[number].code
    lines = told.met[number].done.out.splitlines()
    assert lines[-1] == "0 of 4 sources complete, 0 changes told"
    for source, expected in ROUNDS[number].states.items():
        state, reason = expected.split()
        assert f"{state} ({reason})" in only(line for line in lines if line.startswith(source))
    assert "Traceback" not in told.met[number].done.err


@pytest.mark.parametrize("number", range(len(ROUNDS)))
def test_no_fault_touches_the_history_or_a_feed(told: Told, number: int) -> None:
    assert told.met[number].past == told.before


def test_a_healthy_visit_makes_it_as_if_no_fault_had_been(told: Told) -> None:
    assert told.world.facts() == told.twin.facts()
    assert told.world.sound()


def test_nothing_is_asked_of_hosts_that_are_not_ours_to_ask(told: Told) -> None:
    assert {asked.host for asked in told.world.stand_in.asked} == {"www.gov.pl", "www.parp.gov.pl"}


def test_behind_a_robots_file_nothing_is_asked(told: Told) -> None:
    assert told.met[3].asked == []


def test_no_address_is_asked_more_than_three_times_in_a_crawl(told: Told) -> None:
    for met in told.met:
        assert max((met.asked.count(url) for url in met.asked), default=0) <= 3
    assert told.met[0].asked.count(MINISTRY_NEWS) == 3
    assert told.met[0].asked.count(KKK) == 1


def test_a_bomb_is_stopped_before_it_fills_the_memory(tmp_path: Path) -> None:
    with World(tmp_path, {**healthy(), MINISTRY_NEWS: bomb()}) as world:
        _, memory = world.measured("crawl", "news-mr")
        assert memory < MOST_MEMORY
    assert world.states() == {"news-mr": "failed too-large"}


def test_refused_bodies_are_kept_with_their_reason(told: Told) -> None:
    refused = told.world.rows("SELECT source, refused FROM evidence WHERE refused IS NOT NULL")
    assert ("calls-parp", "blocked-page") in refused
    assert ("news-parp", "not-whole") in refused


def test_the_operator_hears_of_each_source_once_and_of_its_recovery(told: Told) -> None:
    signals = told.world.titles("health.xml")
    assert len(signals) == 2 * len(SOURCES), signals
    assert told.twin.titles("health.xml") == []


def test_hosts_that_are_down(tmp_path: Path) -> None:
    with World(tmp_path, GOOD) as world:
        assert world.crawl(*SOURCES).code == 0
        before = world.past()
        world.site = {}
        world.show()
        done = world.crawl(*SOURCES, hours=1)
        assert done.code == 6, done
        assert set(world.states().values()) == {"failed connection"}
        assert world.past() == before
        world.show({url: body for url, body in {**GOOD, **later()}.items() if url.startswith(UNIT)})
        done = world.crawl(*SOURCES, hours=2)
        assert done.code == 3, done
        assert world.states() == {
            "kkk-mr": "complete",
            "news-mr": "complete",
            "calls-parp": "failed connection",
            "news-parp": "failed connection",
        }
        assert "Nowy klaster na liście: Śląski Klaster Lotniczy – status do 17 grudnia 2025" in world.titles(
            "feed.xml"
        )
        assert world.sound()


def test_a_host_that_never_answers_does_not_hold_up_the_others(tmp_path: Path) -> None:
    with World(tmp_path, GOOD | {SCHEDULE: Answer(hang=True)}, "timeout = 0.5\n") as world:
        done = ended(world.begin("crawl", "calls-parp", "kkk-mr"), seconds=20)
        assert done.code == 3, done
        assert world.states() == {"calls-parp": "failed timeout", "kkk-mr": "complete"}
