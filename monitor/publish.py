"""Publishing: from the history to the files that people and programs read."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from monitor import (
    change_pages,
    entity_pages,
    feeds,
    health,
    list_pages,
    pages,
    picture,
    publishing,
    search_pages,
)
from monitor.bodies import Site
from monitor.config import Config
from monitor.entity import with_lists
from monitor.entries import Entry, entries, of_own
from monitor.states import States
from monitor.status import status
from monitor.watchlist import watch_list
from storage.forms import WARSAW
from storage.history import History
from storage.records import Source


def site_of(config: Config, sources: Sequence[Source]) -> Site:
    """Where readers reach what is published, and the titles of the sources."""
    titles = {source.id: source.title for source in sources}
    return Site(str(config.monitor.site_url), config.monitor.language, lambda name: titles.get(name, name))


def documents(history: History, config: Config, now: datetime) -> dict[str, bytes]:
    """Every published file but the pages of changes, by its path; `now` in UTC is the day they speak of."""
    return _documents(history, config, now, entries(history.told()))


def write_all(history: History, config: Config, now: datetime) -> list[str]:
    """Write what has changed, pages of changes before the feeds that link to them; gives the paths.

    Raises PublishError, StorageError.
    """
    folder, told = Path(config.publish), entries(history.told())
    site = site_of(config, watch_list(config))
    offered = pages.channels(site, {name: table.title for name, table in config.feed.items()})
    today = now.astimezone(WARSAW).date()
    written: list[str] = []
    for some in change_pages.undrawn(history, told, site, offered, folder):
        written += publishing.write(folder, some)
    with history.gallery() as gallery:
        rows = standing(history, today)
        for some in entity_pages.undrawn(gallery, rows, today, site, offered, folder):
            written += publishing.write(folder, some)
    return written + publishing.write(folder, _documents(history, config, now, told))


def publish(config: Config, now: datetime) -> list[str]:
    """Open the history and write what has changed; gives the paths. Raises PublishError, StorageError."""
    with History.open(config.monitor.database) as history:
        return write_all(history, config, now)


def _documents(history: History, config: Config, now: datetime, told: Sequence[Entry]) -> dict[str, bytes]:
    sources = watch_list(config)
    site = site_of(config, sources)
    visits = history.visits()
    waiting = [row["source"] for row in history.open_reviews()]
    rows = status(sources, visits, waiting, now)
    asleep = {source.id for source in sources if source.dormant}
    fresh = [row for row in rows if row["source"] not in asleep or row["last_complete"]]
    day = now.astimezone(WARSAW).date()
    rows = standing(history, day)
    own = {name: (table.title, of_own(table.kinds, table.match)) for name, table in config.feed.items()}
    files = feeds.documents(told, site, own)
    signals = health.signals(visits, {source.id: source for source in sources})
    files["health.xml"] = health.document(signals, site, history.authority())
    titles = {name: title for name, (title, _) in own.items()}
    offered = pages.channels(site, titles)
    with history.gallery() as gallery:
        by_entity = {row["entity"]: row for row in rows}
        files |= list_pages.documents(gallery.titled, by_entity, States(site, day), site, offered)
        files |= search_pages.documents(gallery.titled, by_entity, site, offered)
        spells = gallery.spells(picture.shown(rows), picture.FIELDS)
    files["index.html"] = pages.index(told, rows, fresh, day, site, titles, spells)
    files["status.json"] = publishing.status_json(rows, history.head(), day)
    return files


def standing(history: History, day: date) -> list[dict[str, Any]]:
    """Clusters and calls as they stand on a Warsaw day."""
    views = ("clusters", "calls")
    return [with_lists(row) for view in views for row in history.rows(view, day=day.isoformat())]
