"""Is this reading believable? A doubtful one is refused, with a reason; nothing of it is told."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from pipelines.compare import differ
from pipelines.identify import same_address
from storage.errors import MassChange, PageDecode, PageUnreadable, TooFewRecords
from storage.past import LISTED, Past, Spell
from storage.records import Gone, ListKind, Missed, Reading, Record, Said, Snapshot, Source

# Answers that came but are not believed; every other reason means no usable answer.
_REFUSED = frozenset(
    [
        "not-whole",
        "decode",
        "blocked-page",
        "not-content",
        "login",
        "cookie-wall",
        "needs-browser",
        "soft-404",
        "moved-home",
        "moved",
        "parked",
        "list-empty",
        "list-shrunk",
        "mass-change",
        "layout",
        "duplicate",
        "type",
        "link-host",
        "parse",
        "clock",
    ]
)
FEW = 2
"""So many records may always leave or change together."""


def state_of(reason: str) -> str:
    """`refused` for an answer that is not believed, `failed` for none."""
    return "refused" if reason in _REFUSED else "failed"


def clock_is_suspect(snapshot: Snapshot, past: Past) -> bool:
    """Whether our own clock must be wrong: before an earlier visit, or a day from every host's."""
    if past.newest_visit and snapshot.at < past.newest_visit:
        return True
    day = timedelta(days=1)
    return bool(snapshot.dates) and all(abs(snapshot.at - date) > day for date in snapshot.dates)


def list_fault(snapshot: Snapshot, kind: ListKind) -> Missed | None:
    """Why there is no list to believe, if a page of it that has to be read was not.

    The first always has to be. Of a window every page: the rows of one that was missed would
    be passed over for good, since the next visit stops at the first page with nothing unknown.
    """
    if not snapshot.pages:
        reason = snapshot.stopped or "stopped"
        return Missed(snapshot.address, snapshot.at, reason, "the visit ended before the list was read")
    for reading in snapshot.pages if kind == "window" else snapshot.pages[:1]:
        if isinstance(reading, Gone):
            return Missed(reading.address, reading.at, reading.reason, reading.detail, reading.page)
        if isinstance(reading, Missed):
            return reading
    return None


def with_missed_cards(snapshot: Snapshot) -> Snapshot:
    """`snapshot` in which detail pages that lost letters in decoding count as missed."""
    details = {page: _readable(reading) for page, reading in snapshot.details.items()}
    return replace(snapshot, details=details)


def _readable(reading: Reading) -> Reading:
    if not isinstance(reading, Said):
        return reading
    try:
        check_values(reading.records)
    except PageDecode as error:
        return Missed(reading.address, reading.at, error.reason, str(error), reading.page)
    return reading


def check_values(records: Iterable[Record]) -> None:
    """Raise PageDecode if a value holds the mark of lost letters."""
    for record in records:
        for name, value in record.values.items():
            if value and any("\ufffd" in text for text in ([value] if isinstance(value, str) else value)):
                raise PageDecode(f"{record.kind} {name} holds letters that were lost in decoding: {value!r}")


def check_count(source: Source, records: Iterable[Record]) -> None:
    """Raise TooFewRecords for fewer records than the source declares."""
    count = sum(record.kind == source.kind for record in records)
    if count < source.at_least:
        raise TooFewRecords(
            f"{count} records where at least {source.at_least} are expected: look at the page; "
            f"if it is right, set at_least of [source.{source.id}]",
            reason="list-shrunk" if count else "list-empty",
        )


def check_against_before(said: Mapping[str, Record], standing: Iterable[Spell], *, alike: bool) -> None:
    """Raise when so many records lose or change the same field that the page is to be doubted.

    `standing` are the spells of this page. Lost by more than a fifth of the records, and more
    than two: PageUnreadable. Changed in more than half of those known, and more than two:
    MassChange, unless many may change `alike` because a person has believed it.
    """
    lost: dict[str, int] = {}
    changed: dict[str, int] = {}
    known: dict[str, int] = {}
    for spell in standing:
        record = said.get(spell.entity)
        if record is None or not spell.current or spell.field == LISTED or spell.field in record.derived:
            continue
        known[spell.field] = known.get(spell.field, 0) + 1
        if spell.field not in record.values:
            lost[spell.field] = lost.get(spell.field, 0) + 1
        elif _differs(spell, record):
            changed[spell.field] = changed.get(spell.field, 0) + 1
    for name, count in sorted(lost.items()):
        if too_many(count, len(said)):
            raise PageUnreadable(f"{count} of {len(said)} records lost their {name}: the layout has changed")
    for name, count in sorted(changed.items()):
        if not alike and count > FEW and 2 * count > known[name]:
            raise MassChange(f"{name} changed in {count} of {known[name]} records at once")


def _differs(spell: Spell, record: Record) -> bool:
    value = record.values[spell.field]
    moved = spell.field == "url" and same_address(record.kind, spell.value, value)
    return not moved and differ(spell.field, spell.value, value)


def check_replacement(absent: int, unknown: int, before: int) -> None:
    """Raise MassChange when more than half of a register was replaced at one stroke."""
    if min(absent, unknown) > FEW and 2 * min(absent, unknown) > before:
        raise MassChange(f"{absent} of {before} records left and {unknown} came at once")


def too_many(count: int, whole: int) -> bool:
    """More than a fifth and more than two."""
    return count > FEW and 5 * count > whole
