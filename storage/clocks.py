"""What earlier visits say of our own clock: how far it had come, and who was not believed since."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from storage.past import UNTOLD, Clock
from storage.sealing import Run
from storage.tables import visit

ACCEPTED_STATES = ("complete", "unchanged", "partial")
_BEYOND = timedelta(days=2)
"""A Date proves a clock right within a day: of two proven ones, none lies farther before the earlier."""


def believed() -> ColumnElement[bool]:
    """The condition on `visit`: its time is believed, proven, or with nothing against it."""
    plausible = and_(visit.c.clock == "unproved", visit.c.state.in_(ACCEPTED_STATES))
    return or_(visit.c.clock == "ok", plausible)


def newest_visit(connection: Connection, besides: str = "") -> datetime | None:
    """Time of the newest visit whose clock was believed, UTC; those of run `besides` left out.

    One that lies in the future of a later visit was made by a wrong clock, and does not count.
    """
    ours = (visit.c.run != besides, visit.c.mode != "backfill", believed())
    # What was read again from a kept page, at the time of that, asked nothing.
    last = select(visit.c.at).where(*ours, visit.c.pages > 0).order_by(visit.c.id.desc()).limit(1)
    newest = select(func.max(visit.c.at)).where(*ours)
    reached, most = connection.execute(select(last.scalar_subquery(), newest.scalar_subquery())).one()
    if reached is None or most <= reached + _BEYOND:
        return most if reached else None
    before: datetime | None = connection.scalar(newest.where(visit.c.at <= reached + _BEYOND))
    return before


def clock(connection: Connection, run: Run) -> Clock:
    """What the visits before `run` say of our clock."""
    others = visit.c.run != run.id
    near = visit.c.at <= run.now + _BEYOND
    speaks = or_(believed(), and_(visit.c.clock == "suspect", visit.c.detail != UNTOLD))
    asked = (
        select(func.max(visit.c.at)).where(others, visit.c.clock == "ok", near),
        select(func.count(visit.c.run.distinct())).where(others, believed(), visit.c.at > run.now),
        select(func.max(visit.c.id)).where(others, speaks),
        select(func.max(visit.c.id)).where(others),
    )
    proven, ahead, spoke, last = connection.execute(select(*(each.scalar_subquery() for each in asked))).one()
    refused = _refused(connection, run, spoke or 0) if spoke != last else ()
    return Clock(proven, newest_visit(connection, run.id), refused, ahead)


def _refused(connection: Connection, run: Run, since: int) -> tuple[datetime, ...]:
    """Times of the runs refused after visit `since`, the newest that says anything of the clock, in order."""
    untold = (visit.c.clock == "suspect", visit.c.detail == UNTOLD, visit.c.run != run.id)
    runs = select(func.max(visit.c.at)).where(*untold, visit.c.id > since)
    return tuple(connection.scalars(runs.group_by(visit.c.run).order_by(func.min(visit.c.id))))
