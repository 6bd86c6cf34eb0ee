"""All commands of `klastry`, and the options that come before them."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import (
    ask,
    database,
    digest,
    evidence,
    export,
    questions,
    rereading,
    review,
    setup,
    sources,
    work,
)
from monitor.cli.options import Chosen

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"klastry {version('klastry')}")
        raise typer.Exit


@app.callback()
def klastry(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(help="Configuration file; else KLASTRY_CONFIG, else ./klastry.toml.", metavar="FILE"),
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback with an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Watches the official Polish pages about Key National Clusters (KKK) and calls for proposals,
    and tells what changed.

    Exit codes: 0 all well; 2 wrong usage or configuration; 3 a source needs a look; 4 storage or
    publishing failed; 5 another crawl is at work; 6 no site answered; 130, 143 stopped by a signal.

    Example: `klastry crawl && klastry changes --limit 10`
    """
    context.obj = Chosen(config)


work.add_to(app)
ask.add_to(app)
questions.add_to(app)
evidence.add_to(app)
rereading.add_to(app)
app.add_typer(review.app, name="review")
app.add_typer(sources.app, name="sources")
setup.add_to(app)
digest.add_to(app)
export.add_to(app)
app.add_typer(database.app, name="db")
