"""What the list said: who is on it, who came, who left."""

from dataclasses import replace

from pipelines import check
from pipelines.compare import compare, leave
from pipelines.draft import Draft, list_page
from pipelines.identify import is_new_edition, rename_doubts, scoped
from pipelines.merge import one_of
from pipelines.rounds import with_earlier_rounds
from storage.forms import WARSAW
from storage.past import LISTED, Doubt, Spell
from storage.records import LIST, Record, Said, Unchanged


def read_list(draft: Draft) -> None:
    """Bring the list into the draft. Raises a PageFault when it is not believable."""
    rows = [
        (list_page(number), scoped(draft.source.id, LIST, record))
        for number, reading in enumerate(draft.snapshot.pages)
        if isinstance(reading, Said)
        for record in reading.records
    ]
    records = [record for _, record in rows]
    check.check_values(records)
    check.check_count(draft.source, records)
    draft.records = len(records)
    standing = draft.standing(LIST)
    if draft.kind_of_list == "register" and not draft.baseline:
        records = _without_possible_renames(draft, records, standing)
    said = _identified(draft, records, standing)
    check.check_against_before(said, standing)
    turns = compare(draft.reader(LIST), said, standing)
    pages = {draft.identities.holder(record): page for page, record in reversed(rows)}
    turns.begun = [replace(spell, seen_on=pages.get(spell.entity, LIST)) for spell in turns.begun]
    draft.turns.add(turns)
    _leave(draft, said, standing)


def opens_anew(draft: Draft, holder: str, record: Record) -> bool:
    """Whether `record` speaks of a new edition of the closed call `holder`."""
    today = draft.at.astimezone(WARSAW).date()
    return record.kind == "call" and is_new_edition(draft.before.get(holder, {}), record, today)


def _identified(draft: Draft, records: list[Record], standing: list[Spell]) -> dict[str, Record]:
    rounds = {spell.entity: spell.value for spell in standing if spell.field == "rounds"}
    first_known = next(
        (position for position, record in enumerate(records) if draft.identities.holder(record)), len(records)
    )
    said: dict[str, Record] = {}
    for position, record in enumerate(records):
        holder = draft.identities.holder(record)
        anew = False
        if holder and not draft.identities.is_new(holder) and draft.source.details:
            card = _card(draft, record)
            anew = card is not None and opens_anew(draft, holder, card)
            if card is None and not _card_stands(draft, record) and opens_anew(draft, holder, record):
                draft.held.add(holder)  # a next round or a new edition: only the card can tell
                continue
        entity = draft.identities.entity(record, draft.source.id, LIST, anew=anew)
        draft.order.setdefault(entity)
        came = anew or _came_now(draft, record, position < first_known)
        if draft.identities.is_new(entity) and not came:
            draft.silent.add(entity)
        said[entity] = one_of(said[entity], record) if entity in said else record
    return {entity: with_earlier_rounds(record, rounds.get(entity)) for entity, record in said.items()}


def _came_now(draft: Draft, record: Record, first: bool) -> bool:
    """Whether an unknown row came since the last visit, and was not only seen late.

    `first`: it stands before the first known row.
    """
    if draft.baseline:
        return False
    if draft.kind_of_list == "register" or (draft.past.whole_before and draft.snapshot.whole):
        return True
    published, newest = record.values.get("published"), draft.past.newest_published
    return first or bool(isinstance(published, str) and newest and published >= newest)


def _card(draft: Draft, record: Record) -> Record | None:
    """The call's own card, if it was read in this visit."""
    reading = draft.snapshot.reading(record.detail) if record.detail else None
    if not isinstance(reading, Said) or not reading.records:
        return None
    return reading.records[0]


def _card_stands(draft: Draft, record: Record) -> bool:
    return bool(record.detail) and isinstance(draft.snapshot.reading(record.detail or ""), Unchanged)


def _without_possible_renames(draft: Draft, records: list[Record], standing: list[Spell]) -> list[Record]:
    """Leave out each record that may be an absent entity under a new name, and hold both."""
    present = {draft.identities.holder(record) for record in records}
    here = _here(standing)
    absent = {entity: draft.before.get(entity, {}) for entity in sorted(here - present)}
    unknown = [record for record in records if draft.identities.holder(record) is None]
    if draft.snapshot.whole:
        check.check_replacement(len(absent), len(unknown), len(here))
    waiting = set()
    for entity, record, doubt in rename_doubts(draft.source, LIST, absent, unknown):
        if not draft.was_rejected(doubt):
            draft.doubt(doubt)
            draft.held.add(entity)
            waiting.add(record.keys)
    return [record for record in records if record.keys not in waiting]


def _leave(draft: Draft, said: dict[str, Record], standing: list[Spell]) -> None:
    here = _here(standing)
    absent = sorted(here - set(said) - draft.held)
    proven = draft.kind_of_list == "register" and draft.snapshot.whole
    if proven and check.too_many(len(absent), len(here)):
        counts = f"{len(absent)} of {len(here)} records are missing"
        draft.doubt(Doubt("absence", draft.source.id, " ".join(absent), counts, LIST))
        draft.held |= set(absent)
        absent = []
    draft.turns.add(leave(draft.reader(LIST), absent, standing, proven=proven))


def _here(standing: list[Spell]) -> set[str]:
    """Entities that the last reading of the list showed (held ones included)."""
    return {spell.entity for spell in standing if spell.field == LISTED and spell.current}
