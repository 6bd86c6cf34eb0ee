"""Detail pages that cannot all be what they say: one page at many addresses, or all of them gone at once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from pipelines.check import check_values
from pipelines.mass import FEW, too_many
from storage.errors import PageFault
from storage.past import LISTED, Past
from storage.records import LIST, Gone, Missed, Page, Reading, Said, Snapshot, page_key


def with_missed_details(snapshot: Snapshot, past: Past) -> Snapshot:
    """`snapshot` in which detail pages that are not believed count as missed."""
    details = {page: _readable(reading) for page, reading in snapshot.details.items()}
    for page in _mixed_up(details, past):
        details[page] = _missed(details[page], "not-content", "the same page came from other addresses, too")
    for page in _gone_at_once(replace(snapshot, details=details), past):
        details[page] = _missed(details[page], "gone", "gone together with others that the list shows")
    return replace(snapshot, details=details)


def _readable(reading: Reading) -> Reading:
    if not isinstance(reading, Said):
        return reading
    try:
        check_values(reading.records)
    except PageFault as error:
        return _missed(reading, error.reason, str(error))
    return reading


def _missed(reading: Reading, reason: str, detail: str) -> Missed:
    page: Page | None = getattr(reading, "page", None)
    return Missed(reading.address, reading.at, reason, detail, page)


def _mixed_up(details: dict[str, Reading], past: Past) -> list[str]:
    """Pages that say what another page says or said, where they said something else before.

    Of pages never read before, three alike are needed: a text may be published twice.
    """
    said = {page: reading.content for page, reading in details.items() if isinstance(reading, Said)}
    alike = Counter(said.values())
    before = {page: memory.content for page, memory in past.pages.items() if memory.content}
    owners = {content: page for page, content in before.items()}
    return [
        page
        for page, content in said.items()
        if before.get(page) != content
        and (
            alike[content] > 1 or owners.get(content, page) != page
            if page in before
            else alike[content] > FEW
        )
    ]


def _gone_at_once(snapshot: Snapshot, past: Past) -> list[str]:
    """Pages of rows the list shows that are gone now and were not before, if they are too many."""
    shown = _linked(snapshot, past)
    known = {page for page, memory in past.pages.items() if memory.confirmed and not memory.gone_since}
    gone = [
        page
        for page, reading in snapshot.details.items()
        if isinstance(reading, Gone) and page in shown and page in known
    ]
    return gone if too_many(len(gone), len(snapshot.details)) else []


def _linked(snapshot: Snapshot, past: Past) -> set[str]:
    """The detail pages of rows that stand on the list: as read now, or as it was where unchanged."""
    now = {
        page_key(link) for reading in snapshot.pages if isinstance(reading, Said) for link in reading.links
    }
    listed = {
        spell.entity
        for spell in past.spells
        if spell.field == LISTED and spell.page == LIST and spell.current
    }
    return now or set(
        _pages(
            str(spell.value)
            for spell in past.spells
            if spell.field == "url" and spell.page == LIST and spell.entity in listed and spell.current
        )
    )


def _pages(urls: Iterable[str]) -> Iterable[str]:
    for url in urls:
        try:
            yield page_key(url)
        except ValueError:  # no address of a page
            continue
