"""How far back a window was read, where it showed more than one visit may read; and who holds a key."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select, tuple_

from storage.past import LISTED, UNREAD
from storage.records import Key
from storage.tables import entity_key, spell, visit

BELIEVED = ("whole", "some")
_CHUNK = 400  # keys asked at once, below SQLite's limit of variables


def holders_of(connection: Connection, keys: Iterable[Key]) -> dict[Key, str]:
    """Which entity holds each of `keys` that is held."""
    found: dict[Key, str] = {}
    wanted = sorted(set(keys))
    columns = tuple_(entity_key.c.scheme, entity_key.c.value)
    for start in range(0, len(wanted), _CHUNK):
        rows = connection.execute(
            select(entity_key.c.scheme, entity_key.c.value, entity_key.c.entity).where(
                entity_key.c.ended.is_(None), columns.in_(wanted[start : start + _CHUNK])
            )
        )
        found.update({Key(row.scheme, row.value): row.entity for row in rows})
    return found


def unread_since(connection: Connection, source: str) -> datetime | None:
    """When the first of the newest visits of `source` was that left rows of its window unread, UTC."""
    read = (
        visit.c.source == source,
        visit.c.list.in_(BELIEVED),
        visit.c.mode != "backfill",
        visit.c.pages > 0,
    )
    to_the_end = select(func.coalesce(func.max(visit.c.id), 0)).where(
        *read, func.coalesce(visit.c.detail, "") != UNREAD
    )
    query = select(func.min(visit.c.at)).where(*read, visit.c.id > to_the_end.scalar_subquery())
    first: datetime | None = connection.scalar(query)
    return first


def was_listed(connection: Connection, source: str, keys: Iterable[Key], before: datetime) -> bool:
    """Whether `source` listed what holds one of `keys` already `before` (UTC)."""
    holders = set(holders_of(connection, keys).values())
    query = select(spell.c.id).where(
        spell.c.entity.in_(holders),
        spell.c.field == LISTED,
        spell.c.source == source,
        spell.c.first_seen < before,
        spell.c.dropped.is_(None),
    )
    return connection.scalar(query.limit(1)) is not None
