"""The sites of a crowd of scenarios, as they are at one hour, behind one stand-in."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from e2e import html

from faults.model import Place
from faults.scenario import ANY, CARD, CARDS, LIST, ROBOTS, Given, Page, Trick, Visit
from monitor.standin import Answer, Asked, conditional


@dataclass
class Town:
    """Answers for all hosts that have pages or tricks; all others are unknown."""

    pages: dict[str, str] = field(default_factory=dict)
    tricks: dict[str, Trick] = field(default_factory=dict)
    anything: dict[str, Trick] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    _hits: Counter[str] = field(default_factory=Counter)

    def settle(self, place: Place, visit: Visit, *, tricks: bool) -> None:
        """The site of one scenario: its pages, and with `tricks` what stands in their place."""
        if tricks and visit.unknown_host:
            return
        origin = f"https://{place.host}"
        pages = place.pages(visit.truth or "first")
        self.hosts.add(place.host)
        self.lists[place.host] = pages[place.list]
        self.pages |= {origin + path: text for path, text in pages.items()}
        for path, trick in {**visit.content, **(visit.tricks if tricks else {})}.items():
            if path == ANY:
                self.anything[place.host] = trick
            for address in _addresses(place, path, pages):
                self.tricks[address] = trick
                host = urlsplit(address).hostname or ""
                self.hosts.add(host)
                self.lists.setdefault(host, pages[place.list])

    def __call__(self, asked: Asked) -> Answer:
        url = asked.url
        hit = self._hits[url]
        self._hits[url] += 1
        trick = self.tricks.get(url)
        if trick is None and urlsplit(url).path != ROBOTS:
            trick = self.anything.get(asked.host)
        if trick is not None:
            page = _played(trick, Given(asked, hit, self.pages.get(url, ""), self.lists.get(asked.host, "")))
            return page if isinstance(page, Answer) else html(page)
        if url in self.pages:
            return conditional(asked, html(self.pages[url]))
        return html("<h1>Nie ma</h1>", status=404)


def _addresses(place: Place, path: str, pages: Mapping[str, str]) -> list[str]:
    details = [each for each in pages if each.partition("?")[0] != place.list]
    paths = {LIST: [place.list], CARD: details[:1], CARDS: details, ANY: []}.get(path, [path])
    return [each if "://" in each else f"https://{place.host}{each}" for each in paths]


def _played(trick: Trick, given: Given) -> Page:
    if isinstance(trick, tuple):
        return trick[min(given.hit, len(trick) - 1)]
    return trick(given) if callable(trick) else trick
