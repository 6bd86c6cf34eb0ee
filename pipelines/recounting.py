"""What changed, counted again from all that pages said: for rows that no visit could write.

Pure. Values change where what is shown does; comings and goings are those of the best source
that ever listed the entity.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipelines.compare import shown
from pipelines.telling import Place, differences
from storage.past import LISTED, Spell
from storage.records import NAME_FIELD, Cause, Change, Kind, Verb
from storage.rewriting import Shown


def recount(
    entity: str, kind: Kind, spells: Sequence[Shown], archived: Collection[datetime], cause: Cause
) -> list[Change]:
    """All changes of one entity, oldest first, silent, from its spells of all sources.

    `archived` are the times of archived readings: a loss that no two visits of ours saw is
    certain at once.
    """
    rows = [*_values(entity, kind, spells), *_comings(entity, kind, spells, archived)]
    return [replace(row, cause=cause) for row in sorted(rows, key=lambda row: row.seen_by)]


def without_known(rows: Iterable[Change], known: Iterable[Change]) -> list[Change]:
    """Those of `rows` that are not told of by a row that is there, sooner or later."""
    there: dict[tuple[object, ...], list[Change]] = {}
    for row in known:
        there.setdefault(what(row), []).append(row)
    return [row for row in rows if not any(_covers(other, row) for other in there.get(what(row), ()))]


def what(row: Change) -> tuple[object, ...]:
    """What a row says, apart from when and how it was learnt."""
    verb = "changed" if row.verb == "renamed" else row.verb
    return row.entity, verb, row.field, row.old, row.new


def retractions(told: Iterable[Change], before: Iterable[Change], after: Iterable[Change]) -> list[Change]:
    """One row for each told change that was borne out `before` and is no more."""
    was, now = set(map(what, before)), set(map(what, after))
    false = [row for row in told if row.entry and what(row) in was - now]
    return [
        replace(
            row,
            verb="retracted",
            cause="parser",
            baseline=False,
            id=None,
            entry=None,
            told_at=None,
            summary=None,
        )
        for row in false
    ]


def _covers(known: Change, row: Change) -> bool:
    return (known.seen_after is None or known.seen_after < row.seen_by) and row.seen_by <= known.seen_by


def _values(entity: str, kind: Kind, spells: Sequence[Shown]) -> list[Change]:
    times = sorted({at for each in spells for at in (each.spell.first_seen, each.spell.gone_by) if at})
    rows: list[Change] = []
    before: Mapping[str, Spell] = {}
    spoke: set[tuple[str, str]] = set()
    for at in times:
        standing = [each for each in spells if _stood(each.spell, at)]
        after = shown(_as_then(each, at) for each in standing).get(entity, {})
        places = {
            _place(each.spell): Place(each.address, each.evidence, at, each.spell.seen_after)
            for each in spells
        }
        rows += differences(entity, kind, before, after, spoke, places)
        before = {name: replace(spell, id=0) for name, spell in after.items()}
        spoke |= {(each.spell.source, each.spell.page) for each in standing}
    return [replace(row, baseline=False) for row in rows]


def _as_then(each: Shown, at: datetime) -> Spell:
    """A spell as it stood at `at`; it begins there if it has no number."""
    spell = each.spell
    begins = spell.first_seen == at
    return replace(spell, gone_by=None, id=None if begins else spell.id, seen_on=_place(spell))


def _place(spell: Spell) -> str:
    return f"{spell.source} {spell.page}"


def _stood(spell: Spell, at: datetime) -> bool:
    return spell.first_seen <= at and (spell.gone_by is None or at < spell.gone_by)


def _comings(
    entity: str, kind: Kind, spells: Sequence[Shown], archived: Collection[datetime]
) -> list[Change]:
    listed = [each for each in spells if each.spell.field == LISTED]
    if not listed:
        return []
    _, best = min((each.spell.rank, each.spell.source) for each in listed)
    places = sorted(
        (each for each in listed if each.spell.source == best), key=lambda each: each.spell.first_seen
    )
    rows, last = [_row(entity, kind, "appeared", places[0], spells)], places[0]
    for each in places[1:]:
        end = last.spell.gone_by
        if end is not None and end < each.spell.first_seen:
            if _is_archived(last.spell, archived):
                rows.append(_row(entity, kind, "disappeared", last, spells))
                rows.append(_row(entity, kind, "returned", each, spells))
            last = each
        elif end is not None and (each.spell.gone_by is None or each.spell.gone_by > end):
            last = each
    if last.spell.gone_by and _is_archived(last.spell, archived):
        rows.append(_row(entity, kind, "disappeared", last, spells))
    return rows


def _is_archived(spell: Spell, archived: Collection[datetime]) -> bool:
    return spell.gone_by in archived or spell.last_seen in archived


def _row(entity: str, kind: Kind, verb: Verb, place: Shown, spells: Sequence[Shown]) -> Change:
    spell = place.spell
    gone = verb == "disappeared"
    at = spell.gone_by if gone else spell.first_seen
    assert at is not None
    then = shown(replace(each.spell, gone_by=None) for each in spells if each.spell.first_seen <= at)
    name = then.get(entity, {}).get(NAME_FIELD[kind])
    return Change(
        verb=verb,
        kind=kind,
        entity=entity,
        name=str(name.value) if name else None,
        field=None,
        old=None,
        new=None,
        seen_after=spell.last_seen if gone else spell.seen_after,
        seen_by=at,
        source=spell.source,
        url=place.address,
        evidence=place.evidence,
    )
