"""A change: a difference of what is shown, between two readings."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from storage.records.record import Kind, Value

Verb = Literal["began", "appeared", "changed", "disappeared", "returned", "renamed", "merged", "retracted"]
VERBS: tuple[Verb, ...] = get_args(Verb)
Cause = Literal["source", "parser", "config", "human", "backfill"]
CAUSES: tuple[Cause, ...] = get_args(Cause)


@dataclass(frozen=True)
class Change:
    """One difference of what is shown of one entity.

    It happened in the half-open interval `(seen_after, seen_by]`, both in UTC;
    `seen_after` is None where nothing earlier is known. `entity`, `kind`, `name` are None
    for `began` alone, whose `new` counts the records of each source (`kkk-mr: 20`).
    `url` and `evidence` name the page that shows it; of a loss, whose page was read long before it
    is certain, they are found when it is kept (a `url` of its own stays).
    The last block is given when the change is kept: `recorded_at` and `told_at` in UTC.
    Rows with one `entry` are told together; the first of them carries `told_at`, and its
    `summary` is the title of the entry. `facts` are the values shown of the entity when it
    was told (of leading rows); they are not kept with the row but read from the history.
    """

    verb: Verb
    kind: Kind | None
    entity: str | None
    name: str | None
    field: str | None
    old: Value | None
    new: Value | None
    seen_after: datetime | None
    seen_by: datetime
    source: str
    url: str | None = None
    evidence: str | None = None
    cause: Cause = "source"
    baseline: bool = False
    old_printed: str | None = None
    new_printed: str | None = None
    facts: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    id: int | None = None
    recorded_at: datetime | None = None
    told_at: datetime | None = None
    entry: str | None = None
    summary: str | None = None


Sentence = Callable[[Sequence[Change]], Sequence[str]]
"""Words for the rows of one entry: one sentence a row, the first fit to be the entry's title.
The rows come leading row first (see `pipelines.telling`)."""
