"""A working folder into whose history archived copies are brought, and in which visits are made."""

import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from monitor.backfilling import backfill
from monitor.config import Config, load
from monitor.watchlist import built_in
from pipelines.keep import Keeper
from spiders.readers import load as load_reader
from spiders.reading import look_at, never_same
from spiders.signs import Habits
from storage.history import History
from storage.past import LISTED
from storage.records import Change, Page, Snapshot
from storage.sealing import Run
from tests.archives import Answer, recording
from tests.world import plain

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
(KKK_MR,) = (source for source in built_in() if source.id == "kkk-mr")


class Place:
    """A working folder with a configuration, and what is brought into its history."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "klastry.toml").write_text('[monitor]\ncontact = "kontakt@example.org"\n', "utf-8")
        self.folder = folder
        self.config: Config = load(folder / "klastry.toml", {}, folder)
        self._numbers = count()

    def bring(self, *answers: Answer, **how: Any) -> int:
        return self.bring_file(recording(self.folder / f"{next(self._numbers)}.warc.gz", *answers), **how)

    def bring_file(self, file: Path, **how: Any) -> int:
        return backfill(self.config, [file], clock=lambda: NOW, out=sys.stdout, **how)

    def history(self) -> History:
        return History.open(self.config.monitor.database, create=True)

    def visit(self, answer: Answer) -> tuple[Change, ...]:
        """A visit of ours that met this page; gives what was told."""
        _, at, body = answer
        url = KKK_MR.address.url
        page = Page(url, url, at, 200, {"content-type": "text/html"}, body)
        reading = look_at(page, load_reader("kkk_list"), Habits(), never_same).reading
        snapshot = Snapshot("kkk-mr", at, url, "kkk_list", (reading,), whole=True)
        with self.history() as history:
            with history.writing() as writing:
                writing.begin(Run("begin", "crawl", at, plain), "klastry.test")
            run = Run(f"run-{at:%Y%m%d}", "crawl", at, plain)
            keeper = Keeper(history, {"kkk-mr": KKK_MR}, run, trust_clock=True)
            keeper.take(snapshot)
            return keeper.outcomes["kkk-mr"].told

    def listed(self, at: datetime) -> set[str]:
        """Entities that some list held at `at`."""
        with self.history() as history:
            return {spell.entity for spell in history.as_of(at) if spell.field == LISTED}

    def spells(self) -> list[tuple[Any, ...]]:
        """All that stands and stood, each entity by the first name it was given."""
        query = (
            "SELECT entity, source, page, field, value, printed, seen_after, first_seen, last_seen, gone_by "
            "FROM spell WHERE dropped IS NULL ORDER BY first_seen, source, value"
        )
        rows = self.ask(query)
        names: dict[str, str] = {}
        for row in rows:
            if row[3] == "name":
                names.setdefault(row[0], row[4])
        return sorted(((names[row[0]], *row[1:]) for row in rows), key=repr)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.config.monitor.database)) as raw:
            return raw.execute(query).fetchall()

    def verify(self) -> list[str]:
        with self.history() as history:
            assert history.integrity() == "ok"
            return history.verify()
