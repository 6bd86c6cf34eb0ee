"""What is due when, and the service that starts what is due."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from monitor.cron import next_fire, trigger
from monitor.schedule import Due, next_due, overdue
from monitor.service import Service, crawl_command, jittered, until_stopped
from monitor.watchlist import built_in
from storage.errors import UsageError

SOURCES = {source.id: source for source in built_in()}
NEWS, CLUSTERS, OLD = SOURCES["news-parp"], SOURCES["kkk-mr"], SOURCES["kkk-pi"]
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # a Monday, 12:00 in Warsaw


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "after", "fires"),
    [
        ("20 7 * * *", "2026-11-23T06:20", "2026-11-24T06:20"),
        ("20 7 * * *", "2026-11-23T06:19:59", "2026-11-23T06:20"),
        ("20 7 * * *", "2026-06-30T12:00", "2026-07-01T05:20"),
        ("15 6-20/2 * * mon-fri", "2026-11-20T19:15", "2026-11-23T05:15"),
        ("0 6 * * mon", "2026-11-23T12:00", "2026-11-30T05:00"),
        # The night in which 02:00-03:00 comes twice: once.
        ("30 2 * * *", "2026-10-24T12:00", "2026-10-25T00:30"),
        ("30 2 * * *", "2026-10-25T00:30", "2026-10-26T01:30"),
        ("0 * * * *", "2026-10-25T00:00", "2026-10-25T02:00"),
        # The night without that hour: once, later.
        ("30 2 * * *", "2026-03-28T12:00", "2026-03-29T01:30"),
        ("30 2 * * *", "2026-03-29T01:30", "2026-03-30T00:30"),
    ],
)
def test_a_line_fires_in_warsaw_time(line: str, after: str, fires: str) -> None:
    assert next_fire(line, at(after)) == at(fires)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("0 6 * * 1", "names"),
        ("0 6 * * */2", "names"),
        ("0 0 31 2 *", "never fires"),
        ("0 0 13 * fri", "one and \\*"),
        ("61 * * * *", "no cron line"),
        ("0 6 * * fr", "no cron line"),
        ("@daily", "not five"),
        ("", "not five"),
    ],
)
def test_a_line_that_cannot_be_meant_is_refused(line: str, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        trigger(line)


def test_a_source_never_visited_is_due_now() -> None:
    assert next_due(NEWS, None, NOON) == NOON


def test_an_overdue_source_was_due_in_the_past() -> None:
    assert next_due(CLUSTERS, NOON - timedelta(days=3), NOON) == at("2026-11-21T06:20")
    assert overdue([CLUSTERS, NEWS], {"kkk-mr": NOON - timedelta(days=3), "news-parp": NOON}, NOON) == (
        "kkk-mr",
    )


def test_a_disabled_source_is_never_due() -> None:
    assert overdue([replace(NEWS, enabled=False)], {}, NOON) == ()


def test_a_dormant_source_is_due_once_a_week() -> None:
    late = at("2026-11-02T06:40")  # the visit of 07:20 Warsaw time began twenty minutes late
    assert next_due(OLD, late, NOON) == at("2026-11-09T06:20")


def test_what_is_due_together_runs_together_in_the_order_of_the_list() -> None:
    due = Due(["a", "b", "c"], timedelta(seconds=20))
    due.add(["c"], NOON)
    due.add(["a"], NOON + timedelta(seconds=5))
    assert due.start(NOON + timedelta(seconds=19)) == ()
    assert due.starts_at() == NOON + timedelta(seconds=20)
    assert due.start(NOON + timedelta(seconds=20)) == ("a", "c")


def test_what_becomes_due_during_a_run_follows_once() -> None:
    due = Due(["a", "b"], timedelta(0))
    due.add(["a"], NOON)
    assert due.start(NOON) == ("a",)
    assert due.add(["a"], NOON) == ("a",)
    assert due.add(["a", "b"], NOON) == ("a",)
    assert (due.starts_at(), due.start(NOON)) == (None, ())
    due.end()
    assert due.start(NOON) == ("a", "b")
    due.end()
    assert due.start(NOON) == ()


def test_jitter_only_adds() -> None:
    assert timedelta(seconds=20) <= jittered(timedelta(seconds=20)) <= timedelta(seconds=80)


def test_the_child_is_the_command_line_with_the_same_configuration() -> None:
    command = crawl_command("/etc/klastry.toml")
    assert command == (
        *(sys.executable, "-P", "-m", "monitor.cli"),
        *("--config", "/etc/klastry.toml", "crawl"),
    )


class Stand:
    """A service whose child writes down the names it was given."""

    def __init__(self, folder: Path, script: str, visited: dict[str, datetime]) -> None:
        self.notes, self.log = folder / "notes", StringIO()
        write = f"open({str(self.notes)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')"
        program = f"import signal, sys, time\n{write}\n{script}"
        self._arguments = ((NEWS, CLUSTERS), (sys.executable, "-c", program), visited)

    def service(self) -> Service:
        return Service(*self._arguments, clock=lambda: NOON, log=self.log, wait=timedelta(0))

    def run(self, until: Callable[[], bool]) -> int:
        """Run the service until `until` holds, then send SIGTERM; returns the exit code."""

        async def watch() -> None:
            while not until():
                await asyncio.sleep(0.01)
            os.kill(os.getpid(), signal.SIGTERM)

        async def both() -> int:
            watching = asyncio.create_task(watch())
            code = await until_stopped(self.service().run())
            await watching
            return code

        return asyncio.run(asyncio.wait_for(both(), 20))


@pytest.mark.parametrize(("code", "advice"), [(0, "exit 0 after"), (5, "next time"), (3, "klastry status")])
def test_overdue_sources_become_one_child_and_its_code_is_told(
    tmp_path: Path, code: int, advice: str
) -> None:
    stand = Stand(tmp_path, f"sys.exit({code})", {})
    assert stand.run(lambda: "exit" in stand.log.getvalue()) == 128 + signal.SIGTERM
    assert stand.notes.read_text() == "news-parp kkk-mr\n"
    (line,) = stand.log.getvalue().splitlines()
    assert line.startswith(f"2026-11-23T11:00:00Z crawl news-parp kkk-mr: exit {code}")
    assert advice in line


def test_a_signal_ends_the_child_before_the_service(tmp_path: Path) -> None:
    ready, end = str(tmp_path / "ready"), str(tmp_path / "end")
    script = (
        f"signal.signal(signal.SIGTERM, lambda *_: (open({end!r}, 'w'), sys.exit(143)))\n"
        f"open({ready!r}, 'w')\ntime.sleep(60)"
    )
    stand = Stand(tmp_path, script, {})
    assert stand.run((tmp_path / "ready").exists) == 143
    assert (tmp_path / "end").exists()


def test_nothing_overdue_starts_nothing(tmp_path: Path) -> None:
    stand = Stand(tmp_path, "", {"news-parp": NOON, "kkk-mr": NOON})
    turns = iter(range(5))
    assert stand.run(lambda: next(turns, None) is None) == 143
    assert not stand.notes.exists()


def test_a_fault_of_the_work_is_not_swallowed() -> None:
    async def broken() -> None:
        raise UsageError("broken")

    with pytest.raises(UsageError, match="broken"):
        asyncio.run(until_stopped(broken()))


def test_every_enabled_source_has_a_line_and_the_clock_is_looked_at_each_minute() -> None:
    async def jobs() -> dict[str, str]:
        sources = (CLUSTERS, replace(NEWS, enabled=False))
        service = Service(sources, ("true",), {}, clock=lambda: NOON, log=StringIO())
        found = service.scheduler().get_jobs()
        return {job.args[0].id if job.args else "heartbeat": str(job.trigger) for job in found}

    found = asyncio.run(jobs())
    assert sorted(found) == ["heartbeat", "kkk-mr"]
    assert "hour='7', minute='20'" in found["kkk-mr"]
    assert found["heartbeat"] == "interval[0:01:00]"
