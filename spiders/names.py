"""Names of hosts, looked up in threads that nobody waits for.

A name server that is silent holds a thread for half a minute and more. The reactor joins its own threads
when it ends, and a crawl that is to stop would not; these end with the process.
"""

from functools import partial
from threading import Thread
from typing import Any

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.python.threadpool import ThreadPool

MOST_AT_ONCE = 20
"""Lookups at a time: as many hosts may be silent before others have to wait."""


class Names(CachingThreadedResolver):
    """Scrapy's resolver, IPv4 only, but for the threads in which it looks up."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._reactor = reactor
        self.reactor = _WithThreads(reactor)  # type: ignore[assignment]

    def install_on_reactor(self) -> None:
        self._reactor.installResolver(self)  # type: ignore[arg-type]


class _WithThreads:
    """The reactor with a pool of daemon threads in place of its own."""

    def __init__(self, reactor: ReactorBase) -> None:
        self._reactor = reactor
        self._pool = ThreadPool(0, MOST_AT_ONCE, "names")
        self._pool.threadFactory = partial(Thread, daemon=True)  # type: ignore[assignment]
        self._pool.start()

    def getThreadPool(self) -> ThreadPool:  # noqa: N802
        return self._pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)
