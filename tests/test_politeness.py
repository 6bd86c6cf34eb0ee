"""When a host may be asked again, and what its robots file and its Retry-After say of it."""

import asyncio
from datetime import UTC, datetime

import pytest
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Response
from twisted.internet.error import DNSLookupError

from spiders.fetch import retry_after
from spiders.outcome import explain
from spiders.politeness import NoWaiting, Politeness
from spiders.robots import LONGEST_FILE, Rules, read_rules
from storage.errors import PageFault
from storage.records import Page


def test_a_name_nobody_knows() -> None:
    fault = explain(DNSLookupError("no such name"), "http://nowhere.test/")
    assert (fault.reason, fault.address) == ("dns", "http://nowhere.test/")
    assert explain(DownloadTimeoutError("slow"), "").reason == "timeout"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("7", 7.0), ("Mon, 23 Nov 2026 10:00:30 GMT", 30.0), ("Mon, 23 Nov 2020 10:00:00 GMT", 0.0),
     ("soon", None), ("-1", None), ("1.5", None), ("", None), ("²", None)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(said: str, seconds: float | None) -> None:
    response = Response("http://a.test/", headers={"Retry-After": said.encode()})
    assert retry_after(response, datetime(2026, 11, 23, 10, tzinfo=UTC)) == seconds


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def gaps(politeness: Politeness, time: FakeTime, hosts: str) -> list[float]:
    """The times at which requests of one second each begin, asked side by side."""

    async def one(host: str) -> float:
        async with politeness.turn(host):
            begun = time.now
            await time.sleep(1)
            return begun

    async def all_of_them() -> list[float]:
        return await asyncio.gather(*(one(host) for host in hosts))

    return asyncio.run(all_of_them())


def test_the_gap_runs_from_the_end_of_one_request_to_the_begin_of_the_next() -> None:
    time = FakeTime()
    assert gaps(Politeness(3, time, time.sleep), time, "aaa") == [100, 104, 108]


def test_another_host_does_not_wait() -> None:
    time = FakeTime()
    assert gaps(Politeness(3, time, time.sleep), time, "ab") == [100, 101]


def test_crawl_delay_and_retry_after_widen_the_gap() -> None:
    time = FakeTime()
    politeness = Politeness(3, time, time.sleep)
    politeness.slow_down("a", 10)
    politeness.slow_down("a", 1)
    assert gaps(politeness, time, "aa") == [100, 111]
    politeness.pause("a", 30)
    assert gaps(politeness, time, "a") == [142]
    politeness.slow_down("b", 86400)
    assert gaps(politeness, time, "bb") == [143, 204]


def test_a_crawl_delay_holds_from_the_robots_file_on() -> None:
    time = FakeTime()
    politeness = Politeness(3, time, time.sleep)
    assert gaps(politeness, time, "a") == [100]
    politeness.slow_down("a", 10)
    assert gaps(politeness, time, "a") == [111]


def test_a_recording_is_not_waited_for() -> None:
    async def replay() -> None:
        politeness = NoWaiting()
        politeness.pause("a", 3600)
        politeness.slow_down("a", 60)
        for _ in range(3):
            async with politeness.turn("a"):
                await politeness.rest(3600)

    asyncio.run(asyncio.wait_for(replay(), 1))


def test_robots_rules_name_our_agent_and_delay() -> None:
    body = b"User-agent: *\nDisallow: /\n\nUser-agent: klastry\nAllow: /web/\nDisallow: /\nCrawl-delay: 7\n"
    page = Page("", "", datetime(2026, 11, 23, tzinfo=UTC), 200, {"content-type": "text/plain"}, body)
    rules = read_rules(page)
    rules.check("https://www.gov.pl/web/rozwoj")
    with pytest.raises(PageFault, match="disallows") as caught:
        rules.check("https://www.gov.pl/attachment/1")
    assert caught.value.reason == "robots-disallowed"
    assert rules.crawl_delay == 7
    assert Rules(None).crawl_delay == 0


def robots(body: bytes, declared: str = "text/plain") -> Rules:
    return read_rules(Page("", "", datetime(2026, 11, 23, tzinfo=UTC), 200, {"content-type": declared}, body))


@pytest.mark.parametrize("declared", ["text/html; charset=utf-8", "application/xhtml+xml", "image/png", ""])
def test_rules_are_rules_whatever_they_are_sent_as(declared: str) -> None:
    with pytest.raises(PageFault, match="disallows"):
        robots(b"\xef\xbb\xbf\nUser-agent: *\nDisallow: /\n", declared).check("https://www.gov.pl/web")


@pytest.mark.parametrize("start", [b"<!DOCTYPE html>", b"\n <html>", b"<p>", b"<!-- x -->", b"<?xml?>"])
def test_a_page_is_no_robots_file_whatever_it_is_sent_as(start: bytes) -> None:
    robots(start + b"\nUser-agent: *\nDisallow: /\n").check("https://www.gov.pl/web")


def test_a_robots_file_is_read_as_far_as_the_standard_wants() -> None:
    rule, line = b"User-agent: *\nDisallow: /web/rozwoj\n", b"#" + b"x" * 98 + b"\n"
    with pytest.raises(PageFault, match="disallows"):
        robots(line * 5_115 + rule).check("https://www.gov.pl/web/rozwoj")
    cut = robots(b"User-agent: *\n" + b"#" * (LONGEST_FILE - 30) + b"\nDisallow: /web/rozwoj\n")
    cut.check("https://www.gov.pl/web")
