"""The readers' feeds, drawn into the published folder: what has news, what is missing, nothing else.

Each feed remembers how it is laid out, so that its news are enough to go on. A feed that is new,
that is chosen otherwise than before or that has lost an archive is drawn from the beginning.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from monitor.drawn import Files
from monitor.entries import Entry
from monitor.feed_documents import TYPES, Place, documents
from monitor.feed_layout import Layout, window
from monitor.feeds import Channel, Feed, Masthead, Story, channel, story
from monitor.opml import opml
from monitor.publishing import names
from monitor.words.labels import FEED_GROUPS

_ROOM = 8_000_000  # bytes of stories kept at hand
_AT_ONCE = 100


class Stories:
    """The stories of entries, by the id of the leading change; the last ones stay at hand.

    `load` gives the entries that some changes lead, in their order.
    """

    def __init__(self, masthead: Masthead, load: Callable[[Sequence[int]], Iterable[Entry]]) -> None:
        self._masthead, self._load = masthead, load
        self._kept: OrderedDict[int, Story] = OrderedDict()
        self._room = 0

    def keep(self, entry: Entry) -> None:
        """Have the story of an entry at hand."""
        if entry.number not in self._kept:
            self._kept[entry.number] = drawn = story(entry, self._masthead)
            self._room += drawn.room
            while self._room > _ROOM and len(self._kept) > _AT_ONCE:
                self._room -= self._kept.popitem(last=False)[1].room

    def of(self, numbers: Sequence[int]) -> list[Story]:
        """The stories of some entries, at most `_AT_ONCE`."""
        found = {number: self._kept[number] for number in numbers if number in self._kept}
        for entry in self._load([number for number in numbers if number not in found]):
            self.keep(entry)
            found[entry.number] = self._kept[entry.number]
        return [found[number] for number in numbers]

    def newest_first(self, numbers: Sequence[int]) -> Iterator[Story]:
        """The stories of `numbers`, from the last to the first, loaded as they are asked for."""
        for end in range(len(numbers), 0, -_AT_ONCE):
            yield from reversed(self.of(numbers[max(0, end - _AT_ONCE) : end]))


@dataclass
class _Pen:
    """One feed at work: `since` is the change up to which it is laid out."""

    feed: Feed
    layout: Layout
    since: int
    archived: int
    """Archives drawn that have a next one, or had none and got none."""
    touched: bool

    @property
    def channel(self) -> Channel:
        return self.feed.channel


class FeedDrawing:
    """The part of the publication that draws feeds and the list of all of them."""

    name = "feeds"

    def __init__(
        self,
        feeds: Sequence[Feed],
        masthead: Masthead,
        stories: Stories,
        folder: Path,
        since: int,
        memory: Any,
    ) -> None:
        self._masthead, self._stories, self._folder = masthead, stories, folder
        kept = memory if isinstance(memory, Mapping) else {}
        self._pens = [self._pen(feed, kept.get(feed.channel.name), since) for feed in feeds]
        self.since = min(pen.since for pen in self._pens)

    def _pen(self, feed: Feed, kept: Any, since: int) -> _Pen:
        """The pen of a feed: goes on where it was, or begins anew."""
        there = _names(self._folder, feed.channel)
        with suppress(KeyError, TypeError, ValueError):
            layout = Layout.of(kept)
            if kept["definition"] == _digest(feed) and there >= set(_archives(feed.channel, layout.archives)):
                whole = all((self._folder / feed.channel.document(form)).is_file() for form in TYPES)
                return _Pen(feed, layout, since, layout.archives, touched=not whole)
        return _Pen(feed, Layout(), 0, 0, touched=True)

    def take(self, entries: Sequence[Entry]) -> Iterator[Files]:
        """The archives that got a next one, feed by feed."""
        for pen in self._pens:
            for entry in entries:
                if entry.number > pen.since and pen.feed.topic(entry):
                    pen.touched = True
                    self._stories.keep(entry)
                    if older := pen.layout.add(entry):
                        yield self._archive(pen, *older)

    def finish(self) -> Iterator[Files]:
        """The newest archives, the feeds themselves, the list of all of them."""
        for pen in self._pens:
            layout = pen.layout
            if pen.archived < layout.archives:
                yield self._archive(pen, layout.archives, layout.newest)
            if pen.touched:
                chosen = window(self._stories.newest_first(layout.window), max(1, len(layout.open)))
                layout.window = layout.window[len(layout.window) - len(chosen) :]
                yield documents(pen.channel, chosen, Place(before=layout.archives or None), self._masthead)
        yield {"feeds.opml": opml(self._groups(), self._masthead.site)}

    def memory(self) -> Any:
        """The layout of each feed, by name."""
        return {
            pen.channel.name: {**pen.layout.memory(), "definition": _digest(pen.feed)} for pen in self._pens
        }

    def stale(self) -> Iterable[str]:
        """Archives beyond the last one of a feed."""
        for pen in self._pens:
            known = set(_archives(pen.channel, pen.layout.archives))
            for name in sorted(_names(self._folder, pen.channel) - known):
                number, _, form = name.partition(".")
                if number.isascii() and number.isdigit() and form in TYPES:
                    yield pen.channel.document(form, int(number))

    def _groups(self) -> dict[str, list[Channel]]:
        language = self._masthead.site.language
        headings, found = FEED_GROUPS[language], dict[str, list[Channel]]()
        for pen in self._pens:
            kind = "sources" if pen.channel.name.startswith("sources/") else "topics"
            found.setdefault(headings[kind], []).append(pen.channel)
        return {**found, headings["operator"]: [channel("health", language)]}

    def _archive(self, pen: _Pen, number: int, entries: Sequence[int]) -> Files:
        pen.archived = number
        after = number + 1 if number < pen.layout.archives else None
        place = Place(number, number - 1 or None, after)
        return documents(pen.channel, self._stories.of(entries), place, self._masthead)


def _archives(channel: Channel, count: int) -> Iterator[str]:
    return (f"{number}.{form}" for number in range(1, count + 1) for form in TYPES)


def _names(folder: Path, channel: Channel) -> set[str]:
    """The names of the files in the folder of a feed's archives."""
    return names((folder / channel.document("xml", 1)).parent)


def _digest(feed: Feed) -> str:
    """What is remembered of how a feed is chosen and called."""
    said = "\0".join([feed.channel.title, feed.channel.description, feed.definition])
    return sha256(said.encode()).hexdigest()[:16]
