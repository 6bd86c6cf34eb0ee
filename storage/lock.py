"""One crawl at a time on one history."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from storage.database import database_url, file_of, shown
from storage.errors import HistoryLocked, StorageError

_ADVISORY = 0x6B6C6173  # "klas"


@contextmanager
def only_crawl(where: str) -> Iterator[None]:
    """Hold the lock of the history at `where` while the block runs.

    The lock is the operating system's (or the database server's), so that of a dead process
    is free at once. Raises HistoryLocked, or StorageError when the lock cannot be made.
    """
    path = file_of(where)
    with _file_lock(path) if path else _server_lock(where):
        yield


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    beside = path.with_name(f"{path.name}.lock")
    try:
        beside.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise StorageError(
            f"{beside}: cannot be made ({error.strerror}); check the folder's rights"
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HistoryLocked(f"another crawl is at work on {path}; wait until it ends") from None
        yield
    finally:
        os.close(handle)


@contextmanager
def _server_lock(where: str) -> Iterator[None]:
    engine = create_engine(database_url(where))
    try:
        with engine.connect() as connection:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY}):
                raise HistoryLocked(f"another crawl is at work on {shown(where)}; wait until it ends")
            yield
    finally:
        engine.dispose()
