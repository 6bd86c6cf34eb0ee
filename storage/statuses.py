"""What became of each status of a cluster, in SQL: the view `statuses`.

Each spell of being listed is crossed with the ends of the status that the list stated meanwhile (or
with none); how such a row went on is told by what came next: another end, leaving the list, or the
present day. SQL is kept to what SQLite and PostgreSQL share.
"""

from storage.state import TODAY, day_of, of_kind, together, was_retracted

_STATED = f"""
SELECT p.id AS stay, p.entity, p.source, p.gone_by AS left_at, s.id, s.value AS status_until,
       CASE WHEN s.first_seen > p.first_seen THEN s.first_seen ELSE p.first_seen END AS seen_from,
       COALESCE(p.last_seen, g.confirmed, p.first_seen) AS listed_up_to, s.last_seen, s.gone_by
FROM (SELECT s.* FROM spell s WHERE s.field = '' AND s.dropped IS NULL{of_kind("cluster")}) p
LEFT JOIN page g ON g.source = p.source AND g.key = p.page
LEFT JOIN spell s ON s.entity = p.entity AND s.source = p.source AND s.page = p.page
  AND s.field = 'status_until' AND s.dropped IS NULL
  AND (p.gone_by IS NULL OR s.first_seen < p.gone_by) AND (s.gone_by IS NULL OR s.gone_by > p.first_seen)"""

_FOLLOWED = """
SELECT t.*, LEAD(status_until) OVER ends AS next_until, LEAD(seen_from) OVER ends AS next_from
FROM stated t WINDOW ends AS (PARTITION BY stay ORDER BY seen_from, id)"""

# Gone and back before it was told, or not gone for long enough yet.
_MISSING = f"""
NOT EXISTS (SELECT 1 FROM change d WHERE d.entity = f.entity AND d.source = f.source
   AND d.verb = 'disappeared' AND d.seen_by = f.left_at AND NOT {was_retracted("d")})
 AND ((c.listed = 'missing' AND c.source = f.source)
   OR EXISTS (SELECT 1 FROM spell b WHERE b.entity = f.entity AND b.source = f.source AND b.field = ''
        AND b.dropped IS NULL AND b.first_seen >= f.left_at))"""

_DATED = f"""
SELECT f.entity, c.name, f.status_until, f.seen_from, f.source, f.next_until, f.left_at, f.gone_by,
       k.known_up_to, {day_of("first", "f.status_until")} AS first_day,
       {day_of("last", "f.status_until")} AS last_day, {day_of("first", "f.next_until")} AS next_first,
       {day_of("last", "f.next_until")} AS next_last, SUBSTR(f.next_from, 1, 10) AS next_on,
       SUBSTR(f.left_at, 1, 10) AS left_on, COALESCE(f.next_from, f.left_at, f.gone_by) AS over_at,
       CASE WHEN f.next_until IS NOT NULL OR (f.left_at IS NULL AND f.gone_by IS NOT NULL)
            THEN f.last_seen ELSE f.listed_up_to END AS last_seen,
       CASE WHEN f.left_at IS NOT NULL AND {_MISSING} THEN 1 ELSE 0 END AS missing
FROM followed f JOIN clusters c ON c.entity = f.entity LEFT JOIN known k ON k.source = f.source"""

_JUDGED = f"""
SELECT d.*, CASE
  WHEN next_until IS NOT NULL THEN CASE
    WHEN next_last < first_day THEN 'shortened'
    WHEN next_first <= last_day THEN 'restated'
    WHEN next_on <= last_day THEN 'extended'
    WHEN SUBSTR(last_seen, 1, 10) <= last_day THEN 'unknown'
    ELSE 'expired' END
  WHEN left_on > last_day THEN CASE
    WHEN SUBSTR(last_seen, 1, 10) <= last_day THEN 'unknown'
    ELSE 'expired' END
  WHEN missing = 1 THEN 'missing'
  WHEN left_on <= last_day THEN 'ended early'
  WHEN left_at IS NOT NULL OR last_day IS NULL THEN 'unknown'
  WHEN gone_by IS NOT NULL AND SUBSTR(last_seen, 1, 10) <= last_day THEN 'unknown'
  WHEN gone_by IS NULL AND last_day >= {TODAY} THEN 'holds'
  WHEN gone_by IS NULL AND SUBSTR(known_up_to, 1, 10) <= last_day THEN 'unknown'
  ELSE 'expired' END AS how
FROM dated d"""

_PARTS = {"stated": _STATED, "followed": _FOLLOWED, "dated": _DATED, "judged": _JUDGED}

STATUSES = f"""
{together(_PARTS)}
SELECT entity, name, status_until, seen_from, over_at AS gone_by, how,
       CASE WHEN how IN ('expired', 'unknown') THEN COALESCE(status_until, left_on)
            WHEN how = 'ended early' THEN left_on END AS lost_on,
       source, known_up_to, last_seen,
       CASE WHEN how IN ('expired', 'unknown') THEN COALESCE(last_day, left_on)
            WHEN how = 'ended early' THEN left_on END AS lost_by
FROM judged ORDER BY entity, seen_from"""
