"""Portraits: all that is kept of an entity, as its page shows it.

A portrait is read from the history, without a clock. Of the visits it takes only the long gaps
between two readings.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection, select

from storage import timeline
from storage.asking import spell_of
from storage.forms import moment, moment_text, value_of
from storage.gaps import long_gaps
from storage.past import LISTED, Spell
from storage.records import Change, Kind, Value
from storage.tables import capture, change, entity, spell
from storage.told import change_of

_PRESENCE = ("appeared", "disappeared", "returned")


@dataclass(frozen=True)
class Statement:
    """A value that a page says or said, and the capture it was read from, taken `at` (UTC)."""

    spell: Spell
    address: str
    at: datetime
    sha256: str


@dataclass(frozen=True)
class Logged:
    """A row of the change log; `leading` is the change that leads its entry, None if it is silent."""

    change: Change
    leading: int | None


@dataclass(frozen=True)
class Noted:
    """A page said otherwise at `at` (UTC) than before, and the change log does not carry it."""

    at: datetime
    verb: str
    field: str | None
    old: Value | None
    new: Value | None
    source: str


@dataclass(frozen=True)
class Gap:
    """No accepted reading of `source` for days, between `since` and `until` (both UTC)."""

    source: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Portrait:
    """One entity with what was merged into it.

    `became` is the id it has after all merges, None while it stands for itself; `absorbed` are the
    ids that became this one. `statements` are the values that were never taken back, by field, the
    shown one first, those that ended last. `changes` and `noted` come oldest first; `gaps` are those
    of the sources that list it, from its first sight on.
    """

    entity: str
    kind: Kind
    became: str | None = None
    absorbed: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    changes: tuple[Logged, ...] = ()
    noted: tuple[Noted, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def shown(self) -> Mapping[str, Statement]:
        """The shown value of each field."""
        found: dict[str, Statement] = {}
        for each in self.statements:
            if each.spell.stands and each.spell.field != LISTED:
                found.setdefault(each.spell.field, each)
        return found

    @property
    def gone(self) -> bool:
        """Whether its disappearance was told, and neither its return nor that this was wrong."""
        taken_back = {row.change.old for row in self.changes if row.change.verb == "retracted"}
        told = [row.change for row in self.changes if row.change.verb in _PRESENCE]
        last = max(told, key=lambda row: (row.seen_by, row.id or 0), default=None)
        return last is not None and last.verb == "disappeared" and last.summary not in taken_back

    def standing(self, field: str) -> list[Statement]:
        """What pages say of one field now, the shown value first."""
        return [each for each in self.statements if each.spell.stands and each.spell.field == field]


def portraits(
    connection: Connection, wanted: Collection[str], roots: Mapping[str, str]
) -> Iterator[Portrait]:
    """The portraits of these entities, some hundreds at once; `roots` gives what each merged id became."""
    absorbed: defaultdict[str, list[str]] = defaultdict(list)
    for gone, root in roots.items():
        absorbed[root].append(gone)
    statements = _statements(connection, wanted)
    changes = _changes(connection, {*wanted, *(gone for id_ in wanted for gone in absorbed[id_])})
    noted = _noted(connection, wanted)
    gaps = _gaps(connection, chain.from_iterable(statements.values()))
    query = select(entity.c.id, entity.c.kind).where(entity.c.id.in_(wanted)).order_by(entity.c.id)
    for id_, kind in connection.execute(query).all():
        own = (id_, *sorted(absorbed[id_]))
        rows = [row for each in own for row in changes[each]]
        yield Portrait(
            entity=id_,
            kind=kind,
            became=roots.get(id_),
            absorbed=own[1:],
            statements=tuple(statements[id_]),
            changes=tuple(sorted(rows, key=lambda row: row.change.id or 0)),
            noted=tuple(noted[id_]),
            gaps=tuple(_of(gaps, statements[id_])),
        )


def _statements(connection: Connection, wanted: Collection[str]) -> dict[str, list[Statement]]:
    query = (
        select(spell, capture.c.address, capture.c.at, capture.c.sha256)
        .join(capture, capture.c.id == spell.c.capture)
        .where(spell.c.entity.in_(wanted), spell.c.dropped.is_(None))
        .order_by(spell.c.entity, spell.c.field, spell.c.gone_by.is_not(None), spell.c.rank)
        .order_by(spell.c.first_seen.desc(), spell.c.id.desc())
    )
    found = defaultdict(list)
    for row in connection.execute(query).mappings():
        said = Statement(spell_of(row), row["address"], row["at"], row["sha256"])
        found[row["entity"]].append(said)
    return found


def _changes(connection: Connection, wanted: Collection[str]) -> dict[str, list[Logged]]:
    leading = change.alias()
    told = (leading.c.entry == change.c.entry) & leading.c.told_at.is_not(None)
    query = select(change, leading.c.id.label("leading")).outerjoin(leading, told)
    found = defaultdict(list)
    for row in connection.execute(query.where(change.c.entity.in_(wanted))).mappings():
        found[row["entity"]].append(Logged(change_of(dict(row)), row["leading"]))
    return found


def _noted(connection: Connection, wanted: Collection[str]) -> dict[str, list[Noted]]:
    found = defaultdict(list)
    for row in timeline.noted(connection, wanted):
        old, new = (value_of(row["field"], row[side]) for side in ("old", "new"))
        said = Noted(moment(row["at"]), row["verb"], row["field"], old, new, row["source"])
        found[row["entity"]].append(said)
    for rows in found.values():
        rows.sort(key=lambda row: row.at)
    return found


def _gaps(connection: Connection, statements: Iterable[Statement]) -> list[Gap]:
    """The long gaps of all sources that list or listed any of them, from the first sight on."""
    found = [
        Gap(source, moment(each.since), moment(each.until))
        for source, first in _first_sight(statements).items()
        for each in long_gaps(connection, source, moment_text(first))
        if each.until
    ]
    return sorted(found, key=lambda gap: (gap.until, gap.source))


def _of(gaps: Sequence[Gap], said: Sequence[Statement]) -> Iterator[Gap]:
    """The gaps of the sources that list an entity, from its first sight on."""
    first = _first_sight(said)
    for gap in gaps:
        if gap.source in first and gap.since >= first[gap.source]:
            yield gap


def _first_sight(said: Iterable[Statement]) -> dict[str, datetime]:
    """By source: when it listed any of them first."""
    first: dict[str, datetime] = {}
    for each in said:
        if each.spell.field == LISTED:
            earlier = first.get(each.spell.source, each.spell.first_seen)
            first[each.spell.source] = min(earlier, each.spell.first_seen)
    return first
