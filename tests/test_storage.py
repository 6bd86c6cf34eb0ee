"""The database: its chain, its bodies, its versions, and what it says when it is damaged."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from zlib import decompress

import pytest
from sqlalchemy.schema import CreateIndex

from storage.database import connect, shown
from storage.errors import DatabaseMissing, DatabaseVersion, StorageError
from storage.evidence import ROBOTS_BYTES, ROBOTS_KEPT
from storage.history import History
from storage.past import Refused
from storage.records import Missed, Snapshot, Unchanged
from storage.tables import TABLES, metadata
from storage.versions import MIGRATIONS, revisions
from storage.views import VIEWS
from tests.world import KKK, LIST_URL, World, a_cluster, at, page

THREE = [
    a_cluster("Klaster Dolina Lotnicza"),
    a_cluster("Śląski Klaster Lotniczy"),
    a_cluster("Wschodni Klaster ICT"),
]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.new(tmp_path)
    world.visit(KKK, at(), THREE)
    world.visit(KKK, at(1), [*THREE, a_cluster("NUTRIBIOMED Klaster")])
    return world


def database(world: World) -> sqlite3.Connection:
    return sqlite3.connect(world.history.where)


def test_migrations_make_the_tables_of_the_code(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "new.db"), create=True)
    plain = connect(str(tmp_path / "migrated.db"), create=True)
    with engine.connect() as one, plain.connect() as other:
        for table in TABLES:
            query = f"SELECT name, type, \"notnull\" FROM pragma_table_info('{table.name}') ORDER BY name"
            assert one.exec_driver_sql(query).all() == other.exec_driver_sql(query).all()
        names = {row[0] for row in one.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names - {"alembic_version"} == {table.name for table in metadata.sorted_tables}


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrations_differ_in_nothing_from_the_code(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = connect(str(tmp_path / "new.db"), create=True)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_versions_are_those_of_the_migrations() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    assert revisions() == [script.revision for script in scripts]


def test_what_is_asked_needs_no_migrations_and_no_other_database(tmp_path: Path) -> None:
    """Loading Alembic takes a tenth of a second, and PostgreSQL a third of that; each command would pay."""
    connect(str(tmp_path / "new.db"), create=True)
    ask = (
        "import sys; from storage.history import History; History.open('new.db').changes(limit=1); "
        "print([name for name in sys.modules if 'alembic' in name or 'dialects.postgresql' in name])"
    )
    found = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, capture_output=True, text=True)
    assert found.stdout == "[]\n", found.stderr


def test_an_index_on_an_expression_is_that_of_the_code(tmp_path: Path) -> None:
    with connect(str(tmp_path / "new.db"), create=True).connect() as connection:
        (index,) = (each for each in metadata.tables["spell"].indexes if each.name == "spell_time")
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'spell_time'").scalar()
        assert made == str(CreateIndex(index).compile(dialect=connection.dialect))


def test_settings_of_sqlite(tmp_path: Path) -> None:
    engine = connect(str(tmp_path / "new.db"), create=True)
    with engine.connect() as connection:
        ask = connection.exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA synchronous").scalar() == 2
        assert ask("PRAGMA foreign_keys").scalar() == 1
        assert all(
            "STRICT" in row[0]
            for row in ask(
                "SELECT sql FROM sqlite_master WHERE type = 'table' "
                "AND name <> 'alembic_version' AND name NOT LIKE 'sqlite%'"
            )
        )


def test_every_view_answers(world: World) -> None:
    for name in VIEWS:
        assert world.history.rows(name) is not None


def test_the_chain_holds_and_a_changed_byte_is_found(world: World) -> None:
    assert world.history.verify() == []
    with database(world) as raw:
        raw.execute("UPDATE spell SET value = 'Dolina Lotnicza' WHERE value = 'Klaster Dolina Lotnicza'")
    assert [found.split(":")[0] for found in world.history.verify()] == ["ledger 2"]


def test_a_changed_body_is_found(world: World) -> None:
    with database(world) as raw:
        packed = bytearray(raw.execute("SELECT packed FROM body LIMIT 1").fetchone()[0])
        packed[-8] ^= 1
        raw.execute(
            "UPDATE body SET packed = ? WHERE rowid = (SELECT min(rowid) FROM body)", (bytes(packed),)
        )
    assert any(line.startswith("body ") for line in world.history.verify())


def test_a_missing_row_of_the_ledger_is_found(world: World) -> None:
    with database(world) as raw:
        raw.execute("DELETE FROM change WHERE ledger = 2")
    assert world.history.verify()[0].startswith("ledger 2")


def test_the_same_history_gives_the_same_entry_ids(world: World, tmp_path: Path) -> None:
    (tmp_path / "twin").mkdir()
    twin = World.new(tmp_path / "twin")
    twin.visit(KKK, at(), THREE)
    twin.visit(KKK, at(0.5), THREE, fault=Missed(LIST_URL, at(0.5), "timeout"))
    twin.visit(KKK, at(1), [*THREE, a_cluster("NUTRIBIOMED Klaster")])
    assert [row.entry for row in twin.history.told()] == [row.entry for row in world.history.told()]
    assert world.history.told()[0].entry.startswith("tag:klastry.test,2026:")  # type: ignore[union-attr]


def test_entries_of_one_run_are_a_second_apart(world: World) -> None:
    told = world.visit(
        KKK, at(2), [*THREE, a_cluster("NUTRIBIOMED Klaster"), a_cluster("Alfa"), a_cluster("Beta")]
    )
    assert len(told) == 2
    times = [row.told_at for row in world.history.told()]
    assert times == sorted(set(times))  # type: ignore[type-var]


def test_one_body_for_one_content(world: World) -> None:
    world.visit(KKK, at(2), [*THREE, a_cluster("NUTRIBIOMED Klaster")], body=b"<p>other counter</p>")
    world.visit(KKK, at(3), THREE[:3])
    world.visit(KKK, at(4), [*THREE, a_cluster("NUTRIBIOMED Klaster")])
    with database(world) as raw:
        assert raw.execute("SELECT count(*) FROM body").fetchone() == (2,)
        assert raw.execute("SELECT count(*) FROM capture").fetchone() == (4,)


def test_of_refused_bodies_the_first_and_the_last_are_kept(world: World) -> None:
    for day in range(2, 8):
        block = page(LIST_URL, at(day), b"<html>Request Rejected, support ID %d</html>" % day)
        world.visit(KKK, at(day), THREE, fault=Missed(LIST_URL, at(day), "blocked-page", "F5", block))
    with database(world) as raw:
        kept = raw.execute("SELECT at FROM capture WHERE refused = 'blocked-page' ORDER BY id").fetchall()
    assert kept == [("2026-03-04T06:20:00Z",), ("2026-03-09T06:20:00Z",)]
    assert isinstance(world.last.refused[0], Refused)


def robots_kept(world: World) -> list[tuple[int, bytes]]:
    """Day and first line of each robots file that is kept."""
    with database(world) as raw:
        rows = raw.execute(
            "SELECT c.at, b.packed FROM capture c JOIN body b USING (sha256)"
            " WHERE page LIKE 'robots:%' ORDER BY id"
        ).fetchall()
    return [(int(at[8:10]), decompress(packed).partition(b"\n")[0]) for at, packed in rows]


def take_robots(world: World, day: int, body: bytes) -> None:
    world.take(
        KKK,
        Snapshot(
            KKK.id, at(day), LIST_URL, "test", (Unchanged(LIST_URL, at(day), "304"),), True,
            robots=(page("https://www.gov.pl/robots.txt", at(day), body),),
        ),
    )  # fmt: skip


def test_a_robots_file_is_kept_again_only_with_other_rules(world: World) -> None:
    rules = b"User-agent: *\nDisallow: /admin\n"
    for day in range(2, 6):
        take_robots(world, day, b"# made on day %d\n" % day + rules + b"#" * day)
    take_robots(world, 7, b"# other\n" + rules + b"Disallow: /tajne # new\n")
    for day in (8, 9):
        take_robots(world, day, b"<html><p>%d</p></html>" % day)
    start = int(at(0).strftime("%d"))
    assert [day - start for day, _ in robots_kept(world)] == [2, 7, 8]


def test_robots_files_that_always_differ_are_bounded(world: World) -> None:
    for day in range(2, 2 + ROBOTS_KEPT + 5):
        take_robots(world, day, b"Disallow: /%d\n" % day + b"# x\n" * ROBOTS_BYTES)
    lines = [line for _, line in robots_kept(world)]
    assert lines == [b"Disallow: /%d" % day for day in range(7, 2 + ROBOTS_KEPT + 5)]
    with database(world) as raw:
        assert raw.execute("SELECT MAX(size) FROM body").fetchone() == (ROBOTS_BYTES,)
        assert (
            raw.execute("SELECT * FROM body WHERE sha256 NOT IN (SELECT sha256 FROM capture)").fetchall()
            == []
        )
    assert world.history.verify() == []


def test_what_is_said_of_a_database_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(DatabaseMissing, match="klastry crawl"):
        History.open(str(tmp_path / "none.db"))
    (tmp_path / "text.db").write_text("this is no database at all, only a long enough text\n" * 40)
    with pytest.raises(StorageError, match="restore a backup"):
        History.open(str(tmp_path / "text.db"), create=True)
    newer = tmp_path / "newer.db"
    History.open(str(newer), create=True).close()
    with sqlite3.connect(newer) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseVersion, match="upgrade klastry"):
        History.open(str(newer), create=True)


def test_an_empty_file_is_a_history_that_has_not_begun(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(DatabaseMissing, match="holds no history yet"):
        History.open(str(tmp_path / "empty.db"))


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as raw:
        raw.execute("CREATE TABLE notes (text)")
    with pytest.raises(StorageError, match="another program"):
        History.open(str(other), create=True)
    with sqlite3.connect(other) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("notes",)]


def test_no_password_is_printed() -> None:
    assert shown("postgresql+psycopg://me:hunter2@127.0.0.1:1/k?sslpassword=hunter2") == (
        "postgresql+psycopg://me:***@127.0.0.1:1/k"
    )
    with pytest.raises(StorageError) as told:
        History.open("postgresql+psycopg://me:hunter2@127.0.0.1:1/k", create=True)
    assert "hunter2" not in str(told.value)


def test_a_locked_database_is_said_to_be_locked(world: World) -> None:
    impatient = History.open(world.history.where, busy_seconds=0.05)
    other = database(world)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"), impatient.writing():
        pass
    other.rollback()


def test_integrity(world: World) -> None:
    assert world.history.integrity() == "ok"
