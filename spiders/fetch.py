"""Asks for one page: follows redirects, tries again, waits, and says what came of it.

Three tries in all, and only where another may help: 5xx, 429, a connection that broke, an answer
cut short. A request that ran out of time is tried once more, with a quarter of the time; a host that
let two addresses in a row run out of time is not asked again in the run. Retry-After is kept within
a bound. Every address is tried against the fence and the robots file before it is asked. Validators
are sent to the first address alone, never over a redirect.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response
from w3lib.url import safe_url_string

from spiders.fences import PRIVATE_ALLOWED, Fence
from spiders.outcome import BrokenAnswer, Outcome, explain, judge
from spiders.politeness import Politeness
from spiders.robots import Robots
from spiders.signs import Habits
from spiders.single_try import MOST_BYTES
from storage.errors import PageFault
from storage.records import Gone, Missed, Page, Validators

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
MOST_HOPS = 5
RECORDED_AT = "klastry_recorded_at"
"""Key of `Request.meta`: the UTC time of an answer or failure that comes from a recording."""

_WORTH_ANOTHER_TRY = frozenset({"timeout", "connection", "truncated"})
_NEVER_BETTER = frozenset({501, 505})


@dataclass(frozen=True)
class Patience:
    """Seconds: for one request, before each further try, and the longest Retry-After kept.

    `most_bytes` is the size of the largest page that is taken, packed and unpacked.
    """

    timeout: float = 60.0
    backoff: tuple[float, ...] = (5.0, 20.0)
    longest_wait: float = 120.0
    most_bytes: int = 5 * 1024 * 1024


@dataclass
class Trail:
    """What a visit leaves behind on the network. `dates` are the Date headers met, in UTC."""

    requests: int = 0
    answered: bool = False
    dates: list[datetime] = field(default_factory=list)
    robots: dict[str, Page] = field(default_factory=dict)
    recorded_at: datetime | None = None


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
        self._download = download
        self._politeness = politeness
        self._robots = robots
        self._patience = patience
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

    async def _follow(
        self,
        address: str,
        fence: Fence,
        trail: Trail,
        validators: Validators | None,
        *,
        obey: bool = True,
        once: bool = False,
    ) -> Answer:
        hop, met, permanent = safe_url_string(address), list[str](), True
        try:
            while True:
                fence.check(hop)
                if obey:
                    await self._ask_robots(hop, fence, trail)
                sent = None if met else validators
                response = await self._insist(hop, fence, trail, sent, once=once)
                met.append(hop)
                if response.status not in REDIRECTS:
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
        if len(met) > 1 and self._habits.sent_home(address, hop):
            return Answer(Gone(address, page.at, "moved-home", f"sent to {hop}", page))
        return Answer(judge(page, sent), hop if permanent and len(met) > 1 else None)

    async def _ask_robots(self, hop: str, fence: Fence, trail: Trail) -> None:
        async def ask(file: str) -> Outcome:
            return (await self._follow(file, fence, trail, None, obey=False)).outcome

        rules = await self._robots.rules(hop, ask)
        if rules.page is not None:
            trail.robots[rules.page.asked] = rules.page
        self._politeness.slow_down(_host(hop), rules.crawl_delay)
        rules.check(hop)

    async def _insist(
        self, hop: str, fence: Fence, trail: Trail, validators: Validators | None, *, once: bool
    ) -> Response:
        """The answer at `hop`, asked up to three times. Raises PageFault when none came."""
        out_of_time = 0
        for rest in (None,) if once else (*self._patience.backoff, None):
            try:
                response = await self._once(hop, fence, trail, validators)
            except PageFault as fault:
                out_of_time += fault.reason == "timeout"
                if rest is None or out_of_time == 2 or fault.reason not in _WORTH_ANOTHER_TRY:
                    raise
                await self._politeness.rest(rest)
                continue
            if rest is None or not _try_again(response):
                return response
            wait = retry_after(response, self._now(trail))
            if wait is None:
                await self._politeness.rest(rest)
            elif wait > self._patience.longest_wait:
                return response
            else:
                self._politeness.pause(_host(hop), wait)
        raise AssertionError("the last try returns or raises")

    async def _once(self, hop: str, fence: Fence, trail: Trail, validators: Validators | None) -> Response:
        host = _host(hop)
        async with self._politeness.turn(host):
            self._politeness.check(host)
            timeout = self._patience.timeout * self._politeness.share(host)
            request = _request(hop, fence, validators, timeout, self._patience.most_bytes)
            trail.requests += 1
            try:
                response = await self._download(request)
            except BrokenAnswer as broken:
                self._hear(broken.response, host, trail)
                raise
            except Exception as error:
                fault = error if isinstance(error, PageFault) else explain(error, hop)
                if fault.reason == "timeout":
                    self._politeness.unheard(host, hop)
                raise fault from error
            finally:
                trail.recorded_at = request.meta.get(RECORDED_AT)
        self._hear(response, host, trail)
        return response

    def _hear(self, response: Response, host: str, trail: Trail) -> None:
        """Note that an answer came, whole or broken."""
        self._politeness.heard(host)
        trail.answered = True
        if (date := _date(_header(response, "Date"))) is not None:
            trail.dates.append(date)

    def _now(self, trail: Trail) -> datetime:
        return trail.recorded_at or self.clock()


def _page(asked: str, reached: str, at: datetime, response: Response) -> Page:
    headers = {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
        if name.lower() != b"set-cookie"
    }
    return Page(asked, reached, at, response.status, headers, response.body)


def _request(
    hop: str, fence: Fence, validators: Validators | None, timeout: float, most_bytes: int
) -> Request:
    headers: dict[str, bytes] = {}
    if validators and validators.etag:
        headers["If-None-Match"] = validators.etag.encode("latin-1")
    if validators and validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified.encode("latin-1")
    meta = {"download_timeout": timeout, MOST_BYTES: most_bytes, PRIVATE_ALLOWED: fence.private}
    return Request(hop, headers=headers, meta=meta, dont_filter=True)


def _target(response: Response, met: list[str]) -> str:
    """Where a redirect leads. Raises PageFault (`redirect`) for loops, too many hops, and nowhere."""
    location = _header(response, "Location").strip()
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


def _try_again(response: Response) -> bool:
    status = response.status
    return status == 429 or (500 <= status < 600 and status not in _NEVER_BETTER)


def retry_after(response: Response, now: datetime) -> float | None:
    """Seconds that the server asks to wait; None when it does not say, or not in a form of RFC 9110.

    A date is counted from the server's own Date, else from `now`.
    """
    said = _header(response, "Retry-After").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    if (until := _date(said)) is None:
        return None
    return max(0.0, (until - (_date(_header(response, "Date")) or now)).total_seconds())


def _header(response: Response, name: str) -> str:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else ""


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
