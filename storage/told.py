"""What was told, entry by entry, with the facts as they were known at the time of telling.

Rows of one entry stand side by side, the leading one, which carries the time, first; entries
stand in the order of telling, which is that of the ids of their leading rows. What was told is
never rewritten: all of it up to a change is the same while the digest of that change's row of
the ledger is. Nothing is loaded but what is asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Text, and_, cast, func, or_, select

from storage.forms import value_of
from storage.past import LISTED
from storage.records import Change, Value
from storage.tables import change, ledger, spell

_COLUMNS = (
    "verb kind entity name field seen_after seen_by source url evidence cause baseline old_printed "
    "new_printed id told_at entry summary"
).split()
AT_ONCE = 200
"""Entries loaded together, below SQLite's limit of variables."""


def told_after(connection: Connection, number: int) -> Iterator[list[Change]]:
    """The rows told after the change with id `number`, some hundreds of entries at a time."""
    while numbers := _next_numbers(connection, number):
        yield _entries(connection, numbers)
        number = numbers[-1]


def told_by(connection: Connection, numbers: Iterable[int]) -> list[Change]:
    """The rows of the entries that these changes lead; ids that lead none are left out."""
    wanted, rows = sorted(set(numbers)), list[Change]()
    for start in range(0, len(wanted), AT_ONCE):
        rows += _entries(connection, wanted[start : start + AT_ONCE])
    return rows


def numbers(connection: Connection) -> list[int]:
    """The ids of all leading rows, oldest first."""
    # As one text they take a third of the time of a hundred thousand rows.
    query = select(func.aggregate_strings(cast(change.c.id, Text), " ")).where(change.c.told_at.is_not(None))
    return sorted(map(int, (connection.scalar(query) or "").split()))


def taken_back(connection: Connection, numbers: Sequence[int]) -> list[int]:
    """The ids of the changes that lead the entries of which these changes took something back."""
    back, leading = change.alias(), change.alias()
    query = (
        select(leading.c.id)
        .join(change, (change.c.entry == leading.c.entry) & (change.c.ledger == leading.c.ledger))
        .join(back, (back.c.entity == change.c.entity) & (back.c.old == change.c.summary))
        .where(back.c.id > change.c.id, back.c.verb == "retracted", leading.c.told_at.is_not(None))
        .distinct()
    )
    found = set[int]()
    for start in range(0, len(numbers), AT_ONCE):
        found.update(connection.scalars(query.where(back.c.id.in_(numbers[start : start + AT_ONCE]))))
    return sorted(found)


def digest(connection: Connection, number: int) -> str | None:
    """The digest of the ledger's row that told the change with id `number`; None if it led no entry."""
    query = select(ledger.c.digest).join(change, change.c.ledger == ledger.c.id)
    found: str | None = connection.scalar(query.where(change.c.id == number, change.c.told_at.is_not(None)))
    return found


def _next_numbers(connection: Connection, number: int) -> Sequence[int]:
    query = select(change.c.id).where(change.c.id > number, change.c.told_at.is_not(None))
    return connection.scalars(query.order_by(change.c.id).limit(AT_ONCE)).all()


def _entries(connection: Connection, numbers: Sequence[int]) -> list[Change]:
    leading = change.alias()
    query = (
        select(change)
        .join(leading, (leading.c.entry == change.c.entry) & (leading.c.ledger == change.c.ledger))
        .where(leading.c.id.in_(numbers), leading.c.told_at.is_not(None))
        .order_by(leading.c.id, change.c.id)
    )
    facts = _facts(connection, numbers)
    rows = connection.execute(query).mappings()
    return [change_of(row, facts.get(row["id"], {})) for row in rows]


def change_of(row: Mapping[Any, Any], facts: Mapping[str, Value] = MappingProxyType({})) -> Change:
    """The change that a row of the table keeps; `facts` are not kept with it."""
    counts = "about" if row["verb"] == "began" else row["field"]
    return Change(
        **{name: row[name] for name in _COLUMNS},
        old=value_of(row["field"], row["old"]),
        new=value_of(counts, row["new"]),
        facts=facts,
    )


def _facts(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, Value]]:
    """By change: the values shown of its entity as the ledger's row that told it knew them.

    Best rank first, then the newest, as values are shown.
    """
    stood = and_(
        spell.c.entity == change.c.entity,
        spell.c.field != LISTED,
        spell.c.begun <= change.c.ledger,
        or_(spell.c.ended.is_(None), spell.c.ended > change.c.ledger),
        or_(spell.c.dropped.is_(None), spell.c.dropped > change.c.ledger),
    )
    query = (
        select(change.c.id, spell.c.field, spell.c.value)
        .join(spell, stood)
        .where(change.c.id.in_(numbers))
        .order_by(change.c.id, spell.c.rank, spell.c.first_seen.desc(), spell.c.id.desc())
    )
    facts: dict[int, dict[str, Value]] = {}
    for number, field, kept in connection.execute(query):
        value = value_of(field, kept)
        if value is not None:
            facts.setdefault(number, {}).setdefault(field, value)
    return facts
