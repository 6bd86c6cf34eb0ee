"""A decision in the making: what the steps of one visit share."""

from dataclasses import dataclass, field
from datetime import datetime

from pipelines.compare import Reader, Turns, shown
from pipelines.identify import Identities
from pipelines.telling import Place
from storage.past import Doubt, Past, Spell
from storage.records import LIST, Kind, ListKind, Missed, Said, Snapshot, Source, Unchanged

ABOUT_THE_LIST = ("absence", "rename")
"""Kinds of doubt about who is on the list."""


def list_page(number: int) -> str:
    """The key of one page of the list, counted from 0."""
    return f"{LIST} {number + 1}" if number else LIST


def kind_at(source: Source, address: str) -> ListKind:
    """What the list of `source` is at `address`."""
    return next((each.list for each in source.addresses if each.url == address), source.address.list)


@dataclass
class Draft:
    """One visit being decided; `identify`, `compare` and the rest add to it in turn."""

    source: Source
    snapshot: Snapshot
    past: Past
    believed: frozenset[str] = frozenset()
    """Kinds of doubt that are not raised: a person has believed this very reading."""
    turns: Turns = field(default_factory=Turns)
    order: dict[str, None] = field(default_factory=dict)
    """Entities met, in the order of the pages."""
    silent: set[str] = field(default_factory=set)
    """New entities that were there before we looked."""
    held: set[str] = field(default_factory=set)
    """Entities missing from the list whose absence is not believed."""
    postponed: set[str] = field(default_factory=set)
    """Calls whose row may speak of a new edition: their card, unread in this visit, will tell."""
    doubts: list[Doubt] = field(default_factory=list)
    """Doubts met in this visit, new or not."""
    records: int = 0

    def __post_init__(self) -> None:
        self.identities = Identities(self.past)
        self.before = shown(self.past.spells)
        self.baseline = not self.past.begun
        self.places = self._places()
        self.spoke: dict[str, set[tuple[str, str]]] = {}
        self._standing: dict[str, list[Spell]] = {}
        for spell in self.past.spells:
            self.spoke.setdefault(spell.entity, set()).add((spell.source, spell.page))
            if spell.source == self.source.id and spell.stands:
                self._standing.setdefault(spell.page, []).append(spell)

    @property
    def at(self) -> datetime:
        """When the list was read, UTC."""
        return self.snapshot.pages[0].at

    @property
    def list_said(self) -> bool:
        return any(isinstance(reading, Said) for reading in self.snapshot.pages)

    @property
    def kind_of_list(self) -> ListKind:
        """What the list is at the address that was visited."""
        return kind_at(self.source, self.snapshot.address)

    @property
    def proof(self) -> str:
        """What the visit proves of the list: `whole` proves absence, `some` presence only."""
        stands = all(isinstance(reading, Unchanged) for reading in self.snapshot.pages)
        stands = stands and self.snapshot.stopped is None
        read = self.snapshot.whole or (stands and self.past.whole_before)
        return "whole" if read and not self.waiting and self.kind_of_list != "announcement" else "some"

    @property
    def waiting(self) -> list[Doubt]:
        """Doubts about who is on the list that a person has not decided."""
        if self.list_said:
            return [doubt for doubt in self.doubts if not self.was_rejected(doubt)]
        return [doubt for doubt in self.past.doubts if doubt.open and doubt.kind in ABOUT_THE_LIST]

    def standing(self, page: str) -> list[Spell]:
        """The standing spells of one page of this source, as before the visit."""
        return self._standing.get(page, [])

    def reader(self, page: str) -> Reader:
        """The page as the one who speaks."""
        place = self.places[page]
        rank = self.source.details.rank if page != LIST and self.source.details else self.source.rank
        return Reader(self.source.id, page, rank, place.at, place.before, self._lacking(page))

    def _lacking(self, page: str) -> datetime | None:
        memory = self.past.pages.get(page)
        if page == LIST:
            return self.past.last_list
        return memory.asked if memory and memory.gone_since else self.places[page].before

    def kind(self, entity: str) -> Kind:
        return self.past.kinds.get(entity) or dict(self.identities.entities)[entity]

    def doubt(self, doubt: Doubt) -> None:
        if all((each.kind, each.subject) != (doubt.kind, doubt.subject) for each in self.doubts):
            self.doubts.append(doubt)

    def was_rejected(self, doubt: Doubt) -> bool:
        """Whether a person has said no to this very doubt."""
        return any(
            (each.kind, each.subject) == (doubt.kind, doubt.subject) and each.verdict == "reject"
            for each in self.past.doubts
        )

    def is_in_doubt(self, kind: str) -> bool:
        """Whether a doubt of this kind about the list waits for a person, or this very list was rejected."""
        return any(
            each.kind == kind and (each.open or (each.verdict == "reject" and each.subject == self.contents))
            for each in self.past.doubts
        )

    @property
    def contents(self) -> str:
        """Digests of what the pages of the list say: the subject of a doubt about the list as a whole."""
        return " ".join(reading.content for reading in self.snapshot.pages if isinstance(reading, Said))

    def _places(self) -> dict[str, Place]:
        """Where each reading speaks. All pages of the list are one reading: the time of the first."""
        places = {}
        lists = [(list_page(number), reading) for number, reading in enumerate(self.snapshot.pages)]
        readings = [*lists, *self.snapshot.details.items()]
        for page, reading in readings:
            if isinstance(reading, Missed):
                continue
            memory = self.past.pages.get(page)
            evidence = memory.evidence if memory else None
            if isinstance(reading, Said) and not (memory and memory.content == reading.content):
                evidence = reading.page.sha256
            one_list = page not in self.snapshot.details
            first = self.past.pages.get(LIST) if one_list else memory
            before = first.confirmed if first else None
            before = before or (self.past.last_list if one_list else None)
            places[page] = Place(reading.address, evidence, self.at if one_list else reading.at, before)
        return places
