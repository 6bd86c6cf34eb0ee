"""What the lists said at a moment: one way to write the SELECT, for now and for any time before.

`NOW` is what stands; the views of the contract are made of it. `THEN` asks at `:at` (a UTC time as
text) as far as ledger row `:known` knew. `LATE` is `THEN` as the next readings would have it, where
nothing was read from `:since` to `:at`: where the two differ, a change lies between two readings, and
the answer is not known. SQL is kept to what SQLite and PostgreSQL share.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from storage.records import FIELDS, Kind

END_OF_TIME = "9999-12-31T23:59:59Z"
"""The `:at` that asks for now."""
ALL_KNOWN = 2**31 - 1
"""The `:known` that asks for all that is known."""


@dataclass(frozen=True)
class Asked:
    """The conditions of a moment: on a spell `s`, a change `c`, a visit `v`."""

    stands: str
    """The spell stands."""
    begun: str
    """The spell stands or stood before."""
    over: str
    """Another spell `o` has ended."""
    told: str
    visited: str
    at: str
    """The time after which nothing counts."""
    day: str
    """The asked day in Warsaw, as text."""


NOW = Asked(
    stands="s.gone_by IS NULL AND s.dropped IS NULL",
    begun="s.dropped IS NULL",
    over="o.dropped IS NULL AND o.gone_by IS NOT NULL",
    told="1 = 1",
    visited="1 = 1",
    at=f"'{END_OF_TIME}'",
    day="(SELECT day FROM today)",
)
# The sum keeps SQLite from an index that nearly every row fits.
_RECORDED = "s.begun + 0 <= :known AND (s.dropped IS NULL OR s.dropped > :known)"
THEN = Asked(
    stands=f"{_RECORDED} AND s.first_seen <= :at "
    "AND (s.gone_by IS NULL OR s.gone_by > :at OR s.ended > :known)",
    begun=f"{_RECORDED} AND s.first_seen <= :at",
    over=f"{_RECORDED.replace('s.', 'o.')} AND o.gone_by <= :at AND o.ended <= :known",
    told="c.seen_by <= :at AND c.ledger <= :known",
    visited="v.at <= :at AND v.at <= :known_at",
    at="CASE WHEN :known_at < :at THEN :known_at ELSE :at END",
    day=":day",
)
# A page that was read for the first time tells nothing from before the list that lacked the entity.
_MAY_HAVE_BEGUN = f"""{_RECORDED} AND (s.first_seen <= :at OR s.seen_after < :since
  OR (s.seen_after IS NULL AND (s.field <> '' OR NOT EXISTS (
    SELECT 1 FROM spell l WHERE l.entity = s.entity AND l.field = '' AND l.source = s.source
       AND l.seen_after IS NOT NULL AND l.first_seen <= s.first_seen))))"""
LATE = replace(
    THEN,
    stands=f"{_MAY_HAVE_BEGUN} AND (s.gone_by IS NULL OR (s.gone_by > :at AND s.last_seen >= :since) "
    "OR s.ended > :known)",
    begun=_MAY_HAVE_BEGUN,
)


def standing(asked: Asked, kind: Kind | None = None) -> str:
    """Every value that stands, with its place among those of its field, the shown one first.

    Beside it stands what is shown: `best_value`, `best_rank`, `best_derived`.
    """
    return f"""
SELECT s.id, s.entity, s.field, s.value, s.printed, s.derived, s.rank, s.source, s.first_seen,
       ROW_NUMBER() OVER best AS place, FIRST_VALUE(s.value) OVER best AS best_value,
       FIRST_VALUE(s.rank) OVER best AS best_rank, FIRST_VALUE(s.derived) OVER best AS best_derived
FROM spell s WHERE {asked.stands} AND s.field <> ''{_of(kind)}
WINDOW best AS (PARTITION BY s.entity || '', s.field ORDER BY s.rank, s.first_seen DESC, s.id DESC)"""


def _of(kind: Kind | None) -> str:
    """The condition on a spell that it speaks of an entity of `kind`, which its id begins with."""
    return f" AND SUBSTR(s.entity, 1, {len(kind) + 1}) = '{kind}-'" if kind else ""


def known(asked: Asked) -> str:
    """Until when each source taught anything."""
    return f"""
SELECT v.source, MAX(v.at) AS known_up_to FROM visit v
WHERE v.state IN ('complete', 'unchanged', 'partial') AND {asked.visited} GROUP BY v.source"""


def presence(asked: Asked, kind: Kind | None = None, places: str = "spell") -> str:
    """One row an entity: whether the best source that ever listed it lists it.

    `places` names the rows to look at, for who has the places at hand.
    """
    return f"""
SELECT p.entity, p.source,
       CASE WHEN p.standing > 0 THEN 'yes'
            WHEN (SELECT c.verb FROM change c WHERE c.entity = p.entity AND {asked.told}
                   AND c.verb IN ('appeared', 'disappeared', 'returned')
                   AND NOT EXISTS (SELECT 1 FROM change r WHERE r.entity = c.entity AND r.verb = 'retracted'
                     AND r.old = c.summary AND r.id > c.id AND {asked.told.replace("c.", "r.")})
                  ORDER BY c.seen_by DESC, c.id DESC LIMIT 1) = 'disappeared' THEN 'no'
            ELSE 'missing' END AS listed,
       p.first_seen, p.last_seen
