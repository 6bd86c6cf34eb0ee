"""What one page says of one thing: a cluster, a call, an article, a document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, get_args

from storage.records.keys import Key

Kind = Literal["cluster", "call", "article", "document"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Value = str | tuple[str, ...]
"""A value in its canonical form. Text is clean; a date keeps its precision
(`2026-11-04`, `2026-11-04T16:00`, `2026-11`, `2026-Q4`, civil time of Warsaw); money is
`400000 PLN`; a list is a tuple of texts; a round is `start/end`."""

FIELDS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        "cluster": (
            "name",
            "coordinator",
            "sectors",
            "region",
            "round",
            "status_from",
            "status_until",
            "url",
        ),
        "call": (
            "title",
            "number",
            "programme",
            "institution",
            "announced",
            "opens",
            "closes",
            "rounds",
            "results",
            "status",
            "budget",
            "grant_max",
            "beneficiaries",
            "url",
        ),
        "article": ("title", "published", "lead", "text", "url", "about"),
        "document": ("title", "url", "belongs_to", "sha256", "media_type"),
    }
)
LIST_FIELDS = frozenset({"sectors", "rounds", "about"})
NAME_FIELD: Mapping[Kind, str] = MappingProxyType(
    {"cluster": "name", "call": "title", "article": "title", "document": "title"}
)
# Fields whose difference is news only when the folded texts differ.
TEXT_FIELDS = frozenset(
    {
        "name",
        "coordinator",
        "sectors",
        "region",
        "title",
        "programme",
        "institution",
        "beneficiaries",
        "lead",
        "text",
    }
)


@dataclass(frozen=True)
class Record:
    """What one page says of one thing.

    A field absent from `values` is *not said*; a field whose value is None is said to be
    empty ("there is none"). `printed` keeps the text as printed where it differs from the
    value. `derived` names fields that the reader computed from `rounds` and the page did not
    print. `keys` come strongest first. `detail` is the address of the page that says more,
    where the row links to one.
    """

    kind: Kind
    keys: tuple[Key, ...]
    values: Mapping[str, Value | None]
    printed: Mapping[str, str] = field(default_factory=dict)
    derived: frozenset[str] = frozenset()
    detail: str | None = None

    def __post_init__(self) -> None:
        for name, value in self.values.items():
            if name not in FIELDS[self.kind]:
                raise ValueError(f"a {self.kind} has no field {name!r}")
            if value is not None and isinstance(value, tuple) != (name in LIST_FIELDS):
                raise ValueError(f"{self.kind} {name}: {value!r} has the wrong type")
        if not self.keys:
            raise ValueError(f"a {self.kind} without a key: {dict(self.values)!r}")

    @property
    def name(self) -> str:
        """The name or title said, or the first key where none is said."""
        said = self.values.get(NAME_FIELD[self.kind])
        return said if isinstance(said, str) else str(self.keys[0])


def cluster(
    *keys: Key, detail: str | None = None, printed: Mapping[str, str] | None = None, **values: Value | None
) -> Record:
    """A record of a cluster; only the fields given are said."""
    return Record("cluster", keys, values, printed or {}, detail=detail)


def call(
    *keys: Key,
    detail: str | None = None,
    printed: Mapping[str, str] | None = None,
    derived: frozenset[str] = frozenset(),
    **values: Value | None,
) -> Record:
    """A record of a call for proposals; only the fields given are said."""
    return Record("call", keys, values, printed or {}, derived, detail)


def article(
    *keys: Key, detail: str | None = None, printed: Mapping[str, str] | None = None, **values: Value | None
) -> Record:
    """A record of a news article; only the fields given are said."""
    return Record("article", keys, values, printed or {}, detail=detail)


def document(*keys: Key, printed: Mapping[str, str] | None = None, **values: Value | None) -> Record:
    """A record of an attachment; only the fields given are said."""
    return Record("document", keys, values, printed or {})
