"""What was told, entry by entry, and which entries belong to which feed.

Pure: the same changes give the same entries, in the order of their telling.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

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
    """The entries of one source, and that watching began."""
    return lambda entry: entry.source == source or entry.kind is None


def of_clusters(text: Callable[[str], str]) -> Topic:
    """The entries of the recommended feed: clusters, the competition, and whatever speaks of clusters.

    `text` gives what the history holds of an entity's words, by its id; empty when nothing.
    """

    def speaks(entry: Entry) -> bool:
        if entry.kind in ("cluster", None) or entry.source == _COMPETITION:
            return True
        said = [*_words(entry.changes), text(entry.entity) if entry.entity else ""]
        return any(_KLAST.search(fold(words)) for words in said)

    return speaks


def _words(changes: Sequence[Change]) -> Iterable[str]:
    for change in changes:
        yield change.name or ""
        if change.field in _WORDLESS:
            continue
        for value in (change.old, change.new):
            yield from value if isinstance(value, tuple) else (value or "",)
