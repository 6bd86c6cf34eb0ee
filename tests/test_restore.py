"""`klastry db restore` verifies a backup before it takes the place of anything."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli import main
from storage.care import back_up, restore
from storage.errors import StorageError
from tests.older import make_older
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "data").mkdir()
    world = World.new(tmp_path / "data")
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza"), a_cluster("Evoluma")])
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój", closes="2026-08-30")])
    return world


@pytest.fixture
def backup(world: World, tmp_path: Path) -> Path:
    """A backup of the world, which is closed."""
    back_up(world.history.where, tmp_path / "backup.db")
    world.history.close()
    return tmp_path / "backup.db"


def edited(backup: Path, *queries: str) -> Path:
    with closing(sqlite3.connect(backup)) as raw:
        raw.executescript(";".join(queries))
    return backup


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("UPDATE spell SET value = 'x' WHERE id = 1", "1 thing does not fit (ledger 2: what run "),
        (
            "UPDATE spell SET value = CAST(x'FF' AS TEXT)",
            " things do not fit (spell 1 cannot be read: its value",
        ),
        (
            "CREATE TRIGGER x AFTER INSERT ON spell BEGIN SELECT 1; END",
            "1 thing does not fit (trigger x: it is",
        ),
    ],
)
def test_an_altered_backup_is_restored_only_on_purpose(
    edit: str, said: str, world: World, backup: Path, tmp_path: Path
) -> None:
    edited(backup, edit)
    with pytest.raises(StorageError) as refused:
        restore(world.history.where, backup, NOW)
    assert str(refused.value).startswith(f"{backup}: ")
    assert said in str(refused.value)
    assert str(refused.value).endswith("use another backup, or --unverified if there is no better one")
    assert sorted(os.listdir(tmp_path / "data")) == ["klastry.db", "klastry.db.lock"]
    assert world.history.verify() == []
    world.history.close()
    restore(world.history.where, backup, NOW, unverified=True)
    assert world.history.verify() != []


def test_a_damaged_backup_is_said_to_be_that(world: World, backup: Path) -> None:
    whole = backup.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:100] + b"x" * 5000 + whole[5100:]):
        backup.write_bytes(damaged)
        with pytest.raises(StorageError, match=r"backup.db is damaged.*: use another backup$"):
            restore(world.history.where, backup, NOW, unverified=True)
    assert world.history.verify() == []


def test_views_of_a_backup_are_made_anew(world: World, backup: Path) -> None:
    """An older klastry may have made them otherwise: that is no fault of the backup."""
    rows = world.history.rows("clusters")
    world.history.close()
    restore(world.history.where, edited(backup, "DROP VIEW clusters"), NOW)
    assert world.history.rows("clusters") == rows


def test_a_backup_of_an_older_version_is_upgraded(world: World, backup: Path, tmp_path: Path) -> None:
    make_older(backup, "0003")
    kept, _ = restore(world.history.where, backup, NOW)
    assert kept.version > "0003"
    assert world.history.verify() == []
    assert not [name for name in os.listdir(tmp_path / "data") if "upgrade" in name]


def test_the_command(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    edited(backup, "UPDATE spell SET value = 'x' WHERE id = 1")
    assert main(["db", "restore", "backup.db"]) == 4
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert main(["db", "restore", "backup.db", "--unverified"]) == 0
    assert "restored backup.db" in capsys.readouterr().out
    assert main(["verify"]) == 4
