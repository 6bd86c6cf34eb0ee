"""A look at one source without a history: what its readers find, for trying a definition."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.config import Config
from monitor.network import Network, visit
from monitor.stopping import Stopping
from storage.errors import KlastryError, PageFault
from storage.records import Missed, Reading, Record, Said, Snapshot, Source, Validators


class _Nothing:
    """The past of a source never visited."""

    first = True

    def validators(self, address: str) -> Validators | None:
        return None

    def same(self, address: str, digest: str) -> bool:
        return False

    def links(self, address: str) -> tuple[str, ...]:
        return ()

    def knows(self, record: Record) -> bool:
        return False

    def settled(self, record: Record) -> bool:
        return False

    def due(self) -> tuple[str, ...]:
        return ()


@dataclass
class _Catcher:
    """Takes the one snapshot and keeps it."""

    caught: list[Snapshot] = field(default_factory=list)
    fault: KlastryError | None = None

    @property
    def taken(self) -> Sequence[str]:
        return [snapshot.source for snapshot in self.caught]

    def take(self, snapshot: Snapshot) -> None:
        self.caught.append(snapshot)


def look(config: Config, source: Source) -> list[dict[str, Any]]:
    """The records that one live visit of `source` finds, list first; nothing is kept.

    Raises PageFault with the reason when the list cannot be read.
    """
    catcher = _Catcher()
    network = Network(config.crawl, config.monitor.contact)
    with Stopping() as stopping:
        visit([source], {source.id: _Nothing()}, catcher, network, stopping)
    (snapshot,) = catcher.caught
    readings: list[Reading] = [*snapshot.pages, *snapshot.details.values()]
    first = readings[0] if readings else None
    if not isinstance(first, Said):
        reason = first.reason if isinstance(first, Missed) else snapshot.stopped or "stopped"
        detail = first.detail if isinstance(first, Missed) else "nothing came"
        raise PageFault(f"{source.address.url}: {reason}: {detail}", reason=reason)
    return [row(record) for reading in readings if isinstance(reading, Said) for record in reading.records]


def row(record: Record) -> dict[str, Any]:
    """A record as a row to print."""
    keys = [str(key) for key in record.keys]
    return {"kind": record.kind, **record.values, "detail": record.detail, "keys": keys}
