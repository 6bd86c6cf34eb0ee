"""Bare environments, closed streams and broken pipes, other users: the same results."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from children import Forge
from e2e import World, only, plain_environment
from e2e_pages import later
from whole import LATER, crawl, recovers

CRON = {"PATH": "/usr/bin:/bin", "LANG": "C", "LC_ALL": "C", "SHELL": "/bin/sh"}
"""What cron gives, without even a HOME."""


@pytest.fixture
def world(first: World, tmp_path: Path) -> Iterator[World]:
    with first.copy(tmp_path / "world") as world:
        world.show(later())
        yield world


def shell(
    world: World, script: str, words: Sequence[str], environment: Mapping[str, str], **more: object
) -> "subprocess.CompletedProcess[bytes]":
    """Run the command, which is `"$@"` in a line of shell, in the folder of `world`."""
    command = ["/bin/sh", "-c", script, "sh", sys.executable, "-m", "monitor.cli", *words]
    return subprocess.run(
        command,
        cwd=world.folder,
        env={**environment, **world.stand_in.environment()},
        timeout=60,
        **more,  # type: ignore[call-overload]
    )


def test_cron_gives_little_and_nobody_listens(world: World, twin: World) -> None:
    done = shell(world, 'umask 077; exec "$@" <&- >&- 2>&-', crawl(LATER), CRON)
    assert done.returncode == 0
    recovers(world, twin)
    for path in (world.folder / "public").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644), path


def test_polish_letters_do_not_need_a_polish_locale(first: World) -> None:
    done = shell(first, '"$@"', ("list", "clusters", "--format=csv"), CRON, capture_output=True)
    assert "Bydgoski Klaster Przemysłowy" in done.stdout.decode()
    assert done.stderr == b""


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_log_that_nobody_reads_any_more(world: World, twin: World, stream: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = shell(world, 'exec "$@"', crawl(LATER), plain_environment(), **{stream: writing})
    finally:
        os.close(writing)
    assert done.returncode == 0
    recovers(world, twin)


def test_an_error_that_nobody_reads_keeps_its_code(world: World) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = shell(world, 'exec "$@"', ("crawl", "no-such-source"), plain_environment(), stderr=writing)
    finally:
        os.close(writing)
    assert done.returncode == 2


def test_rows_that_find_no_room_are_no_success(first: World) -> None:
    with open("/dev/full", "wb") as full:
        words = ("list", "clusters", "--format=csv")
        done = shell(first, 'exec "$@"', words, plain_environment(), stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 4
    assert done.stderr.decode().splitlines() == [
        "klastry: standard output cannot be written (No space left on device); make room"
    ]


def test_another_umask_writes_nothing_anew(world: World, twin: World) -> None:
    assert shell(world, 'umask 077; exec "$@"', crawl(LATER, "-q"), CRON).returncode == 0
    times = world.times()
    assert shell(world, 'umask 002; exec "$@"', ("publish",), CRON, stdout=subprocess.DEVNULL).returncode == 0
    assert world.times() == times


@pytest.mark.skipif(os.geteuid() != 0, reason="becoming another user is left to root")
def test_what_one_user_keeps_another_does_not_break(forge: Forge, first: World, twin: World) -> None:
    ours, other = 65534, 65533
    with TemporaryDirectory() as place, first.copy(Path(place) / "world") as world:
        world.show(later())
        bundle = shutil.copy(world.stand_in.authority, world.folder / "authority.pem")
        trusted = {"SSL_CERT_FILE": str(bundle)}
        for path in (Path(place), world.folder, *world.folder.rglob("*")):
            os.chown(path, ours, ours)
        world.folder.chmod(0o700)
        Path(place).chmod(0o755)
        assert forge.run(world, *crawl(LATER), user=ours, environment=trusted).code == 0
        recovers(world, twin)
        before = world.past()
        assert forge.run(world, "crawl", user=other).code == 2
        world.folder.chmod(0o755)
        assert forge.run(world, "changes", user=other).code == 0
        for words in (crawl(LATER), ("publish",)):
            done = forge.run(world, *words, user=other)
            assert (done.code, done.out) == (4, ""), (words, done)
            assert "unexpected" not in only(done.err.splitlines())
        assert world.past() == before
        assert forge.run(world, *crawl(LATER), user=ours, environment=trusted).code == 0
        recovers(world, twin)
