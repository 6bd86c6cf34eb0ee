"""The visit of one source: its list, then the detail pages worth asking, as one Snapshot.

A straight line. A register is followed to its end; a window as far as it shows anything unknown,
and one page at the first visit. What came since and did not fit into its page budget is `unread`,
and the next visits read on until nothing is. A 304 to the first page of a list stands for the whole list:
validators are given only for lists that one page holds. When one page of a list has changed,
all its pages are read, so that the list is whole or not, never half.
"""

import asyncio
from dataclasses import replace
from urllib.parse import urlsplit

from spiders.fences import Fence
from spiders.fetch import Fetcher, Trail
from spiders.outcome import cut
from spiders.politeness import not_before
from spiders.readers import Reader, load
from spiders.reading import Look, as_detail, as_list, look_at, never_same, unless_notice
from spiders.signs import Habits
from storage.records import Details, Known, Missed, Page, Reading, Said, Snapshot, Source, Unchanged, page_key

MOST_DETAILS = 200
"""Detail pages asked in one visit; a list that leads to more is a trap, or has its budget ended."""
MOST_READ = 15 * 1024 * 1024
"""Bytes of pages read in one visit: they are held until it ends, and reading them takes its time."""
PASSED_OVER = 10
"""So many times its page budget a window may be read, to reach what earlier visits left unread."""
_SILENT = frozenset({"timeout", "connection", "dns", "tls"})
_UNWILLING = frozenset({"http-5xx", "rate-limited", "blocked"})
_IN_A_ROW = 2
"""Detail pages one after the other without any answer, after which no more are asked; or with none
of use, after which each is asked only once."""


