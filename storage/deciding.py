"""What waits for a person, and what a person decided: each decision is one row of the ledger.

A decision writes nothing in place: it drops spells and writes them anew, so that undoing it
is dropping what it wrote and writing anew what it dropped (`storage.undoing`).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from storage import remembering
from storage.addresses import update_page
from storage.correcting import drop, write_anew
from storage.evidence import unpack
from storage.forms import moment_text
from storage.past import Decision, Spell
from storage.records import LIST, Change, Key, Kind, Page
from storage.sealing import Run, add_note, open_ledger, seal
from storage.tables import body, capture, entity, ledger, page, review, spell, visit
from storage.telling import write_changes

ACCEPT, REJECT = "accept", "reject"


@dataclass(frozen=True)
class Review:
    """One doubt, and the reading that raised it: `visit` at `at` (UTC), of the list at `address`.

    `decided` is the row of the ledger that closed it, None while it is open.
    """

    id: int
    kind: str
    source: str
    subject: str
    opened_at: datetime
    capture: int
    evidence: str
    verdict: str | None
    decided: int | None
    visit: int
    at: datetime
    address: str


@dataclass(frozen=True)
class Kept:
    """A page of the list as it was kept, by the number of its capture; `key` names the page."""

    capture: int
    key: str
    page: Page
    before: datetime | None
    """The believed visit before it, UTC."""


@dataclass(frozen=True)
class Ruling:
    """What a verdict changes in the history; nothing but the verdict, where all is empty.

    `begun` pairs spells with the capture they were read from; `rewritten` spells with the
    columns that are other in their copies; `joined` gives the spells that become one copy;
    `merged` the entities that became another. `visit` is a reading that is believed now.
    """

    begun: tuple[tuple[Spell, int], ...] = ()
    rewritten: tuple[tuple[Spell, Mapping[str, Any]], ...] = ()
    joined: tuple[tuple[tuple[int, ...], Mapping[str, Any]], ...] = ()
    entities: tuple[tuple[str, Kind], ...] = ()
    keys: tuple[tuple[Key, str], ...] = ()
    merged: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[tuple[Change, ...], ...] = ()
    visit: Decision | None = None
    again: bool = False
    """Whether the list is wanted read in full at the next visit."""
    whole: bool = False
    """Whether the lists that waited for this verdict alone are whole ones now."""


def rows(connection: Connection) -> list[dict[str, Any]]:
    """Every review as a row of the contract, oldest first; a verdict taken back is `undone`."""
    undone = undone_reviews(connection)
    query = select(review, capture.c.sha256).join(capture, capture.c.id == review.c.capture)
    return [
        {
            **{name: row[name] for name in ("id", "kind", "source", "opened_at", "subject", "counts")},
            "evidence": row["sha256"],
            "verdict": "undone" if row["id"] in undone else row["verdict"],
            "reason": row["reason"],
            "decided_at": row["decided_at"],
        }
        for row in connection.execute(query.order_by(review.c.id)).mappings()
    ]


def undone_reviews(connection: Connection) -> dict[int, int]:
    """Reviews whose decision was undone, each with the review that took its place."""
    notes = connection.scalars(select(ledger.c.note).where(ledger.c.cause == "human", ledger.c.note != ""))
    said = [json.loads(note) for note in notes]
    return {old: new for note in said for old, new in note.get("reopened", ())}


def find(connection: Connection, number: int) -> Review | None:
    """The review with this id, if there is one."""
    query = select(review, capture.c.sha256).join(capture, capture.c.id == review.c.capture)
    row = connection.execute(query.where(review.c.id == number)).mappings().first()
    if row is None:
        return None
    raised = _raised_by(connection, row)
    taken = select(capture.c.at).where(capture.c.visit == raised.id, capture.c.page == LIST)
    return Review(
        **{
            name: row[name] for name in ("id", "kind", "source", "subject", "opened_at", "capture", "verdict")
        },
        evidence=row["sha256"],
        decided=row["ended"],
        visit=raised.id,
        at=connection.scalar(taken.order_by(capture.c.id)) or raised.at,
        address=raised.address,
    )


def _raised_by(connection: Connection, row: Mapping[Any, Any]) -> Row[int, datetime, str]:
    """The visit that raised a doubt; a review that was opened again keeps the time of the first."""
    same = [review.c[name] == row[name] for name in ("kind", "source", "subject", "opened_at")]
    query = (
        select(visit.c.id, visit.c.at, visit.c.address)
        .join(ledger, ledger.c.run == visit.c.run)
        .join(review, review.c.begun == ledger.c.id)
        .where(*same, visit.c.source == row["source"])
    )
    return connection.execute(query.order_by(review.c.id, visit.c.id).limit(1)).one()


def pages_of(connection: Connection, doubt: Review) -> tuple[Kept, ...]:
    """The pages of the list that the visit of `doubt` refused, in their order."""
    return _kept(connection, doubt, capture.c.visit == doubt.visit, capture.c.refused.is_not(None))


def lists_since(connection: Connection, doubt: Review) -> tuple[Kept, ...]:
    """Pages of the list that were believed since `doubt` was raised, oldest first."""
    return _kept(connection, doubt, capture.c.visit >= doubt.visit, capture.c.refused.is_(None))


def _kept(connection: Connection, doubt: Review, *which: Any) -> tuple[Kept, ...]:
    listed = or_(capture.c.page == LIST, capture.c.page.like(f"{LIST} %"))
    query = select(capture, body.c.packed).join(body, body.c.sha256 == capture.c.sha256)
    found = connection.execute(
        query.where(capture.c.source == doubt.source, listed, *which).order_by(capture.c.id)
    )
    return tuple(
        Kept(row["id"], row["page"], _page(row), _before(connection, doubt.source, row["visit"]))
        for row in found.mappings().all()
    )


def _page(row: Mapping[Any, Any]) -> Page:
    headers = json.loads(row["headers"])
    return Page(row["address"], row["reached"], row["at"], row["status"], headers, unpack(row["packed"]))


def _before(connection: Connection, source: str, number: int) -> datetime | None:
    earlier = and_(visit.c.source == source, visit.c.id < number, visit.c.list != "none")
    newest: datetime | None = connection.scalar(
        select(visit.c.at).where(earlier).order_by(visit.c.id.desc()).limit(1)
    )
    return newest


def read_without(connection: Connection, doubt: Review, since: datetime) -> Sequence[datetime]:
    """Times of the lists read to their end from `since` on, those that waited for a person too."""
    whole = or_(visit.c.list == "whole", and_(visit.c.list == "some", visit.c.reason == "list-shrunk"))
    query = select(visit.c.at).where(visit.c.source == doubt.source, whole, visit.c.at >= since)
    return connection.scalars(query.order_by(visit.c.at)).all()


def others_open(connection: Connection, doubt: Review) -> tuple[str, ...]:
    """Subjects of the open reviews of the same kind and source besides `doubt`."""
    query = select(review.c.subject).where(
        review.c.kind == doubt.kind,
        review.c.source == doubt.source,
        review.c.ended.is_(None),
        review.c.id != doubt.id,
    )
    return tuple(connection.scalars(query.order_by(review.c.id)))


def earlier_doubts(connection: Connection, doubt: Review) -> tuple[Review, ...]:
    """Reviews of the same kind and source up to `doubt`, oldest first."""
    query = select(review.c.id).where(
        review.c.kind == doubt.kind, review.c.source == doubt.source, review.c.id <= doubt.id
    )
    found = (find(connection, number) for number in connection.scalars(query.order_by(review.c.id)).all())
    return tuple(each for each in found if each)


def rule(
    connection: Connection, doubt: Review, verdict: str, reason: str | None, ruling: Ruling, run: Run
) -> tuple[Change, ...]:
    """Write a verdict and all it changes; gives the changes that were told by it."""
    note: dict[str, Any] = {"review": doubt.id, "verdict": verdict}
    row = open_ledger(connection, run, "human")
    captures: Mapping[str, int | None] = {}
    if ruling.visit:
        captures = _believe(connection, doubt, ruling.visit, row, run, note)
    remembering.write_entities(connection, ruling.entities, ruling.keys, row)
    note["copies"] = _write_spells(connection, ruling, row, captures)
    note["merged"] = dict(ruling.merged)
    for gone, into in ruling.merged.items():
        connection.execute(update(entity).where(entity.c.id == gone).values(merged_into=into))
    if ruling.whole:
        note["whole"] = _believe_whole(connection, doubt)
    if ruling.again:
        read_again(connection, doubt.source)
    settle(connection, doubt.id, verdict, reason, row, run)
    told = write_changes(connection, ruling.changes, row, run)
    add_note(connection, row, note)
    seal(connection, row)
    return told


def settle(connection: Connection, number: int, verdict: str, reason: str | None, row: int, run: Run) -> None:
    """Close a review."""
    connection.execute(
        update(review)
        .where(review.c.id == number)
        .values(verdict=verdict, reason=reason, decided_at=run.now, ended=row)
    )


def read_again(connection: Connection, source: str) -> None:
    """Have the list of `source` read in full at the next visit, changed or not."""
    listed = or_(page.c.key == LIST, page.c.key.like(f"{LIST} %"))
    connection.execute(update(page).where(page.c.source == source, listed).values(version=None))


def _believe_whole(connection: Connection, doubt: Review) -> list[int]:
    """Lists that only waited for `doubt` prove absence from now on; gives their visits."""
    waits = select(review.c.id).where(
        review.c.source == doubt.source,
        review.c.kind.in_(("absence", "rename")),
        review.c.ended.is_(None),
        review.c.id != doubt.id,
    )
    if connection.scalar(waits.limit(1)) is not None:
        return []
    held = (visit.c.source == doubt.source, visit.c.list == "some", visit.c.reason == "list-shrunk")
    numbers = list(connection.scalars(select(visit.c.id).where(*held, visit.c.id >= doubt.visit)))
    connection.execute(update(visit).where(visit.c.id.in_(numbers)).values(list="whole"))
    return numbers


def _believe(
    connection: Connection, doubt: Review, decision: Decision, row: int, run: Run, note: dict[str, Any]
) -> Mapping[str, int | None]:
    """Write the visit that is believed now; `note` keeps what undoing it needs."""
    note["visit"] = number = remembering.write_visit(connection, decision, run)
    keys = [news.key for news in decision.pages]
    before = connection.execute(select(page).where(page.c.source == doubt.source, page.c.key.in_(keys)))
    note["pages"] = [_as_text(each) for each in before.mappings()]
    captures = {news.key: update_page(connection, number, doubt.source, news) for news in decision.pages}
    remembering.write_doubts(connection, doubt.source, decision, row, run, captures)
    return captures


def _as_text(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: moment_text(each) if isinstance(each, datetime) else each for name, each in row.items()}


def _write_spells(
    connection: Connection, ruling: Ruling, row: int, captures: Mapping[str, int | None]
) -> list[list[Any]]:
    """Write the spells; gives each joined one with its copy, and the last sight of that."""
    copies: list[list[Any]] = []
    for old, changed in ruling.rewritten:
        assert old.id is not None
        write_anew(connection, [old.id], row, changed)
    for numbers, changed in ruling.joined:
        copies += _write_joined(connection, numbers, row, changed)
    begun = ruling.visit.begun if ruling.visit else ()
    remembering.write_spells(connection, begun, row, "source", captures)
    for new, number in ruling.begun:
        remembering.write_spells(connection, [new], row, "source", {new.seen_on or new.page: number})
    return copies


def _write_joined(
    connection: Connection, numbers: Sequence[int], row: int, changed: Mapping[str, Any]
) -> list[list[Any]]:
    """One copy of several spells that say the same: of the first, the others are dropped."""
    ((first, copy),) = write_anew(connection, numbers[:1], row, changed).items()
    drop(connection, numbers[1:], row)
    seen = connection.scalar(select(spell.c.last_seen).where(spell.c.id == copy))
    return [[number, copy, moment_text(seen) if seen else None] for number in (first, *numbers[1:])]
