"""When nobody looked: times of a source without an accepted reading, found among years of visits.

The view `gaps` tells the same to who asks the database itself, and looks at every visit. Here the
database leaps from day to day, and looks closer where a visit gave nothing or a day has no reading.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, text

from storage.forms import moment
from storage.views import ACCEPTED, LONG_DAYS

_FIRST = text("SELECT at, id, clock FROM visit WHERE source = :source ORDER BY at, id LIMIT 1")
_BEFORE = text(f"""
SELECT at, id FROM visit WHERE source = :source AND at <= :at AND (at < :at OR id < :id) AND {ACCEPTED}
ORDER BY at DESC, id DESC LIMIT 1""")
_AFTER = text(f"""
SELECT at, id FROM visit WHERE source = :source AND at >= :at AND (at > :at OR id > :id) AND {ACCEPTED}
ORDER BY at, id LIMIT 1""")
_MISSED = text(f"""
SELECT at, id FROM visit WHERE source = :source AND at >= :since AND NOT ({ACCEPTED}) ORDER BY at, id""")
# The first reading of each day: the rest of a time begins with T, so a U lies after all of the day.
_DAYS = text(f"""
WITH RECURSIVE days(at) AS (
  SELECT CAST(:since AS TEXT)
  UNION ALL
  SELECT (SELECT v.at FROM visit v WHERE v.source = :source AND v.at > SUBSTR(d.at, 1, 10) || 'U'
          AND {ACCEPTED} ORDER BY v.at LIMIT 1)
  FROM days d WHERE d.at IS NOT NULL)
SELECT at FROM days WHERE at IS NOT NULL""")


class _Visit(NamedTuple):
    """One visit; visits are in the order of their times (UTC, as text) and numbers."""

    at: str
    id: int


_BEFORE_ALL, _AFTER_ALL = _Visit("", 0), _Visit("~", 2**31)


class Gap(NamedTuple):
    """No accepted reading between two times (UTC, as text); `until` is None while it lasts."""

    since: str
    until: str | None


def gaps(connection: Connection, source: str, first: str) -> list[Gap]:
    """The gaps of `source` that end after `first` (UTC, as text) or last, oldest first.

    Those longer than `LONG_DAYS`, and those in which a visit gave nothing.
    """
    found = _Readings(connection, source).gaps(first)
    return sorted(found, key=lambda gap: (gap.since, gap.until or _AFTER_ALL.at))


def long_gaps(connection: Connection, source: str, first: str) -> list[Gap]:
    """Where more than `LONG_DAYS` days lie between two readings of `source`, both from `first` on.

    Oldest first; `first` in UTC, as text.
    """
    return list(_Readings(connection, source).long_ones(first))


class _Readings:
    """The readings of one source: accepted visits, and its first visit, since which somebody looks."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection, self._source = connection, source
        first = self._one(_FIRST)
        self._first = _Visit(first[0], first[1]) if first and first[2] == "ok" else None

    def gaps(self, first: str) -> Iterator[Gap]:
        earliest = self._first or self._after(_BEFORE_ALL)
        since = self._before(_Visit(first, _AFTER_ALL.id)) or earliest
        if since:
            found = {*self._with_visits(since.at), *self._long(since.at), *self._lasting()}
            yield from (gap for gap in found if gap.until is None or gap.until > first)

    def long_ones(self, first: str) -> Iterator[Gap]:
        begin = self._after(_Visit(first, _BEFORE_ALL.id))
        if begin:
            yield from self._long(begin.at)

    def _with_visits(self, since: str) -> Iterator[Gap]:
        """Gaps in which a visit gave nothing."""
        end = _BEFORE_ALL
        rows = self._connection.execute(_MISSED, {"source": self._source, "since": since}).all()
        for missed in (_Visit(*row) for row in rows):
            begin = self._before(missed) if missed > end else None
            if begin:
                after = self._after(missed)
                yield Gap(begin.at, after.at if after else None)
                end = after or _AFTER_ALL

    def _long(self, since: str) -> Iterator[Gap]:
        """Gaps of more than `LONG_DAYS`: between readings on days that are as far apart."""
        values = {"source": self._source, "since": since}
        days = self._connection.execute(_DAYS, values).scalars().all()
        for one, other in pairwise(days):
            if _day(other) - _day(one) >= timedelta(days=LONG_DAYS):
                last = self._before(_Visit(other, _BEFORE_ALL.id))
                if last and _is_long(last.at, other):
                    yield Gap(last.at, other)

    def _lasting(self) -> Iterator[Gap]:
        """The gap of more than `LONG_DAYS` that is not over."""
        now = self._connection.execute(text("SELECT now FROM today")).scalar_one()
        last = self._before(_AFTER_ALL)
        if last and _is_long(last.at, now):
            yield Gap(last.at, None)

    def _before(self, visit: _Visit) -> _Visit | None:
        """The last reading before `visit`, or the very first visit."""
        found = self._one(_BEFORE, visit)
        if found:
            return _Visit(*found)
        return self._first if self._first and self._first <= visit else None

    def _after(self, visit: _Visit) -> _Visit | None:
        found = self._one(_AFTER, visit)
        return _Visit(*found) if found else None

    def _one(self, query: TextClause, visit: _Visit | None = None) -> Any:
        values = {"source": self._source, **(visit._asdict() if visit else {})}
        return self._connection.execute(query, values).first()


def _day(at: str) -> date:
    return date.fromisoformat(at[:10])


def _is_long(since: str, until: str) -> bool:
    return moment(until) - moment(since) > timedelta(days=LONG_DAYS)
