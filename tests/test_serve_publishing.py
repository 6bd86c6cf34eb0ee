"""A reader that polls the real server while the real command publishes never sees half a file."""

import gzip
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path

import pytest

from monitor.cli import main
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

PUBLISHINGS = 20
NAMES = ("klastry.xml", "feed.xml", "calls.xml", "index.html", "status.json")
BROWSER = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
CONFIG = '[monitor]\ndatabase = "klastry.db"\nsite_url = "http://127.0.0.1:8765/"\n'


class Reader(threading.Thread):
    """Asks for all files again and again, half the time with the tag it has, until told to stop."""

    def __init__(self, port: int, encoding: str) -> None:
        super().__init__()
        self.stop = threading.Event()
        self.asked = 0
        self.faults: list[str] = []
        self.seen: dict[str, set[str]] = {name: set() for name in NAMES}
        self._port, self._encoding = port, encoding
        self._tags: dict[str, str] = {}
        self._dates: dict[str, str] = {}

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self.stop.is_set():
            for name in NAMES:
                self._ask(connection, name)
        connection.close()

    def _ask(self, connection: HTTPConnection, name: str) -> None:
        headers = {"Accept-Encoding": self._encoding}
        if self.asked % 2 and name in self._tags:
            headers["If-None-Match"] = self._tags[name]
        connection.request("GET", f"/{name}", headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        self.asked += 1
        tag, date = answer.headers["ETag"], answer.headers["Last-Modified"]
        moved = tag != self._tags.get(name)
        if answer.status == 304:
            self._check(not moved, f"{name}: 304 with another tag")
            return
        self._check(answer.status == 200, f"{name}: {answer.status}")
        body = gzip.decompress(body) if answer.headers["Content-Encoding"] else body
        if name.endswith(".xml"):
            ET.fromstring(body)
        self.seen[name].add(sha256(body).hexdigest())
        if name in self._dates:
            later = parsedate_to_datetime(date) > parsedate_to_datetime(self._dates[name])
            self._check(moved == later, f"{name}: tag and date do not move together")
        self._tags[name], self._dates[name] = tag, date

    def _check(self, well: bool, fault: str) -> None:
        if not well:
            self.faults.append(fault)


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "public").mkdir()
    (tmp_path / "klastry.toml").write_text(CONFIG)
    command = [sys.executable, "-m", "monitor.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield int(server.stdout.readline().rstrip("/\n").rpartition(":")[2])
        server.terminate()


@pytest.mark.long
def test_a_reader_that_polls_during_twenty_publishings_sees_whole_files_only(
    tmp_path: Path, port: int
) -> None:
    world = World.new(tmp_path)
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza"), a_cluster("Evoluma")])
    calls = [a_call("rozwoj", title="Rozwój klastrów", closes="2099-01-01")]
    world.visit(CALLS, at(), calls)
    published: dict[str, set[str]] = {name: set() for name in NAMES}

    def publish() -> None:
        assert main(["publish"]) == 0
        for name in NAMES:
            published[name].add(sha256((tmp_path / "public" / name).read_bytes()).hexdigest())

    publish()
    readers = [Reader(port, encoding) for encoding in ("gzip", "identity")]
    for reader in readers:
        reader.start()
    for number in range(PUBLISHINGS):
        calls.append(a_call(f"n{number}", title=f"Nabór {number} dla klastrów", closes="2099-02-01"))
        assert world.visit(CALLS, at(hours=2 * number + 2), calls)
        publish()
    before = [reader.asked for reader in readers]
    while any(
        reader.asked < max(500, asked + 2 * len(NAMES)) for reader, asked in zip(readers, before, strict=True)
    ):
        readers[0].stop.wait(0.1)
        assert all(reader.is_alive() for reader in readers)
    for reader in readers:
        reader.stop.set()
        reader.join()
    assert len(published["feed.xml"]) == PUBLISHINGS + 1
    for reader in readers:
        assert reader.faults == []
        for name in NAMES:
            assert reader.seen[name] <= published[name], name
            assert sha256((tmp_path / "public" / name).read_bytes()).hexdigest() in reader.seen[name]
    assert max(len(reader.seen["feed.xml"]) for reader in readers) > PUBLISHINGS // 2


@pytest.mark.long
def test_a_browser_shows_served_pages_as_they_are_meant(tmp_path: Path, port: int) -> None:
    """What the server says of a page forbids nothing that the page needs."""
    from playwright.sync_api import sync_playwright

    world = World.new(tmp_path)
    world.visit(CALLS, at(), [a_call("rozwoj", title="Rozwój klastrów", closes="2099-01-01")])
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój klastrów", closes="2099-02-01")])
    assert main(["publish"]) == 0
    (change,) = (path.name for path in (tmp_path / "public/changes").glob("*.html"))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=BROWSER)
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("requestfailed", lambda request: said.append(request.url))
        for path in ("", f"changes/{change}"):
            answer = page.goto(f"http://127.0.0.1:{port}/{path}")
            assert answer
            assert answer.header_value("content-security-policy")
            assert (
                page.evaluate("[...document.styleSheets].flatMap(sheet => [...sheet.cssRules]).length") > 10
            )
        browser.close()
    assert [line for line in said if "favicon" not in line] == []
