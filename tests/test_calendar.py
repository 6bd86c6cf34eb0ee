"""The calendar as a document: valid for two readers, harmless, the same for the same history."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import vobject
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from monitor.calendar import documents
from monitor.config import parse
from monitor.entries import of_own, of_source
from monitor.publication import Publication
from monitor.wording import harmless
from storage.dated import CallPast, DatedCalls, Stated
from storage.errors import ConfigError
from storage.records import Value
from tests.calendars import TITLE, Event, drawing, events, files, made, read, see
from tests.telling import site
from tests.world import START, World, at

HOSTILE = (
    ']]><script>alert(1)</script>&lt;b&gt;\x00\x1b[31m\ud800\ufffe\r\nEND:VEVENT\nBEGIN:VEVENT\\N\\n;,:"^n{0}'
)
AUTHORITY = "monitor.example.org"
OWN_NAMES = {"deadlines.ics", "klastry.ics", "feed.ics", "calls.ics"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World.new(tmp_path)


def a_past(since: str = "2025-12-02", source: str = "calls-parp", **said: Value) -> DatedCalls:
    """One call, all of which became known at once."""
    values = {"title": TITLE, "closes": "2026-11-04", "url": "https://www.parp.gov.pl/x", **said}
    stated = tuple(
        Stated(name, value, source, "card", 0, False, START, number, 1, None)
        for number, (name, value) in enumerate(values.items())
    )
    return DatedCalls(since, (CallPast("call-1", stated, ()),), {1: START})


def drawn(past: DatedCalls, language: str = "pl") -> bytes:
    return documents(past, site(language), AUTHORITY)["deadlines.ics"]


def only(past: DatedCalls, language: str = "pl") -> Event:
    (event,) = read(drawn(past, language))
    return event


def lines(document: bytes) -> list[str]:
    return document.decode().replace("\r\n ", "").split("\r\n")


def test_a_day_is_all_of_that_day_and_ends_the_day_after() -> None:
    event = only(a_past())
    assert (event.uid, event.sequence, event.status) == ("call-1-closes@monitor.example.org", 0, "CONFIRMED")
    assert (event.start, event.end) == (date(2026, 11, 4), date(2026, 11, 5))
    assert event.summary == f"Koniec naboru: {TITLE}"
    assert event.stamp == START
    assert event.alarms == (timedelta(days=-7),)
    assert event.description.split("\n") == [
        "Strona naboru: https://www.parp.gov.pl/x",
        "W monitorze: https://monitor.example.org/klastry/entities/call-1.html",
    ]
    for line in (
        "DTSTART;VALUE=DATE:20261104",
        "URL:https://monitor.example.org/klastry/entities/call-1.html",
        "CATEGORIES:Koniec naboru",
        "TRANSP:TRANSPARENT",
    ):
        assert line in lines(drawn(a_past()))


@pytest.mark.parametrize(
    ("closes", "utc"),
    [
        ("2026-11-04T16:00", datetime(2026, 11, 4, 15, tzinfo=UTC)),
        ("2026-07-04T16:00", datetime(2026, 7, 4, 14, tzinfo=UTC)),
        ("2026-03-29T00:30", datetime(2026, 3, 28, 23, 30, tzinfo=UTC)),
    ],
)
def test_an_hour_is_in_utc_and_stands_in_the_summary(closes: str, utc: datetime) -> None:
    event = only(a_past(closes=closes))
    assert (event.start, event.end) == (utc, utc + timedelta(minutes=1))
    assert event.summary == f"Koniec naboru (do godz. {closes[11:]}): {TITLE}"
    assert only(a_past(closes=closes), "en").summary == f"Call closes ({closes[11:]} Warsaw time): {TITLE}"


def test_openings_and_results() -> None:
    past = a_past(opens="2026-09-16T09:00", results="2027-02-01")
    assert [event.summary for event in read(drawn(past))] == [
        f"Start naboru (od godz. 09:00): {TITLE}",
        f"Koniec naboru: {TITLE}",
        f"Wyniki naboru: {TITLE}",
    ]


@pytest.mark.parametrize(
    "closes", ["2026-11", "2026-Q4", "2026", "2026-02-30", "2026-11-04T25:00", "9999-12-31", "wkrótce"]
)
def test_what_is_no_day_is_no_event(closes: str) -> None:
    assert read(drawn(a_past(closes=closes))) == []


def test_the_calendar_says_what_it_is_and_how_often_to_ask() -> None:
    said = lines(drawn(a_past()))
    assert said[0] == "BEGIN:VCALENDAR"
    for line in (
        "VERSION:2.0",
        "PRODID:-//klastry//klastry//PL",
        "NAME:Nabory: terminy",
        "X-WR-CALNAME:Nabory: terminy",
        "X-WR-TIMEZONE:Europe/Warsaw",
        "REFRESH-INTERVAL;VALUE=DURATION:PT4H",
        "X-PUBLISHED-TTL:PT4H",
    ):
        assert said.count(line) == 1
    assert not any(line.startswith("METHOD") for line in said)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_an_empty_calendar_is_valid(world: World, language: str) -> None:
    for document in made(world.history, language).values():
        assert read(document) == []
        (zone,) = Calendar.from_ical(document).subcomponents  # a calendar must hold something
        assert zone.name == "VTIMEZONE"
        assert vobject.readOne(document.decode()).vtimezone.tzid.value == "Europe/Warsaw"


def test_lines_are_short_and_end_as_they_must() -> None:
    for line in drawn(a_past(title="Żółć " * 60)).split(b"\r\n"):
        assert len(line) <= 75
        assert not set(line) & set(b"\r\n")
        line.decode()


def test_a_title_that_had_to_be_cut_is_whole_in_the_description() -> None:
    title = "Nabór wniosków o dofinansowanie " * 5 + "koniec"
    event = only(a_past(title=title))
    assert len(event.summary) < 120
    assert title in event.description.split("\n")


@pytest.mark.parametrize("field", ["title", "url", "status", "number"])
def test_hostile_text_is_text(field: str) -> None:
    event = only(a_past(**{field: HOSTILE}))
    assert event.uid == "call-1-closes@monitor.example.org"
    for said in (event.summary, event.description):
        assert not set(said) & set("<>\x00\x1b\ud800\ufffe\r")
    assert "\n" not in event.summary


@settings(derandomize=True, max_examples=60, deadline=None, database=None)
@given(st.text(st.characters(exclude_categories=()), max_size=90))
def test_no_text_loses_the_calendar(text: str) -> None:
    assume(text not in ("closed", "suspended", "settled"))  # a call that is over has no deadline ahead
    event = only(a_past(title=text, url=text, status=text))
    assert event.summary == f"Koniec naboru: {harmless(text).replace(chr(92), '/') or 'call-1'}"


# Which calls


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"title": "Rozwój oferty klastrów"}, {"klastry"}),
        ({"title": "Ścieżka SMART"}, set()),
        ({"title": "Ścieżka SMART", "beneficiaries": "koordynatorzy KKK"}, {"klastry"}),
        ({"title": "VIII runda", "source": "competition-mr"}, {"klastry", "konkurs"}),
        ({"title": "Nabór dla gmin", "url": "https://example.org/klastry"}, {"gminy"}),
    ],
)
def test_a_call_is_in_the_calendars_of_the_feeds_it_belongs_to(said: Any, names: set[str]) -> None:
    own: Mapping[str, Any] = {
        "gminy": ("Gminy, powiaty; i inne", of_own(("call",), ("gmin",))),
        "konkurs": (None, of_source("competition-mr")),
        "puste": (None, of_own(("article",), ())),
    }
    found = documents(a_past(**said), site(), AUTHORITY, own)
    assert found.keys() == OWN_NAMES | {"gminy.ics", "konkurs.ics", "puste.ics"}
    assert {name for name in found if read(found[name])} == {
        f"{name}.ics" for name in {"deadlines", "feed", "calls", *names}
    }
    assert "X-WR-CALNAME:Gminy\\, powiaty\\; i inne – terminy" in lines(found["gminy.ics"])
    assert "NAME:konkurs – terminy" in lines(found["konkurs.ics"])


def test_a_call_is_in_the_calendar_of_each_source_that_spoke_of_it() -> None:
    past = a_past()
    (one,) = past.calls
    both = replace(past, calls=(replace(one, stated=(*one.stated, one.stated[0]._replace(source="own"))),))
    own: Any = {name: (None, of_source(name)) for name in ("calls-parp", "own", "other")}
    found = documents(both, site(), AUTHORITY, own)
    assert [len(read(found[f"{name}.ics"])) for name in own] == [1, 1, 0]


def test_a_built_in_calendar_is_redefined_by_a_feed_of_its_name() -> None:
    found = documents(
        a_past(title="Nabór dla gmin"), site(), AUTHORITY, {"klastry": (None, of_own((), ("gmin",)))}
    )
    assert found.keys() == OWN_NAMES
    assert "NAME:Klastry: terminy naborów" in lines(found["klastry.ics"])
    assert len(read(found["klastry.ics"])) == 1


def test_a_call_never_leaves_a_calendar_by_its_title(world: World) -> None:
    see(world, 0, rozwoj={"closes": "2026-11-04"})
    see(world, 1, rozwoj={"closes": "2026-11-04", "title": "Rozwój oferty dla firm"})
    assert events(world, "klastry")["call-1-closes"].summary == "Koniec naboru: Rozwój oferty dla firm"


def test_the_same_history_gives_the_same_bytes(tmp_path: Path) -> None:
    twins = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        twins.append(World.new(tmp_path / name))
        for day, closes in enumerate(("2026-11-04", "2026-11-30", "2026-11-30")):
            see(twins[-1], day, rozwoj={"closes": closes}, inny={"opens": "2026-06-01"})
    assert made(twins[0].history) == made(twins[1].history)
    assert made(twins[0].history, "en") != made(twins[0].history)


def test_publishing_writes_the_calendars(tmp_path: Path) -> None:
    world = World.new(tmp_path)
    see(world, 0, rozwoj={"closes": "2026-11-04"})
    text = """
        [feed.moje]
        match = ["klast"]
        [feed.gminy]
        title = "Gminy"
        kinds = ["call"]
        match = ["gmin"]
        [feed.ludzie]
        kinds = ["cluster"]
        [feed.klastry]
        kinds = ["article"]
    """
    with world.history.asked() as asked:
        publication = Publication(world.history, asked, parse(text, None, {}, tmp_path), at(1))
        calendars = files(drawing(publication))
    assert {name: len(read(made)) for name, made in calendars.items()} == {
        "deadlines.ics": 1, "klastry.ics": 0, "feed.ics": 1, "calls.ics": 1, "moje.ics": 1, "gminy.ics": 0,
        "sources/calls-parp.ics": 1, "sources/competition-mr.ics": 0,
    }  # fmt: skip


def test_no_feed_takes_the_name_of_the_calendar(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'deadlines' is a feed of klastry itself"):
        parse("[feed.deadlines]", None, {}, tmp_path)
