"""Corrections: what the history holds is never rewritten, it is dropped and written anew.

A dropped spell stays for those who ask what was known before; its copy carries the original
times. So every answer can be had as of any row of the ledger, and every correction undone.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage.tables import spell

_CHUNK = 400


def drop(connection: Connection, numbers: Iterable[int], row: int) -> None:
    """Drop spells by ledger row `row`: from then on they were never so."""
    for chunk in _chunks(numbers):
        connection.execute(
            update(spell).where(spell.c.id.in_(chunk), spell.c.dropped.is_(None)).values(dropped=row)
        )


def write_anew(
    connection: Connection, numbers: Iterable[int], row: int, changed: Mapping[str, Any]
) -> dict[int, int]:
    """Drop spells and write copies of them, `changed` in some columns; gives copy by original.

    Times, evidence and cause carry over unless they are among `changed`. A copy that has
    ended ends by `row` too.
    """
    copies: dict[int, int] = {}
    for chunk in _chunks(numbers):
        query = select(spell).where(spell.c.id.in_(chunk)).order_by(spell.c.id)
        for old in connection.execute(query).mappings().all():
            values = {**old, **changed, "begun": row, "dropped": None}
            values["ended"] = row if values["gone_by"] is not None else None
            original = values.pop("id")
            copies[original] = connection.execute(
                insert(spell).values(values).returning(spell.c.id)
            ).scalar_one()
    drop(connection, copies, row)
    return copies


def _chunks(numbers: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(numbers)
    return (ordered[start : start + _CHUNK] for start in range(0, len(ordered), _CHUNK))
