"""The command line: usage, errors, codes, and what needs no crawl."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import socket
from typing import Any
from urllib.request import urlopen

import pytest
import typer.main

from monitor.cli import main
from monitor.cli.app import app
from monitor.cli.options import time_of
from monitor.config import TABLES, keys_of
from storage.errors import UsageError
from storage.history import History

ROOT = Path(__file__).parent.parent
OWN = """
[source.my-region]
url = "https://example.org/nabory"
item = "li"
fields = { title = "a", url = "a@href", closes = ".deadline" }
"""
PAGE = """<!DOCTYPE html><!-- Hand-written model page of klastry's tests; not a recording of any site. -->
<html><body><ul>
<li><a href="/nabory/1">Nabór dla klastrów</a> <b class="deadline">4.11.2026</b></li>
</ul></body></html>
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("KLASTRY_")]:
        monkeypatch.delenv(name)


def klastry(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, in the present folder."""
    command = [sys.executable, "-m", "monitor.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30, **more)


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its words, groups included."""

    def walk(command: Any, words: str) -> Iterator[tuple[str, Any]]:
        yield words, command
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, f"{words} {name}")

    return walk(typer.main.get_command(app), "klastry")


@pytest.mark.parametrize("words", [words for words, _ in commands()])
def test_every_command_has_help_with_an_example(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words.split()[1:], "--help"]) == 0
    assert "Example: klastry" in " ".join(capsys.readouterr().out.replace("│", " ").split())


def test_every_command_and_option_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for words, command in commands():
        assert words in page, words
        for parameter in command.params:
            for option in [*parameter.opts, *parameter.secondary_opts]:
                # `--help` stands once, for all.
                assert not option.startswith("--") or f"{option}" in page, f"{words} {option}"


