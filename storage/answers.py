"""What the history answers about the past: what stood at a time, as it was known at a time."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from storage.asking import spell_of
from storage.past import Spell
from storage.tables import spell


def stood(at: datetime, known: int | None = None) -> ColumnElement[bool]:
    """The condition on `spell`: it stood at `at` (UTC), as far as ledger row `known` knew.

    Without `known`, as it is known now. Intervals are half-open: `[first_seen, gone_by)`.
    """
    begun, over = spell.c.first_seen <= at, spell.c.gone_by <= at
    if known is None:
        return and_(begun, or_(spell.c.gone_by.is_(None), ~over), spell.c.dropped.is_(None))
    return and_(
        begun,
        spell.c.begun <= known,
        or_(spell.c.gone_by.is_(None), ~over, spell.c.ended > known),
        or_(spell.c.dropped.is_(None), spell.c.dropped > known),
    )


def as_of(connection: Connection, at: datetime, known: int | None = None) -> tuple[Spell, ...]:
    """All spells that stood at `at`, in the order in which they were kept."""
    rows = connection.execute(select(spell).where(stood(at, known)).order_by(spell.c.id)).mappings()
    return tuple(spell_of(row) for row in rows)
