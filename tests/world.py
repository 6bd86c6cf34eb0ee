"""A small world for tests of history: records in memory, visits by hand, a real database file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.decide import decide, keys_of
from storage.history import History
from storage.moments import END_OF_TIME, Moment
from storage.past import Decision
from storage.records import (
    Address,
    Change,
    Details,
    Gone,
    Key,
    Kind,
    Missed,
    Page,
    Reading,
    Record,
    Said,
    Snapshot,
    Source,
    Unchanged,
    call,
    cluster,
    fold,
    page_key,
)
from storage.sealing import Run

START = datetime(2026, 3, 2, 6, 20, tzinfo=UTC)
LIST_URL = "https://www.gov.pl/web/rozwoj-technologia/krajowe-klastry-kluczowe"
SCHEDULE_URL = "https://www.parp.gov.pl/harmonogram-naborow"
CARD = "https://www.parp.gov.pl/component/grants/grants/"

KKK = Source(
    "kkk-mr", "Krajowe Klastry Kluczowe", "cluster", "mr_gov_pl",
    (Address(LIST_URL, "kkk_list", "register"),), ("www.gov.pl",), "20 7 * * *", rank=0, at_least=2,
)  # fmt: skip
CALLS = Source(
    "calls-parp", "Nabory PARP", "call", "pi_gov_pl", (Address(SCHEDULE_URL, "parp_schedule", "window"),),
    ("www.parp.gov.pl",), "15 6-20/2 * * mon-fri", rank=1,
    details=Details("parp_card", "/component/grants/grants/"),
)  # fmt: skip


def at(days: float = 0, hours: float = 0) -> datetime:
    """A time after the start of the tests' world."""
    return START + timedelta(days=days, hours=hours)


def a_cluster(name: str, **values: str | None) -> Record:
    return cluster(Key("name", fold(name)), name=name, **values)


def a_call(slug: str, *, card: bool = False, **values: object) -> Record:
    url = f"{CARD}{slug}"
    return call(Key("grant", slug), detail=None if card else url, url=url, **values)  # type: ignore[arg-type]


def plain(rows: Sequence[Change]) -> Sequence[str]:
    return [f"{row.verb} {row.name} {row.field or ''}".strip() for row in rows]


def page(url: str, when: datetime, body: bytes) -> Page:
    return Page(url, url, when, 200, {"content-type": "text/html"}, body)


def said(url: str, when: datetime, records: Iterable[Record], body: bytes | None = None) -> Said:
    given = tuple(records)
    content = repr(given).encode()
    answer = page(url, when, body or content)
    return Said(answer, given, page(url, when, content).sha256, "test", 1)


@dataclass
class World:
    """A history and the visits made to it."""

    history: History
    runs: int = 0
    decisions: list[Decision] = field(default_factory=list)

    @classmethod
    def new(cls, folder: Path) -> "World":
        world = cls(History.open(str(folder / "klastry.db"), create=True))
        with world.history.writing() as writing:
            writing.begin(world.run(START), "klastry.test")
        return world

    def run(self, now: datetime) -> Run:
        self.runs += 1
        return Run(f"run-{self.runs}", "crawl", now, plain)

    def visit(
        self,
        source: Source,
        when: datetime,
        records: Iterable[Record] | None = None,
        *,
        fault: Missed | Gone | None = None,
        cards: Mapping[str, Sequence[Record] | Gone | str] | None = None,
        whole: bool = True,
        body: bytes | None = None,
        trust_clock: bool = True,
        dates: tuple[datetime, ...] = (),
    ) -> list[str]:
        """Visit once; None records mean an unchanged list. Gives what was told."""
        url = source.address.url
        reading: Reading = Unchanged(url, when, "304") if records is None else said(url, when, records, body)
        details = {page_key(f"{CARD}{slug}"): _card(slug, when, card) for slug, card in (cards or {}).items()}
        snapshot = Snapshot(
            source.id, when, url, source.address.reader, (fault or reading,), whole, details,
            requests=1 + len(details), dates=dates,
        )  # fmt: skip
        return self.take(source, snapshot, trust_clock=trust_clock)

    def take(self, source: Source, snapshot: Snapshot, *, trust_clock: bool = True) -> list[str]:
        run = self.run(snapshot.at)
        with self.history.writing() as writing:
            past = writing.past(source, keys_of(source, snapshot), run)
            decision = decide(source, snapshot, past, trust_clock=trust_clock)
            told = writing.remember(source, decision, run)
        self.decisions.append(decision)
        return list(plain(told))

    @property
    def last(self) -> Decision:
        return self.decisions[-1]

    def listed(self, kind: Kind, day: str) -> list[dict[str, Any]]:
        """The rows of `list` on a day from the last visit on, on which the view and the question agree."""
        rows = self.history.rows(f"{kind}s", day=day)
        with self.history.asked() as asked:
            assert asked.now(kind, Moment(END_OF_TIME, day, f"{day}T00:00:00Z")) == rows
        return rows

    def clusters(self) -> dict[str, str]:
        """Name → listed."""
        return {row["name"]: row["listed"] for row in self.history.rows("clusters")}


def _card(slug: str, when: datetime, card: Sequence[Record] | Gone | str) -> Reading:
    url = f"{CARD}{slug}"
    if isinstance(card, Gone):
        return card
    if card == "gone":
        return Gone(url, when, "http-4xx", "404")
    if card == "missed":
        return Missed(url, when, "timeout", "no answer within 60 s")
    if card == "unchanged":
        return Unchanged(url, when, "304")
    assert not isinstance(card, str)
    return said(url, when, card)


def with_value(record: Record, **values: object) -> Record:
    return replace(record, values={**record.values, **values})  # type: ignore[arg-type]
