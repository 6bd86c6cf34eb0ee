"""Which differences are news, and which row of an entry leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rapidfuzz.distance import Levenshtein

from pipelines.compare import differ
from pipelines.identify import same_address
from pipelines.rounds import has_new_round
from storage.past import Spell
from storage.records import FIELDS, NAME_FIELD, Change, Kind, Value, Verb, fold

_VERBS: Sequence[Verb] = (
    "began",
    "appeared",
    "returned",
    "disappeared",
    "merged",
    "retracted",
    "renamed",
    "changed",
)
_FIELDS = [
    "closes",
    "opens",
    "results",
    "status",
    "rounds",
    "status_until",
    "round",
    "status_from",
    "budget",
    "grant_max",
    "announced",
    "number",
    "title",
    "name",
    "coordinator",
]
_DATES_OF_ROUNDS = ("opens", "closes")
_MISPRINT = 2  # letters
_MISPRINT_SHARE = 0.1


@dataclass(frozen=True)
class Place:
    """Where and when a change was seen: the page, the hash of its body, its readings in UTC."""

    url: str
    evidence: str | None
    at: datetime
    before: datetime | None


def differences(
    entity: str,
    kind: Kind,
    before: Mapping[str, Spell],
    after: Mapping[str, Spell],
    spoke: Iterable[tuple[str, str]],
    places: Mapping[str, Place],
) -> list[Change]:
    """Rows for each field of one entity whose shown value is another now.

    `spoke` are the (source, page) that spoke of the entity before: what a page says when it
    is first read is no change of the page, so it is silent. `places` by page key.
    """
    pages = frozenset(spoke)
    rows = []
    for name in FIELDS[kind]:
        old, new = before.get(name), after.get(name)
        if not _is_difference(kind, name, old, new):
            continue
        first_word = new is not None and (new.source, new.page) not in pages
        if first_word and old is None:
            continue
        rows.append(_row(entity, kind, name, old, new, after, places, baseline=first_word))
    return _without_echoes(rows, before, after)


def _is_difference(kind: Kind, name: str, old: Spell | None, new: Spell | None) -> bool:
    was, now = old.value if old else None, new.value if new else None
    if name == "url" and same_address(kind, was, now):
        return False
    return differ(name, was, now)


def _row(
    entity: str,
    kind: Kind,
    name: str,
    old: Spell | None,
    new: Spell | None,
    after: Mapping[str, Spell],
    places: Mapping[str, Place],
    *,
    baseline: bool,
) -> Change:
    begins = new is not None and new.id is None
    seen = new if new and begins else old
    assert seen
    place = places[seen.seen_on or seen.page]
    title = after.get(NAME_FIELD[kind])
    was, now = old.value if old else None, new.value if new else None
    return Change(
        verb=_verb(kind, name, was, now),
        kind=kind,
        entity=entity,
        name=str(title.value) if title else None,
        field=name,
        old=was,
        new=now,
        seen_after=seen.seen_after if begins else seen.last_seen or place.before,
        seen_by=place.at,
        source=seen.source,
        url=place.url,
        evidence=place.evidence,
        baseline=baseline,
        old_printed=old.printed if old else None,
        new_printed=new.printed if new else None,
    )


def _verb(kind: Kind, name: str, old: Value | None, new: Value | None) -> Verb:
    if kind not in ("cluster", "call") or name != NAME_FIELD[kind] or old is None or new is None:
        return "changed"
    was, now = fold(str(old)), fold(str(new))
    letters = Levenshtein.distance(was, now)
    misprint = letters <= _MISPRINT or letters <= _MISPRINT_SHARE * len(was)
    return "changed" if misprint else "renamed"


def _without_echoes(
    rows: list[Change], before: Mapping[str, Spell], after: Mapping[str, Spell]
) -> list[Change]:
    """Rounds and the dates computed from them are one piece of news, not two.

    A new round is told as a round and moves no deadline; a moved round is told by its dates,
    by those that a card prints as well.
    """
    rounds = next((row for row in rows if row.field == "rounds"), None)
    if rounds is None:
        return rows
    derived = {name for name, spell in after.items() if spell.derived}
    if has_new_round(rounds.old, rounds.new):
        echoes = [row for row in rows if row.field in derived]
    else:
        echoes = [rounds] if any(row.field in _DATES_OF_ROUNDS for row in rows) else []
    return [replace(row, baseline=True) if row in echoes else row for row in rows]


def leading_first(rows: Iterable[Change]) -> tuple[Change, ...]:
    """Rows of one entity in the order of their weight: the first gives the entry its title."""

    def weight(row: Change) -> tuple[int, int]:
        known = row.field in _FIELDS
        return _VERBS.index(row.verb), _FIELDS.index(row.field or "") if known else len(_FIELDS)

    return tuple(sorted(rows, key=weight))
