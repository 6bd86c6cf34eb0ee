"""What the documentation says of faults, reasons and limits is what the program and the tests hold."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from faults.pages import faults_page, reasons_table
from faults.table import CATALOGUE, CROWDS, QUICK

from monitor import settings
from monitor.config_tables import Crawl
from pipelines.check import LONGEST_NAME, LONGEST_VALUE
from spiders import markup
from spiders.fetch import MOST_HOPS, Patience
from spiders.outcome import LONGEST_KEPT
from spiders.politeness import LONGEST_CRAWL_DELAY, LONGEST_REST
from spiders.robots import LONGEST_FILE
from spiders.single_try import LONGEST_HEAD
from spiders.visit import MOST_DETAILS, MOST_READ
from storage.errors import REASONS
from storage.evidence import REFUSED_BYTES, REFUSED_KEPT, ROBOTS_BYTES, ROBOTS_KEPT
from storage.records import Source

DOCS = Path(__file__).parents[1] / "docs"
LIMITS = {
    "requests to one host at a time": settings.CONCURRENT_REQUESTS_PER_DOMAIN,
    "pause between two requests to a host, at least (`delay`)": f"{Crawl().delay:g} s",
    "time for one answer (`timeout`)": f"{Crawl().timeout:g} s",
    "requests to one address in a visit": len(settings.KLASTRY_BACKOFF) + 1,
    "Retry-After that is waited for, of one host together": f"{settings.KLASTRY_LONGEST_WAIT} s",
    "longest time a host is left alone at its wish": f"{LONGEST_REST.total_seconds() / 3600:g} h",
    "Crawl-delay that is kept": f"{LONGEST_CRAWL_DELAY:g} s",
    "one visit of one source": f"{settings.KLASTRY_SOURCE_SECONDS} s",
    "hops of a redirect": MOST_HOPS,
    "pages of a list in one visit (`pages`)": Source.pages,
    "pages of detail in one visit": MOST_DETAILS,
    "pages read in one visit, together": f"{MOST_READ // 1024**2} MB",
    "one page, packed or not": f"{settings.KLASTRY_PAGE_BYTES // 1024**2} MB",
    "anything at all, packed or not": f"{settings.DOWNLOAD_MAXSIZE // 1024**2} MB",
    "head of an answer": f"{LONGEST_HEAD // 1024} kB",
    "robots file that is read and kept": f"{LONGEST_FILE // 1000} kB",
    "robots files kept of one host, each with other rules": ROBOTS_KEPT,
    "tags of one page": markup.MOST_TAGS,
    "letters read of one page, rows in rows counted again": markup.MOST_WALKED,
    "depth of tags": markup.DEEPEST,
    "a name or title": f"{LONGEST_NAME} letters",
    "any other value": f"{LONGEST_VALUE} letters",
    "refused pages kept": REFUSED_KEPT,
    "each of them cut at": f"{REFUSED_BYTES // 1_000_000} MB",
}
_REASONS = re.compile(r"(<!-- reasons: .*? -->\n)(.*?)(<!-- end of reasons -->)", re.DOTALL)


def test_the_catalogue_is_that_of_the_tests(pytestconfig: pytest.Config) -> None:
    file = DOCS / "faults.md"
    if pytestconfig.getoption("bless"):
        file.write_text(faults_page(), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == faults_page()


def test_each_case_stands_once_and_is_played_once() -> None:
    names = [each.name for scenarios in CATALOGUE.values() for each in scenarios]
    assert len(set(names)) == len(names) >= 120
    assert sorted(names) == sorted(each.name for crowd in CROWDS.values() for each in crowd)
    assert set(names) >= QUICK
    assert len(QUICK) * 10 >= len(names)


def test_each_reason_of_the_closed_list_is_met() -> None:
    """But for those of the machine itself; `dns` is met without a proxy alone, by the tests of names."""
    met = {
        reason
        for scenarios in CATALOGUE.values()
        for each in scenarios
        for visit in each.visits
        for reason in visit.reasons
    }
    assert set(REASONS) - met == {"dns", "clock", "stopped"}


def test_reasons_are_told_in_the_words_of_the_program(pytestconfig: pytest.Config) -> None:
    file = DOCS / "operating.md"
    text = file.read_text(encoding="utf-8")
    wanted = _REASONS.sub(lambda found: f"{found[1]}{reasons_table()}\n{found[3]}", text)
    if pytestconfig.getoption("bless"):
        file.write_text(wanted, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == wanted
    assert all(f"| `{reason}` |" in wanted for reason in REASONS)


def test_limits_are_those_of_the_program() -> None:
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", text.partition("## Limits")[2], re.MULTILINE)[1:])
    told.pop("---", None)
    assert told == {name: str(value) for name, value in LIMITS.items()}
    assert Patience() == Patience(
        Crawl().timeout,
        tuple(map(float, settings.KLASTRY_BACKOFF)),
        settings.KLASTRY_LONGEST_WAIT,
        settings.KLASTRY_PAGE_BYTES,
    )
    assert LONGEST_KEPT == REFUSED_BYTES
    assert LONGEST_FILE == ROBOTS_BYTES


@pytest.mark.parametrize(("library", "least"), [("scrapy", (2, 14, 2)), ("lxml", (6, 1)), ("brotli", (1, 2))])
def test_libraries_are_newer_than_their_known_holes(library: str, least: tuple[int, ...]) -> None:
    assert tuple(map(int, re.findall(r"\d+", version(library))))[: len(least)] >= least
