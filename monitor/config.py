"""The configuration: `klastry.toml` and the environment, checked as a whole before anything is done.

Whatever is wrong becomes one ConfigError line that names file, table and key, and says what to
write. Values that may hold a password (`database`, those of `notify`) are never repeated in it.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config_tables import FILE, Config, Crawl, FeedTable, Monitor, Notify, SourceTable, Table
from storage.errors import ConfigError

__all__ = ["Config", "find", "load", "parse"]

PREFIX = "KLASTRY_"
IN_ENVIRONMENT = ("monitor", "crawl")
TABLES: Mapping[str, type[Table]] = {
    "monitor": Monitor,
    "crawl": Crawl,
    "source": SourceTable,
    "feed": FeedTable,
    "notify": Notify,
}
_CHOOSE = "check --config and KLASTRY_CONFIG"
_SQLITE_FILE = re.compile(r"(sqlite(?:\+\w+)?:///)(?!:memory:|file:|/)([^?]+)(.*)")


def load(path: Path | None, env: Mapping[str, str], cwd: Path) -> Config:
    """The configuration from `path`, else `KLASTRY_CONFIG`, else `klastry.toml` in `cwd`, else defaults.

    `KLASTRY_<TABLE>__<KEY>` in `env` wins over the file. Raises ConfigError.
    """
    found = find(path, env, cwd)
    return parse(_text(found) if found else "", found, env, found.parent if found else cwd)


def find(path: Path | None, env: Mapping[str, str], cwd: Path) -> Path | None:
    """The configuration file that counts, as an absolute path; None if there is none. Raises ConfigError."""
    named = path or (Path(env[f"{PREFIX}CONFIG"]) if env.get(f"{PREFIX}CONFIG") else None)
    if named:
        return (cwd / named).absolute()
    default = (cwd / FILE).absolute()
    try:
        return default if default.exists() else None
    except OSError as error:
        raise ConfigError(f"{default}: cannot be read ({error.strerror}); {_CHOOSE}") from None


def parse(text: str, path: Path | None, env: Mapping[str, str], folder: Path) -> Config:
    """The configuration that `text` means; relative paths are relative to `folder`."""
    place = str(path or FILE)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{place}: not valid TOML: {error}") from None
    if "path" in tables:
        raise ConfigError(f"{place}: path: unknown key; remove it")
    named = _add_environment(tables, env)
    try:
        config = Config.model_validate({**tables, "path": path})
    except ValidationError as error:
        raise ConfigError("; ".join(_lines(error, place, named))) from None
    return _with_absolute_paths(config, folder)


def keys_of(table: type[Table]) -> list[str]:
    """The keys of a table as they are written in the file."""
    return [field.alias or name for name, field in table.model_fields.items()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); {_CHOOSE}") from None


def _add_environment(tables: dict[str, Any], env: Mapping[str, str]) -> dict[tuple[str, str], str]:
    """Put the keys set in `env` into `tables`; return which variable set which key."""
    named: dict[tuple[str, str], str] = {}
    for variable, text in sorted(env.items()):
        table, marked, key = variable.removeprefix(PREFIX).lower().partition("__")
        if not variable.startswith(PREFIX) or not marked:
            continue
        if table not in IN_ENVIRONMENT:
            raise ConfigError(f"environment {variable}: only [monitor] and [crawl] are set there; unset it")
        named[table, key] = variable
        values = tables.setdefault(table, {})
        if isinstance(values, dict):
            values[key] = _number(text) if table == "crawl" else text
    return named


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _lines(error: ValidationError, place: str, named: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for fault in error.errors(include_url=False, include_context=False):
        steps = [str(step) for step in fault["loc"]]
        depth = 2 if steps[0] in ("source", "feed") else 1
        table, key = steps[:depth], ".".join(steps[depth:])
        variable = named.get((steps[0], key))
        where = f"environment {variable}" if variable else f"{place}: [{'.'.join(table)}] {key}".rstrip()
        yield f"{where}: {_advice(fault, table, steps[-1])}"


def _advice(fault: ErrorDetails, table: list[str], key: str) -> str:
    if fault["type"] == "tuple_type":
        return _wanted_list(fault["input"], table)
    if fault["type"] != "extra_forbidden":
        return fault["msg"].removeprefix("Value error, ")
    known = list(TABLES) if table == [key] else keys_of(TABLES[table[0]])
    near = get_close_matches(key, known, 1)
    return f"unknown key; did you mean {near[0]}?" if near else f"unknown key; known are {', '.join(known)}"


def _wanted_list(given: Any, table: list[str]) -> str:
    """What to write for a value that is no list; an address of `[notify]` is never repeated."""
    if table == ["notify"]:
        return 'is no list: write one such as ["mailto://…"]'
    if isinstance(given, str):
        return f"is no list: write {json.dumps([given], ensure_ascii=False)}"
    return 'is no list: write one such as ["…"]'


def _with_absolute_paths(config: Config, folder: Path) -> Config:
    where = config.monitor.database
    if "://" not in where:
        where = str(folder.absolute() / where)
    elif file := _SQLITE_FILE.fullmatch(where):
        where = f"{file[1]}{folder.absolute() / file[2]}{file[3]}"
    publish = str(folder.absolute() / config.monitor.publish)
    monitor = config.monitor.model_copy(update={"database": where, "publish": publish})
    return config.model_copy(update={"monitor": monitor})
