"""Loopback services that notices are sent to: one takes JSON over HTTP, one takes mail; both can be down."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Hook:
    """What a web hook was sent; while it is `down` it answers 503."""

    address: str = ""
    down: bool = False
    heard: list[dict[str, Any]] = field(default_factory=list)
    taken: threading.Event = field(default_factory=threading.Event)

    @property
    def titles(self) -> list[str]:
        return [message["title"] for message in self.heard]

    @property
    def texts(self) -> list[str]:
        return [message["message"] for message in self.heard]


@contextmanager
def hook(wait: threading.Event | None = None) -> Iterator[Hook]:
    """A web hook at `json://…`; it answers only when `wait` is set, if given."""
    made = Hook()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not made.down:
                made.heard.append(json.loads(body))
                made.taken.set()
            if wait:
                wait.wait(10)
            self.send_response(503 if made.down else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        made.address = f"json://user:s3cret@127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield made
        server.shutdown()


@dataclass
class Post:
    """The mail that was delivered, with the addresses of the envelope; while it is `down` it takes none.

    With `wait` it takes a letter and then says nothing until that is set.
    """

    address: str = ""
    down: bool = False
    wait: threading.Event | None = None
    came: threading.Event = field(default_factory=threading.Event)
    letters: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        if self.down:
            return "451 not now"
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.letters.append((envelope.mail_from, envelope.rcpt_tos, message))
        self.came.set()
        if self.wait:
            await asyncio.to_thread(self.wait.wait, 20)
        return "250 OK"

    @property
    def subjects(self) -> list[str]:
        return [letter["Subject"] for _, _, letter in self.letters]


class _OnAnyPort(Controller):  # type: ignore[misc]
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def post() -> Iterator[Post]:
    """A mail server at `mailto://…`."""
    made = Post()
    controller = _OnAnyPort(made, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        made.address = f"mailto://127.0.0.1:{controller.port}?from=klastry@example.org&to=biuro@example.org&mode=insecure"
        yield made
    finally:
        if made.wait:
            made.wait.set()
        controller.stop()
