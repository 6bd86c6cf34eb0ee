"""The operator's feed: a source broke, recovered, became unstable, or woke up.

One signal per change of state, not per visit. A source that breaks again within 24 hours of
its recovery is told once as unstable, and then not until it has been complete for 24 hours.
Failures of a dormant source are told to no one; that it answers again is told. A visit that was
stopped says nothing of its source.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from typing import Any, Literal

from monitor import feed_documents
from monitor.bodies import link, sanitised, table, web_address
from monitor.feed_documents import Place
from monitor.feed_layout import window
from monitor.feeds import Masthead, Story, channel
from monitor.reasons import advice
from monitor.wording import LIMIT, harmless, shorten
from monitor.words.labels import BODY, HEALTH
from storage.errors import REASONS
from storage.forms import moment, moment_text
from storage.records import Source, clean

QUIET = timedelta(hours=24)
_WEEKS = timedelta(weeks=8)
_WELL = frozenset({"complete", "unchanged"})
_ANSWERED = _WELL | {"partial"}

Turn = Literal["broke", "recovered", "unstable", "answered", "moved"]


@dataclass(frozen=True)
class Signal:
    """One change of state of one source. `at` in UTC, strictly increasing over all signals."""

    source: str
    at: datetime
    turn: Turn
    reason: str | None
    detail: str | None
    address: str | None


@dataclass
class _Watch:
    """What is remembered of a source from visit to visit."""

    state: Literal["well", "broken", "unstable", "asleep", "awake"]
    recovered_at: datetime | None = None
    well_since: datetime | None = None
    moved: str | None = None

    def turn(self, state: str, at: datetime, moved: str | None = None) -> Turn | None:
        """Take in one visit; what has to be told of it, if anything. `moved` says where it is now."""
        if self.state in ("asleep", "awake"):
            return self._dormant(state in _ANSWERED)
        told = self._well(at) if state in _WELL else self._ill(at)
        newly, self.moved = moved is not None and moved != self.moved, moved or self.moved
        return told or ("moved" if newly else None)

    def _dormant(self, answered: bool) -> Turn | None:
        woke = answered and self.state == "asleep"
        self.state = "awake" if answered else "asleep"
        return "answered" if woke else None

    def _well(self, at: datetime) -> Turn | None:
        self.well_since = self.well_since or at
        if self.state == "broken" or (self.state == "unstable" and at - self.well_since >= QUIET):
            self.state, self.recovered_at = "well", at
            return "recovered"
        return None

    def _ill(self, at: datetime) -> Turn | None:
        self.well_since = None
        if self.state != "well":
            return None
        again = self.recovered_at is not None and at - self.recovered_at < QUIET
        self.state = "unstable" if again else "broken"
        return "unstable" if again else "broke"


def signals(visits: Iterable[Mapping[str, Any]], sources: Mapping[str, Source]) -> list[Signal]:
    """The signals that `visits` give, in the order of the visits.

    A visit has `source, at, state, reason, detail, address, clock`; `at` is a UTC time or its text.
    Visits of sources not in `sources` (by id) are passed over. A visit whose clock was wrong is
    dated by the visit before it.
    """
    watches: dict[str, _Watch] = {}
    told: list[Signal] = []
    now: datetime | None = None
    for visit in visits:
        source = sources.get(visit["source"])
        at = visit["at"] if isinstance(visit["at"], datetime) else moment(visit["at"])
        if now is None or _is_timely(visit, at, now):
            now = at
        if source is None or visit["reason"] == "stopped":
            continue
        watch = watches.setdefault(source.id, _Watch("asleep" if source.dormant else "well"))
        moved = visit["detail"] if visit["reason"] == "moved" and visit["state"] in _WELL else None
        if turn := watch.turn(visit["state"], now, moved):
            after = told[-1].at + timedelta(seconds=1) if told else now
            told.append(_signal(visit, turn, max(now, after)))
    return told


def _is_timely(visit: Mapping[str, Any], at: datetime, before: datetime) -> bool:
    """Whether a visit tells the time; one that failed unproved does so in the weeks after the last."""
    if visit["clock"] == "unproved" and visit["state"] not in _ANSWERED:
        return before <= at <= before + _WEEKS
    return bool(visit["clock"] != "suspect")


def _signal(visit: Mapping[str, Any], turn: Turn, at: datetime) -> Signal:
    ill = turn in ("broke", "unstable", "moved")
    return Signal(
        source=visit["source"],
        at=at,
        turn=turn,
        reason=visit["reason"] if ill else None,
        detail=visit["detail"] if ill else None,
        address=visit["address"],
    )


def documents(told: Sequence[Signal], masthead: Masthead) -> dict[str, bytes]:
    """The feed in every form, by path. It has no archives: `visits` keeps what is older."""
    stories = window(story(signal, masthead) for signal in reversed(told))
    return feed_documents.documents(channel("health", masthead.site.language), stories, Place(), masthead)


def story(signal: Signal, masthead: Masthead) -> Story:
    """A signal as it stands in a feed."""
    site = masthead.site
    title = clean(site.source_title(signal.source))
    sentence = HEALTH[site.language][signal.turn]
    known = signal.reason if signal.reason in REASONS else None
    meaning, step, _ = advice(site.language, known) if known else ("", "", False)
    room = LIMIT - len(sentence.format(""))
    news = harmless(sentence.format(shorten(title, room)))
    labels = BODY[site.language]
    why = f"{meaning.removesuffix('.')} ({known})." if known else signal.reason
    detail = labels["quoted"].format(signal.detail) if signal.detail else None
    rows = [(labels["reason"], why), (labels["detail"], detail), (labels["next"], step)]
    cells = [(escape(label), escape(clean(text))) for label, text in rows if text]
    address = web_address(signal.address)
    if address:
        cells.append((escape(labels["address"]), link(address, address)))
    html = f"<p>{escape(news)}</p>" + (table([labels["field"], labels["now"]], cells) if cells else "")
    digest = sha256(f"{signal.source} {signal.turn} {moment_text(signal.at)}".encode()).hexdigest()[:16]
    return Story(
        id=f"tag:{masthead.authority},{signal.at.year}:health-{digest}",
        at=signal.at,
        title=news,
        text=" ".join(part for part in (f"{news}.", meaning, step) if part),
        html=sanitised(html),
        link=address or site.entity_address(None),
        author="klastry",
        categories=((masthead.tag("turn"), signal.turn), (masthead.tag("source"), signal.source)),
    )
