"""Settings of Scrapy, hardened: each line here is asserted by a test.

What Scrapy would do by itself and the spiders do better is off: redirects, retries, robots,
cookies, caches. What opens doors is off: the telnet console, the remote control, file and ftp.
The command line sets at run time the User-Agent with the contact and the pipeline.
"""

from importlib.metadata import version

BOT_NAME = "klastry"
USER_AGENT = f"klastry/{version('klastry')}"
SPIDER_MODULES = ["spiders.mr_gov_pl", "spiders.own_list", "spiders.pi_gov_pl"]

# Seconds: a visit as a whole, the pauses before further tries, the longest Retry-After kept.
KLASTRY_SOURCE_SECONDS = 900
KLASTRY_BACKOFF = [5, 20]
KLASTRY_LONGEST_WAIT = 120

# Doors.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "spiders.single_try.SingleTry",
    "https": "spiders.single_try.SingleTry",
    **dict.fromkeys(("data", "file", "ftp", "s3")),
}
DOWNLOAD_VERIFY_CERTIFICATES = True

# Bounds, packed or not: 5 MB a page, 20 MB whatever it is.
KLASTRY_PAGE_BYTES = 5 * 1024 * 1024
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_FAIL_ON_DATALOSS = True
DNS_TIMEOUT = 20
TWISTED_DNS_RESOLVER = "spiders.names.Names"  # a silent name server keeps no one from ending
DNSCACHE_ENABLED = True
CONCURRENT_ITEMS = 16
CONCURRENT_REQUESTS = 32  # hosts that hang must not keep others waiting
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 0

# What is sent.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "pl,en;q=0.5",
}
COOKIES_ENABLED = False
REFERER_ENABLED = False

# Left to the spiders.
ROBOTSTXT_OBEY = True
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
HTTPCACHE_ENABLED = False
HTTPPROXY_ENABLED = True
COMPRESSION_ENABLED = True
DOWNLOADER_MIDDLEWARES = {
    # The rules are kept by spiders.robots, which does not crawl on when the file cannot be had.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    # A broken stream is no page.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "spiders.unpacking.Unpacking": 590,
    # Each on when its own setting is given; a replay answers before a name is resolved.
    "spiders.recording.Record": 900,
    "spiders.recording.Replay": 901,
    "spiders.fences.PublicNames": 950,
}

# The log: quiet, and never a page in it.
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "spiders.plain_log.PlainLog"
LOG_FORMAT = "%(levelname)s %(message)s"
LOGSTATS_INTERVAL = 0
STATS_DUMP = False
