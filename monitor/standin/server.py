"""The proxy of the stand-in: reads requests, opens tunnels to itself, sends answers as told."""

import gzip
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from time import monotonic
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit

from monitor.standin.answers import Answer, Asked, Pages
from monitor.standin.certificates import Authority, Fault

_NO_BODY = (204, 304)


def _system_clock() -> datetime:
    return datetime.now(UTC)


class StandIn:
    """A proxy on a free loopback port, at work inside a `with` block.

    `answer` says what is answered; it is called for one request at a time and may be replaced
    while the stand-in works. With `Pages`, hosts without an address are unknown: 502, as a
    proxy says. `now` gives the Date header, in UTC. `pause` is called before each byte of
    a dripped body (None: a second). `tls` names hosts whose certificate is bad, and how.
    """

    def __init__(
        self,
        answer: Callable[[Asked], Answer],
        *,
        now: Callable[[], datetime] = _system_clock,
        pause: Callable[[], None] | None = None,
        tls: Mapping[str, Fault] | None = None,
    ) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        """Every request so far, in the order of arrival; tunnels are no requests."""
        self._now = now
        self._pause = pause or self._second
        self._tls = dict(tls or {})
        self._lock = Lock()
        self._closing = Event()

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="klastry-stand-in-")
        self._authority = Authority(Path(self._folder.name))
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="stand-in")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
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
        return self._authority.bundle

    def environment(self) -> dict[str, str]:
        """Variables that send a child process, and all it asks, to the stand-in."""
        proxy = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), self.address)
        return {**proxy, "no_proxy": "", "NO_PROXY": "", "SSL_CERT_FILE": str(self.authority)}

    def _knows(self, host: str) -> bool:
        return not isinstance(self.answer, Pages) or host in self.answer.hosts

    def _take(self, method: str, url: str, headers: Mapping[str, str]) -> tuple[Asked, Answer]:
        with self._lock:
            asked = Asked(method, url, headers, monotonic())
            self.asked.append(asked)
            return asked, self.answer(asked)

    def _second(self) -> None:
        self._closing.wait(1.0)


class _Server(ThreadingTCPServer):
    request_queue_size = 64

    def __init__(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in
        self._connections: set[socket.socket] = set()
        self._hung_up = False
        self._lock = Lock()
        super().__init__(("127.0.0.1", 0), _Connection)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.add(connection)
            if self._hung_up:
                _shut(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._connections.discard(connection)
        connection.close()

    def hang_up(self) -> None:
        """Ends what clients keep open, so that no thread waits for another request."""
        with self._lock:
            self._hung_up = True
            for connection in self._connections:
                _shut(connection)


class _Connection(BaseHTTPRequestHandler):
    """One connection of a client; after CONNECT the same, inside TLS."""

    protocol_version = "HTTP/1.1"
    connection: socket.socket
    _origin = ""  # of the tunnel, such as https://example.org

    def setup(self) -> None:
        super().setup()
        self._server.opened(self.connection)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            # The client went away or refused the certificate: its affair, as in life.
            self.close_connection = True

    def finish(self) -> None:
        self.rfile.close()
        self._server.closed(self.connection)

    def do_GET(self) -> None:
        url = self._origin + self.path if self.path.startswith("/") else self.path
        if not urlsplit(url).hostname:
            self.send_error(400, "This is a proxy: ask whole addresses")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked, answer = self._stand_in._take(self.command, url, headers)
        self._send(asked, answer)

    do_HEAD = do_GET  # noqa: N815

    def do_CONNECT(self) -> None:
        target = urlsplit(f"//{self.path}")
        host = target.hostname or ""
        if not self._stand_in._knows(host):
            self._send(Asked("CONNECT", f"https://{host}/", {}), Answer(502, body=b"Unknown host\n"))
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        context = self._stand_in._authority.context(host, self._stand_in._tls.get(host))
        plain = self.connection
        self.rfile.close()
        inside = context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)
        self._server.closed(plain)
        # Also what http.server and its parent go on with.
        self.request = self.connection = inside
        self._server.opened(inside)
        self._origin = f"https://{host}" + (f":{target.port}" if target.port not in (None, 443) else "")
        super().setup()
        inside.do_handshake()
        self.close_connection = False

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed: `StandIn.asked` is the log."""

    @property
    def _server(self) -> _Server:
        return cast(_Server, self.server)

    @property
    def _stand_in(self) -> StandIn:
        return self._server.stand_in

    def _send(self, asked: Asked, answer: Answer) -> None:
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self._end(answer.hang)
        elif answer.hang and answer.cut_after is None:
            self._end(hang=True)
        else:
            self._send_whole(asked, answer)

    def _send_whole(self, asked: Asked, answer: Answer) -> None:
        body, extra = answer.body, {}
        if answer.gzip and "gzip" in asked.headers.get("accept-encoding", ""):
            body, extra = gzip.compress(body, mtime=0), {"Content-Encoding": "gzip"}
        if answer.chunked:
            extra["Transfer-Encoding"] = "chunked"
        elif answer.status not in _NO_BODY and answer.header("Content-Length") is None:
            extra["Content-Length"] = str(len(body) * answer.times)
        self.wfile.write(self._head(answer, extra))
        if asked.method != "HEAD" and answer.status not in _NO_BODY:
            for piece in self._pieces(body, answer):
                self.wfile.write(piece)
        if answer.cut_after is not None:
            self._end(answer.hang)
        elif "close" in (answer.header("Connection") or "").lower():
            self.close_connection = True

    def _head(self, answer: Answer, extra: Mapping[str, str]) -> bytes:
        phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unknown"
        headers = {**answer.headers, **extra}
        if answer.header("Date") is None:
            headers["Date"] = format_datetime(self._stand_in._now().astimezone(UTC), usegmt=True)
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{key}: {value}" for key, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    def _pieces(self, body: bytes, answer: Answer) -> Iterator[bytes]:
        """What goes over the wire of the body, in the pieces in which it goes."""
        left = len(body) * answer.times if answer.cut_after is None else answer.cut_after
        size = 1 if answer.drip else len(body)
        for _ in range(answer.times):
            for start in range(0, len(body), max(size, 1)):
                piece = body[start : start + size][:left]
                left -= len(piece)
                if answer.drip and piece:
                    self._stand_in._pause()
                if not piece or self._stand_in._closing.is_set():
                    return
                yield b"%x\r\n%b\r\n" % (len(piece), piece) if answer.chunked else piece
        if answer.chunked and answer.cut_after is None:
            yield b"0\r\n\r\n"

    def _end(self, hang: bool) -> None:
        if hang:
            self._stand_in._closing.wait()
        self.close_connection = True
        _shut(self.connection)


def _shut(connection: socket.socket) -> None:
    """Ends `connection` both ways, under TLS too; the other side may have gone already."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
