"""The whole table: every scenario once, by chapter, and by the crowd it is played with."""

from collections.abc import Mapping

from faults import of_days, of_http, of_lies, of_lists, of_reach, of_text
from faults.scenario import Scenario

CATALOGUE: Mapping[str, tuple[Scenario, ...]] = {
    "HTTP": of_http.SCENARIOS,
    "Pages that lie with 200": of_lies.SCENARIOS,
    "Lists that lie, and true ones that look odd": of_lists.SCENARIOS,
    "Over days": of_days.SCENARIOS,
    "Encodings and hostile text": of_text.SCENARIOS,
    "Redirects, reach, robots": of_reach.SCENARIOS,
}
QUICK = frozenset(
    "always-500 gzip-of-nothing once-500 list-404 denied-403 wait-seconds closed length-too-large gzip-damaged hang-at-once "
    "tls-expired unknown-host rejected no-such-page sent-home meta-refresh card-gone one-page-for-all "
    "half-page a-quarter-missing other-window turned-round cp1250-as-utf8 mojibake-cp1250 hostile-titles "
    "escapes-in-notice three-hops to-metadata to-foreign robots-500 robots-all second-500 second-blocked".split()
)
"""A tenth of all, of every family some: played every day, the others before a release."""

_SHORT = {
    "HTTP": "http",
    "Pages that lie with 200": "lies",
    "Lists that lie, and true ones that look odd": "lists",
    "Over days": "days",
    "Encodings and hostile text": "text",
    "Redirects, reach, robots": "reach",
}
TIMEOUTS: Mapping[str, float] = {"quick": 4.0, "slow": 4.0, "heavy": 30.0}
"""Seconds for an answer where a crowd has its own."""


def _crowd(chapter: str, scenario: Scenario) -> str:
    if scenario.name in QUICK:
        return "quick"
    return _SHORT[chapter] if scenario.crowd == "plain" else scenario.crowd


def _crowds() -> dict[str, list[Scenario]]:
    found: dict[str, list[Scenario]] = {}
    for chapter, scenarios in CATALOGUE.items():
        for scenario in scenarios:
            found.setdefault(_crowd(chapter, scenario), []).append(scenario)
    return found


CROWDS: Mapping[str, list[Scenario]] = _crowds()
