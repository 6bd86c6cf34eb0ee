"""Signals to the operator: one per change of state, damped; and the advice for every reason."""

from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
import pytest

from monitor.health import Signal, documents, signals, story
from monitor.reasons import advice
from storage.errors import REASONS
from storage.records import Address, Source
from tests.feed_rules import judge
from tests.telling import masthead

START = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)
URL = "https://www.parp.gov.pl/harmonogram-naborow"


def source(name: str, *, dormant: bool = False) -> Source:
    address = Address(URL, "parp_schedule", "window")
    return Source(name, "Nabory", "call", "pi_gov_pl", (address,), ("www.parp.gov.pl",), "", dormant=dormant)


SOURCES = {
    "calls-parp": source("calls-parp"),
    "kkk-mr": source("kkk-mr"),
    "kkk-pi": source("kkk-pi", dormant=True),
}


def visit(
    hours: float, state: str, name: str = "calls-parp", reason: str | None = None, **said: Any
) -> dict[str, Any]:
    broken = state not in ("complete", "unchanged")
    return {
        "id": 1,
        "source": name,
        "at": START + timedelta(hours=hours),
        "state": state,
        "address": URL,
        "reason": reason or ("timeout" if broken else None),
        "detail": "60 s" if broken else None,
        "clock": "ok",
        **said,
    }


def turns(*visits: dict[str, Any]) -> list[tuple[str, float]]:
    return [(each.turn, (each.at - START) / timedelta(hours=1)) for each in signals(visits, SOURCES)]


def test_a_failure_is_told_once_and_its_end_once() -> None:
    told = turns(
        visit(0, "complete"),
        visit(2, "failed"),
        visit(4, "refused"),
        visit(6, "partial"),
        visit(8, "unchanged"),
        visit(10, "complete"),
    )
    assert told == [("broke", 2), ("recovered", 8)]


def test_a_new_address_is_told_once() -> None:
    here = {"reason": "moved", "detail": "moved to https://www.parp.gov.pl/nabory"}
    there = {"reason": "moved", "detail": "moved to https://nabory.parp.gov.pl/"}
    told = turns(
        visit(0, "complete"),
        visit(2, "complete", **here),
        visit(4, "unchanged", **here),
        visit(6, "failed"),
        visit(8, "complete", **here),
        visit(10, "complete", **there),
    )
    assert told == [("moved", 2), ("broke", 6), ("recovered", 8), ("moved", 10)]


def test_a_first_visit_that_fails_is_told() -> None:
    assert turns(visit(0, "failed"), visit(2, "failed")) == [("broke", 0)]


def test_an_unstable_source_is_told_once_until_a_day_is_quiet() -> None:
    flapping = [visit(hour, "failed" if hour % 4 else "complete") for hour in range(2, 40, 2)]
    told = turns(visit(0, "complete"), *flapping)
    assert told == [("broke", 2), ("recovered", 4), ("unstable", 6)]
    calm = [visit(hour, "complete") for hour in range(40, 80, 2)]
    assert turns(*flapping, *calm)[3:] == [("recovered", 64)]
    assert turns(*flapping, *calm, visit(100, "failed"))[4:] == [("broke", 100)]


def test_after_a_quiet_day_a_failure_is_a_new_one() -> None:
    told = turns(visit(0, "failed"), visit(2, "complete"), visit(26, "failed"))
    assert told == [("broke", 0), ("recovered", 2), ("broke", 26)]
    assert turns(visit(0, "failed"), visit(2, "complete"), visit(25.9, "failed"))[2][0] == "unstable"


def test_a_dormant_source_is_told_only_when_it_wakes() -> None:
    dormant = [visit(hour, state, "kkk-pi") for hour, state in enumerate(("failed", "refused", "failed"))]
    assert turns(*dormant) == []
    assert turns(*dormant, visit(5, "complete", "kkk-pi"), visit(6, "unchanged", "kkk-pi")) == [
        ("answered", 5)
    ]


def test_a_stopped_visit_says_nothing_of_its_source() -> None:
    assert turns(visit(0, "complete"), visit(2, "partial", reason="stopped"), visit(4, "complete")) == []


