"""How far the published folder is drawn: the mark by which a publication draws only what is new.

`drawn.json` names the newest told change that is drawn, with the digest of the ledger there and
the edition: a hash of all but the history that files are drawn with. While both still hold, and
the mark itself is whole, all that was told before is the same and drawn as it would be now, and
each part of the publication goes on from what it remembers there. Otherwise it is as if nothing
was drawn.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from monitor.entries import Entry
from storage.forms import canonical

MARK = "drawn.json"
Files = dict[str, bytes]
"""Published files by their path in the folder."""


class Remembering(Protocol):
    """What draws some published files. What it remembers comes back to it at the next publication."""

    name: str

    def memory(self) -> Any:
        """What it remembers, as JSON."""


class Part(Remembering, Protocol):
    """One kind of published files that are functions of the history.

    It is given the entries told after change `since`, some hundreds at a time, then asked for
    what is left to draw.
    """

    since: int

    def take(self, entries: Sequence[Entry]) -> Iterator[Files]:
        """What can be drawn of the next entries, in the order of telling."""

    def finish(self) -> Iterator[Files]:
        """What is to be drawn when all entries are taken."""

    def stale(self) -> Iterable[str]:
        """Its files in the folder that nothing in the history stands behind."""


@dataclass(frozen=True)
class Drawn:
    """How far a folder is drawn: up to the change with this id (0: not at all); what parts remember."""

    change: int = 0
    parts: Mapping[str, Any] = field(default_factory=dict)


def read(folder: Path, digest: Callable[[int], str | None], edition: str) -> Drawn:
    """What the mark in `folder` says, if it fits.

    `digest` gives that of the ledger where a change was told, None if it never was.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads((folder / MARK).read_bytes())
        whole = kept.pop("sum") == _sum(kept)
        change, parts = int(kept["change"]), dict(kept["parts"])
        if whole and kept["edition"] == edition and kept["digest"] == digest(change):
            return Drawn(change, parts)
    return Drawn()


def mark(change: int, digest: str | None, edition: str, parts: Mapping[str, Any]) -> Files:
    """The file that says how far the folder is drawn."""
    said = {"change": change, "digest": digest, "edition": edition, "parts": parts}
    return {MARK: f"{canonical({**said, 'sum': _sum(said)})}\n".encode()}


def _sum(said: Mapping[str, Any]) -> str:
    """A digest of all that a mark says: parts draw by what they remember, so it must be what was written."""
    return sha256(canonical(said).encode()).hexdigest()
