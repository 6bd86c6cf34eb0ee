"""A page as it came, what was read from it, and one visit of one source as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple, Protocol

from storage.records.keys import page_key
from storage.records.record import Record

LIST = "list"
"""The key of a source's list: all its pages together, at whatever address of the chain."""


@dataclass(frozen=True)
class Page:
    """One answer of a server, decoded to bytes of the document (no transfer or content coding).

    `at` is the time of the response in UTC. Header names are lower case. `asked` is the
    address wanted, `reached` the one that answered after redirects.
    """

    asked: str
    reached: str
    at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes, in hex."""
        return sha256(self.body).hexdigest()

    @property
    def media_type(self) -> str:
        """The media type without parameters, lower case; empty when undeclared."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass(frozen=True)
class Said:
    """A page that was read. `content` is the SHA-256 of the block its reader reads."""

    page: Page
    records: tuple[Record, ...]
    content: str
    reader: str
    version: int
    links: tuple[str, ...] = ()
    """Addresses of detail pages the page leads to, in its order."""

    @property
    def at(self) -> datetime:
        return self.page.at

    @property
    def address(self) -> str:
        return self.page.asked


@dataclass(frozen=True)
class Unchanged:
    """A page that stands as it was last read: 304, the same bytes or the same content."""

    address: str
    at: datetime
    how: str
    validators: "Validators | None" = None
    full: bool = False
    """Whether the body was sent (a 304 sends none)."""


@dataclass(frozen=True)
class Gone:
    """A page that is no longer there: 404, 410, a soft 404, or sent to a home page."""

    address: str
    at: datetime
    reason: str
    detail: str = ""
    page: Page | None = None


@dataclass(frozen=True)
class Missed:
    """A page that gave nothing to believe; `reason` is of the closed list of the contract."""

    address: str
    at: datetime
    reason: str
    detail: str = ""
    page: Page | None = None


Reading = Said | Unchanged | Gone | Missed


class Validators(NamedTuple):
    """What a server gave to ask again with: ETag and Last-Modified, as sent."""

    etag: str | None
    last_modified: str | None


class Known(Protocol):
    """All that a spider needs of the past of one source, filled by `monitor`."""

    @property
    def first(self) -> bool:
        """Whether the source has had no complete visit yet."""

    def validators(self, address: str) -> Validators | None:
        """What to ask `address` again with; None when the whole page is wanted."""

    def same(self, address: str, digest: str) -> bool:
        """Whether `digest` is the SHA-256 of the bytes or of the content last read at `address`."""

    def links(self, address: str) -> tuple[str, ...]:
        """Detail pages that the list page at `address` led to when it was last read."""

    def knows(self, record: Record) -> bool:
        """Whether some entity holds one of the record's keys."""

    def settled(self, record: Record) -> bool:
        """Whether `knows` was true before the visits that left rows of the list unread."""

    def due(self) -> tuple[str, ...]:
        """Known detail pages to ask in this visit besides those of the list's rows."""


@dataclass(frozen=True)
class Snapshot:
    """One visit of one source, whole: what its list and each detail page said.

    `pages` holds one reading per list page, in order; `whole` says that they are the whole
    list, so that absence means something; `details` one reading per detail page, by page
    key. `moved_to` is set when the list answered at another address by permanent redirects.
    `dates` are the times that the hosts reached gave (`Date`, `Age`), in UTC. `answered` says that at least
    one HTTP status line came.
    """

    source: str
    at: datetime
    address: str
    reader: str
    pages: tuple[Reading, ...]
    whole: bool
    details: Mapping[str, Reading] = field(default_factory=dict)
    moved_to: str | None = None
    moved_hint: str | None = None
    """An address a page points to by meta refresh or words: told, never followed."""
    requests: int = 0
    dates: tuple[datetime, ...] = ()
    answered: bool = True
    robots: tuple[Page, ...] = ()
    stopped: str | None = None
    """Why the visit ended early (`budget`, `stopped`), else None."""
    rests: tuple[str, ...] = ()
    """Hosts that asked to be left alone, and until when: in the words that later visits understand."""
    unread: bool = False
    """Whether rows of a window that came since it was last read stand beyond the last page read."""

    def reading(self, address: str) -> Reading | None:
        """The reading of the detail page at `address`, if it was asked."""
        return self.details.get(page_key(address))