FROM (
  SELECT r.*, ROW_NUMBER() OVER (PARTITION BY r.entity ORDER BY r.rank, r.source) AS place FROM (
    SELECT s.entity, s.source, MIN(s.rank) AS rank,
           SUM(CASE WHEN {asked.stands}
                     AND (s.last_seen IS NULL OR NOT EXISTS (
                       SELECT 1 FROM spell o WHERE o.entity = s.entity AND o.source = s.source
                          AND o.field = '' AND {asked.over} AND o.gone_by >= s.last_seen))
               THEN 1 ELSE 0 END) AS standing,
           MIN(s.first_seen) AS first_seen,
           MAX(COALESCE(s.last_seen, g.confirmed, s.first_seen)) AS last_seen
    FROM {places} s LEFT JOIN page g ON g.source = s.source AND g.key = s.page
    WHERE s.field = '' AND {asked.begun}{_of(kind)} GROUP BY s.entity, s.source) r) p
WHERE p.place = 1"""


_DATES = ("announced", "opens", "closes", "results", "status_from", "status_until")
_EXACT = ("number", "status", "budget", "grant_max", "round")


def _in(names: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{name}'" for name in names) + ")"


def _day(edge: str, column: str) -> str:
    """First or last possible day of a date of any precision, as text that sorts."""
    months, ends = ("01 04 07 10", "01") if edge == "first" else ("03 06 09 12", "31")
    quarters = " ".join(f"WHEN '{number}' THEN '{month}'" for number, month in enumerate(months.split(), 1))
    return (
        f"CASE WHEN {column} LIKE '____-Q_' THEN SUBSTR({column}, 1, 5) || "
        f"CASE SUBSTR({column}, 7, 1) {quarters} END || '-{ends}' "
        f"WHEN LENGTH({column}) = 7 THEN {column} || '-{ends}' ELSE SUBSTR({column}, 1, 10) END"
    )


# Standing values of the best two ranks that differ; a less precise date is no other date.
CONFLICT = f"""
SELECT DISTINCT entity, field FROM (
  SELECT o.*, MIN(CASE WHEN o.rank > o.best_rank THEN o.rank END)
                OVER (PARTITION BY o.entity, o.field) AS next_rank
  FROM standing o WHERE o.place > 1 AND o.derived = 0) b
WHERE b.best_derived = 0 AND b.value <> b.best_value AND b.field IN {_in(_DATES + _EXACT)}
 AND (b.field IN {_in(_EXACT)}
   OR {_day("last", "b.best_value")} < {_day("first", "b.value")}
   OR {_day("last", "b.value")} < {_day("first", "b.best_value")}
   OR (LENGTH(b.best_value) > 10 AND LENGTH(b.value) > 10))
 AND b.rank <= COALESCE(b.next_rank, b.best_rank)"""

_HOLDS = f"""CASE WHEN status_until IS NULL THEN 'unknown'
  WHEN {_day("last", "status_until")} < {{day}} OR {_day("first", "status_from")} > {{day}} THEN 'no'
  WHEN {_day("last", "status_from")} > {{day}} THEN 'unknown' ELSE 'yes' END AS holds"""

_STATUS = f"""COALESCE(status, CASE
  WHEN {_day("last", "closes")} < {{day}} THEN 'closed'
  WHEN {_day("first", "opens")} > {{day}} THEN 'planned'
  WHEN {_day("last", "opens")} <= {{day}} AND {_day("first", "closes")} >= {{day}} THEN 'open'
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


def listing(kind: Kind, asked: Asked) -> str:
    """The rows of `list`: the fields (some computed), then what is known of them."""
    computed = {"status": f"{_STATUS.format(day=asked.day)}, status_printed"} if kind == "call" else {}
    fields = [computed.get(field, field) for field in FIELDS[kind]]
    if kind == "cluster":
        fields.append(_HOLDS.format(day=asked.day))
    parts = {"standing": standing(asked, kind), "known": known(asked), "presence": presence(asked, kind)}
    parts["facts"] = _columns(kind)
    conflicts = kind in ("cluster", "call")
    if conflicts:
        parts["conflicts"] = (
            "SELECT entity, GROUP_CONCAT(field, ', ') AS conflict "
            f"FROM (SELECT * FROM ({CONFLICT}) f ORDER BY entity, field) f GROUP BY entity"
        )
    return f"""{together(parts)}
SELECT v.id AS entity, {", ".join(fields)}, v.listed, v.first_seen,
       CASE WHEN v.last_seen > {asked.at} THEN k.known_up_to ELSE v.last_seen END AS last_seen, v.source,
       {"f.conflict, " if conflicts else ""}k.known_up_to
FROM facts v CROSS JOIN (SELECT id AS itself, number AS place, merged_into FROM entity) e
LEFT JOIN known k ON k.source = v.source{" LEFT JOIN conflicts f ON f.entity = v.id" if conflicts else ""}
WHERE e.itself = v.id AND v.listed IS NOT NULL AND e.merged_into IS NULL ORDER BY e.place"""


def together(parts: Mapping[str, str]) -> str:
    """Named queries before the one that asks them."""
    return "WITH " + ",\n".join(f"{name} AS ({query})" for name, query in parts.items())
