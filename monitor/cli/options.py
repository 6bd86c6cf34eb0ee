"""What several commands share: the configuration they were given, times, and the form of rows."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.rows import Format, write
from storage.errors import UsageError

if TYPE_CHECKING:
    from monitor.config import Config

FormatOption = Annotated[
    Format | None,
    typer.Option("--format", help="How rows are printed; by default a table on a terminal, JSON elsewhere."),
]

MOST_ID = 2**63 - 1
"""The greatest number that a database can hold."""


@dataclass(frozen=True)
class Chosen:
    """The options given before the command."""

    path: Path | None = None

    def config(self) -> "Config":
        """The configuration that counts. Raises ConfigError."""
        from monitor.config import load

        return load(self.path, os.environ, Path.cwd())


def config_of(context: typer.Context) -> "Config":
    """The configuration of this run. Raises ConfigError."""
    return context.ensure_object(Chosen).config()


def now() -> datetime:
    """The present time in UTC."""
    return datetime.now(UTC)


def time_of(text: str | None, option: str, *, end_of_day: bool = False) -> datetime | None:
    """A day or a time in ISO 8601 as UTC; without a zone it is Warsaw time. Raises UsageError.

    A day is its first second, or its last with `end_of_day`.
    """
    if text is None:
        return None
    from storage.forms import WARSAW

    try:
        given = datetime.fromisoformat(text)
        _check_year(given)
        if end_of_day and _is_day(text):
            given = given.replace(hour=23, minute=59, second=59)
        return (given if given.tzinfo else given.replace(tzinfo=WARSAW)).astimezone(UTC)
    except (ValueError, OverflowError):
        example = "2026-11-04 or 2026-11-04T16:00"
        raise UsageError(f"{option} {text!r} is no day or time; write one such as {example}") from None


def day_of(text: str, option: str) -> date:
    """A day in ISO 8601. Raises UsageError."""
    try:
        day = date.fromisoformat(text)
        _check_year(day)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no day; write one such as 2026-11-04") from None
    return day


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_year(day: date) -> None:
    """Raise ValueError for a year that has not four digits in every zone: times are compared as text."""
    if day.year <= 1000:
        raise ValueError(f"{day.year} is out of range")


def show(view: str, rows: Iterable[Mapping[str, Any]], form: Format | None) -> None:
    """Print rows of `view` on standard output."""
    write(view, rows, sys.stdout, form)
