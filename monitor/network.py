"""The crawl itself: Scrapy's process with our spiders, told what to visit, stopped by signals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.log import get_scrapy_root_handler

from monitor.config_tables import Crawl
from monitor.stopping import Stopping
from spiders.plain_log import OneLine
from spiders.politeness import NoWaiting, Politeness
from spiders.recording import Recorder
from spiders.search import Search, WebArchive
from spiders.warc import Recording
from storage.errors import KlastryError
from storage.records import Known, Snapshot, Source

_STOP_WITHIN = 3.0
"""Seconds; in so many, visits under way have ended."""


@dataclass(frozen=True)
class Network:
    """How the network is met: politely, and live, kept, or from a recording.

    `fixed` (UTC) is the clock of the run where it is not the machine's. `rests` are hosts that
    are not to be asked before a time, in UTC.
    """

    politeness: Crawl
    contact: str
    fixed: datetime | None = None
    recorder: Recorder | None = None
    recording: Recording | None = None
    rests: Mapping[str, datetime] = field(default_factory=dict)

    def clock(self) -> datetime:
        """The present time of the run in UTC, to the second."""
        return self.fixed or datetime.now(UTC).replace(microsecond=0)


class Taker(Protocol):
    """Who takes the snapshots of a crawl.

    `fault` is why no more can be taken, and then no more is asked; `taken` are the sources whose
    visit was.
    """

    @property
    def fault(self) -> KlastryError | None: ...

    @property
    def taken(self) -> Collection[str]: ...

    def take(self, snapshot: Snapshot) -> object:
        """Take one finished visit."""


def visit(
    sources: Sequence[Source],
    known: Mapping[str, Known],
    keeper: Taker,
    network: Network,
    stopping: Stopping,
) -> None:
    """Visit all sources; each snapshot goes to `keeper`. A signal ends the visits within seconds.

    A visit that gave nothing (it was stopped, or a fault of ours broke it) is remembered as
    failed. Raises StorageError when the history could not be written.
    """
    process = CrawlerProcess(_settings(network, {"pipelines.keep.Keep": 300}))
    if (log := get_scrapy_root_handler()) is not None:
        log.setFormatter(OneLine())
    politeness: Politeness = NoWaiting()
    if not network.recording:
        politeness = Politeness(network.politeness.delay, rests=network.rests)
    shared = {
        "known": known,
        "politeness": politeness,
        "clock": network.clock,
        "keeper": keeper,
        "end": lambda: _stop(process),
    }
    for name, group in _by_spider(sources).items():
        process.crawl(name, sources=group, **shared)
    _run(process, stopping)
    if keeper.fault:
        raise keeper.fault
    for source in sources:
        if source.id not in keeper.taken:
            reason = "parse" if stopping.signal is None else "stopped"
            keeper.take(_nothing(source, network.clock(), reason))


def search(made: Search, network: Network, stopping: Stopping) -> None:
    """Make one search of a web archive. A signal ends it within seconds; raises what broke it."""
    process = CrawlerProcess(_settings(network, {}))
    process.crawl(
        WebArchive, search=made, politeness=Politeness(network.politeness.delay), clock=network.clock
    )
    _run(process, stopping)
    if made.gathered.fault:
        raise made.gathered.fault


def _run(process: CrawlerProcess, stopping: Stopping) -> None:
    stopping.act = lambda: _stop(process)
    if stopping.signal is None:
        process.start(install_signal_handlers=False)
    stopping.act = lambda: None


def _settings(network: Network, pipelines: Mapping[str, int]) -> Settings:
    settings = Settings()
    settings.setmodule("monitor.settings", priority="project")
    contact = f" (+{network.contact})" if network.contact else ""
    ours: Mapping[str, Any] = {
        "USER_AGENT": f"{settings['USER_AGENT']}{contact}",
        "DOWNLOAD_TIMEOUT": network.politeness.timeout,
        "KLASTRY_BACKOFF": backoff(settings["KLASTRY_BACKOFF"], network.politeness.delay),
        "ITEM_PIPELINES": dict(pipelines),
        "KLASTRY_RECORD": network.recorder,
        "KLASTRY_REPLAY": network.recording,
    }
    settings.setdict(ours, priority="cmdline")
    return settings


def backoff(pauses: Sequence[float], delay: float) -> list[float]:
    """The seconds before each further try: `pauses` at the usual delay or a longer one, less at a shorter.

    Who asks the hosts of others leaves the delay alone; one's own server may be asked at once.
    """
    share = min(1.0, delay / Crawl().delay)
    return [pause * share for pause in pauses]


def _by_spider(sources: Sequence[Source]) -> dict[str, list[Source]]:
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.spider, []).append(source)
    return groups


def _stop(process: CrawlerProcess) -> None:
    """Called from anywhere: the reactor ends the crawl at its next turn, and itself soon after.

    Scrapy waits for ever where it is told to stop while a snapshot is being kept.
    """
    from twisted.internet import reactor

    loop: Any = reactor  # the types of the library take it for a module

    def stop() -> None:
        process.stop()
        loop.callLater(_STOP_WITHIN, loop.stop)

    loop.callFromThread(stop)


def _nothing(source: Source, at: datetime, reason: str) -> Snapshot:
    return Snapshot(
        source.id,
        at,
        source.address.url,
        source.address.reader,
        (),
        whole=False,
        answered=False,
        stopped=reason,
    )
