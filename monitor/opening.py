"""Opening the history for a crawl: locked, whole, and never begun anew where there was one."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from monitor.config import Config
from monitor.publishing import check_writable
from storage.database import begun, file_of
from storage.errors import DatabaseMissing
from storage.history import History
from storage.lock import only_crawl
from storage.places import reaching, shown
from storage.sealing import Run


@contextmanager
def opened(config: Config, now: datetime, *, dry: bool, publish: bool) -> Iterator[History]:
    """The history, locked; begun if there is none and nothing says that there was one.

    A dry run that finds none has one of its own, which ends with it. Raises HistoryLocked,
    DatabaseMissing, DatabaseVersion, StorageError, PublishError.
    """
    with ExitStack() as stack:
        where = config.monitor.database
        with reaching(where):
            if dry and not begun(where):
                where = f"{stack.enter_context(TemporaryDirectory(prefix='klastry-'))}/klastry.db"
            stack.enter_context(only_crawl(where))
            new = not begun(where)
        if new and (fault := lost(config)):
            raise fault
        history = stack.enter_context(History.open(where, create=new or not dry))
        history.must_be_whole()
        if publish and not dry:
            check_folder(config, history)
        with history.writing() as writing:
            authority = urlsplit(str(config.monitor.site_url)).hostname or "localhost"
            writing.begin(Run("begin", "crawl", now, lambda rows: []), authority)
        yield history


def lost(config: Config) -> DatabaseMissing | None:
    """Why there must have been a history where there is none: its feed is there, with entries."""
    where = config.monitor.database
    if not _was_published(config.publish):
        return None
    how = "`klastry db restore FILE`" if file_of(where) else "with the server's own program"
    return DatabaseMissing(
        f"no history in {shown(where)}, but {config.publish} holds a feed with entries: restore the database "
        f"from a backup ({how}), or empty {config.publish} to begin anew"
    )


def check_folder(config: Config, history: History) -> None:
    """Raise PublishError unless files can be published; the folder is made while nothing was crawled."""
    check_writable(config.publish, create=not history.was_crawled())


def _was_published(folder: Path) -> bool:
    try:
        return b"<item>" in (folder / "feed.xml").read_bytes()
    except OSError:
        return False
