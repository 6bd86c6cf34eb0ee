"""What pipelines are told of the past, and what they decide: plain data in both directions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from storage.records import Cause, Change, Key, Kind, Page, Said, Snapshot, Value

LISTED = ""
"""The field of a spell that says: this page speaks of the entity."""
YES = "yes"


@dataclass(frozen=True)
class Spell:
    """One value of one field, said by one page, during `[first_seen, gone_by)` UTC.

    `last_seen` is None while the page's own last reading shows the value; `id` is None for
    a spell not kept yet. `seen_after`: the last reading of the page before `first_seen`.
    """

    entity: str
    field: str
    value: Value
    source: str
    page: str
    rank: int
    first_seen: datetime
    printed: str | None = None
    derived: bool = False
    seen_after: datetime | None = None
    last_seen: datetime | None = None
    gone_by: datetime | None = None
    id: int | None = None
    seen_on: str = ""
    """The key of the very page it was read from, where that is one of several of a list."""

    @property
    def stands(self) -> bool:
        return self.gone_by is None

    @property
    def current(self) -> bool:
        """Whether the last reading of its page shows it."""
        return self.gone_by is None and self.last_seen is None


@dataclass(frozen=True)
class Ending:
    """A spell that ends: last shown at `last_seen`, no longer at `gone_by`."""

    spell: Spell
    last_seen: datetime
    gone_by: datetime


@dataclass(frozen=True)
class PageMemory:
    """What is remembered of an address, for politeness and for the ends of intervals."""

    key: str
    address: str
    confirmed: datetime | None
    content: str | None
    evidence: str | None
    """SHA-256 of the body kept for its present content."""
    gone_since: datetime | None = None
    gone_visits: int = 0
    asked: datetime | None = None
    """Its last answer that was believed, the one that it is gone included."""


@dataclass(frozen=True)
class Doubt:
    """What waits for a person: the same `kind`, `source` and `subject` is the same doubt."""

    kind: str
    source: str
    subject: str
    counts: str
    page: str
    verdict: str | None = None
    open: bool = True
    id: int | None = None


@dataclass(frozen=True)
class Absence:
    """An entity whose place on a page ended at `gone_by`, not yet told.

    `lists` counts the whole lists of the source without it before this visit.
    """

    entity: str
    source: str
    page: str
    last_seen: datetime
    gone_by: datetime
    lists: int


UNTOLD = (
    "nothing tells the time, and the clock of this machine has leapt: if it is wrong, set it; if not, wait"
)
"""The detail of a visit whose clock leapt while no host sent a Date."""


GONE = "gone"
"""The reason under which an answer is kept that says that its page is gone."""

UNREAD = "the list goes on, with rows that came since, beyond the pages that one visit reads"
"""The detail of a visit of a window after which the next ones read on."""


@dataclass(frozen=True)
class Clock:
    """What earlier runs say of our own clock; times in UTC.

    `proven` is the newest visit that a Date proved, what lies days ahead of the present run left out;
    `reached` the newest one believed. `refused` are the times of the runs refused since (`UNTOLD`), in
    their order; `ahead` counts the runs believed that lie after the present one.
    """

    proven: datetime | None = None
    reached: datetime | None = None
    refused: tuple[datetime, ...] = ()
    ahead: int = 0


@dataclass(frozen=True)
class Past:
    """All that a decision about one visit needs to know, as it stood before the visit."""

    clock: Clock
    begun: bool
    """Whether an earlier visit gave a believed list (a whole one, for a register)."""
    whole_before: bool
    """Whether the last believed list was read to its end."""
    last_list: datetime | None
    """Time of the last list that showed what it lacks: a whole one, for a register; of a window one
    that left nothing unread."""
    unread_since: datetime | None
    """The first of the newest visits that left rows of a window unread, and were not made good; UTC."""
    pages: Mapping[str, PageMemory]
    holders: Mapping[Key, str]
    """Which entity holds a key (only keys asked about)."""
    kinds: Mapping[str, Kind]
    spells: tuple[Spell, ...]
    """Spells of the entities in question, of all sources, and the current ones of this source."""
    gone: frozenset[str]
    """Entities in question whose disappearance was told and who have not returned."""
    absences: tuple[Absence, ...]
    doubts: tuple[Doubt, ...]
    next_number: Mapping[Kind, int]
    newest_published: str | None = None


@dataclass(frozen=True)
class PageUpdate:
    """What a visit teaches about one address; None leaves what was known."""

    key: str
    address: str
    at: datetime
    said: Said | None = None
    etag: str | None = None
    last_modified: str | None = None
    full: bool = False
    gone: bool = False
    revalidated: bool = False
    again: bool = False
    """Whether the page must be read in full at the next visit, even if it is the same."""


@dataclass(frozen=True)
class Refused:
    """A body that was not believed, or that says that its page is `gone`, kept as evidence."""

    key: str
    page: Page
    reason: str


@dataclass(frozen=True)
class Decision:
    """All that one visit changes, decided; `storage` only writes it down."""

    snapshot: Snapshot
    state: str
    reason: str | None = None
    detail: str | None = None
    clock: str = "ok"
    """`ok`; `suspect` if our clock is not believed; `unproved` if nothing came that tells the time."""
    list: str = "none"
    missed: int = 0
    records: int = 0
    cause: Cause = "source"
    entities: tuple[tuple[str, Kind], ...] = ()
    keys: tuple[tuple[Key, str], ...] = ()
    """Keys begun; a key held by another entity ends there."""
    begun: tuple[Spell, ...] = ()
    ended: tuple[Ending, ...] = ()
    frozen: tuple[tuple[Spell, datetime], ...] = ()
    thawed: tuple[Spell, ...] = ()
    changes: tuple[tuple[Change, ...], ...] = ()
    """Groups of one entity each, in the order of telling; leading row first."""
    doubts: tuple[Doubt, ...] = ()
    settled: tuple[Doubt, ...] = ()
    pages: tuple[PageUpdate, ...] = ()
    refused: tuple[Refused, ...] = ()
    hints: tuple[str, ...] = field(default=())
    """Notes for the operator that change no state, such as a new address."""
