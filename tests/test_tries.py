"""How long a host that is silent, unwilling or resting is asked: a clock that only waiting moves."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import HtmlResponse, Response
from visiting import source

from monitor.crawl import rests
from spiders.fences import Fence
from spiders.fetch import Fetcher, Patience, Trail
from spiders.politeness import LONGEST_REST, Politeness, not_before, rests_of
from spiders.robots import Robots
from spiders.signs import Habits
from storage.history import History
from storage.records import Missed, Page

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
HOST = "lista.test"
ROBOTS = f"https://{HOST}/robots.txt"
MOST_SECONDS = 120


class Site:
    """Answers of one host by address, None for silence; time goes by as it is waited."""

    def __init__(self, answer: Callable[[str], Response | None]) -> None:
        self.seconds = 0.0
        self.asked: list[tuple[str, float]] = []
        self.times: list[float] = []
        self._answer = answer
        self.politeness = Politeness(3, lambda: self.seconds, self.sleep)
        self.fetcher = Fetcher(self.download, self.politeness, Robots(), self.clock, Patience(), Habits())

    def clock(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    async def download(self, request: Request) -> Response:
        timeout = request.meta["download_timeout"]
        self.asked.append((request.url, timeout))
        self.times.append(self.seconds)
        response = self._answer(request.url)
        self.seconds += timeout if response is None else 0.1
        if response is None:
            raise DownloadTimeoutError("silent")
        return response

    def ask(self, *paths: str) -> list[str]:
        """The reasons for which the pages gave nothing, one after the other; empty for a page."""
        fence = Fence(frozenset({HOST}), frozenset({80, 443}), private=False)
        trail = Trail()

        async def ask_all() -> list[str]:
            outcomes = [
                (await self.fetcher.page(f"https://{HOST}{path}", fence, trail)).outcome for path in paths
            ]
            return [outcome.reason if isinstance(outcome, Missed) else "" for outcome in outcomes]

        return asyncio.run(ask_all())


def page(url: str) -> Response:
    return HtmlResponse(url, body=b"<html><body>x</body></html>")


def no_robots(url: str) -> Response | None:
    return Response(url, status=404) if url == ROBOTS else None


def test_a_host_that_never_answers_is_given_up_within_the_bound() -> None:
    site = Site(no_robots)
    assert site.ask("/a", "/b", "/c", "/d", "/e") == ["timeout"] * 5
    assert site.seconds < MOST_SECONDS
    assert [(url.rpartition("/")[2], timeout) for url, timeout in site.asked[1:]] == [
        ("a", 60), ("a", 15), ("b", 15),
    ]  # fmt: skip


def test_a_robots_file_that_never_comes_is_given_up_within_the_bound() -> None:
    site = Site(lambda url: None)
    assert site.ask("/a", "/b", "/c") == ["robots-unreachable"] * 3
    assert site.seconds < MOST_SECONDS


def test_one_page_that_hangs_does_not_keep_the_others_from_being_asked() -> None:
    site = Site(lambda url: no_robots(url) if url.endswith(("/a", "robots.txt")) else page(url))
    assert site.ask("/a", "/b", "/a", "/c", "/d") == ["timeout", "", "timeout", "", ""]


def test_who_answers_again_is_waited_for_as_long_as_ever() -> None:
    silent = {"/a"}
    site = Site(lambda url: None if url.removeprefix(f"https://{HOST}") in silent else page(url))
    site.ask("/a", "/b")
    silent = {"/c"}
    site.ask("/c")
    assert [timeout for url, timeout in site.asked if url.endswith("/c")] == [60, 15]


def resting(seconds: str) -> Callable[[str], Response | None]:
    headers = {"Retry-After": seconds}
    return lambda url: (
        no_robots(url) if url == ROBOTS else Response(url, status=429, headers=headers, body=b"x")
    )


def test_a_host_that_wants_rest_is_not_asked_again_in_the_run() -> None:
    site = Site(resting("7200"))
    assert site.ask("/a", "/b") == ["rate-limited"] * 2
    assert [url for url, _ in site.asked] == [ROBOTS, f"https://{HOST}/a"]


@pytest.mark.parametrize(("seconds", "rest"), [("7200", timedelta(hours=2)), ("9" * 30, LONGEST_REST)])
def test_the_rest_is_told_to_later_runs_and_bounded(seconds: str, rest: timedelta) -> None:
    site = Site(resting(seconds))
    fence = Fence(frozenset({HOST}), frozenset({80, 443}), private=False)
    outcome = asyncio.run(site.fetcher.page(f"https://{HOST}/a", fence, Trail())).outcome
    assert isinstance(outcome, Missed)
    assert isinstance(outcome.page, Page)
    until = rests_of(outcome.detail)[HOST]
    assert abs(until - START - rest) < timedelta(seconds=5)


def test_a_rest_is_kept_until_its_time() -> None:
    for hours, reason in ((1, "rate-limited"), (-1, "")):
        site = Site(page)
        site.politeness = Politeness(3, rests={HOST: START + timedelta(hours=hours)})
        site.fetcher = Fetcher(site.download, site.politeness, Robots(), site.clock, Patience(), Habits())
        assert site.ask("/a") == [reason]
        assert bool(site.asked) == (not reason)


def test_the_words_of_a_rest_are_read_back() -> None:
    until = START + timedelta(minutes=90)
    said = f"HTTP 429, {not_before(HOST, until)}; {not_before('karty.test', START)}"
    assert rests_of(said) == {HOST: until, "karty.test": START}
    assert rests_of("HTTP 429") == rests_of(None) == {}


def test_the_last_try_is_listened_to() -> None:
    tries = iter([{}, {}, {"Retry-After": "36000"}])
    site = Site(lambda url: no_robots(url) if url == ROBOTS else Response(url, 503, next(tries), b"x"))
    assert site.ask("/a", "/b") == ["rate-limited"] * 2
    assert len(site.asked) == 4, "robots.txt and three tries of the first page"


def test_a_single_try_is_listened_to() -> None:
    site = Site(resting("30"))
    fence, trail = Fence(frozenset({HOST}), frozenset({443}), private=False), Trail()

    async def ask() -> None:
        for path in "ab":
            await site.fetcher.page(f"https://{HOST}/{path}", fence, trail, once=True)

    asyncio.run(ask())
    assert [url[-2:] for url, _ in site.asked[1:]] == ["/a", "/b"]
    assert site.times[2] - site.times[1] >= 30


def test_a_host_is_not_waited_for_time_and_again() -> None:
    site = Site(resting("50"))
    assert site.ask("/a", "/b") == ["rate-limited"] * 2
    assert len(site.asked) == 4, "the third answer asks for more than the two before it left"
    assert site.seconds < MOST_SECONDS


def test_a_visit_speaks_for_the_hosts_of_its_source_alone() -> None:
    """Its detail may hold the words of a page, and a page may say anything."""
    until = START + timedelta(hours=2)
    said = f"titled '{not_before('www.gov.pl', until)}'; {not_before('karty.test', until)}"

    class Told:
        def details_since(self, since: datetime) -> list[tuple[str, str]]:
            assert since == START - LONGEST_REST
            return [("lista", said), ("unknown", not_before("lista.test", until))]

    watched = [replace(source(), hosts=(HOST, "karty.test"))]
    assert rests(cast(History, Told()), watched, START) == {"karty.test": until}
