"""Disks that are full or cannot be written: told in one line, old feed and history whole, nothing lost.

Full is full in earnest where a process may mount a small disk for itself (`mounts.py`); everywhere,
files may grow no longer than so many bytes, which is an error of the same kind.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mounts
import pytest
from children import Forge
from e2e import Done, World, only
from e2e_pages import later
from test_migration import STEP, UPGRADE, a_step_more, version
from whole import LATER, crawl, dump, recovers

MAY_MOUNT = mounts.possible()
KIB = 1024
KINDS = ("disk", "longest") if MAY_MOUNT else ("longest",)
ROOMS = (0, 24 * KIB, 80 * KIB, 160 * KIB)
"""What is left on the disk when a crawl begins: it ends sooner or later."""


@pytest.fixture
def world(first: World, tmp_path: Path) -> Iterator[World]:
    with first.copy(tmp_path / "world") as world:
        world.show(later())
        yield world


def disk(kind: str, world: World, room: int) -> dict[str, Any]:
    """A disk on which the history can grow by `room` bytes."""
    if kind == "longest":
        return {"longest": max(world.database.stat().st_size + room, KIB)}
    return {"folder": str(world.folder), "room": room}


def run_on(forge: Forge, world: World, what: dict[str, Any], *words: str, **more: Any) -> Done:
    """The command with a folder on a disk like that; what it left there is then looked at."""
    done = forge.run(world, *words, disk=what, **more)
    if "room" in what:
        mounts.take_back(Path(what["folder"]))
    return done


@pytest.mark.parametrize("room", [None, *(ROOMS if MAY_MOUNT else ())])
def test_a_full_disk_under_the_history(
    forge: Forge, first: World, twin: World, world: World, room: int | None
) -> None:
    what = disk("longest", world, 0) if room is None else disk("disk", world, room)
    done = run_on(forge, world, what, *crawl(LATER))
    assert (done.code, done.out) == (4, ""), done
    line = only(done.err.splitlines())
    assert "room" in line
    assert "unexpected" not in line
    assert world.sound()
    assert world.feeds() == first.feeds()
    assert forge.run(world, *crawl(LATER)).code == 0
    recovers(world, twin)


@pytest.mark.skipif(
    not MAY_MOUNT, reason="no disk of one's own may be mounted here; files cannot be too long"
)
@pytest.mark.parametrize("room", [0, 4 * KIB, 12 * KIB])
def test_a_full_disk_under_the_published_folder(
    forge: Forge, first: World, twin: World, world: World, room: int
) -> None:
    full = {"folder": str(world.folder / "public"), "room": room}
    done = run_on(forge, world, full, *crawl(LATER))
    assert done.code == 4, done
    line = only(done.err.splitlines())
    assert "make room" in line
    assert str(world.folder / "public") in line
    assert {name: len(content) > 0 for name, content in world.feeds().items()}.keys() >= first.feeds().keys()
    assert world.told()[1:]
    assert forge.run(world, "publish").code == 0
    recovers(world, twin)


@pytest.mark.parametrize("kind", KINDS)
def test_an_upgrade_without_room_for_its_backup(
    forge: Forge, world: World, tmp_path: Path, kind: str
) -> None:
    migrations, old = a_step_more(tmp_path / "migrations", STEP), dump(world.database)
    what = {"longest": 64 * KIB} if kind == "longest" else disk(kind, world, 64 * KIB)
    done = run_on(forge, world, what, *UPGRADE, migrations=migrations)
    assert done.code == 4, done
    assert "room" in only(done.err.splitlines())
    assert dump(world.database) == old
    assert not list(world.folder.glob("*before-upgrade*0001"))
    assert forge.run(world, *UPGRADE, migrations=migrations).code == 0
    assert version(world.database) == "0002"
    assert not list(world.folder.glob("*.part*"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_without_room(forge: Forge, world: World, kind: str) -> None:
    what = {"longest": 64 * KIB} if kind == "longest" else disk(kind, world, 64 * KIB)
    done = run_on(forge, world, what, "db", "backup", "backup.db")
    assert done.code == 4, done
    assert "room" in only(done.err.splitlines())
    assert [path.name for path in world.folder.iterdir() if "backup" in path.name] == []
    assert [path.name for path in world.folder.glob(".klastry-*")] == []
