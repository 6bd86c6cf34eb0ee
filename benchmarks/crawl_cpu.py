"""What a visit costs: CPU a page and memory, beside a bare Scrapy spider that fetches the same pages.

`python benchmarks/crawl_cpu.py [PAGES]` (200)

A schedule of calls leads to so many call cards of 37 kB. A stand-in of the sites serves them on
loopback, over TLS, with no pause between requests. Four crawls are measured, each in a process of
its own: a bare spider; klastry's first visit; a visit in which every page answers 304; and one in
which every page comes whole and is the same. Each is run with few and with many cards: the
difference is the cost of a page, what is left the cost of starting.
"""

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.standin import Answer, Pages, StandIn

ROOT = Path(__file__).parents[1]
SAVED = ROOT / "tests" / "pages"
HOST = "https://www.parp.gov.pl"
SCHEDULE = f"{HOST}/harmonogram-naborow"
SLUG = "rozwoj-oferty-klastrow-dla-firm-nabor-dla-koordynatorow-krajowych-klastrow-kluczowych"
CARD = f"{HOST}/component/grants/grants/{SLUG}"
HTML = {"Content-Type": "text/html; charset=utf-8"}
FEW = 20
BARE = str(ROOT / "benchmarks" / "bare_spider.py")

# A process of its own for each crawl: what it used is not mixed with what the stand-in uses.
MEASURE = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@dataclass(frozen=True)
class Cost:
    """User and system seconds of one process, its peak of resident memory in MB, pages it was sent."""

    seconds: float
    peak: float
    sent: int


def site(cards: int) -> dict[str, Answer]:
    """A schedule of `cards` tiles, and their cards."""
    schedule = (SAVED / "parp_schedule" / "2026-09.html").read_text("utf-8")
    card = (SAVED / "parp_card" / "2026-kkk-open.html").read_text("utf-8")
    tiles = re.compile(r'<a href="[^"]*" class="schedule-main.*?\n    </a>', re.DOTALL)
    (tile,) = [tile for tile in tiles.findall(schedule) if SLUG in tile][:1]
    made = "\n".join(tile.replace(SLUG, f"{SLUG}-{number}") for number in range(cards))
    first = schedule.index(tile)
    last = schedule.rindex("\n    </a>") + len("\n    </a>")
    answers = {SCHEDULE: Answer(headers=HTML, body=(schedule[:first] + made + schedule[last:]).encode())}
    for number in range(cards):
        body = card.replace(SLUG, f"{SLUG}-{number}").replace("001/26", f"{number:03}/26")
        answers[f"{CARD}-{number}"] = Answer(headers=HTML, body=body.encode())
    return answers


def cost(command: Sequence[str], folder: Path, stand_in: StandIn) -> Cost:
    """Runs `command` to its end. Raises RuntimeError when it fails."""
    before = len(stand_in.asked)
    environment: Mapping[str, str] = {**os.environ, **stand_in.environment()}
    measured = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE, sys.executable, *command],
        cwd=folder,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    code, seconds, peak = json.loads(measured.stdout)
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}")
    return Cost(seconds, peak, len(stand_in.asked) - before)


def crawls(cards: int) -> dict[str, Cost]:
    """The four crawls over `cards` cards."""
    answers = site(cards)
    conditional, whole = Pages(answers), Pages(answers, validators=False)
    klastry = ["-P", "-m", "monitor.cli", "crawl", "calls-parp", "--no-publish"]
    with TemporaryDirectory() as name, StandIn(conditional) as stand_in:
        folder = Path(name)
        (folder / "klastry.toml").write_text("[crawl]\ndelay = 0\n")
        costs = {
            "bare Scrapy spider": cost([BARE, SCHEDULE], folder, stand_in),
            "klastry, first visit": cost(klastry, folder, stand_in),
            "klastry, all 304": cost(klastry, folder, stand_in),
        }
        stand_in.answer = whole
        costs["klastry, all 200, unchanged"] = cost(klastry, folder, stand_in)
    return costs


def main(pages: int = 200) -> None:
    few, many = crawls(FEW), crawls(FEW + pages)
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{'':26}  CPU: ms a page  s to start  peak MB: {FEW} cards  {FEW + pages:>4} cards")
    for name, cost_of_many in many.items():
        a_page = (cost_of_many.seconds - few[name].seconds) / pages
        start = few[name].seconds - FEW * a_page
        peaks = f"{few[name].peak:17.0f}  {cost_of_many.peak:10.0f}"
        print(f"{name:26}  {a_page * 1000:14.1f}  {start:10.2f}  {peaks}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
