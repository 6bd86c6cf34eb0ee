"""Rows of entities: which one a person means, and lists in place of the text they are kept as."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from monitor.rows import Row
from storage.errors import UsageError
from storage.records import Key, address_key, canonical_address, fold
from storage.records.record import LIST_FIELDS

if TYPE_CHECKING:
    from storage.naming import Named

_CANDIDATES = 20


class Register(Protocol):
    """Who is known, and as what; `storage.questions` is one."""

    def became(self, identity: str) -> str | None: ...

    def holders(self, keys: Iterable[Key]) -> list[str]: ...

    def names(self) -> "Iterable[Named]": ...

    def addresses(self, part: str) -> "Iterable[Named]": ...


def find(text: str, known: Register) -> str:
    """The id of the entity that `text` means: an id in any case, the address of its page, or its name.

    Former names, and ids that were merged away, lead to what it became. Raises UsageError when
    nothing or more than one thing is meant.
    """
    if entity := known.became(text.strip().lower()):
        return entity
    key, asked = _key(text), fold(text)
    if key and (found := known.holders([key])):
        return found[0]
    names = [(entity, name, fold(name)) for entity, name in known.names()] if asked else []
    ways: tuple[Callable[[], Iterable[str]], ...] = (
        lambda: _at(text, known),
        lambda: (entity for entity, _, name in names if name == asked),
        lambda: (entity for entity, _, name in names if asked in name),
    )
    for way in ways:
        meant = set(way())
        if len(meant) == 1:
            return meant.pop()
        if meant:
            named = {entity: name for entity, name, _ in names if entity in meant}
            first = sorted(named.items(), key=_by_number)[:_CANDIDATES]
            candidates = ", ".join(f"{entity} ({name})" for entity, name in first)
            more = ", …" if len(meant) > _CANDIDATES else ""
            meaning = f"{text!r} may mean {len(meant)} things: {candidates}{more}"
            raise UsageError(f"{meaning}; give the id (`klastry list` tells them apart)")
    raise UsageError(f"nothing is known as {text!r}; `klastry list` prints ids and names")


def _by_number(candidate: tuple[str, str]) -> tuple[str, int]:
    kind, _, number = candidate[0].partition("-")
    return kind, int(number)


def _at(text: str, known: Register) -> Iterator[str]:
    """What pages said to be at the address `text`."""
    if asked := _address(text):
        part = asked.rstrip("/").rpartition("/")[2]
        yield from (entity for entity, url in known.addresses(part) if _address(url) == asked)


def _address(text: str) -> str | None:
    try:
        return canonical_address(text)
    except ValueError:
        return None


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
