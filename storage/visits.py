"""Which visits tell how the sources stand, picked by the database out of years of visits.

Readings of archived pages are no visits of ours. Rows are those of the table, oldest first; of
visits at which a source turned they have no more than tells so.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, and_, func, select, text, true

from storage.clocks import believed
from storage.tables import ODD, visit
from storage.views import HALF_A_SECOND

Row = dict[str, Any]
_CHUNK = 400
_TURN = "id source at state reason detail address clock".split()
_OURS = visit.c.mode != "backfill"
_DATED = and_(visit.c.clock != "suspect", _OURS)
_WELL = ("complete", "unchanged")
# `v` tells something of its source; a visit that was stopped does not.
_TELLS = "{0}.mode <> 'backfill' AND COALESCE({0}.reason, '') <> 'stopped'"
_LEVEL = (
    "CASE WHEN {0}.state IN ('complete', 'unchanged') THEN 2 WHEN {0}.state = 'partial' THEN 1 ELSE 0 END"
)
# The next source, again and again: an index is leapt through, however many visits there are.
_SOURCES = """
named(source) AS (
  SELECT MIN(source) FROM visit
  UNION ALL SELECT (SELECT MIN(v.source) FROM visit v WHERE v.source > n.source) FROM named n
  WHERE n.source IS NOT NULL)"""
_TURNING = f"""
WITH RECURSIVE {_SOURCES},
odd AS (
  SELECT v.id, v.source, v.state, v.reason, v.detail FROM visit v
  WHERE {ODD} AND {_TELLS.format("v")}),
faults AS (
  SELECT v.id, {_LEVEL.format("v")} AS level,
    (SELECT b.id FROM visit b WHERE b.source = v.source AND b.id < v.id AND {_TELLS.format("b")}
     ORDER BY b.id DESC LIMIT 1) AS before,
    (SELECT n.id FROM visit n WHERE n.source = v.source AND n.id > v.id AND {_TELLS.format("n")}
     ORDER BY n.id LIMIT 1) AS after
  FROM odd v WHERE v.state NOT IN ('complete', 'unchanged')),
wells AS (
  SELECT v.id, v.source, v.at FROM faults f JOIN visit v ON v.id = f.after
  WHERE v.state IN ('complete', 'unchanged')),
moves AS (
  SELECT v.id, v.detail, (
    SELECT b.id FROM visit b WHERE b.source = v.source AND b.id < v.id AND {_TELLS.format("b")}
    ORDER BY b.id DESC LIMIT 1) AS before
  FROM odd v WHERE v.reason = 'moved'),
found AS (
  SELECT (
    SELECT v.id FROM visit v WHERE v.source = s.source AND {_TELLS.format("v")} ORDER BY v.id LIMIT 1) AS id
  FROM named s WHERE s.source IS NOT NULL
  UNION SELECT f.id FROM faults f JOIN visit b ON b.id = f.before WHERE {_LEVEL.format("b")} <> f.level
  UNION SELECT id FROM wells
  UNION SELECT (
    SELECT v.id FROM visit v WHERE v.source = w.source AND v.id > w.id AND {_TELLS.format("v")}
    AND JULIANDAY(v.at) - JULIANDAY(w.at) > 1.0 - {HALF_A_SECOND} ORDER BY v.id LIMIT 1) FROM wells w
  UNION SELECT m.id FROM moves m LEFT JOIN visit b ON b.id = m.before
    WHERE COALESCE(b.reason, '') <> 'moved' OR COALESCE(b.detail, '') <> COALESCE(m.detail, ''))
SELECT id FROM found
UNION SELECT (SELECT d.id FROM visit d WHERE d.id < v.id AND d.mode <> 'backfill'
  AND COALESCE(d.reason, '') <> 'clock' ORDER BY d.id DESC LIMIT 1)
FROM found f JOIN visit v ON v.id = f.id WHERE v.reason = 'clock'"""


def sources(connection: Connection) -> list[str]:
    """The sources that were ever visited, in order."""
    query = f"WITH RECURSIVE {_SOURCES} SELECT source FROM named WHERE source IS NOT NULL ORDER BY source"
    return list(connection.scalars(text(query)))


def ours(connection: Connection) -> list[Row]:
    """Every visit of ours."""
    query = select(visit).where(_OURS).order_by(visit.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def newest(connection: Connection, now: datetime) -> dict[str, tuple[datetime, datetime | None]]:
    """For each source: the time of its newest visit, and of its newest complete one, UTC.

    Visits that a wrong clock dated, those after `now` among them, do not count.
    """
    complete = func.max(visit.c.at).filter(visit.c.state.in_(_WELL))
    query = select(visit.c.source, func.max(visit.c.at), complete).where(_DATED, visit.c.at <= now)
    return {row[0]: (row[1], row[2]) for row in connection.execute(query.group_by(visit.c.source))}


def was_crawled(connection: Connection) -> bool:
    """Whether any visit of ours was made by a clock that was not wrong."""
    return connection.scalar(select(visit.c.id).where(_DATED).limit(1)) is not None


def details_since(connection: Connection, since: datetime) -> list[tuple[str, str]]:
    """Source and detail of the visits made since then (UTC) that had one to tell."""
    query = select(visit.c.source, visit.c.detail).where(
        visit.c.at >= since, _OURS, visit.c.detail.is_not(None)
    )
    return [(row[0], row[1]) for row in connection.execute(query.order_by(visit.c.id))]


def latest(connection: Connection, sources: Iterable[str]) -> list[Row]:
    """Of each source the newest visit, the newest complete one, and the newest with a right clock."""
    wanted = set[int]()
    for source in sources:
        here = select(visit.c.id).where(visit.c.source == source, _OURS)
        for which in (true(), visit.c.state.in_(_WELL), believed()):
            newest = here.where(which).order_by(visit.c.id.desc()).limit(1)
            wanted.update(connection.scalars(newest))
    return _rows(connection, sorted(wanted), list(visit.c))


def turning(connection: Connection) -> list[Row]:
    """The visits at which a source may have changed its state: all others tell nothing new.

    For each source these are the first visit; each that answered better or worse than the one
    before it, the first that answered well again, and the one a day later; each that found it moved. Before
    a visit whose clock was wrong also the one, of any source, that dates it.
    """
    numbers = sorted(filter(None, connection.scalars(text(_TURNING))))
    return _rows(connection, numbers, [visit.c[name] for name in _TURN])


def _rows(connection: Connection, numbers: Sequence[int], columns: Sequence[Column[Any]]) -> list[Row]:
    names, rows = [column.name for column in columns], list[Row]()
    for start in range(0, len(numbers), _CHUNK):
        query = select(*columns).where(visit.c.id.in_(numbers[start : start + _CHUNK])).order_by(visit.c.id)
        rows += [dict(zip(names, row, strict=True)) for row in connection.execute(query)]
    return rows
