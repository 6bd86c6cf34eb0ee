"""The command that writes an e-mail of the news: digest."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import config_of
from storage.errors import UsageError


def add_to(app: typer.Typer) -> None:
    """Register the command of this module."""
    app.command()(digest)


def digest(
    context: typer.Context,
    after: Annotated[
        str, typer.Option(help="The cursor: the news after this change; 0 for all.", metavar="ID")
    ],
    to: Annotated[
        list[str] | None, typer.Option(help="Who it is for; repeatable.", metavar="ADDRESS")
    ] = None,
    feed: Annotated[
        str, typer.Option(help="Only what belongs to this feed, such as klastry.", metavar="NAME")
    ] = "feed",
    to_file: Annotated[
        Path | None,
        typer.Option(help="Write it into this new file; by default it is printed.", metavar="FILE"),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing where nothing is new: for cron.")
    ] = False,
) -> None:
    """Write an e-mail of the news after a cursor, text and HTML; the next cursor is its header
    `X-Klastry-Cursor`. Where nothing is new, there is no e-mail.

    Example: `klastry digest --after 120 --to biuro@example.org | sendmail -t`
    """
    from monitor.digest import address
    from monitor.digesting import digest as write
    from storage.history import History

    config = config_of(context)
    readers = [address(text) for text in to or ()]
    with History.open(config.monitor.database) as history:
        with history.asked() as asked:
            number = asked.read_up_to(after)
        message = write(history, config, number, feed, readers)
    if message is None:
        if not quiet:
            typer.echo(f"nothing new after change {after}; no e-mail was written", err=True)
    elif to_file:
        _write(to_file, message)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(message)


def _write(path: Path, message: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(message)
    except FileExistsError:
        raise UsageError(f"{path} is there already and is not overwritten; give another name") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); give another name") from None
