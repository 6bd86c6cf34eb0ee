"""One entity from first sight to now: what changed, what was noted in silence, and when nobody looked."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, text

from storage.gaps import Gap, gaps
from storage.naming import ITSELF

Row = dict[str, Any]

_CHANGES = """
SELECT seen_by AS at, seen_after AS after, 'change' AS what, verb, field, old, new, source, id AS change,
       summary
FROM change WHERE entity IN :entities"""

# What a page said otherwise, and the log does not carry: cosmetic, not shown, or mended by us; and the
# first sight of all, where that is in an archived copy and the log tells of a later one.
_NOTED = """
WITH said AS (
  SELECT s.entity, s.field, s.value, s.source, s.first_seen, s.seen_after, s.last_seen, s.gone_by,
         LAG(s.value) OVER turns AS old, LAG(s.gone_by) OVER turns AS gone_before,
         LEAD(s.first_seen) OVER turns AS next,
         ROW_NUMBER() OVER (PARTITION BY s.field ORDER BY s.first_seen, s.rank, s.id) AS place
  FROM spell s WHERE s.entity IN :entities AND s.dropped IS NULL
  WINDOW turns AS (PARTITION BY s.entity, s.field, s.source, s.page ORDER BY s.first_seen, s.id)),
noted AS (
  SELECT entity, first_seen AS at, seen_after AS after,
         CASE WHEN field = '' THEN 'returned' ELSE 'changed' END AS verb, field,
         CASE WHEN field = '' OR gone_before < first_seen THEN NULL ELSE old END AS old,
         CASE WHEN field = '' THEN NULL ELSE value END AS new, source
  FROM said WHERE old IS NOT NULL AND gone_before <= first_seen
  UNION ALL
  SELECT entity, gone_by, last_seen, CASE WHEN field = '' THEN 'disappeared' ELSE 'changed' END, field,
         CASE WHEN field = '' THEN NULL ELSE value END, NULL, source
  FROM said WHERE gone_by IS NOT NULL AND (next IS NULL OR next > gone_by)
  UNION ALL
  SELECT entity, first_seen, seen_after, 'appeared', field, NULL, NULL, source
  FROM said WHERE field = '' AND place = 1)
SELECT entity, at, after, 'noted' AS what, verb, NULLIF(field, '') AS field, old, new, source,
       NULL AS change, NULL AS summary
FROM noted n WHERE NOT EXISTS (
  SELECT 1 FROM change c
  WHERE c.entity IN :entities AND COALESCE(c.field, '') = n.field AND c.seen_by = n.at
     AND c.verb NOT IN ('merged', 'retracted'))"""

_SOURCES = """
SELECT s.source, MIN(CASE WHEN s.dropped IS NULL THEN s.first_seen END) AS first, (
  SELECT MAX(v.at) FROM visit v
  WHERE v.source = s.source AND v.state IN ('complete', 'unchanged', 'partial')) AS known_up_to
FROM spell s WHERE s.entity IN :entities AND s.field = '' GROUP BY s.source"""


def timeline(connection: Connection, entity: str) -> list[Row]:
    """All that is known of `entity` and of what was merged into it, in order.

    `change`: a row of the log. `noted`: a page said otherwise, and the log does not carry it. `gap`: no
    accepted reading between `after` and `at`, which is empty while it lasts.
    """
    same = connection.execute(text(ITSELF), {"entity": entity}).scalars().all()
    sources = connection.execute(_asked(_SOURCES, "entities"), {"entities": same}).all()
    up_to = {each.source: each.known_up_to for each in sources}
    changes = connection.execute(_asked(_CHANGES, "entities"), {"entities": same}).mappings()
    found = [dict(row) for row in changes]
    for each in sources:
        if each.first:  # nobody misses readings of what a source never listed, as is known now
            found += [_gap(each.source, gap) for gap in gaps(connection, each.source, each.first)]
    found += [{name: row[name] for name in row if name != "entity"} for row in noted(connection, same)]
    rows = [{**row, "known_up_to": up_to.get(row["source"])} for row in found]
    # What is not over stands last; a gap comes before what the reading that ends it tells.
    return sorted(rows, key=lambda row: (row["at"] or "~", row["what"] != "gap", row["change"] or 0))


def _gap(source: str, gap: Gap) -> Row:
    blank = dict.fromkeys(("verb", "field", "old", "new", "change", "summary"))
    return {"at": gap.until, "after": gap.since, "what": "gap", **blank, "source": source}


def noted(connection: Connection, entities: Collection[str]) -> list[Row]:
    """What pages said of these entities otherwise, and the log does not carry; each row with its `entity`."""
    rows = connection.execute(_asked(_NOTED, "entities"), {"entities": list(entities)})
    return [dict(row) for row in rows.mappings()]


def _asked(query: str, several: str) -> Any:
    return text(query).bindparams(bindparam(several, expanding=True))
