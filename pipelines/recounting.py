"""What changed, counted again from all that pages said: for rows that no visit could write.

Pure. Values change where what is shown does; comings and goings are those of the best source
that had listed the entity by then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipelines.compare import shown
from pipelines.telling import Place, differences
from storage.past import LISTED, Spell
from storage.records import NAME_FIELD, Cause, Change, Kind, Verb
from storage.rewriting import Shown

Archived = Collection[tuple[str, datetime]]
"""Sources and times (UTC) of archived readings."""
Stay = tuple[Shown, Shown]
"""A time during which a source listed somebody: the place it began with, and the one it ended with."""


def recount(
    entity: str, kind: Kind, spells: Sequence[Shown], cause: Cause, archived: Archived | None = None
) -> list[Change]:
    """All changes of one entity, oldest first, silent, from its spells of all sources.

    With `archived` only those losses that an archived reading bounds, which are certain at once: no
    two visits of ours saw them.
    """
    rows = [*_values(entity, kind, spells), *_comings(entity, kind, spells, archived)]
    return [replace(row, cause=cause) for row in sorted(rows, key=lambda row: row.seen_by)]


def without_known(rows: Iterable[Change], known: Iterable[Change]) -> list[Change]:
    """Those of `rows` that are not told of by a row that is there, sooner or later; each tells of one."""
    there: dict[tuple[object, ...], list[Change]] = {}
    for row in known:
        there.setdefault(what(row), []).append(row)
    unknown = []
    for row in rows:
        same = there.get(what(row), [])
        teller = next((other for other in same if _covers(other, row)), None)
        if teller is None:
            unknown.append(row)
        else:
            same.remove(teller)
    return unknown


def what(row: Change) -> tuple[object, ...]:
    """What a row says, apart from when and how it was learnt."""
    verb = "changed" if row.verb == "renamed" else row.verb
    return row.entity, verb, row.field, row.old, row.new


def _covers(known: Change, row: Change) -> bool:
    if row.verb == "appeared":  # once
        return True
    return (known.seen_after is None or known.seen_after < row.seen_by) and row.seen_by <= known.seen_by


def _values(entity: str, kind: Kind, spells: Sequence[Shown]) -> list[Change]:
    times = sorted({at for each in spells for at in (each.spell.first_seen, each.spell.gone_by) if at})
    in_order = sorted(spells, key=lambda each: each.spell.first_seen)
    rows: list[Change] = []
    before: Mapping[str, Spell] = {}
    spoke: set[tuple[str, str]] = set()
    for at in times:
        standing = [each for each in spells if _stood(each.spell, at)]
        after = shown(_as_then(each, at) for each in standing).get(entity, {})
        places = {
            _place(each.spell): Place(each.address, each.evidence, at, each.spell.seen_after)
            for each in in_order
            if each.spell.first_seen <= at  # of each page the newest reading by then
        }
        rows += differences(entity, kind, before, after, spoke, places)
        before = {name: replace(spell, id=0) for name, spell in after.items()}
        spoke |= {(each.spell.source, each.spell.page) for each in standing}
    return rows


def _as_then(each: Shown, at: datetime) -> Spell:
    """A spell as it stood at `at`; it begins there if it has no number."""
    spell = each.spell
    begins = spell.first_seen == at
    return replace(spell, gone_by=None, id=None if begins else spell.id, seen_on=_place(spell))


def _place(spell: Spell) -> str:
    return f"{spell.source} {spell.page}"


def _stood(spell: Spell, at: datetime) -> bool:
    return spell.first_seen <= at and (spell.gone_by is None or at < spell.gone_by)


def _comings(entity: str, kind: Kind, spells: Sequence[Shown], archived: Archived | None) -> list[Change]:
    places: dict[str, list[Shown]] = {}
    for each in sorted(spells, key=lambda each: (each.spell.first_seen, each.spell.rank)):
        if each.spell.field == LISTED:
            places.setdefault(each.spell.source, []).append(each)
    rows: list[Change] = []
    gone = False
    for source, until in _speakers(places):
        for first, last in _stays(places[source]):
            if until and first.spell.first_seen >= until:
                break
            if gone or not rows:
                rows.append(_row(entity, kind, "returned" if gone else "appeared", first, spells))
            end = last.spell.gone_by
            gone = end is not None and (until is None or end < until) and _is_certain(last.spell, archived)
            if gone:
                rows.append(_row(entity, kind, "disappeared", last, spells))
    return rows


def _speakers(places: Mapping[str, Sequence[Shown]]) -> Iterator[tuple[str, datetime | None]]:
    """The sources that tell of comings and goings, each until a better one speaks of the entity."""
    speakers: list[Spell] = []
    for source, own in places.items():  # in the order of their first words
        spell = min((each.spell for each in own), key=lambda spell: spell.rank)
        if not speakers or (spell.rank, source) < (speakers[-1].rank, speakers[-1].source):
            speakers.append(replace(spell, first_seen=own[0].spell.first_seen))
    ends = [spell.first_seen for spell in speakers[1:]]
    yield from zip((spell.source for spell in speakers), (*ends, None), strict=True)


def _stays(places: Sequence[Shown]) -> list[Stay]:
    """Places that overlap or touch are one stay, until the last of them ends."""
    stays: list[Stay] = []
    for each in places:
        first, last = stays[-1] if stays else (each, each)
        end = last.spell.gone_by
        if not stays or (end is not None and end < each.spell.first_seen):
            stays.append((each, each))
        elif end is not None and (each.spell.gone_by is None or each.spell.gone_by > end):
            stays[-1] = (first, each)
    return stays


def _is_certain(spell: Spell, archived: Archived | None) -> bool:
    ends = (spell.gone_by, spell.last_seen)
    return archived is None or any(at and (spell.source, at) in archived for at in ends)


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
        url=None if gone else place.address,
        evidence=None if gone else place.evidence,
    )
