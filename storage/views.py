"""Rows as people and programs read them: the views of the contract, and the same with a day asked.

Each view is one SELECT in which `{day}` is the asked Warsaw day as text. As a view it means
today; `storage.history` gives another. SQL is kept to what SQLite and PostgreSQL share.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, TextClause, text

from storage.records import KINDS
from storage.state import KNOWN, TODAY, listing, presence
from storage.statuses import STATUSES
from storage.tables import ACCEPTED

_TODAY = {
    # Warsaw is an hour ahead of UTC, two between the last Sundays of March and October (01:00 UTC).
    "sqlite": """SELECT CASE
        WHEN datetime('now') >= datetime(strftime('%Y', 'now') || '-04-01', 'weekday 0', '-7 days', '+1 hour')
         AND datetime('now') < datetime(strftime('%Y', 'now') || '-11-01', 'weekday 0', '-7 days', '+1 hour')
        THEN date('now', '+2 hours') ELSE date('now', '+1 hour') END AS day,
        strftime('%Y-%m-%dT%H:%M:%SZ', 'now') AS now""",
    "postgresql": """SELECT to_char(now() AT TIME ZONE 'Europe/Warsaw', 'YYYY-MM-DD') AS day,
        to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS now""",
}

# The default `stale_hours` of a source: it is asked more often than that.
LONG_DAYS = 3
# Julian days are rounded; times are whole seconds.
HALF_A_SECOND = "0.5 / 86400"


def gaps(visits: str = "visit") -> str:
    """Times without an accepted reading since the first visit, in SQL.

    Those that are too long, and those in which `visits` gave nothing.
    """
    return f"""
SELECT source, since, until, ROUND(CAST(24 * days AS NUMERIC), 1) AS hours, missed FROM (
  SELECT source, since, until, missed,
         JULIANDAY(COALESCE(until, (SELECT now FROM today))) - JULIANDAY(since) AS days
  FROM (
    SELECT source, at AS since, LEAD(at) OVER readings AS until,
           COALESCE(LEAD(number) OVER readings,
                    (SELECT COUNT(*) + 1 FROM {visits} w WHERE w.source = n.source)) - number
           - CASE WHEN {ACCEPTED} THEN 1 ELSE 0 END AS missed
    FROM (SELECT v.*, ROW_NUMBER() OVER (PARTITION BY source ORDER BY at, id) AS number FROM {visits} v) n
    WHERE {ACCEPTED} OR (number = 1 AND clock = 'ok')
    WINDOW readings AS (PARTITION BY source ORDER BY number)) pairs) measured
WHERE days > {LONG_DAYS} + {HALF_A_SECOND} OR missed > 0"""


_COVERAGE = f"""
SELECT o.source, k.known_up_to, o.first_visit, o.complete_visits, COALESCE(g.gaps, 0) AS gaps,
       COALESCE(g.longest, 0) AS longest_gap_hours, o.days_observed, o.days,
       ROUND(CAST(1.0 * o.days_observed / NULLIF(o.days, 0) AS NUMERIC), 3) AS share
FROM (
  SELECT source, MIN(at) AS first_visit,
         COUNT(CASE WHEN state IN ('complete', 'unchanged') THEN 1 END) AS complete_visits,
         COUNT(DISTINCT CASE WHEN {ACCEPTED} THEN SUBSTR(at, 1, 10) END) AS days_observed,
         CAST(JULIANDAY((SELECT SUBSTR(now, 1, 10) FROM today)) - JULIANDAY(SUBSTR(MIN(at), 1, 10))
              AS INTEGER) + 1 AS days
  FROM visit GROUP BY source) o
LEFT JOIN known k ON k.source = o.source
LEFT JOIN (SELECT source, COUNT(*) AS gaps, MAX(hours) AS longest FROM gaps GROUP BY source) g
  ON g.source = o.source
ORDER BY o.source"""

# Each step from one value to another once: rows of the log but those that were taken back (a person's
# decision whole, a reading again row by row), and those that a later reading resolved into smaller steps.
_MOVES = """
SELECT c.id, c.kind, c.entity, c.name, c.field, c.old, c.new, c.seen_after, c.seen_by, c.cause, c.source,
       c.url, c.evidence
FROM change c WHERE c.verb IN ('changed', 'renamed') AND c.baseline = 0
AND NOT EXISTS (
  SELECT 1 FROM change r WHERE r.entity = c.entity AND r.verb = 'retracted' AND r.id > c.id
     AND r.seen_by = c.seen_by AND (r.old = c.summary OR (r.cause = 'human' AND r.old = (
       SELECT l.summary FROM change l WHERE l.entry = c.entry AND l.told_at IS NOT NULL))))
