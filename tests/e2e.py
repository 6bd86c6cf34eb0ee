"""The kit of the end-to-end tests: a folder, a stand-in for the sites, the real command in a child."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from monitor.standin import Answer, Pages, StandIn
from storage.history import History

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROOT = Path(__file__).parents[1]
CONFIG = """
[monitor]
database = "klastry.db"
site_url = "https://klastry.example.org/"

[crawl]
delay = 0
"""
MEASURE = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""
OF_THE_DAY = (
    "health.xml", "health.atom", "health.json", "status.json", "index.html", "clusters.html", "calls.html",
    "entities", "drawn.json",
)  # fmt: skip
"""What depends on the visits and on the day, the mark by what it remembers of lists; all else is a function
of the history."""

Site = Mapping[str, str | bytes | Answer]
T = TypeVar("T")


def clock(hours: float = 0) -> str:
    """A time after the start of the tests' world, as `--at` takes it."""
    return (START + timedelta(hours=hours)).isoformat()


def html(body: str | bytes, **more: Any) -> Answer:
    """A page as servers send one, packed where the client takes that."""
    raw = body.encode() if isinstance(body, str) else body
    return Answer(headers={"Content-Type": "text/html; charset=utf-8"}, body=raw, gzip=True, **more)


def plain_environment() -> dict[str, str]:
    """The environment of the tests without what would tell klastry other things than a test does."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith("KLASTRY_")
    }


def side_by_side(*jobs: Callable[[], T]) -> list[T]:
    """Runs `jobs` two at a time; their results in the same order."""
    with ThreadPoolExecutor(2) as pool:
        return [running.result() for running in [pool.submit(job) for job in jobs]]


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str


class World:
    """A folder with a configuration and a history, and the sites as `site` has them.

    `more` is added to the configuration.
    """

    def __init__(self, folder: Path, site: Site, more: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.site: dict[str, str | bytes | Answer] = dict(site)
        self.date: datetime | None = None
        """What the sites' clocks show, if not what that of this machine does."""
        self.stand_in = StandIn(Pages(), now=lambda: self.date or datetime.now(UTC))
        self.direct: tuple[str, ...] = ()
        """Hosts that are asked themselves, not through the stand-in."""
        if more or not (folder / "klastry.toml").exists():
            (folder / "klastry.toml").write_text(CONFIG + more, encoding="utf-8")
        self.show()

    def __enter__(self) -> Self:
        self.stand_in.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stand_in.__exit__(kind, error, trace)

    def copy(self, folder: Path) -> "World":
        """Another world with the same past and the same sites."""
        shutil.copytree(self.folder, folder)
        return World(folder, self.site)

    def show(self, changed: Site | None = None) -> None:
        """The sites from now on: as they were but for what is `changed`."""
        self.site |= changed or {}
        answers = {url: page if isinstance(page, Answer) else html(page) for url, page in self.site.items()}
        self.stand_in.answer = Pages(answers)

    # Commands

    def begin(self, *words: str, under: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
        """The command in a process of its own, still at work; started by the command `under`, if given."""
        return subprocess.Popen(
            [*under, sys.executable, "-m", "monitor.cli", *words],
            cwd=self.folder,
            env={**plain_environment(), **self.stand_in.environment(), "no_proxy": ",".join(self.direct)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def run(self, *words: str) -> Done:
        """The command from beginning to end."""
        return ended(self.begin(*words))

    def measured(self, *words: str) -> tuple[Done, int]:
        """The command from beginning to end, and the most memory it held, in kB.

        A small process starts it, for a child counts what its parent held.
        """
        done = ended(self.begin(*words, under=(sys.executable, "-c", MEASURE)), seconds=300)
        err, _, memory = done.err.rstrip().rpartition("\n")
        return Done(done.code, done.out, err), int(memory)

    def crawl(self, *words: str, hours: float = 0) -> Done:
        """A crawl whose clock shows so many hours after the start."""
        return self.run("crawl", "--at", clock(hours), *words)

    # What there is

    @property
    def database(self) -> Path:
        return self.folder / "klastry.db"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database answers to `query`, as an analyst would ask it."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def states(self) -> dict[str, str]:
        """State and reason of the last visit of each source."""
        rows = self.rows("SELECT source, state, reason FROM visits ORDER BY id")
        return {source: f"{state} {reason}" if reason else state for source, state, reason in rows}

    def told(self) -> list[str]:
        """The sentences told so far, in order."""
        query = 'SELECT summary FROM "change" WHERE told_at IS NOT NULL ORDER BY told_at'
        return [summary for (summary,) in self.rows(query)]

    def feeds(self) -> dict[str, bytes]:
        """The files that are functions of the history; each feed among them parses."""
        public = self.folder / "public"
        files = {
            str(path.relative_to(public)): path.read_bytes()
            for path in sorted(public.rglob("*"))
            if path.is_file() and path.relative_to(public).parts[0] not in OF_THE_DAY
        }
        for name, content in files.items():
            if name.endswith(".xml"):
                ET.fromstring(content)
        return files

    def times(self) -> dict[str, int]:
        """When each file for readers was last written."""
        return {name: (self.folder / "public" / name).stat().st_mtime_ns for name in self.feeds()}

    def titles(self, feed: str) -> list[str]:
        """The titles of one feed, oldest first."""
        root = ET.fromstring((self.folder / "public" / feed).read_bytes())
        return [item.findtext("title") or "" for item in root.iter("item")][::-1]

    def past(self) -> dict[str, Any]:
        """All that a fault must leave as it is."""
        views = ("clusters", "calls", "articles", "documents", "changes", "history")
        return {
            **{view: self.rows(f"SELECT * FROM {view}") for view in views},
            "ledger": self.rows("SELECT id, digest FROM ledger"),
            "feeds": self.feeds(),
        }

    def facts(self) -> dict[str, list[Any]]:
        """What twins have in common, however their visits went and in whatever order they ended."""
        spells = self.rows(
            "SELECT e.kind, n.value, s.field, s.value, s.source, s.page, s.first_seen, s.last_seen, s.gone_by"
            " FROM spell s JOIN entity e ON e.id = s.entity "
            "LEFT JOIN spell n ON n.entity = s.entity AND n.field IN ('name', 'title') "
            "AND n.page = 'list' AND n.dropped IS NULL AND n.gone_by IS NULL"
        )
        changes = self.rows(
            "SELECT verb, kind, name, field, old, new, seen_after, seen_by, cause, source, url, baseline,"
            " summary, entry IS NULL FROM changes WHERE verb <> 'began'"
        )
        shown = self.rows("SELECT name, round, status_until, listed FROM clusters") + self.rows(
            "SELECT title, opens, closes, listed FROM calls"
        )
        feeds = [name for name in self.feeds() if name.endswith(".xml")]
        titles = [(name, title) for name in feeds for title in self.titles(name)]
        found = {"spells": spells, "changes": changes, "shown": shown, "titles": titles}
        return {name: sorted(rows, key=repr) for name, rows in found.items()}

    def sound(self) -> bool:
        """Whether the database is whole: pages, foreign keys, evidence and chain."""
        with History.open(str(self.database)) as history:
            return history.integrity() == "ok" and history.verify() == []

    def asked(self, since: int = 0) -> list[str]:
        """The addresses asked, robots files aside, after the first `since` requests of all."""
        urls = [asked.url for asked in self.stand_in.asked[since:]]
        return [url for url in urls if not url.endswith("/robots.txt")]


def ended(process: "subprocess.Popen[str]", seconds: float = 60) -> Done:
    """`process` at its end, which must come in time."""
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # what it started, too
            raise
    return Done(process.returncode, out, err)


def only(rows: Iterable[T]) -> T:
    """The one element of `rows`."""
    (one,) = rows
    return one
