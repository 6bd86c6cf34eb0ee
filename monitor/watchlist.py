"""The watch list: the built-in sources of `spiders/sources.toml` with the user's own file laid over them.

A table of a built-in source overrides it key by key, and a `url` becomes its newest address; any
other table adds a source. What cannot work, such as a feed of a source that is not on it, is a
ConfigError before anything is fetched.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from monitor.config import Config
from monitor.config_tables import SourceTable
from spiders import readers
from storage.errors import ConfigError, UsageError
from storage.records import FIELDS, NAME_FIELD, Address, Details, Kind, Selectors, Source

PAGE_LIST = "page_list"
_OWN_SCHEDULE = "15 6-20/2 * * mon-fri"
_CALL_FIELDS = set(FIELDS["call"]) - set(FIELDS["cluster"]) - set(FIELDS["article"]) - set(FIELDS["document"])
_PLAIN_KEYS = (
    "title", "schedule", "enabled", "dormant", "at_least", "pages",
    "missing_visits", "missing_hours", "stale_hours", "rank",
)  # fmt: skip


def watch_list(config: Config) -> tuple[Source, ...]:
    """All sources, enabled or not: the built-in ones, then the user's, in the order of the files.

    Raises ConfigError that names file, table and key.
    """
    known = {source.id: source for source in built_in()}
    for name, table in config.source.items():
        fault = _Fault(config, name)
        known[name] = _overridden(known[name], table, fault) if name in known else _own(name, table, fault)
    for name, feed in config.feed.items():
        if strange := sorted(set(feed.sources) - known.keys()):
            raise ConfigError(
                f"{config.file}: [feed.{name}] sources: no source {strange[0]!r} on the watch list;"
                f" there are {', '.join(known)}"
            )
    return tuple(known.values())


def select(sources: Sequence[Source], names: Iterable[str]) -> tuple[Source, ...]:
    """The named sources in the order of the watch list; all enabled ones where none is named.

    Raises UsageError for a name that is not on the list.
    """
    wanted = set(names)
    ids = [source.id for source in sources]
    for name in sorted(wanted.difference(ids)):
        near = get_close_matches(name, ids, 1)
        hint = f"did you mean {near[0]}?" if near else "`klastry sources` prints them"
        raise UsageError(f"no source {name!r} on the watch list; {hint}")
    return tuple(source for source in sources if (source.id in wanted if wanted else source.enabled))


@cache
def built_in() -> tuple[Source, ...]:
    """The sources that klastry ships with, in the order of `spiders/sources.toml`."""
    text = files("spiders").joinpath("sources.toml").read_text(encoding="utf-8")
    return tuple(_declared(name, table) for name, table in tomllib.loads(text).items())


def _declared(name: str, table: Mapping[str, Any]) -> Source:
    plain = {key: value for key, value in table.items() if key not in ("addresses", "hosts", "details")}
    return Source(
        id=name,
        addresses=tuple(Address(**address) for address in table["addresses"]),
        hosts=tuple(table["hosts"]),
        details=Details(**table["details"]) if "details" in table else None,
        **plain,
    )


class _Fault:
    """Makes the ConfigError of one table."""

    def __init__(self, config: Config, name: str) -> None:
        self._table = f"{config.file}: [source.{name}]"

    def __call__(self, key: str, advice: str) -> ConfigError:
        return ConfigError(f"{self._table} {key}: {advice}")


def _plain_values(table: SourceTable) -> dict[str, Any]:
    return {key: value for key in _PLAIN_KEYS if (value := getattr(table, key)) is not None}


def _overridden(source: Source, table: SourceTable, fault: _Fault) -> Source:
    newest = source.address
    address = Address(
        table.url or newest.url, _reader(table, fault) or newest.reader, table.list_kind or newest.list
    )
    older = source.addresses if address.url != newest.url else source.addresses[:-1]
    return replace(
        source,
        addresses=(*older, address),
        hosts=_hosts(source.hosts, table),
        own=bool(table.url or table.hosts),
        selectors=_selectors(address.reader, table, source.kind, fault),
        **_plain_values(table),
    )


def _own(name: str, table: SourceTable, fault: _Fault) -> Source:
    if not table.url:
        near = get_close_matches(name, [source.id for source in built_in()], 1)
        hint = f", or did you mean the built-in {near[0]}?" if near else ""
        raise fault("url", f"is missing: a source of one's own needs the address of its list{hint}")
    reader = _reader(table, fault) or PAGE_LIST
    model = _model(reader, fault) if reader != PAGE_LIST else None
    kind = model.kind if model else _kind(table.fields or {})
    list_kind = table.list_kind or (model.address.list if model else "register")
    source = Source(
        id=name,
        title=table.title or name,
        kind=kind,
        spider="own_list",
        addresses=(Address(table.url, reader, list_kind),),
        hosts=_hosts((), table),
        schedule=_OWN_SCHEDULE,
        details=model.details if model else None,
        selectors=_selectors(reader, table, kind, fault),
        own=True,
    )
    return replace(source, **_plain_values(table))


def _hosts(hosts: Sequence[str], table: SourceTable) -> tuple[str, ...]:
    named = [urlsplit(table.url).hostname or ""] if table.url else []
    return tuple(dict.fromkeys([*hosts, *table.hosts, *named]))


def _reader(table: SourceTable, fault: _Fault) -> str | None:
    if table.reader is not None and table.reader not in readers.names():
        raise fault("reader", f"no reader {table.reader!r}; there are {', '.join(readers.names())}")
    return table.reader


def _model(reader: str, fault: _Fault) -> Source:
    """The built-in source whose list `reader` reads: it tells what kind of records come."""
    for source in built_in():
        if any(address.reader == reader for address in source.addresses):
            return source
    raise fault("reader", f"{reader!r} reads no list of a built-in source; write page_list and selectors")


def _kind(fields: Mapping[str, str]) -> Kind:
    if "name" in fields:
        return "cluster"
    return "call" if _CALL_FIELDS & fields.keys() else "article"


def _selectors(reader: str, table: SourceTable, kind: Kind, fault: _Fault) -> Selectors | None:
    given = [key for key in ("item", "fields", "follow") if getattr(table, key) is not None]
    if reader != PAGE_LIST:
        if given:
            raise fault(given[0], f"only page_list takes selectors, the reader here is {reader}")
        return None
    if table.item is None or not table.fields:
        raise fault("fields" if table.item else "item", "is missing: page_list needs item and fields")
    if NAME_FIELD[kind] not in table.fields:
        raise fault("fields", f"need {NAME_FIELD[kind]!r}, by which a {kind} is known")
    for field in table.fields:
        if field not in FIELDS[kind]:
            raise fault(f"fields.{field}", f"a {kind} has no such field; it has {', '.join(FIELDS[kind])}")
    selectors = {"item": table.item, **{f"fields.{key}": css for key, css in table.fields.items()}}
    if table.follow:
        selectors["follow"] = table.follow
    for key, selector in selectors.items():
        _check_selector(key, selector, fault)
    return Selectors(table.item, dict(table.fields), table.follow)


def _check_selector(key: str, selector: str, fault: _Fault) -> None:
    from soupsieve import SelectorSyntaxError, compile

    css, at, attribute = selector.partition("@") if key != "item" else (selector, "", "")
    if at and not attribute.strip():
        raise fault(key, f"{selector!r} names no attribute after @; write one such as a@href")
    try:
        if css.strip() or not at:
            compile(css)
    except SelectorSyntaxError as error:
        raise fault(key, f"{selector!r} is no CSS selector: {str(error).splitlines()[0]}") from None
