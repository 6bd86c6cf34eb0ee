"""A database of an older version: one transaction after a backup; killed meanwhile, old or new, both open."""

import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from children import Forge
from e2e import World, only
from e2e_pages import later
from whole import LATER, crawl, dump, opens_whole

from storage.versions import MIGRATIONS

OLD = max(path.name[:4] for path in MIGRATIONS.glob("versions/0*.py"))
NEW = f"{int(OLD) + 1:04}"
STEP = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEW}"
down_revision = "{OLD}"


def upgrade() -> None:
    for table in ("visit", "capture", "spell", "change", "review"):
        op.add_column(table, sa.Column("weather", sa.Text()))
        op.execute(f"UPDATE {{table}} SET weather = 'fine'")
        op.create_index(f"{{table}}_weather", table, ["weather"])
    op.execute("CREATE TABLE station (id INTEGER PRIMARY KEY, spell INTEGER NOT NULL REFERENCES spell (id))")
    op.execute("INSERT INTO station (spell) SELECT id FROM spell")
"""
BROKEN = STEP.replace("SELECT id FROM spell", "SELECT id FROM no_such_table")
UPGRADE = ("db", "upgrade")


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade that nothing befell leaves, and how many steps it takes."""

    dump: list[str]
    steps: int


def a_step_more(folder: Path, step: str) -> Path:
    """The migrations of today and one more, as a newer klastry would have."""
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"versions/{NEW}_weather.py").write_text(step)
    return folder


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    return a_step_more(tmp_path / "migrations", STEP)


@pytest.fixture
def upgraded(forge: Forge, first: World, migrations: Path, tmp_path: Path) -> Upgraded:
    with copied(first, tmp_path) as world:
        noting = forge.begin(world, *UPGRADE, strike=0, migrations=migrations)
        assert noting.end().code == 0
        return Upgraded(dump(world.database), len(noting.steps()))


@contextmanager
def copied(world: World, folder: Path) -> Iterator[World]:
    with world.copy(folder / "world") as copy:
        copy.show(later())
        yield copy
    shutil.rmtree(folder / "world")


def version(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        found: str = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        return found


def backup_of(world: World) -> Path:
    return world.folder / f"klastry.db.before-upgrade-from-{OLD}"


def killed(
    forge: Forge, world: World, migrations: Path, strike: int, words: tuple[str, ...] = UPGRADE
) -> str:
    """The version that a kill of the upgrade leaves, which the program of that version opens."""
    old = dump(world.database)
    upgrade = forge.begin(world, *words, strike=strike, migrations=migrations)
    assert upgrade.end().code == -signal.SIGKILL
    assert opens_whole(world.database)
    left = version(world.database)
    if backup_of(world).exists():
        assert opens_whole(backup_of(world))
        assert dump(backup_of(world)) == old
    if left == OLD:
        assert dump(world.database) == old
        assert forge.run(world, "verify").code == 0
    else:
        assert backup_of(world).exists()
        assert forge.run(world, "verify", migrations=migrations).code == 0
    return left


@pytest.mark.parametrize("every", [pytest.param(12, id="some steps"), pytest.param(3, id="every third step")])
def test_a_killed_upgrade(
    forge: Forge, first: World, migrations: Path, upgraded: Upgraded, tmp_path: Path, every: int
) -> None:
    left = Counter[str]()
    for strike in range(every, upgraded.steps + 1, every):
        with copied(first, tmp_path) as world:
            left[killed(forge, world, migrations, strike)] += 1
            assert forge.run(world, *UPGRADE, migrations=migrations).code == 0
            assert dump(world.database) == upgraded.dump
            assert [path.name for path in world.folder.glob("*.part*")] == []
    assert left == {OLD: upgraded.steps // every}


def test_a_crawl_killed_behind_its_upgrade(
    forge: Forge, first: World, twin: World, migrations: Path, tmp_path: Path
) -> None:
    with copied(first, tmp_path) as world:
        noting = forge.begin(world, *crawl(LATER), strike=0, migrations=migrations)
        assert noting.end().code == 0
        upgrade_ends = noting.steps().index("COMMIT") + 1
    with copied(first, tmp_path) as world:
        assert killed(forge, world, migrations, upgrade_ends + 1, crawl(LATER)) == NEW
        assert forge.run(world, *crawl(LATER), migrations=migrations).code == 0
        assert world.facts() == twin.facts()


def test_the_first_crawl_of_a_newer_version_upgrades(
    forge: Forge, first: World, twin: World, migrations: Path, tmp_path: Path
) -> None:
    with copied(first, tmp_path) as world:
        old = dump(world.database)
        done = forge.run(world, *crawl(LATER), migrations=migrations)
        assert done.code == 0, done
        assert version(world.database) == NEW
        assert dump(backup_of(world)) == old
        assert world.facts() == twin.facts()


def test_a_migration_that_breaks_leaves_the_old(forge: Forge, first: World, tmp_path: Path) -> None:
    migrations = a_step_more(tmp_path / "migrations", BROKEN)
    with copied(first, tmp_path) as world:
        old = dump(world.database)
        done = forge.run(world, *UPGRADE, migrations=migrations)
        assert done.code == 4
        assert "no_such_table" in only(done.err.splitlines())
        assert dump(world.database) == old
        assert forge.run(world, *crawl(LATER)).code == 0


def test_reading_an_older_version_changes_nothing(
    forge: Forge, first: World, migrations: Path, tmp_path: Path
) -> None:
    with copied(first, tmp_path) as world:
        before = world.database.read_bytes()
        done = forge.run(world, "changes", migrations=migrations)
        assert done.code == 4
        assert "run `klastry db upgrade`" in only(done.err.splitlines())
        assert world.database.read_bytes() == before
