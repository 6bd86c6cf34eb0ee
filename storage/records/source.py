"""A source: one page of a site that is watched, with all the addresses it has had."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from storage.records.record import Kind

ListKind = Literal["register", "window", "announcement"]
"""register: the whole truth; window: the newest or the coming; announcement: adds only."""


@dataclass(frozen=True)
class Address:
    """One address of a source's chain, and how the page there is read."""

    url: str
    reader: str
    list: ListKind


@dataclass(frozen=True)
class Details:
    """The detail pages a list leads to: those whose path begins with `path`."""

    reader: str
    path: str
    rank: int = 0


@dataclass(frozen=True)
class Selectors:
    """CSS selectors of a `page_list` source: `item` finds rows, `fields` values in a row.

    A field selector may end in `@attribute`. `follow` finds the link to the next page.
    """

    item: str
    fields: Mapping[str, str]
    follow: str | None = None


@dataclass(frozen=True)
class Source:
    """One watched page; `addresses` oldest first, the last one is crawled.

    `rank` orders sources that speak of the same field, 0 the best. `schedule` is a cron line
    in Europe/Warsaw. Hours and visits are those of history.md.
    """

    id: str
    title: str
    kind: Kind
    spider: str
    addresses: tuple[Address, ...]
    hosts: tuple[str, ...]
    schedule: str
    rank: int = 5
    details: Details | None = None
    selectors: Selectors | None = None
    enabled: bool = True
    dormant: bool = False
    own: bool = False
    """Named in the user's own file: its hosts may be private addresses."""
    at_least: int = 1
    pages: int = 5
    missing_visits: int = 3
    missing_hours: float = 48
    stale_hours: float = 72

    @property
    def address(self) -> Address:
        """The address that is crawled."""
        return self.addresses[-1]
