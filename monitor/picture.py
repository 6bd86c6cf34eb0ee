"""The picture of the years on the index: status of clusters over years, calls over months. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from monitor.bodies import Site
from monitor.states import GONE, Row, States, is_ahead
from monitor.versions import DATES, call_spans, last_day, status_spans, versions
from monitor.wording import shorten
from monitor.words.entity_labels import YEARS
from monitor.years import Plot, Thing, plot
from storage.past import Spell
from storage.records import clean, fold

FIELDS = frozenset(field for fields in DATES.values() for field in fields)
"""What the pictures are made of."""
_NAME = 120  # characters
_CLUSTERS, _CALLS = 24, 12  # at most so many rows of each
_SPELLS = 5  # of one status, the last ones; the page of the cluster has all
_YEARS = {"clusters": (10, 8), "calls": (2, 2)}  # before and after today


@dataclass(frozen=True)
class Panel:
    """One of the two pictures; `more` says how many of how many it shows, where not all."""

    name: str
    title: str
    plot: Plot
    more: str


def shown(rows: Sequence[Row]) -> set[str]:
    """The entities among the rows of `list clusters` and `list calls` that the pictures show."""
    return {row["entity"] for some in _chosen(rows) for row in some}


def panels(
    rows: Sequence[Row],
    spells: Mapping[str, Sequence[Spell]],
    states: States,
    site: Site,
    share: float = 1.0,
) -> list[Panel]:
    """The pictures of `rows`, with the spells of those that are `shown`; none without a bar.

    Of those only the first are drawn, where `share` is less than 1.
    """
    found = []
    for name, some in zip(("clusters", "calls"), _chosen(rows), strict=True):
        first = some[: round(len(some) * share)]
        things = [thing for row in first if (thing := _thing(row, spells.get(row["entity"], ()), states))]
        if drawn := plot(things, site.words, states.today, years=_YEARS[name]):
            text, of = YEARS[site.language], sum(("holds" in row) == (name == "clusters") for row in rows)
            more = text["more"].format(len(drawn.lines), of) if len(drawn.lines) < of else ""
            found.append(Panel(name, text[name], drawn, more))
    return found


def _chosen(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Clusters: the listed ones, then those that held the status last; calls: by deadline."""
    clusters = [row for row in rows if "holds" in row]
    clusters.sort(key=lambda row: fold(row["name"] or ""))
    clusters.sort(key=lambda row: (row["listed"] != GONE, row["status_until"] or ""), reverse=True)
    calls = [row for row in rows if "holds" not in row and (row["opens"] or row["closes"])]
    calls.sort(key=lambda row: (is_ahead(row), last_day(row["closes"]) or date.max), reverse=True)
    return clusters[:_CLUSTERS], calls[:_CALLS]


def _thing(row: Row, spells: Sequence[Spell], states: States) -> Thing | None:
    kind = "cluster" if "holds" in row else "call"
    shown = versions(spells, DATES[kind])
    spans = status_spans(shown)[-_SPELLS:] if kind == "cluster" else call_spans(shown)
    name = shorten(clean(row["name" if kind == "cluster" else "title"] or row["entity"]), _NAME)
    tone = states.of(row).tone
    return Thing(name, f"entities/{row['entity']}.html", tuple(spans), tone) if spans else None
