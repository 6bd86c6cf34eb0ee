"""One connection of a client to the stand-in: requests are read, tunnels opened, answers sent as told."""

import gzip
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from math import inf
from select import select
from socketserver import ThreadingTCPServer
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from monitor.standin.answers import Answer, Asked
from monitor.standin.certificates import Fault

if TYPE_CHECKING:
    from monitor.standin.server import StandIn

Trouble = Fault | Literal["plain", "silent"]
"""A bad certificate; or no TLS inside the tunnel; or a handshake that never goes on."""

_NO_BODY = (204, 304)
_NOT_TLS = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER that makes closing a reset."""


class Server(ThreadingTCPServer):
    """Keeps one thread a connection; knows them all, so that it can end them."""

    request_queue_size = 64

    def __init__(self, stand_in: "StandIn") -> None:
        self.stand_in = stand_in
        self._connections: set[socket.socket] = set()
        self._hung_up = False
        self._lock = Lock()
        super().__init__(("127.0.0.1", 0), Connection)

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


class Connection(BaseHTTPRequestHandler):
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
        with self._stand_in.taken(self.command, url, headers, self) as (asked, answer):
            self._send(asked, answer)

    do_HEAD = do_GET  # noqa: N815

    def do_CONNECT(self) -> None:
        target = urlsplit(f"//{self.path}")
        host = target.hostname or ""
        if not self._stand_in.knows(host):
            self._send(Asked("CONNECT", f"https://{host}/", {}), Answer(502, body=b"Unknown host\n"))
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        trouble = self._stand_in.tls.get(host)
        if trouble in ("plain", "silent"):
            self.connection.recv(65536)  # the hello of the client
        if trouble == "plain":
            self._send(Asked("CONNECT", f"https://{host}/", {}), Answer(raw=_NOT_TLS))
            return
        if trouble == "silent":
            self._end(hang=True)
            return
        context = self._stand_in.certificates.context(host, trouble)
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
    def client_left(self) -> bool:
        """Whether the client has gone: while it is answered, it has nothing else to send."""
        try:
            return bool(select([self.connection], [], [], 0)[0])
        except (OSError, ValueError):
            return True  # closed on this side, too

    @property
    def _server(self) -> Server:
        return cast(Server, self.server)

    @property
    def _stand_in(self) -> "StandIn":
        return self._server.stand_in

    def _send(self, asked: Asked, answer: Answer) -> None:
        self._wait(answer.wait)
        if answer.raw is not None:
            for piece in self._pieces(answer.raw, replace(answer, chunked=False)):
                self.wfile.write(piece)
            self._end(hang=answer.hang, reset=answer.reset)
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
            self._end(hang=answer.hang, reset=answer.reset)
        elif "close" in (answer.header("Connection") or "").lower():
            self.close_connection = True

    def _head(self, answer: Answer, extra: Mapping[str, str]) -> bytes:
        phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "Unknown"
        headers = {**answer.headers, **extra}
        if answer.header("Date") is None:
            headers["Date"] = format_datetime(self._stand_in.now().astimezone(UTC), usegmt=True)
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
                if not piece or (answer.drip and not self._pause()) or self._stand_in.closing.is_set():
                    return
                yield b"%x\r\n%b\r\n" % (len(piece), piece) if answer.chunked else piece
        if answer.chunked and answer.cut_after is None:
            yield b"0\r\n\r\n"

    def _end(self, *, hang: bool = False, reset: bool = False) -> None:
        if hang:
            self._wait(inf)
        self.close_connection = True
        if reset:
            socket.socket.setsockopt(self.connection, socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            socket.socket.close(self.connection)
        else:
            _shut(self.connection)

    def _pause(self) -> bool:
        """Let time pass between two bytes; False where the client has gone meanwhile."""
        if self._stand_in.pause is None:
            return self._wait(1.0)
        self._stand_in.pause()
        return True

    def _wait(self, seconds: float) -> bool:
        """Wait as long as the client does; False where it has gone, or the stand-in closes."""
        end = monotonic() + seconds
        while (left := end - monotonic()) > 0:
            if self._stand_in.closing.wait(min(left, 0.05)) or self.client_left:
                return False
        return True


def _shut(connection: socket.socket) -> None:
    """Ends `connection` both ways, under TLS too; the other side may have gone already."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
