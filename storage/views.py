"""Rows as people and programs read them: the views of the contract, and the same with a day asked.

Each view is one SELECT in which `{day}` is the asked Warsaw day as text. As a view it means
today; `storage.history` gives another. SQL is kept to what SQLite and PostgreSQL share.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from storage.records import FIELDS, Kind

_TODAY = {
    # Warsaw is an hour ahead of UTC, two between the last Sundays of March and October (01:00 UTC).
    "sqlite": """SELECT CASE
        WHEN datetime('now') >= datetime(strftime('%Y', 'now') || '-04-01', 'weekday 0', '-7 days', '+1 hour')
         AND datetime('now') < datetime(strftime('%Y', 'now') || '-11-01', 'weekday 0', '-7 days', '+1 hour')
        THEN date('now', '+2 hours') ELSE date('now', '+1 hour') END AS day""",
    "postgresql": "SELECT to_char(now() AT TIME ZONE 'Europe/Warsaw', 'YYYY-MM-DD') AS day",
}

_SHOWN = """
SELECT * FROM (
  SELECT s.*, ROW_NUMBER() OVER (PARTITION BY entity, field ORDER BY rank, first_seen DESC, id DESC) AS place
  FROM spell s WHERE gone_by IS NULL AND dropped IS NULL AND field <> '') ranked
WHERE place = 1"""

_KNOWN = """
SELECT source, MAX(at) AS known_up_to FROM visit
WHERE state IN ('complete', 'unchanged', 'partial') GROUP BY source"""

# One row an entity: whether the best source that ever listed it lists it now.
_PRESENCE = """
SELECT p.entity, p.source,
       CASE WHEN p.standing > 0 THEN 'yes' WHEN t.verb = 'disappeared' THEN 'no' ELSE 'missing' END AS listed,
       p.first_seen, p.last_seen
FROM (
  SELECT r.*, ROW_NUMBER() OVER (PARTITION BY entity ORDER BY rank, source) AS place FROM (
    SELECT s.entity, s.source, MIN(s.rank) AS rank,
           SUM(CASE WHEN s.gone_by IS NULL
                     AND (s.last_seen IS NULL OR NOT EXISTS (
                       SELECT 1 FROM spell o WHERE o.entity = s.entity AND o.source = s.source
                          AND o.field = '' AND o.dropped IS NULL AND o.gone_by IS NOT NULL
                          AND o.gone_by >= s.last_seen))
               THEN 1 ELSE 0 END) AS standing,
           MIN(s.first_seen) AS first_seen,
           MAX(COALESCE(s.last_seen, g.confirmed, s.first_seen)) AS last_seen
    FROM spell s LEFT JOIN page g ON g.source = s.source AND g.key = s.page
    WHERE s.field = '' AND s.dropped IS NULL GROUP BY s.entity, s.source) r) p
LEFT JOIN (
  SELECT entity, verb, ROW_NUMBER() OVER (PARTITION BY entity ORDER BY id DESC) AS place FROM change
  WHERE verb IN ('appeared', 'disappeared', 'returned')) t ON t.entity = p.entity AND t.place = 1
WHERE p.place = 1"""


def _day(edge: str, column: str) -> str:
    """First or last possible day of a date of any precision, as text that sorts."""
    months, ends = ("01 04 07 10", "01") if edge == "first" else ("03 06 09 12", "31")
    quarters = " ".join(f"WHEN '{number}' THEN '{month}'" for number, month in enumerate(months.split(), 1))
    return (
        f"CASE WHEN {column} LIKE '____-Q_' THEN SUBSTR({column}, 1, 5) || "
        f"CASE SUBSTR({column}, 7, 1) {quarters} END || '-{ends}' "
        f"WHEN LENGTH({column}) = 7 THEN {column} || '-{ends}' ELSE SUBSTR({column}, 1, 10) END"
    )


_DATES = ("announced", "opens", "closes", "results", "status_from", "status_until")

# Standing values of the best two ranks that differ; a less precise date is no other date.
_CONFLICT = f"""
SELECT DISTINCT a.entity, a.field FROM shown a
JOIN spell b ON b.entity = a.entity AND b.field = a.field AND b.gone_by IS NULL AND b.dropped IS NULL
 AND b.id <> a.id AND b.derived = 0 AND b.value <> a.value
