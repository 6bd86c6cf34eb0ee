"""How large the database of ten years is: hourly visits of the built-in list, with changes every week.

`python benchmarks/evidence.py [UNCHANGED] [WEEKS]` (40 10)

The real crawl visits a schedule of calls and its 20 call cards of 37 kB, served on loopback: some
times with nothing new, then some times with a deadline moved on the schedule and words changed on
five cards. What the database grows by is counted in rows and pages of the file, and multiplied.
"""

import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from crawl_cpu import CARD, HTML, SCHEDULE, site

from monitor.config import load
from monitor.standin import Answer, Pages, StandIn
from monitor.watchlist import watch_list

CARDS, CHANGED = 20, 5
YEARS = 10
HOURS, WEEKS = YEARS * 365 * 24, YEARS * 365 // 7
_WORDS = "ich następcy prawni"


def week(number: int) -> dict[str, Answer]:
    """The site in one week: one tile and some cards say what they never said before."""
    answers = site(CARDS)
    first = answers[SCHEDULE].body.decode()
    tiles = list(re.finditer(r"\d\d(\.\d\d\.\d{4})</p>\s*<p[^>]*>data zakończenia", first))
    end = tiles[number % len(tiles)]
    moved = f"{first[: end.start()]}{1 + number % 28:02}{first[end.start() + 2 :]}"
    answers[SCHEDULE] = Answer(headers=HTML, body=moved.encode())
    for place in range(number * CHANGED, (number + 1) * CHANGED):
        url = f"{CARD}-{place % CARDS}"
        said = answers[url].body.decode().replace(_WORDS, f"{_WORDS}, także w turze {number}")
        answers[url] = Answer(headers=HTML, body=said.encode())
    return answers


def size(database: Path) -> tuple[int, int]:
    """Bytes of the database without its free pages, and the bodies in it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        page, free, pages = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_size", "freelist_count", "page_count")
        )
        (bodies,) = connection.execute("SELECT COUNT(*) FROM body").fetchone()
    return page * (pages - free), bodies


def crawl(folder: Path, stand_in: StandIn) -> None:
    words = [sys.executable, "-P", "-m", "monitor.cli", "crawl", "calls-parp", "--no-publish"]
    environment = {**os.environ, **stand_in.environment()}
    subprocess.run(words, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)


def sizes(unchanged: int, weeks: int) -> Iterator[tuple[int, int]]:
    """The database after the first visit, after visits without news, after weeks with changes."""
    with TemporaryDirectory(prefix="klastry-bench-") as name, StandIn(Pages(week(0))) as stand_in:
        folder = Path(name)
        (folder / "klastry.toml").write_text("[crawl]\ndelay = 0\n")
        crawl(folder, stand_in)
        yield size(folder / "data/klastry.db")
        for _ in range(unchanged):
            crawl(folder, stand_in)
        yield size(folder / "data/klastry.db")
        for number in range(1, weeks + 1):
            stand_in.answer = Pages(week(number))
            crawl(folder, stand_in)
        yield size(folder / "data/klastry.db")


def main(unchanged: int = 40, weeks: int = 10) -> None:
    first, calm, busy = sizes(unchanged, weeks)
    sources = sum(not source.dormant for source in watch_list(load(None, {}, Path())))
    a_visit = (calm[0] - first[0]) / unchanged
    a_week = (busy[0] - calm[0]) / weeks
    total = first[0] * sources + HOURS * sources * a_visit + WEEKS * sources * a_week
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}")
    print(f"first visit of a source: {first[0] / 1e6:.2f} MB, {first[1]} bodies")
    print(f"a visit without news: {a_visit:.0f} bytes, {calm[1] - first[1]} bodies in {unchanged}")
    print(f"a week with changes: {a_week / 1e3:.1f} kB, {(busy[1] - calm[1]) / weeks:.1f} bodies")
    print(f"{sources} sources, {YEARS} years, visited every hour: {total / 1e6:.0f} MB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
