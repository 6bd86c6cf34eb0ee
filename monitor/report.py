"""What a crawl tells the one who ran it: a line a source, a summary, one exit code."""

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipelines.keep import Outcome
from storage.records import Source, clean

_WELL = ("complete", "unchanged")


class Report:
    """Gathers what was heard of `sources`; on a terminal a progress bar shows that it goes on."""

    def __init__(self, sources: Sequence[Source], out: TextIO, *, quiet: bool, dry: bool) -> None:
        self._sources = sources
        self._out = out
        self._quiet = quiet
        self._dry = dry
        self.notes: list[str] = []
        """Lines that follow those of the sources."""
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            console=Console(stderr=True), transient=True, disable=quiet or not out.isatty(),
        )  # fmt: skip
        self._task = self._progress.add_task("visiting", total=len(sources))

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def heard(self, source: Source, outcome: Outcome) -> None:
        """One visit has come to its end."""
        self._progress.update(self._task, advance=1, description=source.id)

    def end(self, outcomes: Mapping[str, Outcome], stopped: int | None) -> int:
        """Print the report; gives the exit code."""
        self._progress.stop()
        code = exit_code(self._sources, outcomes, stopped)
        if not (self._quiet and code == 0):
            for line in self._lines(outcomes):
                print(line, file=self._out)
        return code

    def _lines(self, outcomes: Mapping[str, Outcome]) -> list[str]:
        width = max((len(source.id) for source in self._sources), default=0)
        lines = []
        for source in self._sources:
            outcome = outcomes[source.id]
            lines.append(f"{source.id:<{width}}  {line_of(outcome)}")
            if self._dry:
                lines += [f"  {clean(change.summary or '')}" for change in outcome.told]
        lines += self.notes
        well = sum(outcome.decision.state in _WELL for outcome in outcomes.values())
        told = sum(len(outcome.told) for outcome in outcomes.values())
        verb = "would be told" if self._dry else "told"
        lines.append(f"{well} of {len(outcomes)} sources complete, {told} {_plural(told, 'change')} {verb}")
        return lines


def line_of(outcome: Outcome) -> str:
    """State, what was found, and why not more."""
    decision = outcome.decision
    reason = f" ({decision.reason})" if decision.reason else ""
    detail = f": {decision.detail}" if decision.detail else ""
    told = f", {len(outcome.told)} {_plural(len(outcome.told), 'change')}" if outcome.told else ""
    found = f", {decision.records} {_plural(decision.records, 'record')}" if decision.records else ""
    return clean(f"{decision.state}{reason}{found}{told}{detail}")


def exit_code(sources: Sequence[Source], outcomes: Mapping[str, Outcome], stopped: int | None) -> int:
    """The code of the contract; failures of dormant sources do not count."""
    if stopped is not None:
        return 128 + stopped
    if outcomes and all(map(_is_cut_off, outcomes.values())):
        return 6
    awake = [outcomes[source.id] for source in sources if not source.dormant]
    return 3 if any(outcome.decision.state not in _WELL for outcome in awake) else 0


def _is_cut_off(outcome: Outcome) -> bool:
    """Whether nothing came from the network; a host that is left alone was not asked."""
    decision = outcome.decision
    silent = decision.state == "failed" and not decision.snapshot.answered
    return silent and decision.reason != "rate-limited"


def _plural(count: int, word: str) -> str:
    return word if count == 1 else f"{word}s"
