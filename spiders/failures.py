"""Failures of downloads as text and back: an exception that was recorded can be raised again.

Faults of our own come back with their reason, those of the libraries that download as
themselves with their causes. A recording is a file from anywhere: no other class is looked up
for it, and nothing in it is run.
"""

from ast import literal_eval
from contextlib import suppress
from typing import Any

from scrapy.exceptions import DownloadFailedError
from scrapy.utils.misc import load_object
from twisted.python.failure import Failure
from twisted.web.client import ResponseFailed

from spiders.warc import Failed
from storage.errors import REASONS, PageFault

_MODULES = frozenset(
    {
        "scrapy.exceptions",
        "scrapy.core.downloader.handlers.http11",
        "twisted.internet.defer",
        "twisted.internet.error",
        "twisted.web._newclient",
        "twisted.web.error",
        "twisted.web.http",
        "OpenSSL.SSL",
        "service_identity.exceptions",
    }
)
_LONGEST = 1000
"""Characters of one text that are kept."""


def described(exception: BaseException) -> Failed:
    """`exception` as text: what it is (of a fault of ours the reason), what it says, its causes."""
    detail = " ".join(str(exception).split())[:_LONGEST]
    if isinstance(exception, PageFault):
        return Failed(exception.reason, detail)
    first = exception.__cause__
    causes = [first, *_gathered(first)] if first else _gathered(exception)
    return Failed(_kind(exception), detail, tuple(f"{_kind(cause)} {_said(cause)}" for cause in causes))


def raised_again(failed: Failed) -> Exception:
    """The exception that `failed` describes, ready to be raised, its causes in their places.

    One of a class that is not looked up becomes a DownloadFailedError with the same text.
    """
    if failed.kind in REASONS:
        return PageFault(failed.detail, reason=failed.kind)
    exception = _made(failed.kind, (failed.detail,)) or DownloadFailedError(failed.detail)
    causes = [cause for text in failed.causes if (cause := _cause(text))]
    if causes and isinstance(causes[0], ResponseFailed):
        causes[0].reasons = [Failure(cause) for cause in causes[1:]]  # type: ignore[no-untyped-call]
    if causes:
        exception.__cause__ = causes[0]
    return exception


def _gathered(exception: BaseException) -> list[BaseException]:
    """The reasons that Twisted lists in a failed response."""
    if not isinstance(exception, ResponseFailed):
        return []
    return [failure.value for failure in exception.reasons if failure.value]


def _kind(exception: BaseException) -> str:
    return f"{type(exception).__module__}.{type(exception).__qualname__}"


def _said(exception: BaseException) -> str:
    """The arguments of `exception` as a literal, or its text where they are none."""
    if isinstance(exception, ResponseFailed):
        return "([],)"
    with suppress(ValueError, SyntaxError):
        if len(text := repr(exception.args)) <= _LONGEST and literal_eval(text) == exception.args:
            return text
    return repr((" ".join(str(exception).split())[:_LONGEST],))


def _cause(text: str) -> Exception | None:
    kind, _, said = text.partition(" ")
    try:
        arguments = literal_eval(said)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return _made(kind, arguments) if isinstance(arguments, tuple) else None


def _made(kind: str, arguments: tuple[Any, ...]) -> Exception | None:
    """An exception of the class of that full name, if it is one of the downloading libraries."""
    if kind.rpartition(".")[0] not in _MODULES:
        return None
    with suppress(NameError, ImportError, TypeError):
        found = load_object(kind)
        if isinstance(found, type) and issubclass(found, Exception):
            return found(*arguments)
    return None
