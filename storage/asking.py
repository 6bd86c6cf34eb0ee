"""Questions that decisions ask of the past; only what they need is loaded."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from storage.clocks import clock
from storage.forms import value_of
from storage.past import LISTED, Absence, Doubt, PageMemory, Past, Spell
from storage.records import KINDS, LIST, Key, Kind, Source, Value
from storage.sealing import Run
from storage.tables import capture, change, entity, page, review, spell, visit
from storage.unread import BELIEVED, holders_of, unread_since

_CHUNK = 400  # keys asked at once, below SQLite's limit of variables
_SECOND = timedelta(seconds=1)
_CRAWLS = ("crawl", "replay")


def past(connection: Connection, source: Source, keys: Iterable[Key], run: Run) -> Past:
    """What is known before a visit of `source`, made by `run`, that met `keys`.

    Lists that lie after the clock of a crawl were dated by a wrong one: they say nothing of when.
    """
    now = run.now if run.mode in _CRAWLS else datetime.max.replace(tzinfo=UTC)
    holders = holders_of(connection, keys)
    lists = BELIEVED if source.address.list != "register" else ("whole",)
    last = connection.execute(
        select(visit.c.at, visit.c.list)
        .where(visit.c.source == source.id, visit.c.list.in_(BELIEVED), visit.c.at <= now)
        .order_by(visit.c.at.desc(), visit.c.id.desc())
        .limit(1)
    ).first()
    unread = unread_since(connection, source.id)
    absences = _absences(connection, source.id, now)
    register = source.address.list == "register"
    met = {*holders.values(), *(absence.entity for absence in absences)}
    spells = _spells(connection, source.id, met, register=register)
    entities = {each.entity for each in spells} | set(holders.values())
    return Past(
        clock=clock(connection, run),
        begun=has_list(connection, source.id, lists),
        whole_before=bool(last and last.list == "whole"),
        last_list=_last_list(connection, source.id, lists, min(now, unread - _SECOND) if unread else now),
        unread_since=unread,
        pages=pages(connection, source.id, now),
        holders=holders,
        kinds=_kinds(connection, entities),
        spells=spells,
        gone=_gone(connection, entities),
        absences=absences,
        doubts=_doubts(connection, source.id),
        next_number=next_numbers(connection),
        newest_published=_newest_published(connection, source.id),
    )


def has_list(connection: Connection, source: str, lists: tuple[str, ...]) -> bool:
    """Whether some visit of `source` gave a list of one of these degrees; archives are no visits of ours."""
    query = select(visit.c.id).where(
        visit.c.source == source, visit.c.list.in_(lists), visit.c.mode != "backfill"
    )
    return connection.scalar(query.limit(1)) is not None


def standing_values(
    connection: Connection, source: str, fields: Iterable[str]
) -> list[tuple[str, str, str, str]]:
    """(entity, field, page, value) of standing spells said by `source` in these fields."""
    query = select(spell.c.entity, spell.c.field, spell.c.page, spell.c.value).where(
        spell.c.source == source,
        spell.c.field.in_(tuple(fields)),
        spell.c.gone_by.is_(None),
        spell.c.dropped.is_(None),
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def _last_list(connection: Connection, source: str, lists: tuple[str, ...], now: datetime) -> datetime | None:
    query = select(func.max(visit.c.at)).where(
        visit.c.source == source, visit.c.list.in_(lists), visit.c.at <= now
    )
    newest: datetime | None = connection.scalar(query)
    return newest


def pages(connection: Connection, source: str, now: datetime) -> dict[str, PageMemory]:
    """The memory of each address of `source`, by key; what was confirmed after `now` (UTC) never was."""
    query = select(page, capture.c.sha256.label("evidence")).outerjoin(
        capture, capture.c.id == page.c.capture
    )
    return {
        row["key"]: PageMemory(
            row["key"],
            row["address"],
            row["confirmed"] if row["confirmed"] and row["confirmed"] <= now else None,
            row["content"],
            row["evidence"],
            row["gone_since"],
            row["gone_visits"],
            row["asked_at"],
        )
        for row in connection.execute(query.where(page.c.source == source)).mappings()
    }


def spell_of(row: Mapping[Any, Any]) -> Spell:
    """A spell as it is kept."""
    value = value_of(row["field"], row["value"])
    assert value is not None
    return Spell(
        row["entity"],
        row["field"],
        value,
        row["source"],
        row["page"],
        row["rank"],
        row["first_seen"],
        row["printed"],
        row["derived"],
        row["seen_after"],
        row["last_seen"],
        row["gone_by"],
        row["id"],
    )


def _spells(connection: Connection, source: str, entities: set[str], *, register: bool) -> tuple[Spell, ...]:
    """Standing spells that are current on a page of `source`, and all that bear on the entities.

    Who rests on a register (held, or of a page that was missed) is on it still.
    """
    shown = spell.c.last_seen.is_(None)
    rests = and_(spell.c.field == LISTED, spell.c.page == LIST)
    current = and_(
        spell.c.source == source, spell.c.gone_by.is_(None), or_(shown, rests) if register else shown
    )
    rows = {
        row["id"]: row
        for row in connection.execute(select(spell).where(current, spell.c.dropped.is_(None))).mappings()
    }
    wanted = sorted(entities | {row["entity"] for row in rows.values()})
    for start in range(0, len(wanted), _CHUNK):
        query = select(spell).where(
            spell.c.entity.in_(wanted[start : start + _CHUNK]),
            spell.c.dropped.is_(None),
            or_(spell.c.gone_by.is_(None), spell.c.field == LISTED),
        )
        rows |= {row["id"]: row for row in connection.execute(query).mappings()}
    return tuple(spell_of(rows[number]) for number in sorted(rows))


def _kinds(connection: Connection, entities: set[str]) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    wanted = sorted(entities)
    for start in range(0, len(wanted), _CHUNK):
        query = select(entity.c.id, entity.c.kind).where(entity.c.id.in_(wanted[start : start + _CHUNK]))
        found.update({row.id: row.kind for row in connection.execute(query)})
    return found


def _gone(connection: Connection, entities: set[str]) -> frozenset[str]:
    newest_first = (change.c.seen_by.desc(), change.c.id.desc())  # a backfill tells of older times later
    place = func.row_number().over(partition_by=change.c.entity, order_by=newest_first)
    rows = (
        select(change.c.entity, change.c.verb, place.label("place"))
        .where(change.c.verb.in_(("appeared", "disappeared", "returned")), ~_retracted())
        .subquery()
    )
    query = select(rows.c.entity).where(rows.c.place == 1, rows.c.verb == "disappeared")
    return frozenset(connection.scalars(query)) & entities


def _retracted() -> ColumnElement[bool]:
    """The condition on `change`: it was told, and taken back since."""
    later = change.alias()
    same = (later.c.entity == change.c.entity, later.c.old == change.c.summary, later.c.id > change.c.id)
    return select(later.c.id).where(later.c.verb == "retracted", *same).exists()


def _absences(connection: Connection, source: str, now: datetime) -> tuple[Absence, ...]:
    """Places on pages of `source` that ended and whose loss was never told nor made good."""
    newest = (
        select(func.max(spell.c.id))
        .where(spell.c.source == source, spell.c.field == LISTED, spell.c.dropped.is_(None))
        .group_by(spell.c.entity, spell.c.page)
    )
    told = (
        select(change.c.id)
        .where(
            change.c.entity == spell.c.entity,
            change.c.verb == "disappeared",
            change.c.source == spell.c.source,
            change.c.seen_by >= spell.c.gone_by,
        )
        .exists()
    )
    query = select(spell).where(spell.c.id.in_(newest), spell.c.gone_by.is_not(None), ~told)
    rows = connection.execute(query.order_by(spell.c.id)).mappings().all()
    lists = _whole_lists(connection, source, min((row["gone_by"] for row in rows), default=None), now)
    return tuple(
        Absence(
            row["entity"],
            source,
            row["page"],
            row["last_seen"],
            row["gone_by"],
            len(lists) - bisect_left(lists, row["gone_by"]),
        )
        for row in rows
    )


def _whole_lists(
    connection: Connection, source: str, since: datetime | None, now: datetime
) -> Sequence[datetime]:
    """Times of the whole lists of `source` from `since` to `now`, in order."""
    if since is None:
        return ()
    query = select(visit.c.at).where(
        visit.c.source == source, visit.c.list == "whole", visit.c.at.between(since, now)
    )
    return connection.scalars(query.order_by(visit.c.at)).all()


def _doubts(connection: Connection, source: str) -> tuple[Doubt, ...]:
    """Each doubt as it stands: of several reviews of the same the last, for a verdict may be undone."""
    rows = connection.execute(select(review).where(review.c.source == source).order_by(review.c.id))
    last = {(row["kind"], row["subject"]): row for row in rows.mappings()}
    return tuple(
        Doubt(
            row["kind"],
            source,
            row["subject"],
            row["counts"],
            "",
            row["verdict"],
            row["ended"] is None,
            row["id"],
        )
        for row in last.values()
    )


def next_numbers(connection: Connection) -> dict[Kind, int]:
    """The number that the next entity of each kind is given."""
    rows = connection.execute(select(entity.c.kind, func.max(entity.c.number)).group_by(entity.c.kind))
    taken = {row[0]: row[1] for row in rows}
    return {kind: taken.get(kind, 0) + 1 for kind in KINDS}


def _newest_published(connection: Connection, source: str) -> str | None:
    query = select(func.max(spell.c.value)).where(
        spell.c.source == source, spell.c.field == "published", spell.c.dropped.is_(None)
    )
    newest: Value | None = connection.scalar(query)
    return newest if isinstance(newest, str) else None
