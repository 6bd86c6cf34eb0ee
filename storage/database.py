"""Opening a database: safe settings, the right version, one clear line when it cannot be used."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from storage.errors import DatabaseMissing, DatabaseVersion, StorageError, UsageError
from storage.versions import bring_up_to_date, revisions, version_of
from storage.views import create_views, strange_views

BUSY_SECONDS = 8
"""How long a lock of another program is waited for: a signal meanwhile is heard only afterwards."""
RESTORE = "restore a backup over it (`klastry db restore FILE`)"
_DAMAGE = ("not a database", "malformed", "Could not decode")
_MISSHAPEN = ("no such ", "foreign key mismatch")


def database_url(where: str) -> str:
    """`where` as an SQLAlchemy URL: a URL as it is, anything else a path of a SQLite file."""
    return where if "://" in where else f"sqlite:///{where}"


def shown(where: str) -> str:
    """A path as it is; an address without its password and its options."""
    if "://" not in where:
        return where
    try:
        return make_url(where).set(query={}).render_as_string(hide_password=True)
    except ArgumentError:
        return where.partition("://")[0] + "://…"


def file_of(where: str) -> Path | None:
    """The SQLite file of a path or URL; None for a database server."""
    try:
        url = make_url(database_url(where))
    except ArgumentError:
        raise UsageError(f"database {shown(where)!r} is neither a path nor an SQLAlchemy URL") from None
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def begun(where: str) -> bool:
    """Whether anything was ever written to the database at `where`; nothing is made by asking."""
    path = file_of(where)
    if path and (not path.exists() or (path.is_file() and path.stat().st_size == 0)):
        return False
    engine = create_engine(database_url(where))
    try:
        with engine.connect() as connection:
            return bool(inspect(connection).get_table_names())
    finally:
        engine.dispose()


def connect(where: str, *, create: bool, busy_seconds: float | None = None) -> Engine:
    """An engine on the database at `where`, in the present version.

    With `create`, a missing SQLite file is made and an older version is upgraded (after a
    backup beside it). Locks of others are waited for as long as `busy_seconds` say, else as
    the option `timeout` of the address. Raises DatabaseMissing, DatabaseVersion or StorageError.
    """
    path = file_of(where)
    if path and not path.exists():
        if not create:
            raise DatabaseMissing(
                f"no database at {path}; run `klastry crawl` first or check [monitor] database"
            )
        _make_folder(path)
    engine = create_engine(database_url(where))
    if engine.dialect.name == "sqlite":
        _set_up_sqlite(engine, _patience(engine) if busy_seconds is None else busy_seconds)
    try:
        _to_present_version(engine, path, create)
    except DatabaseError as error:
        engine.dispose()
        raise StorageError(explain(error, where)) from error
    except UnicodeDecodeError as error:  # SQLite quotes the broken text of its own schema
        engine.dispose()
        raise StorageError(f"{shown(where)} is damaged ({error.reason}): {RESTORE}") from error
    except StorageError:
        engine.dispose()
        raise
    return engine


def explain(error: DatabaseError, where: str, advice: str = RESTORE) -> str:
    """One line that says what is wrong with the database and what to do: `advice` if it is damaged."""
    where, said = shown(where), str(error.orig).splitlines()[0] if error.orig else str(error)
    if "locked" in said:
        return f"{where} is locked by another program: try again when it has finished"
    if is_damage(error):
        return f"{where} is damaged or no klastry database ({said}): {advice}"
    if any(fault in said for fault in _MISSHAPEN):
        return f"{where} lacks a part ({said}): run `klastry db upgrade`; if it still does, {advice}"
    if "readonly" in said or "unable to open" in said:
        return f"{where} cannot be written ({said}): check the rights of the file and its folder"
    if "full" in said:
        return f"the disk of {where} is full: make room and run again, nothing was lost"
    if "I/O error" in said:
        return f"{where} cannot be read or written ({said}): check room and health of its disk"
    if isinstance(error, OperationalError):
        return f"{where} does not answer ({said}): check [monitor] database"
    return f"{where}: {said}"


def is_damage(error: DatabaseError) -> bool:
    """Whether the file itself is not as SQLite wrote it."""
    return any(said in str(error.orig) for said in _DAMAGE)


def check_pages(connection: Connection, where: str) -> None:
    """Raise StorageError, with how to restore, where SQLite finds a page of its file out of order."""
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        if said != "ok":
            raise StorageError(f"{shown(where)} is damaged ({' '.join(str(said).split())}): {RESTORE}")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, taken at once (never upgraded from reading)."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder of {path} cannot be made: {error.strerror}") from error


def _patience(engine: Engine) -> float:
    said = engine.url.query.get("timeout")
    return float(said) if isinstance(said, str) else BUSY_SECONDS


def _set_up_sqlite(engine: Engine, busy_seconds: float) -> None:
    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are ours: BEGIN IMMEDIATE
        for pragma in (
            f"busy_timeout = {int(busy_seconds * 1000)}",
            "synchronous = FULL",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()


def _to_present_version(engine: Engine, path: Path | None, create: bool) -> None:
    known = revisions()
    with engine.connect() as connection:
        version = version_of(connection)
        foreign = version is None and inspect(connection).get_table_names()
        connection.rollback()
    if foreign:
        raise StorageError(
            f"{shown(str(path or engine.url))} holds tables of another program: name another database"
        )
    if path:
        _let_readers_read(engine)
    if version == known[0]:
        if create:
            _make_views_anew(engine)
        return
    if version and version not in known:
        raise DatabaseVersion(
            f"the database is of version {version}, made by a newer klastry: "
            "upgrade klastry, or restore a backup"
        )
    if not create and not version:
        raise DatabaseMissing(
            f"{shown(str(path or engine.url))} holds no history yet; "
            "run `klastry crawl` first or check [monitor] database"
        )
    if not create:
        raise DatabaseVersion(f"the database is of the old version {version}: run `klastry db upgrade`")
    if version and path:
        _back_up(path, path.with_name(f"{path.name}.before-upgrade-from-{version}"))
    with writing(engine) as connection:
        bring_up_to_date(connection)
        create_views(connection)


def _make_views_anew(engine: Engine) -> None:
    """Make all views where another klastry of this version of the database made any of them otherwise."""
    with engine.connect() as connection:
        if not strange_views(connection):
            return
    with writing(engine) as connection:
        create_views(connection)


def _let_readers_read(engine: Engine) -> None:
    """Whoever reads is not kept waiting by a crawl that writes; the file remembers it."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")


def _back_up(path: Path, to: Path) -> None:
    """Copy the database at `path`; the copy gets its name when it is whole."""
    part = to.with_name(f"{to.name}.part")
    try:
        for left in (part, Path(f"{part}-journal")):
            left.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(part)) as new:
            old.backup(new)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(to)
    except sqlite3.Error as error:
        raise StorageError(f"no backup before the upgrade: {error}; make room beside {path}") from error
    except OSError as error:
        raise StorageError(f"{to}: no backup before the upgrade ({error.strerror}); make room") from error
