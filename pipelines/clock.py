"""Is our own clock right? What hosts say of the time proves it or disproves it; else the past has a word.

A host that sends no `Date` proves nothing. Its visits are believed as long as the clock goes on from
where it was, and refused when it leaps, until several runs agree on the new time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from storage.past import UNTOLD, Clock

WRONG = "the clock of this machine is wrong: set it, then crawl again"
DAY = timedelta(days=1)
FAR = timedelta(days=35)
"""A month and some days: no schedule in use is rarer, and a clock that leaps goes farther, to the end of
its range or back to its beginning."""
AGREEING = 3
OVER = timedelta(hours=48)
"""So many runs, over so many hours, are believed against the past; as for a disappearance."""


def is_proven(at: datetime, heard: Iterable[datetime]) -> bool:
    """Whether some host agrees with a clock that shows `at`; `heard` are the times hosts gave, all in UTC."""
    return any(abs(at - told) <= DAY for told in heard)


def judge(at: datetime, heard: Sequence[datetime], past: Clock) -> tuple[str, str | None]:
    """The clock of a visit made `at` (UTC): `ok`, `unproved` or `suspect`; and why it is not believed.

    A visit that is `unproved` with a reason leaps ahead: it may be told of, but is not to be believed.
    """
    if is_proven(at, heard):
        return ("suspect", WRONG) if past.proven and at < past.proven else ("ok", None)
    if heard:
        return "suspect", WRONG
    if past.reached is None or believable(at, past.reached) == at or _agreed(at, past):
        return "unproved", None
    return ("suspect" if at < past.reached else "unproved"), UNTOLD


def believable(at: datetime, reached: datetime | None) -> datetime:
    """The time `at` while no host was heard; if the clock leaps, that of the newest visit believed. UTC."""
    return at if reached is None or reached <= at <= reached + FAR else reached


def _agreed(at: datetime, past: Clock) -> bool:
    """Whether the runs that were not believed go on evenly to `at`, and outnumber those that lie ahead."""
    steady = 0
    for later, earlier in pairwise((at, *reversed(past.refused))):
        if not timedelta(0) <= later - earlier <= FAR:
            break
        steady += 1
    if steady + 1 < max(AGREEING, past.ahead + 1):
        return False
    return at - past.refused[-steady] >= OVER
