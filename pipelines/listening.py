"""From the evidence of a source to what each of its pages said, reading by reading, of whom.

Pure. Who a record speaks of was decided when its page was first read and is kept so; only a
reading that says more than before, or that is new to the history, begins entities.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipelines.draft import list_page
from pipelines.identify import scoped
from pipelines.merge import one_of
from pipelines.rebuilding import Heard, Rebuilt, Voice
from storage.past import LISTED, Spell
from storage.rebuilding import Evidence, Kept, Visited
from storage.records import LIST, Address, Key, Kind, Record, Source, canonical_address

Read = Callable[[Kept], Sequence[Record]]
"""What today's reader says of a kept page. Raises PageFault where it cannot read it."""


def address_of(source: Source, url: str) -> Address | None:
    """The address of the source's chain that `url` is, the newest if it is of several."""
    try:
        wanted = canonical_address(url)
    except ValueError:
        return None
    chain = reversed(source.addresses)
    return next((each for each in chain if canonical_address(each.url) == wanted), None)


@dataclass
class Listening:
    """All readings of one source; `anew` tells which captures may speak of unknown entities."""

    source: Source
    evidence: Evidence
    read: Read
    anew: Callable[[Kept], bool]
    entities: list[tuple[str, Kind]] = field(default_factory=list)
    keys: list[tuple[Key, str]] = field(default_factory=list)
    older: list[tuple[Key, str]] = field(default_factory=list)
    """Keys of entities begun here that another one took since."""

    def __post_init__(self) -> None:
        self._given: dict[Key, list[str]] = {}
        self._numbers = dict(self.evidence.next_number)
        self._kinds: dict[str, Kind] = dict(self.evidence.kinds)
        self._dates = _dates(each.spell for each in self.evidence.standing)
        self._by_page: dict[str, list[Kept]] = {}
        for each in self.evidence.captures:
            self._by_page.setdefault(each.key, []).append(each)

    def kind(self, entity: str) -> Kind:
        """What an entity is."""
        return self._kinds[entity]

    def pages(self) -> list[str]:
        """The list, then the detail pages that evidence is kept of."""
        details = sorted(key for key in self._by_page if not _of_list(key))
        return [LIST, *details]

    def captures(self, page: str) -> list[Kept]:
        """All captures of a page; those of all pages of the list together."""
        return [each for each in self.evidence.captures if each.key == page or _both_lists(each.key, page)]

    def spells(self, page: str) -> list[Rebuilt]:
        """The spells of one page, from nothing."""
        rank = self.source.details.rank if page != LIST and self.source.details else self.source.rank
        register = page == LIST and self.source.address.list == "register"
        voice = Voice(self.source.id, page, rank, register, self._kinds.__getitem__)
        return voice.spells(self._list() if page == LIST else self._detail(page))

    # The list

    def _list(self) -> list[Heard]:
        own: dict[int, dict[str, Kept]] = {}
        for each in self.captures(LIST):
            own.setdefault(each.visit, {})[each.key] = each
        ends = self._ends(LIST)
        heard, current, live = [], dict[str, Kept](), None
        archived = False
        for visit in sorted(self.evidence.visits, key=lambda visit: (visit.at, visit.id)):
            pages = own.get(visit.id, {})
            if visit.mode == "backfill":
                said = self._said(list(pages.values()))
                heard.append(self._heard(visit, said, ends, adds=LIST not in pages))
                archived = True
                continue
            current.update(pages)
            if visit.records or pages:
                seen = map(list_page, range(visit.pages))
                live = self._said([current[page] for page in seen if page in current])
                heard.append(self._heard(visit, live, ends))
            else:
                # What stood as it was said the same again, if an archived page said other things since.
                heard.append(self._heard(visit, live if archived else None, ends))
            archived = False
        return heard

    def _heard(
        self,
        visit: Visited,
        said: Mapping[str, tuple[Record, int]] | None,
        ends: Mapping[datetime, frozenset[str]],
        *,
        adds: bool = False,
    ) -> Heard:
        address = address_of(self.source, visit.address) or self.source.address
        register = address.list == "register"
        proven = visit.list == "whole" and register
        lacks = visit.list == "whole" or self.source.address.list != "register"
        return Heard(visit.at, said, proven, ends.get(visit.at, frozenset()), adds, whole=lacks)

    def _ends(self, page: str) -> dict[datetime, frozenset[str]]:
        """Who left the page at which reading, as it was believed."""
        found: dict[datetime, set[str]] = {}
        for each in self.evidence.standing:
            spell = each.spell
            if spell.page == page and spell.field == LISTED and spell.gone_by:
                found.setdefault(spell.gone_by, set()).add(spell.entity)
        return {at: frozenset(entities) for at, entities in found.items()}

    # Detail pages

    def _detail(self, page: str) -> list[Heard]:
        """Readings of a page of which only what was new is kept.

        A spell that begins without new content came back with the old; a place that ends
        while nothing was said was found gone, as was a page that is remembered to be; all other
        times known confirm what stood.
        """
        spells = [each.spell for each in self.evidence.standing if each.spell.page == page]
        times: dict[datetime, Kept | None] = dict.fromkeys(_times(spells))
        times |= dict.fromkeys([at for key, at in self.evidence.confirmed.items() if key == page])
        for each in self._by_page[page]:
            times[each.page.at] = each
        begun = {spell.first_seen for spell in spells}
        subjects = (spell for spell in spells if self._kinds[spell.entity] != "document")
        ended = {spell.gone_by for spell in subjects if spell.field == LISTED}
        if since := self.evidence.gone.get(page):
            times.setdefault(since)
            ended.add(since)
        heard, live, archived = [], None, False
        for at in sorted(times):
            kept = times[at]
            if kept and self.evidence.modes[kept.id] == "backfill":
                heard.append(Heard(at, self._said([kept])))
                archived = True
                continue
            live = kept or live
            says = kept is not None or at in begun
            gone = at in ended and not says
            if live and not gone and (says or archived):
                heard.append(Heard(at, self._said([live])))
            else:
                heard.append(Heard(at, gone=gone))
            archived = False
        return heard

    # Who is who

    def _said(self, pages: Iterable[Kept]) -> dict[str, tuple[Record, int]]:
        said: dict[str, tuple[Record, int]] = {}
        for kept in pages:
            for raw in self.read(kept):
                record = scoped(self.source.id, LIST if _of_list(kept.key) else kept.key, raw)
                if (entity := self._entity(record, kept)) is None:
                    continue
                if entity not in said:
                    said[entity] = (record, kept.id)
                    continue
                first, capture = said[entity]
                joined = one_of(first, record)
                said[entity] = (joined, kept.id if joined.values == record.values else capture)
        return said

    def _entity(self, record: Record, kept: Kept) -> str | None:
        holder = self._holder(record, kept)
        if holder is None:
            if not self.anew(kept) or str(record.keys[0]) in self.evidence.doubted:
                return None
            holder = self._begin(record)
        self._give(record, holder, kept)
        return self.evidence.merged.get(holder, holder)

    def _holder(self, record: Record, kept: Kept) -> str | None:
        row = self.evidence.rows[kept.id]
        archived = self.evidence.modes[kept.id] == "backfill"
        for key in record.keys:
            held = self.evidence.keys.get(key, ())
            known = [
                identity for begun, ended, identity in held if begun <= row and (archived or row < ended)
            ]
            known += self._given.get(key, [])
            if not known and self.anew(kept):
                known = [identity for _, _, identity in held]
            if archived and record.kind == "call":
                known = [identity for identity in known if self._is_edition(identity, record)]
            if known:
                return known[-1]
        return None

    def _is_edition(self, identity: str, record: Record) -> bool:
        """Whether the times of a call do not tell that the record is of another edition of it."""
        opens, closes = self._dates.get(identity, ("", "~"))
        starts, ends = record.values.get("opens"), record.values.get("closes")
        earlier = isinstance(ends, str) and ends[:10] < opens[:10]
        later = isinstance(starts, str) and closes[:10] < starts[:10]
        return not (earlier or later)

    def _begin(self, record: Record) -> str:
        number = self._numbers[record.kind]
        self._numbers[record.kind] = number + 1
        identity = f"{record.kind}-{number}"
        self.entities.append((identity, record.kind))
        self._kinds[identity] = record.kind
        starts, ends = record.values.get("opens"), record.values.get("closes")
        if record.kind == "call":
            self._dates[identity] = (str(starts or ""), str(ends or "~"))
        return identity

    def _give(self, record: Record, identity: str, kept: Kept) -> None:
        """Let `identity` hold the keys of the record that nobody holds."""
        if not self.anew(kept):
            return
        begun = {each for each, _ in self.entities}
        for key in record.keys:
            holders = [each for _, _, each in self.evidence.keys.get(key, ())] + self._given.get(key, [])
            if not holders:
                self.keys.append((key, identity))
            elif identity in begun and identity not in holders:
                self.older.append((key, identity))
            else:
                continue
            self._given.setdefault(key, []).append(identity)


def _of_list(key: str) -> bool:
    return key == LIST or key.startswith(f"{LIST} ")


def _both_lists(key: str, page: str) -> bool:
    return page == LIST and _of_list(key)


def _times(spells: Iterable[Spell]) -> Iterable[datetime]:
    for spell in spells:
        yield from (
            at
            for at in (spell.seen_after, spell.first_seen, spell.last_seen, spell.gone_by)
            if at is not None
        )


def _dates(spells: Iterable[Spell]) -> dict[str, tuple[str, str]]:
    """When each call opens and closes, as far as is said."""
    found: dict[str, tuple[str, str]] = {}
    for spell in spells:
        if spell.field in ("opens", "closes"):
            opens, closes = found.get(spell.entity, ("", "~"))
            value = str(spell.value)
            found[spell.entity] = (value, closes) if spell.field == "opens" else (opens, value)
    return found
