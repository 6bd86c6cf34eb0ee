"""What a scenario is: visits of one source, what its site does at each, and what must come of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from faults.model import Day, Shape
from monitor.standin import Answer, Asked
from monitor.standin.connection import Trouble
from pipelines.check import state_of

LIST, CARD, CARDS, ROBOTS, ANY = "list", "card", "cards", "/robots.txt", "*"
"""Addresses by what they are: the list, its first detail page, all of them, all but the robots file."""
BROKE, RECOVERED, UNSTABLE, MOVED = "broke", "recovered", "unstable", "moved"


@dataclass(frozen=True)
class Given:
    """One request to a site: how often its address was asked in this visit, what should be there.

    `list` is the list of the site as it should be.
    """

    asked: Asked
    hit: int
    page: str
    list: str

    @property
    def host(self) -> str:
        return self.asked.host


Page = Answer | str | bytes
Trick = Page | tuple[Page, ...] | Callable[[Given], Page]
"""What is answered: always, hit by hit (the last stays), or made of the request."""


@dataclass(frozen=True)
class Visit:
    """One visit. `tricks`, by path or whole address, stand in the place of pages of `truth`.

    The twin sees the pages of `truth`, and `content` in their place where that is what the site
    truly says; None: it makes no such visit. `outcome` is state and reason (`failed truncated/connection`
    where it may be either); `told` counts entries. `most` bounds the requests of one address, `asks`
    all requests but of robots files, `away` those to its other hosts. `gap` are seconds that must lie
    between two requests, `again` those before an address is asked once more. `hours` after the start; by default two between visits.
    """

    tricks: Mapping[str, Trick] = field(default_factory=dict)
    outcome: str = "complete"
    told: int = 0
    truth: Day | None = "first"
    content: Mapping[str, Trick] = field(default_factory=dict)
    tls: Trouble | None = None
    unknown_host: bool = False
    most: int = 3
    asks: int | None = None
    away: int | None = None
    gap: float = 0.0
    again: float = 0.0
    kept: bool | None = None
    """Whether a body is kept with the reason; None: where the visit, or a page of it, is refused."""
    hours: float | None = None
    news: tuple[str, ...] = ()
    """Verb and interval of the newest rows told, where that matters (see `checks.news_of`)."""

    @property
    def well(self) -> bool:
        return self.outcome.startswith(("complete", "unchanged"))

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(filter(None, self.outcome.partition(" ")[2].split("/")))

    @property
    def is_refused(self) -> bool:
        """Whether a page came that was not believed. What a list lacks is held: it is believed itself."""
        if self.outcome.startswith("partial"):
            return any(state_of(each) == "refused" and each != "list-shrunk" for each in self.reasons)
        return self.outcome.startswith("refused")

    def came(self, state: str) -> bool:
        """Whether state and reason are as they must be."""
        word = self.outcome.partition(" ")[0]
        return state in ([f"{word} {reason}" for reason in self.reasons] or [word])


@dataclass(frozen=True)
class Scenario:
    """One case of the catalogue. `fault` says in a line what the site does.

    `crowd` names those it is played with: `plain` ones chapter by chapter.
    `signals` are what the operator is told, if not once of the fault and once of its end.
    `unlike` names the facts that rightly differ from the twin's (see `twins.facts_of`).
    """

    name: str
    fault: str
    shape: Shape
    visits: tuple[Visit, ...]
    crowd: str = "plain"
    hosts: tuple[str, ...] = ()
    """Other hosts that its source may ask."""
    signals: tuple[str, ...] | None = None
    unlike: frozenset[str] = frozenset()

    @property
    def expected_signals(self) -> tuple[str, ...]:
        if self.signals is not None:
            return self.signals
        return () if all(visit.well for visit in self.visits) else (BROKE, RECOVERED)

    def hours(self) -> dict[float, Visit]:
        """The visits by the hour at which they are made."""
        return {
            2.0 * number if visit.hours is None else visit.hours: visit
            for number, visit in enumerate(self.visits)
        }


def degraded(
    name: str,
    fault: str,
    shape: Shape,
    tricks: Mapping[str, Trick],
    outcome: str,
    *,
    crowd: str = "plain",
    hosts: tuple[str, ...] = (),
    unlike: frozenset[str] = frozenset(),
    truth: Day | None = None,
    **more: object,
) -> Scenario:
    """A fault that lasts for two visits and then passes: told once, recovered once, nothing lost.

    `truth` is given where the list is read all the same: then the twin reads it, too.
    """
    ill = Visit(tricks, outcome, truth=truth, **more)  # type: ignore[arg-type]
    visits = (Visit(), ill, ill, Visit(truth="later", told=1))
    return Scenario(name, fault, shape, visits, crowd, hosts, unlike=unlike)


def survived(
    name: str,
    fault: str,
    shape: Shape,
    tricks: Mapping[str, Trick],
    *,
    crowd: str = "plain",
    hosts: tuple[str, ...] = (),
    signals: tuple[str, ...] = (),
    afterwards: str = "unchanged",
    unlike: frozenset[str] = frozenset(),
    **more: object,
) -> Scenario:
    """A fault through which the news of the later day comes, whole and once."""
    through = Visit(tricks, told=1, truth="later", **more)  # type: ignore[arg-type]
    visits = (Visit(), through, Visit(truth="later", outcome=afterwards))
    return Scenario(name, fault, shape, visits, crowd, hosts, signals, unlike)


def spoken(
    name: str, fault: str, shape: Shape, content: Mapping[str, Trick], *, told: int, **more: object
) -> Scenario:
    """Something odd or hostile that the site truly says: told so many times, shown harmless, not again."""
    visits = (
        Visit(),
        Visit(content=content, told=told, **more),  # type: ignore[arg-type]
        Visit(content=content, outcome="unchanged"),
    )
    return Scenario(name, fault, shape, visits)
