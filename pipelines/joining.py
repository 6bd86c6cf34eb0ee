"""Entities that are one: what each was said to be becomes what the survivor is said to be. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from storage.past import Spell

Joined = tuple[tuple[int, ...], Mapping[str, Any]]
"""Spells, by number, that become one copy, and the columns that are other in it."""


def survivor(entities: Iterable[str]) -> str:
    """The one that was given first."""
    return min(entities, key=lambda entity: int(entity.rpartition("-")[2]))


def joined(into: str, spells: Sequence[Spell]) -> list[Joined]:
    """Each spell of several entities as one of `into`; those of one page that say the same and
    touch become one, as long as all of them together.

    What `into` says itself comes last where a page says another value too: the last is shown.
    """
    alike: dict[tuple[object, ...], list[Spell]] = {}
    for spell in sorted(spells, key=lambda spell: (spell.first_seen, spell.id or 0)):
        same = (spell.field, spell.source, spell.page, spell.value)
        alike.setdefault(same, []).append(spell)
    groups = [group for chain in alike.values() for group in _touching(chain)]
    places = {(spell.field, spell.source, spell.page) for spell in spells if spell.entity != into}
    moved = [group for group in groups if _place(group[0]) in places]
    ordered = sorted(moved, key=lambda group: (group[0].entity == into, group[0].id or 0))
    return [_joined(into, group) for group in ordered]


def _place(spell: Spell) -> tuple[str, str, str]:
    return spell.field, spell.source, spell.page


def _touching(spells: Iterable[Spell]) -> list[list[Spell]]:
    groups: list[list[Spell]] = []
    for spell in spells:
        if groups and any(each.gone_by is None or spell.first_seen <= each.gone_by for each in groups[-1]):
            groups[-1].append(spell)
        else:
            groups.append([spell])
    return groups


def _joined(into: str, group: Sequence[Spell]) -> Joined:
    numbers = tuple(spell.id for spell in group if spell.id is not None)
    if len(group) == 1:
        return numbers, {"entity": into}
    standing = [spell for spell in group if spell.stands]
    last = max(standing or group, key=lambda spell: _end(spell, standing=bool(standing)))
    return numbers, {"entity": into, "last_seen": last.last_seen, "gone_by": last.gone_by}


def _end(spell: Spell, *, standing: bool) -> tuple[bool, datetime]:
    """What orders ends: of standing spells a current one is the last."""
    if standing:
        return spell.current, spell.last_seen or spell.first_seen
    return False, spell.gone_by or spell.first_seen
