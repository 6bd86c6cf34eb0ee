"""What an answer amounts to, and why there was none: statuses and errors to the closed reasons."""

from collections.abc import Mapping
from dataclasses import replace

from OpenSSL import SSL
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from service_identity import CertificateError, VerificationError
from twisted.internet.error import ConnectError, ConnectionClosed, DNSLookupError
from twisted.web._newclient import RequestNotSent, ResponseNeverReceived
from twisted.web.http import _DataLoss

from storage.errors import PageFault
from storage.records import Gone, Missed, Page, Reading, Unchanged, Validators, clean

Outcome = Page | Unchanged | Gone | Missed

_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    ((CannotResolveHostError, DNSLookupError), "dns"),
    (DownloadTimeoutError, "timeout"),
    (DownloadCancelledError, "too-large"),
    ((SSL.Error, VerificationError, CertificateError), "tls"),
    ((ResponseDataLossError, _DataLoss), "truncated"),
    ((DownloadConnectionRefusedError, ConnectError, ConnectionClosed, TunnelError), "connection"),
)

LONGEST_KEPT = 1_000_000
"""Bytes kept of an answer that broke."""


class BrokenAnswer(PageFault):
    """An answer that came and cannot be used; `response` is what had come of it, cut short."""

    def __init__(self, message: str, *, reason: str, response: Response) -> None:
        super().__init__(message, reason=reason, address=response.url)
        self.response: Response = response.replace(body=response.body[:LONGEST_KEPT])


def explain(error: Exception, address: str) -> PageFault:
    """The fault that `error`, met while asking `address`, amounts to; `protocol` when it is no other."""
    inner = list(_causes(error))
    for kinds, reason in _REASONS:
        if met := next((cause for cause in inner if isinstance(cause, kinds)), None):
            return PageFault(_words(met), reason=reason, address=address)
    silent = all(isinstance(cause, ResponseNeverReceived | RequestNotSent) for cause in inner[1:])
    reason = "connection" if silent and len(inner) > 1 else "protocol"
    return PageFault(_words(inner[-1]), reason=reason, address=address)


def _causes(error: BaseException) -> "list[BaseException]":
    """`error` and what it wraps: Scrapy chains causes, Twisted lists failures."""
    found = [error]
    for wrapped in getattr(error, "reasons", None) or ():
        found += _causes(wrapped.value)
    if error.__cause__ is not None:
        found += _causes(error.__cause__)
    return found


def _words(error: BaseException) -> str:
    said = clean(str(error))[:300]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def judge(page: Page, sent: Validators | None) -> Outcome:
    """What the answer `page` amounts to; `sent` are the validators it was asked with."""
    status, body = page.status, page.body

    def missed(reason: str, detail: str = f"HTTP {page.status}") -> Missed:
        return Missed(page.asked, page.at, reason, detail, page if body else None)

    if status == 304:
        if sent is None:
            return missed("protocol", "304 to a request without validators")
        return Unchanged(page.asked, page.at, "304", validators(page.headers) or sent)
    if status in (404, 410):
        return Gone(page.asked, page.at, "gone", f"HTTP {status}", page if body else None)
    if status in (401, 403, 451):
        return missed("blocked")
    if status == 429 or (status == 503 and "retry-after" in page.headers):
        return missed("rate-limited")
    if 400 <= status < 600:
        return missed(f"http-{status // 100}xx")
    if status == 206:
        return missed("truncated", "206 to a request for the whole page")
    if not 200 <= status < 300:
        return missed("protocol")
    if status in (204, 205) or not body.strip():
        return missed("empty")
    return page


def cut(reading: Reading) -> Reading:
    """`reading` with no more of a page that is not believed than is kept as evidence."""
    if not isinstance(reading, Missed | Gone) or reading.page is None:
        return reading
    return replace(reading, page=replace(reading.page, body=reading.page.body[:LONGEST_KEPT]))


def validators(headers: Mapping[str, str]) -> Validators | None:
    """ETag and Last-Modified of an answer; None when it gave neither."""
    given = Validators(headers.get("etag"), headers.get("last-modified"))
    return given if any(given) else None
