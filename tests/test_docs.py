"""What the documentation shows works: commands, configuration, SQL, links, lists of columns."""

import os
import re
import runpy
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from monitor.cli import main
from monitor.config import parse
from monitor.watchlist import built_in, watch_list
from spiders.readers import names
from storage.records import Missed, Source
from tests.playing import Played
from tests.world import CALLS, KKK, LIST_URL, World, a_call, a_cluster, at, said, with_value

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    ROOT / "benchmarks/README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in PAGES}
NOT_YET = {"worker"}
"""Commands that the documentation names only to say that they are not there yet."""
OFFLINE = {
    "doctor",
    "status",
    "changes",
    "list",
    "publish",
    "sources",
    "cite",
    "verify",
    "export",
    "diff",
    "timeline",
    "coverage",
}
_FENCE = re.compile(r"^```(\w+)?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_IN_BLOCK = re.compile(r"(?:^|[ /])klastry ((?!#)[a-z-][^&|>#\n]*)", re.MULTILINE)
_IN_TEXT = re.compile(r"`klastry ([a-z-][^`\n]*)`")
_SHELLS = ("sh", "crontab", "ini")


class Block(NamedTuple):
    """A fenced block: where it stands, its language, the file it is of, its text."""

    page: str
    language: str
    of: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.text.splitlines()[0][:40]}"


BLOCKS = [
    Block(page, match[1] or "", match[2] or "", match[3])
    for page, text in TEXTS.items()
    for match in _FENCE.finditer(text)
]


def of(language: str, file: str = "") -> list[Block]:
    return [block for block in BLOCKS if (block.language, block.of) == (language, file)]


def commands() -> list[str]:
    """Every `klastry …` in blocks and in running text, once."""
    shown = [
        match for block in BLOCKS if block.language in _SHELLS for match in _IN_BLOCK.findall(block.text)
    ]
    said = [match for text in TEXTS.values() for match in _IN_TEXT.findall(text)]
    found = {line.strip() for line in (*shown, *said)}
    return sorted(line for line in found if line.split()[0] not in NOT_YET)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder as the documentation supposes: configuration, history, a saved page."""
    folder = tmp_path_factory.mktemp("model")
    (own,) = [block for block in of("toml") if block.page == "README.md" and "my-region" in block.text]
    (folder / "klastry.toml").write_text(own.text, "utf-8")
    rows = "".join(
        f'<li><a href="/n/{n}">Nabór {n}</a> <b class="deadline">3.11.2026</b></li>' for n in "abc"
    )
    page = f'<html><body><ul class="calls">{rows}</ul></body></html>'
    (folder / "saved.html").write_text(page, "utf-8")
    (folder / "data").mkdir()
    (folder / "public").mkdir()
    world = World.new(folder / "data")
    names = ("Dolina Lotnicza", "Evoluma")
    clusters = [
        with_value(a_cluster(name, status_until="2099-12-31"), sectors=("lotnictwo",)) for name in names
    ]
    world.visit(KKK, at(), clusters)
    for day, closes in enumerate(("2099-08-30", "2099-09-29")):
        world.visit(CALLS, at(day), [a_call("rozwoj", title="Rozwój", opens="2026-03-01", closes=closes)])
    blocked = said(LIST_URL, at(3), (), b"Request Rejected").page
    world.visit(KKK, at(3), fault=Missed(LIST_URL, at(3), "blocked-page", "says 'request rejected'", blocked))
    world.history.close()
    return folder


@pytest.fixture
def folder(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model, and the working folder of the test."""
    shutil.copytree(model, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("KLASTRY_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.mark.parametrize("block", of("toml"), ids=str)
def test_configuration_is_valid(block: Block, tmp_path: Path) -> None:
    assert watch_list(parse(block.text, None, {}, tmp_path))


@pytest.mark.parametrize("block", of("toml", "sources.toml"), ids=str)
def test_declared_source_is_like_the_built_in_ones(block: Block) -> None:
    declared = {key for table in built_in_tables().values() for key in table}
    for table in tomllib.loads(block.text).values():
        assert table.keys() <= declared
        assert table.keys() - {"addresses", "details"} <= set(Source.__dataclass_fields__)
        assert {address["reader"] for address in table["addresses"]} <= set(names())


def built_in_tables() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "spiders/sources.toml").read_text("utf-8"))


@pytest.mark.parametrize("block", [block for block in of("sql") if block.page != "docs/querying.md"], ids=str)
def test_query_answers(block: Block, folder: Path) -> None:
    with closing(sqlite3.connect(f"file:{folder}/data/klastry.db?mode=ro", uri=True)) as database:
        for query in filter(str.strip, block.text.split(";\n")):
            rows = database.execute(query).fetchall()
            assert rows or "open" in query, f"no rows: {query}"


@pytest.mark.parametrize("line", commands())
def test_command_exists(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line)
    # Before the options of the command: an option without its value must not take it, and run.
    at = next((place for place, word in enumerate(words) if place and word.startswith("-")), len(words))
    asked = [*words, "--help"] if words[0].startswith("-") else [*words[:at], "--help", *words[at:]]
    assert main(asked) == 0, capsys.readouterr().err


@pytest.mark.parametrize("line", [line for line in commands() if line.split()[0] in OFFLINE])
def test_command_works(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line)
    asks_the_network = words[:2] in (["sources", "try"], ["sources", "add"]) and "--page" not in words
    if (
        asks_the_network
        or {"ID", "COMMAND", "CHANGE", "ENTITY", "FROM"} & set(words)
        or words in (["list"], ["cite"], ["diff"], ["timeline"])
    ):
        return
    assert main(words) in (0, 3), capsys.readouterr().err


def test_commands_not_there_yet_are_named_in_the_changelog(capsys: pytest.CaptureFixture[str]) -> None:
    changelog = TEXTS["CHANGELOG.md"].partition("Known limits")[2]
    for command in NOT_YET:
        assert f"`{command}`" in changelog
        assert main([command, "--help"]) == 2, f"{command} is there: the documentation says it is not"
    capsys.readouterr()


def test_columns_of_the_views_are_told(folder: Path) -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| `([\w, ]+)` \|$", TEXTS["docs/history.md"], re.MULTILINE))
    with closing(sqlite3.connect(folder / "data/klastry.db")) as database:
        columns = {
            view: ", ".join(column[0] for column in database.execute(f"SELECT * FROM {view}").description)
            for view in told
        }
    assert told == columns
    assert {
        "clusters",
        "calls",
        "articles",
        "documents",
        "changes",
        "moves",
        "visits",
        "history",
        "coverage",
        "gaps",
        "statuses",
        "evidence",
    } == told.keys()


def test_built_in_sources_are_told() -> None:
    told = dict(re.findall(r"^\| `([\w-]+)` \|.*\| (http\S+) \|$", TEXTS["docs/sources.md"], re.MULTILINE))
    assert told == {source.id: source.address.url for source in built_in()}


@pytest.mark.parametrize("page", TEXTS)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", TEXTS[page]):
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), f"{page}: {target}"
        if anchor:
            assert anchor in anchors(file), f"{page}: {target}"


def anchors(file: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", TEXTS)
def test_chores_exist(page: str) -> None:
    targets = set(re.findall(r"^([\w-]+):(?!=)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([\w-]+)", TEXTS[page], re.MULTILINE)) <= targets


@pytest.mark.long
def test_the_picture_can_be_drawn(played: Played, tmp_path: Path) -> None:
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("no chromium")
    picture = tmp_path / "picture.png"
    draw = runpy.run_path(str(ROOT / "docs/screenshots.py"))["draw"]
    draw(played.public / "index.html", picture, tmp_path / "profile")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000


@pytest.mark.long
@pytest.mark.parametrize(
    ("script", "counts"),
    [
        ("crawl_cpu.py", [4]),
        ("publish.py", [100]),
        ("serve.py", [300]),
        ("pages.py", [40]),
        ("evidence.py", [1, 1]),
        ("questions.py", [1000, 40]),
    ],
)
def test_benchmark_runs(script: str, counts: list[int], tmp_path: Path) -> None:
    run = [sys.executable, ROOT / "benchmarks" / script, *map(str, counts)]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Python 3" in done.stdout
