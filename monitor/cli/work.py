"""The commands that do something: crawl, publish, run, serve, demo, doctor."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import config_of, now, time_of
from storage.collecting import loading
from storage.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config import Config

Host = Annotated[str, typer.Option(help="Address to serve on; 0.0.0.0 for all of this machine.")]
Port = Annotated[int, typer.Option(help="Port to serve on; 0 takes any free one.", min=0, max=65535)]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this module."""
    for command in (crawl, publish, run, serve, demo, doctor):
        app.command()(command)


def crawl(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="SOURCE", help="Sources to visit; by default all enabled.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(help="Also keep every request and response in this file.", metavar="FILE.warc.gz"),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Take network and clock from this recording.", metavar="FILE.warc.gz"),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="The clock of this run, for tests; Warsaw time without a zone.", metavar="TIME"),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would change and write nothing.")
    ] = False,
    no_publish: Annotated[
        bool, typer.Option("--no-publish", help="Update the history, leave the published files.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing when the exit code is 0.")
    ] = False,
) -> int:
    """Visit the sources, update the history, publish.

    Example: `klastry crawl calls-parp news-parp --dry-run`
    """
    from monitor.watchlist import select, watch_list

    if replay and (record or at):
        other = "--record" if record else "--at"
        raise UsageError(f"--replay brings its own network and clock; leave out {other}")
    config, clock = config_of(context), time_of(at, "--at")
    visited = select(watch_list(config), names or ())
    from monitor.crawl import crawl as visit

    return visit(
        config,
        tuple(source.id for source in visited) if names else (),
        at=clock,
        record=record,
        replay=replay,
        dry_run=dry_run,
        publish=not no_publish,
        quiet=quiet,
        out=sys.stdout,
    )


def publish(context: typer.Context) -> None:
    """Write feeds, calendar and pages from the history, print the files that changed, tell what is new.

    Example: `klastry publish`
    """
    with loading():
        config = config_of(context)
        from monitor.notices import Notices, after_publishing
        from monitor.publish import publish as write_all

    notices = Notices(config)
    for name in write_all(config, now()):
        typer.echo(name)
    for line in after_publishing(config, notices, now()):
        typer.echo(line, err=True)


def run(context: typer.Context, host: Host = "127.0.0.1", port: Port = 8765) -> int:
    """The service: visit sources when they are due, publish, serve the published folder.

    Example: `klastry --config /etc/klastry.toml run`
    """
    import asyncio

    from monitor import service
    from monitor.channels import channels
    from monitor.schedule import WINDOW
    from monitor.watchlist import watch_list

    config = config_of(context)
    watched = watch_list(config)
    channels(config)  # what cannot work is told now, not by the first crawl

    async def work() -> int:
        visits = service.Service(
            sources=watched,
            command=service.crawl_command(str(config.path) if config.path else None),
            last_visits=_last_visits(config),
            clock=now,
            log=sys.stdout,
            wait=service.jittered(WINDOW),
        )
        async with _serving(config, host, port):
            return await service.until_stopped(visits.run())

    return asyncio.run(work())


def serve(context: typer.Context, host: Host = "127.0.0.1", port: Port = 8765) -> int:
    """Only serve the published folder, read-only, until Ctrl-C.

    Example: `klastry serve --port 8080`
    """
    import asyncio

    from monitor.service import until_stopped

    config = config_of(context)

    async def work() -> int:
        async with _serving(config, host, port):
            return await until_stopped(asyncio.Event().wait())

    return asyncio.run(work())


def demo(
    no_serve: Annotated[
        bool, typer.Option("--no-serve", help="End when all is published, on a terminal too.")
    ] = False,
) -> int:
    """The main job, offline: four bundled days of model pages, visited, published and served.

    Example: `klastry demo --no-serve`
    """
    from monitor.demo import demo as play

    return play(serve=not no_serve and sys.stdout.isatty(), out=sys.stdout)


def doctor(
    context: typer.Context,
    send: Annotated[
        bool, typer.Option("--send", help="Also send a trial message to each address of [notify].")
    ] = False,
) -> int:
    """Check installation, configuration, database and folders; say how to mend each fault.

    Example: `klastry doctor`
    """
    from monitor.doctor import examine

    findings = list(examine(lambda: config_of(context), _check_database, os.environ, send=send))
    for finding in findings:
        typer.echo(str(finding))
    return 0 if all(finding.well for finding in findings) else 3


@asynccontextmanager
async def _serving(config: "Config", host: str, port: int) -> AsyncIterator[None]:
    """Serve the published folder while the block runs, and say where."""
    from monitor.serve import serving

    async with AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(serving(config.publish, host, port))
        except OSError as error:
            advice = f"({error.strerror}); choose another --port"
            raise UsageError(f"cannot serve on {host}:{port} {advice}") from None
        print(f"serving {config.publish} on {address}", flush=True)
        yield


def _check_database(where: str) -> None:
    from storage.errors import StorageError
    from storage.history import History

    with History.open(where) as history:
        answer = history.integrity()
    if answer != "ok":
        raise StorageError(f"is damaged ({answer}); restore a backup")


def _last_visits(config: "Config") -> "dict[str, datetime]":
    """When each source was last visited; nothing where there is no history yet."""
    from storage.errors import DatabaseMissing
    from storage.history import History

    try:
        with History.open(config.monitor.database) as history:
            return {source: last for source, (last, _) in history.last_visits(now()).items()}
    except DatabaseMissing:
        return {}