AND NOT (EXISTS (
  SELECT 1 FROM change f WHERE f.entity = c.entity AND f.field = c.field AND f.id > c.id AND f.baseline = 0
     AND f.old = c.old AND f.new <> c.new AND f.seen_by <= c.seen_by
     AND (c.seen_after IS NULL OR f.seen_after >= c.seen_after))
 AND EXISTS (
  SELECT 1 FROM change f WHERE f.entity = c.entity AND f.field = c.field AND f.id > c.id AND f.baseline = 0
     AND f.new = c.new AND f.old <> c.old AND f.seen_by <= c.seen_by
     AND (c.seen_after IS NULL OR f.seen_after >= c.seen_after)))"""

LISTS: Mapping[str, str] = {f"{kind}s": listing(kind, "{day}") for kind in KINDS}
VIEWS: Mapping[str, str] = {
    "known": KNOWN,
    "presence": presence(),
    "gaps": gaps(),
    "coverage": _COVERAGE,
    **{name: sql.replace("{day}", TODAY) for name, sql in LISTS.items()},
    "statuses": STATUSES,
    "changes": """
SELECT c.id, verb, kind, entity, name, field, old, new, seen_after, seen_by, l.at AS recorded_at, c.cause,
       source, url, evidence, baseline, summary, entry
FROM change c JOIN ledger l ON l.id = c.ledger ORDER BY c.id""",
    "moves": _MOVES,
    "visits": """
SELECT id, run, source, mode, at, state, reason, detail, pages, missed, records, clock
FROM visit ORDER BY id""",
    "history": """
SELECT s.entity, e.kind, s.field, s.value, s.printed, s.source, c.address AS url, s.first_seen AS seen_from,
       COALESCE(s.last_seen, g.confirmed, s.first_seen) AS last_seen, s.gone_by, b.at AS recorded_from,
       d.at AS recorded_until, s.cause, c.sha256 AS evidence, n.at AS end_recorded
FROM spell s JOIN entity e ON e.id = s.entity JOIN capture c ON c.id = s.capture
JOIN ledger b ON b.id = s.begun LEFT JOIN ledger n ON n.id = s.ended LEFT JOIN ledger d ON d.id = s.dropped
LEFT JOIN page g ON g.source = s.source AND g.key = s.page""",
    "evidence": """
SELECT c.sha256, c.address, c.reached, c.at, c.status, c.media_type, b.size, c.source, c.refused
FROM capture c JOIN body b ON b.sha256 = c.sha256 ORDER BY c.id""",
}


# As bytes: a damaged text cannot be read as one.
_KEPT = {
    "sqlite": "SELECT name, CAST(sql AS BLOB) FROM sqlite_master WHERE type = 'view'",
    "postgresql": """SELECT relname, convert_to(COALESCE(obj_description(oid, 'pg_class'), ''), 'UTF8')
        FROM pg_class WHERE relkind = 'v' AND relnamespace = CAST(current_schema() AS REGNAMESPACE)""",
}

_JULIANDAY = """CREATE OR REPLACE FUNCTION julianday(given text) RETURNS double precision
STABLE LANGUAGE sql AS 'SELECT extract(epoch FROM given::timestamptz AT TIME ZONE ''UTC'')::double precision
/ 86400 + 2440587.5'"""


def spoken(query: str, connection: Connection) -> str:
    """`query`, written for SQLite, as the database of `connection` understands it."""
    postgres = connection.dialect.name == "postgresql"
    return query.replace("GROUP_CONCAT", "STRING_AGG") if postgres else query


def made_from(connection: Connection) -> dict[str, str]:
    """What makes each view in the database of `connection`, in the order in which they are made."""
    views = {"today": _TODAY[connection.dialect.name], **VIEWS}
    return {name: f'CREATE VIEW "{name}" AS {spoken(query, connection)}' for name, query in views.items()}


def create_views(connection: Connection) -> None:
    """Drop and make all views; an upgrade of the database ends with it."""
    views = made_from(connection)
    for name in reversed(views):
        connection.execute(text(f'DROP VIEW IF EXISTS "{name}"'))
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.execute(_literally(_JULIANDAY))
    for name, query in views.items():
        connection.execute(_literally(query))
        if postgres:
            quoted = query.replace("'", "''")
            connection.execute(_literally(f"""COMMENT ON VIEW "{name}" IS '{quoted}'"""))


def strange_views(connection: Connection) -> list[str]:
    """Names of views that are missing, or were made from anything but what makes them now.

    PostgreSQL does not keep what a view was made from: there the view's comment says it.
    """
    kept = {name: bytes(query) for name, query in connection.execute(text(_KEPT[connection.dialect.name]))}
    return [name for name, query in made_from(connection).items() if kept.get(name) != query.encode()]


def _literally(query: str) -> TextClause:
    return text(query.replace(":", "\\:"))
