"""One request at a time to a host, and a pause between two: for all spiders of a run together.

The pause runs from the end of one request to the beginning of the next, whatever came of it. A host
that asked to be left alone for long is not asked in this run, nor in later ones until its time.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from storage.errors import PageFault

LONGEST_CRAWL_DELAY = 60.0
"""Seconds; a robots file that asks for more is given this."""
SHARE_OF_SILENT = 0.25
"""Of the usual time for an answer, what a host is given that just let one run out."""
LONGEST_REST = timedelta(hours=24)
"""For which a host is left alone at most, whatever it asks."""
_SILENT_ADDRESSES = 2


@dataclass
class _Host:
    gap: float
    free_at: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    unheard: set[str] = field(default_factory=set)
    """Addresses that ran out of time since the host last answered."""


class Politeness:
    """What this run owes to each host. `delay` is in seconds, `clock` a monotonic one.

    `rests` are hosts that are not to be asked before a time, in UTC.
    """

    def __init__(
        self,
        delay: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        rests: Mapping[str, datetime] | None = None,
    ) -> None:
        self._delay = delay
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}
        self._rests = dict(rests or {})

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Waits until `host` may be asked, and holds it for the length of the block."""
        state = self._host(host)
        async with state.turn:
            while (wait := state.free_at - self._clock()) > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                state.free_at = max(state.free_at, self._clock() + state.gap)

    def unheard(self, host: str, address: str) -> None:
        """Notes that no answer came from `address` in time."""
        self._host(host).unheard.add(address)

    def heard(self, host: str) -> None:
        """Notes that the host answers."""
        self._host(host).unheard.clear()

    def share(self, host: str) -> float:
        """The share of the usual time that the next answer of `host` is waited for."""
        return SHARE_OF_SILENT if self._host(host).unheard else 1.0

    def leave(self, host: str, seconds: float, now: datetime) -> datetime:
        """Leaves `host` alone from `now` (UTC) on, as it asked; gives until when."""
        self._rests[host] = now + min(timedelta(seconds=seconds), LONGEST_REST)
        return self._rests[host]

    def check(self, host: str, now: datetime) -> None:
        """Raises PageFault for a host that is not to be asked now (UTC).

        `rate-limited`: its time has not come; `timeout`: it let two addresses in a row run out of time.
        """
        until = self._rests.get(host, now)
        if now < until:
            raise PageFault(f"nothing asked: {not_before(host, until)}", reason="rate-limited")
        if len(self._host(host).unheard) >= _SILENT_ADDRESSES:
            raise PageFault(f"{host} lets every request run out of time: not asked again", reason="timeout")

    async def rest(self, seconds: float) -> None:
        """Waits before another try, holding no host."""
        await self._sleep(seconds)

    def pause(self, host: str, seconds: float) -> None:
        """Leaves `host` alone for `seconds` from now, as its Retry-After asked."""
        state = self._host(host)
        state.free_at = max(state.free_at, self._clock() + seconds)

    def slow_down(self, host: str, crawl_delay: float) -> None:
        """Keeps the Crawl-delay of the robots file of `host` where it is longer than ours."""
        state = self._host(host)
        grown = max(0.0, min(crawl_delay, LONGEST_CRAWL_DELAY) - state.gap)
        state.gap += grown
        state.free_at += grown

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host(self._delay))


def not_before(host: str, until: datetime) -> str:
    """The words by which a visit tells later ones to leave `host` alone until a time in UTC."""
    return f"{host} is not to be asked before {until:%Y-%m-%dT%H:%M:%SZ}"


def rests_of(detail: str | None) -> dict[str, datetime]:
    """The hosts that `not_before` put into the detail of a visit, each with its time in UTC."""
    found: dict[str, datetime] = {}
    for host, printed in _REST.findall(detail or ""):
        until = datetime.strptime(printed, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        found[host] = max(until, found.get(host, until))
    return found


_REST = re.compile(r"(\S+) is not to be asked before (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")


class NoWaiting(Politeness):
    """For a recording, where no host is asked: still one at a time, but nothing is waited for."""

    def __init__(self) -> None:
        super().__init__(0)

    async def rest(self, seconds: float) -> None:
        """Goes on at once."""

    def pause(self, host: str, seconds: float) -> None:
        """Leaves nobody alone."""

    def slow_down(self, host: str, crawl_delay: float) -> None:
        """Keeps no delay."""

    def check(self, host: str, now: datetime) -> None:
        """Lets every host be asked."""
