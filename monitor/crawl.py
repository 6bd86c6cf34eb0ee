"""`klastry crawl`: one run, from the sources that are asked to the files that are published."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from uuid import uuid4

from monitor.config import Config
from monitor.known import Remembered
from monitor.network import Network, visit
from monitor.notices import Notices
from monitor.opening import opened
from monitor.publish import site_of, write_all
from monitor.report import Report
from monitor.rereading import catch_up
from monitor.schedule import overdue
from monitor.second_look import second_looks
from monitor.stopping import Stopping
from monitor.watchlist import select, watch_list
from monitor.wording import sentences
from pipelines.clock import believable
from pipelines.keep import Keeper
from spiders.fences import Fence
from spiders.politeness import LONGEST_REST, rests_of
from spiders.recording import Recorder
from spiders.warc import Recording
from storage.errors import UsageError
from storage.forms import WARSAW, moment_text
from storage.history import History
from storage.records import Sentence, Source
from storage.sealing import Run


def crawl(
    config: Config,
    names: Sequence[str] = (),
    *,
    at: datetime | None = None,
    record: Path | None = None,
    replay: Path | None = None,
    dry_run: bool = False,
    publish: bool = True,
    quiet: bool = False,
    out: TextIO = sys.stdout,
) -> int:
    """Visit the named sources (default: all enabled), remember, publish, tell; gives the exit code.

    `at` (UTC) is the clock of the whole run; `replay` takes network and clock from a recording.
    Prints one line a source and one of summary to `out`; `quiet` prints nothing when all is
    well. Raises UsageError, ConfigError, HistoryLocked, StorageError, PublishError before anything is asked
    where that can be known.
    """
    with ExitStack() as stack:
        stopping = stack.enter_context(Stopping())
        recording = Recording.open(replay) if replay else None
        now = _clock(at, recording)
        notices = Notices(config)
        history = stack.enter_context(opened(config, now, dry=dry_run, publish=publish))
        _check_clock(history, at, recording)
        if not dry_run:
            notices.begin(history)
        watched = watch_list(config)
        chosen = _chosen(watched, names, history, now)
        run = Run(uuid4().hex, "replay" if recording else "crawl", now, _sentence(config, watched))
        report = stack.enter_context(Report(chosen, out, quiet=quiet, dry=dry_run))
        keeper = Keeper(
            history,
            {source.id: source for source in chosen},
            run,
            trust_clock=bool(at or recording),
            dry=dry_run,
            heard=report.heard,
        )
        recorder = stack.enter_context(Recorder(record)) if record else None
        fixed = at or (recording.last if recording else None)
        network = Network(
            config.crawl, config.monitor.contact, fixed, recorder, recording, rests(history, watched, now)
        )
        believed = now if keeper.trust_clock else believable(now, history.newest_visit())
        again = Run(uuid4().hex, "reread", believed, run.sentence)
        report.notes += catch_up(history, chosen, again, dry=dry_run)
        if recording is None:
            for snapshot in second_looks(history, chosen):
                keeper.take_late(snapshot)
        known = {source.id: Remembered(source, history, now, whole=recorder is not None) for source in chosen}
        visit(chosen, known, keeper, network, stopping)
        keeper.end()
        if not dry_run:
            _tell(history, config, watched, run, keeper, publish=publish)
            if publish:
                report.notes += notices.send(history, now, stopping)
        return report.end(keeper.outcomes, stopping.signal)


def _tell(
    history: History, config: Config, watched: Sequence[Source], run: Run, keeper: Keeper, *, publish: bool
) -> None:
    """Tell what began, and publish; a run whose clock is wrong does so as of the newest visit believed."""
    wrong = any(outcome.decision.clock == "suspect" for outcome in keeper.outcomes.values())
    if not wrong:
        with history.writing() as writing:
            writing.tell_beginnings(watched, run)
    if publish:
        write_all(history, config, (wrong and history.newest_visit()) or run.now)


def _sentence(config: Config, watched: Sequence[Source]) -> Sentence:
    return sentences(config.monitor.language, site_of(config, watched).source_title)


def _check_clock(history: History, at: datetime | None, recording: Recording | None) -> None:
    newest = history.newest_visit()
    if newest is None:
        return
    if at and at < newest:
        local = newest.astimezone(WARSAW).isoformat(timespec="seconds")
        raise UsageError(f"--at {moment_text(at)} lies before the newest visit: give {local} or later")
    if recording and recording.first.replace(microsecond=0) <= newest:  # visits are kept to the second
        raise UsageError(
            f"the recording begins at {moment_text(recording.first)}, before the history ends "
            f"({moment_text(newest)}): bring it in with `klastry backfill`"
        )


def rests(history: History, watched: Sequence[Source], now: datetime) -> dict[str, datetime]:
    """Hosts that asked to be left alone beyond `now` (UTC), each with its time.

    A visit may speak for the hosts of its source alone: its detail may hold words of a page, too.
    """
    hosts = {source.id: Fence.around(source).hosts for source in watched}
    found: dict[str, datetime] = {}
    for source, detail in history.details_since(now - LONGEST_REST):
        for host, until in rests_of(detail).items():
            if host in hosts.get(source, ()) and now < until <= now + LONGEST_REST:
                found[host] = max(until, found.get(host, until))
    return found


def _clock(at: datetime | None, recording: Recording | None) -> datetime:
    now = at or (recording.last if recording else datetime.now(UTC))
    return now.replace(microsecond=0)


def _chosen(
    watched: Sequence[Source], names: Sequence[str], history: History, now: datetime
) -> tuple[Source, ...]:
    """The named sources; without names all enabled ones, a dormant one once a week."""
    chosen = select(watched, names)
    if names:
        return chosen
    last = {source: at for source, (at, _) in history.last_visits(now).items()}
    due = overdue([source for source in chosen if source.dormant], last, now)
    return tuple(source for source in chosen if not source.dormant or source.id in due)
