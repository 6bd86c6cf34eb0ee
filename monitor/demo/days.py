"""The four days: when each visit is made, and what the sites show at that time.

The days are those of a call of 2023, from before its announcement to its results. A folder
below `days/` holds the pages that are new at one visit, laid out as `<host>/<path>`; it is laid
over those of the visits before, so that a visit without a folder finds everything unchanged.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.standin import Pages
from storage.forms import WARSAW

FOLDER = Path(__file__).with_name("days")

_DAYS = ("2023-01-16", "2023-04-25", "2023-08-24", "2023-12-05")
_PARTS = {"morning": "07:20", "evening": "18:15"}
_PASSING = frozenset({"3-evening"})
"""What the sites show at one visit only."""


@dataclass(frozen=True)
class Visit:
    """One visit of all sites: the number of its day, the part of the day, the time in Warsaw."""

    day: int
    part: str
    at: datetime

    @property
    def name(self) -> str:
        """The folder of the pages that are new."""
        return f"{self.day}-{self.part}"


VISITS = tuple(
    Visit(day, part, datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=WARSAW))
    for day, date in enumerate(_DAYS, 1)
    for part, time in _PARTS.items()
)


def pages(visit: Visit) -> Pages:
    """What the sites answer at `visit`."""
    with TemporaryDirectory(prefix="klastry-demo-") as together:
        for folder in _shown(visit):
            shutil.copytree(folder, together, dirs_exist_ok=True)
        return Pages.site(Path(together))


def _shown(visit: Visit) -> Iterator[Path]:
    for earlier in _until(visit):
        folder = FOLDER / earlier.name
        if folder.exists() and (earlier == visit or earlier.name not in _PASSING):
            yield folder


def _until(visit: Visit) -> Iterable[Visit]:
    return VISITS[: VISITS.index(visit) + 1]
