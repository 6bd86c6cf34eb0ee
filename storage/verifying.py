"""Whether the history is what was written: every body re-hashed, the chain walked row by row.

Only what is sealed can be found altered (docs/history.md). Answers come from indexes too, so these
are held against their tables. Each thing that does not fit is one line, with the table and the
number of the row, so that it can be looked at.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, func, or_, select, true
from sqlalchemy.exc import DatabaseError

from storage.damage import faults_of_the_file, strangers, unreadable_rows
from storage.forms import moment_text
from storage.ledger import FIRST, SEALED, chain, lines
from storage.tables import body, capture, change, entity, ledger, notice, page, review, spell, visit

_BODIES_AT_ONCE = 20
_LONGEST_VISIT = timedelta(hours=1)  # four times the time that a visit is given
_ROWS_AT_ONCE = 5_000
_UNSEALED = (visit, page, notice, capture)
_UNREADABLE = (DatabaseError, LookupError, TypeError, ValueError)
"""What reading a row that is damaged ends in."""
_MERGED = select(entity.c.id, entity.c.merged_into).where(entity.c.merged_into.is_not(None))


@dataclass(frozen=True)
class Verification:
    """What was verified: so many bodies and rows of the ledger, up to `head`; and what does not fit."""

    bodies: int
    rows: int
    head: str
    findings: tuple[str, ...]

    @property
    def misfits(self) -> str:
        """How many things do not fit, in words."""
        number = len(self.findings)
        return "1 thing does not fit" if number == 1 else f"{number} things do not fit"


def verify(connection: Connection, passed: Callable[[int, int], None] | None = None) -> Verification:
    """Verify everything, as it stood when asked; a crawl may go on meanwhile.

    `passed` is called after each body and each row of the ledger with how many were passed and
    how many there are.
    """
    _hold(connection)
    bodies = connection.scalar(select(func.count()).select_from(body)) or 0
    rows = connection.scalar(select(func.count()).select_from(ledger)) or 0
    walk = _Walk(connection, bodies + rows, passed)
    parts = (
        faults_of_the_file(connection),
        strangers(connection),
        walk.bodies(),
        walk.chain(),
        _loose_ends(connection),
        _unsealed(connection),
    )
    findings = tuple(_findings(connection, parts))
    return Verification(bodies, rows, walk.head, findings)


def _findings(connection: Connection, parts: Iterable[Iterator[str]]) -> list[str]:
    """The findings of all `parts`; where one could not be read to its end, the rows that are why."""
    findings: list[str] = []
    faults: list[Exception] = []
    for part in parts:
        try:
            for finding in part:
                findings.append(finding)
        except _UNREADABLE as fault:
            faults.append(fault)
    unreadable = list(unreadable_rows(connection)) if findings or faults else []
    if faults and not findings and not unreadable:
        raise faults[0]
    if faults and not unreadable:
        said = getattr(faults[0], "orig", faults[0])
        findings.append(f"database: it cannot be read to its end ({' '.join(str(said).split())})")
    return findings + unreadable


def _hold(connection: Connection) -> None:
    """Read one state of the database in all queries to come."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")
    else:
        connection.execution_options(isolation_level="REPEATABLE READ")


class _Walk:
    def __init__(self, connection: Connection, total: int, passed: Callable[[int, int], None] | None) -> None:
        self.head = FIRST
        self._connection, self._total, self._tell, self._count = connection, total, passed, 0

    def bodies(self) -> Iterator[str]:
        query = select(body.c.sha256, body.c.size, body.c.packed).order_by(body.c.sha256)
        for row in self._connection.execute(query, execution_options={"yield_per": _BODIES_AT_ONCE}):
            if fault := _fault(*row):
                yield f"body {row[0][:16]}: {fault}"
            self._pass()

    def chain(self) -> Iterator[str]:
        """Each row is held against the digest kept with the one before, so one fault is one line."""
        expected = 1
        for each in lines(self._connection):
            if each.number != expected:
                yield f"ledger {expected}: missing; the next row is {each.number}"
            elif chain(self.head, each.text) != each.digest:
                yield (
                    f"ledger {each.number}: what run {each.run} wrote at {each.at} was altered "
                    "after it was sealed"
                )
            expected, self.head = each.number + 1, each.digest
            self._pass()

    def _pass(self) -> None:
        self._count += 1
        if self._tell:
            self._tell(self._count, self._total)


