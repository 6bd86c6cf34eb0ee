"""The robots file of each host, read as RFC 9309 says, asked once a run.

An answer 4xx, or a page of HTML, is no robots file: all is allowed. What it is, its body tells: rules are
often sent as HTML. A host whose file cannot be
had (5xx, 429, no answer in time, too many redirects) is not asked for anything.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from spiders.outcome import Outcome
from storage.errors import PageFault
from storage.records import Gone, Missed, Page

AGENT = "klastry"
LONGEST_FILE = 512_000
"""Bytes of a robots file that are read: no fewer than RFC 9309 wants, 500 KiB."""

_NO_FILE = frozenset({"http-4xx", "blocked", "empty", "gone", "moved-home"})
_NO_HOST = frozenset({"dns", "tls", "connection", "private-host"})
"""Reasons that are the host's, not the file's: they are told as they are."""


@dataclass(frozen=True)
class Rules:
    """What one host allows. `page` is its robots file as it came, where there was one."""

    page: Page | None
    parsed: Protego | None = None
    unreachable: str = ""
    reason: str = "robots-unreachable"

    @property
    def crawl_delay(self) -> float:
        """Seconds the host asks to wait between requests; 0 when it does not say."""
        said = self.parsed.crawl_delay(AGENT) if self.parsed else None
        return said or 0.0

    def check(self, address: str) -> None:
        """Raises PageFault when `address` may not be asked.

        The reason is `robots-disallowed`, `robots-unreachable`, or why the host does not answer.
        """
        if self.unreachable:
            raise PageFault(
                f"the robots file could not be had: {self.unreachable}", reason=self.reason, address=address
            )
        if self.parsed and not self.parsed.can_fetch(address, AGENT):
            raise PageFault(
                f"robots.txt of the host disallows {address}", reason="robots-disallowed", address=address
            )


class Robots:
    """The rules of all hosts met in a run."""

    def __init__(self) -> None:
        self._known: dict[str, Rules] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def rules(self, address: str, ask: Callable[[str], Awaitable[Outcome]]) -> Rules:
        """The rules of the host of `address`, got with `ask` when not known yet."""
        parts = urlsplit(address)
        file = urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", ""))
        async with self._asking[file]:
            if file not in self._known:
                self._known[file] = read_rules(await ask(file))
            return self._known[file]


def read_rules(answer: Outcome) -> Rules:
    """What an answer to /robots.txt allows."""
    match answer:
        case Page() if _is_html(answer):
            return Rules(answer)
        case Page():
            return Rules(answer, Protego.parse(_read(answer.body)))
        case Gone() | Missed() if answer.reason in _NO_FILE:
            return Rules(None)
        case Gone() | Missed() if answer.reason in _NO_HOST:
            return Rules(None, unreachable=answer.detail, reason=answer.reason)
        case Gone() | Missed():
            return Rules(None, unreachable=f"{answer.reason}, {answer.detail}")
        case _:
            return Rules(None, unreachable="304 to a request without validators")


def _is_html(page: Page) -> bool:
    return page.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _read(body: bytes) -> str:
    """The text of a file; of one that is too long the lines that are whole."""
    whole = body if len(body) <= LONGEST_FILE else body[:LONGEST_FILE].rpartition(b"\n")[0]
    return whole.decode("utf-8-sig", errors="replace")
