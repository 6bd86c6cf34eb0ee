"""`klastry db`: backups while a crawl writes, restores that keep what was there, copies that verify."""

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from monitor.cli import main
from storage.care import back_up, restore, upgrade
from storage.copying import copy
from storage.errors import (
    DatabaseMissing,
    DatabaseVersion,
    HistoryLocked,
    KlastryError,
    StorageError,
    UsageError,
)
from storage.history import History
from storage.lock import only_crawl
from storage.places import shown
from storage.tables import metadata
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECRET = "postgresql://klastry:s3cret@127.0.0.1:1/klastry?connect_timeout=1"


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "data").mkdir()
    world = World.new(tmp_path / "data")
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza"), a_cluster("Evoluma")])
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój", closes="2026-08-30")])
    return world


def later(world: World) -> None:
    """One more change."""
    world.visit(CALLS, at(2), [a_call("rozwoj", title="Rozwój", closes="2026-09-29")])


def head(path: Path | str) -> str:
    with History.open(str(path)) as history:
        return history.head()


def test_a_backup_is_the_history_of_its_moment(world: World, tmp_path: Path) -> None:
    to = tmp_path / "backup.db"
    kept = back_up(world.history.where, to)
    before = world.history.head()
    later(world)
    assert head(to) == before == kept.head != world.history.head()
    assert world.history.verify() == []


def test_a_backup_waits_for_no_writer_and_sees_nothing_unfinished(world: World, tmp_path: Path) -> None:
    world.visit(KKK, at(2))
    with world.history.writing() as writing:
        writing.remember(KKK, world.last, world.run(at(3)))
        back_up(world.history.where, tmp_path / "backup.db")
    with History.open(str(tmp_path / "backup.db")) as copied:
        assert len(copied.visits()) == 3
    assert len(world.history.visits()) == 4


