"""How clusters and calls stand on a day, in words. Pure: the rows and the day are passed in.

Rows have the columns of `list clusters` and `list calls`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Literal, NamedTuple

from monitor.bodies import Site
from monitor.drawing import tied
from monitor.words.language import calendar_day
from monitor.words.page_labels import STATE
from storage.records import Kind, clean

Row = Mapping[str, Any]
Tone = Literal["good", "coming", "past", "doubt"]

GONE = "no"
_TONES: Mapping[str | None, Tone] = {
    "open": "good", "planned": "coming", "suspended": "doubt", "closed": "past", "settled": "past",
    None: "doubt",
}  # fmt: skip


class State(NamedTuple):
    """How a thing stands, in words and in one of four tones.

    `days` are left until it ends or begins, None where nobody says; `left` says so in words.
    """

    words: str
    tone: Tone
    days: int | None = None
    left: str = ""


def is_ahead(row: Row) -> bool:
    """Whether a call is open or to come."""
    return row["listed"] != GONE and row["status"] in ("open", "planned", "suspended")


def is_alive(row: Row) -> bool:
    """Whether the passing of days matters: to a listed cluster, to a call that is open or to come."""
    return row["listed"] != GONE if "holds" in row else is_ahead(row)


class States:
    """How rows stand on `today` (Warsaw), in the language of the site."""

    def __init__(self, site: Site, today: date) -> None:
        self.words, self.today, self.text = site.words, today, STATE[site.language]

    def of(self, row: Row) -> State:
        """How a cluster or a call stands."""
        return self.cluster(row) if "holds" in row else self.call(row)

    def cluster(self, row: Row) -> State:
        """Whether the status of a cluster holds."""
        if row["listed"] == GONE:
            return State(self.text["gone"], "past")
        if row["holds"] == "unknown" or not row["status_until"]:
            return State(self.text["holds_unknown"], "doubt")
        if row["holds"] == "yes":
            words = self.text["holds_yes"].format(tied(self.words.until(row["status_until"])))
            days = self._days(row["status_until"])
            return State(words, "good", days, self._left(days))
        starts = calendar_day(row["status_from"])
        if starts and starts > self.today:
            words = self.text["holds_not_yet"].format(tied(self.words.date(row["status_from"])))
            return State(words, "coming")
        return State(self.text["holds_no"].format(tied(self.words.date(row["status_until"]))), "past")

    def call(self, row: Row) -> State:
        """The state of a call, and the days until its deadline, or its opening where it is planned."""
        status = row["status"]
        word = self.words.statuses.get(status, status) if status else self.text["state_unknown"]
        tone = _TONES.get(status, "doubt")
        if row["listed"] == GONE and tone != "past":
            return State(self.text["gone_call"], "past")
        if not is_ahead(row):
            return State(word, tone)
        planned = status == "planned"
        days = self._days(row["opens" if planned else "closes"])
        if days is None:
            return State(word, tone)
        return State(word, tone, days, tied(self.words.starts_in(days)) if planned else self._left(days))

    def brief(self, row: Row) -> Iterator[str]:
        """What matters most: the round and the coordinator of a cluster, dates and sums of a call."""
        if "holds" not in row:
            yield from self.dates(row)
            yield from self.sums(row)
            return
        if row["round"]:
            yield self.words.of_round(clean(row["round"]))
        if row["coordinator"]:
            yield clean(row["coordinator"])

    def dates(self, row: Row) -> Iterator[str]:
        """When a call opens and closes."""
        for label, field in (("opens_at", "opens"), ("closes_at", "closes")):
            if row[field]:
                yield tied(self.text[label].format(self.words.date(row[field])))

    def sums(self, row: Row) -> Iterator[str]:
        """What a call has to give."""
        for field in ("budget", "grant_max"):
            if row[field]:
                yield tied(self.text[field].format(self.words.money(row[field])))

    def notes(self, row: Row) -> Iterator[str]:
        """What a reader should be warned of."""
        kind: Kind = "cluster" if "holds" in row else "call"
        if row["listed"] == "missing":
            yield self.text["missing"]
        if row["conflict"]:
            labels = [self.words.field(kind, field) for field in row["conflict"].split(", ")]
            yield self.text["conflict"].format(", ".join(labels))

    def _days(self, value: str | None) -> int | None:
        day = calendar_day(value)
        return (day - self.today).days if day and day >= self.today else None

    def _left(self, days: int | None) -> str:
        return "" if days is None else tied(self.words.days_left(days))
