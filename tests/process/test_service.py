"""The service over nights and sleeps: one run each, no run beside another, and it says so."""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from monitor.cron import WARSAW, trigger
from monitor.schedule import overdue
from monitor.service import Service
from monitor.watchlist import built_in

SOURCES = {source.id: source for source in built_in()}
WATCHED = tuple(SOURCES[name] for name in ("kkk-mr", "calls-parp", "news-parp"))
NIGHTS = (date(2026, 10, 25), date(2027, 3, 28))
"""02:00 comes twice; 02:00 does not come."""
CHILD = """
import pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
with open(folder / "runs", "a") as runs:
    print(*sys.argv[2:], file=runs)
while not (folder / "go").exists():
    time.sleep(0.01)
"""


class Slept(Service):
    """A service whose jobs can be made due at any time."""

    def scheduler(self) -> Any:
        self.jobs = super().scheduler()
        return self.jobs

    def said(self) -> str:
        """The log so far."""
        assert isinstance(self.log, StringIO)
        return self.log.getvalue()

    def due(self, ago: timedelta) -> None:
        """Let every source have been due first so long ago."""
        for job in self.jobs.get_jobs():
            if job.args:
                job.modify(next_run_time=datetime.now(UTC) - ago)
        self.jobs.wakeup()


def service(folder: Path) -> Slept:
    def now() -> datetime:
        return datetime.now(UTC)

    visited = {source.id: now() for source in WATCHED}
    command = (sys.executable, "-c", CHILD, str(folder))
    return Slept(WATCHED, command, visited, clock=now, log=StringIO(), wait=timedelta(0))


def runs(folder: Path) -> list[str]:
    return (folder / "runs").read_text().splitlines() if (folder / "runs").exists() else []


async def reached(what: Callable[[], bool]) -> None:
    while not what():
        await asyncio.sleep(0.01)


def with_service(folder: Path, play: Callable[[Slept], Awaitable[None]]) -> str:
    """The log of a service during the play."""
    made = service(folder)

    async def both() -> None:
        work = asyncio.create_task(made.run())
        await asyncio.sleep(0)
        await play(made)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work

    asyncio.run(asyncio.wait_for(both(), 30))
    return made.said()


def test_after_three_days_asleep_there_is_one_run(tmp_path: Path) -> None:
    async def play(service: Slept) -> None:
        service.due(timedelta(days=3))
        await reached(lambda: bool(runs(tmp_path)))
        (tmp_path / "go").touch()
        await reached(lambda: "exit 0" in service.said())
        await asyncio.sleep(0.2)

    log = with_service(tmp_path, play)
    names = [name for line in runs(tmp_path) for name in line.split()]
    assert Counter(names) == Counter(source.id for source in WATCHED)
    assert "due again" not in log


def test_a_service_that_was_off_for_three_days_has_one_run(tmp_path: Path) -> None:
    last = datetime.now(UTC) - timedelta(days=3)
    names = overdue(WATCHED, {source.id: last for source in WATCHED}, datetime.now(UTC))
    assert names == tuple(source.id for source in WATCHED)


def told(service: Slept, times: int) -> bool:
    return service.said().count("kkk-mr is due again") == times


def test_a_visit_longer_than_its_interval_is_followed_not_joined(tmp_path: Path) -> None:
    async def play(service: Slept) -> None:
        service.due(timedelta(0))
        await reached(lambda: bool(runs(tmp_path)))
        for times in (1, 2):
            service.due(timedelta(0))
            await reached(partial(told, service, times))
        assert len(runs(tmp_path)) == 1
        (tmp_path / "go").touch()
        await reached(lambda: service.said().count("exit 0") == 2)

    log = with_service(tmp_path, play)
    assert len(runs(tmp_path)) == 2
    assert "kkk-mr is due again while its visit still runs; it follows" in log


@pytest.mark.parametrize("line", sorted({source.schedule for source in SOURCES.values()} | {"30 2 * * *"}))
@pytest.mark.parametrize("night", NIGHTS)
def test_a_night_on_which_the_clocks_change_has_its_runs_once(line: str, night: date) -> None:
    cron, days = trigger(line), Counter[date]()
    at = datetime(night.year, night.month, night.day, tzinfo=WARSAW) - timedelta(days=14)
    until = at + timedelta(days=28)
    previous: datetime | None = None
    while (at := cron.get_next_fire_time(previous, at)) < until:
        days[at.date()] += 1
        previous, at = at, at + timedelta(microseconds=1)
    for day, count in days.items():
        assert count == days[day - timedelta(days=7)] or day - timedelta(days=7) not in days
    assert days[night] == days[night - timedelta(days=7)]
