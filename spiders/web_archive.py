"""A web archive by its addresses: where its index is asked, and where a copy is, raw."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from spiders.cdx import Copy
from spiders.fences import Fence

ROWS = 5000
"""Rows of the index asked for at once."""


class Question(NamedTuple):
    """What the index is asked: which copies there are of one address, or of all addresses `below` it."""

    url: str
    below: bool = False


@dataclass(frozen=True)
class Archive:
    """A web archive; `address` ends in a slash.

    With no path it is laid out as the Wayback Machine (`cdx/search/cdx`, `web/…id_/…`), with one it is
    a collection of pywb (`cdx`, `…id_/…`). One `named` by the user may have a private address.
    """

    address: str
    named: bool = False

    @property
    def host(self) -> str:
        """The host that is asked."""
        return urlsplit(self.address).hostname or ""

    @property
    def fence(self) -> Fence:
        """This host alone, on the usual ports and its own."""
        ports = {80, 443, urlsplit(self.address).port or 443}
        return Fence(frozenset({self.host}), frozenset(ports), self.named)

    def index(self, question: Question, going_on: Iterable[tuple[str, str]] = ()) -> str:
        """Where the index answers `question`; `going_on` are arguments that lead to a later part."""
        arguments = [
            ("url", question.url),
            *([("matchType", "prefix")] if question.below else []),
            ("output", "json"),
            ("filter", "statuscode:200"),
            ("filter", "mimetype:text/html"),
            ("limit", str(ROWS)),
            ("showResumeKey", "true"),
            *going_on,
        ]
        return f"{self.address}{'cdx' if self._is_collection else 'cdx/search/cdx'}?{urlencode(arguments)}"

    def raw(self, copy: Copy) -> str:
        """Where a copy is as it was archived, not rewritten for browsing."""
        return f"{self.address}{'' if self._is_collection else 'web/'}{copy.timestamp}id_/{copy.original}"

    @property
    def _is_collection(self) -> bool:
        return urlsplit(self.address).path != "/"
