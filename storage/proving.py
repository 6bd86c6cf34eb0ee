"""Which kept page proves a loss: the one read when the thing was first missed, not when that was certain.

A page that says what it said before is not kept again, so the newest one kept by then says it; the answer
that a page is gone proves the loss of what it spoke of. A copy from an archive speaks of its own moment
alone: what was read before and after it is not known by it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from operator import itemgetter

from sqlalchemy import Connection, Row, case, or_, select

from storage.past import GONE, LISTED
from storage.records import Change
from storage.tables import capture, spell, visit

_Page = Row[int, str, str, datetime]


def proved(
    connection: Connection, groups: Iterable[tuple[Change, ...]]
) -> tuple[list[tuple[Change, ...]], list[int]]:
    """The same groups, each loss in them with the page that proves it; and the captures of those pages."""
    captures: set[int] = set()

    def with_proof(each: Change) -> Change:
        page = _proof(connection, each) if each.verb == "disappeared" else None
        if page is None:
            return each
        captures.add(page.id)
        return replace(each, url=each.url or page.address, evidence=page.sha256)

    return [tuple(map(with_proof, group)) for group in groups], sorted(captures)


def _proof(connection: Connection, loss: Change) -> _Page | None:
    """The capture by which `loss` is known; None only where no place ended at that time.

    One read since the thing was last seen lacks it: the page it stood on, if that was there. Where
    no page was kept since, what is known of the page from before holds, and of a list that of its first.
    """
    found = [
        ((fresh, place.stood_on == key if fresh else place.page == key, page.met, page.id), page)
        for place in _places(connection, loss)
        for key in {place.page, place.stood_on}
        for page in _newest(connection, loss, key)
        for fresh in [place.last_seen is None or page.met > place.last_seen]
    ]
    return max(found, key=itemgetter(0))[1] if found else None


def _places(connection: Connection, loss: Change) -> Sequence[Row[str, datetime | None, str]]:
    """Where it was listed until then: the page, and the very page of the list it was read from."""
    query = (
        select(spell.c.page, spell.c.last_seen, capture.c.page.label("stood_on"))
        .join(capture, capture.c.id == spell.c.capture)
        .where(spell.c.entity == loss.entity, spell.c.source == loss.source, spell.c.field == LISTED)
        .where(spell.c.gone_by == loss.seen_by, spell.c.dropped.is_(None))
    )
    return connection.execute(query).all()


def _newest(connection: Connection, loss: Change, key: str) -> Iterator[_Page]:
    """The newest capture of a page by the time of `loss`: all pages of a list have that of their visit."""
    speaks = or_(visit.c.mode != "backfill", visit.c.at == loss.seen_by)
    query = (
        select(capture.c.id, capture.c.address, capture.c.sha256, visit.c.at.label("met"))
        .join(visit, visit.c.id == capture.c.visit)
        .where(capture.c.source == loss.source, capture.c.page == key)
        .where(or_(capture.c.refused.is_(None), (capture.c.refused == GONE) & (visit.c.at == loss.seen_by)))
        .where(visit.c.at <= loss.seen_by)
        .order_by(case((speaks, 0), else_=1), visit.c.at.desc(), capture.c.id.desc())
    )
    yield from connection.execute(query.limit(1))
