"""One request at a time to a host, and a pause between two: for all spiders of a run together.

The pause runs from the end of one request to the beginning of the next, whatever came of it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from storage.errors import PageFault

LONGEST_CRAWL_DELAY = 60.0
"""Seconds; a robots file that asks for more is given this."""
SHARE_OF_SILENT = 0.25
"""Of the usual time for an answer, what a host is given that just let one run out."""
_SILENT_ADDRESSES = 2


@dataclass
class _Host:
    gap: float
    free_at: float = 0.0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    unheard: set[str] = field(default_factory=set)
    """Addresses that ran out of time since the host last answered."""


class Politeness:
    """What this run owes to each host. `delay` is in seconds, `clock` a monotonic one."""

    def __init__(
        self,
        delay: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._delay = delay
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = {}

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

    def check(self, host: str) -> None:
        """Raises PageFault (`timeout`) for a host that let two addresses in a row run out of time."""
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
