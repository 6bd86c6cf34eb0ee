"""Archived copies of the pages of sites that change, brought into a history in any order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.retelling import Again
from storage.rebuilding import Kept
from storage.records import LIST, Record, Said, Source, page_key
from storage.sealing import Run
from tests.deciding import READ
from tests.laws import Weather, ask
from tests.sites import SOURCES, Site
from tests.world import CALLS, CARD, World, at, plain, said


@dataclass(frozen=True)
class Copy:
    """One archived page of a source: its key, what it says, what it proves of the list."""

    source: Source
    key: str
    said: Said
    proves: str


def copies(site: Site, source: Source, when: datetime, weather: Weather) -> list[Copy]:
    """What an archive kept of a source at a time: nothing in bad weather, a part of the list if `cut`."""
    if weather in ("failed", "refused"):
        return []
    url = source.address.url
    if source is not CALLS:
        rows = site.register(source)
        if weather == "cut":
            half = rows[: (len(rows) + 1) // 2]
            return [Copy(source, LIST, said(url, when, half), "some")]
        return [Copy(source, LIST, said(url, when, rows), "whole")]
    found = [Copy(source, LIST, said(url, when, site.schedule()), "some")]
    for slug in site.calls:
        records = site.card(slug)
        if records is not None and weather != "cut":
            page = f"{CARD}{slug}"
            found.append(Copy(source, page_key(page), said(page, when, records), "none"))
    return found


def bring(world: World, found: Iterable[Copy], hours: float = 0) -> None:
    """One command that brings these copies into the history."""
    given = sorted(found, key=lambda each: each.said.at)
    READ.update((each.said.page.body, tuple(each.said.records)) for each in given)
    run = Run(f"backfill-{world.runs}", "backfill", at(hours=hours), plain)
    world.runs += 1
    with world.history.writing() as writing:
        again = Again(writing.rewriting(), run, "backfill", exact=True)
        for source in SOURCES:
            _take_in(again, source, [each for each in given if each.source is source])
        again.tell()


def _take_in(again: Again, source: Source, own: Sequence[Copy]) -> None:
    new = set()
    for each in own:
        reading = each.said
        if not again.rewriting.is_known(source.id, reading.address, reading.at):
            new.add(again.rewriting.keep_reading(
                again.run, source, each.key, reading, each.proves, len(reading.records)
            ))  # fmt: skip

    def read(kept: Kept) -> Sequence[Record]:
        return READ[kept.page.body]

    if new:
        retold = again.correct(source, read, lambda kept: kept.id in new)
        assert retold.faults == []


def intervals(world: World) -> list[tuple[Any, ...]]:
    """All that pages said and when, of whom by the keys they have: numbers tell of the order of reading."""
    keys: dict[str, set[str]] = {}
    for entity, key in ask(world, "SELECT entity, scheme || ':' || value FROM entity_key"):
        keys.setdefault(entity, set()).add(key)
    query = """
SELECT entity, source, page, field, value, printed, rank, seen_after, first_seen, last_seen, gone_by
FROM spell WHERE dropped IS NULL"""
    return sorted(((sorted(keys[entity]), *rest) for entity, *rest in ask(world, query)), key=repr)