def test_a_wrong_clock_dates_nothing() -> None:
    far = 24 * 365 * 70
    told = turns(
        visit(0, "complete"), visit(far, "refused", reason="clock", clock="suspect"), visit(4, "complete")
    )
    assert told == [("broke", 0), ("recovered", 4)]


def test_a_visit_that_nothing_dates_is_dated_within_weeks() -> None:
    far = 24 * 365 * 70
    told = turns(
        visit(0, "complete"), visit(4, "failed", clock="unproved"), visit(6, "complete"),
        visit(far, "failed", "kkk-mr", clock="unproved"), visit(48, "complete", "kkk-mr"),
    )  # fmt: skip
    assert told == [("broke", 4), ("recovered", 6), ("broke", 6 + 1 / 3600), ("recovered", 48)]


def test_sources_are_apart_and_times_strictly_increase() -> None:
    told = signals([visit(1, "failed"), visit(1, "failed", "kkk-mr"), visit(1, "failed", "unknown")], SOURCES)
    assert [each.source for each in told] == ["calls-parp", "kkk-mr"]
    assert told[0].at < told[1].at


def test_times_may_be_text() -> None:
    (told,) = signals([visit(0, "failed", at="2026-11-04T06:00:00Z")], SOURCES)
    assert told == Signal("calls-parp", START, "broke", "timeout", "60 s", URL)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_the_feed_says_what_where_and_what_to_do(language: str) -> None:
    told = signals([visit(0, "failed", reason="layout"), visit(2, "complete")], SOURCES)
    made = documents(told, masthead(language))
    assert made == documents(told, masthead(language))
    assert judge(made, "https://monitor.example.org/klastry/") == []
    read = feedparser.parse(made["health.xml"])
    assert read.bozo == 0
    recovered, broke = read.entries
    assert recovered.id != broke.id
    meaning, step, _ = advice(language, "layout")
    for part in (f"{meaning.removesuffix('.')} (layout).", step, URL, "60 s"):
        assert part in broke.content[0].value
    assert broke.title.endswith("Harmonogram naborów PARP")
    assert broke.id.startswith("tag:monitor.example.org,2026:health-")


@pytest.mark.parametrize(
    ("language", "cells"),
    [
        (
            "pl",
            "<td>Powód</td><td>Zamiast treści przyszła strona blokady albo przerwy technicznej"
            " (blocked-page).</td></tr><tr>"
            "<td>Zapis programu (po angielsku)</td><td>„says &#39;request rejected&#39;”</td>",
        ),
        (
            "en",
            "<td>Reason</td><td>A block page, a maintenance notice or an error came instead of the content"
            " (blocked-page).</td></tr><tr><td>Detail</td><td>“says &#39;request rejected&#39;”</td>",
        ),
    ],
)
def test_the_reason_is_in_words_and_the_detail_is_quoted(language: str, cells: str) -> None:
    bad = visit(0, "refused", reason="blocked-page", detail="says 'request rejected'")
    html = story(signals([bad], SOURCES)[0], masthead(language)).html
    assert cells in html.replace("'", "&#39;")


def test_hostile_details_are_harmless() -> None:
    bad = visit(0, "failed", detail="<script>\x00]]>", address="javascript:x", reason="layout")
    made = documents(signals([bad], SOURCES), masthead())
    assert judge(made, "https://monitor.example.org/klastry/") == []
    read = feedparser.parse(made["health.xml"])
    assert "<script" not in read.entries[0].content[0].value
    assert read.entries[0].link.startswith("https://monitor.example.org/")


def test_an_empty_feed_is_valid() -> None:
    made = documents([], masthead())
    assert judge(made, "https://monitor.example.org/klastry/") == []
    assert feedparser.parse(made["health.atom"]).entries == []


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_advice_in_both_languages(reason: str) -> None:
    for language in ("pl", "en"):
        meaning, step, _ = advice(language, reason)
        assert meaning.endswith(".")
        assert step.endswith(".")
    assert advice("pl", reason)[:2] != advice("en", reason)[:2]