def test_a_backup_is_one_file_that_can_be_read_from_anywhere(world: World, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    back_up(world.history.where, tmp_path / "backups/backup.db")
    assert os.listdir(tmp_path / "backups") == ["backup.db"]
    with closing(sqlite3.connect(f"file:{tmp_path}/backups/backup.db?immutable=1", uri=True)) as copied:
        assert copied.execute("SELECT count(*) FROM change").fetchone() == (3,)


def test_a_backup_never_overwrites(world: World, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    with pytest.raises(UsageError, match="not overwritten"):
        back_up(world.history.where, there)
    assert there.read_text() == "mine"


def test_a_damaged_database_gives_no_backup(world: World, tmp_path: Path) -> None:
    world.history.close()
    path = Path(world.history.where)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("DELETE FROM body")
    with pytest.raises(StorageError, match=r"damaged \(foreign key of .*\): restore a backup over it"):
        back_up(str(path), tmp_path / "backup.db")
    assert sorted(os.listdir(tmp_path)) == ["data"]


def test_a_restore_keeps_the_replaced_database(world: World, tmp_path: Path) -> None:
    to = tmp_path / "backup.db"
    back_up(world.history.where, to)
    later(world)
    newest = world.history.head()
    world.history.close()
    kept, replaced = restore(world.history.where, to, NOW)
    assert replaced == tmp_path / "data/klastry.db.before-restore-20261123T080000Z"
    assert head(world.history.where) == kept.head == head(to)
    assert head(replaced) == newest
    later(world)
    assert world.history.verify() == []
    assert world.history.integrity() == "ok"


def test_a_restore_moves_a_log_left_behind_out_of_the_way(world: World, tmp_path: Path) -> None:
    path, to = Path(world.history.where), tmp_path / "backup.db"
    back_up(str(path), to)
    world.history.close()
    path.write_bytes(b"damaged" * 1000)
    Path(f"{path}-wal").write_bytes(b"left behind")
    _, replaced = restore(str(path), to, NOW)
    assert replaced
    assert replaced.read_bytes().startswith(b"damaged")
    assert not Path(f"{path}-wal").exists()
    assert head(path) == head(to)


def test_a_restore_where_the_database_was_lost(world: World, tmp_path: Path) -> None:
    to = tmp_path / "backup.db"
    back_up(world.history.where, to)
    world.history.close()
    Path(world.history.where).unlink()
    assert restore(world.history.where, to, NOW)[1] is None
    assert head(world.history.where) == head(to)


def test_what_is_no_backup_is_not_restored(world: World, tmp_path: Path) -> None:
    where, before = world.history.where, world.history.head()
    (tmp_path / "text.db").write_text("this is no database at all, only a long enough text\n" * 40)
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as raw, raw:
        raw.execute("CREATE TABLE moz_places (id)")
    back_up(where, tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db")) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    for name, error, said in (
        ("none.db", UsageError, "no file"),
        ("text.db", StorageError, "no klastry database"),
        ("foreign.db", StorageError, "no database of klastry"),
        ("newer.db", DatabaseVersion, "upgrade klastry"),
        ("data/klastry.db", UsageError, "the database itself"),
    ):
        with pytest.raises(error, match=said) as found:
            restore(where, tmp_path / name, NOW)
        assert found.value.args[0].startswith(("there is no file", str(tmp_path / name)))
    assert world.history.head() == before
    assert sorted(os.listdir(tmp_path / "data")) == sorted(
        {"klastry.db", "klastry.db-wal", "klastry.db-shm", "klastry.db.lock"}
    )


def test_a_database_in_use_is_not_replaced(world: World, tmp_path: Path) -> None:
    to = tmp_path / "backup.db"
    back_up(world.history.where, to)
    with only_crawl(world.history.where), pytest.raises(HistoryLocked):
        restore(world.history.where, to, NOW)
    with closing(sqlite3.connect(world.history.where)) as reader:
        reader.execute("SELECT 1 FROM visit").fetchone()
        with pytest.raises(StorageError, match="open in another program"):
            restore(world.history.where, to, NOW)


def test_an_upgrade_of_the_present_version_changes_nothing(world: World, tmp_path: Path) -> None:
    before, after = upgrade(world.history.where)
    assert before == after
    with pytest.raises(DatabaseMissing):
        upgrade(str(tmp_path / "none.db"))
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(DatabaseMissing, match="holds no history"):
        upgrade(str(tmp_path / "empty.db"))


def test_a_copy_has_every_row_and_goes_on(world: World, tmp_path: Path) -> None:
    later(world)
    with closing(sqlite3.connect(world.history.where)) as raw, raw:
        raw.execute("UPDATE entity SET merged_into = 'cluster-2' WHERE id = 'cluster-1'")
    to = tmp_path / "copy.db"
    copy(world.history.where, str(to))
    assert rows(world.history.where) == rows(str(to))
    assert not list(tmp_path.glob("copy.db-*"))
    with pytest.raises(UsageError, match="not overwritten"):
        copy(world.history.where, str(to))


def test_a_copy_of_an_altered_history_is_not_kept(world: World, tmp_path: Path) -> None:
    with closing(sqlite3.connect(world.history.where)) as raw, raw:
        raw.execute("UPDATE spell SET value = 'x' WHERE field = 'name'")
    with pytest.raises(StorageError, match="klastry verify"):
        copy(world.history.where, str(tmp_path / "copy.db"))
    assert sorted(os.listdir(tmp_path)) == ["data"]


def rows(where: str) -> dict[str, list[object]]:
    engine = create_engine(where if "://" in where else f"sqlite:///{where}")
    with engine.connect() as connection:
        found: dict[str, list[object]] = {
            table.name: [
                tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key))
            ]
            for table in metadata.sorted_tables
        }
    engine.dispose()
    return found


@pytest.mark.parametrize(
    "place", [SECRET, "postgresql+none://u:s3cret@h/d", "mysql://u:s3cret@h/d", "post gres://u:s3cret@h"]
)
def test_no_password_is_printed(world: World, place: str) -> None:
    for used in (
        lambda: copy(world.history.where, place),
        lambda: copy(place, "copy.db"),
        lambda: upgrade(place),
        lambda: back_up(place, Path("backup.db")),
    ):
        with pytest.raises(KlastryError) as found:
            used()
        assert "s3cret" not in str(found.value)
    assert "s3cret" not in shown(place)


def test_the_commands(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    world.history.close()
    assert main(["db", "upgrade"]) == 0
    assert main(["db", "backup", "b.db"]) == 0
    assert main(["db", "restore", "b.db"]) == 0
    assert main(["db", "copy", "b.db", "c.db"]) == 0
    said = capsys.readouterr()
    assert "already of version" in said.out
    assert "before-restore-" in said.out
    assert said.err == ""
    assert main(["db", "backup", "b.db"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
