"""`index.html`: what changed, the clusters and calls of today, the years, how to subscribe.

A pure function of the entries, the rows of `list clusters`, `list calls` and `status`, the
changes of what is in the picture, and the Warsaw day, which it prints. Plain HTML without
scripts, readable from a file, on a phone, in print and without colour. Text from sources is
escaped; links lead to http(s) only.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from monitor.bodies import Site, cut_name, moment_words, web_address
from monitor.drawing import draw, tied
from monitor.entries import Entry
from monitor.feeds import Channel, channel, feeds
from monitor.picture import panels
from monitor.states import GONE, Row, State, States, is_ahead
from monitor.wording import shorten
from monitor.words.entity_labels import YEARS
from monitor.words.language import PrintedDate
from monitor.words.page_labels import INDEX, SITE
from storage.forms import WARSAW, moment, moment_text
from storage.past import Spell
from storage.records import clean, fold

_NAME, _ROUND = 200, 12  # characters
LATEST = 20
"""Entries; the feeds have all."""
_CALLS, _CLUSTERS = 20, 40  # at most so many; the lists have all
_MOST_BYTES = 100_000
_SHARES = (1.0, 0.7, 0.4)
"""Where names are so long that the page would be larger, it shows fewer calls, clusters and bars."""


@dataclass(frozen=True)
class _News:
    stamp: str
    hour: str
    title: str
    name: str
    link: str | None
    anchor: str | None
    source: str
    page: str | None
    proof: str | None


@dataclass(frozen=True)
class _Line:
    """A cluster or a call."""

    entity: str
    name: str
    link: str | None
    state: State
    notes: tuple[str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class _Source:
    title: str
    link: str | None
    state: str
    ok: bool
    last_complete: str
    last_visit: str


def index(
    entries: Sequence[Entry],
    rows: Sequence[Row],
    sources: Iterable[Row],
    today: date,
    site: Site,
    offered: Sequence[Channel] = (),
    *,
    spells: Mapping[str, Sequence[Spell]] | None = None,
    stale: Collection[str] = (),
) -> bytes:
    """The page. `entries` oldest first; `rows` are those of `list clusters` and `list calls`,
    `sources` those of `status`; `today` in Warsaw.

    `offered` are the readers' feeds, the recommended one first, by default the built-in ones;
    `spells` those of the dates of what `monitor.picture.shown` gives, by entity; `stale` the
    sources that were long not read whole.
    """
    page, states = _Page(site, today), States(site, today)
    common, text = SITE[site.language], INDEX[site.language]
    told = offered or [feed.channel for feed in feeds(site.language, {}, ())]
    calls = [row for row in rows if "holds" not in row]
    listed = [row for row in rows if "holds" in row and row["listed"] != GONE]
    ahead = sorted(filter(is_ahead, calls), key=_deadline)
    listed.sort(key=lambda row: fold(row["name"] or ""))
    values = {
        "root": "",
        "section": "home",
        "feeds": [feed for feed in told if not feed.of_source],
        "of_sources": [feed for feed in told if feed.of_source],
        "text": text,
        "years": YEARS[site.language],
        "as_of": common["as_of"].format(page.words.date(today.isoformat())),
        "figures": list(page.figures(listed, calls)),
        "of_clusters": len(listed),
        "summary": page.summary(listed),
        "of_calls": len(ahead),
        "sources": [page.source(row, stale) for row in sources],
        "health": channel("health", site.language),
        "site_url": site.url,
    }
    for share in _SHARES:
        values["clusters"] = shown = [page.cluster(row) for row in listed[: round(_CLUSTERS * share)]]
        values["calls"] = coming = [page.call(row) for row in ahead[: round(_CALLS * share)]]
        values["news"] = list(page.news(entries, {line.entity for line in (*shown, *coming)}))
        values["panels"] = panels(rows, spells or {}, states, site, share)
        drawn = draw("index.html", site.language, values, styles=("index.css", "years.css"))
        if len(drawn) < _MOST_BYTES:
            break
    return drawn


def _deadline(row: Row) -> tuple[bool, str, str]:
    """Open calls by deadline, then the coming ones by opening; those without a date last."""
    waits = row["status"] == "planned"
    printed = PrintedDate.parse((row["opens"] if waits else row["closes"]) or "")
    return waits, printed.bounds[1] if printed else "9999", fold(row["title"] or "")


class _Page:
    """Rows as lines of the page, in one language, on one day."""

    def __init__(self, site: Site, today: date) -> None:
        self.site, self.states = site, States(site, today)
        self.words, self.text = site.words, INDEX[site.language]

    def figures(self, clusters: Sequence[Row], calls: Sequence[Row]) -> Iterator[tuple[str, str, str, str]]:
        """The state of the world in a few numbers: label, number, note, where it is told."""
        yield self.text["on_list"], str(len(clusters)), "", "#clusters"
        yield self.text["holding"], str(sum(row["holds"] == "yes" for row in clusters)), "", "#clusters"
        ahead = [row for row in calls if is_ahead(row)]
        still = [row for row in ahead if row["status"] == "open"]
        yield self.text["open"], str(len(still)), "", "#calls"
        yield self.text["coming"], str(sum(row["status"] == "planned" for row in ahead)), "", "#calls"
        ends = [
            (state.days, state.left, row["closes"]) for row in still if (state := self.states.call(row)).left
        ]
        if ends:
            _, left, closes = min(ends)
            yield self.text["next"], tied(self.words.date(closes)), left, "#calls"

    def news(self, entries: Sequence[Entry], shown: set[str]) -> Iterator[tuple[str, list[_News]]]:
        """The newest entries by day, newest first; an entity without a line of its own is anchored here."""
        anchored = set(shown)
        newest = reversed(entries[-LATEST:])
        for day, same in groupby(newest, key=lambda entry: entry.at.astimezone(WARSAW).date().isoformat()):
            lines = []
            for entry in same:
                lines.append(self._news(entry, entry.entity if entry.entity not in anchored else None))
                anchored.add(entry.entity or "")
            yield self.words.date(day), lines

    def _news(self, entry: Entry, anchor: str | None) -> _News:
        number = entry.changes[0].id
        proof = f"changes/{number}.html" if number else None
        return _News(
            stamp=moment_text(entry.at),
            hour=entry.at.astimezone(WARSAW).strftime("%H:%M"),
            title=clean(entry.title),
            name=shorten(cut_name(entry), _NAME),
            link=f"entities/{entry.entity}.html" if entry.entity else proof,
            anchor=anchor,
            source=clean(self.site.teller(entry)) if entry.kind else "",
            page=web_address(entry.url),
            proof=proof,
        )

    def cluster(self, row: Row) -> _Line:
        """One cluster of the list, and whether its status holds today."""
        told = (clean(row["round"] or "")[:_ROUND], shorten(clean(row["coordinator"] or ""), _NAME))
        return self._line(row, clean(row["name"] or row["entity"]), told)

    def call(self, row: Row) -> _Line:
        """One open or coming call with the days that are left."""
        dates = tuple(self.states.dates(row)) or (self.states.text["no_date"],)
        told = (*dates, *(["; ".join(sums)] if (sums := list(self.states.sums(row))) else []))
        return self._line(row, clean(row["title"] or row["entity"]), told)

    def _line(self, row: Row, name: str, told: tuple[str, ...]) -> _Line:
        notes = tuple(self.states.notes(row))
        return _Line(
            row["entity"], shorten(name, _NAME), web_address(row["url"]), self.states.of(row), notes, told
        )

    def summary(self, rows: Sequence[Row]) -> str:
        """How many clusters are listed, how many hold the status today, when that was read."""
        if not rows:
            return ""
        holding = sum(row["holds"] == "yes" for row in rows)
        said = self.text["summary"].format(total=self.words.clusters(len(rows)), holding=holding)
        known = max((at for row in rows if (at := _moment(row["known_up_to"]))), default=None)
        if known is None:
            return said
        return f"{said} {self.text['known'].format(tied(moment_words(self.words, known)))}"

    def source(self, row: Row, stale: Collection[str]) -> _Source:
        """One source: whether it works and when it was last read whole."""
        works = "stale" if row["source"] in stale else "ok"
        state = works if row["state"] in ("complete", "unchanged") else row["state"] or "new"
        return _Source(
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
