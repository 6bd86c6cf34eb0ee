"""What laws share: how many random scripts try them, and empty histories to play these into.

`KLASTRY_LAWS=300` tries each law with so many scripts instead of the few of every day.
"""

import os
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from storage.history import History
from tests.laws import ask
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


def remembered(world: World) -> dict[str, list[tuple[Any, ...]]]:
    """All that a history holds, apart from visits, runs and numbers."""
    queries = {
        "spells": """
SELECT entity, field, value, s.source, s.page, rank, seen_after, first_seen, last_seen, gone_by, sha256
FROM spell s JOIN capture c ON c.id = s.capture ORDER BY s.id""",
        "changes": """
SELECT verb, entity, name, field, old, new, seen_after, seen_by, l.at, c.cause, source, url, evidence,
       baseline, summary, entry, told_at
FROM change c JOIN ledger l ON l.id = c.ledger ORDER BY c.id""",
        "keys": "SELECT scheme, value, entity, begun, ended FROM entity_key ORDER BY id",
        "reviews": """
SELECT kind, source, subject, opened_at, verdict, decided_at, begun, ended FROM review ORDER BY id""",
        "pages": """
SELECT source, key, content, confirmed, gone_since, gone_visits FROM page ORDER BY source, key""",
        "bodies": "SELECT sha256 FROM body ORDER BY sha256",
    }
    return {name: ask(world, query) for name, query in queries.items()}
