"""What questions cost on a long history: a million changes of twenty thousand things.

`python benchmarks/questions.py [CHANGES ENTITIES [FILE]]` asks FILE, which it makes first if there is
none (a minute or two, a gigabyte).
Times are the best of three inside the process, with the CPU seconds beside them. A whole `klastry`
command is measured beside one that does nothing, and the export with its peak of memory.
"""

import os
import platform
import resource
import subprocess
import sys
from collections.abc import Callable, Sized
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from long_history import fill

from monitor.config import load
from storage.history import History
from storage.moments import Moment
from storage.records import KINDS

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
MIDDLE, WEEK, YEAR = date(2020, 6, 1), date(2020, 6, 8), date(2021, 6, 1)


def day(asked: date) -> Moment:
    return Moment.at_the_end_of(asked, NOW)


def measure(what: str, ask: Callable[[], Sized]) -> None:
    """Print the best of three, and how many rows came."""
    best = (float("inf"), 0.0, 0)
    for _ in range(3):
        wall, cpu = perf_counter(), process_time()
        rows = len(ask())
        best = min(best, (perf_counter() - wall, process_time() - cpu, rows))
    print(f"{what:44} {best[0] * 1000:7.0f} ms  (cpu {best[1] * 1000:5.0f} ms)  {best[2]:7} rows", flush=True)


def ask_inside(where: Path, changes: int) -> None:
    history = History.open(str(where))
    with history.asked() as asked:
        for kind in KINDS:
            measure(f"{kind}s as of a day in the middle", lambda kind=kind: asked.lists(kind, day(MIDDLE)))
        measure("calls now", lambda: asked.now("call", day(NOW.date())))
        measure("differences of a week", lambda: asked.diff(day(MIDDLE), day(WEEK)))
        measure("differences of a year", lambda: asked.diff(day(MIDDLE), day(YEAR)))
        measure("one timeline", lambda: asked.timeline("call-7"))
    measure("the last 50 changes", lambda: history.changes(limit=50))
    where_ = {"kind": "call", "field": "closes"}
    measure("the last 50 deadlines", lambda: history.changes(limit=50, equal=where_))
    measure("50 changes after a cursor", lambda: history.changes(after=changes // 2, limit=50, equal=where_))
    history.close()


def command(what: str, *words: str) -> None:
    """Print what a whole command took, of three runs the best."""
    found = []
    for _ in range(3):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        subprocess.run([sys.executable, "-m", "monitor.cli", *words], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found.append((perf_counter() - began, cpu))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    wall, cpu = min(found)
    print(f"{what:44} {wall:7.2f} s   (cpu {cpu:5.2f} s)   peak so far {peak:.0f} MB", flush=True)


def main(changes: int = 1_000_000, entities: int = 20_000, where: Path | None = None) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores")
    with TemporaryDirectory(prefix="klastry-bench-") as name:
        folder = Path(name)
        made = where or folder / "long.db"
        (folder / "klastry.toml").write_text(f'[monitor]\ndatabase = "{made.absolute()}"\n')
        if not made.exists():
            fill(load(folder / "klastry.toml", {}, folder), changes, entities)
        config = ("--config", str(folder / "klastry.toml"))
        command("klastry --version", "--version")
        command("klastry changes --limit 50", *config, "changes", "--limit", "50")
        # Before this process grows: the memory of a child is counted from what its parent held.
        command("klastry export --format jsonl", *config, "export", "--format", "jsonl", str(folder / "out"))
        ask_inside(made, changes)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *map(Path, sys.argv[3:4]))
