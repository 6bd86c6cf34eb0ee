"""Published files that say no more than what they are given: drawn only where that has changed.

Of each file a digest of what it says is remembered, and one of its bytes. A file that is to say
what it said, and still has these bytes in the folder, is neither drawn nor compared. What else it
is drawn with is the edition of the mark, without which nothing is remembered (`monitor.drawn`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.drawn import Files
from monitor.publishing import read
from storage.forms import canonical


@dataclass(frozen=True)
class Sheet:
    """A file by its path in the published folder: all that it says, as for JSON, and what draws it."""

    path: str
    said: object
    draw: Callable[[], bytes]


class Sheets:
    """The sheets of one publication; `memory` is what the one before remembered."""

    name = "sheets"

    def __init__(self, folder: Path, memory: Any) -> None:
        self._folder = folder
        self._before: Mapping[str, list[str]] = memory or {}
        self._now: dict[str, list[str]] = {}

    def changed(self, sheets: Iterable[Sheet]) -> Iterator[Files]:
        """Those that the folder lacks, or has otherwise."""
        for sheet in sheets:
            said = _digest(canonical(sheet.said).encode(errors="surrogatepass"))
            before = self._before.get(sheet.path)
            if before and before[0] == said and _digest(read(self._folder, sheet.path) or b"") == before[1]:
                self._now[sheet.path] = before
            else:
                drawn = sheet.draw()
                self._now[sheet.path] = [said, _digest(drawn)]
                yield {sheet.path: drawn}

    def memory(self) -> Any:
        """Of each sheet a digest of what it says and one of its bytes, by path."""
        return self._now


def _digest(said: bytes) -> str:
    return sha256(said).hexdigest()[:32]
