"""All evidence of one source as it is kept, to read it again from nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, func, select

from storage import evidence
from storage.asking import next_numbers, spell_of
from storage.errors import StorageError
from storage.past import Spell
from storage.records import LIST, Key, Kind, Page
from storage.tables import body, capture, entity, entity_key, ledger, page, review, spell, visit
from storage.unread import BELIEVED

LAST = 2**31 - 1
"""A row of the ledger after all there are."""


@dataclass(frozen=True)
class Kept:
    """A capture as it is kept, with its page; `reader` and `version` are of its last reading."""

    id: int
    visit: int
    key: str
    page: Page
    reader: str
    version: int


@dataclass(frozen=True)
class Visited:
    """A visit whose list was believed; `row` is the last row of the ledger it knew or wrote.

    `records` were on its list, on so many `pages`; none were read where it was unchanged.
    """

    id: int
    at: datetime
    address: str
    mode: str
    list: str
    records: int
    pages: int
    row: int


@dataclass(frozen=True)
class Standing:
    """A spell as it stands in the history, and the capture it was read from."""

    spell: Spell
    capture: int
    cause: str


@dataclass(frozen=True)
class Evidence:
    """What is known of one source: its visits and captures in the order of their numbers.

    `keys` gives, for each key, who held it from which row of the ledger (included) to which
    (not included); `merged` the entity that a merged one became; `doubted` the keys of records
    that were or are held as possible renames.
    """

    visits: tuple[Visited, ...]
    captures: tuple[Kept, ...]
    rows: Mapping[int, int]
    """For each capture, the row of the ledger that its visit knew or wrote."""
    modes: Mapping[int, str]
    """For each capture, the mode of its visit."""
    standing: tuple[Standing, ...]
    keys: Mapping[Key, Sequence[tuple[int, int, str]]]
    kinds: Mapping[str, Kind]
    merged: Mapping[str, str]
    doubted: frozenset[str]
    confirmed: Mapping[str, datetime]
    """For each page, when it was last known to say what it says."""
    gone: Mapping[str, datetime]
    """For each page that is gone, since when."""
    next_number: Mapping[Kind, int]


def evidence_of(connection: Connection, source: str) -> Evidence:
    """All that is known of `source`. Raises StorageError where a body is lost."""
    rows = _rows_of_visits(connection, source)
    captures = _captures(connection, source)
    return Evidence(
        visits=_visits(connection, source, rows),
        captures=captures,
        rows={each.id: rows[each.visit][0] for each in captures},
        modes={each.id: rows[each.visit][1] for each in captures},
        standing=_standing(connection, source),
        keys=_keys(connection),
        kinds={row.id: row.kind for row in connection.execute(select(entity.c.id, entity.c.kind))},
        merged=_merged(connection),
        doubted=frozenset(
            subject.partition(" > ")[2]
            for subject in connection.scalars(
                select(review.c.subject).where(review.c.source == source, review.c.kind == "rename")
            )
        ),
        confirmed=_of_pages(connection, source, page.c.confirmed),
        gone=_of_pages(connection, source, page.c.gone_since),
        next_number=next_numbers(connection),
    )


def _of_pages(connection: Connection, source: str, column: Column[datetime]) -> dict[str, datetime]:
    """A time that is remembered of each page, where there is one."""
    query = select(page.c.key, column).where(page.c.source == source, column.is_not(None))
    return {row[0]: row[1] for row in connection.execute(query)}


def _rows_of_visits(connection: Connection, source: str) -> dict[int, tuple[int, str]]:
    """For each visit of `source` the newest row of the ledger of its run or before, and its mode."""
    newest_rows = select(ledger.c.run, func.max(ledger.c.id)).group_by(ledger.c.run)
    of_run = {row[0]: row[1] for row in connection.execute(newest_rows)}
    found, newest = {}, 1
    query = select(visit.c.id, visit.c.run, visit.c.mode, visit.c.source).order_by(visit.c.id)
    for row in connection.execute(query):
        newest = max(newest, of_run.get(row.run, 0))
        if row.source == source:
            found[row.id] = (newest, row.mode)
    return found


def _visits(connection: Connection, source: str, rows: Mapping[int, tuple[int, str]]) -> tuple[Visited, ...]:
    accepted = (
        select(spell.c.id)
        .join(capture, capture.c.id == spell.c.capture)
        .where(capture.c.visit == visit.c.id, capture.c.page.like(f"{LIST}%"))
        .exists()
    )
    query = select(visit).where(visit.c.source == source, visit.c.list.in_(BELIEVED) | accepted)
    return tuple(
        Visited(
            row["id"],
            row["at"],
            row["address"],
            row["mode"],
            row["list"],
            row["records"],
            row["list_pages"],
            rows[row["id"]][0],
        )
        for row in connection.execute(query.order_by(visit.c.id)).mappings()
    )


def _captures(connection: Connection, source: str) -> tuple[Kept, ...]:
    used = select(spell.c.id).where(spell.c.capture == capture.c.id).exists()
    query = (
        select(capture, body.c.packed)
        .join(body, body.c.sha256 == capture.c.sha256)
        .where(
            capture.c.source == source,
            capture.c.reader.is_not(None),
            capture.c.refused.is_(None) | used,
        )
        .order_by(capture.c.id)
    )
    return tuple(_kept(row) for row in connection.execute(query).mappings())


def _kept(row: Mapping[Any, Any]) -> Kept:
    try:
        content = evidence.unpack(row["packed"])
    except Exception as error:
        raise StorageError(f"the body {row['sha256']} cannot be unpacked: run `klastry verify`") from error
    headers = {"content-type": row["media_type"], **json.loads(row["headers"])}
    answer = Page(row["address"], row["reached"], row["at"], row["status"], headers, content)
    return Kept(row["id"], row["visit"], row["page"], answer, row["reader"], row["version"] or 0)


def _standing(connection: Connection, source: str) -> tuple[Standing, ...]:
    query = select(spell).where(spell.c.source == source, spell.c.dropped.is_(None)).order_by(spell.c.id)
    return tuple(
        Standing(spell_of(row), row["capture"], row["cause"]) for row in connection.execute(query).mappings()
    )


def _keys(connection: Connection) -> dict[Key, list[tuple[int, int, str]]]:
    found: dict[Key, list[tuple[int, int, str]]] = {}
    for row in connection.execute(select(entity_key).order_by(entity_key.c.id)).mappings():
        ended = LAST if row["ended"] is None else row["ended"]
        found.setdefault(Key(row["scheme"], row["value"]), []).append((row["begun"], ended, row["entity"]))
    return found


def _merged(connection: Connection) -> dict[str, str]:
    query = select(entity.c.id, entity.c.merged_into).where(entity.c.merged_into.is_not(None))
    into = {row[0]: row[1] for row in connection.execute(query)}
    found = {}
    for identity, became in into.items():
        while became in into:
            became = into[became]
        found[identity] = str(became)
    return found
