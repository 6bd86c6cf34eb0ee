"""Names of hosts and where they lead, over the real command and without a proxy."""

import signal
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import ClassVar

import pytest
from e2e import World, clock, ended

from monitor.reasons import advice

SOURCE = """
[source.one]
url = "{url}"
item = "ul.calls > li"
fields = {{ title = "a", url = "a@href" }}
hosts = {hosts}
"""
SILENT = """
import socket, time
from pathlib import Path

def look_up(*words, **more):
    Path({asked!r}).touch()
    time.sleep(40)
    raise socket.gaierror(-3, "Temporary failure in name resolution")

socket.gethostbyname = socket.getaddrinfo = look_up
"""
TAUGHT = """
import socket

def look_up(name):
    if name not in {names!r}:
        raise socket.gaierror(-2, "Name or service not known")
    return "127.0.0.1"

socket.gethostbyname = look_up
"""
HOST = "cisza.invalid"


def world(folder: Path, source: str, *hosts: str) -> World:
    made = World(folder / "world", {}, source)
    made.direct = hosts
    return made


def table(url: str, *hosts: str) -> str:
    return SOURCE.format(url=url, hosts=list(hosts))


def teach(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """Let children of this test run `code` before all else."""
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.mark.long
def test_a_signal_ends_a_crawl_whose_name_servers_are_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    teach(monkeypatch, tmp_path, SILENT.format(asked=str(asked)))
    with world(tmp_path, table(f"https://{HOST}/nabory"), HOST) as silent:
        process = silent.begin("crawl", "--at", clock(), "one")
        pause = Event()
        while process.poll() is None and not asked.exists():
            pause.wait(0.01)
        process.send_signal(signal.SIGTERM)
        begun = monotonic()
        done = ended(process)
        assert done.code == 128 + signal.SIGTERM, done
        assert monotonic() - begun < 10
        assert silent.states() == {"one": "failed stopped"}
        assert silent.sound()
        assert (silent.folder / "public" / "health.xml").exists()
        assert silent.run("publish").code == 0, "no lock is left"


@pytest.mark.long
def test_a_name_that_is_not_known_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teach(monkeypatch, tmp_path, TAUGHT.format(names=()))
    with world(tmp_path, table(f"https://{HOST}/nabory"), HOST) as unknown:
        done = unknown.crawl("one")
        assert done.code == 6, done
        assert unknown.states() == {"one": "failed dns"}
        assert advice("pl", "dns").next_step in (unknown.folder / "public" / "health.xml").read_text("utf-8")


class Leads(BaseHTTPRequestHandler):
    """Leads on to a name of the public net, whatever is asked; notes who was asked."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        host, _, port = self.headers["Host"].partition(":")
        self.asked.append(host)
        self.send_response(404 if self.path == "/robots.txt" else 302)
        self.send_header("Location", f"http://brama.test:{port}/wnetrze")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Leads) as server:
        Thread(target=server.serve_forever, args=(0.02,)).start()
        yield server.server_port
        server.shutdown()


def test_a_public_name_that_leads_to_a_private_address_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    """Named by a built-in source, by the user, or by a redirect."""
    hosts = ("strona.lan", "brama.test", "www.gov.pl")
    teach(monkeypatch, tmp_path, TAUGHT.format(names=hosts))
    own = table(f"http://brama.test:{port}/nabory")
    led = table(f"http://strona.lan:{port}/nabory", "brama.test").replace("source.one", "source.two")
    with world(tmp_path, own + led, *hosts) as inner:
        inner.crawl("one", "two", "kkk-mr")
        assert inner.states() == dict.fromkeys(("one", "two", "kkk-mr"), "failed private-host")
    assert set(Leads.asked) == {"strona.lan"}
