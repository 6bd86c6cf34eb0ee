"""What became of each status of a cluster, in SQL: the view `statuses`.

A list shows a cluster during stays, and states ends of its status inside them. Each stay is crossed
with the ends stated in it (or with none); of each row, what came next tells how it went on: another
end, leaving the list, or the present day. SQL is kept to what SQLite and PostgreSQL share.
"""

from storage.state import TODAY, day_of, of_kind, together, was_retracted

# Where a source lists a cluster. A page that no longer confirms what it said, while another of its source was
# left since, lists nothing from then on.
_PLACES = f"""
SELECT s.id, s.entity, s.source, s.first_seen, COALESCE(s.last_seen, g.confirmed, s.first_seen) AS last_seen,
       COALESCE(s.gone_by, (
         SELECT MIN(o.gone_by) FROM spell o WHERE o.entity = s.entity AND o.source = s.source
            AND o.field = '' AND o.dropped IS NULL AND o.gone_by >= s.last_seen)) AS gone_by
FROM spell s LEFT JOIN page g ON g.source = s.source AND g.key = s.page
WHERE s.field = '' AND s.dropped IS NULL{of_kind("cluster")}"""

# Places that overlap or touch are one stay, until the last of them ends.
_STAYS = """
SELECT entity, source, stay, MIN(first_seen) AS since, MAX(last_seen) AS listed_up_to,
       CASE WHEN COUNT(gone_by) = COUNT(*) THEN MAX(gone_by) END AS left_at
FROM (
  SELECT b.*, SUM(begins) OVER (PARTITION BY entity, source ORDER BY first_seen, id) AS stay FROM (
    SELECT p.*, CASE WHEN first_seen <= MAX(COALESCE(gone_by, '9')) OVER (
                       PARTITION BY entity, source ORDER BY first_seen, id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) THEN 0 ELSE 1 END AS begins
    FROM places p) b) n
GROUP BY entity, source, stay"""

_STATED = """
SELECT y.*, s.id, s.value AS status_until, s.last_seen, s.gone_by,
       CASE WHEN s.first_seen > y.since THEN s.first_seen ELSE y.since END AS seen_from
FROM stays y LEFT JOIN spell s
  ON s.entity = y.entity AND s.source = y.source AND s.field = 'status_until' AND s.dropped IS NULL
 AND (y.left_at IS NULL OR s.first_seen < y.left_at) AND (s.gone_by IS NULL OR s.gone_by > y.since)"""

# The same end that moves from page to page of a source is stated once.
_ENDS = """
SELECT entity, source, stay, listed_up_to, left_at, place, status_until, MIN(seen_from) AS seen_from,
       CASE WHEN COUNT(last_seen) = COUNT(*) THEN MAX(last_seen) END AS last_seen,
       CASE WHEN COUNT(gone_by) = COUNT(*) THEN MAX(gone_by) END AS gone_by
FROM (
  SELECT b.*, SUM(CASE WHEN status_until = before THEN 0 ELSE 1 END) OVER told AS place FROM (
    SELECT t.*, LAG(status_until) OVER told AS before FROM stated t
    WINDOW told AS (PARTITION BY entity, source, stay ORDER BY seen_from, id)) b
  WINDOW told AS (PARTITION BY entity, source, stay ORDER BY seen_from, id)) n
GROUP BY entity, source, stay, listed_up_to, left_at, place, status_until"""

_FOLLOWED = """
SELECT e.*, LEAD(status_until) OVER ends AS next_until, LEAD(seen_from) OVER ends AS next_from
FROM ends e WINDOW ends AS (PARTITION BY entity, source, stay ORDER BY place)"""

# Gone and back before it was told, or not gone for long enough yet.
_MISSING = f"""
NOT EXISTS (SELECT 1 FROM change d WHERE d.entity = f.entity AND d.source = f.source
   AND d.verb = 'disappeared' AND d.seen_by = f.left_at AND NOT {was_retracted("d")})
 AND ((c.listed = 'missing' AND c.source = f.source)
   OR EXISTS (SELECT 1 FROM stays y WHERE y.entity = f.entity AND y.source = f.source AND y.stay > f.stay))"""

_DATED = f"""
SELECT f.entity, c.name, f.status_until, f.seen_from, f.source, f.next_until, f.left_at, f.gone_by,
       k.known_up_to, {day_of("first", "f.status_until")} AS first_day,
       {day_of("last", "f.status_until")} AS last_day, {day_of("first", "f.next_until")} AS next_first,
       {day_of("last", "f.next_until")} AS next_last, SUBSTR(f.next_from, 1, 10) AS next_on,
       SUBSTR(f.left_at, 1, 10) AS left_on, COALESCE(f.next_from, f.left_at, f.gone_by) AS over_at,
       CASE WHEN f.next_until IS NOT NULL THEN COALESCE(f.last_seen, f.next_from)
            WHEN f.left_at IS NULL AND f.gone_by IS NOT NULL THEN f.last_seen
            ELSE f.listed_up_to END AS last_seen,
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
  WHEN SUBSTR(known_up_to, 1, 10) <= last_day THEN 'unknown'
  ELSE 'expired' END AS how
FROM dated d"""

_PARTS = {
    "places": _PLACES,
    "stays": _STAYS,
    "stated": _STATED,
    "ends": _ENDS,
    "followed": _FOLLOWED,
    "dated": _DATED,
    "judged": _JUDGED,
}

STATUSES = f"""
{together(_PARTS)}
SELECT entity, name, status_until, seen_from, over_at AS gone_by, how,
       CASE WHEN how IN ('expired', 'unknown') THEN COALESCE(status_until, left_on)
            WHEN how = 'ended early' THEN left_on END AS lost_on,
       source, known_up_to, last_seen,
       CASE WHEN how IN ('expired', 'unknown') THEN COALESCE(last_day, left_on)
            WHEN how = 'ended early' THEN left_on END AS lost_by
FROM judged ORDER BY entity, seen_from"""
