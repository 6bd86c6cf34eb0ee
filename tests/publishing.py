"""A history and the folder it is published into, for tests of publishing."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from monitor import feed_layout
from monitor.config import Config, load
from monitor.publish import write_all
from monitor.wording import sentences
from storage.history import History
from storage.sealing import Run
from tests.world import World, a_cluster, at

URL = "http://127.0.0.1:8765/"
FORMS = ("xml", "atom", "json")
CLUSTERS = [a_cluster(name) for name in ("Alfa", "Beta", "Gamma")]


class PolishWorld(World):
    def run(self, now: datetime) -> Run:
        return replace(super().run(now), sentence=sentences("pl", lambda source: source))


def new(folder: Path) -> World:
    (folder / "public").mkdir()
    return PolishWorld.new(folder)


def config(folder: Path) -> Config:
    return load(None, {"KLASTRY_MONITOR__DATABASE": "klastry.db"}, folder)


def publish(history: History, folder: Path, days: float = 20) -> list[str]:
    return write_all(history, config(folder), at(days))


def files(folder: Path) -> dict[str, bytes]:
    public = folder / "public"
    return {
        path.relative_to(public).as_posix(): path.read_bytes() for path in public.rglob("*") if path.is_file()
    }


def twin(history: History) -> dict[str, bytes]:
    """What a publication into an empty folder makes."""
    with TemporaryDirectory() as name:
        (Path(name) / "public").mkdir()
        publish(history, Path(name))
        return files(Path(name))


def copied(origin: str | Path, to: str | Path) -> None:
    with closing(sqlite3.connect(origin)) as raw, closing(sqlite3.connect(to)) as copy:
        raw.backup(copy)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Archives of three entries, windows of one: every history has both."""
    for name, value in {"RUN_ENTRIES": 3, "LEAST_ENTRIES": 1, "LEAST_DAYS": 1}.items():
        monkeypatch.setattr(feed_layout, name, value)
