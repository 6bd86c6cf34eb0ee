"""SIGTERM and SIGINT at any step of a crawl: it ends within ten seconds, with 143 or 130, nothing lost."""

import shutil
import signal
from pathlib import Path
from random import Random
from time import monotonic

from children import Forge
from e2e import World
from e2e_pages import later
from whole import LATER, crawl, recovers

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def stop_at(
    forge: Forge, first: World, twin: World, folder: Path, strike: int, number: signal.Signals
) -> int:
    """The code of a crawl that gets a signal at a step, and how the next one goes on."""
    with first.copy(folder / "world") as world:
        world.show(later())
        child = forge.begin(world, *crawl(LATER), strike=strike, number=number)
        began = monotonic()
        done = child.end(20)
        assert monotonic() - began < 10, strike
        assert "Traceback" not in done.err
        assert "unexpected" not in done.err
        assert world.sound()
        assert forge.run(world, *crawl(LATER)).code == 0
        recovers(world, twin)
    shutil.rmtree(folder / "world")
    return done.code


def steps_of(forge: Forge, first: World, folder: Path) -> list[str]:
    with first.copy(folder / "noting") as world:
        world.show(later())
        noting = forge.begin(world, *crawl(LATER), strike=0)
        assert noting.end().code == 0
        return noting.steps()


def test_a_signal_while_a_visit_is_written(forge: Forge, first: World, twin: World, tmp_path: Path) -> None:
    steps = steps_of(forge, first, tmp_path)
    written = [number for number, step in enumerate(steps, 1) if step.startswith("INSERT INTO visit")]
    assert stop_at(forge, first, twin, tmp_path, written[1], signal.SIGTERM) == 143


def test_a_signal_at_many_steps(forge: Forge, first: World, twin: World, tmp_path: Path) -> None:
    steps, chance = steps_of(forge, first, tmp_path), Random(20261123)
    for number in SIGNALS * 4:
        strike = chance.randint(1, len(steps))
        code = stop_at(forge, first, twin, tmp_path, strike, number)
        assert code == 128 + number, (strike, steps[strike - 1])
