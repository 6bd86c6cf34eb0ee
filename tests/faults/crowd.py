"""Plays scenarios to the real command: a whole crowd in one crawl, beside the twin that meets no fault."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from e2e import CONFIG, Done, World, clock

from faults import checks, twins
from faults.model import Place
from faults.scenario import ROBOTS, Scenario, Visit
from faults.town import Town
from monitor.standin import Asked

DELAY = 0.03
_WAITING = "SELECT source FROM review WHERE ended IS NULL"
_FOR_A_PERSON = ("partial list-shrunk", "refused mass-change")


@dataclass(frozen=True)
class Turn:
    """One crawl of the crowd and what it left behind, by source."""

    done: Done
    seconds: float
    memory: int
    disk: int
    asked: Sequence[Asked]
    states: dict[str, str]
    history: dict[str, str]
    told: dict[str, list[str]]
    news: dict[str, list[str]]
    kept: dict[str, set[str]]
    waiting: Counter[str]
    faults: list[str]


@dataclass
class Crowd:
    """Scenarios that are played together; `play` makes all crawls of both worlds."""

    scenarios: Sequence[Scenario]
    folder: Path
    timeout: float = 10.0
    turns: dict[float, Turn] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.places = {
            each.name: Place(each.name, number, each.shape) for number, each in enumerate(self.scenarios, 1)
        }

    def play(self) -> "Crowd":
        world, twin = (self._world(self.folder / name) for name in ("world", "twin"))
        with world, twin, checks.FeedWatch(world.folder / "public") as watch:
            for hours in sorted({hours for each in self.scenarios for hours in each.hours()}):
                self._twin_turn(twin, hours)
                self.turns[hours] = self._turn(world, hours)
            self.signals = checks.signals_of(world)
            self.facts, self.twins = twins.facts_of(world), twins.facts_of(twin)
            self.twin_signals = checks.signals_of(twin)
            self.most_at_once = Counter(world.stand_in.most_at_once)
            self.harm = checks.harmful(world.folder / "public")
        self.watch = watch
        return self

    def _world(self, folder: Path) -> World:
        tables = [self.places[each.name].config(each.hosts) for each in self.scenarios]
        crawl = CONFIG.replace("delay = 0", f"delay = {DELAY}\ntimeout = {self.timeout}")
        folder.mkdir(parents=True)
        (folder / "klastry.toml").write_text(crawl + "".join(tables), encoding="utf-8")
        return World(folder, {})

    def _due(self, hours: float) -> list[tuple[Scenario, Visit]]:
        return [(each, visit) for each in self.scenarios if (visit := each.hours().get(hours))]

    def _twin_turn(self, twin: World, hours: float) -> None:
        town, names = Town(), list[str]()
        for scenario, visit in self._due(hours):
            if visit.truth:
                town.settle(self.places[scenario.name], visit, tricks=False)
                names.append(scenario.name)
        if names:
            twin.stand_in.answer = town
            twin.crawl(*names, hours=hours)

    def _turn(self, world: World, hours: float) -> Turn:
        town, due = Town(), self._due(hours)
        world.stand_in.tls = {}
        for scenario, visit in due:
            place = self.places[scenario.name]
            town.settle(place, visit, tricks=True)
            if visit.tls:
                world.stand_in.tls[place.host] = visit.tls
        world.stand_in.answer = town
        since, size, begun = len(world.stand_in.asked), checks.size_of(world.folder), monotonic()
        names = [scenario.name for scenario, _ in due]
        done, memory = world.measured("crawl", "--at", clock(hours), *names)
        return Turn(
            done=done,
            seconds=monotonic() - begun,
            memory=memory,
            disk=checks.size_of(world.folder) - size,
            asked=world.stand_in.asked[since:],
            states=world.states(),
            history=checks.history_of(world),
            told=checks.entries_of(world),
            news=checks.news_of(world),
            kept=checks.kept_of(world),
            waiting=Counter(source for (source,) in world.rows(_WAITING)),
            faults=checks.database_faults(world) + checks.unplain(done.out + done.err),
        )

    # What came of all, and of one scenario

    def common_complaints(self) -> list[str]:
        """What is not as it must be, of no scenario in particular."""
        found = [f"{self.watch.readings} readings of the feeds"] if self.watch.readings < 10 else []
        found += self.watch.complaints + self.harm
        ours = {place.host for place in self.places.values()} | {
            host for each in self.scenarios for host in each.hosts
        }
        for hours, turn in self.turns.items():
            well = all(visit.well for _, visit in self._due(hours))
            code = [] if turn.done.code == (0 if well else 3) else [f"exit code {turn.done.code}"]
            bounds = checks.excesses(turn.seconds, turn.memory, turn.disk)
            manners = checks.impolite(turn.asked, ours, DELAY)
            found += [f"after {hours:g} hours: {each}" for each in code + turn.faults + bounds + manners]
        return found

    def complaints(self, scenario: Scenario) -> list[str]:
        """What is not as it must be, over all visits of one scenario."""
        found: list[str] = []
        told = 0
        before: Turn | None = None
        for hours, visit in sorted(scenario.hours().items()):
            turn = self.turns[hours]
            told += visit.told
            place = f"after {hours:g} hours: "
            found += [place + each for each in self._of_visit(scenario, visit, turn, before, told)]
            before = turn
        found += self._signals(scenario)
        mine, twin = self.facts[scenario.name], self.twins[scenario.name]
        if scenario.name in self.twin_signals:
            found.append(f"the twin met a fault: {self.twin_signals[scenario.name]}")
        return found + twins.differences(mine, twin, besides=scenario.unlike)

    def _of_visit(
        self, scenario: Scenario, visit: Visit, turn: Turn, before: Turn | None, told: int
    ) -> list[str]:
        name, found = scenario.name, list[str]()
        if not visit.came(turn.states[name]):
            found.append(f"{turn.states[name]} where {visit.outcome} should be: {self.line(scenario, turn)}")
        if len(turn.told.get(name, ())) != told:
            found.append(f"told {turn.told.get(name)} where {told} entries should be")
        if visit.news and (news := turn.news[name][-len(visit.news) :]) != list(visit.news):
            found.append(f"the news is {news} where {list(visit.news)} should be")
        nothing = before and visit.outcome.startswith(("failed", "refused"))
        if before and nothing and turn.history[name] != before.history[name]:
            found.append("the history changed")
        kept = visit.is_refused if visit.kept is None else visit.kept
        if kept and not turn.kept[name].intersection(visit.reasons):
            found.append(f"no body is kept with the reason, only {turn.kept[name]}")
        if turn.waiting[name] != (visit.outcome in _FOR_A_PERSON):
            found.append(f"{turn.waiting[name]} doubts wait for a person")
        return found + self._manners(scenario, visit, turn)

    def _manners(self, scenario: Scenario, visit: Visit, turn: Turn) -> list[str]:
        host = self.places[scenario.name].host
        mine = [each for each in turn.asked if each.host == host]
        counts = Counter(each.url for each in mine)
        found = [f"{url} was asked {count} times" for url, count in counts.items() if count > visit.most]
        pages = sum(count for url, count in counts.items() if not url.endswith(ROBOTS))
        if visit.asks is not None and pages != visit.asks:
            found.append(f"{pages} requests where {visit.asks} should be: {counts}")
        away = sum(each.host in scenario.hosts and not each.url.endswith(ROBOTS) for each in turn.asked)
        if visit.away is not None and away != visit.away:
            found.append(f"{away} requests to other hosts where {visit.away} should be")
        found += checks.hasty(mine, visit.gap, visit.again)
        if self.most_at_once[host] > 1:
            found.append(f"{self.most_at_once[host]} requests at a time")
        return found

    def _signals(self, scenario: Scenario) -> list[str]:
        got = self.signals.get(scenario.name, [])
        if tuple(kind for kind, _ in got) != scenario.expected_signals:
            return [f"signals {[kind for kind, _ in got]} where {scenario.expected_signals} should be"]
        ill = next((visit for visit in scenario.visits if not visit.well), None)
        if not ill or not got or got[0][0] != "broke":
            return []
        address = self.places[scenario.name].url
        return min((checks.untold(got[0][1], reason, address) for reason in ill.reasons), key=len)

    @staticmethod
    def line(scenario: Scenario, turn: Turn) -> str:
        """What the command printed of the source."""
        lines = (line for line in turn.done.out.splitlines() if line.split()[0] == scenario.name)
        return next(lines, f"{turn.done}"[:500])
