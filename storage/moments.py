"""What is asked about: a time, and how much of the ledger counts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, text

from storage.errors import UsageError
from storage.forms import WARSAW, moment, moment_text
from storage.tables import ACCEPTED

END_OF_TIME = "9999-12-31T23:59:59Z"
"""The time that stands for now."""
ALL_KNOWN = 2**31 - 1
"""The row of the ledger that stands for all that is known."""


@dataclass(frozen=True)
class Moment:
    """A time that is asked about, and its day in Warsaw. Times are UTC, as text.

    A reading since `since` (the beginning of the day) answers for `at`.
    """

    at: str
    day: str
    since: str

    @classmethod
    def at_the_end_of(cls, day: date, now: datetime) -> "Moment":
        """The last second of `day` in Warsaw; now, if it is today. Raises UsageError for a day to come."""
        today = now.astimezone(WARSAW).date()
        if day > today:
            raise UsageError(f"{day} has not come yet; ask for a day up to {today}")
        end = moment_text(_midnight(day + timedelta(days=1)) - timedelta(seconds=1))
        return cls(END_OF_TIME if day == today else end, day.isoformat(), moment_text(_midnight(day)))


@dataclass(frozen=True)
class Knowledge:
    """What was known: the ledger up to row `ledger`, visits up to `at` (UTC, as text)."""

    ledger: int = ALL_KNOWN
    at: str = END_OF_TIME


EVERYTHING = Knowledge()


def knowledge(connection: Connection, asked: datetime | int) -> Knowledge:
    """What was known at a time, or with a row of the ledger. Raises UsageError where there is none."""
    if isinstance(asked, datetime):
        at = moment_text(asked)
        (number,) = _row(connection, "SELECT MAX(id) FROM ledger WHERE at <= :at", at=at)
        if number is None:
            raise UsageError(f"nothing was known yet at {at}; ask for a later time")
        return Knowledge(number, at)
    found = _row(connection, "SELECT run FROM ledger WHERE id = :id", id=asked)
    if not found:
        (newest,) = _row(connection, "SELECT MAX(id) FROM ledger")
        raise UsageError(f"the ledger has no row {asked}; it ends with row {newest}")
    later = "SELECT MIN(at) FROM ledger WHERE id > :id AND run <> :run"
    (after,) = _row(connection, later, id=asked, run=found.run)
    # Visits that taught nothing belong to the row before them.
    return Knowledge(asked, moment_text(moment(after) - timedelta(seconds=1)) if after else END_OF_TIME)


def _midnight(day: date) -> datetime:
    """The beginning of `day` in Warsaw, in UTC."""
    return datetime.combine(day, time(), WARSAW).astimezone(UTC)


def values_of(asked: Moment, what: Knowledge) -> dict[str, Any]:
    """The values that questions in SQL are asked with."""
    return {"at": asked.at, "known": what.ledger, "known_at": what.at}


def not_before_the_first_visit(connection: Connection, asked: Moment) -> None:
    """Raises UsageError where nothing had been visited yet."""
    (first,) = _row(connection, f"SELECT MIN(at) FROM visit WHERE clock = 'ok' OR {ACCEPTED}")
    if first is None:
        raise UsageError("nothing was visited yet; run `klastry crawl` first")
    if asked.at < first:
        since = moment(first).astimezone(WARSAW).date()
        raise UsageError(f"{asked.day} is before the first visit; ask for a day from {since} on")


def _row(connection: Connection, query: str, **values: Any) -> Any:
    return connection.execute(text(query), values).first()
