"""Publishing: from the history to the files that people and programs read."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from monitor import change_pages, feeds, health, pages, publishing
from monitor.bodies import Site
from monitor.config import Config
from monitor.entries import Entry, entries, of_own
from monitor.status import status
from monitor.watchlist import watch_list
from storage.forms import WARSAW
from storage.history import History
from storage.lock import only_crawl
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
    written: list[str] = []
    for some in change_pages.undrawn(history, told, site, offered, folder):
        written += publishing.write(folder, some)
    return written + publishing.write(folder, _documents(history, config, now, told))


def publish(config: Config, now: datetime) -> list[str]:
    """Open the history and write what has changed; gives the paths.

    A crawl publishes what it finds, later than who read the history before it ended; so none may
    be at work. Raises HistoryLocked, PublishError, StorageError.
    """
    with History.open(config.monitor.database) as history, only_crawl(config.monitor.database):
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
    clusters, calls = (history.rows(view, day=day.isoformat()) for view in ("clusters", "calls"))
    own = {name: (table.title, of_own(table.kinds, table.match)) for name, table in config.feed.items()}
    files = feeds.documents(told, site, own)
    signals = health.signals(visits, {source.id: source for source in sources})
    files["health.xml"] = health.document(signals, site, history.authority())
    files["index.html"] = pages.index(
        told, clusters, calls, fresh, day, site, {name: title for name, (title, _) in own.items()}
    )
    files["status.json"] = publishing.status_json(rows, history.head(), day)
    return files
