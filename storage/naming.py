"""Who is meant: every id, name and address under which an entity is or was known."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, or_, select, text

from storage.records import Key
from storage.tables import entity, entity_key, ledger


class Named(NamedTuple):
    """An entity under one of its names or addresses, of today or of the past; `entity` is what it became."""

    entity: str
    name: str


ITSELF = """
WITH RECURSIVE same(id) AS (
  SELECT CAST(:entity AS TEXT) UNION SELECT e.id FROM entity e JOIN same s ON e.merged_into = s.id)
SELECT id FROM same"""
"""The entity `:entity` and all that was merged into it, in SQL."""

_BECAME = """
WITH RECURSIVE became(id, last) AS (
  SELECT id, id FROM entity WHERE merged_into IS NULL
  UNION ALL SELECT e.id, b.last FROM entity e JOIN became b ON e.merged_into = b.id)"""
# A name that a reading again corrected was told, and leads on; one that an undone decision gave does not.
_NAMES = f"""{_BECAME}
SELECT DISTINCT b.last, s.value FROM spell s JOIN became b ON b.id = s.entity
WHERE s.field IN ('name', 'title')
  AND (s.dropped IS NULL OR s.begun NOT IN (SELECT id FROM ledger WHERE cause = 'human'))
ORDER BY b.last, s.value"""


_ADDRESSES = f"""{_BECAME}
SELECT DISTINCT b.last, s.value FROM spell s JOIN became b ON b.id = s.entity
WHERE s.field = 'url' AND s.value LIKE :like ESCAPE '/'
  AND (s.dropped IS NULL OR s.begun NOT IN (SELECT id FROM ledger WHERE cause = 'human'))
ORDER BY b.last, s.value"""


def became(connection: Connection, identity: str) -> str | None:
    """The id that `identity` has after all merges; None if it was never given."""
    into: str | None = identity
    while into:
        found, into = identity, None
        row = connection.execute(select(entity.c.merged_into).where(entity.c.id == found)).first()
        if row is None:
            return None
        into = row.merged_into
        identity = into or found
    return identity


def holders(connection: Connection, keys: Iterable[Key]) -> list[str]:
    """Who holds one of these keys, or held it last; what an undone decision gave does not count."""
    found: dict[str, None] = {}
    decided = select(ledger.c.id).where(ledger.c.cause == "human")
    counts = or_(entity_key.c.ended.is_(None), entity_key.c.begun.not_in(decided))
    for key in keys:
        query = select(entity_key.c.entity).where(
            entity_key.c.scheme == key.scheme, entity_key.c.value == key.value, counts
        )
        newest = query.order_by(entity_key.c.ended.is_not(None), entity_key.c.id.desc()).limit(1)
        if holder := connection.scalar(newest):
            found[became(connection, holder) or holder] = None
    return list(found)


def names(connection: Connection) -> Sequence[Named]:
    """All names that pages ever gave, also those that were corrected."""
    return [Named(*row) for row in connection.execute(text(_NAMES))]


def addresses(connection: Connection, part: str) -> Sequence[Named]:
    """All addresses that pages ever gave, in which `part` stands, with what has or had them."""
    escaped = "".join(f"/{letter}" if letter in "/%_" else letter for letter in part)
    return [Named(*row) for row in connection.execute(text(_ADDRESSES), {"like": f"%{escaped}%"})]
