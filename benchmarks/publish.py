"""What publishing costs after ten years: CPU, time, memory, files and bytes of the real command.

`python benchmarks/publish.py [CHANGES [ENTITIES]]` (100000, and one for every 50 changes)

A history is written in bulk (`long_history.py`), with as many visits as five sources have that are
visited every hour. `klastry publish` writes all of it into an empty folder, then finds nothing new;
one call more is found as a visit finds it, and published. Beside them stand the start of the
command, and feedgen alone writing RSS of the entries of `feed.json`.
"""

import json
import os
import platform
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, run
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

KLASTRY = ("-P", "-m", "monitor.cli")


def one_call_more(folder: Path) -> None:
    """Visit the schedule of calls, which shows one that nobody knew."""
    from monitor.config import load
    from monitor.publish import site_of
    from monitor.watchlist import select, watch_list
    from monitor.wording import sentences
    from pipelines.keep import Keeper
    from storage.history import History
    from storage.records import Key, Page, Said, Snapshot, call
    from storage.sealing import Run

    config = load(None, {}, folder)
    watched = watch_list(config)
    (source,) = select(watched, ["calls-parp"])
    with History.open(config.monitor.database) as history:
        newest = history.newest_visit()
        assert newest
        at = newest + timedelta(hours=2)
        slug = f"{source.address.url.rpartition('/')[0]}/component/grants/grants/nowy-{at:%Y%m%d%H}"
        record = call(
            Key("grant", slug), title=f"Nowy nabór dla klastrów {at:%H}", closes="2027-01-30", url=slug
        )
        page = Page(
            source.address.url, source.address.url, at, 200, {"content-type": "text/html"}, slug.encode()
        )
        reading = Said(page, (record,), page.sha256, source.address.reader, 1)
        snapshot = Snapshot(
            source.id, at, page.asked, source.address.reader, (reading,), whole=True, requests=1
        )
        visit = Run(slug, "crawl", at, sentences("pl", site_of(config, watched).source_title))
        Keeper(history, {source.id: source}, visit, trust_clock=True).take(snapshot)


def measured(name: str, folder: Path, *command: str) -> None:
    """Run a command in a process of its own and print what it took and what it wrote.

    This process stays small, for the memory of a child is counted from what its parent held.
    """
    started = perf_counter()
    with Popen([sys.executable, *command], cwd=folder, stdout=PIPE, text=True) as process:
        assert process.stdout
        written = [
            path for path in process.stdout.read().splitlines() if (folder / "public" / path).is_file()
        ]
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = perf_counter() - started
    assert process.returncode == 0, name
    size = sum((folder / "public" / path).stat().st_size for path in written)
    print(
        f"{name:32} {used.ru_utime + used.ru_stime:8.2f} s CPU {wall:8.2f} s {used.ru_maxrss / 1024:5.0f} MB "
        f"{len(written):7} files {size / 1e6:8.1f} MB",
        flush=True,
    )


def feedgen_alone(folder: Path) -> None:
    """Print what RSS of the same entries costs with nothing around it."""
    from feedgen.feed import FeedGenerator

    items = json.loads((folder / "public/feed.json").read_text("utf-8"))["items"]
    started = process_time()
    feed = FeedGenerator()
    feed.title("a")
    feed.description("a")
    feed.link(href="https://example.org/")
    for item in items:
        entry = feed.add_entry(order="append")
        entry.guid(item["id"])
        entry.title(item["title"])
        entry.link(href=item["url"])
        entry.description(item["summary"])
        entry.content(item["content_html"])
        entry.pubDate(item["date_published"])
    size = len(feed.rss_str(pretty=True))
    said = f"{len(items)} entries, {size / 1e6:.1f} MB"
    print(f"{'feedgen alone, one feed as RSS':32} {process_time() - started:8.2f} s CPU, {said}")


def main(changes: int = 100_000, entities: int = 0) -> None:
    here, entities = str(Path(__file__).absolute()), entities or max(4, changes // 50)
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"{changes} told changes of {entities} things")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "public").mkdir()
        # As in an installation, no module is compiled while a command is measured.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
        measured("the history, written in bulk", folder, here, "fill", str(changes), str(entities))
        run([sys.executable, *KLASTRY, "publish", "--help"], stdout=DEVNULL, check=True)
        measured("start of the command", folder, *KLASTRY, "publish", "--help")
        measured("into an empty folder", folder, *KLASTRY, "publish")
        measured("nothing new", folder, *KLASTRY, "publish")
        measured("one call more, found by a visit", folder, here, "one-call-more")
        measured("after one change", folder, *KLASTRY, "publish")
        run([sys.executable, here, "feedgen-alone"], cwd=folder, check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["fill", changes, entities]:
            from long_history import HOURS, fill

            from monitor.config import load

            fill(load(None, {}, Path.cwd()), int(changes), int(entities), 5 * HOURS)
        case ["feedgen-alone"]:
            feedgen_alone(Path.cwd())
        case ["one-call-more"]:
            one_call_more(Path.cwd())
        case numbers:
            main(*map(int, numbers))
