"""What was told, entry by entry, and which entries belong to which feed.

Pure: the same changes give the same entries, in the order of their telling.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitor.keywords import finder
from storage.records import Change, Kind, Verb, fold

_KLAST = re.compile(r"klast|\bkkk\b")
_COMPETITION = "competition-mr"
# Fields whose values are no text of a page.
_WORDLESS = frozenset({"url", "belongs_to", "about", "sha256", "media_type"})

Topic = Callable[["Entry"], bool]


@dataclass(frozen=True)
class Entry:
    """One piece of news: the changes told together, the leading one first.

    `id` is a tag: URI given once; `at` the time of telling in UTC; `title` the sentence that
    was made then.
    """

    id: str
    at: datetime
    title: str
    changes: tuple[Change, ...]

    @property
    def number(self) -> int:
        """Id of its leading change. Raises ValueError where that was never kept."""
        if (number := self.changes[0].id) is None:
            raise ValueError(f"entry {self.id}: its leading row is not kept")
        return number

    @property
    def kind(self) -> Kind | None:
        """The kind of thing it speaks of; None when it tells that watching began."""
        return self.changes[0].kind

    @property
    def verb(self) -> Verb:
        """What happened."""
        return self.changes[0].verb

    @property
    def source(self) -> str:
        """Id of the source that said it."""
        return self.changes[0].source

    @property
    def entity(self) -> str | None:
        """Id of the thing it speaks of."""
        return self.changes[0].entity

    @property
    def url(self) -> str | None:
        """Address of the page that said it."""
        return self.changes[0].url


def entries(changes: Iterable[Change]) -> tuple[Entry, ...]:
    """The entries of the told rows among `changes`, oldest first.

    Rows of one entry stand side by side, the leading one first. Raises ValueError where a
    leading row has no time of telling or no summary.
    """
    told = (change for change in changes if change.entry)
    return tuple(_entry(id_, tuple(rows)) for id_, rows in groupby(told, key=lambda row: row.entry or ""))


def _entry(id_: str, rows: tuple[Change, ...]) -> Entry:
    at, title = rows[0].told_at, rows[0].summary
    if at is None or not title:
        raise ValueError(f"entry {id_}: its leading row has no time of telling or no summary")
    return Entry(id_, at, title, rows)


def everything(entry: Entry) -> bool:
    """Whether the entry belongs to the feed of everything: it does."""
    return True


def of_kind(kind: Kind) -> Topic:
    """The entries of one kind, and that watching began."""
    return lambda entry: entry.kind in (kind, None)


def of_source(source: str) -> Topic:
    """The entries of one source, and that watching it began."""
    return lambda entry: source in entry.source.split()


def of_clusters(entry: Entry) -> bool:
    """The entries of the recommended feed: clusters, the competition, and whatever speaks of clusters."""
    if entry.kind in ("cluster", None) or entry.source == _COMPETITION:
        return True
    return any(_KLAST.search(fold(said)) for said in _words(entry))  # mostly the name says it


def of_own(kinds: Collection[Kind], words: Collection[str], sources: Collection[str] = ()) -> Topic:
    """The entries of a feed of the user: of these kinds and sources in which one of `words` is found.

    No kinds are all kinds, no sources all sources. `monitor.keywords` says what is found. That
    watching one of the sources began belongs to it whatever its kinds and words.
    """
    found = finder(words)

    def belongs(entry: Entry) -> bool:
        if sources and not any(source in sources for source in entry.source.split()):
            return False
        if entry.kind is None:
            return True
        return (not kinds or entry.kind in kinds) and found(_words(entry))

    return belongs


def _words(entry: Entry) -> Iterable[str]:
    """All text of the entry: what changed, and what was known of the thing when it was told."""
    for change in entry.changes:
        yield change.name or ""
        told = {"old": change.old, "new": change.new} if change.field not in _WORDLESS else {}
        facts = {name: value for name, value in change.facts.items() if name not in _WORDLESS}
        for value in (*told.values(), *facts.values()):
            yield from value if isinstance(value, tuple) else (value or "",)
