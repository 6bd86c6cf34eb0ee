"""Publishing: from the history to the files that people and programs read.

What is a function of the history alone is drawn by parts, each of which goes on from where the
folder is drawn (`monitor.drawn`). Lists, the search and calendars are drawn where what they say
has changed (`monitor.sheets`); what depends on the visits and the day is drawn every time.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from monitor import (
    change_pages,
    drawn,
    entity_pages,
    health,
    list_pages,
    pages,
    picture,
    publishing,
    search_pages,
)
from monitor.calendar_drawing import CalendarDrawing
from monitor.change_lists import ChangeLists
from monitor.change_pages import ChangePages
from monitor.config import Config
from monitor.drawn import Drawn, Files, Part, Remembering
from monitor.feed_drawing import FeedDrawing, Stories
from monitor.opening import check_folder
from monitor.publication import Publication, site_of
from monitor.sheets import Sheets
from monitor.states import States
from monitor.status import stale, status
from storage.history import History
from storage.lock import only_crawl
from storage.records import KINDS

__all__ = ["publish", "site_of", "write_all"]

_DRAWN_WHOLE = (*(f"{list_pages.FOLDER}/{kind}s-*.html" for kind in KINDS), f"{search_pages.FOLDER}/*.js")


def publish(config: Config, now: datetime) -> list[str]:
    """Open the history and write what has changed; gives the paths.

    A crawl publishes what it finds, later than who read the history before it ended; so none may
    be at work. Raises HistoryLocked, PublishError, StorageError.
    """
    with History.open(config.monitor.database) as history, only_crawl(config.monitor.database):
        check_folder(config, history)
        return write_all(history, config, now)


def write_all(history: History, config: Config, now: datetime) -> list[str]:
    """Write what has changed; gives the paths. `now` in UTC gives the day that pages speak of.

    Raises PublishError, StorageError.
    """
    folder, written = config.publish, list[str]()
    with publishing.alone(folder), history.asked() as asked:
        publication = Publication(history, asked, config, now)
        before = drawn.read(folder, asked.told_digest, publication.edition)
        if not before.change:  # nothing is drawn until all of it is
            publishing.remove(folder, [drawn.MARK])
        sheets = Sheets(folder, before.parts.get(Sheets.name))
        calendars = CalendarDrawing(publication, sheets, before.parts.get(CalendarDrawing.name))
        parts = _parts(publication, sheets, before)
        drawn_now = set[str]()
        for files in publishing.batches(_files(publication, sheets, parts, calendars)):
            written += publishing.write(folder, files, listed=change_pages.FOLDER)
            drawn_now |= files.keys()
        publishing.remove(folder, _left_over(folder, drawn_now | sheets.memory().keys()))
        if not before.change:
            publishing.remove(folder, (path for part in parts for path in part.stale()))
            with history.gallery() as gallery:
                publishing.remove(folder, entity_pages.stale(gallery, folder))
        return written + publishing.write(folder, _mark(publication, [*parts, calendars, sheets]))


def _parts(publication: Publication, sheets: Sheets, before: Drawn) -> list[Part]:
    """What draws the files that are functions of the history; those that are linked to come first."""
    config, head, since = publication.config, publication.masthead, before.change
    stories, memory = Stories(head, publication.entries), before.parts.get(FeedDrawing.name)
    return [
        ChangePages(publication, since),
        ChangeLists(publication, sheets, since, before.parts.get(ChangeLists.name)),
        FeedDrawing(publication.feeds, head, stories, config.publish, since, memory),
    ]


def _files(
    publication: Publication, sheets: Sheets, parts: Sequence[Part], calendars: CalendarDrawing
) -> Iterator[Files]:
    """All files to be written but the mark, some at a time."""
    yield from _of_things(publication, sheets)
    for some in publication.entries_after(min(part.since for part in parts)):
        for part in parts:
            yield from part.take(some)
    for part in parts:
        yield from part.finish()
    yield from calendars.draw()
    yield _of_the_day(publication)


def _left_over(folder: Path, drawn_now: Collection[str]) -> Iterator[str]:
    """Files of the lists and of the search, all of which are known every time, that hold nothing any more."""
    for pattern in _DRAWN_WHOLE:
        for path in sorted(folder.glob(pattern)):
            if (name := path.relative_to(folder).as_posix()) not in drawn_now:
                yield name


def _mark(publication: Publication, parts: Sequence[Remembering]) -> Files:
    digest = publication.asked.told_digest(publication.newest)
    memories = {part.name: part.memory() for part in parts}
    return drawn.mark(publication.newest, digest, publication.edition, memories)


def _of_things(publication: Publication, sheets: Sheets) -> Iterator[Files]:
    """Pages of entities, the lists of all of them, the search."""
    site, day, offered = publication.site, publication.day, publication.offered
    rows, by_entity = publication.rows, {row["entity"]: row for row in publication.rows}
    with publication.history.gallery() as gallery:
        yield from entity_pages.undrawn(gallery, rows, day, site, offered, publication.config.publish)
        everyone = gallery.titled
        yield from sheets.changed(list_pages.sheets(everyone, by_entity, States(site, day), site, offered))
        yield (shards := search_pages.shards(everyone, by_entity, site))
        yield from sheets.changed([search_pages.sheet(list(shards), site, offered)])


def _of_the_day(publication: Publication) -> Files:
    """What depends on the visits and on the day."""
    history, asked, sources = publication.history, publication.asked, publication.sources
    visits = asked.latest_visits(source.id for source in sources)
    waiting = [row["source"] for row in history.open_reviews()]
    rows = status(sources, visits, waiting, publication.now)
    asleep = {source.id for source in sources if source.dormant}
    fresh = [row for row in rows if row["source"] not in asleep or row["last_complete"]]
    site, day = publication.site, publication.day
    channels = [feed.channel for feed in publication.feeds]
    with history.gallery() as gallery:
        spells = gallery.spells(picture.shown(publication.rows), picture.FIELDS)
    old = stale(sources, rows, publication.now)
    latest = publication.entries(publication.told[-pages.LATEST :])
    signals = health.signals(asked.turning_visits(), {source.id: source for source in sources})
    return {
        **health.documents(signals, publication.masthead),
        "index.html": pages.index(
            latest, publication.rows, fresh, day, site, channels, spells=spells, stale=old
        ),
        "status.json": publishing.status_json(rows, history.head(), day),
    }
