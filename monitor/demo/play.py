"""Plays the four days: visits, prints what was told, serves what was published."""

import asyncio
import os
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from monitor.demo import place
from monitor.demo.days import VISITS, Visit, pages
from monitor.entries import entries
from monitor.serve import HOST, PORT, serving
from monitor.service import crawl_command, until_stopped
from monitor.standin import StandIn
from storage.errors import KlastryError
from storage.history import History

FOLDER = Path("build/demo")

_WELL = (0, 3)
"""Exit codes of a crawl after which the demo goes on: 3 says that a source was not believed."""


def demo(*, serve: bool, out: TextIO, folder: Path = FOLDER) -> int:
    """Play the four days in `folder`, below the working folder; gives the exit code.

    With `serve` what is published is served until Ctrl-C, from the first visit on, at the usual
    address or, where that is taken, on a free port. Raises UsageError when the folder is not
    the demo's, KlastryError when a visit breaks.
    """
    place.prepare(folder)
    play = _Play(folder, out)
    code = asyncio.run(until_stopped(play.run(serve=serve)))
    return 0 if play.finished else code


class _Play:
    """One demo: `folder` is its place, `out` hears what is told."""

    def __init__(self, folder: Path, out: TextIO) -> None:
        self.finished = False
        self._folder = folder
        self._out = out
        self._told = 0
        self._visits = 0
        self._now = VISITS[0].at

    async def run(self, *, serve: bool) -> None:
        async with AsyncExitStack() as stack:
            public = self._folder / place.PUBLIC
            address = await _served(public, stack) if serve else f"http://{HOST}:{PORT}/"
            config = place.configure(self._folder, address)
            self._say("Four days of 2023 on hand-written model pages of www.gov.pl and www.parp.gov.pl")
            self._say("(models, no recordings), visited over HTTP on this computer only.")
            await self._play(config)
            self._say(f"\nTold in all: {self._told}. Published in {public}")
            self._say(f"The feed: {address}klastry.xml\nThe page: {address}")
            self.finished = True
            if serve:
                self._say("Serving them until Ctrl-C.")
                await asyncio.Event().wait()
            self._say(f"To serve them: klastry --config {config} serve")

    async def _play(self, config: Path) -> None:
        with StandIn(pages(VISITS[0]), now=lambda: self._now) as sites:
            for visit in VISITS:
                self._now = visit.at.astimezone(UTC)
                sites.answer = pages(visit)
                await _crawl(config, visit.at, sites.environment())
                self._report(visit)

    def _report(self, visit: Visit) -> None:
        """Print what the visit told, what it did not believe, and what it does not tell yet."""
        if visit.part == "morning":
            self._say(f"\nDay {visit.day}: {visit.at:%A} {visit.at.day} {visit.at:%B %Y}")
        with History.open(str(self._folder / place.DATABASE)) as history:
            told = entries(history.told())
            visits = history.visits()
            clusters = history.rows("clusters", day=visit.at.date().isoformat())
        self._say(f"  {visit.part}, {visit.at:%H:%M}: {len(told) - self._told or 'nothing'} told")
        for entry in told[self._told :]:
            self._say(f"    {entry.title}")
        for row in visits[self._visits :]:
            if row["state"] == "refused":
                self._say(f"    ({row['source']} refused: {row['reason']}, {row['detail']})")
        for row in clusters:
            if row["listed"] == "missing":
                self._say(f"    (not on the list, and not told before it is certain: {row['name']})")
        self._told, self._visits = len(told), len(visits)

    def _say(self, line: str) -> None:
        print(line, file=self._out, flush=True)


async def _served(folder: Path, stack: AsyncExitStack) -> str:
    """Serve `folder` until `stack` is left; gives the address."""
    try:
        return await stack.enter_async_context(serving(folder))
    except OSError:  # the usual port is taken
        return await stack.enter_async_context(serving(folder, port=0))


async def _crawl(config: Path, at: datetime, sites: Mapping[str, str]) -> None:
    """Run `klastry crawl` as a process of its own that finds `sites` in place of the real ones."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("KLASTRY_")}
    child = await asyncio.create_subprocess_exec(
        *crawl_command(str(config)),
        "--at",
        at.isoformat(),
        env={**ours, **sites},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        printed, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()
    if child.returncode not in _WELL:
        said = printed.decode(errors="replace").strip().splitlines() or ["no word"]
        raise KlastryError(f"the visit of {at:%Y-%m-%d %H:%M} ended with code {child.returncode}: {said[-1]}")
