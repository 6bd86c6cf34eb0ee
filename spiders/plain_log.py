"""How the crawl speaks to the log: one line each, and never a page.

What is logged may quote a site: no control character of it reaches a terminal, no line break a file.
"""

import logging
import traceback
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from storage.records import Snapshot, clean


class OneLine(logging.Formatter):
    """Every record on one line of plain text; an exception by its name, its words and its place."""

    def format(self, record: logging.LogRecord) -> str:
        said = f"{record.levelname} {record.getMessage()}"
        if record.exc_info and (error := record.exc_info[1]) is not None:
            said += f": {type(error).__name__}: {error}"
            if frames := traceback.extract_tb(error.__traceback__):
                said += f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})"
        return clean(said)


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