def _fault(digest: str, size: int, packed: bytes) -> str | None:
    stream = zlib.decompressobj()
    try:
        unpacked = stream.decompress(packed)
    except zlib.error:
        return "its bytes are damaged"
    if not stream.eof or stream.unused_data:
        return "its bytes are damaged"
    if sha256(unpacked).hexdigest() != digest:
        return "its bytes do not give its hash"
    return None if len(unpacked) == size else f"its size is not {size}"


def _loose_ends(connection: Connection) -> Iterator[str]:
    """What no row of the ledger answers for."""
    rows = select(ledger.c.id)
    for table, column, _ in SEALED.values():
        number = table.c[column]
        for row in connection.execute(select(table.c.id, number).where(number.not_in(rows))):
            yield f"{table.name} {row[0]}: it names row {row[1]} of the ledger, which is missing"
    for row in connection.execute(
        select(spell.c.id).where(spell.c.gone_by.is_(None) != spell.c.ended.is_(None))
    ):
        yield f"spell {row[0]}: it ends without a row of the ledger"
    decided = or_(
        review.c.verdict.is_not(None), review.c.reason.is_not(None), review.c.decided_at.is_not(None)
    )
    for row in connection.execute(select(review.c.id).where(decided & review.c.ended.is_(None))):
        yield f"review {row[0]}: it is decided without a row of the ledger"
    kept = select(body.c.sha256)
    for row in connection.execute(select(capture.c.id).where(capture.c.sha256.not_in(kept))):
        yield f"capture {row[0]}: its body is missing"
    for row in connection.execute(kept.where(body.c.sha256.not_in(select(capture.c.sha256)))):
        yield f"body {row[0][:16]}: no page is kept of which it is the body"
    for row in connection.execute(select(change.c.id).where(change.c.evidence.not_in(kept))):
        yield f"change {row[0]}: its evidence is missing"
    yield from _merges(connection)


def _unsealed(connection: Connection) -> Iterator[str]:
    """Of what is not sealed: that it can be read, and that what was met was met by a visit."""
    for table in _UNSEALED:
        for _ in connection.execute(select(table), execution_options={"yield_per": _ROWS_AT_ONCE}):
            pass
    for name, at in _unmet(connection, page, page.c.source + " " + page.c.key, page.c.confirmed):
        yield f"page {name}: no visit met it at {moment_text(at)}"
    # Who confirms a page asked for it; only that it is gone is an answer that confirms nothing.
    there = (page.c.gone_since.is_(None), page.c.confirmed != page.c.asked_at)
    for row in connection.execute(select(page.c.source, page.c.key, page.c.confirmed).where(*there)):
        yield f"page {row[0]} {row[1]}: it was not asked for when it was met, {moment_text(row[2])}"
    standing = spell.c.ended.is_(None)
    for name, at in _unmet(connection, spell, spell.c.id, spell.c.last_seen, standing):
        yield f"spell {name}: no visit met it at {moment_text(at)}"


def _unmet(
    connection: Connection,
    table: Table,
    name: ColumnElement[Any],
    at: Column[datetime],
    only: ColumnElement[bool] = true(),  # noqa: B008
) -> Iterator[tuple[Any, datetime]]:
    """Names of rows of `table` that were met `at` a time when their source was not visited.

    A visit meets its pages one after the other, so some time after its beginning.
    """
    begun = select(visit.c.id).where(visit.c.source == table.c.source, visit.c.at == at)
    late = select(name, table.c.source, at).where(at.is_not(None), ~begun.exists(), only)
    for row in connection.execute(late):
        visits = select(func.max(visit.c.at)).where(visit.c.source == row[1], visit.c.at <= row[2])
        last = connection.scalar(visits)
        if last is None or row[2] - last > _LONGEST_VISIT:
            yield row[0], row[2]


def _merges(connection: Connection) -> Iterator[str]:
    """Merges have no column of the ledger: its notes say them, `{"merged": {entity: into or null}}`."""
    said: dict[str, str | None] = {}
    notes = select(ledger.c.id, ledger.c.note).where(ledger.c.note.like('%"merged"%')).order_by(ledger.c.id)
    for row in connection.execute(notes):
        try:
            said |= json.loads(row[1]).get("merged", {})
        except (ValueError, AttributeError, TypeError):
            yield f"ledger {row[0]}: its note cannot be read"
    merged = {row[0]: row[1] for row in connection.execute(_MERGED)}
    for name in sorted(merged.keys() | said.keys()):
        if merged.get(name) != said.get(name):
            yield f"entity {name}: it is merged into {merged.get(name)}, the ledger says {said.get(name)}"
