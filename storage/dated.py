"""Calls with a date that is not long past: all that was said of them, as it became known.

What became known never changes: rows of the ledger are only added, and a value that is no
longer said, or proved false, stays with the rows by which it came and went.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, select

from storage.forms import WARSAW, value_of
from storage.records import Value
from storage.tables import change, entity, ledger, spell

_DATES = ("opens", "closes", "results")
"""Rounds have no part in the choice: a page that prints rounds says `opens` and `closes` too."""
_SAID = (*_DATES, "rounds", "status", "title", "number", "programme", "institution", "beneficiaries", "url")
_PASSAGES = ("appeared", "disappeared", "returned", "retracted")
_CHUNK = 400


class Stated(NamedTuple):
    """One value that a page said of a call; known from ledger row `begun` until row `over`.

    `over` is None while it stands. `first_seen` in UTC; `derived`: computed from rounds.
    """

    field: str
    value: Value
    source: str
    page: str
    rank: int
    derived: bool
    first_seen: datetime
    id: int
    begun: int
    over: int | None


class Passage(NamedTuple):
    """From ledger row `row` on the call is told to be gone since `gone` (UTC), or, if None, to be there."""

    row: int
    gone: datetime | None


@dataclass(frozen=True)
class CallPast:
    """All that was said of one call, merged away or not, in the order in which it was kept."""

    entity: str
    stated: tuple[Stated, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class DatedCalls:
    """Calls that ever had a date later than the Warsaw day `since` (`2026-08-20`), oldest first.

    `dated` are the ids of all of them, `calls` those that were told of. `recorded` gives the time,
    UTC, of every row of the ledger that these name.
    """

    since: str
    calls: tuple[CallPast, ...] = ()
    recorded: Mapping[int, datetime] = field(default_factory=dict)
    dated: tuple[str, ...] = ()


def dated_calls(connection: Connection, days: int, known: Collection[str] = ()) -> DatedCalls:
    """Calls with a date later than `days` days before the newest change was recorded.

    Of those that are `known` nothing is told.
    """
    newest = connection.scalar(
        select(ledger.c.at).join(change, change.c.ledger == ledger.c.id).order_by(change.c.id.desc()).limit(1)
    )
    if newest is None:
        return DatedCalls("")
    since = (newest - timedelta(days=days)).astimezone(WARSAW).date().isoformat()
    chosen = (
        select(entity.c.id)
        .join(spell, spell.c.entity == entity.c.id)
        .where(entity.c.kind == "call", spell.c.field.in_(_DATES), spell.c.value > since)
        .group_by(entity.c.id, entity.c.number)
        .order_by(entity.c.number)
    )
    dated = tuple(connection.scalars(chosen))
    wanted, calls = [each for each in dated if each not in known], list[CallPast]()
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        stated, passages = dict(_stated(connection, some)), dict(_passages(connection, some))
        calls += [CallPast(call, stated[call], passages.get(call, ())) for call in some]
    return DatedCalls(since, tuple(calls), _recorded(connection, calls), dated)


def _stated(connection: Connection, calls: Collection[str]) -> Iterator[tuple[str, tuple[Stated, ...]]]:
    columns = "entity field value source page rank derived first_seen id begun ended dropped".split()
    query = (
        select(*(spell.c[name] for name in columns))
        .where(spell.c.entity.in_(calls), spell.c.field.in_(_SAID))
        .order_by(spell.c.entity, spell.c.id)
    )
    for call, rows in groupby(connection.execute(query), key=itemgetter(0)):
        yield call, tuple(map(_statement, rows))


def _statement(row: Any) -> Stated:
    _, field, text, source, page, rank, derived, first_seen, number, begun, ended, dropped = row
    value = value_of(field, text)
    assert value is not None
    over = ended if dropped is None or (ended is not None and ended < dropped) else dropped
    return Stated(field, value, source, page, rank, derived, first_seen, number, begun, over)


def _passages(connection: Connection, calls: Collection[str]) -> Iterator[tuple[str, tuple[Passage, ...]]]:
    query = (
        select(change.c.entity, change.c.ledger, change.c.verb, change.c.seen_by, change.c.id)
        .add_columns(change.c.summary, change.c.old)
        .where(change.c.entity.in_(calls), change.c.verb.in_(_PASSAGES))
        .order_by(change.c.entity, change.c.id)
    )
    for call, rows in groupby(connection.execute(query), key=lambda row: row.entity):
        yield call, tuple(_comings(rows))


def _comings(rows: Iterable[Row[Any]]) -> Iterator[Passage]:
    """Whether the call is gone after each row: the newest that was not taken back says so."""
    believed: list[Row[Any]] = []
    for row in rows:
        if row.verb == "retracted":
            believed = [each for each in believed if each.summary != row.old]
        else:
            believed.append(row)
        # A backfill tells of older times later.
        last = max(believed, key=lambda each: (each.seen_by, each.id), default=None)
        yield Passage(row.ledger, last.seen_by if last and last.verb == "disappeared" else None)


def _recorded(connection: Connection, calls: Iterable[CallPast]) -> dict[int, datetime]:
    rows = {
        row for call in calls for each in call.stated for row in (each.begun, each.over) if row is not None
    } | {each.row for call in calls for each in call.passages}
    wanted, found = sorted(rows), dict[int, datetime]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(ledger.c.id, ledger.c.at).where(ledger.c.id.in_(wanted[start : start + _CHUNK]))
        found |= {row.id: row.at for row in connection.execute(query)}
    return found
