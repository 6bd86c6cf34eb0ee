"""The commands that care for the database: `klastry db …`."""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import config_of, now

app = typer.Typer(no_args_is_help=True)


@app.callback()
def database() -> None:
    """Care of the database: upgrade, back up, restore, copy.

    Example: `klastry db backup klastry-2026-11-23.db`
    """


@app.command()
def upgrade(context: typer.Context) -> None:
    """Bring the database to the version of this klastry; a copy of the old one is kept beside.

    Example: `klastry db upgrade`
    """
    from storage.care import upgrade as bring

    before, after = bring(config_of(context).monitor.database)
    typer.echo(f"already of version {after}" if before == after else f"upgraded from {before} to {after}")


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file; none is ever overwritten.")],
) -> None:
    """Copy the database into a new file, also while a crawl is at work, and check the copy.

    Example: `klastry db backup klastry-2026-11-23.db`
    """
    from storage.care import back_up

    kept = back_up(config_of(context).monitor.database, file)
    typer.echo(f"{file}: {file.stat().st_size} bytes, {kept}")


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `klastry db backup` made.")],
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Also where `klastry verify` would find faults in it.")
    ] = False,
) -> None:
    """Verify a backup and put it in the place of the database, which is kept beside.

    Example: `klastry db restore klastry-2026-11-23.db`
    """
    from storage.care import restore as put

    where = config_of(context).monitor.database
    kept, replaced = put(where, file, now(), unverified=unverified)
    typer.echo(f"restored {file}, {kept}")
    if replaced:
        typer.echo(f"the replaced database is {replaced}")
    typer.echo("now run `klastry publish`")


@app.command()
def copy(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="A path or an SQLAlchemy URL.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="The same, of an empty database.")],
) -> None:
    """Copy a history into an empty database of any kind: SQLite or PostgreSQL.

    Example: `klastry db copy data/klastry.db postgresql://klastry@localhost/klastry`
    """
    from storage.copying import copy as transfer
    from storage.places import shown

    count = transfer(origin, to)
    typer.echo(f"{count} rows from {shown(origin)} to {shown(to)}; the chain holds")
