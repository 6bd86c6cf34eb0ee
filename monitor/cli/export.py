"""The command that gives the history to other programs: export."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import config_of, now
from monitor.dictionary import Form
from storage.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(export)


def export(
    context: typer.Context,
    into: Annotated[str, typer.Argument(metavar="DIR", help="Folder the files are put into.")],
    form: Annotated[Form, typer.Option("--format", help="What kind of files.")] = Form.CSV,
    after: Annotated[
        str | None,
        typer.Option(help="Only what is new since this change: the cursor an export printed.", metavar="ID"),
    ] = None,
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin CSV with a byte-order mark, for spreadsheets.")
    ] = False,
) -> None:
    """Write the history as files, with a data dictionary; prints the rows of each and the next cursor.

    Example: `klastry export --format jsonl out`
    """
    from monitor.exporting import export as write

    if not into:  # a variable of the shell that is not set, and not the working folder
        raise UsageError("no folder is named; give the folder that the files are put into")
    folder = Path(into)
    manifest = write(config_of(context).monitor.database, folder, form, now(), after=after, bom=bom)
    for resource in manifest["resources"]:
        typer.echo(f"{resource['name']:<10} {resource['rows']:>9}  {folder / resource['path']}")
    typer.echo(f"next: --after {manifest['klastry']['cursor']}")
