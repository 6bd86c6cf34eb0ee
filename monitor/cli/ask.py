"""The commands that tell how things stand and what changed: status, changes."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import MOST_ID, FormatOption, config_of, now, show, time_of
from monitor.entity import find, with_lists
from storage.errors import DatabaseMissing, UsageError
from storage.records import FIELDS, Cause, Kind, Verb

if TYPE_CHECKING:
    from monitor.config import Config
    from storage.history import History
    from storage.questions import Questions

ON_SCREEN = 50


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(status)
    app.command()(changes)


def status(context: typer.Context, form: FormatOption = None) -> int:
    """How each source stands; exit code 3 if anything needs a person.

    Example: `klastry status --format json`
    """
    from monitor.status import is_deaf, unheard, worst
    from monitor.status import status as stand
    from monitor.watchlist import watch_list

    config = config_of(context)
    watched = watch_list(config)
    try:
        with _history(config) as history, history.asked() as asked:
            visits = asked.latest_visits(source.id for source in watched)
            waiting = [review["source"] for review in history.open_reviews()]
            told = list(history.listeners().values())
    except DatabaseMissing:
        visits, waiting, told = [], [], []
    rows = stand(watched, visits, waiting, now())
    show("status", rows, form)
    for line in unheard(told):
        typer.echo(line, err=True)
    return 3 if any(is_deaf(each, now()) for each in told) else worst(rows)


def changes(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Seen by this day or time, or later.", metavar="TIME")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Seen before this day or time.", metavar="TIME")] = None,
    after: Annotated[
        str | None,
        typer.Option(help="After this change: an id, or the cursor that export prints.", metavar="ID"),
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="Of this kind of thing.")] = None,
    verb: Annotated[Verb | None, typer.Option(help="Of this sort.")] = None,
    field: Annotated[str | None, typer.Option(help="Of this field, such as closes.")] = None,
    source: Annotated[str | None, typer.Option(help="Told by this source.")] = None,
    entity: Annotated[str | None, typer.Option(help="Of this thing: an id, an address or a name.")] = None,
    cause: Annotated[Cause | None, typer.Option(help="For this reason.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            help=f"The newest N; {ON_SCREEN} on a terminal, else all.", metavar="N", min=1, max=MOST_ID
        ),
    ] = None,
    form: FormatOption = None,
) -> None:
    """The change log, oldest first.

    Example: `klastry changes --since 2026-11-01 --kind call --field closes --format csv`
    """
    start, end = time_of(since, "--since"), time_of(until, "--until")
    if start and end and end < start:
        raise UsageError(f"--since {since} lies after --until {until}; write the earlier time first")
    if field is not None:
        _check_field(field)
    equal = {"kind": kind, "verb": verb, "field": field, "source": source, "cause": cause}
    config = config_of(context)
    with _history(config) as history:
        with history.asked() as asked:
            number = None if after is None else asked.read_up_to(after)
            if source is not None:
                _check_source(source, config, asked)
            meant = find(entity, asked) if entity else None
        rows = history.changes(
            since=start,
            until=end,
            after=number,
            entity=meant,
            equal={column: value for column, value in equal.items() if value is not None},
            limit=limit or (ON_SCREEN if sys.stdout.isatty() else None),
        )
    show("changes", (with_lists(row) for row in rows), form)


def _check_field(field: str) -> None:
    """Raises UsageError for a field that nothing has."""
    fields = sorted({name for names in FIELDS.values() for name in names})
    if field not in fields:
        raise UsageError(f"--field {field!r}: there is no such field; there are {', '.join(fields)}")


def _check_source(source: str, config: "Config", asked: "Questions") -> None:
    """Raises UsageError for a source that is neither on the watch list nor in the history."""
    from monitor.watchlist import watch_list

    if source not in {each.id for each in watch_list(config)} | asked.sources():
        raise UsageError(f"--source {source!r}: there is no such source; `klastry sources` prints them")


def _history(config: "Config") -> "History":
    from storage.history import History

    return History.open(config.monitor.database)
