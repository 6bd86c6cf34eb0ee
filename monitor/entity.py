"""Rows of entities: which one a person means, and lists in place of the text they are kept as."""

import json
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Protocol

from monitor.rows import Row
from storage.errors import UsageError
from storage.records import Key, address_key, fold
from storage.records.record import LIST_FIELDS

if TYPE_CHECKING:
    from storage.naming import Named

_CANDIDATES = 5


class Register(Protocol):
    """Who is known, and as what; `storage.questions` is one."""

    def became(self, identity: str) -> str | None: ...

    def holders(self, keys: Iterable[Key]) -> list[str]: ...

    def names(self) -> "Iterable[Named]": ...


def find(text: str, known: Register) -> str:
    """The id of the entity that `text` means: an id, the address of its page, or its name.

    Former names, and ids that were merged away, lead to what it became. Raises UsageError when
    nothing or more than one thing is meant.
    """
    if entity := known.became(text):
        return entity
    key, asked = _key(text), fold(text)
    if key and (found := known.holders([key])):
        return found[0]
    tests: tuple[Callable[[str], bool], ...] = (lambda name: name == asked, lambda name: asked in name)
    names = [(entity, name, fold(name)) for entity, name in known.names()] if asked else []
    for means in tests:
        meant = {entity: name for entity, name, folded in names if means(folded)}
        if len(meant) == 1:
            return next(iter(meant))
        if meant:
            candidates = ", ".join(f"{entity} ({name})" for entity, name in list(meant.items())[:_CANDIDATES])
            more = ", …" if len(meant) > _CANDIDATES else ""
            raise UsageError(f"{text!r} may mean {len(meant)} things: {candidates}{more}; give the id")
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


def _key(text: str) -> Key | None:
    try:
        return address_key(text)
    except ValueError:
        return None
