"""What must be true after every case of this folder, and the words with which its worlds are crawled."""

import shutil
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from pathlib import Path

from e2e import START, World, clock
from e2e_pages import SOURCES

from monitor.config import load
from monitor.publish import publish

LATER = 2
"""Hours after the first crawl at which the sites have news."""


def crawl(hours: float = 0, *words: str) -> tuple[str, ...]:
    """The words of a crawl whose clock shows so many hours after the start."""
    return ("crawl", "--at", clock(hours), *words, *SOURCES)


def entries(world: World) -> frozenset[str]:
    """The ids of all entries of the readers' feeds."""
    feeds = (content for name, content in world.feeds().items() if name.endswith(".xml"))
    return frozenset(guid.text or "" for feed in feeds for guid in ET.fromstring(feed).iter("guid"))


def as_published(world: World, folder: Path) -> dict[str, bytes]:
    """What `klastry publish` would write for readers from the history of `world`; `folder` is lent."""
    copied = shutil.copytree(world.folder, folder)
    publish(load(None, {}, copied), START)
    files = World(copied, {}).feeds()
    shutil.rmtree(copied)
    return files


def opens_whole(database: Path) -> bool:
    """Whether SQLite itself finds nothing wrong with the file, whatever its version."""
    with closing(sqlite3.connect(database)) as connection:
        said = connection.execute("PRAGMA integrity_check").fetchall()
        return said == [("ok",)] and not connection.execute("PRAGMA foreign_key_check").fetchall()


def dump(database: Path) -> list[str]:
    """All that the file holds, as SQL."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return sorted(connection.iterdump())


def recovers(world: World, twin: World) -> None:
    """After one healthy visit, all is as if nothing had been."""
    assert world.sound()
    assert world.facts() == twin.facts()
    assert entries(world) == entries(twin)
