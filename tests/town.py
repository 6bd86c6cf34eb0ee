"""A town for tests of pages: clusters, calls, news, documents, and a folder they are published in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from monitor.bodies import Site
from monitor.entity_pages import undrawn
from monitor.feeds import channel
from monitor.publication import standing
from monitor.publishing import write
from storage.moments import Moment
from storage.records import Address, Key, Record, Source, article, document
from tests.deciding import Desk
from tests.published import assert_harmless
from tests.world import CARD, World

NEWS = Source(
    "news-parp", "Aktualności PARP", "article", "pi_gov_pl",
    (Address("https://www.parp.gov.pl/aktualnosci", "parp_news", "window"),), ("www.parp.gov.pl",),
    "15 6-20/2 * * mon-fri", rank=1,
)  # fmt: skip
FEEDS = [channel("klastry", "pl")]
NOON = time(12)
TITLES = {"kkk-mr": "Lista KKK", "calls-parp": "Harmonogram PARP", "news-parp": "Aktualności PARP"}


def an_article(number: int, title: str, *, about: Iterable[str] = (), **values: Any) -> Record:
    url = f"https://www.parp.gov.pl/component/content/article/{number}:{number}"
    links = tuple(f"{CARD}{slug}" for slug in about)
    return article(Key("article", str(number)), title=title, url=url, about=links or None, **values)


def a_document(label: str, slug: str) -> Record:
    """An attachment of the card of a call."""
    return document(Key("document", f"{slug} {label}"), title=label, url=f"{CARD}{slug}/{label}.pdf")


def site(language: str = "pl", **titles: str) -> Site:
    names = TITLES | titles
    return Site("https://klastry.example.org/", language, lambda source: names.get(source, source))


@dataclass
class Town(Desk):
    """A world whose pages of entities are drawn into `folder`."""

    folder: Path = field(default_factory=Path)

    @classmethod
    def new(cls, folder: Path) -> "Town":
        (folder / "data").mkdir()
        (folder / "public").mkdir()
        return cls(World.new(folder / "data"), folder=folder / "public")

    def draw(self, today: date, folder: Path | None = None, where: Site | None = None) -> set[str]:
        """Draw what is missing; gives the names of the pages drawn."""
        drawn = set()
        with self.world.history.asked() as asked:
            rows = standing(asked, Moment.at_the_end_of(today, datetime.combine(today, NOON, UTC)))
        with self.world.history.gallery() as gallery:
            for some in undrawn(gallery, rows, today, where or site(), FEEDS, folder or self.folder):
                write(folder or self.folder, some)
                drawn |= some.keys()
        return {Path(path).stem for path in drawn if path.endswith(".html")}

    def page(self, entity: str) -> Any:
        """The page of an entity, as a tree."""
        return assert_harmless((self.folder / f"entities/{entity}.html").read_bytes())


def text(tree: Any, path: str = ".") -> str:
    return " ".join(texts(tree, path))


def texts(tree: Any, path: str) -> list[str]:
    return [" ".join(" ".join(part.itertext()).split()) for part in tree.xpath(path)]
