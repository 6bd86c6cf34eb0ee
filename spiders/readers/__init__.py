"""Readers: one module per kind of page, each a pure function from a page to records.

A module here is found by its file name; those that begin with an underscore are shared by
readers and are none themselves. A reader has no clock and no network.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from storage.errors import ConfigError
from storage.records import Page, Record, Source


class Reader(Protocol):
    """What reads one kind of page. All methods raise PageFault where the page is not as known."""

    @property
    def name(self) -> str:
        """The name under which sources ask for it."""

    @property
    def version(self) -> int:
        """Grows when the same page gives other records."""

    def content(self, page: Page) -> str:
        """Canonical text of the block that is read, for telling whether anything changed."""

    def read(self, page: Page) -> Iterator[Record]:
        """The records of the page, in its order."""

    def more(self, page: Page) -> str | None:
        """The address of the next page of the list; None on the last."""


@dataclass(frozen=True)
class _Module:
    """A reader that needs no configuration: the functions of its module."""

    name: str
    version: int
    _content: Callable[[Page], str]
    _read: Callable[[Page], Iterator[Record]]
    _more: Callable[[Page], str | None]

    def content(self, page: Page) -> str:
        return self._content(page)

    def read(self, page: Page) -> Iterator[Record]:
        return self._read(page)

    def more(self, page: Page) -> str | None:
        return self._more(page)


def names() -> tuple[str, ...]:
    """The names of all readers, in alphabetical order."""
    return tuple(sorted(found.name for found in iter_modules(__path__) if not found.name.startswith("_")))


def load(name: str, source: Source | None = None) -> Reader:
    """The reader called `name`, configured by `source` where it reads pages of any layout.

    Raises ConfigError when there is no such reader, or when it needs a source and has none.
    """
    if name not in names():
        raise ConfigError(f"no reader is called {name!r}; choose one of {', '.join(names())}")
    module = import_module(f"{__name__}.{name}")
    if hasattr(module, "for_source"):
        if source is None:
            raise ConfigError(f"the reader {name!r} needs a source with item and fields")
        return cast(Reader, module.for_source(source))
    return _Module(name, module.VERSION, module.content, module.read, getattr(module, "more", _one_page))


def _one_page(page: Page) -> None:
    """A list without paging."""
