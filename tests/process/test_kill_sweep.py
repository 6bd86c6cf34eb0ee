"""kill -9 at the steps of a crawl and of publishing: before or after, nothing between.

A killed command leaves a whole database and whole files; the next one needs no hand and ends where
a twin that was never killed ended. The steps are those of `forge.py`; some kills are by the clock.
"""

import random
import shutil
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from children import Child, Forge
from e2e import World
from e2e_pages import healthy, later
from whole import LATER, as_published, crawl, entries, opens_whole, recovers

SEED = 20261123


@dataclass
class Sweep:
    """Kills of the command `words` on copies of a world; `twin` is what becomes of one never killed."""

    forge: Forge
    before: World
    twin: World
    folder: Path
    words: tuple[str, ...]
    site: Mapping[str, str] = field(default_factory=later)
    left: Counter[str] = field(default_factory=Counter)
    """What the kills left in the published folder, and how often."""

    def at_steps(self, count: int) -> None:
        """So many kills, one in each equal part of the way."""
        with self._copy() as world:
            noting = self.forge.begin(world, *self.words, strike=0)
            assert noting.end().code == 0
            steps = len(noting.steps())
        chance = random.Random(SEED)
        ends = [steps * number // count for number in range(count + 1)]
        for low, high in pairwise(ends):
            with self._copy() as world:
                strike = chance.randint(low + 1, max(low + 1, high))
                self._recovers(world, self.forge.begin(world, *self.words, strike=strike))

    def by_the_clock(self, count: int) -> None:
        """So many kills at any time."""
        with self._copy() as world:
            began = monotonic()
            assert self.forge.run(world, *self.words).code == 0
            seconds = monotonic() - began
        chance = random.Random(SEED)
        for _ in range(count):
            with self._copy() as world:
                child = self.forge.begin(world, *self.words)
                Event().wait(chance.uniform(0, seconds))
                child.send(signal.SIGKILL)
                self._recovers(world, child)

    @contextmanager
    def _copy(self) -> Iterator[World]:
        with self.before.copy(self.folder / "world") as copy:
            copy.show(self.site)
            yield copy
        shutil.rmtree(self.folder / "world")

    def _recovers(self, world: World, killed: Child) -> None:
        code = killed.end().code
        assert code in (0, -signal.SIGKILL)
        if world.database.exists():
            assert opens_whole(world.database)
        self.left[self._files(world) if code else "ended before"] += 1
        known = entries(world)
        assert self.forge.run(world, *self.words).code == 0
        assert known <= entries(world)
        recovers(world, self.twin)

    def _files(self, world: World) -> str:
        """Whether the files are those of before or those of now; each is whole in any case."""
        before, found = self.before.feeds(), world.feeds()
        if found == before:
            return "as before"
        files = as_published(world, self.folder / "now")
        assert set(before) <= set(found) <= set(files)
        assert [name for name in found if found[name] not in (before.get(name), files[name])] == []
        return "as after" if found == files else "on the way"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[World]:
    """A world that was never visited."""
    with World(tmp_path / "bare", healthy()) as world:
        yield world


@pytest.fixture
def unpublished(first: World, tmp_path: Path, forge: Forge) -> Iterator[World]:
    """A world whose history knows news that its feeds do not tell yet."""
    with first.copy(tmp_path / "unpublished") as world:
        world.show(later())
        assert forge.run(world, *crawl(LATER, "--no-publish")).code == 0
        yield world


@pytest.fixture
def published(unpublished: World, tmp_path: Path, forge: Forge) -> Iterator[World]:
    with unpublished.copy(tmp_path / "published") as world:
        assert forge.run(world, "publish").code == 0
        yield world


def test_a_killed_crawl(forge: Forge, first: World, twin: World, tmp_path: Path) -> None:
    Sweep(forge, first, twin, tmp_path, crawl(LATER)).at_steps(2)


def test_a_crawl_killed_at_many_steps(forge: Forge, first: World, twin: World, tmp_path: Path) -> None:
    sweep = Sweep(forge, first, twin, tmp_path, crawl(LATER))
    sweep.at_steps(16)
    sweep.by_the_clock(4)
    assert sweep.left.total() == 20
    assert sweep.left["as before"]
    assert sweep.left["on the way"]


def test_a_first_crawl_killed_at_many_steps(forge: Forge, bare: World, first: World, tmp_path: Path) -> None:
    sweep = Sweep(forge, bare, first, tmp_path, crawl(), healthy())
    sweep.at_steps(8)
    assert sweep.left.total() == 8


def test_publishing_killed_at_many_steps(
    forge: Forge, unpublished: World, published: World, tmp_path: Path
) -> None:
    sweep = Sweep(forge, unpublished, published, tmp_path, ("publish",))
    sweep.at_steps(14)
    assert sweep.left["on the way"] > 4
