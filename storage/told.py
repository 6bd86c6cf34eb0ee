"""What was told, entry by entry, with the facts as they were known at the time of telling."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from storage.forms import value_of
from storage.past import LISTED
from storage.records import Change, Value
from storage.tables import change, spell

_COLUMNS = (
    "verb kind entity name field seen_after seen_by source url evidence cause baseline old_printed "
    "new_printed id told_at entry summary"
).split()
_FEW = 500  # entities that are asked for by name; of more it is faster to read all


def told(connection: Connection, after: int = 0) -> list[Change]:
    """The rows of all entries told after change `after`, in the order of telling.

    The leading row of each entry comes first.
    """
    leading = change.alias()
    query = (
        select(change)
        .join(leading, (leading.c.entry == change.c.entry) & leading.c.told_at.is_not(None))
        .where(leading.c.id > after)
        .order_by(leading.c.told_at, change.c.id)
    )
    rows = [dict(row) for row in connection.execute(query).mappings()]
    said = _said_of(connection, {row["entity"] for row in rows if row["entity"]})
    return [_with_facts(change_of(row), said.get(row["entity"], ()), row["ledger"]) for row in rows]


def change_of(row: Mapping[str, Any]) -> Change:
    """The change that a row of the table keeps, without its facts."""
    counts = "about" if row["verb"] == "began" else row["field"]
    return Change(
        **{name: row[name] for name in _COLUMNS},
        old=value_of(row["field"], row["old"]),
        new=value_of(counts, row["new"]),
    )


def _with_facts(row: Change, said: Iterable[Mapping[str, Any]], ledger: int) -> Change:
    if row.told_at is None:
        return row
    best: dict[str, Mapping[str, Any]] = {}
    for each in said:
        stood = each["begun"] <= ledger < min(each["ended"] or ledger + 1, each["dropped"] or ledger + 1)
        if stood and (each["field"] not in best or _order(each) < _order(best[each["field"]])):
            best[each["field"]] = each
    facts: dict[str, Value] = {}
    for field, each in best.items():
        if (value := value_of(field, each["value"])) is not None:
            facts[field] = value
    return replace(row, facts=facts)


def _order(each: Mapping[str, Any]) -> tuple[int, float, int]:
    """Best rank first, then the newest, as values are shown."""
    return each["rank"], -each["first_seen"].timestamp(), -each["id"]


def _said_of(connection: Connection, entities: set[str]) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Every value ever said of the entities, by entity."""
    columns = (spell.c[name] for name in "id entity field value rank first_seen begun ended dropped".split())
    query = select(*columns).where(spell.c.field != LISTED)
    if len(entities) <= _FEW:
        query = query.where(spell.c.entity.in_(entities))
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        if row["entity"] in entities:
            found.setdefault(row["entity"], []).append(dict(row))
    return dict(found)
