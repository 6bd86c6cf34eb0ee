"""The yardstick of crawl_cpu.py: what Scrapy needs to fetch a schedule and its cards, and nothing more.

`python benchmarks/bare_spider.py ADDRESS`
"""

import sys
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response


class Bare(scrapy.Spider):
    """Follows the tiles, takes two texts of each card, keeps nothing."""

    name = "bare"

    def parse(self, response: Response) -> Iterator[Any]:
        for link in response.css("a.schedule-main[href*='/grants/grants/']::attr(href)").getall():
            yield response.follow(link, self.parse_card)

    def parse_card(self, response: Response) -> Iterator[Any]:
        yield {"title": response.css("h1::text").get(), "status": response.css(".grant-status::text").get()}


if __name__ == "__main__":
    process = CrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": True})
    process.crawl(Bare, start_urls=sys.argv[1:])
    process.start()
