"""What must be true after every case: what is known equals what the twin knows, who never met the fault."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from e2e import World


def facts_of(world: World) -> dict[str, dict[str, list[Any]]]:
    """What is known, by source, but for numbers that depend on the order in which visits ended.

    `spells` and `changes` with all their times; `stands` and `told` are the same without what a
    faulty visit may rightly make less exact: the values that stand, and the news but for its `after`.
    """
    queries = {
        "spells": "SELECT s.source, e.kind, n.value, s.field, s.value, s.printed, s.page, s.seen_after,"
        " s.first_seen, s.last_seen, s.gone_by FROM spell s JOIN entity e ON e.id = s.entity"
        " LEFT JOIN spell n"
        " ON n.entity = s.entity AND n.field IN ('name', 'title') AND n.page = 'list'"
        " AND n.dropped IS NULL AND n.gone_by IS NULL WHERE s.dropped IS NULL",
        "changes": "SELECT source, verb, kind, name, field, old, new, seen_after, seen_by, cause, url,"
        " baseline, summary, entry IS NULL FROM changes WHERE verb <> 'began'",
        "stands": "SELECT s.source, e.kind, n.value, s.field, s.value, s.printed, s.page"
        " FROM spell s JOIN entity e ON e.id = s.entity LEFT JOIN spell n"
        " ON n.entity = s.entity AND n.field IN ('name', 'title') AND n.page = 'list'"
        " AND n.dropped IS NULL AND n.gone_by IS NULL WHERE s.dropped IS NULL AND s.gone_by IS NULL",
        "told": "SELECT source, verb, kind, name, field, old, new, seen_by, cause, url, baseline, summary,"
        " entry IS NULL FROM changes WHERE verb <> 'began'",
        "shown": "SELECT source, name, coordinator, round, status_until, listed, conflict FROM clusters"
        " UNION ALL SELECT source, title, opens, closes, rounds, listed, conflict FROM calls"
        " UNION ALL SELECT source, title, published, lead, text, listed, '' FROM articles",
        "pages": "SELECT source, key, content, confirmed, gone_visits FROM page",
        "reviews": "SELECT source, kind, counts FROM review WHERE ended IS NULL",
    }
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: {name: [] for name in queries})
    for name, query in queries.items():
        for source, *row in world.rows(query):
            found[source][name].append(row)
    for tables in found.values():
        for rows in tables.values():
            rows.sort(key=repr)
    return found


def differences(
    mine: Mapping[str, list[Any]], twins: Mapping[str, list[Any]], besides: Collection[str] = ()
) -> list[str]:
    """Where the facts of one source, `besides` some, differ from those of its twin."""
    return [
        f"{name}: {[row for row in mine[name] if row not in twins[name]][:3]} where the twin has "
        f"{[row for row in twins[name] if row not in mine[name]][:3]}"
        for name in mine
        if name not in besides and mine[name] != twins[name]
    ]
