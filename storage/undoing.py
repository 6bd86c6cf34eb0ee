"""Undoing a decision: what it wrote is dropped, what it dropped is written anew.

A merge can be undone at any time: what was read since on pages of the merged entity goes back to
it. Every other decision only until later readings are built on it; then it is refused, and the
later change is named.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, or_, select, update

from storage.correcting import drop, write_anew
from storage.deciding import Review, read_again, settle
from storage.errors import UsageError
from storage.forms import Moment, canonical, moment, moment_text
from storage.records import LIST, Change
from storage.sealing import Run, open_ledger, seal
from storage.tables import change, entity, entity_key, ledger, page, review, spell, visit
from storage.telling import write_changes
from storage.told import change_of

_REASON = "the decision that raised it was undone"


def undo(
    connection: Connection, doubt: Review, reason: str | None, run: Run
) -> tuple[int, tuple[Change, ...]]:
    """Undo the decision of `doubt`; gives the review that waits again, and what was told of it.

    Raises UsageError when later readings are built on the decision.
    """
    assert doubt.decided
    number = doubt.decided
    note = json.loads(connection.scalar(select(ledger.c.note).where(ledger.c.id == number)) or "{}")
    _refuse_if_built_upon(connection, doubt, number)
    row = open_ledger(connection, run, "human")
    _restore_spells(connection, note, number, row)
    _restore_keys(connection, number, row)
    gone = list(note.get("merged", {}))
    connection.execute(update(entity).where(entity.c.id.in_(gone)).values(merged_into=None))
    _restore_visit(connection, note)
    if doubt.kind == "rename":
        read_again(connection, doubt.source)
    reopened = _restore_reviews(connection, number, row, run)
    told = write_changes(connection, _retractions(connection, number), row, run)
    said = {"undoes": number, "reopened": reopened, "reason": reason, "merged": dict.fromkeys(gone)}
    connection.execute(update(ledger).where(ledger.c.id == row).values(note=canonical(said)))
    seal(connection, row)
    return dict(reopened)[doubt.id], told


def _refuse_if_built_upon(connection: Connection, doubt: Review, number: int) -> None:
    later = [row for row in _later_rows(connection, doubt, number) if row]
    if not later:
        return
    first = min(later)
    query = select(change.c.id, change.c.summary).where(change.c.ledger == first)
    named = connection.execute(query.order_by(change.c.entity.not_in(_touched(number)), change.c.id)).first()
    at = moment_text(connection.scalars(select(ledger.c.at).where(ledger.c.id == first)).one())
    what = f"change {named.id} ({named.summary})" if named else "a later reading"
    raise UsageError(f"review {doubt.id} can no longer be undone: {what}, recorded {at}, is built on it")


def _touched(number: int) -> Any:
    """The entities whose spells a decision wrote or dropped."""
    return select(spell.c.entity).where(or_(spell.c.begun == number, spell.c.dropped == number))


def _later_rows(connection: Connection, doubt: Review, number: int) -> Iterable[int | None]:
    """Rows of the ledger that are built on row `number`."""
    begun = spell.c.begun == number
    yield _first(connection, spell, spell.c.dropped, begun, spell.c.dropped.is_not(None))
    yield _first(connection, entity_key, entity_key.c.ended, entity_key.c.begun == number)
    if doubt.kind == "merge":
        return
    yield _first(connection, spell, spell.c.ended, begun, spell.c.ended > number)
    since = (spell.c.begun > number, spell.c.dropped.is_(None))
    begun_entities = select(entity.c.id).where(entity.c.begun == number)
    yield _first(connection, spell, spell.c.begun, *since, spell.c.entity.in_(begun_entities))
    before = spell.alias()
    same = [spell.c[name] == before.c[name] for name in ("entity", "field", "source", "page")]
    replaced = (
        select(before.c.id).where(before.c.dropped == number, before.c.gone_by.is_(None), *same).exists()
    )
    yield _first(connection, spell, spell.c.begun, *since, replaced)
    yield _first(
        connection,
        change,
        change.c.ledger,
        change.c.ledger > number,
        change.c.source == doubt.source,
        change.c.verb != "retracted",
        change.c.entity.in_(_touched(number)),
    )
    if doubt.kind == "mass-change":
        listed = (spell.c.source == doubt.source, spell.c.page == LIST)
        read = connection.scalar(select(begun).where(begun).limit(1))
        yield _first(connection, spell, spell.c.begun, *since, *listed) if read else None


def _first(
    connection: Connection, table: Table, row: ColumnElement[int], *which: ColumnElement[bool]
) -> int | None:
    query = select(row).select_from(table).where(row.is_not(None), *which).order_by(row).limit(1)
    found: int | None = connection.scalar(query)
    return found


def _restore_spells(connection: Connection, note: Mapping[str, Any], number: int, row: int) -> None:
    carried = _carried(connection, note)
    late = _read_since(connection, note, number)
    dropped = connection.scalars(
        select(spell.c.id).where(spell.c.dropped == number).order_by(spell.c.id)
    ).all()
    wrote = connection.scalars(select(spell.c.id).where(spell.c.begun == number)).all()
    drop(connection, wrote, row)
    for original in dropped:
        write_anew(connection, [original], row, carried.get(original, {}))
    for gone, numbers in late.items():
        write_anew(connection, numbers, row, {"entity": gone})


def _carried(connection: Connection, note: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """Of merged spells: what happened to their copies since, which happened to them."""
    if not note.get("merged"):
        return {}
    found = {}
    for original, copy, written in note["copies"]:
        old, new = (
            connection.execute(select(spell).where(spell.c.id == number)).mappings().one()
            for number in (original, copy)
        )
        seen = moment_text(new["last_seen"]) if new["last_seen"] else None
        if old["gone_by"] is None and (new["gone_by"] is not None or seen != written):
            found[original] = {"last_seen": new["last_seen"], "gone_by": new["gone_by"]}
    return found


def _read_since(connection: Connection, note: Mapping[str, Any], number: int) -> dict[str, list[int]]:
    """Spells read since a merge on pages that spoke of the merged entity alone."""
    found = {}
    for gone, into in note.get("merged", {}).items():
        pages = select(spell.c.source, spell.c.page).where(spell.c.dropped == number, spell.c.entity == gone)
        others = select(spell.c.source, spell.c.page).where(spell.c.begun < number, spell.c.entity == into)
        said, shared = (connection.execute(query).all() for query in (pages, others))
        only = {(row.source, row.page) for row in said} - {(row.source, row.page) for row in shared}
        query = select(spell.c.id, spell.c.source, spell.c.page).where(
            spell.c.entity == into, spell.c.begun > number, spell.c.dropped.is_(None)
        )
        found[gone] = [row.id for row in connection.execute(query) if (row.source, row.page) in only]
    return found


def _restore_keys(connection: Connection, number: int, row: int) -> None:
    given = (entity_key.c.begun == number, entity_key.c.ended.is_(None))
    connection.execute(update(entity_key).where(*given).values(ended=row))
    taken = connection.execute(
        select(entity_key).where(entity_key.c.ended == number).order_by(entity_key.c.id)
    )
    for key in taken.mappings().all():
        held = {name: key[name] for name in ("scheme", "value", "entity")}
        connection.execute(insert(entity_key).values(**held, begun=row))


def _restore_visit(connection: Connection, note: Mapping[str, Any]) -> None:
    """Visits that were believed are so no more, and the pages are remembered as before."""
    connection.execute(update(visit).where(visit.c.id.in_(note.get("whole", ()))).values(list="some"))
    if "visit" not in note:
        return
    values = {
        "state": "refused",
        "reason": "mass-change",
        "detail": "it was believed by a person, who took it back",
        "list": "none",
    }
    connection.execute(update(visit).where(visit.c.id == note["visit"]).values(values))
    for kept in note["pages"]:
        here = (page.c.source == kept["source"], page.c.key == kept["key"])
        connection.execute(update(page).where(*here).values(_from_text(kept)))


def _from_text(kept: Mapping[str, Any]) -> dict[str, Any]:
    times = {column.name for column in page.c if isinstance(column.type, Moment)}
    return {name: moment(each) if each and name in times else each for name, each in kept.items()}


def _restore_reviews(connection: Connection, number: int, row: int, run: Run) -> list[tuple[int, int]]:
    """Open again what was closed; gives pairs of a review and the one that takes its place."""
    raised = select(review.c.id).where(review.c.begun == number, review.c.ended.is_(None))
    for each in connection.scalars(raised).all():
        settle(connection, each, "withdrawn", _REASON, row, run)
    reopened = []
    closed = connection.execute(select(review).where(review.c.ended == number).order_by(review.c.id))
    for old in closed.mappings().all():
        same = {name: old[name] for name in ("kind", "source", "subject", "counts", "capture", "opened_at")}
        new = connection.execute(insert(review).values(**same, begun=row).returning(review.c.id)).scalar_one()
        reopened.append((old["id"], int(new)))
    return reopened


def _retractions(connection: Connection, number: int) -> list[tuple[Change, ...]]:
    """One row for each entry that the decision told."""
    query = (
        select(change).where(change.c.ledger == number, change.c.told_at.is_not(None)).order_by(change.c.id)
    )
    return [(_retraction(change_of(dict(row))),) for row in connection.execute(query).mappings()]


def _retraction(told: Change) -> Change:
    return Change(
        verb="retracted",
        kind=told.kind,
        entity=told.entity,
        name=told.name,
        field=None,
        old=told.summary,
        new=None,
        seen_after=told.seen_after,
        seen_by=told.seen_by,
        source=told.source,
        url=told.url,
        evidence=told.evidence,
        cause="human",
    )
