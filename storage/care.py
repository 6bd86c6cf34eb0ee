"""Care of the database: upgrade it, back it up, put a backup in its place.

Nothing is ever half done: a file gets its name only when it is whole and checked, and a
database that is replaced is kept beside.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.parse import quote

from sqlalchemy import create_engine
from sqlalchemy.exc import DatabaseError

from storage.database import (
    BUSY_SECONDS,
    RESTORE,
    connect,
    database_url,
    explain,
    file_of,
    revisions,
    version_of,
)
from storage.errors import DatabaseMissing, DatabaseVersion, KlastryError, StorageError, UsageError
from storage.history import History
from storage.lock import only_crawl
from storage.places import reaching, shown

_TEMPORARY = ".klastry-"
_ANOTHER = "use another backup"


class Kept(NamedTuple):
    """What a file holds: its version, the last row of its ledger, and the digest of that row."""

    version: str
    ledger: int
    head: str

    def __str__(self) -> str:
        return f"{self.ledger} rows of the ledger, head {self.head[:16]}, version {self.version}"


def upgrade(where: str) -> tuple[str, str]:
    """Bring the history at `where` to the present version; gives the old and the new one.

    A SQLite file is backed up beside itself first. Raises DatabaseMissing, DatabaseVersion,
    HistoryLocked, StorageError.
    """
    with reaching(where):
        _must_exist(file_of(where))
        with only_crawl(where):
            if not (before := _version(where)):
                raise DatabaseMissing(f"{shown(where)} holds no history of klastry; check [monitor] database")
            connect(where, create=True).dispose()
            return before, revisions()[0]


def back_up(where: str, to: Path) -> Kept:
    """Write a copy of the history at `where`, as it is at this moment, into the new file `to`.

    A crawl may be at work meanwhile. The copy is one file, checked for integrity and for the
    same end of the chain. Raises UsageError where `to` exists, DatabaseMissing, StorageError.
    """
    with reaching(where):
        path = _sqlite_file(where, "dump it with the server's own program or use `klastry db copy`")
        _must_exist(path)
    with new_file(to) as temporary:
        return _copy(path, temporary, RESTORE)


def restore(where: str, backup: Path, now: datetime, *, unverified: bool = False) -> tuple[Kept, Path | None]:
    """Put a copy of the file `backup`, in the present version, in the place of the history at `where`.

    The copy is verified first, unless it is wanted `unverified`. Gives what it holds, and where the
    replaced database is now (None if there was none). Raises UsageError, HistoryLocked,
    DatabaseVersion, StorageError; then nothing was changed.
    """
    with reaching(where):
        path = _sqlite_file(where, "restore it with the server's own program").resolve()
        if not backup.is_file():
            raise UsageError(f"there is no file {backup}; give a file that `klastry db backup` made")
        if path.exists() and backup.samefile(path):
            raise UsageError(f"{backup} is the database itself; give a backup of it")
        with only_crawl(where), _writing_beside(path) as folder:
            temporary = folder / path.name
            _copy(backup, temporary, _ANOTHER)
            kept = _made_ready(temporary, backup, unverified=unverified)
            beside = path.with_name(f"{path.name}.before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
            _move_aside(path, beside)
            temporary.replace(path)
            return kept, beside if beside.exists() else None


@contextmanager
def new_file(to: Path) -> Iterator[Path]:
    """A temporary file that gets the name `to` when the block has ended well.

    Raises UsageError where `to` exists: nothing is ever overwritten.
    """
    if to.exists() or to.is_symlink():
        raise UsageError(f"{to} is there already and is not overwritten; give another name")
    with _writing_beside(to) as folder:
        temporary = folder / to.name
        yield temporary
        _flush(temporary)
        to.open("xb").close()
        temporary.replace(to)


@contextmanager
def _writing_beside(path: Path) -> Iterator[Path]:
    """A temporary folder on the same disk as `path`; its faults become one line."""
    try:
        with TemporaryDirectory(prefix=_TEMPORARY, dir=path.parent) as folder:
            yield Path(folder)
        _flush(path.parent)
    except KlastryError:
        raise
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written ({error.strerror}); check the folder's rights and room"
        ) from error


def _copy(path: Path, to: Path, advice: str) -> Kept:
    """Copy one moment of the SQLite history at `path` into the new file `to`, and check it.

    `advice` says what to do where `path` is damaged.
    """
    with _open(path, "rw" if os.access(path, os.W_OK) else "ro", advice) as old:
        old.execute("BEGIN")
        kept = _look(old, path)
        _fill(old, path, to, kept, advice)
    _flush(to)
    return kept


def _fill(old: sqlite3.Connection, path: Path, to: Path, kept: Kept, advice: str) -> None:
    """Copy the history that `old` has open at `path` into the new file `to`, and check the copy."""
    with _open(to, "rwc", advice) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE").close()  # one file, readable from anywhere
        said = [row[0] for row in new.execute("PRAGMA integrity_check") if row[0] != "ok"]
        said += [f"foreign key of {row[0]}" for row in new.execute("PRAGMA foreign_key_check")]
        if said:
            raise StorageError(f"{path} is damaged ({' '.join(said[0].split())}): {advice}")
        if _look(new, path) != kept:
            raise StorageError(f"the copy of {path} is not the same as {path}; check the disk and try again")


def _made_ready(copied: Path, backup: Path, *, unverified: bool) -> Kept:
    """Bring the copy of `backup` to the present version, and verify it unless that is not wanted."""
    try:
        with History.open(str(copied), create=True) as history:
            found = None if unverified else history.verification()
    except StorageError as error:
        said = str(error).replace(str(copied), str(backup)).replace(RESTORE, _ANOTHER)
        raise type(error)(said) from error
    if found and found.findings:
        first = found.findings[0]
        raise StorageError(
            f"{backup}: {found.misfits} ({first}): {_ANOTHER}, or --unverified if there is no better one"
        )
    with _open(copied, "rw", _ANOTHER) as connection:
        kept = _look(connection, backup)
    _flush(copied)
    return kept


def _look(connection: sqlite3.Connection, path: Path) -> Kept:
    """What the file at `path` holds. Raises StorageError unless it is a history of a known version."""
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "ledger", "spell"} <= names:
        raise StorageError(f"{path} is no database of klastry; give the file of one")
    (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if version not in revisions():
        raise DatabaseVersion(
            f"{path} is of version {version}, made by a newer klastry: upgrade klastry first"
        )
    newest = connection.execute("SELECT id, digest FROM ledger ORDER BY id DESC LIMIT 1").fetchone()
    return Kept(version, *(newest or (0, "")))


@contextmanager
def _open(path: Path, mode: str, advice: str) -> Iterator[sqlite3.Connection]:
    try:
        address = f"file:{quote(str(path.absolute()))}?mode={mode}"
        with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
            connection.isolation_level = None
            yield connection
    except sqlite3.Error as error:
        raise StorageError(explain(DatabaseError(None, None, error), str(path), advice)) from error


def _move_aside(path: Path, beside: Path) -> None:
    """Give the database at `path` the second name `beside`, with what belongs to it.

    A write-ahead log left behind would be taken for one of the new database. So it is folded in
    first, which works only if nobody else has the file open; that of a damaged file moves too.
    """
    if path.exists():
        try:
            with closing(sqlite3.connect(path, timeout=1)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE").close()
        except sqlite3.DatabaseError as error:
            if "locked" in str(error):
                raise StorageError(
                    f"{path} is open in another program: close it and restore again"
                ) from error
        os.link(path, beside)
    for suffix in ("-wal", "-journal"):
        if (left := Path(f"{path}{suffix}")).exists():
            left.replace(f"{beside}{suffix}")
    Path(f"{path}-shm").unlink(missing_ok=True)


def _sqlite_file(where: str, instead: str) -> Path:
    if not (path := file_of(where)):
        raise UsageError(f"{shown(where)} is no file: {instead}")
    return path


def _must_exist(path: Path | None) -> None:
    if path and not path.exists():
        raise DatabaseMissing(f"no database at {path}; check [monitor] database")


def _version(where: str) -> str | None:
    engine = create_engine(database_url(where))
    try:
        with engine.connect() as connection:
            return version_of(connection)
    finally:
        engine.dispose()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
