"""Changes told one after another, for tests of wording, feeds and pages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.bodies import Site
from monitor.config_tables import FeedTable
from monitor.entries import Entry, entries
from monitor.feed_drawing import FeedDrawing, Stories
from monitor.feeds import Masthead, feeds
from monitor.wording import sentences
from storage.records import Change

START = datetime(2026, 11, 4, 6, 15, 9, tzinfo=UTC)
CALL = "Rozwój oferty klastrów dla firm"
TITLES = {
    "kkk-mr": "Krajowe Klastry Kluczowe",
    "competition-mr": "Konkurs o status KKK",
    "calls-parp": "Harmonogram naborów PARP",
    "news-parp": "Aktualności PARP",
}


def source_title(source: str) -> str:
    """The title of a source of these tests."""
    return TITLES.get(source, source)


def site(language: str = "pl") -> Site:
    """A published site."""
    return Site("https://monitor.example.org/klastry/", language, source_title)


def change(**said: Any) -> Change:
    """A moved deadline, but for what is `said`."""
    row: dict[str, Any] = {
        "verb": "changed",
        "kind": "call",
        "entity": "call-1",
        "name": CALL,
        "field": "closes",
        "old": "2023-08-30",
        "new": "2023-09-29",
        "seen_after": START - timedelta(hours=2),
        "seen_by": START,
        "source": "calls-parp",
        "url": "https://www.parp.gov.pl/component/grants/grants/rozwoj-oferty",
        "evidence": "ab12" * 16,
    }
    return Change(**{**row, **said})


def appeared(**said: Any) -> Change:
    """A new call, but for what is `said`."""
    return change(**{"verb": "appeared", "field": None, "old": None, "new": None, **said})


def began() -> Change:
    """Watching began of two sources."""
    nothing = {"kind": None, "entity": None, "name": None, "url": None, "evidence": None, "seen_after": None}
    return appeared(verb="began", new=("kkk-mr: 20", "calls-parp: 2"), **nothing)


def told(
    *groups: Sequence[Change], language: str = "pl", every: timedelta = timedelta(hours=2)
) -> list[Change]:
    """Each group told as one entry, `every` apart."""
    tell = sentences(language, source_title)
    rows = []
    for number, group in enumerate(groups):
        for place, (row, summary) in enumerate(zip(group, tell(group), strict=True)):
            entry = f"tag:monitor.example.org,2026:{number:016x}"
            at = START + number * every if place == 0 else None
            rows.append(replace(row, id=len(rows) + 1, summary=summary, entry=entry, told_at=at))
    return rows


def news(
    *groups: Sequence[Change], language: str = "pl", every: timedelta = timedelta(hours=2)
) -> tuple[Entry, ...]:
    """The entries of `told`."""
    return entries(told(*groups, language=language, every=every))


def masthead(language: str = "pl") -> Masthead:
    """Who publishes: the site of these tests, since half a year before `START`."""
    return Masthead(site(language), "monitor.example.org", START - timedelta(days=180))


def feed_files(
    told: Sequence[Entry], language: str = "pl", own: Mapping[str, FeedTable] | None = None
) -> dict[str, bytes]:
    """All documents of the readers' feeds that tell these entries, by path."""
    by_number = {entry.number: entry for entry in told}
    stories = Stories(masthead(language), lambda numbers: [by_number[number] for number in numbers])
    drawing = FeedDrawing(feeds(language, own or {}, ()), masthead(language), stories, Path("none"), 0, None)
    return {
        path: content for files in (*drawing.take(told), *drawing.finish()) for path, content in files.items()
    }
