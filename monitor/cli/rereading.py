"""The commands that tell the history again from pages: `klastry reread`, `klastry backfill`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import FormatOption, config_of, now, show
from storage.errors import UsageError

Named = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only this source; may be given again.", metavar="ID"),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would come of it and write nothing.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    app.command()(reread)
    app.command()(backfill)


def reread(
    context: typer.Context,
    sources: Named = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also pages that today's version of their reader has read.")
    ] = False,
    dry_run: DryRun = False,
    form: FormatOption = None,
) -> int:
    """Read stored evidence again with today's readers and correct, in silence, what they read otherwise.

    Example: `klastry reread --source kkk-mr --dry-run`
    """
    config = config_of(context)
    from monitor.rereading import reread as read_again

    rows, code = read_again(
        config, sources or (), everything=everything, dry_run=dry_run, clock=now, out=sys.stderr
    )
    show("reread", rows, form)
    return code


def backfill(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE.warc.gz", help="Recordings, in any order.")
    ] = None,
    sources: Named = None,
    wayback: Annotated[
        str | None,
        typer.Option(help="Fetch the copies of this source's pages from a web archive.", metavar="SOURCE"),
    ] = None,
    archive: Annotated[
        str | None,
        typer.Option(help="The web archive, if not https://web.archive.org/.", metavar="URL"),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(help="Where fetched copies are kept; else beside the database.", metavar="FOLDER"),
    ] = None,
    dry_run: DryRun = False,
) -> int:
    """Bring archived copies of watched pages into the history, at their own times; the feed stays silent.

    Example: `klastry backfill pi.gov.pl-2015.warc.gz` and `klastry backfill --wayback kkk-pi --dry-run`
    """
    config = config_of(context)
    if wayback is not None:
        if files or sources:
            raise UsageError("--wayback names the one source that is fetched: leave out files and --source")
        from monitor.wayback import archive_at, fetch_and_bring_in

        at = archive_at(archive)
        return fetch_and_bring_in(config, wayback, at, keep=keep, dry_run=dry_run, clock=now, out=sys.stdout)
    if archive or keep:
        raise UsageError(f"{'--archive' if archive else '--keep'} belongs to --wayback SOURCE: name one")
    if not files:
        raise UsageError("nothing to bring in: name WARC files, or a source with --wayback SOURCE")
    from monitor.backfilling import backfill as bring_in

    return bring_in(config, files, sources or (), dry_run=dry_run, clock=now, out=sys.stdout)
