"""What stands now, in SQL: the views of the contract are made of it.

`storage.standing` answers the same for any time before, and for now as well: these are for who
asks the database itself. In a `listing` the asked Warsaw day is an expression. SQL is kept to what
SQLite and PostgreSQL share.
"""

from collections.abc import Mapping
from typing import Literal

from storage.records import FIELDS, Kind

TODAY = "(SELECT day FROM today)"
_STANDS = "s.gone_by IS NULL AND s.dropped IS NULL"


def standing(kind: Kind | None = None) -> str:
    """Every value that stands, with its place among those of its field, the shown one first.

    Beside it stands what is shown: `best_value`, `best_rank`, `best_derived`, and since when: `best_seen`.
    """
    return f"""
SELECT s.id, s.entity, s.field, s.value, s.printed, s.derived, s.rank, s.source, s.page, s.first_seen,
       s.last_seen, ROW_NUMBER() OVER best AS place, FIRST_VALUE(s.value) OVER best AS best_value,
       FIRST_VALUE(s.rank) OVER best AS best_rank, FIRST_VALUE(s.derived) OVER best AS best_derived,
       FIRST_VALUE(s.first_seen) OVER best AS best_seen
FROM spell s WHERE {_STANDS} AND s.field <> ''{of_kind(kind)}
WINDOW best AS (PARTITION BY s.entity || '', s.field ORDER BY s.rank, s.first_seen DESC, s.id DESC)"""


def of_kind(kind: Kind | None) -> str:
    """The condition on a spell `s` that it speaks of an entity of `kind`, which its id begins with."""
    return f" AND SUBSTR(s.entity, 1, {len(kind) + 1}) = '{kind}-'" if kind else ""


KNOWN = """
SELECT v.source, MAX(v.at) AS known_up_to FROM visit v
WHERE v.state IN ('complete', 'unchanged', 'partial') GROUP BY v.source"""
"""Until when each source taught anything."""


def was_retracted(change: str) -> str:
    """The condition on a row of the log, by its name in the query, that it was taken back since."""
    return f"""EXISTS (SELECT 1 FROM change r WHERE r.entity = {change}.entity AND r.verb = 'retracted'
                     AND r.old = {change}.summary AND r.id > {change}.id)"""


def presence(kind: Kind | None = None) -> str:
    """One row an entity: whether the best source that ever listed it lists it."""
    return f"""
SELECT p.entity, p.source,
       CASE WHEN p.standing > 0 THEN 'yes'
            WHEN (SELECT c.verb FROM change c WHERE c.entity = p.entity
                   AND c.verb IN ('appeared', 'disappeared', 'returned')
                   AND NOT {was_retracted("c")}
                  ORDER BY c.seen_by DESC, c.id DESC LIMIT 1) = 'disappeared' THEN 'no'
            ELSE 'missing' END AS listed,
       p.first_seen, p.last_seen
FROM (
  SELECT r.*, ROW_NUMBER() OVER (PARTITION BY r.entity ORDER BY r.rank, r.source) AS place FROM (
    SELECT s.entity, s.source, MIN(s.rank) AS rank,
           SUM(CASE WHEN {_STANDS}
                     AND (s.last_seen IS NULL OR NOT EXISTS (
                       SELECT 1 FROM spell o WHERE o.entity = s.entity AND o.source = s.source
                          AND o.field = '' AND o.dropped IS NULL AND o.gone_by >= s.last_seen))
               THEN 1 ELSE 0 END) AS standing,
           MIN(s.first_seen) AS first_seen,
           MAX(COALESCE(s.last_seen, g.confirmed, s.first_seen)) AS last_seen
    FROM spell s LEFT JOIN page g ON g.source = s.source AND g.key = s.page
    WHERE s.field = '' AND s.dropped IS NULL{of_kind(kind)} GROUP BY s.entity, s.source) r) p
WHERE p.place = 1"""


_DATES = ("announced", "opens", "closes", "results", "status_from", "status_until")
_EXACT = ("number", "status", "budget", "grant_max", "round")