class Visit:
    """One visit; `run` makes it. `seconds` bound it as a whole.

    Raises ConfigError when the source names a reader that does not exist.
    """

    def __init__(
        self, source: Source, known: Known, fetcher: Fetcher, habits: Habits, seconds: float
    ) -> None:
        self.source = source
        self.known = known
        self._fetcher = fetcher
        self._habits = habits
        self._seconds = seconds
        self._list_reader = load(source.address.reader, source)
        self._fence = Fence.around(source)
        self._trail = Trail()
        self._looks: list[Look] = []
        self._details: dict[str, Reading] = {}
        self._read = 0
        self._ended = False
        self._moved_to: str | None = None
        self._stopped: str | None = None

    async def run(self) -> Snapshot:
        """The Snapshot of the visit; what was read is kept when time runs out (`budget`)."""
        try:
            async with asyncio.timeout(self._seconds):
                await self._walk_list()
                await self._ask_details()
        except TimeoutError:
            self._stopped = "budget"
        return self._snapshot()

    async def _walk_list(self) -> None:
        following: str | None = self.source.address.url
        asked: set[str] = set()
        while following is not None and following not in asked and self._may_go_on:
            if self._read > MOST_READ:
                self._stopped = "budget"
                break
            asked.add(following)
            look = await self._ask_list(following)
            self._looks.append(look)
            following = look.more
            if isinstance(look.reading, Missed) or (self._is_window and self._reaches_back(look)):
                break
        self._ended = following is None
        if following is not None and not self._is_window:
            self._stopped = "budget"
        if any(isinstance(look.reading, Said) for look in self._looks):
            self._looks = [self._read_anyhow(look) for look in self._looks]

    @property
    def _is_window(self) -> bool:
        return self.source.address.list == "window"

    @property
    def _may_go_on(self) -> bool:
        """Whether the budget allows one more page of the list.

        Of a window what is known is passed over on the way to what was left unread, for a while.
        """
        if not self._is_window:
            return len(self._looks) < self.source.pages
        new = sum(map(self._shows_unknown, self._looks))
        budget = 1 if self.known.first else self.source.pages
        return new < budget and len(self._looks) < PASSED_OVER * budget

    @property
    def _left_unread(self) -> bool:
        """Whether the rows of a window that came since it was last read go on beyond what was read now."""
        if not self._is_window or self.known.first or self._ended or not self._looks:
            return False
        return isinstance(self._looks[-1].reading, Said) and not self._reaches_back(self._looks[-1])

    async def _ask_list(self, address: str) -> Look:
        first = not self._looks
        sent = self.known.validators(address) if first else None
        answer = await self._fetcher.page(address, self._fence, self._trail, sent)
        if not isinstance(answer.outcome, Page):
            return Look(cut(as_list(answer.outcome)), points_to=answer.points_to)
        look = look_at(answer.outcome, self._list_reader, self._habits, self.known.same)
        self._read += len(answer.outcome.body)
        believed = not isinstance(look.reading, Missed)
        if first and believed and answer.moved_to and page_key(answer.moved_to) != page_key(address):
            self._moved_to = answer.moved_to
        return replace(look, reading=cut(look.reading))

    def _shows_unknown(self, look: Look) -> bool:
        reading = look.reading
        return isinstance(reading, Said) and not all(map(self.known.knows, reading.records))

    def _reaches_back(self, look: Look) -> bool:
        """Whether all of a page of a window was known when the window was last read to what is known."""
        reading = look.reading
        return not isinstance(reading, Said) or all(map(self.known.settled, reading.records))

    def _read_anyhow(self, look: Look) -> Look:
        if isinstance(look.reading, Unchanged) and look.page is not None:
            return look_at(look.page, self._list_reader, self._habits, never_same)
        return look

    async def _ask_details(self) -> None:
        if self.source.details is None:
            return
        reader = load(self.source.details.reader, self.source)
        wanted = self._worth_asking(self.source.details)
        if len(wanted) > MOST_DETAILS:
            self._stopped = "budget"
        silent = unwilling = 0
        for address in wanted[:MOST_DETAILS]:
            if self._read > MOST_READ:
                self._stopped = "budget"
                return
            reading = await self._ask_detail(address, reader, once=unwilling >= _IN_A_ROW)
            self._details[page_key(address)] = reading
            reason = reading.reason if isinstance(reading, Missed) else ""
            silent = silent + 1 if reason in _SILENT else 0
            unwilling = unwilling + 1 if reason in _UNWILLING else 0
            if silent == _IN_A_ROW:
                return

    async def _ask_detail(self, address: str, reader: Reader, *, once: bool) -> Reading:
        sent = self.known.validators(address)
        answer = await self._fetcher.page(address, self._fence, self._trail, sent, once=once)
        if not isinstance(answer.outcome, Page):
            return cut(answer.outcome)
        look = look_at(answer.outcome, reader, self._habits, self.known.same)
        if not (isinstance(look.reading, Unchanged) and look.reading.how == "bytes"):
            self._read += len(answer.outcome.body)
        return cut(unless_notice(as_detail(look.reading), self._titles.get(page_key(address))))

    def _worth_asking(self, details: Details) -> list[str]:
        """Detail pages of the rows of the first page, of new rows, and those due; each once."""
        if isinstance(self._looks[0].reading, Missed):
            return []
        first, later = self._looks[0].reading, self._looks[1:]
        rows = first.links if isinstance(first, Said) else self.known.links(self.source.address.url)
        new = [
            record.detail
            for look in later
            if isinstance(look.reading, Said)
            for record in look.reading.records
            if record.detail and not self.known.knows(record)
        ]
        wanted = [address for address in (*rows, *new, *self.known.due()) if self._leads_to(address, details)]
        return list({page_key(address): address for address in reversed(wanted)}.values())[::-1]

    @property
    def _titles(self) -> dict[str, str]:
        """What the list calls the subject of each detail page, as far as it was read."""
        return {
            page_key(record.detail): record.name
            for look in self._looks
            if isinstance(look.reading, Said)
            for record in look.reading.records
            if record.detail
        }

    def _leads_to(self, address: str, details: Details) -> bool:
        if not self._fence.allows(address):
            return False
        itself = page_key(address) == page_key(self.source.address.url)
        return urlsplit(address).path.startswith(details.path) and not itself

    def _snapshot(self) -> Snapshot:
        readings = tuple(look.reading for look in self._looks)
        missed = not readings or any(isinstance(reading, Missed) for reading in readings)
        unproved = self._is_window and any(look.page is None for look in self._looks)
        return Snapshot(
            source=self.source.id,
            at=readings[0].at if readings else self._fetcher.clock(),
            address=self.source.address.url,
            reader=self.source.address.reader,
            pages=readings,
            whole=self._ended and not missed and not unproved,
            details=dict(self._details),
            moved_to=self._moved_to,
            moved_hint=next((look.points_to for look in self._looks if look.points_to), None),
            requests=self._trail.requests,
            dates=tuple(self._trail.dates),
            answered=self._trail.answered,
            robots=tuple(self._trail.robots.values()),
            stopped=self._stopped,
            rests=tuple(not_before(host, until) for host, until in self._trail.rests.items()),
            unread=self._left_unread,
        )
