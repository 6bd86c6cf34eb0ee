"""Is this reading believable? A doubtful one is refused, with a reason; nothing of it is told."""

from collections.abc import Iterable

from storage.errors import PageDecode, PageUnreadable, TooFewRecords
from storage.records import NAME_FIELD, Gone, ListKind, Missed, Record, Snapshot, Source

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
LONGEST_NAME = 1_000
LONGEST_VALUE = 500_000
"""Letters; what is longer is no name, or no value of a field."""


def state_of(reason: str) -> str:
    """`refused` for an answer that is not believed, `failed` for none."""
    return "refused" if reason in _REFUSED else "failed"


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


def check_values(records: Iterable[Record]) -> None:
    """Raise PageDecode if a value holds the mark of lost letters, PageUnreadable if it is endless."""
    for record in records:
        for name, value in record.values.items():
            for text in [value] if isinstance(value, str) else value or ():
                if "\ufffd" in text:
                    raise PageDecode(f"{record.kind} {name} holds letters lost in decoding: {text[:100]!r}")
                if len(text) > (LONGEST_NAME if name == NAME_FIELD[record.kind] else LONGEST_VALUE):
                    raise PageUnreadable(f"{record.kind} {name} has {len(text)} letters: {text[:50]!r} …")


def check_count(source: Source, records: Iterable[Record]) -> None:
    """Raise TooFewRecords for fewer records than the source declares."""
    count = sum(record.kind == source.kind for record in records)
    if count < source.at_least:
        raise TooFewRecords(
            f"{count} records where at least {source.at_least} are expected: look at the page; "
            f"if it is right, set at_least of [source.{source.id}]",
            reason="list-shrunk" if count else "list-empty",
        )
