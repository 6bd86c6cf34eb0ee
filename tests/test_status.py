"""How each source stands, from the rows of its visits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.rows import COLUMNS
from monitor.status import stale, status, worst
from monitor.watchlist import built_in

NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
SOURCES = {source.id: source for source in built_in()}


def visit(
    hours_ago: float, state: str = "complete", reason: str | None = None, **more: Any
) -> dict[str, Any]:
    at = NOW - timedelta(hours=hours_ago)
    return {"source": "kkk-mr", "at": at, "state": state, "reason": reason, "clock": "ok", **more}


def row(*visits: dict[str, Any], waiting: tuple[str, ...] = (), source: str = "kkk-mr") -> dict[str, Any]:
    (found,) = status([SOURCES[source]], visits, waiting, NOW)
    assert tuple(found) == COLUMNS["status"]
    return found


def test_a_healthy_source_needs_nobody() -> None:
    found = row(visit(28), visit(4, "unchanged"))
    assert (found["state"], found["needs_person"], found["next_step"]) == ("unchanged", False, None)
    assert found["last_visit"] == found["last_complete"] == NOW - timedelta(hours=4)
    assert found["next_due"] == datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
    assert worst([found]) == 0


def test_a_fault_that_passes_is_no_persons_until_it_lasts() -> None:
    passing = row(visit(28), visit(4, "failed", "timeout"))
    assert (passing["needs_person"], bool(passing["next_step"])) == (False, True)
    lasting = row(visit(100), visit(4, "failed", "timeout"))
    assert lasting["needs_person"]
    assert worst([passing, lasting]) == 3


def test_a_fault_that_does_not_pass_is_a_persons() -> None:
    found = row(visit(28), visit(4, "refused", "layout", detail="no list", address="https://a/"))
    assert found["needs_person"]
    assert (found["detail"], found["address"]) == ("no list", "https://a/")


def test_silence_is_told() -> None:
    assert "72 hours" in row(visit(73))["next_step"]
    assert row(visit(71))["next_step"] is None


def test_stale_is_what_had_no_complete_visit_for_its_hours_unless_it_sleeps() -> None:
    some = [SOURCES[name] for name in ("kkk-mr", "kkk-pi", "calls-parp")]
    visits = [{**visit(80), "source": source.id} for source in some] + [visit(73, "unchanged")]
    assert stale(some, status(some, visits, (), NOW), NOW) == {"kkk-mr", "calls-parp"}
    later = [*visits, visit(71, "unchanged")]
    assert stale(some, status(some, later, (), NOW), NOW) == {"calls-parp"}


def test_what_is_held_back_waits_for_a_person() -> None:
    assert "klastry review" in row(visit(4, "partial", "list-shrunk"), waiting=("kkk-mr",))["next_step"]


@pytest.mark.parametrize("clock", ["ok", "unproved"])
def test_a_visit_after_now_is_none_of_ours(clock: str) -> None:
    found = row(visit(4), visit(-24 * 365 * 70, "failed", "connection", clock=clock))
    assert found["last_visit"] == NOW - timedelta(hours=4)
    assert found["next_due"] == datetime(2026, 11, 24, 6, 20, tzinfo=UTC)


def test_a_visit_by_a_wrong_clock_does_not_tell_the_time() -> None:
    found = row(visit(4), visit(-24 * 365 * 70, "refused", "clock", clock="suspect"))
    assert (found["last_visit"], found["reason"]) == (NOW - timedelta(hours=4), "clock")


@pytest.mark.parametrize("visits", [[], [visit(24 * 40, "failed", "dns", source="kkk-pi")]])
def test_a_dormant_source_waits_for_nobody(visits: list[dict[str, Any]]) -> None:
    found = row(*visits, source="kkk-pi")
    assert (found["needs_person"], found["next_step"]) == (False, None)
