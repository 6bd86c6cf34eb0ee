"""What several commands share: the configuration they were given, times, and the form of rows."""

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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


def time_of(text: str | None, option: str) -> datetime | None:
    """A day or a time in ISO 8601 as UTC; without a zone it is Warsaw time. Raises UsageError."""
    if text is None:
        return None
    from monitor.cron import WARSAW

    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        example = "2026-11-04 or 2026-11-04T16:00"
        raise UsageError(f"{option} {text!r} is no day or time; write one such as {example}") from None
    return (given if given.tzinfo else given.replace(tzinfo=WARSAW)).astimezone(UTC)


def show(view: str, rows: Iterable[Mapping[str, Any]], form: Format | None) -> None:
    """Print rows of `view` on standard output."""
    write(view, rows, sys.stdout, form)
