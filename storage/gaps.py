"""When nobody looked: times of a source without an accepted reading, found among years of visits.

The view `gaps` tells the same to who asks the database itself, and looks at every visit. Here the
database leaps from day to day, and looks closer where a visit gave nothing or a day has no reading.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from sqlalchemy import Connection, TextClause, text

from storage.forms import moment
from storage.tables import ACCEPTED, MISSED
from storage.views import LONG_DAYS

_FIRST = text("SELECT at, id, clock FROM visit WHERE source = :source ORDER BY at, id LIMIT 1")
_BEFORE = text(f"""
SELECT at, id FROM visit WHERE source = :source AND at <= :at AND (at < :at OR id < :id) AND {ACCEPTED}
ORDER BY at DESC, id DESC LIMIT 1""")
_AFTER = text(f"""
SELECT at, id FROM visit WHERE source = :source AND at >= :at AND (at > :at OR id > :id) AND {ACCEPTED}
ORDER BY at, id LIMIT 1""")
_NEXT = (
    "SELECT w.id FROM visit w WHERE w.source = :source AND w.at >= t.at AND (w.at > t.at OR w.id > t.id) "
    "AND {such} ORDER BY w.at, w.id LIMIT 1"
)
# From a visit that gave nothing to the reading that ends the gap, to the next visit that gave nothing.
# Of each gap: its first such visit, the reading before it, and the one after it.
_MISSED = text(f"""
WITH RECURSIVE turn(missed, at, id) AS (
  SELECT 1, m.at, m.id FROM (
    SELECT at, id FROM visit WHERE source = :source AND at >= :since AND {MISSED} ORDER BY at, id LIMIT 1) m
  UNION ALL
  SELECT 1 - t.missed, v.at, v.id FROM turn t JOIN visit v
  ON v.id = CASE t.missed WHEN 1 THEN ({_NEXT.format(such=ACCEPTED)}) ELSE ({_NEXT.format(such=MISSED)}) END)
SELECT t.at, t.id, (
  SELECT b.at FROM visit b WHERE b.source = :source AND b.at <= t.at AND (b.at < t.at OR b.id < t.id)
  AND {ACCEPTED} ORDER BY b.at DESC, b.id DESC LIMIT 1) AS before, (
  SELECT a.at FROM visit a WHERE a.id = ({_NEXT.format(such=ACCEPTED)})) AS after
FROM turn t WHERE t.missed = 1""")
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
        values = {"source": self._source, "since": since}
        for at, number, before, after in self._connection.execute(_MISSED, values):
            first = self._first.at if self._first and self._first <= _Visit(at, number) else None
            if begin := before or first:
                yield Gap(begin, after)

    def _long(self, since: str) -> Iterator[Gap]:
        """Gaps of more than `LONG_DAYS`: between readings on days that are as far apart."""
        values = {"source": self._source, "since": since}
        days = self._connection.execute(_DAYS, values).scalars().all()
        for (_, one), (other, day) in pairwise((at, moment(at).date()) for at in days):
            if day - one >= timedelta(days=LONG_DAYS):
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


def _is_long(since: str, until: str) -> bool:
    return moment(until) - moment(since) > timedelta(days=LONG_DAYS)
