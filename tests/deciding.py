"""A person at the desk, for tests of verdicts: a world whose kept pages can be read again."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import connect
from typing import Any

from monitor.reviewing import Court
from storage.records import Page, Record, Source
from tests.world import CALLS, KKK, World, at

READ: dict[bytes, tuple[Record, ...]] = {}
"""What every page of the tests' worlds says."""


@dataclass(frozen=True)
class Aloud:
    """Reads pages that were written by `tests.world.said`."""

    name: str = "test"
    version: int = 1

    def content(self, page: Page) -> str:
        return page.body.decode()

    def read(self, page: Page) -> Iterator[Record]:
        return iter(READ[page.body])

    def more(self, page: Page) -> str | None:
        return None


@dataclass
class Desk:
    """A world, and verdicts in it."""

    world: World
    sources: tuple[Source, ...] = (KKK, CALLS)
    now: float = 30
    said: list[str] = field(default_factory=list)

    def visit(self, day: float, records: list[Record] | None, source: Source = KKK) -> list[str]:
        if records is not None:
            READ[repr(tuple(records)).encode()] = tuple(records)
        return self.world.visit(source, at(day), records)

    def judge(self, number: int, verdict: str, reason: str | None = None) -> list[str]:
        """Decide, a second after what was decided before; gives the sentences told."""
        self.now += 0.001
        with self.world.history.writing() as writing:
            run = self.world.run(at(self.now))
            self.said = Court(writing, self.sources, run, lambda source, address: Aloud()).judge(
                number, verdict, reason
            )
        found = self.world.history.verify()
        assert found == []
        return self.said[1:]

    def open(self) -> list[str]:
        return [f"{row['kind']} {row['subject']}" for row in self.world.history.open_reviews()]

    def number(self) -> int:
        """The review that waits."""
        (row,) = self.world.history.open_reviews()
        return int(row["id"])

    def newest_ledger(self) -> int:
        """The number of the newest row of the ledger."""
        with closing(connect(self.world.history.where)) as raw:
            (number,) = raw.execute("SELECT MAX(id) FROM ledger").fetchone()
        return int(number)

    def answers(self, *times: datetime) -> list[Any]:
        """What the lists say now, and all that stood at each time, without the numbers of spells."""
        history = self.world.history
        lists = [history.rows(view, day="2026-04-01") for view in ("clusters", "calls")]
        return [*lists, *(sorted(map(_plain, history.as_of(time)), key=repr) for time in times)]


def _plain(spell: Any) -> tuple[Any, ...]:
    return (
        spell.entity, spell.field, spell.value, spell.source, spell.page, spell.rank, spell.first_seen,
        spell.seen_after, spell.last_seen, spell.gone_by,
    )  # fmt: skip
