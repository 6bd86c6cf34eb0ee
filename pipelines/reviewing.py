"""What a person's verdict changes: from a held doubt and what is known to a ruling. Pure.

What is believed now has the times of the readings that were held, never that of the verdict.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipelines import presence, telling
from pipelines.compare import shown
from pipelines.decide import decide
from pipelines.joining import joined, survivor
from pipelines.replaying import Replay, Reread
from storage.deciding import Review, Ruling
from storage.errors import UsageError
from storage.past import LISTED, Absence, Past, Spell
from storage.records import LIST, NAME_FIELD, Change, Key, Kind, Snapshot, Source, Verb


def missed_at(past: Past, doubt: Review, doubts: Iterable[Review]) -> dict[str, datetime]:
    """When each entity of `doubt` was first missed: at the first of `doubts` that says so, UTC."""
    seen = {spell.entity: spell.last_seen for spell in past.spells if spell.field == LISTED and spell.stands}
    found: dict[str, datetime] = {}
    for each in doubts:
        for entity in set(each.subject.split()) & set(doubt.subject.split()):
            last = seen.get(entity)
            if last and each.at > last:
                found[entity] = min(each.at, found.get(entity, each.at))
    return found


def believe_absences(source: Source, past: Past, doubt: Review, missed_at: Mapping[str, datetime]) -> Ruling:
    """Those the list lacks are gone from it, each since the first list without it, and told at once."""
    before = shown(past.spells)
    places = [
        spell
        for spell in _places(past, source)
        if spell.entity in missed_at and spell.last_seen and spell.stands
    ]
    ends = {spell.id: {"last_seen": spell.last_seen, "gone_by": missed_at[spell.entity]} for spell in places}
    listed = presence.listed_by(_ended(past.spells, ends))
    changes = [
        (_lost(doubt, past, spell, missed_at[spell.entity], before.get(spell.entity, {})),)
        for spell in places
        if listed[spell.entity] == (source.id, False) and spell.entity not in past.gone
    ]
    rewritten = tuple((spell, ends[spell.id]) for spell in places)
    return Ruling(rewritten=rewritten, changes=tuple(changes), whole=True)


def believe_reading(source: Source, past: Past, snapshot: Snapshot, doubt: Review) -> Ruling:
    """The refused list is read as it was, at its own time. Raises UsageError where it still cannot be."""
    decision = decide(source, snapshot, past, trust_clock=True, believed=frozenset({doubt.kind}))
    if decision.list == "none":
        raise UsageError(
            f"review {doubt.id}: the kept page is not believable all the same: {decision.detail}"
        )
    decision = replace(decision, settled=tuple(each for each in decision.settled if each.id != doubt.id))
    rewritten: list[tuple[Spell, dict[str, Any]]] = [
        (ending.spell, {"last_seen": ending.last_seen, "gone_by": ending.gone_by})
        for ending in decision.ended
    ]
    rewritten += [(spell, {"last_seen": last_seen}) for spell, last_seen in decision.frozen]
    rewritten += [(spell, {"last_seen": None}) for spell in decision.thawed]
    return Ruling(
        rewritten=tuple(rewritten),
        entities=decision.entities,
        keys=decision.keys,
        changes=decision.changes,
        visit=decision,
    )


def same_thing(source: Source, past: Past, doubt: Review, entity: str, readings: Sequence[Reread]) -> Ruling:
    """The new name is a name of `entity`: it gets the key, and what was read under it since."""
    keys = dict.fromkeys(key for reading in readings for key in reading.record.keys)
    news = Replay(source, past, entity)
    rows: list[Change] = []
    for reading in readings:
        rows += news.read(reading)
    name = NAME_FIELD[past.kinds[entity]]
    renamed = [replace(row, verb="renamed") if row.field == name and row.old else row for row in rows]
    return Ruling(
        begun=tuple(news.begun),
        rewritten=news.rewritten,
        keys=tuple((key, entity) for key in keys if key not in past.holders),
        changes=(telling.leading_first(renamed),) if renamed else (),
        again=True,
        whole=True,
    )


def another_thing(
    source: Source,
    past: Past,
    doubt: Review,
    entity: str | None,
    readings: Sequence[Reread],
    lists: Sequence[datetime],
) -> Ruling:
    """The new name is somebody else's, who came, while `entity` left (None: that waits still).

    `lists` are the times (UTC) of the lists read to their end since.
    """
    begun = _came(source, past, doubt, readings) if readings else Ruling()
    if entity is None:
        return begun
    before = shown(past.spells).get(entity, {})
    places = [spell for spell in _places(past, source) if spell.entity == entity and spell.stands]
    ends = {spell.id: {"last_seen": spell.last_seen, "gone_by": doubt.at} for spell in places}
    listed = presence.listed_by(_ended(past.spells, ends))
    told = []
    for spell in places:
        absence = Absence(entity, source.id, LIST, spell.last_seen or spell.first_seen, doubt.at, len(lists))
        certain = presence.is_certain(absence, source, len(lists), lists[-1] if lists else None)
        if certain and listed[entity] == (source.id, False):
            told.append((_lost(doubt, past, spell, doubt.at, before),))
    return replace(
        begun,
        rewritten=tuple((spell, ends[spell.id]) for spell in places),
        changes=(*begun.changes, *told),
        again=True,
        whole=True,
    )


def merge(
    doubt: Review, kinds: Mapping[str, Kind], spells: Sequence[Spell], keys: Mapping[Key, str]
) -> Ruling:
    """The entities of the doubt are one: the lowest number stays and takes all."""
    into = survivor(kinds)
    gone = [entity for entity in kinds if entity != into]
    moved = joined(into, spells)
    own_last = sorted(spells, key=lambda spell: spell.entity == into)
    after = shown(replace(spell, entity=into, id=place) for place, spell in enumerate(own_last))[into]
    told = [
        replace(_row(doubt, "merged", into, kinds[into], after), old=entity, new=into, cause="human")
        for entity in gone
    ]
    return Ruling(
        joined=tuple(moved),
        keys=tuple((key, into) for key, held in keys.items() if held in gone),
        merged=dict.fromkeys(gone, into),
        changes=(tuple(told),),
    )


def _came(source: Source, past: Past, doubt: Review, readings: Sequence[Reread]) -> Ruling:
    kind = readings[0].record.kind
    entity = f"{kind}-{past.next_number[kind]}"
    news = Replay(source, past, entity)
    rows = [news.read(reading) for reading in readings]
    after = shown(spell for spell, _ in news.begun).get(entity, {})
    first = readings[0]
    appeared = replace(
        _row(doubt, "appeared", entity, kind, after),
        seen_after=past.last_list,
        seen_by=first.kept.page.at,
        url=str(after["url"].value) if "url" in after else first.kept.page.asked,
        evidence=first.kept.page.sha256,
    )
    keys = dict.fromkeys(key for reading in readings for key in reading.record.keys)
    later = [row for some in rows[1:] for row in some]
    return Ruling(
        begun=tuple(news.begun),
        entities=((entity, kind),),
        keys=tuple((key, entity) for key in keys if key not in past.holders),
        changes=((appeared, *later),),
        again=True,
        whole=True,
    )


def _places(past: Past, source: Source) -> list[Spell]:
    return [
        spell for spell in past.spells if (spell.field, spell.source, spell.page) == (LISTED, source.id, LIST)
    ]


def _ended(spells: Iterable[Spell], ends: Mapping[int | None, Mapping[str, Any]]) -> list[Spell]:
    return [replace(spell, **ends.get(spell.id, {})) for spell in spells]


def _lost(doubt: Review, past: Past, spell: Spell, gone_by: datetime, values: Mapping[str, Spell]) -> Change:
    row = _row(doubt, "disappeared", spell.entity, past.kinds[spell.entity], values)
    url = str(values["url"].value) if "url" in values else None
    return replace(row, seen_after=spell.last_seen, seen_by=gone_by, url=url, evidence=None)


def _row(doubt: Review, verb: Verb, entity: str, kind: Kind, values: Mapping[str, Spell]) -> Change:
    name, own = values.get(NAME_FIELD[kind]), values.get("url")
    return Change(
        verb=verb,
        kind=kind,
        entity=entity,
        name=str(name.value) if name else None,
        field=None,
        old=None,
        new=None,
        seen_after=None,
        seen_by=doubt.at,
        source=doubt.source,
        url=str(own.value) if own else doubt.address,
        evidence=doubt.evidence,
        facts={field: spell.value for field, spell in values.items()},
    )