def _in(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


def day_of(edge: Literal["first", "last"], column: str) -> str:
    """First or last possible day of a date of any precision, as text that sorts."""
    days = "01-01 04-01 07-01 10-01" if edge == "first" else "03-31 06-30 09-30 12-31"
    quarters = " ".join(f"WHEN '{number}' THEN '{day}'" for number, day in enumerate(days.split(), 1))
    of_month = "'-01'" if edge == "first" else _last_of_month(column)
    return (
        f"CASE WHEN {column} LIKE '____-Q_' THEN SUBSTR({column}, 1, 5) || "
        f"CASE SUBSTR({column}, 7, 1) {quarters} END "
        f"WHEN LENGTH({column}) = 7 THEN {column} || {of_month} ELSE SUBSTR({column}, 1, 10) END"
    )


def _last_of_month(column: str) -> str:
    """The last day of a month such as `2026-11`: `-30`."""
    month = f"SUBSTR({column}, 6, 2)"
    return (
        f"CASE WHEN {month} IN ('04', '06', '09', '11') THEN '-30' WHEN {month} <> '02' THEN '-31' "
        f"WHEN CAST(SUBSTR({column}, 1, 4) AS INTEGER) % 4 = 0 THEN '-29' ELSE '-28' END"
    )


# Standing values of the best two ranks that differ; a less precise date is no other date, and what a page
# said before the shown value came, and not since, does not contradict it.
CONFLICT = f"""
SELECT DISTINCT entity, field FROM (
  SELECT o.*, MIN(CASE WHEN o.rank > o.best_rank THEN o.rank END)
                OVER (PARTITION BY o.entity, o.field) AS next_rank
  FROM standing o LEFT JOIN page g ON g.source = o.source AND g.key = o.page
  WHERE o.place > 1 AND o.derived = 0
    AND COALESCE(o.last_seen, g.confirmed, o.first_seen) >= o.best_seen) b
WHERE b.best_derived = 0 AND b.value <> b.best_value AND b.field IN {_in(_DATES + _EXACT)}
 AND (b.field IN {_in(_EXACT)}
   OR {day_of("last", "b.best_value")} < {day_of("first", "b.value")}
   OR {day_of("last", "b.value")} < {day_of("first", "b.best_value")}
   OR (LENGTH(b.best_value) > 10 AND LENGTH(b.value) > 10))
 AND b.rank <= COALESCE(b.next_rank, b.best_rank)"""

_HOLDS = f"""CASE WHEN status_until IS NULL THEN 'unknown'
  WHEN {day_of("last", "status_until")} < {{day}} OR {day_of("first", "status_from")} > {{day}} THEN 'no'
  WHEN {day_of("last", "status_from")} > {{day}} THEN 'unknown' ELSE 'yes' END AS holds"""

_STATUS = f"""COALESCE(status, CASE
  WHEN {day_of("last", "closes")} < {{day}} THEN 'closed'
  WHEN {day_of("first", "opens")} > {{day}} THEN 'planned'
  WHEN {day_of("last", "opens")} <= {{day}} AND {day_of("first", "closes")} >= {{day}} THEN 'open'
  END) AS status"""


def _columns(kind: Kind) -> str:
    """One row an entity of `kind`: its shown values in columns, and where it is listed.

    One grouping and no join: SQLite would find the partner of each row by looking at all.
    """
    columns = ", ".join(f"MAX(CASE WHEN field = '{name}' THEN value END) AS {name}" for name in FIELDS[kind])
    return f"""
SELECT entity AS id, {columns}, MAX(CASE WHEN field = 'status' THEN COALESCE(printed, value) END)
       AS status_printed, MAX(listed) AS listed, MAX(first_seen) AS first_seen, MAX(last_seen) AS last_seen,
       MAX(source) AS source
FROM (
  SELECT entity, field, value, printed, NULL AS listed, NULL AS first_seen, NULL AS last_seen, NULL AS source
  FROM standing WHERE place = 1
  UNION ALL SELECT entity, '', NULL, NULL, listed, first_seen, last_seen, source FROM presence) facts
GROUP BY entity"""


def listing(kind: Kind, day: str = TODAY) -> str:
    """The rows of `list`: the fields (some computed), then what is known of them."""
    computed = {"status": f"{_STATUS.format(day=day)}, status_printed"} if kind == "call" else {}
    fields = [computed.get(field, field) for field in FIELDS[kind]]
    if kind == "cluster":
        fields.append(_HOLDS.format(day=day))
    parts = {"standing": standing(kind), "known": KNOWN, "presence": presence(kind)}
    parts["facts"] = _columns(kind)
    conflicts = kind in ("cluster", "call")
    if conflicts:
        parts["conflicts"] = (
            "SELECT entity, GROUP_CONCAT(field, ', ') AS conflict "
            f"FROM (SELECT * FROM ({CONFLICT}) f ORDER BY entity, field) f GROUP BY entity"
        )
    return f"""{together(parts)}
SELECT v.id AS entity, {", ".join(fields)}, v.listed, v.first_seen,
       v.last_seen, v.source, {"f.conflict, " if conflicts else ""}k.known_up_to
FROM facts v CROSS JOIN (SELECT id AS itself, number AS place, merged_into FROM entity) e
LEFT JOIN known k ON k.source = v.source{" LEFT JOIN conflicts f ON f.entity = v.id" if conflicts else ""}
WHERE e.itself = v.id AND v.listed IS NOT NULL AND e.merged_into IS NULL ORDER BY e.place"""


def together(parts: Mapping[str, str]) -> str:
    """Named queries before the one that asks them."""
    return "WITH " + ",\n".join(f"{name} AS ({query})" for name, query in parts.items())
