"""The feed, polled without a pause while it is published again and again: never empty, never half."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread

import pytest
from children import Forge
from e2e import World, ended
from e2e_pages import KKK, NAMES, kkk_page
from whole import crawl

FEED = "/klastry.xml"
PUBLISHINGS, POLLS = 20, 1000
PAUSE = 0.003


@dataclass
class Poller:
    """Asks for the feed until it is told to stop; notes each version, and what was wrong."""

    port: int
    polls: int = 0
    versions: list[tuple[bytes, str, str]] = field(default_factory=list)
    """Content, ETag and Last-Modified, one after the other."""
    faults: list[str] = field(default_factory=list)
    stop: Event = field(default_factory=Event)

    def run(self) -> None:
        """Poll; half of the polls name the version they have."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.stop.wait(PAUSE):
            self.polls += 1
            known = {"If-None-Match": self.versions[-1][1]} if self.versions and self.polls % 2 else {}
            connection.request("GET", FEED, headers=known)
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 304 and known:
                continue
            if answer.status != 200 or not list(ET.fromstring(body).iter("channel")):
                self.faults.append(f"{answer.status}: {body[:80]!r}")
            version = body, answer.headers["ETag"], answer.headers["Last-Modified"]
            if not self.versions or version != self.versions[-1]:
                self.versions.append(version)
        connection.close()


@pytest.fixture
def world(first: World, tmp_path: Path) -> Iterator[World]:
    with first.copy(tmp_path / "world") as world:
        yield world


@pytest.fixture
def poller(world: World) -> Iterator[Poller]:
    service = world.begin("serve", "--port", "0")
    assert service.stdout
    found = re.search(r":(\d+)/", service.stdout.readline())
    assert found
    poller = Poller(int(found[1]))
    thread = Thread(target=poller.run)
    thread.start()
    try:
        yield poller
    finally:
        poller.stop.set()
        thread.join()
        service.terminate()
        assert ended(service).code == 143


def test_a_polled_feed_is_whole_and_moves_with_its_content(
    forge: Forge, world: World, poller: Poller
) -> None:
    for number in range(1, PUBLISHINGS + 1):
        names = (*NAMES, *(f"Nowy klaster {letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[:number]))
        world.show({KKK: kkk_page(names)})
        assert forge.run(world, *crawl(number)).code == 0
        assert forge.run(world, "publish").code == 0
    while poller.polls < POLLS:
        Event().wait(PAUSE)
    poller.stop.set()
    assert poller.faults == []
    bodies, tags, times = zip(*poller.versions, strict=True)
    assert len(set(bodies)) == len(set(tags)) == len(poller.versions) == PUBLISHINGS + 1
    assert sorted(times, key=parsedate_to_datetime) == list(times)
    items = [body.count(b"<item>") for body in bodies]
    assert items == list(range(items[0], items[0] + PUBLISHINGS + 1))
