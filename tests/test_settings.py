"""Scrapy is hardened, and the spiders run in it as they are meant to: alone they do nothing."""

import logging
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crawling import ROOT, Crawl, begin, snapshots
from scrapy.settings import Settings

from monitor import settings as module
from monitor.standin import Answer, Pages, StandIn
from spiders.plain_log import OneLine, PlainLog
from storage.records import Address, Missed, Said, Selectors, Snapshot, Source

HTML = {"Content-Type": "text/html; charset=utf-8"}
LIST = Answer(
    200, HTML, '<html><body><ul><li><a href="/a">Nabór dla klastrów</a></li></ul></body></html>'.encode()
)


@pytest.fixture(scope="module")
def hardened() -> Settings:
    settings = Settings()
    settings.setmodule(module, priority="project")
    return settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_NAME", "klastry"),
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_MAXSIZE", 20 * 1024 * 1024),
        ("KLASTRY_PAGE_BYTES", 5 * 1024 * 1024),
        ("CONCURRENT_REQUESTS", 32),
        ("DOWNLOAD_TIMEOUT", 60),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True),
        ("DNSCACHE_ENABLED", True),
        ("TWISTED_DNS_RESOLVER", "spiders.names.Names"),
        ("CONCURRENT_ITEMS", 16),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
        ("COOKIES_ENABLED", False),
        ("REFERER_ENABLED", False),
        ("ROBOTSTXT_OBEY", True),
        ("REDIRECT_ENABLED", False),
        ("METAREFRESH_ENABLED", False),
        ("RETRY_ENABLED", False),
        ("HTTPCACHE_ENABLED", False),
        ("HTTPPROXY_ENABLED", True),
        ("COMPRESSION_ENABLED", True),
        ("LOG_LEVEL", "WARNING"),
        ("STATS_DUMP", False),
        ("KLASTRY_SOURCE_SECONDS", 900),
        ("KLASTRY_BACKOFF", [5, 20]),
        ("KLASTRY_LONGEST_WAIT", 120),
    ],
)
def test_a_default_of_scrapy_is_changed_or_pinned(hardened: Settings, name: str, value: Any) -> None:
    assert hardened[name] == value


def test_only_http_and_https_can_be_asked(hardened: Settings) -> None:
    handlers = hardened.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


def test_middlewares_in_use_are_those_we_rely_on(hardened: Settings) -> None:
    order = hardened.getwithbase("DOWNLOADER_MIDDLEWARES")
    names = {path.rpartition(".")[2]: place for path, place in order.items() if place is not None}
    assert not {"RobotsTxtMiddleware", "OffsiteMiddleware", "HttpAuthMiddleware"} & names.keys()
    assert names["HttpProxyMiddleware"] < names["PublicNames"], "the fence must see the proxy"
    assert names["PublicNames"] == max(names.values()), "a replay must answer before names are resolved"


def test_requests_say_who_asks_in_polish(hardened: Settings) -> None:
    assert hardened["USER_AGENT"].startswith("klastry/")
    assert hardened["DEFAULT_REQUEST_HEADERS"]["Accept-Language"] == "pl,en;q=0.5"


def test_the_log_names_sources_and_holds_no_page() -> None:
    snapshot = Snapshot("kkk-mr", None, "https://a.test/", "kkk_list", (), False)  # type: ignore[arg-type]
    log = PlainLog()
    lines = [
        log.scraped(snapshot, None, None),  # type: ignore[arg-type]
        log.dropped(snapshot, ValueError("x\ny"), None, None),  # type: ignore[arg-type]
        log.item_error(snapshot, ValueError("x\ny"), None, None),  # type: ignore[arg-type]
    ]
    said = [str(line["msg"]) % line["args"] for line in lines]
    assert said == ["visited kkk-mr", "dropped kkk-mr: ValueError", "keeping kkk-mr failed: ValueError"]


def test_a_log_line_is_one_line_whatever_it_quotes() -> None:
    try:
        raise ValueError("zła\nstrona\x1b[2J")
    except ValueError:
        error = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "", 0, "visit of %s\r\nfailed", ("\x07kkk",), error)
    assert re.fullmatch(
        r"ERROR visit of kkk failed: ValueError: zła strona \[2J \(\S+\.py:\d+\)", OneLine().format(record)
    )


def scrapy(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_scrapy_lists_three_spiders_and_one_run_alone_points_to_the_command() -> None:
    assert scrapy("list").stdout.split() == ["mr_gov_pl", "own_list", "pi_gov_pl"]
    alone = scrapy("crawl", "mr_gov_pl")
    assert alone.stderr.splitlines() == ["ERROR mr_gov_pl knows no sources by itself: use `klastry crawl`"]


def source(name: str, url: str, spider: str = "own_list") -> Source:
    return Source(
        id=name,
        title=name,
        kind="call",
        spider=spider,
        addresses=(Address(url, "page_list", "register"),),
        hosts=(url.split("/")[2],),
        schedule="0 6 * * *",
        selectors=Selectors("ul > li", {"title": "a", "url": "a@href"}),
    )


def test_spiders_side_by_side_yield_one_snapshot_a_source(tmp_path: Path) -> None:
    sources = [
        source("one", "https://one.test/nabory", "mr_gov_pl"),
        source("two", "http://two.test/nabory", "pi_gov_pl"),
        source("two-more", "http://two.test/inne", "pi_gov_pl"),
        source("down", "http://down.test/nabory"),
        source("no-reader", "http://two.test/x"),
    ]
    sources[-1] = replace(sources[-1], addresses=(Address("http://two.test/x", "no", "window"),))
    pages = Pages({"https://one.test/nabory": LIST, "http://two.test/nabory": LIST,
                   "http://two.test/inne": LIST, "http://down.test/nabory": Answer(raw=b"")})  # fmt: skip
    settings = {"KLASTRY_BACKOFF": [0, 0], "LOG_LEVEL": "CRITICAL"}
    with StandIn(pages) as stand_in:
        assert begin(Crawl(sources, settings), tmp_path, stand_in.environment()).wait(60) == 0
        robots = [asked.url for asked in stand_in.asked if asked.url.endswith("/robots.txt")]
    found, waiting = snapshots(tmp_path)
    readings = {snapshot.source: snapshot.pages[0] for snapshot in found}
    assert {name: type(reading) for name, reading in readings.items()} == {
        "one": Said, "two": Said, "two-more": Said, "down": Missed,
    }  # fmt: skip
    assert waiting == {"no-reader"}
    assert robots.count("http://two.test/robots.txt") == 1
    assert all(snapshot.whole == (snapshot.source != "down") for snapshot in found)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_visits_under_way_at_once(tmp_path: Path, number: signal.Signals) -> None:
    pages = Pages({"http://slow.test/nabory": Answer(hang=True), "http://fine.test/nabory": LIST})
    sources = [source("fine", "http://fine.test/nabory"), source("slow", "http://slow.test/nabory")]
    with StandIn(pages) as stand_in:
        child = begin(Crawl(sources), tmp_path, stand_in.environment())
        until = time.monotonic() + 30
        while not {"http://slow.test/nabory", "http://fine.test/nabory"} <= {a.url for a in stand_in.asked}:
            assert time.monotonic() < until, "the child asks for nothing"
            time.sleep(0.02)
        child.send_signal(number)
        begun = time.monotonic()
        child.wait(20)
        assert time.monotonic() - begun < 5
    found, waiting = snapshots(tmp_path)
    assert "slow" in waiting
    assert "slow" not in {snapshot.source for snapshot in found}
