"""Identity of addresses: one page has one key, however it is written."""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

_DEFAULT_NAMES = re.compile(r"(?:/(?:(?:index|default)\.(?:html?|php|aspx?))?)+$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:www\.)+(?=.)")
_SESSION = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_GRANT = re.compile(r"/component/grants/grants/([^/?#]+)/?$", re.IGNORECASE)
_ARTICLE = re.compile(r"/component/content/article/(\d+)(?:[:\-][^/?#]*)?/?$", re.IGNORECASE)
# Counters and campaign marks; `soid` of pi.gov.pl selects an article and stays.
_NOISE = re.compile(r"^(utm_\w+|fbclid|gclid|PHPSESSID|jsessionid)$", re.IGNORECASE)


class Key(NamedTuple):
    """One thing by which an entity is known, such as `Key("grant", "rozwoj-oferty")`."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


def without_noise(address: str) -> str:
    """`address`, absolute or not, without fragment, session marks and campaign arguments."""
    path, mark, query = address.partition("#")[0].partition("?")
    arguments = [part for part in query.split("&") if part and not _NOISE.match(part.partition("=")[0])]
    return _SESSION.sub("", path) + (mark + "&".join(arguments) if arguments else "")


def canonical_address(url: str) -> str:
    """`url` with scheme, `www.`, case of the host, default names and order of arguments folded.

    For comparing, not for asking: the scheme is always https. Raises ValueError when
    `url` is no absolute http(s) address.
    """
    parts = urlsplit(canonicalize_url(without_noise(url.strip())))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an absolute http(s) address")
    host = _PREFIX.sub("", parts.hostname.rstrip("."))
    host = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, 80, 443) else f":{parts.port}"
    path = _DEFAULT_NAMES.sub("", parts.path) or "/"
    if host == "pi.gov.pl":  # classic ASP: the case of the path varies
        path = path.lower()
    return urlunsplit(("https", host + port, path, parts.query, ""))


def address_key(url: str) -> Key:
    """The key of what the page at `url` speaks of.

    `grant:<slug>` and `article:<id>` on PARP's hosts, which serve the same cards under
    several names; `url:<canonical address>` elsewhere. Raises ValueError as
    `canonical_address` does.
    """
    address = canonical_address(url)
    parts = urlsplit(address)
    if parts.hostname and (parts.hostname == "parp.gov.pl" or parts.hostname.endswith(".parp.gov.pl")):
        if grant := _GRANT.search(parts.path):
            return Key("grant", unquote(grant[1]).casefold())
        if article := _ARTICLE.search(parts.path):
            return Key("article", article[1])
    return Key("url", address)


def page_key(url: str) -> str:
    """The name under which the page at `url` is remembered, as text."""
    return str(address_key(url))
