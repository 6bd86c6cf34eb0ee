"""The commands about proof: cite one change, verify everything."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import MOST_ID, FormatOption, config_of, show
from monitor.rows import Format
from storage.errors import StorageError, UsageError

if TYPE_CHECKING:
    from storage.citing import Cited
    from storage.history import History


class Form(StrEnum):
    """How a citation is printed."""

    TEXT = "text"
    JSON = "json"


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    for command in (cite, verify):
        app.command()(command)


def cite(
    context: typer.Context,
    change: Annotated[
        int, typer.Argument(metavar="CHANGE", help="The id of a change, as `klastry changes` prints it.")
    ],
    form: Annotated[Form, typer.Option("--format", help="Lines for people, or one JSON object.")] = Form.TEXT,
    body: Annotated[
        Path | None,
        typer.Option(help="Write the page it was read from into this new file instead.", metavar="FILE"),
    ] = None,
) -> None:
    """The evidence for one change: where and when it was read, and how to check that.

    Example: `klastry cite 3` and `klastry cite 3 --body page.html`
    """
    from monitor.citing import lines, row
    from monitor.publish import site_of
    from monitor.watchlist import watch_list
    from storage.history import History

    config = config_of(context)
    with History.open(config.monitor.database) as history:
        cited = history.cited([change]).get(change) if 0 < change <= MOST_ID else None
        if cited is None:
            raise UsageError(f"there is no change {change}; `klastry changes` prints the ids")
        if body is not None:
            typer.echo(_write_body(history, cited, body))
            return
    site = site_of(config, watch_list(config))
    if form is Form.JSON:
        show("cite", [row(cited, site)], Format.JSONL)
        return
    for line in lines(cited, site):
        typer.echo(line)


def verify(context: typer.Context, form: FormatOption = None) -> None:
    """Check the file, re-hash all kept pages, walk the chain of the ledger; exit code 4 if anything is amiss.

    Example: `klastry verify && klastry db backup klastry.bak`
    """
    from storage.history import History

    config = config_of(context)
    with History.open(config.monitor.database) as history, _progress() as passed:
        found = history.verification(passed)
    if form is not None:
        rows = (each.partition(": ") for each in found.findings)
        show("verify", [{"what": what, "finding": said} for what, _, said in rows], form)
    else:
        for each in found.findings:
            typer.echo(each)
    if found.findings:
        raise StorageError(
            f"{config.monitor.database}: {found.misfits}; compare with a backup, or restore it"
        )
    if form is None:
        typer.echo(f"all fits: {found.bodies} bodies, {found.rows} rows of the ledger, head {found.head}")


def _write_body(history: "History", cited: "Cited", file: Path) -> str:
    """Write the kept page into a file that is not there yet; gives what to print."""
    if cited.capture is None:
        raise UsageError(f"no page stands behind change {cited.change.id}: it tells what the monitor began")
    content = history.body(cited.capture.sha256)
    try:
        with file.open("xb") as new:
            new.write(content)
    except FileExistsError:
        raise UsageError(f"{file} is there already; name a new file") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written ({error.strerror}); name another") from None
    return f"{file}: {len(content)} bytes, SHA-256 {cited.capture.sha256}"


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on a terminal, on standard error."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("verifying")
        yield lambda count, total: bar.update(task, completed=count, total=total)
