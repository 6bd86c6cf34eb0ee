"""`klastry review` as a person types it: what waits, verdicts, exit codes, what is published."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from storage.lock import only_crawl
from tests.world import KKK, World, a_cluster, at

NAMES = ("Dolina Lotnicza", "Zielona Chemia", "Fotonika", "Obróbka Metali", "Morski Pomorza", "Automotive")
SIX = [a_cluster(name) for name in NAMES]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a history in which three clusters are missing."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "public").mkdir()
    world = World.new(tmp_path / "data")
    for day, rows in enumerate((SIX, SIX[3:])):
        world.visit(KKK, at(day), rows)
    world.history.close()
    return tmp_path


def rows(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["review", *words]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return found


def test_what_waits_is_printed_with_its_counts_and_evidence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = rows(capsys)
    assert (row["id"], row["kind"], row["source"], row["subject"]) == (
        1, "absence", "kkk-mr", "cluster-1 cluster-2 cluster-3",
    )  # fmt: skip
    assert (row["counts"], row["opened_at"]) == ("3 of 6 records are missing", "2026-03-03T06:20:00Z")
    assert len(row["evidence"]) == 64
    assert (row["verdict"], row["reason"], row["decided_at"]) == (None, None, None)


def test_a_verdict_is_told_and_published(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "accept", "1", "--reason", "tak jest"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "accepted review 1 (absence, kkk-mr)"
    assert len(told) == 4
    assert "Dolina Lotnicza" in (folder / "public/clusters.xml").read_text("utf-8")
    assert rows(capsys) == []
    (row,) = rows(capsys, "list", "--all")
    assert (row["verdict"], row["reason"]) == ("accept", "tak jest")
    assert main(["review", "undo", "1"]) == 0
    assert "it waits again as review 2" in capsys.readouterr().out
    assert [row["id"] for row in rows(capsys)] == [2]
    assert "Sprostowanie" in (folder / "public/clusters.xml").read_text("utf-8")
    assert main(["verify"]) == 0


def test_a_verdict_waits_for_the_crawl(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with only_crawl(str(folder / "data/klastry.db")):
        assert main(["review", "accept", "1"]) == 5
    assert len(rows(capsys)) == 1


@pytest.mark.parametrize("verdict", ["accept", "reject"])
def test_nothing_is_decided_where_nothing_can_be_published(
    folder: Path, verdict: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "public").rmdir()
    assert main(["review", verdict, "1"]) == 4
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "is its disk mounted?" in err
    assert len(rows(capsys)) == 1
    (folder / "public").mkdir()
    assert main(["review", verdict, "1"]) == 0


@pytest.mark.parametrize(
    "words",
    [
        ["accept", "7"], ["undo", "1"], ["accept", "x"], ["accept"], ["reject", "9223372036854775808"],
        ["accept", "1", "--reason", "\udcb3"],
    ],
)  # fmt: skip
def test_wrong_use_is_one_line(folder: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", *words]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("klastry: ")
    assert len(rows(capsys)) == 1
