"""A page for each entity, under `entities/`: facts, what happened, evidence, what is tied to it.

Pages of listed clusters and of calls open or to come print the Warsaw day; all others are a
function of the history, the language and the addresses of the site. `entities/drawn.json` says up
to which row of the ledger they are drawn, with its digest, a hash of what they were drawn with,
and how each cluster and call stood then. While that holds, only pages of what was touched since,
of what is tied to it, of what stands otherwise today, and those missing on disk are drawn.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from monitor.bodies import Site
from monitor.drawing import edition
from monitor.feeds import Channel
from monitor.portrait_page import Drawer, day_of
from monitor.states import Row, is_alive
from storage.forms import canonical
from storage.gallery import Gallery, Head, Tie

FOLDER = "entities"
DRAWN = f"{FOLDER}/drawn.json"
_AT_ONCE = 100


@dataclass(frozen=True)
class _Drawn:
    """How far the pages are drawn: the ledger, what with, and how clusters and calls stood.

    `titles` are those of the sources that were known.
    """

    head: Head
    edition: str
    titles: Mapping[str, str]
    stood: Mapping[str, str]

    def is_past_of(self, now: "_Drawn") -> bool:
        """Whether the pages that were drawn then are as they would be drawn now, but for the history."""
        return self.edition == now.edition and self.titles.items() <= now.titles.items()


def path_of(entity: str) -> str:
    """Where the page of an entity stands in the published folder."""
    return f"{FOLDER}/{entity}.html"


def undrawn(
    gallery: Gallery, rows: Iterable[Row], today: date, site: Site, feeds: Sequence[Channel], folder: Path
) -> Iterator[dict[str, bytes]]:
    """The pages that `folder`, the published one, lacks, some at a time; last how far they go.

    `rows` are those of `list clusters` and `list calls` on the Warsaw day `today`.
    """
    everyone = {each.entity: each for each in gallery.titled}
    if not everyone:
        return
    by_entity = {row["entity"]: row for row in rows}
    stood = {entity: _standing(row, today) for entity, row in by_entity.items()}
    titles = {source: site.source_title(source) for source in gallery.sources()}
    now = _Drawn(gallery.head(), _edition(gallery, site, feeds), titles, stood)
    wanted = sorted(_undrawn(gallery, everyone, now, folder))
    ties = _standing_ties(gallery.ties) if wanted else {}
    drawer = Drawer(site, feeds, today, everyone, by_entity, ties)
    for start in range(0, len(wanted), _AT_ONCE):
        some = gallery.portraits(wanted[start : start + _AT_ONCE])
        yield {path_of(portrait.entity): drawer.page(portrait) for portrait in some}
    yield {DRAWN: f"{canonical([now.head, now.edition, now.titles, now.stood])}\n".encode()}


def stale(gallery: Gallery, folder: Path) -> Iterator[str]:
    """Pages in `folder` of entities that the history does not know, such as after a restore."""
    known = {each.entity for each in gallery.titled}
    if not known:
        yield DRAWN
    for path in sorted((folder / FOLDER).glob("*.html")):
        if path.stem not in known:
            yield f"{FOLDER}/{path.name}"


def _undrawn(gallery: Gallery, everyone: Collection[str], now: _Drawn, folder: Path) -> set[str]:
    before = _read(folder / DRAWN)
    if before is None or not before.is_past_of(now) or not gallery.holds(before.head):
        return set(everyone)
    touched = gallery.touched(before.head.row)
    tied = _tied(gallery, touched) if touched else set()
    otherwise = {entity for entity, _ in before.stood.items() ^ now.stood.items()}
    there = {path.stem for path in (folder / FOLDER).glob("*.html")}
    return (touched | tied | otherwise | (set(everyone) - there)) & set(everyone)


def _tied(gallery: Gallery, touched: Collection[str]) -> set[str]:
    """Those whose pages name one of `touched`."""
    tied = {each.entity for each in gallery.titled if each.became in touched}
    for tie in gallery.ties:
        tied |= {tie.to} if tie.of in touched else {tie.of} if tie.to in touched else set()
    return tied


def _read(file: Path) -> _Drawn | None:
    with suppress(OSError, ValueError, TypeError, LookupError):
        head, edition_then, titles, stood = json.loads(file.read_bytes())
        return _Drawn(Head(int(head[0]), str(head[1])), str(edition_then), dict(titles), dict(stood))
    return None


def _standing(row: Row, today: date) -> str:
    """A short hash of what its page says of the day: nothing, where the passing of days does not matter."""
    said = [row["listed"], row["conflict"], row.get("status")]
    if is_alive(row):
        said += [today.isoformat(), day_of(row["known_up_to"])]
    return sha256(canonical(said).encode()).hexdigest()[:12]


def _standing_ties(ties: Iterable[Tie]) -> Mapping[str, Sequence[str]]:
    """Those that are tied to an entity now, whichever of them says so."""
    found = defaultdict(list)
    for tie in ties:
        if tie.stands:
            found[tie.of].append(tie.to)
            found[tie.to].append(tie.of)
    return found


def _edition(gallery: Gallery, site: Site, feeds: Sequence[Channel]) -> str:
    """A hash of what pages are drawn with but what changed of each, the day and the titles of sources.

    Readings taken in late fill gaps in what was told already.
    """
    offered = [(feed.path, feed.title, feed.calendar) for feed in feeds]
    said = [edition(), site.url, site.language, offered, gallery.late_readings()]
    return sha256(canonical(said).encode()).hexdigest()
