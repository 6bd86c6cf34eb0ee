"""When a cron line fires, in Europe/Warsaw: checked on writing, and once a night when clocks change.

The arithmetic is APScheduler's. Three things are added: weekdays are names only (programs number
them differently), a line must fire at some time, and the hour that comes twice in October counts once.
"""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

WARSAW = ZoneInfo("Europe/Warsaw")
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class WarsawCron(CronTrigger):  # type: ignore[misc]  # the library is untyped
    """A cron trigger in Europe/Warsaw that does not fire again in the repeated hour."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The first time at or after `now`, in Warsaw time; None if there is none."""
        fires: datetime | None = super().get_next_fire_time(previous_fire_time, now.astimezone(WARSAW))
        while fires and fires.fold:
            fires = super().get_next_fire_time(fires, fires)
        return fires


@cache
def trigger(line: str) -> WarsawCron:
    """The trigger of a five-field cron line. Raises ValueError that says what to write instead."""
    fields = line.split()
    if len(fields) != 5:
        raise ValueError(f"{line!r} has {len(fields)} fields, not five: minute, hour, day, month, weekday")
    if any(character.isdigit() for character in fields[4]):
        raise ValueError(f"{line!r} numbers the weekday: write names such as mon-fri or sat,sun")
    if fields[2] != "*" and fields[4] != "*":
        raise ValueError(f"{line!r} gives days of the month and of the week: give one and * for the other")
    try:
        cron: WarsawCron = WarsawCron.from_crontab(line, WARSAW)
    except ValueError as error:
        raise ValueError(f"{line!r} is no cron line: {error}") from None
    if cron.get_next_fire_time(None, _ANY_TIME) is None:
        raise ValueError(f"{line!r} never fires: no month has such a day")
    return cron


def next_fire(line: str, after: datetime) -> datetime:
    """The first time of `line` later than `after`, in UTC. Raises ValueError as `trigger` does."""
    cron = trigger(line)
    fires = cron.get_next_fire_time(after.astimezone(WARSAW), after)
    if fires is None:
        raise ValueError(f"{line!r} never fires after {after}")
    return fires.astimezone(UTC)
