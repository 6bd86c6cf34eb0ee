"""A PostgreSQL server of the tests' own: from the system's binaries, on loopback, gone when they end.

Where KLASTRY_TEST_POSTGRES names a server on which databases may be made, that one is used.
"""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

NAMED = os.environ.get("KLASTRY_TEST_POSTGRES", "")
_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Faster, and of no harm to a server that lives for minutes."""


def binaries() -> Path | None:
    """The folder of the newest server installed here; None if there is none."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


@contextmanager
def server(programs: Path | None) -> Iterator[str]:
    """The address of a server: the one that is named, else one from `programs` while the block runs."""
    if NAMED:
        yield NAMED
        return
    assert programs
    folder = Path(mkdtemp(prefix="klastry-postgres-", dir="/tmp"))
    try:
        with _running(programs, folder) as address:
            yield address
    finally:
        shutil.rmtree(folder)


@contextmanager
def database(address: str) -> Iterator[str]:
    """The address of a new, empty database; dropped afterwards."""
    name = f"klastry_{os.getpid()}_{os.urandom(4).hex()}"
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(address).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        engine.dispose()


@contextmanager
def _running(programs: Path, folder: Path) -> Iterator[str]:
    data, port, runner = folder / "data", _free_port(), _runner(folder)
    made = [*runner, str(programs / "initdb"), "-D", str(data), "-U", "klastry", "-A", "trust"]
    made += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    options = [f"-c{each}" for each in (*_UNSAFE, f"unix_socket_directories={folder}")]
    command = [*runner, str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port)]
    log = (folder / "log").open("wb")
    with log, subprocess.Popen([*command, *options], stdout=log, stderr=log, cwd=folder) as process:
        address = f"postgresql://klastry@127.0.0.1:{port}/postgres"
        try:
            _wait_for(address)
            yield address
        finally:
            process.send_signal(signal.SIGINT)


def _wait_for(address: str, seconds: float = 60) -> None:
    engine, until = create_engine(address), monotonic() + seconds
    while True:
        try:
            with engine.connect():
                return
        except OperationalError:
            if monotonic() > until:
                raise
            sleep(0.05)
        finally:
            engine.dispose()


def _runner(folder: Path) -> list[str]:
    """What runs the server as somebody else, to whom `folder` is given: it refuses to be root's."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "nobody")
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