WHERE a.derived = 0 AND a.field IN ({", ".join(f"'{name}'" for name in _DATES)},
  'number', 'status', 'budget', 'grant_max', 'round')
 AND (a.field NOT IN ({", ".join(f"'{name}'" for name in _DATES)})
   OR {_day("last", "a.value")} < {_day("first", "b.value")}
   OR {_day("last", "b.value")} < {_day("first", "a.value")}
   OR (LENGTH(a.value) > 10 AND LENGTH(b.value) > 10))
 AND b.rank <= COALESCE((SELECT MIN(c.rank) FROM spell c
    WHERE c.entity = a.entity AND c.field = a.field AND c.rank > a.rank AND c.derived = 0
     AND c.gone_by IS NULL AND c.dropped IS NULL), a.rank)"""

_HOLDS = f"""CASE WHEN status_until IS NULL THEN 'unknown'
  WHEN {_day("last", "status_until")} < {{day}} OR {_day("first", "status_from")} > {{day}} THEN 'no'
  WHEN {_day("last", "status_from")} > {{day}} THEN 'unknown' ELSE 'yes' END AS holds"""

_STATUS = f"""COALESCE(status, CASE
  WHEN {_day("last", "closes")} < {{day}} THEN 'closed'
  WHEN {_day("first", "opens")} > {{day}} THEN 'planned'
  WHEN {_day("last", "opens")} <= {{day}} AND {_day("first", "closes")} >= {{day}} THEN 'open'
  END) AS status"""


def _entities(kind: Kind) -> str:
    """One row an entity of `kind` with its shown values in columns."""
    columns = ", ".join(
        f"MAX(CASE WHEN s.field = '{field}' THEN s.value END) AS {field}" for field in FIELDS[kind]
    )
    return f"""
SELECT e.id AS entity, e.number AS place, {columns},
       MAX(CASE WHEN s.field = 'status' THEN COALESCE(s.printed, s.value) END) AS status_printed
FROM entity e LEFT JOIN shown s ON s.entity = e.id
WHERE e.kind = '{kind}' AND e.merged_into IS NULL GROUP BY e.id, e.number"""


def _listing(kind: Kind, *extra: str, conflicts: bool) -> str:
    """The rows of `list`: the fields (some computed), then what is known of them."""
    computed = {"status": f"{_STATUS}, status_printed"} if kind == "call" else {}
    fields = [computed.get(field, field) for field in FIELDS[kind]]
    conflict = (
        "(SELECT GROUP_CONCAT(field, ', ') FROM "
        "(SELECT field FROM conflict c WHERE c.entity = v.entity ORDER BY field) f) AS conflict, "
    )
    return f"""
SELECT v.entity, {", ".join([*fields, *extra])}, p.listed, p.first_seen, p.last_seen, p.source,
       {conflict if conflicts else ""}k.known_up_to
FROM ({_entities(kind)}) v JOIN presence p ON p.entity = v.entity
LEFT JOIN known k ON k.source = p.source ORDER BY v.place"""


LISTS: Mapping[str, str] = {
    "clusters": _listing("cluster", _HOLDS, conflicts=True),
    "calls": _listing("call", conflicts=True),
    "articles": _listing("article", conflicts=False),
    "documents": _listing("document", conflicts=False),
}
VIEWS: Mapping[str, str] = {
    "shown": _SHOWN,
    "known": _KNOWN,
    "presence": _PRESENCE,
    "conflict": _CONFLICT,
    **{name: sql.replace("{day}", "(SELECT day FROM today)") for name, sql in LISTS.items()},
    "changes": """
SELECT c.id, verb, kind, entity, name, field, old, new, seen_after, seen_by, l.at AS recorded_at, c.cause,
       source, url, evidence, baseline, summary, entry
FROM change c JOIN ledger l ON l.id = c.ledger ORDER BY c.id""",
    "visits": """
SELECT id, run, source, mode, at, state, reason, detail, pages, missed, records, clock
FROM visit ORDER BY id""",
    "history": """
SELECT s.entity, e.kind, s.field, s.value, s.printed, s.source, c.address AS url, s.first_seen AS seen_from,
       COALESCE(s.last_seen, g.confirmed, s.first_seen) AS last_seen, s.gone_by, b.at AS recorded_from,
       COALESCE(d.at, n.at) AS recorded_until, s.cause, c.sha256 AS evidence
FROM spell s JOIN entity e ON e.id = s.entity JOIN capture c ON c.id = s.capture
JOIN ledger b ON b.id = s.begun LEFT JOIN ledger n ON n.id = s.ended LEFT JOIN ledger d ON d.id = s.dropped
LEFT JOIN page g ON g.source = s.source AND g.key = s.page""",
    "evidence": """
SELECT c.sha256, c.address, c.reached, c.at, c.status, c.media_type, b.size, c.source, c.refused
FROM capture c JOIN body b ON b.sha256 = c.sha256 ORDER BY c.id""",
}


def create_views(connection: Connection) -> None:
    """Drop and make all views; each migration ends with it."""
    backend = connection.dialect.name
    views = {"today": _TODAY[backend], **VIEWS}
    for name in reversed(views):
        connection.execute(text(f'DROP VIEW IF EXISTS "{name}"'))
    for name, query in views.items():
        if backend == "postgresql":
            query = query.replace("GROUP_CONCAT", "STRING_AGG")
        connection.execute(text(f'CREATE VIEW "{name}" AS {query}'.replace(":", "\\:")))
