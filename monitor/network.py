"""The crawl itself: Scrapy's process with our spiders, told what to visit, stopped by signals."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from monitor.config_tables import Crawl
from monitor.known import Remembered
from pipelines.keep import Keeper
from spiders.politeness import NoWaiting, Politeness
from spiders.recording import Recorder
from spiders.warc import Recording
from storage.history import History
from storage.records import Snapshot, Source

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Network:
    """How the network is met: politely, and live, kept, or from a recording.

    `fixed` (UTC) is the clock of the run where it is not the machine's.
    """

    politeness: Crawl
    contact: str
    fixed: datetime | None = None
    recorder: Recorder | None = None
    recording: Recording | None = None

    def clock(self) -> datetime:
        """The present time of the run in UTC, to the second."""
        return self.fixed or datetime.now(UTC).replace(microsecond=0)


def visit(sources: Sequence[Source], history: History, keeper: Keeper, network: Network) -> int | None:
    """Visit all sources; each snapshot goes to `keeper`. Gives the signal that stopped it, if one did.

    A visit that gave nothing (it was stopped, or a fault of ours broke it) is remembered as
    failed. Raises StorageError when the history could not be written.
    """
    known = {
        source.id: Remembered(source, history, keeper.run.now, whole=network.recorder is not None)
        for source in sources
    }
    process = CrawlerProcess(_settings(network))
    politeness = NoWaiting() if network.recording else Politeness(network.politeness.delay)
    for name, group in _by_spider(sources).items():
        process.crawl(
            name, sources=group, known=known, politeness=politeness, clock=network.clock, keeper=keeper
        )
    with _stoppable(process) as stopped:
        process.start(install_signal_handlers=False)
    if keeper.fault:
        raise keeper.fault
    for source in sources:
        if source.id not in keeper.outcomes:
            reason = "stopped" if stopped else "parse"
            keeper.take(_nothing(source, network.clock(), reason))
    return stopped[0] if stopped else None


def _settings(network: Network) -> Settings:
    settings = Settings()
    settings.setmodule("monitor.settings", priority="project")
    contact = f" (+{network.contact})" if network.contact else ""
    ours: Mapping[str, Any] = {
        "USER_AGENT": f"{settings['USER_AGENT']}{contact}",
        "DOWNLOAD_TIMEOUT": network.politeness.timeout,
        "KLASTRY_BACKOFF": backoff(settings["KLASTRY_BACKOFF"], network.politeness.delay),
        "ITEM_PIPELINES": {"pipelines.keep.Keep": 300},
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


@contextmanager
def _stoppable(process: CrawlerProcess) -> Iterator[list[int]]:
    """Stop the crawl at the first SIGINT or SIGTERM; the block is given the signals that came."""
    came: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        from twisted.internet import reactor

        came.append(number)
        if len(came) == 1:
            reactor.callFromThread(process.stop)

    before: dict[signal.Signals, Callable[..., Any] | int | None] = {
        number: signal.signal(number, stop) for number in _SIGNALS
    }
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
