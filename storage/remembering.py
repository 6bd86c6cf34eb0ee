"""Writing down what a visit decided, in one transaction, sealed in the ledger."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage import evidence
from storage.addresses import update_page
from storage.forms import value_text
from storage.past import Decision, Spell
from storage.records import LIST, Change, Key, Kind, Said, Source, Unchanged
from storage.sealing import Run, open_ledger, seal
from storage.tables import capture, entity, entity_key, review, spell, visit
from storage.telling import write_changes


def remember(connection: Connection, source: Source, decision: Decision, run: Run) -> tuple[Change, ...]:
    """Write `decision` down; gives the changes that were told by it, leading rows first."""
    number = write_visit(connection, decision, run)
    for answer in decision.snapshot.robots:
        evidence.keep_robots(connection, number, source.id, answer)
    captures = {update.key: update_page(connection, number, source.id, update) for update in decision.pages}
    for refused in decision.refused:
        captures[refused.key] = evidence.keep_refused(connection, number, source.id, refused)
    _freeze(connection, decision)
    if not _changes_history(decision):
        return ()
    row = open_ledger(connection, run, decision.cause)
    write_entities(connection, decision.entities, decision.keys, row)
    _end(connection, decision, row)
    write_spells(connection, decision.begun, row, decision.cause, captures)
    write_doubts(connection, source.id, decision, row, run, captures)
    told = write_changes(connection, decision.changes, row, run)
    seal(connection, row)
    return told


def write_visit(connection: Connection, decision: Decision, run: Run) -> int:
    """Write one row for the visit; gives its number."""
    snapshot = decision.snapshot
    values = {
        "run": run.id,
        "source": snapshot.source,
        "mode": run.mode,
        "at": snapshot.at,
        "state": decision.state,
        "reason": decision.reason,
        "detail": decision.detail,
        "address": snapshot.address,
        "pages": snapshot.requests,
        "missed": decision.missed,
        "records": decision.records,
        "clock": decision.clock,
        "list": decision.list,
        "list_pages": sum(isinstance(page, Said | Unchanged) for page in snapshot.pages),
    }
    return int(connection.execute(insert(visit).values(values).returning(visit.c.id)).scalar_one())


def _changes_history(decision: Decision) -> bool:
    return any(
        (
            decision.entities,
            decision.keys,
            decision.begun,
            decision.ended,
            decision.changes,
            decision.doubts,
            decision.settled,
        )
    )


def write_entities(
    connection: Connection, entities: Iterable[tuple[str, Kind]], keys: Iterable[tuple[Key, str]], row: int
) -> None:
    """Begin entities, and give keys: whoever held one of them holds it no more."""
    for identity, kind in entities:
        number = int(identity.rpartition("-")[2])
        connection.execute(insert(entity).values(id=identity, kind=kind, number=number, begun=row))
    for key, identity in keys:
        connection.execute(
            update(entity_key)
            .where(
                entity_key.c.scheme == key.scheme,
                entity_key.c.value == key.value,
                entity_key.c.ended.is_(None),
            )
            .values(ended=row)
        )
        connection.execute(
            insert(entity_key).values(scheme=key.scheme, value=key.value, entity=identity, begun=row)
        )


def _freeze(connection: Connection, decision: Decision) -> None:
    """Move the last sight of standing spells; no interval ends, so the ledger is not asked."""
    for standing, last_seen in decision.frozen:
        connection.execute(update(spell).where(spell.c.id == standing.id).values(last_seen=last_seen))
    for standing in decision.thawed:
        connection.execute(update(spell).where(spell.c.id == standing.id).values(last_seen=None))


def _end(connection: Connection, decision: Decision, row: int) -> None:
    for ending in decision.ended:
        connection.execute(
            update(spell)
            .where(spell.c.id == ending.spell.id)
            .values(last_seen=ending.last_seen, gone_by=ending.gone_by, ended=row)
        )


def write_spells(
    connection: Connection, begun: Iterable[Spell], row: int, cause: str, captures: Mapping[str, int | None]
) -> None:
    """Write spells that begin; `captures` by the key of the page each was read from."""
    rows = [_spell_row(each, row, cause, captures) for each in begun]
    if rows:
        connection.execute(insert(spell), rows)


def _spell_row(each: Spell, row: int, cause: str, captures: Mapping[str, int | None]) -> dict[str, Any]:
    return {
        "entity": each.entity,
        "field": each.field,
        "value": value_text(each.value),
        "printed": each.printed,
        "derived": each.derived,
        "source": each.source,
        "page": each.page,
        "rank": each.rank,
        "seen_after": each.seen_after,
        "first_seen": each.first_seen,
        "last_seen": each.last_seen,
        "gone_by": each.gone_by,
        "ended": None if each.stands else row,
        "cause": cause,
        "capture": captures[each.seen_on or each.page],
        "begun": row,
    }


def write_doubts(
    connection: Connection,
    source: str,
    decision: Decision,
    row: int,
    run: Run,
    captures: Mapping[str, int | None],
) -> None:
    """Open the reviews of new doubts; close those that are no longer raised."""
    for doubt in decision.doubts:
        connection.execute(
            insert(review).values(
                kind=doubt.kind,
                source=source,
                subject=doubt.subject,
                counts=doubt.counts,
                capture=captures.get(doubt.page) or _newest_capture(connection, source),
                opened_at=run.now,
                begun=row,
            )
        )
    for doubt in decision.settled:
        connection.execute(
            update(review)
            .where(review.c.id == doubt.id)
            .values(verdict="withdrawn", reason="the page no longer raises it", decided_at=run.now, ended=row)
        )


def _newest_capture(connection: Connection, source: str) -> int | None:
    query = select(func.max(capture.c.id)).where(capture.c.source == source, capture.c.page.like(f"{LIST}%"))
    newest: int | None = connection.scalar(query)
    return newest
