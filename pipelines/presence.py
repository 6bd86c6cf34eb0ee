"""Who is listed, who is missing, and when a loss is certain enough to be told."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from storage.past import LISTED, Absence, Spell
from storage.records import Source


def listed_by(spells: Iterable[Spell]) -> dict[str, tuple[str, bool]]:
    """For each entity, the best source that ever listed it, and whether that one lists it now.

    A place that rests (it scrolled off a window) counts, unless the entity's own page was
    found gone since.
    """
    places: dict[tuple[str, str], list[Spell]] = {}
    for spell in spells:
        if spell.field == LISTED:
            places.setdefault((spell.entity, spell.source), []).append(spell)
    best: dict[str, tuple[int, str, bool]] = {}
    for (entity, source), group in places.items():
        rank = min(spell.rank for spell in group)
        if entity not in best or (rank, source) < best[entity][:2]:
            best[entity] = (rank, source, _stands(group))
    return {entity: (source, stands) for entity, (_, source, stands) in best.items()}


def _stands(places: list[Spell]) -> bool:
    if any(place.current for place in places):
        return True
    ends = [place.gone_by for place in places if place.gone_by]
    return any(
        place.stands and not any(end >= place.last_seen for end in ends if place.last_seen)
        for place in places
    )


def is_certain(absence: Absence, source: Source, visits: int, latest: datetime | None) -> bool:
    """Whether a loss is to be told: proved by enough visits, over enough hours up to `latest`."""
    over = timedelta(hours=source.missing_hours)
    return visits >= source.missing_visits and latest is not None and latest - absence.gone_by >= over
