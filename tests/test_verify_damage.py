"""A damaged file: `klastry verify` finds it, or every answer is what it was.

One bit of the demo's database is turned at a time, at places drawn by seed: where a name, a time or a
number of a row stands (in tables and in the indexes that answer by themselves), and anywhere at all.
"""

import random
import re
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from storage.errors import StorageError
from storage.history import History
from storage.moments import Moment
from storage.views import VIEWS
from tests.playing import Played

NOW = datetime(2026, 11, 26, tzinfo=UTC)
DAYS = tuple(map(date.fromisoformat, ("2023-01-16", "2023-04-25", "2023-08-24", "2023-12-05")))
ANSWERING = VIEWS.keys() - {"visits", "evidence"} - {"coverage", "gaps"}
"""Not those that also show rows that nothing seals, nor those that count hours up to now."""
TELLING = rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ|(?:cluster|call|article|document)-\d+|kkk-mr|calls-parp"


@pytest.fixture(scope="module")
def sound(played: Played, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of the demo's database, its log folded in."""
    copy = tmp_path_factory.mktemp("sound") / "sound.db"
    with (
        closing(sqlite3.connect(copy)) as new,
        closing(sqlite3.connect(played.place / "data/klastry.db")) as old,
    ):
        old.backup(new)
    return copy.read_bytes()


def turned(sound: bytes, place: int, bit: int) -> bytes:
    return sound[:place] + bytes([sound[place] ^ (1 << bit)]) + sound[place + 1 :]


def answers(history: History) -> dict[str, Any]:
    """What every question about the past is answered."""
    found: dict[str, Any] = {view: sorted(map(repr, history.rows(view))) for view in ANSWERING}
    moments = [Moment.at_the_end_of(day, NOW) for day in DAYS]
    with history.asked() as asked:
        for kind in ("cluster", "call", "article", "document"):
            found |= {f"{kind} {moment}": asked.lists(kind, moment) for moment in moments}
        found |= {f"diff {end}": asked.diff(start, end) for start, end in pairwise(moments)}
        found |= {f"timeline {name}": asked.timeline(name) for name in ("call-6", "cluster-9", "cluster-11")}
    return found


def silently_wrong(sound: bytes, places: list[tuple[int, int]], folder: Path) -> tuple[list[Any], int]:
    """The places where a turned bit changes an answer and nothing is found; and how often something was."""
    whole = folder / "whole.db"
    whole.write_bytes(sound)
    with History.open(str(whole)) as history:
        assert history.verify() == []
        expected = answers(history)
    wrong: list[Any] = []
    noticed = 0
    for number, (place, bit) in enumerate(places):
        damaged = folder / f"{number}.db"
        damaged.write_bytes(turned(sound, place, bit))
        try:
            with History.open(str(damaged)) as history:
                if history.verify():
                    noticed += 1
                else:
                    said = answers(history)
                    wrong += [(place, bit, name) for name in expected if said[name] != expected[name]]
        except StorageError as error:
            wrong += [] if re.search("is damaged|lacks a part", str(error)) else [(place, bit, str(error))]
            noticed += 1
        for left in folder.glob(f"{number}.db*"):
            left.unlink()
    return wrong, noticed


def telling(sound: bytes, seed: int, number: int) -> list[tuple[int, int]]:
    """Places in names, times and the like, and bits of them that leave text text."""
    drawn = random.Random(seed)
    matches = drawn.sample([*re.finditer(TELLING, sound)], number)
    return [(drawn.randrange(*match.span()), drawn.randrange(4)) for match in matches]


def anywhere(sound: bytes, seed: int, number: int) -> list[tuple[int, int]]:
    drawn = random.Random(seed)
    return [(drawn.randrange(len(sound)), drawn.randrange(8)) for _ in range(number)]


def test_a_turned_bit_is_found_or_changes_no_answer(sound: bytes, tmp_path: Path) -> None:
    wrong, noticed = silently_wrong(sound, telling(sound, 1, 25) + anywhere(sound, 1, 15), tmp_path)
    assert wrong == []
    assert noticed > 20


@pytest.mark.long
@pytest.mark.parametrize("seed", [2])
def test_turned_bits_are_found_or_change_no_answer(seed: int, sound: bytes, tmp_path: Path) -> None:
    wrong, noticed = silently_wrong(sound, telling(sound, seed, 200) + anywhere(sound, seed, 100), tmp_path)
    assert wrong == []
    assert noticed > 150
