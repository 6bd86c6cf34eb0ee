"""`klastry run`: what is due becomes one child process `klastry crawl A B …`, never two at once.

The scheduler only decides what is due; a crawl is a process of its own, so that nothing of it
stays in the service. Stops within ten seconds of SIGTERM or SIGINT.
"""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import TextIO

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.cron import WARSAW, trigger
from monitor.schedule import WINDOW, Due, overdue
from storage.records import Source

JITTER = timedelta(seconds=60)
HEARTBEAT = timedelta(minutes=1)
STOP_WITHIN = timedelta(seconds=8)
_NEXT_STEPS: Mapping[int, str] = {
    3: "a source needs a look: `klastry status`",
    4: "storage or publishing failed: `klastry doctor`",
    5: "another crawl is at work; these sources wait for their next time",
    6: "no site answered: check the network of this machine",
}


def jittered(wait: timedelta) -> timedelta:
    """`wait` and a random time: two installations do not ask the sites at the same second."""
    return wait + JITTER * uniform(0, 1)  # noqa: S311  # no secret depends on it


def crawl_command(config: str | None) -> tuple[str, ...]:
    """The command of a child, but for the names of the sources."""
    chosen = ("--config", config) if config else ()
    # -P: the working folder may hold a folder called `storage` of its own.
    return (sys.executable, "-P", "-m", "monitor.cli", *chosen, "crawl")


@dataclass
class Service:
    """Visits sources when they are due, until it is stopped.

    `last_visits` are the times of the last visit of each source, and `clock` tells the time,
    in UTC. `command` is the child's, to which names are added; `wait` is the time in which
    what is due together is gathered.
    """

    sources: Sequence[Source]
    command: Sequence[str]
    last_visits: Mapping[str, datetime]
    clock: Callable[[], datetime]
    log: TextIO
    wait: timedelta = WINDOW

    def __post_init__(self) -> None:
        self._due = Due([source.id for source in self.sources], self.wait)
        self._wake = asyncio.Event()
        self._visited = dict(self.last_visits)

    async def run(self) -> None:
        """Work until cancelled; a child then at work is stopped first."""
        scheduler = self.scheduler()
        scheduler.start()
        try:
            # What was missed while the service was off need not wait for company.
            missed = overdue(self.sources, self._visited, self.clock())
            self._due.add(missed, self.clock() - self._due.wait)
            while True:
                if names := self._due.start(self.clock()):
                    await self._crawl(names)
                    self._due.end()
                else:
                    await self._sleep()
        finally:
            scheduler.shutdown(wait=False)

    def scheduler(self) -> AsyncIOScheduler:
        """A cron line a source, not started; after a sleep of the machine each fires once."""
        scheduler = AsyncIOScheduler(
            timezone=WARSAW,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        for source in self.sources:
            if source.enabled:
                scheduler.add_job(self._fire, trigger(source.schedule), [source])
        # Timers stand still while a machine sleeps: the heartbeat makes the scheduler look at the clock.
        scheduler.add_job(self._beat, "interval", seconds=HEARTBEAT.total_seconds())
        return scheduler

    async def _beat(self) -> None:
        self._wake.set()

    async def _fire(self, source: Source) -> None:
        if source.dormant and not overdue([source], self._visited, self.clock()):
            return
        if self._due.add((source.id,), self.clock()):
            self._say(f"{source.id} is due again while its visit still runs; it follows")
        self._wake.set()

    async def _sleep(self) -> None:
        self._wake.clear()
        starts_at = self._due.starts_at()
        seconds = max(0.0, (starts_at - self.clock()).total_seconds()) if starts_at else None
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _crawl(self, names: Sequence[str]) -> None:
        began = self.clock()
        self._visited.update(dict.fromkeys(names, began))
        try:
            # A session of its own: Ctrl-C reaches the child once, from here.
            child = await asyncio.create_subprocess_exec(*self.command, *names, start_new_session=True)
        except OSError as error:
            self._say(f"crawl {' '.join(names)}: cannot be started ({error.strerror}); next time again")
            return
        try:
            code = await child.wait()
        finally:
            await _end(child)
        seconds = (self.clock() - began).total_seconds()
        step = f"; {_NEXT_STEPS[code]}" if code in _NEXT_STEPS else ""
        self._say(f"crawl {' '.join(names)}: exit {code} after {seconds:.0f} s{step}")

    def _say(self, line: str) -> None:
        print(f"{self.clock():%Y-%m-%dT%H:%M:%SZ} {line}", file=self.log, flush=True)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Ask a child still at work to stop, and wait; one that does not is killed."""
    if child.returncode is not None:
        return
    child.terminate()
    with suppress(TimeoutError):
        await asyncio.wait_for(child.wait(), STOP_WITHIN.total_seconds())
        return
    child.kill()
    await child.wait()


async def until_stopped(work: Coroutine[None, None, object]) -> int:
    """Run `work` until SIGINT or SIGTERM, then cancel it; returns 128 + the number of the signal.

    Raises what `work` raises.
    """
    loop = asyncio.get_running_loop()
    numbers: list[int] = []
    stopping = asyncio.Event()

    def stop(number: int) -> None:
        numbers.append(number)
        stopping.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    tasks = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome
    return 128 + numbers[0] if numbers else 0
