"""Which addresses may be asked at all: tried before every request, so after every redirect too.

Only http and https, no user or password, only hosts that a source names, on ports it uses,
and never a private address unless the user's own file names it as one: by its number, or by a name
that is local by itself. A name of the public net that leads to a private address is refused whoever
named it. Names are looked up before connecting; behind a proxy they are not resolved here, and the
fence sees literals only.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.utils.defer import maybe_deferred_to_future

from storage.errors import PageFault
from storage.records import Source

PRIVATE_ALLOWED = "klastry_private_allowed"
"""Key of `Request.meta`: the host was named by the user as a private one."""

_LOCAL_NAMES = ("localhost", "local", "localdomain", "internal", "lan", "home.arpa")
_ENDS_IN_NUMBER = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)\.?$")


@dataclass(frozen=True)
class Fence:
    """The addresses one source may lead to. `private` admits those among `hosts` that are private by name."""

    hosts: frozenset[str]
    ports: frozenset[int]
    private: bool

    @classmethod
    def around(cls, source: Source) -> "Fence":
        """The hosts of `source`, on the usual ports and those of its own addresses."""
        ports = {_port(address.url) for address in source.addresses}
        return cls(frozenset(map(_ascii, source.hosts)), frozenset({80, 443} | ports), source.own)

    def check(self, address: str) -> None:
        """Raises PageFault (`redirect`, `private-host`, `foreign-host`) when `address` is outside."""
        try:
            parts = urlsplit(address)
            host, port = _ascii(parts.hostname or ""), _port(address)
        except ValueError:
            raise PageFault(f"{address!r} is no address", reason="redirect", address=address) from None
        if parts.scheme not in ("http", "https") or not host:
            raise PageFault(
                f"{address[:200]!r} is not opened: not http or https", reason="redirect", address=address
            )
        if "@" in parts.netloc:
            raise PageFault(f"{host} is asked with no user or password", reason="redirect", address=address)
        if is_private(host) and not self.admits_private(address):
            raise PageFault(f"{host} is a private address", reason="private-host", address=address)
        if host not in self.hosts or port not in self.ports:
            raise PageFault(
                f"{host}:{port} is not a host of this source", reason="foreign-host", address=address
            )

    def admits_private(self, address: str) -> bool:
        """Whether `address` is of a host that the user named as a private one."""
        host = _ascii(urlsplit(address).hostname or "")
        return self.private and host in self.hosts and is_private(host)

    def allows(self, address: str) -> bool:
        """Whether `check` passes."""
        try:
            self.check(address)
        except PageFault:
            return False
        return True


def is_private(host: str) -> bool:
    """Whether `host` is a local name or an IP literal, in any spelling, outside of the public net."""
    try:
        return not _is_public(ip_address(host))
    except ValueError:
        name = f".{host.rstrip('.')}"
        local = name.count(".") == 1 or name.endswith(tuple(f".{each}" for each in _LOCAL_NAMES))
        return local or bool(_ENDS_IN_NUMBER.search(host))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    return bool(inner.is_global and not inner.is_multicast)


def _ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode()
    except UnicodeError:
        return host.lower()


def _port(address: str) -> int:
    parts = urlsplit(address)
    return parts.port or (443 if parts.scheme == "https" else 80)


class PublicNames:
    """Downloader middleware, next to the network: a name that leads to a private address is refused.

    The address found is the one connected to: Scrapy's resolver remembers it for the run.
    """

    async def process_request(self, request: Request) -> None:
        """Raises PageFault (`private-host`), or DNSLookupError for a name that is not known."""
        host = urlsplit(request.url).hostname or ""
        if request.meta.get("proxy") or request.meta.get(PRIVATE_ALLOWED) or ":" in host:
            return
        from twisted.internet import reactor  # only after the process has chosen its reactor

        found = await maybe_deferred_to_future(reactor.resolve(host))  # type: ignore[arg-type]
        if not _is_public(ip_address(found)):
            raise PageFault(
                f"{host} leads to the private address {found}", reason="private-host", address=request.url
            )
