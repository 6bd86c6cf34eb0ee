"""Asks for one page: follows redirects, hop by hop, and says what came of it.

Every address is tried against the fence and the robots file before it is asked. Validators are sent
to the first address alone, never over a redirect.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from w3lib.url import safe_url_string

from spiders.fences import Fence
from spiders.outcome import BrokenAnswer, Outcome, judge
from spiders.politeness import Politeness
from spiders.robots import Robots
from spiders.signs import Habits
from spiders.tries import RECORDED_AT, Patience, Trail, Tries, date_of, host_of, retry_after
from storage.errors import PageFault
from storage.records import Gone, Missed, Page, Validators

__all__ = [
    "PERMANENT",
    "RECORDED_AT",
    "REDIRECTS",
    "Answer",
    "Fetcher",
    "Patience",
    "Trail",
    "date_of",
    "retry_after",
]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
MOST_HOPS = 5


@dataclass(frozen=True)
class Answer:
    """What came of one address. `moved_to` is set when only permanent redirects led elsewhere.

    `points_to` is where a redirect led that was not followed, for it is no host of the source.
    """

    outcome: Outcome
    moved_to: str | None = None
    points_to: str | None = None


class Fetcher:
    """Asks for pages of one site through `download`; `clock` tells the time in UTC."""

    def __init__(
        self,
        download: Callable[[Request], Awaitable[Response]],
        politeness: Politeness,
        robots: Robots,
        clock: Callable[[], datetime],
        patience: Patience,
        habits: Habits,
    ) -> None:
        self.clock = clock
        self._tries = Tries(download, politeness, clock, patience)
        self._politeness = politeness
        self._robots = robots
        self._habits = habits

    async def page(
        self,
        address: str,
        fence: Fence,
        trail: Trail,
        validators: Validators | None = None,
        *,
        once: bool = False,
    ) -> Answer:
        """Asks for `address`, with `once` a single time; every failure is an outcome, none is raised."""
        return await self._follow(address, fence, trail, validators, once=once)

    async def only(self, address: str, fence: Fence, trail: Trail) -> Outcome:
        """Asks for `address` itself: an answer that redirects is Missed, with its page, not followed."""
        return (await self._follow(address, fence, trail, follow=False)).outcome

    async def _follow(
        self,
        address: str,
        fence: Fence,
        trail: Trail,
        validators: Validators | None = None,
        *,
        obey: bool = True,
        follow: bool = True,
        once: bool = False,
    ) -> Answer:
        hop, met, permanent = safe_url_string(address), list[str](), True
        try:
            while True:
                fence.check(hop)
                self._politeness.check(host_of(hop), self._now(trail))
                if obey:
                    await self._ask_robots(hop, fence, trail)
                sent = None if met else validators
                response = await self._tries.answer(hop, fence, trail, sent, once=once)
                met.append(hop)
                if response.status not in REDIRECTS or not follow:
                    break
                permanent = permanent and response.status in PERMANENT
                hop = _target(response, met)
        except BrokenAnswer as fault:
            broken = _page(address, hop, self._now(trail), fault.response)
            kept = broken if broken.body else None
            return Answer(Missed(address, broken.at, fault.reason, str(fault), kept))
        except PageFault as fault:
            away = fault.address if met and fault.reason == "foreign-host" else None
            return Answer(Missed(address, self._now(trail), fault.reason, str(fault)), points_to=away)
        page = _page(address, hop, self._now(trail), response)
        if page.status in REDIRECTS:
            detail = f"HTTP {page.status} to {page.headers.get('location', 'nowhere')[:200]}"
            return Answer(Missed(address, page.at, "redirect", detail, page))
        if len(met) > 1 and self._habits.sent_home(address, hop):
            return Answer(Gone(address, page.at, "moved-home", f"sent to {hop}", page))
        return Answer(judge(page, sent), hop if permanent and len(met) > 1 else None)

    async def _ask_robots(self, hop: str, fence: Fence, trail: Trail) -> None:
        async def ask(file: str) -> Outcome:
            return (await self._follow(file, fence, trail, obey=False)).outcome

        rules = await self._robots.rules(hop, ask)
        if rules.page is not None:
            trail.robots[rules.page.asked] = rules.page
        self._politeness.slow_down(host_of(hop), rules.crawl_delay)
        rules.check(hop)

    def _now(self, trail: Trail) -> datetime:
        return trail.recorded_at or self.clock()


def _page(asked: str, reached: str, at: datetime, response: Response) -> Page:
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() != b"set-cookie"
    }
    return Page(asked, reached, at, response.status, headers, response.body)


def _target(response: Response, met: list[str]) -> str:
    """Where a redirect leads. Raises PageFault (`redirect`) for loops, too many hops, and nowhere."""
    location = _location(response)
    if not location:
        raise PageFault(f"HTTP {response.status} without Location", reason="redirect", address=met[-1])
    path, mark, query = location.partition("?")
    try:
        joined = urljoin(met[-1], path.replace("\\", "/") + mark + query)  # as browsers read it
        target = safe_url_string(joined).partition("#")[0]
    except ValueError:
        raise PageFault("a redirect to no address", reason="redirect", address=met[-1]) from None
    if target in met:
        raise PageFault(f"redirects run in a circle at {target}", reason="redirect", address=target)
    if len(met) > MOST_HOPS:
        raise PageFault(f"more than {MOST_HOPS} redirects", reason="redirect", address=target)
    return target


def _location(response: Response) -> str:
    """The header as it was meant: it should be ASCII, what is more is UTF-8 if it can be."""
    printed = (response.headers.get("Location") or b"").strip()
    try:
        return printed.decode("utf-8")
    except UnicodeDecodeError:
        return printed.decode("latin-1")
