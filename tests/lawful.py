"""What laws share: how many random scripts try them, and empty histories to play these into.

`KLASTRY_LAWS=300` tries each law with so many scripts instead of the few of every day.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, settings

from storage.history import History
from storage.records import Source
from tests.deciding import Desk
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


@cache
def _empty() -> bytes:
    """An empty history, migrated once."""
    with TemporaryDirectory() as folder:
        World.new(Path(folder)).history.close()
        return (Path(folder) / "klastry.db").read_bytes()


def _world(file: Path) -> World:
    file.write_bytes(_empty())
    return World(History.open(str(file)), runs=1)


def worlds(folder: Path) -> NewWorld:
    """Makes worlds in `folder`."""
    numbers = count()
    return lambda: _world(folder / f"{next(numbers)}.db")


@contextmanager
def a_world() -> Iterator[World]:
    """A world with an empty history, gone afterwards."""
    with TemporaryDirectory() as folder:
        world = _world(Path(folder) / "klastry.db")
        with world.history:
            yield world


@contextmanager
def a_desk(*sources: Source) -> Iterator[Desk]:
    """A person at the desk of such a world."""
    with a_world() as world:
        yield Desk(world, sources=sources)


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
