"""The view `statuses`: what became of each status, with what the list said when, on hand-made lists."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from storage.records import Record
from tests.lawful import worlds
from tests.test_querying import QUERIES
from tests.world import KKK, World, a_cluster, at

OTHERS = [a_cluster(name) for name in ("Beta", "Gamma", "Delta", "Epsilon", "Zeta", "Eta", "Theta")]
AWAY, EMPTY = "away", "empty"
"""Not on the list; on it, with an empty cell for the end. None: it has no such cell."""


def alfa(until: str | None) -> list[Record]:
    if until is None:
        return [a_cluster("Alfa")]
    return [] if until == AWAY else [a_cluster("Alfa", status_until=None if until == EMPTY else until)]


def listed(folder: Path, *days: tuple[float, str | None]) -> World:
    """Visits of a list on these days after 2 March 2026, with the end it states for Alfa."""
    world = worlds(folder)()
    for day, until in days:
        world.visit(KKK, at(day), [*alfa(until), *OTHERS])
    return world


def of_alfa(world: World) -> list[str]:
    """Rows: the end, days of its first and last sight and of what came next, how, when it was lost."""
    (entity,) = (row["entity"] for row in world.history.rows("clusters") if row["name"] == "Alfa")
    rows = [row for row in world.history.rows("statuses") if row["entity"] == entity]
    assert {(row["name"], row["source"]) for row in rows} == {("Alfa", "kkk-mr")}
    return [
        f"{row['status_until'] or 'no end'}: {row['seen_from'][5:10]} {row['last_seen'][5:10]} "
        f"{row['gone_by'][5:10] if row['gone_by'] else 'now'} {row['how']} {row['lost_on'] or ''}".rstrip()
        for row in rows
    ]


def away(*days: float) -> list[tuple[float, str]]:
    return [(day, AWAY) for day in days]


LONG, LATER = "2098-12-31", "2099-12-31"
LEFT = away(1, 2, 3, 4)
"""Long enough to be told."""
STORIES: dict[str, tuple[Sequence[tuple[float, str | None]], list[str]]] = {
    "left and returned": (
        [(0, LONG), *LEFT, (6, LONG)],
        [f"{LONG}: 03-02 03-02 03-03 ended early 2026-03-03", f"{LONG}: 03-08 03-08 now holds"],
    ),
    "left and returned with another end": (
        [(0, LONG), *LEFT, (6, LATER)],
        [f"{LONG}: 03-02 03-02 03-03 ended early 2026-03-03", f"{LATER}: 03-08 03-08 now holds"],
    ),
    "left twice": (
        [(0, "2026-03-10"), *LEFT, (12, LONG), *away(14, 15, 16, 17)],
        [
            "2026-03-10: 03-02 03-02 03-03 ended early 2026-03-03",
            f"{LONG}: 03-14 03-14 03-16 ended early 2026-03-16",
        ],
    ),
    "back before it was told": (
        [(0, LONG), *away(1), (2, LONG)],
        [f"{LONG}: 03-02 03-02 03-03 missing", f"{LONG}: 03-04 03-04 now holds"],
    ),
    "not gone for long": ([(0, LONG), *away(1)], [f"{LONG}: 03-02 03-02 03-03 missing"]),
    "no end, left and returned with one": (
        [(0, None), *LEFT, (6, LONG)],
        ["no end: 03-02 03-02 03-03 unknown 2026-03-03", f"{LONG}: 03-08 03-08 now holds"],
    ),
    "an end is stated later": ([(0, None), (1, LONG)], [f"{LONG}: 03-03 03-03 now holds"]),
    "no end": ([(0, None)], ["no end: 03-02 03-02 now unknown"]),
    "extended": (
        [(0, LONG), (1, LATER)],
        [f"{LONG}: 03-02 03-02 03-03 extended", f"{LATER}: 03-03 03-03 now holds"],
    ),
    "shortened": (
        [(0, LATER), (1, LONG)],
        [f"{LATER}: 03-02 03-02 03-03 shortened", f"{LONG}: 03-03 03-03 now holds"],
    ),
    "an end is said no more": ([(0, LONG), (1, None)], [f"{LONG}: 03-02 03-03 now holds"]),
    "withdrawn": ([(0, LONG), (1, EMPTY)], [f"{LONG}: 03-02 03-02 03-03 unknown {LONG}"]),
    "withdrawn after it ran out": (
        [(0, "2026-03-03"), (2, "2026-03-03"), (3, EMPTY)],
        ["2026-03-03: 03-02 03-04 03-05 expired 2026-03-03"],
    ),
    "given again after it ran out": (
        [(0, "2026-03-04"), (3, "2026-03-04"), (4, LONG)],
        ["2026-03-04: 03-02 03-05 03-06 expired 2026-03-04", f"{LONG}: 03-06 03-06 now holds"],
    ),
    "nobody looked when it ran out": (
        [(0, "2026-03-04"), (4, LONG)],
        ["2026-03-04: 03-02 03-02 03-06 unknown 2026-03-04", f"{LONG}: 03-06 03-06 now holds"],
    ),
    "ran out, then left": (
        [(0, "2026-03-03"), (2, "2026-03-03"), *away(3, 4, 5, 6)],
        ["2026-03-03: 03-02 03-04 03-05 expired 2026-03-03"],
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_became_of_a_status(story: str, tmp_path: Path) -> None:
    days, rows = STORIES[story]
    assert of_alfa(listed(tmp_path, *days)) == rows


@pytest.mark.parametrize(
    ("days", "how"),
    [
        ([(0, "2026-03"), *LEFT], ["ended early"]),
        ([(0, "2026-Q1"), *LEFT], ["ended early"]),
        ([(0, "2026-02"), *LEFT], ["expired"]),
        ([(0, "2026-03"), (8, "2026-04"), (70, "2026-04")], ["extended", "expired"]),
        ([(0, "2026-03"), (8, "2026-Q2"), (140, "2026-Q2")], ["extended", "expired"]),
        ([(0, "2026-Q1"), (8, "2026-03-31"), (70, "2026-03-31")], ["restated", "expired"]),
        ([(0, "2026-03-20"), (8, "2026-03"), (70, "2026-03")], ["restated", "expired"]),
        ([(0, "2099-Q1"), (8, "2098-12")], ["shortened", "holds"]),
        ([(0, "2026-03"), (28, "2026-03")], ["unknown"]),  # the last reading was of 30 March
        ([(0, "2026-03"), (30, "2026-03")], ["expired"]),
        ([(0, "2099-12")], ["holds"]),
    ],
)
def test_ends_of_any_precision(
    days: Sequence[tuple[float, str | None]], how: list[str], tmp_path: Path
) -> None:
    rows = listed(tmp_path, *days).history.rows("statuses")
    assert [row["how"] for row in rows if row["name"] == "Alfa"] == how


LAST_DAYS = {
    "2026-02": "2026-02-28",
    "2024-02": "2024-02-29",
    "2025-11": "2025-11-30",
    "2025-12": "2025-12-31",
    "2025-Q2": "2025-06-30",
    "2025-Q3": "2025-09-30",
    "2026-02-17": "2026-02-17",
}


def test_a_loss_is_found_by_the_last_possible_day(tmp_path: Path) -> None:
    world = worlds(tmp_path)()
    world.visit(KKK, at(), [a_cluster(f"Klaster {until}", status_until=until) for until in LAST_DAYS])
    with closing(sqlite3.connect(world.history.where)) as raw:
        raw.row_factory = sqlite3.Row
        for until, last in LAST_DAYS.items():
            rows = raw.execute(
                QUERIES["lost_status"], {"since": last, "until": f"{last} or later"}
            ).fetchall()
            found = [(row["name"], row["how"], row["lost_on"]) for row in rows]
            assert found == [(f"Klaster {until}", "expired", until)]


def test_who_was_merged_into_another_has_no_status_of_its_own(tmp_path: Path) -> None:
    world = listed(tmp_path, (0, LONG))
    count = len(world.history.rows("statuses"))
    with closing(sqlite3.connect(world.history.where)) as raw, raw:
        raw.execute("UPDATE entity SET merged_into = 'cluster-1' WHERE id = 'cluster-2'")
    rows = world.history.rows("statuses")
    assert len(rows) == count - 1
    assert "cluster-2" not in {row["entity"] for row in rows}
