"""Who is who: which entity each record speaks of.

An entity is known by keys: official number, PARP's slug or article id, address, name. A key
names one entity at a time. A doubt is never decided here: it becomes a proposal for a person.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlsplit

from rapidfuzz import fuzz

from pipelines.aliases import canonical_name
from storage.past import Doubt, Past, Spell
from storage.records import LIST, Key, Kind, Record, Source, canonical_address, fold, page_key

# Keys that can only belong to one kind of thing; all others are kept apart by kind.
_OF_ONE_KIND = {"number": "call", "kkk-round": "call", "grant": "call", "article": "article"}
_ALIKE = 75  # percent, of names without the words every cluster has
_OFFICIAL = re.compile(r"(?:^|\.)gov\.pl$")
_COMMON_WORDS = frozenset({"klaster", "klastra", "polski", "polska", "krajowy"})


def scoped(source: str, page: str, record: Record) -> Record:
    """`record` with keys that are unique among all records, and documents tied to their page.

    A page speaks of whom its own address names, whatever number it prints: that key comes first.
    """
    keys = dict.fromkeys(_scoped_key(source, page, record.kind, key) for key in _with_alias(record))
    values = dict(record.values)
    if record.kind == "document":
        values["belongs_to"] = source if page == LIST else page
    return replace(record, keys=tuple(sorted(keys, key=lambda key: str(key) != page)), values=values)


def _with_alias(record: Record) -> Iterable[Key]:
    for key in record.keys:
        yield key
        if record.kind == "cluster" and key.scheme == "name":
            yield Key("name", canonical_name(key.value))


def _scoped_key(source: str, page: str, kind: Kind, key: Key) -> Key:
    if kind == "document":
        scheme = "document" if key.scheme == "document" else f"document-{key.scheme}"
        return Key(scheme, f"{source}/{page}#{key.value}")
    return key if _OF_ONE_KIND.get(key.scheme) == kind else Key(f"{kind}-{key.scheme}", key.value)


@dataclass
class Identities:
    """The entities of one visit: those known, and those begun by it."""

    past: Past
    entities: list[tuple[str, Kind]] = field(default_factory=list)
    keys: list[tuple[Key, str]] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    _numbers: dict[Kind, int] = field(default_factory=dict)
    _given: dict[Key, str] = field(default_factory=dict)

    def holder(self, record: Record) -> str | None:
        """The entity that holds the strongest known key of `record`."""
        return next((held for key in record.keys if (held := self._held(key))), None)

    def entity(self, record: Record, source: str, page: str, *, anew: bool = False) -> str:
        """The entity `record` speaks of; begun if unknown, or if `anew` (a new edition)."""
        known = None if anew else self.holder(record)
        identity = known or self._begin(record.kind)
        others = set()
        for key in record.keys:
            held = self._held(key)
            if held is None or (anew and held != identity):
                self._give(key, identity)
            elif held != identity:
                others.add(held)
        if others and record.kind != "document":  # of a document, the label tells
            subject = " = ".join(sorted({identity, *others}))
            self.doubts.append(Doubt("merge", source, subject, f"keys of {len(others) + 1} entities", page))
        return identity

    def is_new(self, identity: str) -> bool:
        return any(identity == begun for begun, _ in self.entities)

    def _held(self, key: Key) -> str | None:
        return self._given.get(key) or self.past.holders.get(key)

    def _give(self, key: Key, identity: str) -> None:
        self._given[key] = identity
        self.keys.append((key, identity))

    def _begin(self, kind: Kind) -> str:
        number = self._numbers.get(kind, self.past.next_number[kind])
        self._numbers[kind] = number + 1
        identity = f"{kind}-{number}"
        self.entities.append((identity, kind))
        return identity


def is_new_edition(shown: Mapping[str, Spell], record: Record, today: date) -> bool:
    """Whether a card that speaks of a closed call opens after that closing: another call.

    `shown` are the shown values of the call that holds the card's key; `today` in Warsaw.
    """
    closes, opens = shown.get("closes"), record.values.get("opens")
    if closes is None or not isinstance(closes.value, str) or not isinstance(opens, str):
        return False
    return closes.value[:10] < opens[:10] and closes.value[:10] < today.isoformat()


def rename_doubts(
    source: Source, page: str, absent: Mapping[str, Mapping[str, Spell]], unknown: Iterable[Record]
) -> list[tuple[str, Record, Doubt]]:
    """Pairs of one that left and one that came in the same visit and may be the same thing.

    `absent` gives the shown values of each entity that left.
    """
    pairs = []
    for record in unknown:
        for entity, shown in absent.items():
            if _may_be_same(shown, record):
                subject = f"{entity} > {record.keys[0]}"
                counts = f"{_text(shown, 'name')} → {record.name}"
                pairs.append((entity, record, Doubt("rename", source.id, subject, counts, page)))
    return pairs


def _may_be_same(shown: Mapping[str, Spell], record: Record) -> bool:
    coordinator = record.values.get("coordinator")
    if isinstance(coordinator, str) and fold(coordinator) == fold(_text(shown, "coordinator") or " "):
        return True
    old, new = _telling_words(_text(shown, "name")), _telling_words(record.name)
    return bool(old and new) and fuzz.token_sort_ratio(old, new) >= _ALIKE


def _telling_words(name: str) -> str:
    return " ".join(word for word in fold(name).split() if word not in _COMMON_WORDS)


def _text(shown: Mapping[str, Spell], name: str) -> str:
    spell = shown.get(name)
    return spell.value if spell and isinstance(spell.value, str) else ""


def same_address(kind: Kind, old: object, new: object) -> bool:
    """Whether two addresses of one thing differ only as a moved site makes them differ.

    The same path on another host; for a page (not an attachment) of the administration also
    the same last name under another unit. A cluster's own site that moves is news.
    """
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    try:
        before, after = canonical_address(old), canonical_address(new)
    except ValueError:
        return False
    if before == after or page_key(old) == page_key(new):
        return True
    was, now = urlsplit(before), urlsplit(after)
    if kind != "cluster" and was.path == now.path != "/" and was.query == now.query:
        return True
    if kind == "document" or not all(_OFFICIAL.search(each.netloc) for each in (was, now)):
        return False
    return before.rpartition("/")[2] == after.rpartition("/")[2] != ""
