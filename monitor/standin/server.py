"""The stand-in itself: a proxy that takes requests, notes them, and answers them as told."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from time import monotonic
from types import TracebackType
from typing import Self

from monitor.standin.answers import Answer, Asked
from monitor.standin.certificates import Authority
from monitor.standin.connection import Connection, Server, Trouble


def _system_clock() -> datetime:
    return datetime.now(UTC)


class StandIn:
    """A proxy on a free loopback port, at work inside a `with` block.

    `answer` says what is answered; it is called for one request at a time and may be replaced
    while the stand-in works. Where it has `hosts`, as `Pages` has, all others are unknown: 502, as
    a proxy says. `now` gives the Date header, in UTC. `pause` is called before each byte of
    what is dripped (None: a second). `tls` names hosts whose TLS is bad, and how; it may be
    changed meanwhile.
    """

    def __init__(
        self,
        answer: Callable[[Asked], Answer],
        *,
        now: Callable[[], datetime] = _system_clock,
        pause: Callable[[], None] | None = None,
        tls: Mapping[str, Trouble] | None = None,
    ) -> None:
        self.answer = answer
        self.tls = dict(tls or {})
        self.asked: list[Asked] = []
        """Every request so far, in the order of arrival; tunnels are no requests."""
        self.most_at_once: Counter[str] = Counter()
        """The most requests that clients had under way at the same time, by host.

        One that its client gave up is under way no more, even if nobody here has noticed yet.
        """
        self.now = now
        self.pause = pause
        self.closing = Event()
        self._under_way: dict[str, set[Connection]] = defaultdict(set)
        self._lock = Lock()

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="klastry-stand-in-")
        self.certificates = Authority(Path(self._folder.name))
        self._server = Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="stand-in")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()
        self._folder.cleanup()

    @property
    def address(self) -> str:
        """The address of the proxy, such as `http://127.0.0.1:41234`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def authority(self) -> Path:
        """The PEM file of the authority to trust; gone when the stand-in closes."""
        return self.certificates.bundle

    def environment(self) -> dict[str, str]:
        """Variables that send a child process, and all it asks, to the stand-in."""
        proxy = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), self.address)
        return {**proxy, "no_proxy": "", "NO_PROXY": "", "SSL_CERT_FILE": str(self.authority)}

    def knows(self, host: str) -> bool:
        """Whether there is a host of that name."""
        hosts = getattr(self.answer, "hosts", None)
        return hosts is None or host in hosts

    @contextmanager
    def taken(
        self, method: str, url: str, headers: Mapping[str, str], by: Connection
    ) -> Iterator[tuple[Asked, Answer]]:
        """One request, noted, and its answer, to be sent within the block to the connection it came `by`."""
        with self._lock:
            asked = Asked(method, url, headers, monotonic())
            self.asked.append(asked)
            others = self._under_way[asked.host]
            at_once = 1 + sum(not other.client_left for other in others)
            self.most_at_once[asked.host] = max(self.most_at_once[asked.host], at_once)
            others.add(by)
            answer = self.answer(asked)
        try:
            yield asked, answer
        finally:
            with self._lock:
                others.discard(by)
