"""Names that are known, from sources, to mean one cluster (`aliases.toml`, reviewed data)."""

import tomllib
from functools import cache
from importlib.resources import files

from storage.errors import ConfigError
from storage.records import fold


def canonical_name(folded: str) -> str:
    """The folded name by which a cluster is known, for any folded name it has had."""
    return _table().get(folded, folded)


@cache
def _table() -> dict[str, str]:
    rows = tomllib.loads(files("pipelines").joinpath("aliases.toml").read_text("utf-8"))["cluster"]
    table: dict[str, str] = {}
    for row in rows:
        for alias in row["also"]:
            if table.setdefault(fold(alias), fold(row["name"])) != fold(row["name"]):
                raise ConfigError(f"aliases.toml: {alias!r} stands under two names")
    return table
