"""The command of the first set-up: init."""

import getpass
import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.options import Chosen

_SITE_URL = "http://127.0.0.1:8765/"


def add_to(app: typer.Typer) -> None:
    """Register the command of this module."""
    app.command()(init)


def init(
    context: typer.Context,
    contact: Annotated[
        str | None, typer.Option(help="Your address, for the owners of the watched sites.")
    ] = None,
    site_url: Annotated[str | None, typer.Option(help="Where readers will reach feeds and pages.")] = None,
    language: Annotated[str | None, typer.Option(help="Of feeds and pages: pl or en.")] = None,
) -> None:
    """First set-up: write a commented klastry.toml and say what comes next. On a terminal it asks for
    what is not given. A file that is there is never overwritten.

    Example: `klastry init --contact kontakt@example.org --site-url https://example.org/klastry/`
    """
    from monitor import first_setup
    from monitor.config import find
    from monitor.config_tables import FILE

    folder = Path.cwd()
    config = find(context.ensure_object(Chosen).path, os.environ, folder) or folder / FILE
    place = first_setup.Place(config, folder, _command(), _user())
    if not config.exists():
        contact = _asked("Your address, for the owners of the watched sites", contact, "")
        site_url = _asked("Where readers will reach feeds and pages", site_url, _SITE_URL)
        language = _asked("Language of feeds and pages, pl or en", language, "pl")
    contact, site_url, language = contact or "", site_url or _SITE_URL, language or "pl"
    text = first_setup.configuration(place, contact=contact, site_url=site_url, language=language)
    first_setup.write(config, text)
    service, timer = first_setup.units(place)
    typer.echo(f"wrote {config}")
    for heading, snippet in (
        ("For cron, with `crontab -e`:", first_setup.crontab(place, contact)),
        ("For systemd, instead of cron:", f"{service}\n{timer}"),
    ):
        typer.echo(f"\n{heading}\n\n{snippet}", nl=False)
    typer.echo(f"\n{_next_steps(shlex.join(place.words), config, contact)}")


def _next_steps(klastry: str, config: Path, contact: str) -> str:
    steps = [
        ("doctor", "is everything in place?"),
        ("crawl --dry-run", "visits the sites, tells what it found, writes nothing"),
        ("crawl", "visits, remembers, publishes"),
        ("status", "how each source stands"),
        ("run", "the service, instead of cron or systemd"),
    ]
    width = max(len(words) for words, _ in steps)
    lines = [f"  {klastry} {words:<{width}}  # {why}" for words, why in steps]
    if not contact:
        lines.insert(0, f"  set contact in {config}: owners of the sites may want to write to you")
    return "\n".join(["Next:", *lines])


def _asked(question: str, given: str | None, default: str) -> str:
    """What was given; else what a person at a terminal answers; else the default."""
    if given is not None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return default if given is None else given
    return str(typer.prompt(question, default=default, show_default=bool(default)))


def _command() -> tuple[str, ...]:
    """How this klastry is started from anywhere."""
    script = Path(sys.executable).with_name("klastry")
    return (str(script),) if script.exists() else (sys.executable, "-P", "-m", "monitor.cli")


def _user() -> str:
    """Who is to run it: whoever sets it up, but never root."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "root"
    return "klastry" if name == "root" else name
