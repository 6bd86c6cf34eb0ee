"""Disks that are full or cannot be written: told in one line, old feed and history whole, nothing lost.

Full is full in earnest where a process may mount a small disk for itself (`mounts.py`); everywhere,
files may grow no longer than so many bytes, which is an error of the same kind.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mounts
import pytest
from children import Forge
from e2e import Done, World, only
from e2e_pages import later
from test_migration import NEW, OLD, STEP, UPGRADE, a_step_more, version
from whole import LATER, crawl, dump, recovers

MAY_MOUNT = mounts.possible()
NO_DISKS = "a disk of its own is given only to root"
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


@pytest.mark.skipif(not MAY_MOUNT, reason=NO_DISKS)
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
    assert not list(world.folder.glob(f"*before-upgrade*{OLD}"))
    assert forge.run(world, *UPGRADE, migrations=migrations).code == 0
    assert version(world.database) == NEW
    assert not list(world.folder.glob("*.part*"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_without_room(forge: Forge, world: World, kind: str) -> None:
    what = {"longest": 64 * KIB} if kind == "longest" else disk(kind, world, 64 * KIB)
    done = run_on(forge, world, what, "db", "backup", "backup.db")
    assert done.code == 4, done
    assert "room" in only(done.err.splitlines())
    assert [path.name for path in world.folder.iterdir() if "backup" in path.name] == []
    assert [path.name for path in world.folder.glob(".klastry-*")] == []


# Folders that cannot be written, or that are elsewhere


@pytest.mark.skipif(not MAY_MOUNT and os.geteuid() == 0, reason="nothing is read-only to root")
@pytest.mark.parametrize("name", ["public", "."])
def test_a_read_only_folder_ends_the_crawl_before_it_asks(
    forge: Forge, first: World, twin: World, world: World, name: str
) -> None:
    folder = world.folder / name
    if MAY_MOUNT:
        done = forge.run(world, *crawl(LATER), disk={"folder": str(folder)})
    else:
        folder.chmod(0o555)
        done = forge.run(world, *crawl(LATER))
        folder.chmod(0o755)
    assert (done.code, done.out, world.asked()) == (4, "", []), done
    assert ("make the folder writable" if name == "public" else "rights") in only(done.err.splitlines())
    assert world.past() == first.past()
    assert forge.run(world, *crawl(LATER)).code == 0
    recovers(world, twin)


def test_the_published_folder_may_be_on_another_file_system(
    forge: Forge, first: World, twin: World, world: World
) -> None:
    with TemporaryDirectory(prefix="klastry-", dir="/dev/shm") as elsewhere:
        public = Path(elsewhere) / "public"
        shutil.move(world.folder / "public", public)
        (world.folder / "public").symlink_to(public)
        assert os.stat(public).st_dev != os.stat(world.folder).st_dev
        assert forge.run(world, *crawl(LATER)).code == 0
        recovers(world, twin)
        assert (world.folder / "public").is_symlink()


def test_links_in_the_published_folder_lead_nowhere(
    forge: Forge, twin: World, world: World, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "feed.xml").write_text("not ours to write")
    public = world.folder / "public"
    for name in ("feed.xml", "index.html"):
        (public / name).unlink()
        (public / name).symlink_to(outside / "feed.xml")
    (public / "clusters.xml").unlink()
    (public / "clusters.xml").symlink_to(outside / "new.xml")
    assert forge.run(world, *crawl(LATER)).code == 0
    assert [path.name for path in outside.iterdir()] == ["feed.xml"]
    assert (outside / "feed.xml").read_text() == "not ours to write"
    assert not any(path.is_symlink() for path in public.rglob("*"))
    recovers(world, twin)


def test_a_folder_that_is_a_link_is_not_followed(
    forge: Forge, twin: World, world: World, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    changes = world.folder / "public/changes"
    shutil.rmtree(changes)
    changes.symlink_to(tmp_path / "outside")
    done = forge.run(world, *crawl(LATER))
    assert done.code == 4
    assert str(changes) in only(done.err.splitlines())
    assert list((tmp_path / "outside").iterdir()) == []
    changes.unlink()
    assert forge.run(world, "publish").code == 0
    recovers(world, twin)


@pytest.mark.parametrize("kind", ["missing", *(["full"] if MAY_MOUNT else [])])
def test_the_folder_for_temporary_files_may_be_of_no_use(
    forge: Forge, twin: World, world: World, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "temporary"
    if kind == "full":
        folder.mkdir()
    done = forge.run(
        world,
        *crawl(LATER),
        environment={"TMPDIR": str(folder), "SQLITE_TMPDIR": str(folder)},
        disk={"folder": str(folder), "room": 0} if kind == "full" else None,
    )
    assert (done.code, done.err) == (0, "")
    recovers(world, twin)


@pytest.mark.skipif(not MAY_MOUNT, reason=NO_DISKS)
def test_a_recording_without_room_loses_nothing(
    forge: Forge, twin: World, world: World, tmp_path: Path
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    file = folder / "crawl.warc.gz"
    done = run_on(forge, world, {"folder": str(folder), "room": 8 * KIB}, *crawl(LATER, f"--record={file}"))
    assert done.code == 4, done
    assert str(file) in only(done.err.splitlines())
    assert world.sound()
    assert forge.run(world, *crawl(LATER)).code == 0
    recovers(world, twin)
