"""Every answer a history gives, to compare one with another."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from monitor.entries import entries
from storage.forms import WARSAW, moment_text
from storage.moments import EVERYTHING, Knowledge, Moment
from storage.questions import Questions
from storage.records import KINDS
from storage.views import VIEWS
from tests.laws import ask
from tests.telling import feed_files
from tests.world import World

_OF_THE_LOG = {"changes", "history", "moves", "visits"}
_FOR_NOW = {"recorded_from", "end_recorded", "known_up_to"}


def moment_at(when: datetime) -> Moment:
    """The very time; what was read at that time answers for it."""
    at = moment_text(when)
    return Moment(at, when.astimezone(WARSAW).date().isoformat(), at)


def answers(world: World, times: Sequence[datetime]) -> dict[str, Any]:
    """What is listed and known at these times as it is known now, in every form."""
    found: dict[str, Any] = {view: world.history.rows(view) for view in VIEWS.keys() - _OF_THE_LOG}
    counts = (row for row in world.history.rows("history") if row["recorded_until"] is None)
    found["history"] = _sorted(without(row, _FOR_NOW) for row in counts)
    found["moves"] = _sorted(without(row, {"id"}) for row in world.history.rows("moves"))
    found["visits"] = [without(row, {"run"}) for row in world.history.rows("visits")]
    with world.history.asked() as asked:
        found["as of"] = [_lists(asked, moment_at(when)) for when in times]
        pairs = [*pairwise(times), (times[0], times[-1])]
        found["diff"] = [asked.diff(moment_at(one), moment_at(other)) for one, other in pairs]
        found["names"] = asked.names()
    found["stood"] = stood(world, times)
    return found


def stood(world: World, times: Sequence[datetime]) -> list[Any]:
    """What pages said at these times."""
    return [_sorted(map(_plain, world.history.as_of(when))) for when in times]


def shown(world: World, times: Sequence[datetime]) -> list[Any]:
    """Who was listed at these times, with the values shown."""
    with world.history.asked() as asked:
        return [
            [
                without(row, {"first_seen", "last_seen", "known_up_to"})
                for rows in _lists(asked, moment_at(when))
                for row in rows
                if row["listed"] == "yes"
            ]
            for when in times
        ]


def answers_then(world: World, times: Sequence[datetime], rows: Iterable[int]) -> list[Any]:
    """What was listed at these times, as each of these rows of the ledger knew it."""
    with world.history.asked() as asked:
        return [
            [_lists(asked, moment_at(when), Knowledge(row)) for when in times]
            + [_sorted(map(_plain, world.history.as_of(when, row))) for when in times]
            for row in rows
        ]


def timelines(world: World, up_to: int) -> dict[str, list[Any]]:
    """What happened to each entity, but for changes with a greater id than `up_to`."""
    with world.history.asked() as asked:
        return {
            entity: [row for row in asked.timeline(entity) if (row["change"] or 0) <= up_to]
            for (entity,) in ask(world, "SELECT id FROM entity ORDER BY id")
        }


def feeds_of(world: World, first: int) -> dict[str, bytes]:
    """The feeds as they are with their first entries alone."""
    return feed_files(entries(world.history.told())[:first])


def last_change(world: World) -> int:
    """The id of the newest change."""
    ((newest,),) = ask(world, "SELECT max(id) FROM change")
    return int(newest)


def last_row(world: World) -> int:
    """The number of the newest row of the ledger."""
    ((newest,),) = ask(world, "SELECT max(id) FROM ledger")
    return int(newest)


def _lists(asked: Questions, when: Moment, what: Knowledge = EVERYTHING) -> list[Any]:
    return [asked.lists(kind, when, what) for kind in KINDS]


def without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """A row without some of its columns."""
    return {name: value for name, value in row.items() if name not in names}


def _sorted(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=repr)


def _plain(spell: Any) -> tuple[Any, ...]:
    """A spell without its number."""
    names = "entity field value printed derived source page rank first_seen seen_after last_seen gone_by"
    return tuple(getattr(spell, name) for name in names.split())
