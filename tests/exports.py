"""What a program does that takes over exports: load the full one, then apply each delta."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

MOVING = {"last_seen", "known_up_to", "holds"}
"""Columns that are of the day of the export, not of the history."""
LATER = {"changes": ("id",), "visits": ("id",), "evidence": ("source", "address", "at", "sha256")}


class Copy:
    """The rows of each table, as a reader of exports holds them."""

    def __init__(self, folder: Path) -> None:
        self.tables = {name: read(folder / f"{name}.jsonl") for name in names(folder)}

    def apply(self, folder: Path) -> None:
        for stone in read(folder / "tombstones.jsonl"):
            rows, key = self.tables[stone["view"]], stone["key"]
            if stone["why"] == "retracted":
                continue
            rows[:] = [row for row in rows if not _meant(stone["view"], row, key)]
        for name, rows in self.tables.items():
            new = read(folder / f"{name}.jsonl")
            if key_of := LATER.get(name):
                taken = {tuple(row[column] for column in key_of) for row in new}
                rows[:] = [row for row in rows if tuple(row[column] for column in key_of) not in taken]
            rows += new

    def said(self) -> Mapping[str, Any]:
        """All rows but for what moves with the day, in one order."""
        return {name: _sorted(rows) for name, rows in self.tables.items()}


def names(folder: Path) -> list[str]:
    manifest = json.loads((folder / "datapackage.json").read_bytes())
    return [each["name"] for each in manifest["resources"]]


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _meant(view: str, row: Mapping[str, Any], key: str) -> bool:
    return bool(row["refused"]) if view == "evidence" else bool(row["entity"] == key)


def _sorted(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    plain = ({name: value for name, value in row.items() if name not in MOVING} for row in rows)
    return sorted(json.dumps(row, sort_keys=True) for row in plain)
