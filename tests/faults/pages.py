"""The pages of the documentation that are made of tables of the tests and of the program."""

from faults import checks
from faults.scenario import Scenario, Visit
from faults.table import CATALOGUE, QUICK
from monitor.reasons import advice
from pipelines.check import state_of
from storage.errors import REASONS

_HEAD = """# The catalogue of faults

What sites have been made to do to the real `klastry crawl`, over real HTTP and TLS on loopback, and what
came of it. This page is written from the table of the tests (`pytest tests/test_docs_faults.py --bless`),
so it says what the tests hold: {count} cases, of which {quick} are played in `make test` and all in `make
test-all`.

Each case is a source that is visited several times: well, while the fault lasts, and well again. Beside
it goes a twin that never meets the fault. After every case:

1. no value ended, no change and no entry came from the faulty reading;
2. the feeds, read again and again meanwhile, parsed at every instant, and the ids of their entries
   stayed;
3. the database passed its integrity and foreign-key checks, its evidence and its chain;
4. after one healthy visit it knew what the twin knows, with the same times;
5. the operator was told once that the source broke, with reason, address and next step, and once that it
   works again;
6. no crawl took more than {seconds:.0f} s, {memory:.0f} MB of memory or {disk:.0f} MB of disk, though
   dozens of such sources were in it;
7. no host was asked that is not the source's, none twice at a time, none without the pause;
8. the page that was refused is kept, cut at {kept:.0f} MB, with its reason.

Also: nothing that was published holds a control character or markup that acts, even when decoded twice;
nothing that was printed holds an escape or a traceback. *told* counts the entries of the readers' feeds.
"""


def faults_page() -> str:
    """`docs/faults.md`."""
    count = sum(map(len, CATALOGUE.values()))
    parts = [
        _HEAD.format(
            count=count,
            quick=len(QUICK),
            seconds=checks.MOST_SECONDS,
            memory=checks.MOST_MEMORY / 1024,
            disk=checks.MOST_DISK / 1024 / 1024,
            kept=checks.MOST_KEPT / 1_000_000,
        )
    ]
    for chapter, scenarios in CATALOGUE.items():
        rows = [f"| `{each.name}` | {each.fault} | {_story(each)} | {_told(each)} |" for each in scenarios]
        head = ["| case | what the site does | visits | operator told |", "| --- | --- | --- | --- |"]
        parts.append("\n".join([f"## {chapter}", "", *head, *rows]) + "\n")
    return "\n".join(parts)


def _story(scenario: Scenario) -> str:
    visits = [visit for _, visit in sorted(scenario.hours().items())]
    return ", ".join(_words(visit) for visit in visits)


def _words(visit: Visit) -> str:
    state = visit.outcome.partition(" ")[0]
    reasons = " or ".join(f"`{reason}`" for reason in visit.reasons)
    told = f" ({visit.told} told)" if visit.told else ""
    return f"{state}{' ' if reasons else ''}{reasons}{told}"


def _told(scenario: Scenario) -> str:
    return ", ".join(scenario.expected_signals) or "–"


def reasons_table() -> str:
    """Every reason of the closed list, in the words of `klastry status`."""
    rows = ["| reason | state | means | what to do | waits for you |", "| --- | --- | --- | --- | --- |"]
    for reason in REASONS:
        meaning, step, person = advice("en", reason)
        rows.append(f"| `{reason}` | {state_of(reason)} | {meaning} | {step} | {'yes' if person else ''} |")
    return "\n".join(rows)
