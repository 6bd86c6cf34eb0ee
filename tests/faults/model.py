"""Healthy sites to spoil: five shapes of lists, each as on the first day and as on a later one.

Hand-written on the model of the real pages. The later day differs from the first by one piece of news.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from e2e_pages import CARDS, NAMES, card, kkk_page, page, parp_article, parp_news, schedule

Shape = Literal["register", "shelf", "news", "calls", "own"]
Day = Literal["first", "later"]

LIST_PATHS: Mapping[Shape, str] = {
    "register": "/klastry",
    "shelf": "/czlonkowie",
    "news": "/aktualnosci",
    "calls": "/harmonogram-naborow",
    "own": "/nabory",
}
ARTICLES = "/component/content/article/"
_TITLES = (
    "Klastry spotkały się w Łodzi",
    "Nowa baza pytań dla klastrów",
    "Święto żeglugi śródlądowej",
    "Źródła finansowania – przegląd",
)
_CALLS = (
    ("oferta", "Rozwój oferty klastrów dla firm", 16),
    ("design", "Design dla firm żywnościowych", 17),
    ("sciezka", "Ścieżka dla łódzkich klastrów", 18),
    ("dostepnosc", "Dostępność usług", 19),
)


@dataclass(frozen=True)
class Place:
    """Where one scenario happens. What must be unique among all is made with `number`."""

    name: str
    number: int
    shape: Shape

    @property
    def host(self) -> str:
        parent = "parp.gov.pl" if self.shape in ("news", "calls") else "test"
        return f"{self.name}.{parent}"

    @property
    def list(self) -> str:
        """The path of the list."""
        return LIST_PATHS[self.shape]

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.list}"

    @property
    def names(self) -> tuple[str, ...]:
        """The clusters of the first day."""
        return tuple(f"{name} {self.number}" for name in NAMES)

    def article(self, number: int) -> str:
        """The path of an article."""
        return f"{ARTICLES}{1000 * self.number + number}:wiadomosc"

    def slug(self, word: str) -> str:
        return f"{word}-{self.number}"

    def config(self, hosts: Sequence[str] = ()) -> str:
        """The table of the source, which may ask further `hosts`."""
        reader = {"register": "kkk_list", "news": "parp_news", "calls": "parp_schedule"}.get(self.shape)
        words = f'reader = "{reader}"' if reader else {"own": _OWN, "shelf": _SHELF}[self.shape]
        least = "\nat_least = 5" if self.shape == "register" else ""
        more = f"\nhosts = {json.dumps(hosts)}" if hosts else ""
        return f'\n[source.{self.name}]\ntitle = "{self.name}"\nurl = "{self.url}"\n{words}{least}{more}\n'

    def pages(self, day: Day) -> dict[str, str]:
        """All pages of the site on `day`, by path."""
        return _MAKERS[self.shape](self, day == "later")


_OWN = """list = "window"
item = "ul.calls > li"
fields = { title = "a", url = "a@href", closes = ".deadline" }
follow = "a.next"
pages = 3"""

_SHELF = """item = "ul.members > li"
fields = { name = "b", coordinator = "i" }
follow = "a.next"
pages = 4
at_least = 3"""


def _register(place: Place, later: bool) -> dict[str, str]:
    names = (*place.names, f"Śląski Klaster Lotniczy {place.number}") if later else place.names
    return {place.list: kkk_page(names)}


def shelf_page(names: Sequence[str], next_page: str = "") -> str:
    """A page of a register that stands on several."""
    items = "".join(f"<li><b>{name}</b> <i>Stowarzyszenie {name}</i></li>\n" for name in names)
    more = f'<a class="next" href="{next_page}">Dalej</a>' if next_page else ""
    return page("Członkowie", f'<h1>Członkowie</h1><ul class="members">{items}</ul>{more}')


def _shelf(place: Place, later: bool) -> dict[str, str]:
    names = (*place.names, f"Śląski Klaster Lotniczy {place.number}") if later else place.names
    second = f"{place.list}?s=2"
    return {place.list: shelf_page(names[:6], second), second: shelf_page(names[6:])}


def _news(place: Place, later: bool) -> dict[str, str]:
    rows = [(number, f"{10 + number} listopada 2026 r.", title) for number, title in enumerate(_TITLES, 1)]
    if later:
        rows.append((5, "23 listopada 2026 r.", "Nabór dla klastrów dłużej"))
    listed = [(1000 * place.number + number, day, title) for number, day, title in reversed(rows)]
    pages = {place.list: parp_news(*listed)}
    for number, day, title in rows:
        text = f"Treść wiadomości numer {number} o współpracy."
        pages[place.article(number)] = parp_article(day, title).replace("Treść wiadomości.", text)
    return pages


def _calls(place: Place, later: bool) -> dict[str, str]:
    tiles = [(place.slug(word), title, f"{day}.09.2026", "15.12.2026") for word, title, day in _CALLS]
    pages = {place.list: schedule(*tiles)}
    for number, (word, title, day) in enumerate(_CALLS):
        closes = "22 grudnia 2026" if later and not number else "15 grudnia 2026"
        pages[CARDS + place.slug(word)] = card(title, f"{day} września 2026", closes)
    return pages


def own_list(rows: Mapping[int, str], next_page: str = "", deadline: str = "4.12.2026") -> str:
    """A list of the layout that `page_list` is told of: number and title of each row."""
    items = "".join(
        f'<li><a href="/nabory/{number}">{title}</a> <b class="deadline">{deadline}</b></li>\n'
        for number, title in rows.items()
    )
    more = f'<a class="next" href="{next_page}">Dalej</a>' if next_page else ""
    return page("Nabory", f'<h1>Nabory</h1><ul class="calls">{items}</ul>{more}')


OWN_ROWS = {
    4: "Nabór dla łódzkich klastrów",
    3: "Źródła dla gmin",
    2: "Zielone święto",
    1: "Książki i żaglówki",
}


def _own(place: Place, later: bool) -> dict[str, str]:
    rows = {5: "Nabór dla śląskich klastrów", **OWN_ROWS} if later else OWN_ROWS
    return {place.list: own_list(rows)}


_MAKERS = {"register": _register, "shelf": _shelf, "news": _news, "calls": _calls, "own": _own}
