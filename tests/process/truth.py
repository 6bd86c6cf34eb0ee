"""A true history of the sites, made up as it goes: what they show, and what has to be told of it.

Every event changes what the sites show for good, and says which changes it has to become. The next
event of the same thing waits until some visit must have seen the last one: what was never shown to
anybody cannot be told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from e2e_pages import (
    ARTICLES,
    KKK,
    KKK_CALL,
    MINISTRY_NEWS,
    NAMES,
    PARP_NEWS,
    SCHEDULE,
    TITLES,
    UNIT,
    article_url,
    card,
    card_url,
    kkk_page,
    ministry_article,
    ministry_news,
    parp_article,
    parp_news,
    schedule,
    slug,
)

Row = tuple[str, str, str, str | None, str | None, str | None]
"""Verb, kind, name, field, old and new value of a change."""

NEW_CLUSTERS = (
    "Śląski Klaster Lotniczy", "Wschodni Klaster Obróbki Metali", "Evoluma", "Klaster Gospodarki Odpadowej",
    "Morski Żagiel Pomorza", "Podkarpacka Spiżarnia", "Sudecka Kotlina Kamienia", "Opolskie Szkło",
    "Warmińska Hodowla", "Kujawski Rolnik", "Lubelska Perła Energii", "Roztoczańskie Drewno",
)  # fmt: skip
WORDS = ("wodór", "eksport", "kadry", "cyfryzacja", "transport", "rolnictwo", "kosmos", "zdrowie",
         "turystyka", "energia", "rzemiosło", "logistyka", "surowce", "optyka")  # fmt: skip
MONTHS = ("stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca", "lipca", "sierpnia", "września",
          "października", "listopada", "grudnia")  # fmt: skip
LONGEST_LIST = 12
GONE_FOR_SURE = 3, timedelta(hours=48)
"""Whole lists without a cluster, and the time from the first to the last, that make its loss news."""


@dataclass
class Call:
    """A call as the schedule and its card show it."""

    slug: str
    title: str
    opens: date
    closes: date


@dataclass
class Truth:
    """What the sites show now, and what has to be told of all that they ever showed."""

    chance: Random
    listed: list[str] = field(default_factory=lambda: list(NAMES))
    coordinators: dict[str, str] = field(
        default_factory=lambda: {name: f"Stowarzyszenie {name}" for name in (*NAMES, *NEW_CLUSTERS)}
    )
    calls: list[Call] = field(
        default_factory=lambda: [
            Call(KKK_CALL, "Rozwój oferty klastrów dla firm", date(2026, 9, 16), date(2027, 6, 4)),
            Call("design-dla-firm", "Design dla firm", date(2026, 10, 1), date(2027, 6, 15)),
        ]
    )  # fmt: skip
    ministry: list[str] = field(default_factory=lambda: list(TITLES))
    parp: list[tuple[int, str, str]] = field(default_factory=lambda: list(ARTICLES))
    must: list[Row] = field(default_factory=list)
    unseen: dict[str, set[str]] = field(default_factory=dict)
    """For each source, the things of which it shows what perhaps no visit has seen."""
    away: dict[str, list[datetime]] = field(default_factory=dict)
    """Clusters off the list, with the times of the whole lists without them that were surely read."""
    back: list[str] = field(default_factory=list)
    """Clusters that are off the list for one visit only."""
    told_gone: set[str] = field(default_factory=set)

    # What happens

    def happen(self, at: datetime) -> None:
        """Up to three events; `at` is the time of the visit that follows."""
        self.settle()
        events: Sequence[Callable[[datetime], None]] = (
            self._cluster_comes, self._cluster_goes, self._cluster_blinks, self._cluster_returns,
            self._coordinator_changes, self._call_comes, self._deadline_moves, self._ministry_writes,
            self._ministry_writes, self._parp_writes, self._parp_writes,
        )  # fmt: skip
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            self.chance.choice(events)(at)

    def settle(self) -> None:
        """Nothing more happens; who was away for one visit is back."""
        self.listed += self.back
        self.back.clear()

    def seen(self, source: str, at: datetime) -> None:
        """A visit at `at` surely read all that `source` shows."""
        self.unseen.pop(source, None)
        if source == "kkk-mr":
            for name, lists in self.away.items():
                lists.append(at)
                if len(lists) >= GONE_FOR_SURE[0] and at - lists[0] >= GONE_FOR_SURE[1]:
                    self.told_gone.add(name)

    def _free(self, source: str, things: Iterable[str]) -> list[str]:
        waiting = self.unseen.get(source, set())
        return [thing for thing in things if thing not in waiting] if len(waiting) < 4 else []

    def _shown(self, source: str, thing: str, must: Row) -> None:
        self.unseen.setdefault(source, set()).add(thing)
        self.must.append(must)

    def _cluster_comes(self, at: datetime) -> None:
        known = {*self.listed, *self.away, *self.back}
        if new := self._free("kkk-mr", [name for name in NEW_CLUSTERS if name not in known]):
            name = self.chance.choice(new)
            self.listed.append(name)
            self._shown("kkk-mr", name, ("appeared", "cluster", name, None, None, None))

    def _cluster_goes(self, at: datetime) -> None:
        if len(self.away) < 2 and not self.back and (present := self._free("kkk-mr", self.listed)):
            name = self.chance.choice(present)
            self.listed.remove(name)
            self.away[name] = []
            self.must.append(("disappeared", "cluster", name, None, None, None))

    def _cluster_blinks(self, at: datetime) -> None:
        if not self.away and not self.back and (present := self._free("kkk-mr", self.listed)):
            name = self.chance.choice(present)
            self.listed.remove(name)
            self.back.append(name)

    def _cluster_returns(self, at: datetime) -> None:
        if self.told_gone:
            name = self.chance.choice(sorted(self.told_gone))
            del self.away[name]
            self.told_gone.remove(name)
            self.listed.append(name)
            self._shown("kkk-mr", name, ("returned", "cluster", name, None, None, None))

    def _coordinator_changes(self, at: datetime) -> None:
        if present := self._free("kkk-mr", self.listed):
            name = self.chance.choice(present)
            old, new = self.coordinators[name], f"Fundacja {name} {len(self.must)}"
            self.coordinators[name] = new
            self._shown("kkk-mr", name, ("changed", "cluster", name, "coordinator", old, new))

    def _call_comes(self, at: datetime) -> None:
        if len(self.calls) < LONGEST_LIST and self._free("calls-parp", ["x"]):
            title = f"Nabór {len(self.calls)} na {self.chance.choice(WORDS)}"
            start = at.date() + timedelta(days=30)
            self.calls.append(Call(slug(title), title, start, start + timedelta(days=90)))
            self._shown("calls-parp", title, ("appeared", "call", title, None, None, None))

    def _deadline_moves(self, at: datetime) -> None:
        if free := self._free("calls-parp", [call.title for call in self.calls]):
            title = self.chance.choice(free)
            call = next(call for call in self.calls if call.title == title)
            old = call.closes
            call.closes = old + timedelta(days=self.chance.randint(3, 20))
            dates = str(old), str(call.closes)
            self._shown("calls-parp", title, ("changed", "call", title, "closes", *dates))

    def _ministry_writes(self, at: datetime) -> None:
        if self._free("news-mr", ["x"]):
            title = f"Ministerstwo o klastrach {len(self.ministry)} {self.chance.choice(WORDS)}"
            self.ministry.insert(0, title)
            self._shown("news-mr", title, ("appeared", "article", title, None, None, None))

    def _parp_writes(self, at: datetime) -> None:
        if self._free("news-parp", ["x"]):
            number = self.parp[0][0] + 1
            title = f"Wiadomość {number} {self.chance.choice(WORDS)}"
            self.parp.insert(0, (number, f"{at.day} {MONTHS[at.month - 1]} {at.year} r.", title))
            self._shown("news-parp", title, ("appeared", "article", title, None, None, None))

    # What the sites show

    def pages(self) -> Mapping[str, str]:
        """Every page of the sites, by its address."""
        tiles = [
            (call.slug, call.title, f"{call.opens:%d.%m.%Y}", f"{call.closes:%d.%m.%Y}")
            for call in self.calls
        ]
        return {
            KKK: kkk_page(self.listed, coordinators=self.coordinators),
            MINISTRY_NEWS: ministry_news(*self.ministry[:LONGEST_LIST]),
            **{f"{UNIT}/{slug(title)}": ministry_article(title) for title in self.ministry},
            SCHEDULE: schedule(*tiles),
            **{
                card_url(each.slug): card(each.title, printed(each.opens), printed(each.closes))
                for each in self.calls
            },
            PARP_NEWS: parp_news(*self.parp[:LONGEST_LIST]),
            **{article_url(number): parp_article(day, title) for number, day, title in self.parp},
        }


def printed(day: date) -> str:
    """A day as the cards print it."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
