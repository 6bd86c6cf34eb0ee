"""A child process that asks for addresses with real Scrapy: questions from a file, answers to one.

Twisted's reactor starts once in a process, so each group of questions has a process of its own.
"""

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.resolver import dnscache
from scrapy.utils.project import get_project_settings

from spiders.fences import Fence
from spiders.fetch import Answer, Trail
from spiders.mr_gov_pl import MrGovPl
from spiders.politeness import Politeness
from storage.records import Snapshot, Validators

ROOT = Path(__file__).parents[1]
QUICK: Mapping[str, Any] = {"KLASTRY_BACKOFF": [0, 0], "DOWNLOAD_TIMEOUT": 1, "KLASTRY_PAGE_BYTES": 100_000}


@dataclass(frozen=True)
class Question:
    """One address to ask for, within a fence."""

    address: str
    fence: Fence
    validators: Validators | None = None


@dataclass(frozen=True)
class Group:
    """Questions for one process, asked side by side; `names` are what the resolver knows."""

    questions: Sequence[Question]
    settings: Mapping[str, Any] = field(default_factory=lambda: dict(QUICK))
    names: Mapping[str, str] = field(default_factory=dict)


class Asker(MrGovPl):
    """Asks, and keeps the answers; reads nothing."""

    name = "asker"
    group: Group
    answers: list[tuple[Answer, Trail]]

    async def start(self) -> AsyncIterator[Snapshot]:
        fetcher = self._fetcher(Politeness(0))
        some_at_a_time = asyncio.Semaphore(20)

        async def ask(question: Question) -> tuple[Answer, Trail]:
            trail = Trail()
            async with some_at_a_time:
                answer = await fetcher.page(question.address, question.fence, trail, question.validators)
            return answer, trail

        self.answers[:] = await asyncio.gather(*map(ask, self.group.questions))
        return
        yield


def ask(group: Group, folder: Path, environment: Mapping[str, str]) -> list[tuple[Answer, Trail]]:
    """What came of each question of `group`, in its order."""
    file = folder / "questions.pickle"
    file.write_bytes(pickle.dumps(group))
    plain = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    subprocess.run(
        [sys.executable, __file__, file],
        cwd=ROOT,
        env={**plain, "SCRAPY_SETTINGS_MODULE": "monitor.settings", **environment},
        check=True,
        timeout=60,
    )
    answers: list[tuple[Answer, Trail]] = pickle.loads(file.with_suffix(".answers").read_bytes())
    return answers


def main(file: Path) -> None:
    group: Group = pickle.loads(file.read_bytes())
    settings = get_project_settings()
    settings.update({**group.settings, "LOG_LEVEL": "ERROR"}, priority="cmdline")
    for name, address in group.names.items():
        dnscache[name] = address
    answers: list[tuple[Answer, Trail]] = []
    process = AsyncCrawlerProcess(settings)
    process.crawl(Asker, group=group, answers=answers)
    process.start()
    file.with_suffix(".answers").write_bytes(pickle.dumps(answers))


if __name__ == "__main__":
    # Pickled classes must be found under the name by which the tests import this module.
    import asking

    asking.main(Path(sys.argv[1]))
