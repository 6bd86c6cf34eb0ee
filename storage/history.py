"""The door to the history: open it, ask it, write to it. Nobody else touches the database."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError

from storage import (
    addresses,
    answers,
    asking,
    citing,
    clocks,
    deciding,
    evidence,
    ledger,
    naming,
    noticing,
    telling,
    told,
    unread,
    verifying,
    visits,
)
from storage.citing import Cited
from storage.database import check_pages, connect, explain, writing
from storage.dated import DatedCalls, dated_calls
from storage.errors import StorageError
from storage.forms import moment_text
from storage.gallery import Gallery
from storage.noticing import Told
from storage.past import Spell
from storage.questions import Questions
from storage.records import Change, Key, Page, Source
from storage.verifying import Verification
from storage.views import LISTS, VIEWS, spoken
from storage.writing import Writing

_FLAGS = frozenset({"baseline"})


class History:
    """One database of history. Every method raises StorageError, with one line to act on."""

    def __init__(self, where: str, engine: Engine) -> None:
        self.where = where
        self._engine = engine

    @classmethod
    def open(cls, where: str, *, create: bool = False, busy_seconds: float | None = None) -> "History":
        """Open the database at a path or URL; with `create` make or upgrade it.

        Raises DatabaseMissing, DatabaseVersion, StorageError.
        """
        return cls(where, connect(where, create=create, busy_seconds=busy_seconds))

    def __enter__(self) -> "History":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    # Asking

    def rows(self, view: str, *, day: str | None = None) -> list[dict[str, Any]]:
        """All rows of a view of the contract; `day` (Warsaw, `2026-11-23`) for the lists, else today."""
        if view in LISTS and day is not None:
            with self._reading() as connection:
                query = spoken(LISTS[view].replace("{day}", ":day"), connection)
                rows = connection.execute(text(query), {"day": day} if ":day" in query else {})
                return [dict(row) for row in rows.mappings()]
        assert view in VIEWS, view
        return self._mappings(text(f'SELECT * FROM "{view}"'))

    def changes(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        after: int | None = None,
        entity: str | None = None,
        equal: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """Rows of the change log, oldest first: `seen_by` in `[since, until)` UTC, `id > after`.

        Those of `entity` and of what was merged into it; `equal` are columns that must have a value;
        `limit` keeps the newest so many.
        """
        clauses, values = ["1 = 1"], dict[str, Any]()
        if since:
            clauses, values["since"] = [*clauses, "seen_by >= :since"], moment_text(since)
        if until:
            clauses, values["until"] = [*clauses, "seen_by < :until"], moment_text(until)
        if after is not None:
            clauses, values["after"] = [*clauses, "id > :after"], after
        if entity is not None:
            clauses, values["entity"] = [*clauses, f"entity IN ({naming.ITSELF})"], entity
        for column, value in (equal or {}).items():
            clauses, values[f"is_{column}"] = [*clauses, f"{column} = :is_{column}"], value
        query = f'SELECT * FROM "changes" WHERE {" AND ".join(clauses)} ORDER BY id DESC'
        if limit is not None:
            query, values["limit"] = f"{query} LIMIT :limit", limit
        return self._mappings(text(query).bindparams(**values))[::-1]

    def told(self, after: int = 0) -> list[Change]:
        """The rows of all entries told after change `after`, in order, leading row of each first."""
        with self._reading() as connection:
            return [row for some in told.told_after(connection, after) for row in some]

    def listeners(self) -> dict[str, Told]:
        """How far each listener was told, by the hash of its address."""
        with self._reading() as connection:
            return noticing.told(connection)

    def dated_calls(self, days: int, known: Collection[str] = ()) -> DatedCalls:
        """Calls with a date later than `days` days before the newest change, and all said of them.

        Of those that are `known` nothing is told.
        """
        with self._reading() as connection:
            return dated_calls(connection, days, known)

    def visits(self) -> list[dict[str, Any]]:
        """Every visit of ours, oldest first, with the address asked and what it proved of the list.

        Readings of archived pages are no visits of ours: the view `visits` has them.
        """
        with self._reading() as connection:
            return visits.ours(connection)

    def last_visits(self, now: datetime) -> dict[str, tuple[datetime, datetime | None]]:
        """For each source: the time of its newest visit, and of its newest complete one, UTC.

        Visits that a wrong clock dated, those after `now` among them, do not count.
        """
        with self._reading() as connection:
            return visits.newest(connection, now)

    def was_crawled(self) -> bool:
        """Whether any visit of ours was made by a clock that was not wrong."""
        with self._reading() as connection:
            return visits.was_crawled(connection)

    def refused_lists(self, source: str, reasons: Collection[str]) -> list[Page]:
        """Pages of a list refused for these reasons since it was last believed, oldest first."""
        with self._reading() as connection:
            return evidence.refused_lists(connection, source, reasons)

    def details_since(self, since: datetime) -> list[tuple[str, str]]:
        """Source and detail of the visits made since then (UTC) that had one to tell, oldest first."""
        with self._reading() as connection:
            return visits.details_since(connection, since)

    def newest_visit(self) -> datetime | None:
        """The time of the newest visit of any source whose clock was believed, UTC."""
        with self._reading() as connection:
            return clocks.newest_visit(connection)

    def page_memories(self, source: str) -> list[dict[str, Any]]:
        """What is remembered of each address of a source (for asking politely)."""
        with self._reading() as connection:
            return addresses.memories(connection, source)

    def readers_of(self, source: str) -> list[tuple[str, int]]:
        """The readers of the present pages of a source, with the versions in which they read them."""
        with self._reading() as connection:
            return addresses.readers(connection, source)

    def standing_values(self, source: str, fields: Iterable[str]) -> list[tuple[str, str, str, str]]:
        """(entity, field, page, value) of standing spells said by `source` in these fields."""
        with self._reading() as connection:
            return asking.standing_values(connection, source, fields)

    def has_list(self, source: Source) -> bool:
        """Whether a visit of `source` ever gave a list that makes a baseline."""
        lists = ("whole",) if source.address.list == "register" else unread.BELIEVED
        with self._reading() as connection:
            return asking.has_list(connection, source.id, lists)

    def holds(self, keys: Iterable[Key]) -> bool:
        """Whether some entity holds one of these keys."""
        with self._reading() as connection:
            return bool(unread.holders_of(connection, keys))

    def unread_since(self, source: str) -> datetime | None:
        """When `source` (a window) was first left with rows unread that were not read since; UTC."""
        with self._reading() as connection:
            return unread.unread_since(connection, source)

    def was_listed(self, source: str, keys: Iterable[Key], before: datetime) -> bool:
        """Whether `source` listed what holds one of these keys already `before` (UTC)."""
        with self._reading() as connection:
            return unread.was_listed(connection, source, keys, before)

    def as_of(self, at: datetime, known: int | None = None) -> tuple[Spell, ...]:
        """All spells that stood at `at` (UTC), as ledger row `known` knew it (default: as known now)."""
        with self._reading() as connection:
            return answers.as_of(connection, at, known)

    def open_reviews(self) -> list[dict[str, Any]]:
        """Doubts that wait for a person."""
        query = (
            "SELECT id, kind, source, opened_at, subject, counts FROM review WHERE ended IS NULL ORDER BY id"
        )
        return self._mappings(text(query))

    def reviews(self) -> list[dict[str, Any]]:
        """Every doubt that waits or waited for a person, oldest first, as rows of the contract."""
        with self._reading() as connection:
            return deciding.rows(connection)

    def head(self) -> str:
        """The digest of the newest row of the ledger."""
        with self._reading() as connection:
            return ledger.head(connection)

    def verify(self) -> list[str]:
        """One line for each body or ledger row that does not fit; empty when all is whole."""
        return list(self.verification().findings)

    def verification(self, passed: Callable[[int, int], None] | None = None) -> Verification:
        """All bodies re-hashed and the chain walked; `passed(so many, of so many)` after each step."""
        with self._reading() as connection:
            return verifying.verify(connection, passed)

    def cited(self, changes: Iterable[int]) -> dict[int, Cited]:
        """Changes by id, each with the row of the ledger and the page that prove it."""
        with self._reading() as connection:
            return citing.cited(connection, changes)

    def body(self, digest: str) -> bytes:
        """The kept page with this SHA-256. Raises StorageError where it is lost or altered."""
        with self._reading() as connection:
            return citing.body_of(connection, digest)

    def authority(self) -> str:
        """The host under which entry ids are made."""
        with self._reading() as connection:
            return telling.authority(connection)

    def must_be_whole(self) -> None:
        """Raise StorageError, with how to restore, where SQLite finds a page of the file out of order."""
        with self._reading() as connection:
            check_pages(connection, self.where)

    def integrity(self) -> str:
        """`ok`, or what SQLite's own check says; PostgreSQL checks itself."""
        if self._engine.dialect.name != "sqlite":
            return "ok"
        with self._reading() as connection:
            said = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            broken = connection.execute(text("PRAGMA foreign_key_check")).all()
        return "; ".join([*said, *(f"foreign key of {row[0]}" for row in broken)])

    @contextmanager
    def asked(self) -> Iterator[Questions]:
        """Questions about the past, answered from one state of the database."""
        with self._reading() as connection:
            yield Questions(connection)

    @contextmanager
    def gallery(self) -> Iterator[Gallery]:
        """What the pages of entities are made of, from one state of the database."""
        with self._reading() as connection:
            yield Gallery(connection)

    # Writing

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction; left by an exception, nothing of it stays."""
        try:
            with writing(self._engine) as connection:
                yield Writing(connection)
        except DatabaseError as error:
            raise StorageError(explain(error, self.where)) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise StorageError(explain(error, self.where)) from error

    def _mappings(self, query: Any) -> list[dict[str, Any]]:
        with self._reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [{name: _as_python(name, value) for name, value in row.items()} for row in rows]


def _as_python(name: str, value: Any) -> Any:
    """A value of a view in the type it has on every kind of database."""
    if isinstance(value, Decimal):
        return float(value)
    return bool(value) if name in _FLAGS else value
