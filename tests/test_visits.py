"""The few visits that tell how sources stand say the same as all of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, event, insert, select

from monitor.health import signals
from monitor.status import status
from monitor.watchlist import built_in
from storage import visits
from storage.database import connect
from storage.gallery import Gallery
from storage.tables import visit

START = datetime(2026, 11, 4, 6, 0, tzinfo=UTC)
KNOWN = [source for source in built_in() if source.id in ("calls-parp", "kkk-mr", "kkk-pi")]
NAMES = [source.id for source in KNOWN]
SAID: dict[str, dict[str, Any]] = {
    "complete": {"state": "complete"},
    "unchanged": {"state": "unchanged"},
    "partial": {"state": "partial", "reason": "timeout"},
    "failed": {"state": "failed", "reason": "dns", "detail": "no such host"},
    "refused": {"state": "refused", "reason": "layout"},
    "here": {"state": "complete", "reason": "moved", "detail": "moved to https://a.gov.pl/"},
    "there": {"state": "unchanged", "reason": "moved", "detail": "moved to https://b.gov.pl/"},
    "stopped": {"state": "partial", "reason": "stopped"},
    "clock": {"state": "refused", "reason": "clock", "clock": "suspect", "at": START + timedelta(days=9_000)},
    "archived": {"state": "complete", "mode": "backfill", "at": START - timedelta(days=900)},
}
"""What a visit may come to."""
HOURS = (0, 1, 2, 11.99, 12, 23, 23.99, 24, 24.01, 26, 50)
PASTS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(HOURS),
        st.sampled_from([*SAID, *["complete", "unchanged", "failed"] * 4]),
    ),
    max_size=40,
)
UNSTABLE = [(1, 2.0, "failed"), (1, 2.0, "complete"), (1, 12.0, "failed"), (1, 2.0, "complete")]
UNSTABLE += [(1, 12.0, "complete")] * 3
"""A source that is not dormant breaks twice in a day, and is well a day later, to the minute."""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    engine = connect(str(tmp_path_factory.mktemp("visits") / "klastry.db"), create=True)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def filled(connection: Connection, past: list[tuple[int, float, str]]) -> list[dict[str, Any]]:
    """The table holds these visits and no others; gives those of ours."""
    common = {
        "run": "r", "mode": "crawl", "reason": None, "detail": None, "pages": 1, "missed": 0, "records": 1,
        "clock": "ok", "list": "none", "address": "https://www.parp.gov.pl/",
    }  # fmt: skip
    rows, at = [], START
    for number, (source, hours, said) in enumerate(past, 1):
        at += timedelta(hours=hours)
        rows.append({**common, "id": number, "source": NAMES[source], "at": at, **SAID[said]})
    connection.execute(delete(visit))
    if rows:
        connection.execute(insert(visit), rows)
    ours = select(visit).where(visit.c.mode != "backfill").order_by(visit.c.id)
    return [dict(row) for row in connection.execute(ours).mappings()]


@settings(derandomize=True, max_examples=250, deadline=None, database=None)
@example(past=UNSTABLE)
@given(past=PASTS)
def test_the_visits_that_turn_give_the_signals_that_all_give(
    connection: Connection, past: list[tuple[int, float, str]]
) -> None:
    every = filled(connection, past)
    sources = {source.id: source for source in KNOWN}
    assert signals(visits.turning(connection), sources) == signals(every, sources)


@settings(derandomize=True, max_examples=100, deadline=None, database=None)
@given(past=PASTS)
def test_the_latest_visits_give_the_status_that_all_give(
    connection: Connection, past: list[tuple[int, float, str]]
) -> None:
    every = filled(connection, past)
    awake = [replace(source, dormant=False) for source in KNOWN]
    now = START + timedelta(days=60)
    assert status(awake, visits.latest(connection, NAMES), (), now) == status(awake, every, (), now)


def test_years_of_the_same_are_few_visits(connection: Connection) -> None:
    broken = [(0, 2.0, "complete")] * 500 + [(0, 2.0, "failed")] * 500 + [(0, 2.0, "unchanged")] * 500
    filled(connection, broken)
    assert len(visits.turning(connection)) < 20
    assert len(visits.latest(connection, NAMES)) == 1
    filled(connection, [(1, 0.25, "complete")] * 200 + [(1, 0.25, "failed")] + [(1, 0.25, "complete")] * 200)
    assert len(visits.turning(connection)) < 10


def test_what_is_odd_or_late_is_found_without_a_look_at_all_visits(connection: Connection) -> None:
    asked = list[tuple[str, Any]]()

    def listen(*args: Any) -> None:
        asked.append(args[2:4])

    event.listen(connection.engine, "before_cursor_execute", listen)
    visits.turning(connection)
    Gallery(connection).late_readings()
    event.remove(connection.engine, "before_cursor_execute", listen)
    plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given).all() for said, given in asked]
    steps = [step.detail for plan in plans for step in plan]
    assert any("visit_odd" in step for step in steps)
    assert any("visit_late" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN visit") and "INDEX" not in step]


def test_only_the_sources_asked_for(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "klastry.db"), create=True)
    with engine.connect() as opened:
        filled(opened, [(1, 1, "failed"), (0, 1, "complete"), (2, 1, "failed"), (1, 1, "complete")])
        assert [row["id"] for row in visits.latest(opened, ["kkk-pi", "calls-parp"])] == [2, 3]
    engine.dispose()
