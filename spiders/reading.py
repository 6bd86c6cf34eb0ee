"""From a page that came to its reading: whole, changed, read; or why not."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from spiders import markup
from spiders.outcome import validators
from spiders.readers import Reader
from spiders.signs import Habits, notice, sign
from storage.errors import PageFault
from storage.records import Gone, Missed, Page, Reading, Record, Said, Unchanged, fold

Same = Callable[[str, str], bool]
"""Whether a digest is the one last met at an address: of the bytes, or of the content."""

LARGE = 500_000
"""Bytes of a page whose trees, full of circles, are not left to lie until Python looks for such."""


@dataclass(frozen=True)
class Look:
    """One look at a page: its reading, and what else it gave away.

    `page` is there when it may be read again, `more` leads to the next page of a list,
    `points_to` to where a page that is no longer kept here says it went.
    """

    reading: Reading
    page: Page | None = None
    more: str | None = None
    points_to: str | None = None


def never_same(address: str, digest: str) -> bool:
    """For a page that is wanted read, changed or not."""
    return False


def look_at(page: Page, reader: Reader, habits: Habits, same: Same) -> Look:
    """Reads `page` unless it is the `same`; never raises. What a large page took is freed at once."""
    look = _look_at(page, reader, habits, same)
    if len(page.body) > LARGE:
        gc.collect()
    return look


def _look_at(page: Page, reader: Reader, habits: Habits, same: Same) -> Look:
    try:
        if same(page.asked, page.sha256):
            return Look(_unchanged(page, "bytes"), page, reader.more(page))
        markup.check_whole(markup.decode(page))
        content, more = digest(page, reader), reader.more(page)
        if same(page.asked, content):
            return Look(_unchanged(page, "content"), page, more)
        records = tuple(reader.read(page))
    except PageFault as fault:
        return _missed(page, habits, fault.reason, str(fault))
    except Exception as error:  # noqa: BLE001 - a reader that trips over one page must not end the visit
        return _missed(page, habits, "layout", f"{reader.name} failed: {type(error).__name__}: {error}"[:300])
    if len(records) == 1 and notice(records[0].name) == "soft-404":
        return Look(Missed(page.asked, page.at, "soft-404", f"titled {records[0].name!r}", page))
    if not records and (why := sign(page, habits)) is not None:
        return Look(Missed(page.asked, page.at, why.reason, why.detail, page), points_to=why.points_to)
    return Look(Said(page, records, content, reader.name, reader.version, _links(records)), page, more)


def digest(page: Page, reader: Reader) -> str:
    """SHA-256 of what is read of a page, and of where it leads on: with other pages it is another list."""
    block = "\n".join(filter(None, (reader.content(page), reader.more(page))))
    return sha256(block.encode()).hexdigest()


def as_detail(reading: Reading) -> Reading:
    """A soft 404 in place of a detail page says that it is gone."""
    if isinstance(reading, Missed) and reading.reason == "soft-404":
        return Gone(reading.address, reading.at, reading.reason, reading.detail, reading.page)
    return reading


def unless_notice(reading: Reading, title: str | None) -> Reading:
    """A notice in the frame of a detail page is not its subject, unless the list has it by that `title`."""
    if not isinstance(reading, Said) or not reading.records:
        return reading
    name = reading.records[0].name
    if (reason := notice(name)) is None or fold(name) == fold(title or ""):
        return reading
    return Missed(reading.address, reading.at, reason, f"titled {name!r}", reading.page)


def as_list(reading: Reading) -> Reading:
    """A list that is gone says nothing of its records: it was missed."""
    if isinstance(reading, Gone):
        return Missed(reading.address, reading.at, reading.reason, reading.detail, reading.page)
    return reading


def _unchanged(page: Page, how: str) -> Unchanged:
    return Unchanged(page.asked, page.at, how, validators(page.headers), full=True)


def _missed(page: Page, habits: Habits, reason: str, detail: str) -> Look:
    why = sign(page, habits)
    if why is None or (reason == "not-whole" and why.reason not in ("not-content", "blocked-page")):
        return Look(Missed(page.asked, page.at, reason, detail, page))
    return Look(Missed(page.asked, page.at, why.reason, why.detail, page), points_to=why.points_to)


def _links(records: tuple[Record, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(record.detail for record in records if record.detail))
