"""The commands that answer from the history: status, changes, list."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import FormatOption, config_of, now, show, time_of
from monitor.entity import VIEWS, find, with_lists
from monitor.rows import Format, Row
from storage.errors import DatabaseMissing
from storage.records import Cause, Kind, Verb

if TYPE_CHECKING:
    from monitor.config import Config
    from storage.history import History

ON_SCREEN = 50
lists = typer.Typer(no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(status)
    app.command()(changes)
    app.add_typer(lists, name="list")


@lists.callback()
def state() -> None:
    """The state of the world as the pages say it.

    Example: `klastry list clusters --holding`
    """


def status(context: typer.Context, form: FormatOption = None) -> int:
    """How each source stands; exit code 3 if anything needs a person.

    Example: `klastry status --format json`
    """
    from monitor.status import status as stand
    from monitor.status import worst
    from monitor.watchlist import watch_list

    config = config_of(context)
    watched = watch_list(config)
    try:
        with _history(config) as history:
            visits = history.visits()
            waiting = [review["source"] for review in history.open_reviews()]
    except DatabaseMissing:
        visits, waiting = [], []
    rows = stand(watched, visits, waiting, now())
    show("status", rows, form)
    return worst(rows)


def changes(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Seen by this day or time, or later.", metavar="TIME")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Seen before this day or time.", metavar="TIME")] = None,
    after: Annotated[int | None, typer.Option(help="With an id greater than this one.", metavar="ID")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Of this kind of thing.")] = None,
    verb: Annotated[Verb | None, typer.Option(help="Of this sort.")] = None,
    field: Annotated[str | None, typer.Option(help="Of this field, such as closes.")] = None,
    source: Annotated[str | None, typer.Option(help="Told by this source.")] = None,
    entity: Annotated[str | None, typer.Option(help="Of this thing: an id, an address or a name.")] = None,
    cause: Annotated[Cause | None, typer.Option(help="For this reason.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(help=f"The newest N; {ON_SCREEN} on a terminal, else all.", metavar="N", min=1),
    ] = None,
    form: FormatOption = None,
) -> None:
    """The change log, oldest first.

    Example: `klastry changes --since 2026-11-01 --kind call --field closes --format csv`
    """
    start, end = time_of(since, "--since"), time_of(until, "--until")
    equal = {"kind": kind, "verb": verb, "field": field, "source": source, "cause": cause}
    with _history(config_of(context)) as history:
        if entity:
            equal["entity"] = find(entity, {view: history.rows(view) for view in VIEWS})
        rows = history.changes(
            since=start,
            until=end,
            after=after,
            equal={column: value for column, value in equal.items() if value is not None},
            limit=limit or (ON_SCREEN if sys.stdout.isatty() else None),
        )
    show("changes", (with_lists(row) for row in rows), form)


@lists.command()
def clusters(
    context: typer.Context,
    holding: Annotated[bool, typer.Option("--holding", help="Only those whose status holds today.")] = False,
    form: FormatOption = None,
) -> None:
    """Key National Clusters, whether their status holds or not.

    Example: `klastry list clusters --holding --format csv`
    """
    _list(context, "clusters", form, lambda row: not holding or row["holds"] == "yes")


@lists.command()
def calls(context: typer.Context, form: FormatOption = None) -> None:
    """Calls for proposals, rounds of the KKK competition among them.

    Example: `klastry list calls --format json`
    """
    _list(context, "calls", form)


@lists.command()
def articles(context: typer.Context, form: FormatOption = None) -> None:
    """News of the watched sites.

    Example: `klastry list articles --format jsonl`
    """
    _list(context, "articles", form)


@lists.command()
def documents(context: typer.Context, form: FormatOption = None) -> None:
    """Attachments of the watched pages.

    Example: `klastry list documents --format csv`
    """
    _list(context, "documents", form)


def _list(
    context: typer.Context, view: str, form: Format | None, wanted: Callable[[Row], bool] = lambda row: True
) -> None:
    with _history(config_of(context)) as history:
        rows = history.rows(view)
    show(view, (with_lists(row) for row in rows if wanted(row)), form)


def _history(config: "Config") -> "History":
    from storage.history import History

    return History.open(config.monitor.database)
