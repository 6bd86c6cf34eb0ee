"""How the crawl speaks to the log: one line each, and never a page."""

import logging
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from storage.records import Snapshot


class PlainLog(LogFormatter):
    """Names the source where Scrapy would print the whole Snapshot."""

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        return _line(logging.DEBUG, "visited %s", item)

    def dropped(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        # Why the history could not be written is told when the crawl ends.
        return _line(logging.DEBUG, f"dropped %s: {type(exception).__name__}", item)

    def item_error(
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        return _line(logging.ERROR, f"keeping %s failed: {type(exception).__name__}", item)

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult:
        return LogFormatterResult(level=logging.DEBUG, msg="%s %r", args=(response.status, request.url))


def _line(level: int, message: str, item: Any) -> LogFormatterResult:
    name = item.source if isinstance(item, Snapshot) else type(item).__name__
    return LogFormatterResult(level=level, msg=message, args=(name,))