def test_every_key_is_documented() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## `\[(\w+).*?$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    for table, model in TABLES.items():
        assert re.findall(r"^\| `(\w+)` \|", sections[table], re.MULTILINE) == keys_of(model)


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"klastry \d+\.\d+\.\d+\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["nope"], "see `klastry --help`"),
        (["crawl", "--nope"], "see `klastry crawl --help`"),
        (["changes", "--limit", "0"], "--limit"),
        (["changes", "--kind", "klaster"], "'cluster', 'call'"),
        (["changes", "--since", "wczoraj"], "2026-11-04"),
        (["crawl", "kkk-rm"], "did you mean kkk-mr?"),
        (["crawl", "--at", "tomorrow"], "--at 'tomorrow'"),
        (["crawl", "--replay", "a.warc.gz", "--record", "b.warc.gz"], "leave out --record"),
        (["--config", "none.toml", "status"], "none.toml: cannot be read"),
        (["sources", "try", "kkk-mr", "--page", "none.html"], "check --page"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(
    words: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("klastry: ")
    assert hint in line


def test_no_command_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    printed = capsys.readouterr()
    assert "Usage: klastry" in printed.out + printed.err
    assert "klastry: ;" not in printed.err


def test_a_bad_configuration_is_code_2_for_every_command() -> None:
    Path("klastry.toml").write_text('[crawl]\n"del\\u001bay" = 1\n')
    for words in (["crawl"], ["publish"], ["status"], ["sources", "check"], ["list", "calls"]):
        told = klastry(*words)
        assert told.returncode == 2
        assert told.stderr.count("\n") == 1
        assert "\x1b" not in told.stderr
        assert "klastry.toml: [crawl]" in told.stderr


def test_the_unexpected_is_one_line_and_code_4(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr("monitor.watchlist.watch_list", broken)
    assert main(["sources", "check"]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError: by zero; if `klastry verify` finds nothing, run again with --debug" in line
    assert main(["--debug", "sources", "check"]) == 4
    assert "Traceback" in capsys.readouterr().err


def test_no_history_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["changes"]) == 4
    assert "klastry crawl" in capsys.readouterr().err


def test_status_without_a_history_asks_for_a_crawl(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--format", "json"]) == 3
    rows = {row["source"]: row for row in json.loads(capsys.readouterr().out)}
    assert "klastry crawl kkk-mr" in rows["kkk-mr"]["next_step"]
    assert rows["kkk-pi"]["next_step"] is None


@pytest.mark.parametrize("words", [["sources"], ["sources", "list"]])
def test_the_watch_list_is_printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("klastry.toml").write_text(OWN)
    assert main(words) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["source"] for row in rows][-1] == "my-region"
    assert rows[-1]["hosts"] == ["example.org"]


def test_a_definition_is_tried_on_a_saved_page(capsys: pytest.CaptureFixture[str]) -> None:
    Path("region.toml").write_text(OWN)
    Path("saved.html").write_text(PAGE, encoding="utf-8")
    words = ["sources", "try", "my-region", "--definition", "region.toml", "--page", "saved.html"]
    assert main(words) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["title"], row["closes"]) == ("call", "Nabór dla klastrów", "2026-11-04")
    assert row["url"] == "https://example.org/nabory/1"


ADD = ["sources", "add", "my-region", "--url", "https://example.org/n", "--item", 'li[class="a"]']


def test_a_source_is_added_to_the_file_and_then_valid(capsys: pytest.CaptureFixture[str]) -> None:
    Path("klastry.toml").write_text("[crawl]\ndelay = 5")
    assert (
        main([*ADD, "--field", "title=a", "--field", "url=a@href", "--list", "window", "--at-least", "2"])
        == 0
    )
    assert Path("klastry.toml").read_text().startswith("[crawl]\ndelay = 5\n\n[source.my-region]\n")
    assert "klastry sources try my-region" in capsys.readouterr().out
    assert main(["sources", "list"]) == 0
    row = json.loads(capsys.readouterr().out)[-1]
    assert (row["source"], row["list"], row["at_least"]) == ("my-region", "window", 2)
    assert main([*ADD, "--field", "title=a"]) == 2


def test_a_source_that_is_not_valid_is_not_added() -> None:
    assert main([*ADD, "--field", "title=a["]) == 2
    assert main([*ADD, "--field", "title"]) == 2
    assert not Path("klastry.toml").exists()


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-04", "2026-11-03T23:00:00+00:00"),
        ("2026-07-01T16:00", "2026-07-01T14:00:00+00:00"),
        ("2026-11-04T06:15:09Z", "2026-11-04T06:15:09+00:00"),
        ("2026-11-04T06:15+02:00", "2026-11-04T04:15:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_of_warsaw(text: str, utc: str) -> None:
    given = time_of(text, "--at")
    assert given
    assert given.isoformat() == utc


def test_a_time_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="--at"):
        time_of("31.12.2026", "--at")


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_service_serves_until_it_is_stopped(command: str) -> None:
    sources = "kkk-pi kkk-mr competition-mr news-mr calls-parp news-parp".split()
    Path("klastry.toml").write_text("".join(f"[source.{name}]\nenabled = false\n" for name in sources))
    Path("public").mkdir()
    Path("public/klastry.xml").write_text("<rss/>")
    words = [sys.executable, "-m", "monitor.cli", command, "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as service:
        assert service.stdout
        address = service.stdout.readline().split()[-1]
        with urlopen(f"{address}klastry.xml", timeout=10) as answer:
            assert answer.read() == b"<rss/>"
        service.terminate()
        assert service.wait(10) == 143


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--port", str(taken.getsockname()[1])]) == 2
    assert "choose another --port" in capsys.readouterr().err


def test_help_and_questions_do_not_load_what_crawls() -> None:
    program = (
        "import sys; from monitor.cli import main; main(sys.argv[1:]);"
        "print(sorted({'scrapy', 'twisted', 'sqlalchemy', 'bs4'} & set(sys.modules)), file=sys.stderr)"
    )
    for words, loaded in ((["--help"], []), (["changes"], ["sqlalchemy"])):
        told = subprocess.run(
            [sys.executable, "-c", program, *words], capture_output=True, text=True, check=False
        )
        assert told.stderr.splitlines()[-1] == str(loaded)


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "monitor.cli", "sources", "list"]
    told = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=30)
    os.close(writing)
    assert (told.returncode, told.stderr) == (0, b"")


def test_closed_streams_and_a_plain_locale_give_the_same() -> None:
    program = f"{sys.executable} -m monitor.cli sources list"
    plain = subprocess.run(
        ["/bin/sh", "-c", f"{program} <&- 2>&-"], capture_output=True, check=False, env={"LC_ALL": "C"}
    )
    assert (plain.returncode, json.loads(plain.stdout)[-1]["title"]) == (0, "Aktualności PARP")
    silent = subprocess.run(["/bin/sh", "-c", f"{program} >&-"], capture_output=True, check=False)
    assert (silent.returncode, silent.stderr) == (0, b"")


@pytest.mark.parametrize("lines", ["export out", "status --format csv"])
def test_a_full_disk_under_the_output_is_one_line(lines: str) -> None:
    History.open("data/klastry.db", create=True).close()
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "monitor.cli", *lines.split()]
        told = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert told.returncode == 4
    assert told.stderr == "klastry: standard output cannot be written (No space left on device); make room\n"
