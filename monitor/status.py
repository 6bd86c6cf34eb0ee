"""How each source stands: rows of `klastry status`, and what a person should do next.

Pure: what is remembered of the visits and the time are passed in.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from monitor.reasons import advice
from monitor.rows import COLUMNS
from monitor.schedule import next_due
from storage.forms import moment_text
from storage.noticing import Told
from storage.records import Source

_DEAF = timedelta(days=1)
_WELL = frozenset({"complete", "unchanged"})


def status(
    sources: Sequence[Source],
    visits: Iterable[Mapping[str, Any]],
    waiting: Iterable[str],
    now: datetime,
) -> list[dict[str, Any]]:
    """One row an enabled source, with the columns of the contract.

    `visits` are rows of visits, oldest first: of each source at least the newest, the newest
    complete and the newest with a right clock. `waiting` names the sources of open reviews.
    """
    by_source: dict[str, list[Mapping[str, Any]]] = {}
    for visit in visits:
        by_source.setdefault(visit["source"], []).append(visit)
    held = set(waiting)
    return [
        _row(source, by_source.get(source.id, []), source.id in held, now)
        for source in sources
        if source.enabled
    ]


def stale(sources: Iterable[Source], rows: Iterable[Mapping[str, Any]], now: datetime) -> set[str]:
    """The sources whose last complete visit, by their rows, is older than `stale_hours`.

    A dormant one waits for nobody.
    """
    complete = {row["source"]: row["last_complete"] for row in rows}
    awake = [source for source in sources if source.id in complete and not source.dormant]
    return {source.id for source in awake if _is_stale(source, complete[source.id], now)}


def worst(rows: Iterable[Mapping[str, Any]]) -> int:
    """The exit code: 3 if anything needs a person, else 0."""
    return 3 if any(row["needs_person"] for row in rows) else 0


def is_deaf(told: Told, now: datetime) -> bool:
    """Whether an address of `[notify]` has failed for so long that it needs a person."""
    return told.failing_since is not None and now - told.failing_since > _DEAF


def unheard(told: Iterable[Told]) -> list[str]:
    """A line for each address of `[notify]` that could not be told when it was last tried."""
    return [
        f"{each.name} could not be told since {moment_text(each.failing_since)}; what it missed is kept: "
        "try it with `klastry doctor --send`, mend it in [notify]"
        for each in told
        if each.failing_since
    ]


def _row(source: Source, visits: Sequence[Mapping[str, Any]], held: bool, now: datetime) -> dict[str, Any]:
    # A visit made by a wrong clock tells nothing of when.
    timely = [visit for visit in visits if visit["clock"] != "suspect" and visit["at"] <= now]
    last = max((visit["at"] for visit in timely), default=None)
    complete = max((visit["at"] for visit in timely if visit["state"] in _WELL), default=None)
    newest = visits[-1] if visits else {}
    step, person = _next_step(source, newest, _is_stale(source, complete, now), held)
    values = {
        "source": source.id,
        "title": source.title,
        "address": newest.get("address") or source.address.url,
        "last_visit": last,
        "last_complete": complete,
        "next_due": next_due(source, last, now),
        "needs_person": person,
        "next_step": step,
    }
    return {column: values.get(column, newest.get(column)) for column in COLUMNS["status"]}


def _is_stale(source: Source, complete: datetime | None, now: datetime) -> bool:
    return complete is None or now - complete > timedelta(hours=source.stale_hours)


def _next_step(source: Source, newest: Mapping[str, Any], stale: bool, held: bool) -> tuple[str | None, bool]:
    """What to do, and whether it waits for a person; a dormant source waits for nobody."""
    if source.dormant:
        return None, False
    if held:
        return "Decide what is held back: `klastry review`.", True
    if not newest:
        return f"Never visited: run `klastry crawl {source.id}`.", True
    if reason := newest["reason"]:
        known = advice("en", reason)
        return known.next_step, (known.person and newest["state"] not in _WELL) or stale
    if stale:
        return f"No complete visit for {source.stale_hours:g} hours: is `klastry run` or cron at work?", True
    return None, False
