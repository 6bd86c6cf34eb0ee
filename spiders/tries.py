"""Asks at one address, up to three times, as politely as the host wants.

Another try is made only where it may help: 5xx, 429, a connection that broke, an answer cut short.
A request that ran out of time is tried once more, with a quarter of the time; a host that let two
addresses in a row run out of time is not asked again in the run. Retry-After is waited for within a
bound, and beyond it kept by not asking; also that of the last try, by who would ask the host next.
"""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from spiders.fences import PRIVATE_ALLOWED, Fence
from spiders.outcome import BrokenAnswer, explain
from spiders.politeness import Politeness, not_before
from spiders.single_try import MOST_BYTES
from storage.errors import PageFault
from storage.records import Page, Validators

RECORDED_AT = "klastry_recorded_at"
"""Key of `Request.meta`: the UTC time of an answer or failure that comes from a recording."""

_WORTH_ANOTHER_TRY = frozenset({"timeout", "connection", "truncated"})
_NEVER_BETTER = frozenset({501, 505})
_AGE = re.compile(r"[0-9]{1,10}")


@dataclass(frozen=True)
class Patience:
    """Seconds: for one request, before each further try, and the longest that a host is waited for.

    `most_bytes` is the size of the largest page that is taken, packed and unpacked.
    """

    timeout: float = 60.0
    backoff: tuple[float, ...] = (5.0, 20.0)
    longest_wait: float = 120.0
    most_bytes: int = 5 * 1024 * 1024


@dataclass
class Trail:
    """What a visit leaves behind on the network. `dates` are the times that answers gave, in UTC.

    `rests` are hosts that asked to be left alone until a time, in UTC.
    """

    requests: int = 0
    answered: bool = False
    dates: list[datetime] = field(default_factory=list)
    robots: dict[str, Page] = field(default_factory=dict)
    rests: dict[str, datetime] = field(default_factory=dict)
    recorded_at: datetime | None = None


class Tries:
    """Asks through `download`; `clock` tells the time in UTC."""

    def __init__(
        self,
        download: Callable[[Request], Awaitable[Response]],
        politeness: Politeness,
        clock: Callable[[], datetime],
        patience: Patience,
    ) -> None:
        self._download = download
        self._politeness = politeness
        self._clock = clock
        self._patience = patience
        self._waited: defaultdict[str, float] = defaultdict(float)
        """Seconds for which each host was left alone in this run, as it asked."""

    async def answer(
        self, address: str, fence: Fence, trail: Trail, validators: Validators | None, *, once: bool = False
    ) -> Response:
        """The answer at `address`, with `once` to a single try. Raises PageFault when none came."""
        out_of_time = 0
        for rest in (None,) if once else (*self._patience.backoff, None):
            try:
                response = await self._once(address, fence, trail, validators)
            except PageFault as fault:
                out_of_time += fault.reason == "timeout"
                if rest is None or out_of_time == 2 or fault.reason not in _WORTH_ANOTHER_TRY:
                    raise
                await self._politeness.rest(rest)
                continue
            if not _try_again(response):
                return response
            asked_to_wait = self._keep_away(address, trail, response)
            if rest is None:
                return response
            if not asked_to_wait:
                await self._politeness.rest(rest)
        raise AssertionError("the last try returns or raises")

    def _keep_away(self, address: str, trail: Trail, response: Response) -> bool:
        """Keep a Retry-After, if there is one, whoever wants to ask the host next.

        Raises BrokenAnswer (`rate-limited`) when it is longer than may be waited in this run, with
        what the host has been waited for before.
        """
        host, now = host_of(address), trail.recorded_at or self._clock()
        wait = retry_after(response, now)
        if wait is None:
            return False
        if self._waited[host] + wait > self._patience.longest_wait:
            until = self._politeness.leave(host, wait, now)
            trail.rests[host] = until
            detail = f"HTTP {response.status}, {not_before(host, until)}"
            raise BrokenAnswer(detail, reason="rate-limited", response=response)
        self._waited[host] += wait
        self._politeness.pause(host, wait)
        return True

    async def _once(
        self, address: str, fence: Fence, trail: Trail, validators: Validators | None
    ) -> Response:
        host = host_of(address)
        async with self._politeness.turn(host):
            self._politeness.check(host, self._clock())
            request = self._request(address, fence, validators, self._politeness.share(host))
            trail.requests += 1
            try:
                response = await self._download(request)
            except BrokenAnswer as broken:
                self._hear(broken.response, host, trail)
                raise
            except Exception as error:
                fault = error if isinstance(error, PageFault) else explain(error, address)
                if fault.reason == "timeout":
                    self._politeness.unheard(host, address)
                raise fault from error
            finally:
                trail.recorded_at = request.meta.get(RECORDED_AT)
        self._hear(response, host, trail)
        return response

    def _hear(self, response: Response, host: str, trail: Trail) -> None:
        """Note that an answer came, whole or broken."""
        self._politeness.heard(host)
        trail.answered = True
        trail.dates += times_of(response)

    def _request(self, address: str, fence: Fence, validators: Validators | None, share: float) -> Request:
        """The request as it is sent, with this share of the usual time for an answer."""
        headers: dict[str, bytes] = {}
        if validators and validators.etag:
            headers["If-None-Match"] = validators.etag.encode("latin-1")
        if validators and validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified.encode("latin-1")
        meta = {
            "download_timeout": self._patience.timeout * share,
            MOST_BYTES: self._patience.most_bytes,
            PRIVATE_ALLOWED: fence.admits_private(address),
        }
        return Request(address, headers=headers, meta=meta, dont_filter=True)


def _try_again(response: Response) -> bool:
    status = response.status
    return status == 429 or (500 <= status < 600 and status not in _NEVER_BETTER)


def retry_after(response: Response, now: datetime) -> float | None:
    """Seconds that the server asks to wait; None when it does not say, or not in a form of RFC 9110.

    A date is counted from the server's own Date, else from `now`.
    """
    said = header(response, "Retry-After").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    if (until := date_of(said)) is None:
        return None
    return max(0.0, (until - (date_of(header(response, "Date")) or now)).total_seconds())


def times_of(response: Response) -> list[datetime]:
    """The present time in UTC as an answer gives it: its Date; of one kept by a cache, also Date and Age.

    RFC 9111 counts Age from Date, but some caches send a fresh Date with it.
    """
    if (date := date_of(header(response, "Date"))) is None:
        return []
    age = header(response, "Age").strip()
    try:
        return [date, date + timedelta(seconds=int(age))] if _AGE.fullmatch(age) else [date]
    except OverflowError:
        return [date]


def header(response: Response, name: str) -> str:
    """The value of a header; empty where there is none."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else ""


def date_of(text: str) -> datetime | None:
    """The time in UTC that a header gives in the form of RFC 9110; None where it gives none."""
    try:
        date = parsedate_to_datetime(text)
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def host_of(address: str) -> str:
    """The host of an address, lower case."""
    return urlsplit(address).hostname or ""
