"""What the list said: who is on it, who came, who left."""

from dataclasses import replace

from pipelines import check, mass
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
    mass.check_names(records)
    mass.check_keys(records)
    draft.records = len(records)
    standing = draft.standing(LIST)
    if not draft.baseline:
        _check_coming(draft, records, standing)
        if draft.kind_of_list == "register":
            rows = _without_possible_renames(draft, rows, standing)
    said, pages = _identified(draft, rows, standing)
    mass.check_against_before(said, standing, alike="mass-change" in draft.believed)
    turns = compare(draft.reader(LIST), said, standing)
    turns.begun = [replace(spell, seen_on=pages[spell.entity]) for spell in turns.begun]
    draft.turns.add(turns)
    _leave(draft, said, standing)


def opens_anew(draft: Draft, holder: str, record: Record) -> bool:
    """Whether `record` speaks of a new edition of the closed call `holder`."""
    today = draft.at.astimezone(WARSAW).date()
    return record.kind == "call" and is_new_edition(draft.before.get(holder, {}), record, today)


def _identified(
    draft: Draft, rows: list[tuple[str, Record]], standing: list[Spell]
) -> tuple[dict[str, Record], dict[str, str]]:
    """What the list says of each entity, and the page of the list that says it."""
    known_rounds = {spell.entity: spell.value for spell in standing if spell.field == "rounds"}
    holders = [draft.identities.holder(record) for _, record in rows]
    settled = (position for position, holder in enumerate(holders) if holder and _is_settled(draft, holder))
    first_known = next(settled, len(rows))
    said: dict[str, Record] = {}
    pages: dict[str, str] = {}
    for position, (page, record) in enumerate(rows):
        holder = draft.identities.holder(record)
        known = holder is not None and not draft.identities.is_new(holder)
        anew = known and _opens_anew(draft, holder or "", record)
        if anew is None:
            draft.postponed.add(holder or "")
            continue
        entity = draft.identities.entity(record, draft.source.id, LIST, anew=anew)
        draft.order.setdefault(entity)
        if draft.identities.is_new(entity) and not (anew or _came_now(draft, record, position < first_known)):
            draft.silent.add(entity)
        joined = one_of(said[entity], record) if entity in said else record
        if entity not in said or joined.values == record.values:
            pages[entity] = page
        said[entity] = joined
    return {
        entity: with_earlier_rounds(record, known_rounds.get(entity)) for entity, record in said.items()
    }, pages


def _is_settled(draft: Draft, entity: str) -> bool:
    """Whether a known row shows how far a window had been read: not if it came with others left unread."""
    since = draft.past.unread_since
    return since is None or any(
        spell.first_seen < since
        for spell in draft.past.spells
        if (spell.entity, spell.field, spell.source) == (entity, LISTED, draft.source.id)
    )


def _opens_anew(draft: Draft, holder: str, record: Record) -> bool | None:
    """Whether the row speaks of a new edition of `holder`; None when only the unread card can tell."""
    if not draft.source.details:
        return False
    if card := _card(draft, record):
        return opens_anew(draft, holder, card)
    if not _card_stands(draft, record) and opens_anew(draft, holder, record):
        return None  # a next round, or a new edition
    return False


def _came_now(draft: Draft, record: Record, first: bool) -> bool:
    """Whether an unknown row came since the last visit, and was not only seen late.

    `first`: it stands before the first row known of old.
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


def _check_coming(draft: Draft, records: list[Record], standing: list[Spell]) -> None:
    """Raise a PageFault when those who came are too many, or too strange, to be believed."""
    holders = [draft.identities.holder(record) for record in records]
    came = [record for record, holder in zip(records, holders, strict=True) if holder is None]
    mass.check_links(came, len(records), mass.hosts_of(draft.source.hosts, standing))
    if "mass-change" in draft.believed:
        return
    here = _here(draft, standing)
    register = draft.kind_of_list == "register"
    mass.check_flood(len(came), len(here), register=register)
    gone = len(here - set(holders))
    if register and draft.snapshot.whole:
        mass.check_replacement(gone, len(came), len(here))
    if draft.kind_of_list == "window" and gone == len(here) and _too_soon(draft):
        mass.check_replacement(gone, len(came), len(here))


def _too_soon(draft: Draft) -> bool:
    """Whether a list may not have nothing in common with what it was: it was read of late, or is in doubt."""
    before = draft.places[LIST].before
    return draft.is_in_doubt("mass-change") or (before is not None and draft.at - before < mass.SOON)


def _without_possible_renames(
    draft: Draft, rows: list[tuple[str, Record]], standing: list[Spell]
) -> list[tuple[str, Record]]:
    """Leave out each record that may be an absent entity under a new name, and hold both."""
    present = {draft.identities.holder(record) for _, record in rows}
    absent = sorted(_here(draft, standing) - present)
    unknown = [record for _, record in rows if draft.identities.holder(record) is None]
    kind = draft.source.kind
    left = {entity: draft.before.get(entity, {}) for entity in absent if draft.kind(entity) == kind}
    came = [record for record in unknown if record.kind == kind]
    waiting = set()
    for entity, record, doubt in rename_doubts(draft.source, LIST, left, came):
        if not draft.was_rejected(doubt) and "rename" not in draft.believed:
            draft.doubt(doubt)
            draft.held.add(entity)
            waiting.add(record.keys)
    return [(page, record) for page, record in rows if record.keys not in waiting]


def _leave(draft: Draft, said: dict[str, Record], standing: list[Spell]) -> None:
    """Who is missing: believed where the list proves it, held where it shrank too much."""
    here = _here(draft, standing)
    absent = sorted(here - set(said) - draft.held - draft.postponed)
    proven = draft.kind_of_list == "register" and draft.snapshot.whole
    # A list that loses a few at each visit is as doubtful as one that loses them at once.
    earlier = {absence.entity for absence in draft.past.absences if absence.page == LIST} - set(said)
    too_many = mass.too_many(len(absent) + len(earlier), len(here | earlier))
    if proven and not draft.baseline and absent and too_many and "absence" not in draft.believed:
        counts = f"{len(absent)} of {len(here)} records are missing"
        counts += f", {len(earlier)} since earlier visits" if earlier else ""
        draft.doubt(Doubt("absence", draft.source.id, " ".join(absent), counts, LIST))
        draft.held |= set(absent)
        absent = []
    reader = draft.reader(LIST)
    draft.turns.add(leave(reader, absent, standing, proven=proven))
    draft.turns.add(leave(reader, draft.held - set(said), standing, proven=False))


def _here(draft: Draft, standing: list[Spell]) -> set[str]:
    """Entities that are on the list as far as is known.

    Those held, and those of a page that was missed, are still on a register; what scrolled off
    a window is not.
    """
    register = draft.kind_of_list == "register"
    return {spell.entity for spell in standing if spell.field == LISTED and (register or spell.current)}
