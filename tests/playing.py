"""The demo, played once for all tests of a run, as a user plays it."""

import os
import subprocess
import sys
from fcntl import LOCK_EX, flock
from pathlib import Path

from monitor.demo import place
from storage.history import History


class Played:
    """A demo that was played in `folder`: what it printed, and what it left there."""

    def __init__(self, folder: Path, printed: str) -> None:
        self.place = folder / "build" / "demo"
        self.public = self.place / place.PUBLIC
        self.printed = printed

    @property
    def history(self) -> History:
        return History.open(str(self.place / place.DATABASE))


def played_in(shared: Path) -> Played:
    """The demo played in a folder of `shared`, by whichever process of the tests comes first."""
    folder, printed = shared / "demo", shared / "demo.txt"
    with (shared / "demo.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not printed.exists():
            folder.mkdir()
            printed.write_text(_play(folder), "utf-8")
    return Played(folder, printed.read_text("utf-8"))


def _play(folder: Path) -> str:
    misled = {"KLASTRY_MONITOR__DATABASE": str(folder / "other.db"), "KLASTRY_CRAWL__DELAY": "60"}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "monitor.cli", "demo", "--no-serve"],
        cwd=folder,
        env={**os.environ, **misled},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [child.name for child in folder.iterdir()] == ["build"]
    return done.stdout
