"""What the detail pages said: each speaks of its own subject and of what is attached to it."""

from pipelines.compare import compare, leave
from pipelines.draft import Draft
from pipelines.identify import scoped
from pipelines.listing import opens_anew
from pipelines.merge import one_of
from storage.past import LISTED
from storage.records import Gone, Missed, Record, Said


def read_details(draft: Draft) -> None:
    """Bring all detail pages into the draft."""
    for page, reading in draft.snapshot.details.items():
        if isinstance(reading, Said):
            _read(draft, page, reading)
        elif isinstance(reading, Gone):
            _find_gone(draft, page)


def missed(draft: Draft) -> list[Missed]:
    """The detail pages that gave nothing."""
    return [reading for reading in draft.snapshot.details.values() if isinstance(reading, Missed)]


def _read(draft: Draft, page: str, reading: Said) -> None:
    records = [scoped(draft.source.id, page, record) for record in reading.records]
    first_reading = draft.places[page].before is None
    said: dict[str, Record] = {}
    for record in records:
        holder = draft.identities.holder(record)
        known = holder is not None and not draft.identities.is_new(holder)
        anew = bool(known and holder and opens_anew(draft, holder, record))
        entity = draft.identities.entity(record, draft.source.id, page, anew=anew)
        draft.order.setdefault(entity)
        if first_reading and draft.identities.is_new(entity) and record.kind == "document":
            draft.silent.add(entity)  # it came with its page
        said[entity] = one_of(said[entity], record) if entity in said else record
    standing = draft.standing(page)
    reader = draft.reader(page)
    draft.turns.add(compare(reader, said, standing))
    left = {spell.entity for spell in standing if spell.field == LISTED and spell.current} - set(said)
    attached = {entity for entity in left if draft.kind(entity) == "document"}
    draft.turns.add(leave(reader, attached, standing, proven=True))
    # The page was taken by a new edition: the old call is not lost, nobody speaks of it any more.
    draft.turns.add(leave(reader, left - attached, standing, proven=False))


def _find_gone(draft: Draft, page: str) -> None:
    """The page's own subject may be gone; what was attached to it is not judged."""
    standing = draft.standing(page)
    subjects = {spell.entity for spell in standing if draft.kind(spell.entity) != "document"}
    draft.turns.add(leave(draft.reader(page), subjects, standing, proven=True))
