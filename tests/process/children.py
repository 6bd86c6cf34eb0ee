"""The real command in children that cost little: forked from a process that has read its code already.

A child is the command line as it is, with folder, environment and streams of its own. Besides, the
clock of the machine may show it another time, it may find migrations of the tests, and it may be
killed at one of its steps: see `forge.py`, which is the other side of this.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self

from e2e import Done, World, plain_environment

FORGE = Path(__file__).with_name("forge.py")


@dataclass(frozen=True)
class Child:
    """A command at work. Its `pid` may be sent signals; `end` waits for it."""

    pid: int
    _forge: "Forge"
    _notes: Path

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def end(self, seconds: float = 60) -> Done:
        """What it said and its code, negative where a signal killed it. Raises TimeoutError."""
        code = self._forge.answer("code", seconds, self.pid)
        out, err = (self._notes.with_suffix(end).read_text("utf-8") for end in (".out", ".err"))
        return Done(code, out, err)

    def steps(self) -> list[str]:
        """The steps it took, if it was told to note them and has ended by itself."""
        return self._notes.with_suffix(".steps").read_text("utf-8").splitlines()


class Forge:
    """Makes children, one at a time."""

    def __enter__(self) -> Self:
        self._folder = Path(mkdtemp(prefix="klastry-forge-"))
        self._made = 0
        self.most_memory = 0
        """The most that a child held so far, in kB."""
        self._process = subprocess.Popen(
            [sys.executable, FORGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()
        shutil.rmtree(self._folder)

    def begin(
        self,
        world: World,
        *words: str,
        clock: datetime | None = None,
        strike: int | None = None,
        number: signal.Signals = signal.SIGKILL,
        migrations: Path | None = None,
        environment: Mapping[str, str] | None = None,
        disk: Mapping[str, Any] | None = None,
        user: int | None = None,
    ) -> Child:
        """Start the command in the folder of `world`.

        `clock` (UTC) is what the clock of the machine shows when it begins; `strike` is the step at
        which it gets the signal `number` (0: it only notes its steps). `disk` names a `folder` that
        is read-only or, with `room`, has so many bytes left, or says how long a file may be (`longest`).
        `user` is another user, whose files nobody else reads.
        """
        self._made += 1
        notes = self._folder / str(self._made)
        order = {
            "words": words,
            "folder": str(world.folder),
            "environment": {**plain_environment(), **world.stand_in.environment(), **(environment or {})},
            "clock": clock.isoformat() if clock else None,
            "strike": strike,
            "with": number,
            "migrations": str(migrations) if migrations else None,
            "disk": dict(disk or {}),
            "user": user,
            "notes": str(notes),
        }
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        return Child(self.answer("pid", 120), self, notes)

    def run(self, world: World, *words: str, **more: Any) -> Done:
        """The command from beginning to end."""
        return self.begin(world, *words, **more).end()

    def answer(self, name: str, seconds: float, pid: int | None = None) -> int:
        """The next thing the forge says of a child. Raises TimeoutError, and kills the child."""
        assert self._process.stdout
        late = not select.select([self._process.stdout], [], [], seconds)[0]
        if late and pid:
            os.kill(pid, signal.SIGKILL)
        said: dict[str, int] = json.loads(self._process.stdout.readline())
        self.most_memory = max(self.most_memory, said.get("memory", 0))
        if late:
            raise TimeoutError(f"the command was still at work after {seconds:g} s")
        return said[name]
