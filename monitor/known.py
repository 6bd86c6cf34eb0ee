"""What the spiders need of the past, filled from the history (the `Known` of one source)."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pipelines.identify import scoped
from spiders.readers import load
from storage.forms import WARSAW
from storage.history import History
from storage.records import LIST, Record, Source, Validators, page_key

FULL_EVERY = timedelta(hours=24)
"""A page is fetched whole at least so often, in case a server says 304 for ever."""
CLOSED_FOR = timedelta(days=30)
SEEN_AGAIN = timedelta(days=30)
MOST_OLD_PAGES = 20


class Remembered:
    """The past of one source as it stands when a crawl begins; `now` in UTC.

    `whole`: ask without validators (for a recording that stands alone).
    """

    def __init__(self, source: Source, history: History, now: datetime, *, whole: bool = False) -> None:
        self._source = source
        self._history = history
        self._now = now
        self._whole = whole
        self.first = not history.has_list(source)
        self._unread_since = history.unread_since(source.id)
        self._pages = {page_key(row["address"]): row for row in history.page_memories(source.id)}
        self._keys = {row["key"] for row in self._pages.values()}
        self._versions = {reader: load(reader, source).version for reader in _readers(source)}

    def validators(self, address: str) -> Validators | None:
        """ETag and Last-Modified of `address`, unless the whole page is wanted or due."""
        row = self._page(address)
        if row is not None and row["key"] == LIST and f"{LIST} 2" in self._keys:
            return None  # a 304 would speak for the first page only
        if row is None or self._whole or row["full_at"] is None or self._is_ago(row["full_at"], FULL_EVERY):
            return None
        return Validators(row["etag"], row["last_modified"]) if row["etag"] or row["last_modified"] else None

    def same(self, address: str, digest: str) -> bool:
        """Whether `digest` is that of the bytes or of the content last believed at `address`."""
        row = self._page(address)
        return row is not None and digest in (row["sha256"], row["content"])

    def links(self, address: str) -> tuple[str, ...]:
        """Detail pages that the list page at `address` led to when it was last read."""
        row = self._page(address)
        return tuple(json.loads(row["links"])) if row else ()

    def knows(self, record: Record) -> bool:
        """Whether some entity holds one of the record's keys."""
        return self._history.holds(scoped(self._source.id, LIST, record).keys)

    def settled(self, record: Record) -> bool:
        """Whether `knows` was true before the visits that left rows of the list unread."""
        keys = scoped(self._source.id, LIST, record).keys
        if self._unread_since is None:
            return self._history.holds(keys)
        return self._history.was_listed(self._source.id, keys, self._unread_since)

    def due(self) -> tuple[str, ...]:
        """Known detail pages to ask besides those of the list's rows.

        Those found gone of late; of calls, those not closed for more than 30 days; of all
        others at most 20 that were not asked for 30 days, the longest waiting first.
        """
        rows = [row for key, row in self._pages.items() if not row["key"].startswith(LIST)]
        always = [row for row in rows if self._is_of_interest(row)]
        old = [row for row in rows if row not in always and self._is_ago(row["asked_at"], SEEN_AGAIN)]
        old.sort(key=lambda row: row["asked_at"])
        return tuple(row["address"] for row in (*always, *old[:MOST_OLD_PAGES]))

    def _is_of_interest(self, row: Mapping[str, Any]) -> bool:
        if row["gone_since"] is not None:
            return bool(self._now - row["gone_since"] <= SEEN_AGAIN)
        if self._source.kind != "call":
            return False
        closes = self._deadlines.get(row["key"])
        day = (self._now - CLOSED_FOR).astimezone(WARSAW).date().isoformat()
        return closes is None or closes[:10] >= day[: len(closes)]

    def _is_ago(self, at: datetime, pause: timedelta) -> bool:
        """Whether `at` is so long ago; a time to come was given by a wrong clock, and is no time."""
        return not self._now - pause < at <= self._now

    @property
    def _deadlines(self) -> dict[str, str]:
        values = self._history.standing_values(self._source.id, ("closes",))
        return {page: value for _, _, page, value in values if page != LIST}

    def _page(self, address: str) -> Mapping[str, Any] | None:
        """The memory of `address`, if it was read by the reader of today and was not gone."""
        row = self._pages.get(page_key(address))
        if row is None or row["confirmed"] is None or row["gone_visits"]:
            return None
        return row if self._versions.get(row["reader"]) == row["version"] else None


def _readers(source: Source) -> list[str]:
    return [source.address.reader, *([source.details.reader] if source.details else [])]
