"""`index.html`: what changed, the clusters and calls of today, how fresh it is, how to subscribe.

A pure function of the entries, the rows of `list clusters`, `list calls` and `status`, and the
Warsaw day, which it prints. Plain HTML without scripts, readable from a file, on a phone, in
print and without colour. Text from sources is escaped; links lead to http(s) only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from monitor.bodies import Site, moment_words, web_address
from monitor.drawing import draw, tied
from monitor.entries import Entry
from monitor.feeds import Channel, channel
from monitor.words.labels import PAGE
from monitor.words.language import PrintedDate, calendar_day
from storage.forms import moment
from storage.records import Kind, clean, fold

Row = Mapping[str, Any]

LATEST = 30  # entries
_FEEDS = ("klastry", "feed", "clusters", "calls", "news")
_GONE = "no"


@dataclass(frozen=True)
class _News:
    at: str
    stamp: str
    title: str
    link: str | None
    anchor: str | None
    source: str
    proof: str | None


@dataclass(frozen=True)
class _ClusterLine:
    anchor: str
    name: str
    link: str | None
    coordinator: str
    round: str
    status: str
    holds: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _CallLine:
    anchor: str
    name: str
    link: str | None
    dates: tuple[str, ...]
    left: str
    state: str
    sums: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _SourceLine:
    title: str
    link: str | None
    state: str
    ok: bool
    last_complete: str
    last_visit: str


def index(
    entries: Sequence[Entry],
    clusters: Iterable[Row],
    calls: Iterable[Row],
    sources: Iterable[Row],
    today: date,
    site: Site,
    own: Mapping[str, str | None] | None = None,
) -> bytes:
    """The page. `entries` oldest first; rows have the columns of the contract; `today` in Warsaw.

    `own` are the titles of the user's own feeds by name.
    """
    page = _Page(site, today)
    cluster_rows = [row for row in clusters if row["listed"] != _GONE]
    lines = [page.cluster(row) for row in sorted(cluster_rows, key=lambda row: fold(row["name"] or ""))]
    open_calls = [page.call(row) for row in sorted(filter(_is_ahead, calls), key=_deadline)]
    shown = {line.anchor for line in lines} | {line.anchor for line in open_calls}
    text = PAGE[site.language]
    return draw(
        "index.html",
        root="",
        text=text,
        language=site.language,
        as_of=text["as_of"].format(page.words.date(today.isoformat())),
        news=list(page.news(entries, shown)),
        clusters=lines,
        summary=page.summary(cluster_rows),
        calls=open_calls,
        sources=[page.source(row) for row in sources],
        feeds=channels(site, own or {}),
        health=channel("health", site.language),
        address=lambda feed: site.url + feed.path,
    )


def channels(site: Site, own: Mapping[str, str | None]) -> list[Channel]:
    """The feeds that pages offer, the recommended one first; `own` as for `index`."""
    return [channel(name, site.language, own.get(name)) for name in dict.fromkeys((*_FEEDS, *own))]


def _is_ahead(row: Row) -> bool:
    return row["status"] in ("open", "planned", "suspended") and row["listed"] != _GONE


def _deadline(row: Row) -> tuple[bool, str, str]:
    """Open calls by deadline, then the coming ones by opening; those without a date last."""
    waits = row["status"] == "planned"
    printed = PrintedDate.parse((row["opens"] if waits else row["closes"]) or "")
    return waits, printed.bounds[1] if printed else "9999", fold(row["title"] or "")


class _Page:
    """Rows as lines of the page, in one language, on one day."""

    def __init__(self, site: Site, today: date) -> None:
        self.site, self.today = site, today
        self.words, self.text = site.words, PAGE[site.language]

    def news(self, entries: Sequence[Entry], shown: set[str]) -> Iterator[_News]:
        """The newest entries, newest first; an entity without a line of its own is anchored here."""
        anchored = set(shown)
        for entry in reversed(entries[-LATEST:]):
            anchor = entry.entity if entry.entity not in anchored else None
            anchored.add(entry.entity or "")
            yield _News(
                at=tied(moment_words(self.words, entry.at)),
                stamp=entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                title=clean(entry.title),
                link=web_address(entry.url),
                anchor=anchor,
                source=clean(self.site.teller(entry)) if entry.kind else "",
                proof=f"changes/{entry.changes[0].id}.html" if entry.changes[0].id else None,
            )

    def cluster(self, row: Row) -> _ClusterLine:
        """One cluster of the list, and whether its status holds today."""
        return _ClusterLine(
            anchor=row["entity"],
            name=clean(row["name"] or row["entity"]),
            link=web_address(row["url"]),
            coordinator=clean(row["coordinator"] or ""),
            round=clean(row["round"] or ""),
            status=self._status(row),
            holds=row["holds"],
            notes=self._notes(row),
        )

    def _status(self, row: Row) -> str:
        if row["holds"] == "unknown" or not row["status_until"]:
            return self.text["holds_unknown"]
        if row["holds"] == "yes":
            return self.text["holds_yes"].format(tied(self.words.until(row["status_until"])))
        starts = calendar_day(row["status_from"])
        if starts and starts > self.today:
            return self.text["holds_not_yet"].format(tied(self.words.date(row["status_from"])))
        return self.text["holds_no"].format(tied(self.words.date(row["status_until"])))

    def summary(self, rows: Sequence[Row]) -> str:
        """How many clusters are listed, how many hold the status today, when that was read."""
        if not rows:
            return ""
        holding = sum(row["holds"] == "yes" for row in rows)
        said = self.text["holding"].format(total=self.words.clusters(len(rows)), holding=holding)
        known = max((at for row in rows if (at := _moment(row["known_up_to"]))), default=None)
        if known is None:
            return said
        return f"{said} {self.text['known'].format(tied(moment_words(self.words, known)))}"

    def call(self, row: Row) -> _CallLine:
        """One open or coming call with the days that are left."""
        dates = [
            self.text[label].format(tied(self.words.date(row[field])))
            for label, field in (("opens_at", "opens"), ("closes_at", "closes"))
            if row[field]
        ]
        sums = [
            self.text[field].format(tied(self.words.money(row[field])))
            for field in ("budget", "grant_max")
            if row[field]
        ]
        return _CallLine(
            anchor=row["entity"],
            name=clean(row["title"] or row["entity"]),
            link=web_address(row["url"]),
            dates=tuple(dates) or (self.text["no_date"],),
            left=self._left(row),
            state=self.words.statuses[row["status"]],
            sums=tuple(sums),
            notes=self._notes(row),
        )

    def _left(self, row: Row) -> str:
        planned = row["status"] == "planned"
        day = calendar_day(row["opens" if planned else "closes"])
        if day is None or day < self.today:
            return ""
        days = (day - self.today).days
        return tied(self.words.starts_in(days) if planned else self.words.days_left(days))

    def _notes(self, row: Row) -> tuple[str, ...]:
        notes = [self.text["missing"]] if row["listed"] == "missing" else []
        if row["conflict"]:
            kind: Kind = "cluster" if "holds" in row else "call"
            labels = [self.words.field(kind, field) for field in row["conflict"].split(", ")]
            notes.append(self.text["conflict"].format(", ".join(labels)))
        return tuple(notes)

    def source(self, row: Row) -> _SourceLine:
        """One source: whether it works and when it was last read whole."""
        state = "ok" if row["state"] in ("complete", "unchanged") else row["state"] or "new"
        return _SourceLine(
            title=clean(row["title"] or row["source"]),
            link=web_address(row["address"]),
            state=self.text[state],
            ok=state == "ok",
            last_complete=self._time(row["last_complete"]),
            last_visit=self._time(row["last_visit"]),
        )

    def _time(self, value: object) -> str:
        at = _moment(value)
        return tied(moment_words(self.words, at)) if at else self.text["never"]


def _moment(value: object) -> datetime | None:
    return moment(value) if isinstance(value, str) else value if isinstance(value, datetime) else None
