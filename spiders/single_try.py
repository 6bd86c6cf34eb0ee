"""Scrapy's own download handler, with a connection of its own for each request.

On a connection kept from an earlier request, Twisted asks again at once when it closes before
an answer: a request that no pause preceded and no trail counted. With seconds between two
requests to a host there is nothing to win by keeping it. Further tries are `spiders.fetch`'s.
"""

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler


class SingleTry(HTTP11DownloadHandler):
    """One request asked is one request sent."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool.persistent = False
