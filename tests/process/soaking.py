"""Visits of a made-up world in all weathers, and at the end what was told beside what was true."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from signal import SIGINT, SIGTERM
from sqlite3 import connect
from threading import Event
from time import monotonic

from children import Forge
from e2e import START, Done, World
from e2e_pages import SOURCES
from truth import Row, Truth
from weather import Weather, draw
from whole import entries, opens_whole

from monitor.standin import Answer, Asked

CONFIG = """
[monitor]
database = "sqlite:///klastry.db?timeout=0.3"
site_url = "https://klastry.example.org/"

[crawl]
delay = 0
timeout = 2
"""
CALM = 5
"""Visits in fine weather at the end, twenty hours apart: so long does a loss take to be sure."""
FAR = timedelta(days=365 * 70)
STEPS = 350
"""About as many steps as a crawl takes (see `forge.py`)."""
CRAWL = ("crawl", *SOURCES)


@dataclass
class Soak:
    """One soak: its figures, and all that was not as it has to be."""

    seed: int
    visits: int
    weathers: list[str] = field(default_factory=list)
    false: list[Row] = field(default_factory=list)
    lost: list[Row] = field(default_factory=list)
    told: int = 0
    refused: int = 0
    signals: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0
    memory: int = 0
    """The most that a crawl held, in kB."""

    @property
    def well(self) -> bool:
        return not (self.false or self.lost or self.faults)

    def __str__(self) -> str:
        drawn = sum(weather != "fine" for weather in self.weathers)
        return (
            f"seed {self.seed}: {self.visits} visits, {drawn} in bad weather; told {self.told}, "
            f"false {len(self.false)}, lost {len(self.lost)}; not complete {self.refused}, "
            f"signals {self.signals}; {self.seconds:.0f} s, at most {self.memory / 1024:.0f} MB a crawl"
        )


def soak(seed: int, visits: int, folder: Path, heard: Callable[[str], object] = lambda line: None) -> Soak:
    """So many visits of a world that `seed` makes up; `heard` is told of each."""
    began, found = monotonic(), Soak(seed, visits)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "klastry.toml").write_text(CONFIG, encoding="utf-8")
    with Forge() as forge, World(folder, {}) as world:
        _Soaking(forge, world, Random(seed), found, heard).play(visits)
        found.memory = forge.most_memory
    found.seconds = monotonic() - began
    return found


@dataclass
class _Soaking:
    forge: Forge
    world: World
    chance: Random
    found: Soak
    heard: Callable[[str], object]
    at: datetime = START
    known: frozenset[str] = frozenset()

    def play(self, visits: int) -> None:
        truth = Truth(self.chance)
        self._visit(truth, Weather())
        for number in range(visits - 1):
            calm = number >= visits - 1 - CALM
            self.at += timedelta(hours=20 if calm else self.chance.randint(5, 22))
            if not calm:
                truth.happen(self.at)
            else:
                truth.settle()
            self._visit(truth, Weather() if calm else draw(self.chance, truth))
        self._compare(truth)

    def _visit(self, truth: Truth, weather: Weather) -> None:
        true = truth.pages()
        shown = {**true, **weather.pages}
        self.world.site = {url: answer for url, answer in shown.items() if answer is not None}
        self.world.show()
        self.world.date = self.at
        done = self._run(weather.run)
        self.found.weathers.append(weather.name)
        self.heard(f"{self.at:%m-%d %H:%M} {weather.name}: {done.code}")
        self._check(weather, done)
        for source in SOURCES:
            if source not in weather.doubtful and done.code in (0, 3):
                truth.seen(source, self.at)

    def _check(self, weather: Weather, done: Done) -> None:
        """What holds after every visit, however it went."""
        wrong = []
        if "Traceback" in done.err or "unexpected" in done.err:
            wrong.append(done.err)
        if not opens_whole(self.world.database):
            wrong.append("the database is damaged")
        now = entries(self.world)
        if not self.known <= now:
            wrong.append(f"entries are gone: {sorted(self.known - now)}")
        self.known = now
        if weather.name == "fine" and done.code != 0:
            wrong.append(f"fine weather, but {done}")
        self.found.faults += [f"{self.at:%m-%d %H:%M} {weather.name}: {line}" for line in wrong]

    # Ways to run

    def _run(self, run: str) -> Done:
        if not run:
            return self.forge.run(self.world, *CRAWL, clock=self.at)
        ways: dict[str, Callable[[], Done]] = {
            "killed": lambda: self._struck(9),
            "stopped": lambda: self._struck(self.chance.choice((SIGTERM, SIGINT))),
            "wrong clock": lambda: self.forge.run(self.world, *CRAWL, clock=self.at + FAR),
            "full disk": self._on_a_full_disk,
            "locked": self._locked,
            "two at once": self._two_at_once,
            "no publishing": lambda: self.forge.run(self.world, *CRAWL, "--no-publish", clock=self.at),
            "network down": self._without_network,
        }
        return ways[run]()

    def _struck(self, number: int) -> Done:
        strike = self.chance.randint(1, STEPS)
        return self.forge.begin(self.world, *CRAWL, clock=self.at, strike=strike, number=number).end()

    def _on_a_full_disk(self) -> Done:
        longest = self.world.database.stat().st_size
        return self.forge.run(self.world, *CRAWL, clock=self.at, disk={"longest": longest})

    def _without_network(self) -> Done:
        self.world.site = {}
        self.world.show()
        return self.forge.run(self.world, *CRAWL, clock=self.at)

    def _locked(self) -> Done:
        with self._held_after(self.chance.randint(0, 12)):
            return self.forge.run(self.world, *CRAWL, clock=self.at)

    @contextmanager
    def _held_after(self, requests: int) -> Iterator[None]:
        """Another program writes to the database from that request on."""
        site, count = self.world.stand_in.answer, iter(range(10_000))
        with closing(connect(self.world.database, isolation_level=None, check_same_thread=False)) as other:

            def answer(asked: Asked) -> Answer:
                if next(count) == requests and not other.in_transaction:
                    other.execute("BEGIN IMMEDIATE")
                return site(asked)

            self.world.stand_in.answer = answer
            yield

    def _two_at_once(self) -> Done:
        came, go_on, site = Event(), Event(), self.world.stand_in.answer

        def answer(asked: Asked) -> Answer:
            came.set()
            go_on.wait(30)
            return site(asked)

        self.world.stand_in.answer = answer
        with Forge() as other:
            second = other.begin(self.world, *CRAWL, clock=self.at)
            came.wait(30)
            first = self.forge.run(self.world, *CRAWL, clock=self.at)
            go_on.set()
            done = second.end()
        if first.code not in (0, 5):
            self.found.faults.append(f"two at once: {first}")
        return done

    # At the end

    def _compare(self, truth: Truth) -> None:
        rows = self.world.rows("SELECT verb, kind, name, field, old, new, entry FROM changes")
        told = Counter[Row](row[:6] for row in rows if row[6] and row[0] != "began")  # type: ignore[misc]
        must = Counter(truth.must)
        self.found.told = told.total()
        self.found.false = sorted((told - must).elements(), key=repr)
        self.found.lost = sorted((must - told).elements(), key=repr)
        well = "('complete', 'unchanged')"
        (self.found.refused,) = self.world.rows(f"SELECT COUNT(*) FROM visits WHERE state NOT IN {well}")[0]
        health = ET.fromstring((self.world.folder / "public/health.xml").read_bytes())
        self.found.signals = len(list(health.iter("item")))
        listed = {name for (name,) in self.world.rows("SELECT name FROM clusters WHERE listed = 'yes'")}
        if listed != set(truth.listed):
            self.found.faults.append(f"listed otherwise than shown: {listed ^ set(truth.listed)}")
        if not self.world.sound():
            self.found.faults.append("the chain does not hold")
        if self.world.rows("SELECT 1 FROM review WHERE ended IS NULL"):
            self.found.faults.append("a doubt is left open")
