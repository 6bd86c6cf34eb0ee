"""Rows of entities: which one a person means, and lists in place of the text they are kept as."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from monitor.rows import Row
from storage.errors import UsageError
from storage.records import fold, page_key
from storage.records.record import LIST_FIELDS

VIEWS = {"clusters": "name", "calls": "title", "articles": "title", "documents": "title"}
"""The views that list entities, each with the column of their name."""


def find(text: str, rows: Mapping[str, Sequence[Row]]) -> str:
    """The id of the entity that `text` means: an id, the address of its page, or its name.

    `rows` are those of VIEWS. Raises UsageError when nothing or more than one thing is meant.
    """
    everything = [(row, row[VIEWS[view]] or "") for view in rows for row in rows[view]]
    asked, key = fold(text), _key(text)
    tests: tuple[Callable[[Row, str], bool], ...] = (
        lambda row, name: row["entity"] == text,
        lambda row, name: key is not None and _key(row["url"] or "") == key,
        lambda row, name: bool(asked) and fold(name) == asked,
        lambda row, name: bool(asked) and asked in fold(name),
    )
    for means in tests:
        found = {row["entity"]: name for row, name in everything if means(row, name)}
        if len(found) == 1:
            return str(next(iter(found)))
        if found:
            candidates = ", ".join(f"{entity} ({name})" for entity, name in list(found.items())[:5])
            raise UsageError(f"{text!r} may mean {len(found)} things: {candidates}; give the id")
    raise UsageError(f"nothing is known as {text!r}; `klastry list` prints ids and names")


def with_lists(row: Row) -> dict[str, Any]:
    """`row` with lists where the history keeps a JSON array as text."""
    lists = LIST_FIELDS | ({"old", "new"} if row.get("field") in LIST_FIELDS else frozenset())
    if row.get("verb") == "began":
        lists |= {"new"}
    return {
        name: json.loads(value) if name in lists and isinstance(value, str) else value
        for name, value in row.items()
    }


def _key(text: str) -> str | None:
    try:
        return page_key(text)
    except ValueError:
        return None
