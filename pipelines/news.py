"""What is told of a visit: differences of what is shown, comings, losses that are certain."""

from dataclasses import replace
from datetime import datetime

from pipelines import presence, telling
from pipelines.compare import apply, shown
from pipelines.draft import Draft
from storage.past import LISTED, Absence, Spell
from storage.records import LIST, NAME_FIELD, Change, Gone, Verb


def changes(draft: Draft) -> list[tuple[Change, ...]]:
    """Groups of rows, one group an entity, in the order in which the pages speak of them."""
    after = shown(apply(draft.turns, draft.past.spells))
    listed = presence.listed_by(_places_after(draft))
    lost = {absence.entity: absence for absence in _certain_losses(draft, listed)}
    touched = (*draft.turns.begun, *draft.turns.thawed, *(ending.spell for ending in draft.turns.ended))
    order = dict.fromkeys((*draft.order, *(spell.entity for spell in touched), *lost))
    groups = (_rows(draft, entity, after.get(entity, {}), listed, lost) for entity in order)
    return [telling.leading_first(rows) for rows in groups if rows]


def _rows(
    draft: Draft,
    entity: str,
    after: dict[str, Spell],
    listed: dict[str, tuple[str, bool]],
    lost: dict[str, Absence],
) -> list[Change]:
    if draft.identities.is_new(entity):
        return [_came(draft, entity, "appeared", after)]
    before = draft.before.get(entity, {})
    spoke = draft.spoke.get(entity, ())
    rows = telling.differences(entity, draft.kind(entity), before, after, spoke, draft.places)
    if entity in draft.past.gone and listed.get(entity, ("", False))[1]:
        rows.append(_came(draft, entity, "returned", after))
    if entity in lost:
        rows.append(_went(draft, lost[entity], before))
    return rows


def _came(draft: Draft, entity: str, verb: Verb, after: dict[str, Spell]) -> Change:
    turned = (*draft.turns.begun, *draft.turns.thawed)
    seen = next(spell for spell in turned if spell.entity == entity and spell.field == LISTED)
    silent = entity in draft.silent
    place = draft.places[seen.seen_on or seen.page]
    row = _presence(draft, entity, verb, after, place.at)
    return replace(
        row,
        url=row.url or place.url,
        evidence=place.evidence,
        facts={name: spell.value for name, spell in after.items()},
        seen_after=None if silent else draft.reader(seen.page).lacking,
        baseline=silent,
    )


def _went(draft: Draft, absence: Absence, before: dict[str, Spell]) -> Change:
    row = _presence(draft, absence.entity, "disappeared", before, absence.gone_by)
    return replace(row, seen_after=absence.last_seen)


def _presence(
    draft: Draft, entity: str, verb: Verb, shown_values: dict[str, Spell], seen_by: datetime
) -> Change:
    kind = draft.kind(entity)
    name, own = shown_values.get(NAME_FIELD[kind]), shown_values.get("url")
    return Change(
        verb=verb,
        kind=kind,
        entity=entity,
        name=str(name.value) if name else None,
        field=None,
        old=None,
        new=None,
        seen_after=None,
        seen_by=seen_by,
        source=draft.source.id,
        url=str(own.value) if own else None,
    )


def _places_after(draft: Draft) -> list[Spell]:
    """All places of the entities in question as they are after the visit."""
    ended = {ending.spell.id: ending for ending in draft.turns.ended}
    frozen = {spell.id: last_seen for spell, last_seen in draft.turns.frozen}
    thawed = {spell.id for spell in draft.turns.thawed}
    places = []
    for spell in draft.past.spells:
        if spell.id in ended:
            spell = replace(spell, last_seen=ended[spell.id].last_seen, gone_by=ended[spell.id].gone_by)
        elif spell.id in frozen:
            spell = replace(spell, last_seen=frozen[spell.id])
        elif spell.id in thawed:
            spell = replace(spell, last_seen=None)
        places.append(spell)
    return [spell for spell in (*places, *draft.turns.begun) if spell.field == LISTED]


def _certain_losses(draft: Draft, listed: dict[str, tuple[str, bool]]) -> list[Absence]:
    new = [
        Absence(ending.spell.entity, draft.source.id, ending.spell.page, ending.last_seen, ending.gone_by, 0)
        for ending in draft.turns.ended
        if ending.spell.field == LISTED
    ]
    return [absence for absence in (*draft.past.absences, *new) if _is_certain_loss(draft, absence, listed)]


def _is_certain_loss(draft: Draft, absence: Absence, listed: dict[str, tuple[str, bool]]) -> bool:
    source, stands = listed.get(absence.entity, (draft.source.id, False))
    if stands or source != draft.source.id or absence.entity in draft.past.gone:
        return False
    if draft.baseline:  # known from archives alone
        return True
    return presence.is_certain(absence, draft.source, *_proof(draft, absence.page, absence.lists))


def _proof(draft: Draft, page: str, lists: int) -> tuple[int, datetime | None]:
    """How many visits prove a loss, and when the last of them was.

    On the list, whole lists without it count; for an entity's own page, the answers that it
    is gone; for what a page lists, any reading of that page.
    """
    if page == LIST:
        whole = draft.proof == "whole" and draft.kind_of_list == "register"
        return (lists + 1, draft.at) if whole else (0, None)
    memory, reading = draft.past.pages.get(page), draft.snapshot.details.get(page)
    earlier = memory.gone_visits if memory else 0
    if isinstance(reading, Gone):
        return earlier + 1, reading.at
    if page in draft.places or not memory:
        return draft.source.missing_visits, draft.at
    return earlier or draft.source.missing_visits, memory.asked
