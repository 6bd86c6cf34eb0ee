"""The process that forks children which are klastry's command line: the other side of `children.py`.

Orders come as lines of JSON on standard input, what became of a child goes to standard output.
A child may be killed at one of its steps: a statement of SQL, a file opened for writing, moved,
removed or flushed.
"""

import gc
import json
import os
import resource
import select
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import mounts
from sqlalchemy import Connection, Engine, event

_MODULES = (
    "encodings.charmap encodings.idna encodings.unicode_escape encodings.utf_8_sig pydantic.type_adapter "
    "monitor.cli.app monitor.crawl monitor.doctor monitor.publish monitor.settings "
    "scrapy.dupefilters scrapy.logformatter scrapy.pqueues scrapy.squeues scrapy.statscollectors "
    "scrapy.extensions.feedexport scrapy.extensions.memusage scrapy.extensions.remote_control "
    "scrapy.extensions.telnet scrapy.extensions.throttle "
    "spiders.mr_gov_pl spiders.own_list spiders.pi_gov_pl spiders.single_try"
).split()
_PACKAGES = ("scrapy.downloadermiddlewares", "scrapy.spidermiddlewares", "spiders.readers")
_FILES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate"})
_TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_LOOK_EVERY = 0.002


def serve() -> int:
    """Fork a child for each order on standard input; in a child, gives its exit code."""
    sys.dont_write_bytecode = True  # what the interpreter keeps for itself is no step of the program
    _read_the_code()
    for line in iter(sys.stdin.buffer.readline, b""):
        order = json.loads(line)
        if not (pid := os.fork()):
            return _live(order)
        _say(pid=pid)
        status, memory = _wait(pid)
        _say(code=os.waitstatus_to_exitcode(status), memory=memory)
    return 0


def _read_the_code() -> None:
    """Import what a crawl does, but for the reactor, of which there can be one a process."""
    for name in (*_MODULES, *_PACKAGES):
        import_module(name)
    for name in _PACKAGES:
        for module in iter_modules(import_module(name).__path__, f"{name}."):
            import_module(module.name)
    assert "twisted.internet.reactor" not in sys.modules
    gc.freeze()


def _wait(pid: int) -> tuple[int, int]:
    """How the child ended, and the most memory it held, in kB; without who gives orders, it is ended."""
    while True:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, used.ru_maxrss
        if select.select([sys.stdin], [], [], _LOOK_EVERY)[0]:
            os.kill(pid, signal.SIGKILL)


def _say(**said: int) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


# In a child


def _live(order: Mapping[str, Any]) -> int:
    notes = Path(order["notes"])
    for number, end in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(notes.with_suffix(end), os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.clear()
    os.environ.update(order["environment"])
    if order["clock"]:
        show_time(datetime.fromisoformat(order["clock"]))
    if order["migrations"]:
        _use_migrations(Path(order["migrations"]))
    from monitor.cli import main

    with _on(order["disk"]):
        os.chdir(order["folder"])
        if order["user"]:
            os.umask(0o077)
            os.setgid(order["user"])
            os.setuid(order["user"])
        if order["strike"] is None:
            return main(order["words"])
        steps = Steps(order["strike"], signal.Signals(order["with"]))
        code = main(order["words"])
    notes.with_suffix(".steps").write_text("\n".join(steps.taken), "utf-8")
    return code


@contextmanager
def _on(disk: Mapping[str, Any]) -> Iterator[None]:
    """Lets a folder be full, or read-only, or all files be no longer than so many bytes."""
    if "longest" in disk:
        resource.setrlimit(resource.RLIMIT_FSIZE, (disk["longest"],) * 2)
    if "folder" not in disk:
        yield
        return
    folder = Path(disk["folder"])
    mounts.make_namespace()
    if "room" not in disk:
        mounts.make_read_only(folder)
        yield
        return
    mounts.make_full(folder, disk["room"])
    try:
        yield
    finally:
        mounts.keep(folder)


def show_time(moment: datetime) -> None:
    """Let the clock that klastry reads show `moment` now, and go on from there."""
    import monitor.cli.options
    import monitor.crawl
    import monitor.network

    offset = moment - datetime.now(UTC)

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + offset

    for module in (monitor.crawl, monitor.network, monitor.cli.options):
        module.datetime = Shifted  # type: ignore[attr-defined]


def _use_migrations(folder: Path) -> None:
    import storage.versions

    storage.versions.MIGRATIONS = folder


class Steps:
    """Counts what the process does to the world from now on, and sends it a signal at step `strike`."""

    def __init__(self, strike: int, number: signal.Signals) -> None:
        self.taken: list[str] = []
        self._strike = strike
        self._number = number
        os.fsync = self._around(os.fsync)
        sqlite3.connect = sqlite3.dbapi2.connect = self._listening(sqlite3.connect)  # type: ignore[attr-defined]
        event.listen(Engine, "before_cursor_execute", self._asked)
        event.listen(Engine, "commit", self._committed)
        sys.addaudithook(self._heard)

    def _take(self, what: str) -> None:
        self.taken.append(" ".join(what.split())[:80])
        if len(self.taken) == self._strike:
            os.kill(os.getpid(), self._number)

    def _heard(self, name: str, given: Sequence[Any]) -> None:
        if name in _FILES:
            self._take(f"{name} {given[0]}")
        elif name == "open" and isinstance(given[2], int) and given[2] & _TO_WRITE:
            self._take(f"open {given[0]}")

    def _asked(self, connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        if connection.dialect.name != "sqlite":
            self._take(statement)

    def _committed(self, connection: Connection) -> None:
        if connection.dialect.name != "sqlite":
            self._take("COMMIT")

    def _listening(self, connect: Callable[..., sqlite3.Connection]) -> Callable[..., sqlite3.Connection]:
        def connected(*given: Any, **more: Any) -> sqlite3.Connection:
            connection = connect(*given, **more)
            connection.set_trace_callback(self._take)
            return connection

        return connected

    def _around(self, function: Callable[[int], None]) -> Callable[[int], None]:
        def told(handle: int) -> None:
            self._take("fsync begins")
            function(handle)
            self._take("fsync ends")

        return told


if __name__ == "__main__":
    sys.exit(serve())
