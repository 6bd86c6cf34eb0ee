"""`klastry sources`: the watch list, and care of one's own sources."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import FormatOption, config_of, now, show
from monitor.rows import COLUMNS, Format
from storage.errors import UsageError
from storage.records import ListKind

if TYPE_CHECKING:
    from monitor.config import Config
    from storage.records import Source

app = typer.Typer()
Name = Annotated[str, typer.Argument(metavar="SOURCE", help="Name of the source, as in [source.NAME].")]


@app.callback(invoke_without_command=True)
def sources(context: typer.Context) -> None:
    """The watch list after defaults and configuration; without a command it is printed.

    Example: `klastry sources`
    """
    if context.invoked_subcommand is None:
        _print_list(context, None)


@app.command("list")
def list_(context: typer.Context, form: FormatOption = None) -> None:
    """Print the watch list.

    Example: `klastry sources list --format json`
    """
    _print_list(context, form)


@app.command()
def check(context: typer.Context) -> None:
    """Validate the configuration; nothing is fetched.

    Example: `klastry --config klastry.toml sources check`
    """
    from monitor.watchlist import watch_list

    config = config_of(context)
    watched = watch_list(config)
    enabled = sum(source.enabled for source in watched)
    typer.echo(f"{config.path or 'defaults'}: {len(watched)} sources, {enabled} enabled")


@app.command("try")
def try_(
    context: typer.Context,
    name: Name,
    definition: Annotated[
        Path | None,
        typer.Option(help="Take the source from this file, not from klastry.toml.", metavar="FILE"),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(help="Read this saved page; without it the site is visited.", metavar="FILE"),
    ] = None,
    form: FormatOption = None,
) -> int:
    """Try a definition before saving it: print what its reader finds; nothing is kept.

    Example: `klastry sources try my-region --definition region.toml --page saved.html`
    """
    from monitor.watchlist import select, watch_list

    config = _with_definition(config_of(context), definition)
    (source,) = select(watch_list(config), [name])
    if page:
        show("records", _records(source, page), form)
        return 0
    from monitor.looking import look

    show("records", look(config, source), form)
    return 0


@app.command()
def add(
    context: typer.Context,
    name: Name,
    url: Annotated[str, typer.Option(help="Address of the list.")],
    title: Annotated[str | None, typer.Option(help="Title for people.")] = None,
    reader: Annotated[str | None, typer.Option(help="How the page is read; page_list by default.")] = None,
    list_kind: Annotated[
        ListKind | None, typer.Option("--list", help="register: the whole truth; window: the newest.")
    ] = None,
    item: Annotated[str | None, typer.Option(help="CSS selector of a row.")] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(help="A field and its selector in a row; repeatable.", metavar="NAME=SELECTOR"),
    ] = None,
    follow: Annotated[str | None, typer.Option(help="CSS selector of the link to the next page.")] = None,
    schedule: Annotated[str | None, typer.Option(help="Cron line, Europe/Warsaw.")] = None,
    at_least: Annotated[int | None, typer.Option(help="Fewer rows than this are not believed.")] = None,
) -> None:
    """Add a source of one's own to klastry.toml, if it is valid.

    Example: `klastry sources add my-region --url https://example.org/nabory --list window
    --item "ul.calls > li" --field title=a --field url=a@href --field closes=.deadline`
    """
    from monitor.config import find, parse
    from monitor.config_tables import FILE
    from monitor.watchlist import watch_list

    config = config_of(context)
    if name in config.source:
        raise UsageError(f"{config.file}: [source.{name}] is there already; edit it or choose another name")
    given = {
        "title": title, "url": url, "reader": reader, "list": list_kind, "item": item,
        "fields": _fields(field or []), "follow": follow, "schedule": schedule, "at_least": at_least,
    }  # fmt: skip
    path = find(config.path, {}, Path.cwd()) or Path.cwd() / FILE
    before = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    gap = "\n" * (bool(before) + (bool(before) and not before.endswith("\n")))
    table = gap + _table(name, {key: value for key, value in given.items() if value})
    watch_list(parse(before + table, path, os.environ, path.parent))
    with path.open("a", encoding="utf-8") as file:
        file.write(table)
    typer.echo(f"{path}: added [source.{name}]; try it with `klastry sources try {name}`")


def _print_list(context: typer.Context, form: Format | None) -> None:
    from monitor.watchlist import watch_list

    show("sources", [_row(source) for source in watch_list(config_of(context))], form)


def _row(source: "Source") -> dict[str, Any]:
    address = source.address
    known = {"source": source.id, "list": address.list, "reader": address.reader, "url": address.url}
    return {column: known.get(column, getattr(source, column, None)) for column in COLUMNS["sources"]}


def _with_definition(config: "Config", definition: Path | None) -> "Config":
    if definition is None:
        return config
    from monitor.config import load

    tables = load(definition, {}, Path.cwd()).source
    return config.model_copy(update={"source": {**config.source, **tables}})


def _records(source: "Source", path: Path) -> list[dict[str, Any]]:
    from monitor.looking import row
    from spiders.readers import load
    from storage.records import Page

    try:
        body = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check --page") from None
    url = source.address.url
    page = Page(url, url, now(), 200, {"content-type": "text/html"}, body)
    records = load(source.address.reader, source).read(page)
    return [row(each) for each in records]


def _fields(pairs: list[str]) -> dict[str, str]:
    fields = dict(pair.partition("=")[::2] for pair in pairs)
    if missing := [name for name, selector in fields.items() if not name or not selector]:
        raise UsageError(f"--field {missing[0]!r} has no selector; write one such as title=a")
    return fields


def _table(name: str, values: Mapping[str, Any]) -> str:
    """The table as TOML."""
    lines = [f"[source.{name}]"]
    for key, value in values.items():
        if isinstance(value, dict):
            inner = ", ".join(f"{field} = {_value(css)}" for field, css in value.items())
            lines.append(f"{key} = {{ {inner} }}")
        else:
            lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: str | int) -> str:
    """A text or a number as TOML, which writes both as JSON does."""
    return json.dumps(value, ensure_ascii=False)
