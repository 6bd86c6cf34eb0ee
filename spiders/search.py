"""The search of a web archive for copies of watched pages: its index first, then copy by copy.

One request at a time, as politely as everywhere. What is fetched goes to the shelf at once, so a search
that is stopped or killed goes on from there. What an archive says of a copy is final. What it says of
itself (it is overloaded, it shows a page of its own) is asked again by the next search.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from spiders.cdx import Copy, Listing, ends_of_runs, read_listing
from spiders.fetch import Fetcher, Trail
from spiders.memento import as_archived, is_memento
from spiders.outcome import Outcome
from spiders.shelf import Shelf
from spiders.site import SiteSpider
from spiders.web_archive import ROWS, Archive, Question
from storage.errors import PageFault
from storage.records import Gone, Missed, Page, Snapshot

_SILENT = frozenset({"timeout", "connection", "dns", "tls", "protocol", "http-5xx", "blocked"})
_SILENCES = 5
"""Requests without a use, one after the other, after which no more are made."""
_HALTS = frozenset({"rate-limited", "robots-disallowed", "robots-unreachable"})


@dataclass(frozen=True)
class Bounds:
    """How much one search may take: copies, and the bytes and seconds they cost; answers of the index
    to one question, and as many seconds for all of them."""

    copies: int = 500
    seconds: float = 3600.0
    bytes: int = 200_000_000
    answers: int = 20


@dataclass
class Gathered:
    """What a search came to.

    `worth` are the copies worth having, `wanted` those of them that are to be asked for, in that order.
    `refused` counts copies not believed, `missed` are lines on what there was no answer to; `stopped`
    says why asking ended early. `answered`: at least one HTTP status line came. `fault` broke the search.
    """

    worth: list[Copy] = field(default_factory=list)
    wanted: list[Copy] = field(default_factory=list)
    asked: int = 0
    kept: int = 0
    refused: int = 0
    missed: list[str] = field(default_factory=list)
    stopped: str = ""
    answered: bool = False
    fault: Exception | None = None


class Search:
    """One search of an archive; `run` makes it and fills `gathered`.

    `is_wanted` tells whether an address is that of a watched page. `heard` is called after each copy.
    """

    def __init__(
        self,
        archive: Archive,
        questions: Sequence[Question],
        is_wanted: Callable[[str], bool],
        shelf: Shelf,
        bounds: Bounds,
        *,
        dry: bool = False,
        heard: Callable[[Gathered], object] = lambda gathered: None,
    ) -> None:
        self.gathered = Gathered()
        self._archive = archive
        self._questions = questions
        self._is_wanted = is_wanted
        self._shelf = shelf
        self._bounds = bounds
        self._dry = dry
        self._heard = heard
        self._trail = Trail()
        self._begun = datetime.min.replace(tzinfo=UTC)
        self._silences = 0
        self._bytes = 0

    async def run(self, fetcher: Fetcher) -> None:
        """Ask the index, then, unless dry, for each copy. Raises StorageError when one cannot be kept."""
        gathered, self._begun = self.gathered, fetcher.clock()
        try:
            for question in self._questions:
                await self._read_index(fetcher, question)
            gathered.worth = ends_of_runs(gathered.worth)
            gathered.wanted = [copy for copy in gathered.worth if not self._shelf.holds(copy)]
            self._begun = fetcher.clock()
            for copy in () if self._dry else gathered.wanted:
                gathered.stopped = gathered.stopped or self._bound_reached(fetcher)
                if gathered.stopped:
                    break
                await self._fetch(fetcher, copy)
                gathered.asked += 1
                self._heard(gathered)
        finally:
            gathered.answered = self._trail.answered

    def _bound_reached(self, fetcher: Fetcher) -> str:
        bounds = self._bounds
        reached = {
            f"{bounds.copies} copies": self.gathered.asked >= bounds.copies,
            f"{bounds.bytes} bytes": self._bytes >= bounds.bytes,
            f"{bounds.seconds:g} seconds": self._is_late(fetcher),
        }
        return next((f"{most} are the most for one run" for most, over in reached.items() if over), "")

    def _is_late(self, fetcher: Fetcher) -> bool:
        return (fetcher.clock() - self._begun).total_seconds() >= self._bounds.seconds

    async def _read_index(self, fetcher: Fetcher, question: Question) -> None:
        """All copies that the index knows to one question, answer by answer."""
        met: set[Copy] = set()
        keys: set[str] = set()
        going_on: list[tuple[str, str]] = []
        for number in range(1, self._bounds.answers + 1):
            listing = await self._ask_index(fetcher, question, going_on)
            news = set(listing.copies) - met
            met |= news
            future = [copy for copy in news if copy.at > self._begun]
            wanted = [copy for copy in news.difference(future) if self._is_wanted(copy.original)]
            self.gathered.worth += wanted
            if odd := listing.odd + len(future):
                self._miss(question, f"{odd} rows are of no time or address that can be")
            if listing.resume and listing.resume not in keys:
                keys.add(listing.resume)
                going_on = [("resumeKey", listing.resume)]
                continue
            if listing.rows >= ROWS and news:
                self._miss(question, f"it ends with row {listing.rows} and offers no way to the next")
            if not (listing.by_page and news):
                return
            going_on = [("page", str(number))]
        self._miss(question, f"it goes on after {self._bounds.answers} answers")

    async def _ask_index(
        self, fetcher: Fetcher, question: Question, going_on: Sequence[tuple[str, str]]
    ) -> Listing:
        """One answer of the index; without copies where it cannot be had, which is told."""
        if self.gathered.stopped:
            return Listing()
        if self._is_late(fetcher):
            self._miss(question, f"not asked after {self._bounds.seconds:g} seconds")
            return Listing()
        address = self._archive.index(question, going_on)
        outcome = await fetcher.only(address, self._archive.fence, self._trail)
        try:
            return _listing(outcome, later=bool(going_on) and going_on[0][0] == "page")
        except PageFault as fault:
            self._miss(question, f"{fault.reason}: {fault}")
            self._note(fault.reason)
            return Listing()

    async def _fetch(self, fetcher: Fetcher, copy: Copy) -> None:
        """Ask for one copy and put it on the shelf, or why it is not believed."""
        gathered, address = self.gathered, self._archive.raw(copy)
        outcome = await fetcher.only(address, self._archive.fence, self._trail)
        page = outcome if isinstance(outcome, Page) else getattr(outcome, "page", None)
        self._bytes += len(page.body) if page else 0
        try:
            self._shelf.keep(copy, as_archived(copy, _page(outcome)), address)
            gathered.kept += 1
            self._silences = 0
        except PageFault as fault:
            if page is not None and is_memento(page):
                self._shelf.refuse(copy, fault, address)
                gathered.refused += 1
                self._silences = 0
            else:
                when = f"{copy.at:%Y-%m-%d %H:%M:%S}"
                gathered.missed.append(f"{copy.original} of {when}: {fault.reason}: {fault}")
                self._note(fault.reason)

    def _miss(self, question: Question, what: str) -> None:
        self.gathered.missed.append(f"the index of {question.url}{'…' if question.below else ''}: {what}")

    def _note(self, reason: str) -> None:
        """End the asking when the archive wants to be left alone, or has not answered for long."""
        self._silences = self._silences + 1 if reason in _SILENT else 0
        if reason in _HALTS:
            self.gathered.stopped = f"the archive is to be left alone ({reason})"
        elif self._silences >= _SILENCES:
            self.gathered.stopped = f"{_SILENCES} requests one after the other had no answer"


def _page(outcome: Outcome) -> Page:
    """The answer that came. Raises PageFault where none did that could be a copy."""
    match outcome:
        case Page():
            return outcome
        case Gone() | Missed():
            raise PageFault(outcome.detail, reason=outcome.reason)
        case _:
            raise PageFault("304 to a request without validators", reason="protocol")


def _listing(outcome: Outcome, *, later: bool) -> Listing:
    """What an answer of the index says. Raises PageFault where it says nothing.

    No copies are told by an empty answer, or by 404 with a message in JSON; the page after the last
    one (`later`) by 400 or 404.
    """
    match outcome:
        case Missed(reason="empty"):
            return Listing()
        case Missed(reason="http-4xx") | Gone() if later:
            return Listing()
        case Gone(page=Page() as page) if page.body.lstrip().startswith(b"{"):
            return read_listing(page)
        case _:
            return read_listing(_page(outcome))


class WebArchive(SiteSpider):
    """The spider that makes a search. It yields nothing: what it finds is on the shelf."""

    name = "web_archive"

    def __init__(self, *args: Any, search: Search | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.search = search

    async def start(self) -> AsyncIterator[Snapshot]:
        """Makes the search; ends it at once when the engine is told to stop."""
        if self.search is None or self.politeness is None:
            self.logger.error("%s knows no archive by itself: use `klastry backfill --wayback`", self.name)
            return
        search = asyncio.create_task(self.search.run(self._fetcher(self.politeness)))
        watch = asyncio.create_task(self._cancel_with_engine([search]))
        try:
            await asyncio.wait([search])
            fault = None if search.cancelled() else search.exception()
            self.search.gathered.fault = fault if isinstance(fault, Exception) else None
        finally:
            for task in (watch, search):
                task.cancel()
            await asyncio.gather(watch, search, return_exceptions=True)
        return
        yield
