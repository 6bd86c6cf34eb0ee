"""What laws share: how many random scripts try them, and empty histories to play these into.

`KLASTRY_LAWS=300` tries each law with so many scripts instead of the few of every day.
"""

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

from storage.history import History
from tests.world import World

NewWorld = Callable[[], World]
"""Makes a world with an empty history."""


def laws(scripts: int) -> settings:
    """Settings of a law that is tried with so many random scripts every day, always the same ones."""
    return settings(
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        derandomize=True,
        deadline=None,
        max_examples=int(os.environ.get("KLASTRY_LAWS", scripts)),
        suppress_health_check=[HealthCheck.too_slow],
        database=None,
    )


def worlds(folder: Path) -> NewWorld:
    """Makes worlds in `folder`, each a copy of one that was migrated once."""
    World.new(folder).history.close()
    numbers = count()

    def make() -> World:
        copy = folder / f"{next(numbers)}.db"
        shutil.copy(folder / "klastry.db", copy)
        return World(History.open(str(copy)), runs=1)

    return make
