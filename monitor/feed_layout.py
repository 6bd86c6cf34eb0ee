"""How the entries of a feed are laid out: which archive holds them, which are in its window.

From the oldest on, entries fill runs; a run is closed by the entry that no longer fits into it,
and a closed run is an archive for ever: what it holds depends on the history alone, not on the
language, the address of the site or the looks of an entry. The window, of which the feed itself
is made, reaches back at least 60 days before its newest entry and 50 entries, unless the document
would be larger than 500 kB; it always holds the run that is not closed yet. So archives and
window together hold every entry.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from monitor.entries import Entry
from monitor.feeds import MARKUP, Story
from storage.records import Change, Value

LEAST_DAYS, LEAST_ENTRIES, MOST_BYTES = 60, 50, 500_000
RUN_ENTRIES, RUN_BYTES = 50, 300_000
"""What an archive holds at most. They must never change: archives would."""
_MOST_ENTRIES = MOST_BYTES // MARKUP  # of a window, however short they are
_HEAD = 4_000  # bytes of a document around its entries
_CELL = 3_000  # characters of one value that are shown
_ENTRY = 2_500  # bytes of an entry around what the history gives


@dataclass
class Layout:
    """How far a feed is laid out; entries are named by the ids of their leading changes."""

    archives: int = 0
    newest: list[int] = field(default_factory=list)
    """The entries of the newest archive."""
    open: list[int] = field(default_factory=list)
    """The entries that no archive holds yet."""
    bytes: int = 0
    window: list[int] = field(default_factory=list)
    """The entries of the feed itself; before it is drawn, those that may be among them."""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Layout":
        """The layout that `kept` is the memory of. Raises KeyError, TypeError, ValueError."""
        lists = {name: [int(number) for number in kept[name]] for name in ("newest", "open", "window")}
        return cls(archives=int(kept["archives"]), bytes=int(kept["bytes"]), **lists)

    def memory(self) -> dict[str, Any]:
        """What is remembered of it."""
        return asdict(self)

    def add(self, entry: Entry) -> tuple[int, list[int]] | None:
        """Take in the next entry; gives the archive that has got a next one by it, if any."""
        more, older = size(entry), None
        if self.open and (len(self.open) >= RUN_ENTRIES or self.bytes + more > RUN_BYTES):
            older = (self.archives, self.newest) if self.archives else None
            self.archives, self.newest = self.archives + 1, self.open
            self.open, self.bytes = [], 0
        self.open.append(entry.number)
        self.bytes += more
        self.window.append(entry.number)
        if len(self.window) > 2 * _MOST_ENTRIES:
            del self.window[:-_MOST_ENTRIES]
        return older


def size(entry: Entry) -> int:
    """Bytes that an entry takes at most in a document, reckoned from the history alone."""
    lead = entry.changes[0]
    known = lead.facts if lead.verb in ("appeared", "returned") else {}
    # The title stands in three places; an address in two, with letters in three bytes each.
    shown = 2 * _bytes(lead.summary) + 6 * _bytes(lead.url)
    shown += sum(_value(field, value) for field, value in known.items() if field != "text")
    return _ENTRY + shown + sum(map(_row, entry.changes))


def _row(row: Change) -> int:
    texts = (row.name, row.summary, row.old_printed, row.new_printed)
    return sum(map(_bytes, texts)) + _value(row.field, row.old) + _value(row.field, row.new)


def _value(field: str | None, value: Value | None) -> int:
    text = "; ".join(value) if isinstance(value, tuple) else (value or "")
    return _bytes(text[:_CELL]) * (6 if field in ("url", "belongs_to") else 1)


def _bytes(text: str | None) -> int:
    """Bytes of `text` as HTML within XML."""
    said = text or ""
    return len(said.encode(errors="replace")) + 8 * sum(map(said.count, "&<>"))


def window(newest_first: Iterable[Story], least: int = 1) -> list[Story]:
    """The stories of the window, oldest first; never fewer than `least`."""
    chosen: list[Story] = []
    room = _HEAD
    for story in newest_first:
        room += story.room
        enough = len(chosen) >= LEAST_ENTRIES and story.at < chosen[0].at - timedelta(days=LEAST_DAYS)
        if len(chosen) >= least and (enough or room > MOST_BYTES):
            break
        chosen.append(story)
    return chosen[::-1]
