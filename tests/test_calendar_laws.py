"""Laws of the calendar, over random scripts of two calls: ids stay, revisions only count up."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from monitor.calendar import KEPT_DAYS
from monitor.config import load
from monitor.publication import Publication
from storage.forms import canonical
from storage.history import History
from storage.records import Key, Missed, Record, call
from tests.calendars import Event, a_tile, drawing, files, made, read
from tests.deciding import READ, Desk
from tests.world import CALLS, CARD, SCHEDULE_URL, World, at

laws = settings(
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    derandomize=True,
    deadline=None,
    max_examples=3,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
SLUGS = ("rozwoj", "granty")
FIELDS = {
    "opens": ("2026-03-20", "2026-04-10", "2026-04", None),
    "closes": ("2026-04-30", "2026-05-30", "2026-05-30T16:00", "2026-Q3", "2026-03-04", None),
    "results": ("2026-12-05", "2027-01", "2026-11-30", None),
    "status": ("open", "closed", "suspended", "settled", None),
    "title": ("Rozwój oferty klastrów", "Rozwój oferty"),
}
ROUNDS = ("2026-04-01/2026-04-30", "2026-06-01/2026-06-30", "2026-06-15/2026-07-15", "2026-09/2026-10")
TURNS = st.one_of(
    st.tuples(st.sampled_from(sorted(FIELDS)), st.integers(0, 5)),
    st.tuples(st.just("closes"), st.integers(0, 5)),
    st.tuples(st.sampled_from(("card", "tile", "one", "verdict", "undo")), st.integers(0, 1)),
    st.tuples(st.just("round"), st.integers(0, 3)),
)
Turn = tuple[str, int]
Step = tuple[int, int, tuple[Turn, ...]]
"""Hours that pass, the call that turns, its turns."""
STEPS = st.tuples(
    st.sampled_from((2, 24, 30, 400)), st.integers(0, 1), st.lists(TURNS, min_size=1, max_size=3).map(tuple)
)
SCRIPTS = st.lists(STEPS, min_size=3, max_size=10)


@dataclass
class Site:
    """What card and tile of each call say now; whether a tile leads to both calls."""

    values: dict[str, dict[str, str | None]] = field(default_factory=lambda: {slug: {} for slug in SLUGS})
    rounds: dict[str, set[str]] = field(default_factory=lambda: {slug: {ROUNDS[0]} for slug in SLUGS})
    cards: set[str] = field(default_factory=lambda: set(SLUGS))
    tiles: set[str] = field(default_factory=lambda: set(SLUGS))
    one: bool = False

    def turn(self, slug: str, what: str, which: int) -> None:
        if what in FIELDS:
            self.values[slug][what] = FIELDS[what][which % len(FIELDS[what])]
        elif what == "round":
            self.rounds[slug] ^= {ROUNDS[which]}
        elif what == "one":
            self.one = not self.one
        elif what == "card":
            self.cards ^= {slug}
        elif what == "tile":
            self.tiles ^= {slug}

    def schedule(self) -> list[Record]:
        rows = [a_tile(*sorted(self.rounds[slug] or ROUNDS[:1]), slug=slug) for slug in sorted(self.tiles)]
        if self.one and rows:
            rows[0] = replace(rows[0], keys=tuple(Key("grant", slug) for slug in SLUGS))
        return [*rows, a_tile("2026-03-01/2026-12-31", slug="stale")]

    def card(self, slug: str) -> list[Record] | str:
        if slug not in self.cards:
            return "gone"
        said = {"title": FIELDS["title"][0], **self.values[slug]}
        return [call(Key("grant", slug), url=f"{CARD}{slug}", **said)]


@contextmanager
def new_world() -> Iterator[World]:
    with TemporaryDirectory() as folder:
        world = World.new(Path(folder))
        try:
            yield world
        finally:
            world.history.close()


def play(world: World, script: list[Step], after: Callable[[History], None], *, storms: bool = False) -> None:
    """Play the script; with `storms` visits fail or are refused before each step that is seen."""
    desk, site, hours = Desk(world, (CALLS,)), Site(), 0.0
    for passed, which, turns in script:
        hours += passed
        desk.now = hours / 24
        if storms:
            for fault in ("timeout", "blocked-page"):
                world.visit(
                    CALLS, at(hours=hours - 1), fault=Missed(SCHEDULE_URL, at(hours=hours - 1), fault, "?")
                )
        for what, number in turns:
            site.turn(SLUGS[which], what, number)
        schedule = site.schedule()
        READ[repr(tuple(schedule)).encode()] = tuple(schedule)
        world.visit(CALLS, at(hours=hours), schedule, cards={slug: site.card(slug) for slug in SLUGS})
        verdicts = [what for what, _ in turns if what in ("verdict", "undo")]
        for verdict in verdicts:
            judge(desk, verdict)
        after(world.history)


def judge(desk: Desk, verdict: str) -> None:
    rows = desk.world.history.reviews()
    open_ = [row["id"] for row in rows if not row["verdict"] and row["kind"] == "merge"]
    done = [row["id"] for row in rows if row["verdict"] == "accept"]
    if verdict == "verdict" and open_:
        desk.judge(open_[0], "accept")
    elif verdict == "undo" and done:
        desk.judge(done[-1], "undo")


@laws
@given(SCRIPTS)
def test_ids_stay_and_every_change_counts_up(script: list[Step]) -> None:
    check_revisions(script)


@pytest.mark.long
@settings(laws, max_examples=25)
@given(SCRIPTS)
def test_ids_stay_and_every_change_counts_up_in_many_scripts(script: list[Step]) -> None:
    check_revisions(script)


def check_revisions(script: list[Step]) -> None:
    note("\n".join(map(str, script)))
    before: dict[str, Event] = {}

    def check(history: History) -> None:
        nonlocal before
        now = {each.uid: each for each in read(made(history)["deadlines.ics"])}
        since = history.dated_calls(KEPT_DAYS).since
        for uid, old in before.items():
            if uid not in now:
                assert f"{old.start:%Y-%m-%d}" <= since, f"{uid} was lost"
                continue
            new = now[uid]
            assert new == old or (new.sequence > old.sequence and new.stamp > old.stamp), uid
            assert new.sequence >= old.sequence
        before = now

    with new_world() as world:
        play(world, script, check)


@laws
@given(SCRIPTS)
def test_visits_that_fail_leave_no_trace(script: list[Step]) -> None:
    with new_world() as one, new_world() as other:
        play(one, script, lambda history: None)
        play(other, script, lambda history: None, storms=True)
        assert made(one.history) == made(other.history)
        assert made(one.history) == made(one.history)


@laws
@given(SCRIPTS)
def test_what_is_remembered_of_calls_is_what_is_found_anew(script: list[Step]) -> None:
    check_memory(script)


@pytest.mark.long
@settings(laws, max_examples=25)
@given(SCRIPTS)
def test_what_is_remembered_of_calls_is_what_is_found_anew_in_many_scripts(script: list[Step]) -> None:
    check_memory(script)


def check_memory(script: list[Step]) -> None:
    note("\n".join(map(str, script)))
    memory: Any = None

    def check(history: History) -> None:
        nonlocal memory
        with history.asked() as asked:
            publication = Publication(history, asked, load(None, {}, Path(history.where).parent), at(1))
            going_on, anew = (drawing(publication, each) for each in (memory, None))
            assert files(going_on) == files(anew)
            assert going_on.memory() == anew.memory()
        memory = json.loads(canonical(going_on.memory()))

    with new_world() as world:
        play(world, script, check)
