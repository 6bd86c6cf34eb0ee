"""The forms in which times and values are kept: text that sorts and that a person can read."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, Text
from sqlalchemy.types import TypeDecorator

from storage.errors import ValueDamaged
from storage.records import Value
from storage.records.record import LIST_FIELDS

WARSAW = ZoneInfo("Europe/Warsaw")
_DAMAGED = (
    "the history is damaged: {!r} stands where {} belongs; run `klastry verify`, then restore a backup "
    "(`klastry db restore FILE`)"
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def moment_text(at: datetime) -> str:
    """`at` in UTC to the second: `2026-11-04T06:15:09Z`. Raises ValueError for a naive time."""
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone: {at!r}")
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """The UTC time that `moment_text` wrote. Raises ValueDamaged for another form of a time.

    Times are compared as text: in any other form one would neither sort nor be equal.
    """
    with suppress(ValueError):  # of a day or an hour that does not exist
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    raise damaged(text, "a time")


def value_text(value: Value | None) -> str | None:
    """A value as it is kept: lists as a JSON array, everything else as it is."""
    return canonical(list(value)) if isinstance(value, tuple) else value


def value_of(field: str | None, text: str | None) -> Value | None:
    """The value that `value_text` wrote for `field`. Raises ValueDamaged where it wrote no such thing."""
    if text is None or field not in LIST_FIELDS:
        return text
    with suppress(ValueError):
        said = json.loads(text)
        if isinstance(said, list):
            return tuple(said)
    raise damaged(text, "a list")


def damaged(text: str, form: str) -> ValueDamaged:
    """What is raised where `text` stands in the place of something of another `form`."""
    return ValueDamaged(_DAMAGED.format(text, form))


def canonical(thing: Any) -> str:
    """`thing` as JSON on one line, always the same for the same thing."""
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Moment(TypeDecorator[datetime]):
    """A UTC time kept as text to the second."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return None if value is None else moment(value)


class Flag(TypeDecorator[bool]):
    """Yes or no kept as 1 or 0 (STRICT tables of SQLite know no booleans)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Any) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Any) -> bool | None:
        return None if value is None else bool(value)
