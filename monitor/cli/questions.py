"""The commands that ask about the past: list, diff, timeline, coverage."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import FormatOption, config_of, day_of, now, show, time_of
from monitor.entity import find, with_lists
from monitor.rows import Format, Row, form_for
from storage.errors import UsageError
from storage.records import Kind

if TYPE_CHECKING:
    from storage.history import History
    from storage.moments import Knowledge, Moment
    from storage.questions import Questions

lists = typer.Typer(no_args_is_help=True)

AsOf = Annotated[
    str | None, typer.Option("--as-of", help="At the end of this day in Warsaw.", metavar="DATE")
]
KnownAt = Annotated[
    str | None,
    typer.Option("--known-at", help="As it was known then, or with this row of the ledger.", metavar="TIME"),
]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.add_typer(lists, name="list")
    for command in (diff, timeline, coverage):
        app.command()(command)


@lists.callback()
def state() -> None:
    """The state of the world as the pages say it, or said it.

    Example: `klastry list clusters --holding --as-of 2026-11-04`
    """


@lists.command()
def clusters(
    context: typer.Context,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    holding: Annotated[
        bool, typer.Option("--holding", help="Only those whose status holds on that day.")
    ] = False,
    form: FormatOption = None,
) -> None:
    """Key National Clusters, whether their status holds or not.

    Example: `klastry list clusters --holding --format csv`
    """
    _list(context, "cluster", as_of, known_at, form, lambda row: not holding or row["holds"] == "yes")


@lists.command()
def calls(
    context: typer.Context, as_of: AsOf = None, known_at: KnownAt = None, form: FormatOption = None
) -> None:
    """Calls for proposals, rounds of the KKK competition among them.

    Example: `klastry list calls --format json`
    """
    _list(context, "call", as_of, known_at, form)


@lists.command()
def articles(
    context: typer.Context, as_of: AsOf = None, known_at: KnownAt = None, form: FormatOption = None
) -> None:
    """News of the watched sites.

    Example: `klastry list articles --format jsonl`
    """
    _list(context, "article", as_of, known_at, form)


@lists.command()
def documents(
    context: typer.Context, as_of: AsOf = None, known_at: KnownAt = None, form: FormatOption = None
) -> None:
    """Attachments of the watched pages.

    Example: `klastry list documents --format csv`
    """
    _list(context, "document", as_of, known_at, form)


def diff(
    context: typer.Context,
    start: Annotated[str, typer.Argument(metavar="FROM", help="A day, at its end in Warsaw.")],
    end: Annotated[str, typer.Argument(metavar="TO", help="A later day.")],
    known_at: KnownAt = None,
    form: FormatOption = None,
) -> None:
    """What the lists said otherwise on one day than on another: in, out, changed, unknown.

    Example: `klastry diff 2026-10-31 2026-11-04 --format csv`
    """
    first, last = _end_of(start, "FROM"), _end_of(end, "TO")
    with _history(context) as history, history.asked() as asked:
        known = _knowledge(asked, known_at)
        rows = asked.diff(first, last, known)
        _answer("diff", rows, form, lambda: asked.observed(last, known))


def timeline(
    context: typer.Context,
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help="An id, an address or a name.")],
    form: FormatOption = None,
) -> None:
    """One thing from first sight to now: what changed, what was noted in silence, when nobody looked.

    Example: `klastry timeline cluster-1 --format csv`
    """
    with _history(context) as history, history.asked() as asked:
        rows = asked.timeline(find(entity, asked))
        _answer("timeline", rows, form, lambda: asked.observed(_end_of(None, "ENTITY")))


def coverage(context: typer.Context, form: FormatOption = None) -> None:
    """How well each source was observed.

    Example: `klastry coverage --format json`
    """
    with _history(context) as history:
        rows = history.rows("coverage")
    show("coverage", rows, form)


def _list(
    context: typer.Context,
    kind: Kind,
    as_of: str | None,
    known_at: str | None,
    form: Format | None,
    wanted: Callable[[Row], bool] = lambda row: True,
) -> None:
    day = _end_of(as_of, "--as-of")
    with _history(context) as history, history.asked() as asked:
        known = _knowledge(asked, known_at)
        present = as_of is None and known_at is None
        rows = asked.now(kind, day) if present else asked.lists(kind, day, known)

        def observed() -> list[Row]:
            speaking = _watched(context, kind) | asked.speaking(kind)
            return [row for row in asked.observed(day, known) if row["source"] in speaking]

        _answer(f"{kind}s", [row for row in rows if wanted(row)], form, observed)


def _answer(
    view: str, rows: Sequence[Row], form: Format | None, observed: Callable[[], Iterable[Row]]
) -> None:
    """Print an answer, and until when it holds where the rows do not say it themselves.

    `observed` tells what an empty answer is of.
    """
    show(view, map(with_lists, rows), form)
    if not rows:
        typer.echo(f"nothing; {_told_of(observed())}", err=True)
    elif form_for(sys.stdout, form) is Format.TABLE:
        known = sorted({row["known_up_to"] for row in rows if row["known_up_to"]})
        if known:
            typer.echo(f"known up to {' to '.join(dict.fromkeys((known[0], known[-1])))}")


def _watched(context: typer.Context, kind: Kind) -> set[str]:
    """The sources on the watch list that are there for things of this kind."""
    from monitor.watchlist import watch_list

    return {source.id for source in watch_list(config_of(context)) if source.kind == kind}


def _told_of(sources: Iterable[Row]) -> str:
    """Which sources an empty answer is of, and until when."""
    known = [
        f"{row['source']} from {row['first_visit'][:10]} to {row['known_up_to']}"
        for row in sources
        if row["known_up_to"]
    ]
    return f"known: {', '.join(known)}" if known else "no source of this had been read by then"


def _end_of(text: str | None, option: str) -> "Moment":
    """The end of the day that `text` names; now without one. Raises UsageError."""
    from storage.forms import WARSAW
    from storage.moments import Moment

    day = now().astimezone(WARSAW).date() if text is None else day_of(text, option)
    return Moment.at_the_end_of(day, now())


def _knowledge(asked: "Questions", text: str | None) -> "Knowledge":
    """What was known at a time, at the end of a day, or with a row of the ledger. Raises UsageError."""
    from storage.forms import WARSAW
    from storage.moments import EVERYTHING

    if text is None:
        return EVERYTHING
    if text.isdecimal() and len(text) < 8:
        return asked.knowledge(int(text))
    at = time_of(text, "--known-at", end_of_day=True)
    assert at is not None
    if at.astimezone(WARSAW).date() > now().astimezone(WARSAW).date():
        raise UsageError(f"--known-at {text} has not come yet; ask for a time up to now")
    return asked.knowledge(at)


def _history(context: typer.Context) -> "History":
    from storage.history import History

    return History.open(config_of(context).monitor.database)
