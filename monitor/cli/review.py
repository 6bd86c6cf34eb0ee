"""The commands about what the monitor holds back for a person: `klastry review …`."""

from typing import Annotated

import typer

from monitor.cli.options import MOST_ID, FormatOption, config_of, now, show
from monitor.rows import Format

app = typer.Typer(invoke_without_command=True)
Every = Annotated[bool, typer.Option("--all", help="Also what was decided, or closed by the page itself.")]
Number = Annotated[int, typer.Argument(metavar="ID", help="As `klastry review` prints it.", max=MOST_ID)]
Reason = Annotated[str | None, typer.Option(help="Why; it is kept with the decision.", metavar="TEXT")]


@app.callback()
def review(context: typer.Context, every: Every = False, form: FormatOption = None) -> None:
    """What is held back until a person decides. Alone it prints what waits.

    Example: `klastry review` and then `klastry review accept 3 --reason "seen on the page"`
    """
    if context.invoked_subcommand is None:
        _print(context, every, form)


@app.command("list")
def listing(context: typer.Context, every: Every = False, form: FormatOption = None) -> None:
    """What waits for a decision, oldest first.

    Example: `klastry review list --all --format csv`
    """
    _print(context, every, form)


@app.command()
def accept(context: typer.Context, number: Number, reason: Reason = None) -> None:
    """Believe it: the news is told at once, with the times of the page.

    Example: `klastry review accept 3 --reason "the ministry confirmed it"`
    """
    _decide(context, number, "accept", reason)


@app.command()
def reject(context: typer.Context, number: Number, reason: Reason = None) -> None:
    """Do not believe it: the same is not asked again.

    Example: `klastry review reject 3 --reason "the page was broken"`
    """
    _decide(context, number, "reject", reason)


@app.command()
def undo(context: typer.Context, number: Number, reason: Reason = None) -> None:
    """Take a decision back: every answer is as before, and the review waits again.

    Example: `klastry review undo 3`
    """
    _decide(context, number, "undo", reason)


def _decide(context: typer.Context, number: int, verdict: str, reason: str | None) -> None:
    from monitor.reviewing import review as decide

    for line in decide(config_of(context), number, verdict, reason, now()):
        typer.echo(line)


def _print(context: typer.Context, every: bool, form: Format | None) -> None:
    from monitor.reviewing import reviews
    from storage.history import History

    with History.open(config_of(context).monitor.database) as history:
        rows = reviews(history, every=every)
    show("review", rows, form)
