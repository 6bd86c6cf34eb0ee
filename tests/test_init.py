"""`klastry init`: a valid file that is never overwritten, and what cron and systemd need."""

import os
import pty
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config import TABLES, keys_of, parse
from monitor.first_setup import Place, configuration, crontab, units
from monitor.watchlist import watch_list

DOCS = (Path(__file__).parents[1] / "docs/running.md").read_text("utf-8")
STATE = Path("/var/lib/klastry")
AS_DOCUMENTED = Place(Path("/etc/klastry.toml"), STATE, ("/opt/klastry/bin/klastry",), "klastry")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KLASTRY_CONFIG", raising=False)
    return tmp_path


def test_off_a_terminal_it_asks_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"wrote {folder}/klastry.toml\n")
    assert f"  set contact in {folder}/klastry.toml: " in said
    assert f"cd {folder} && " in said
    config = parse((folder / "klastry.toml").read_text("utf-8"), folder / "klastry.toml", {}, folder)
    assert (config.monitor.language, config.monitor.contact) == ("pl", "")
    assert config.publish == folder / "public"
    assert main(["sources", "check"]) == 0


def test_what_is_given_is_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [
        "--contact",
        'biuro "Łódź" \\ <b@example.org>',
        "--site-url",
        "https://example.org/k",
        "--language",
        "en",
    ]
    assert main(["init", *given]) == 0
    monitor = tomllib.loads((folder / "klastry.toml").read_text("utf-8"))["monitor"]
    assert (monitor["contact"], monitor["site_url"], monitor["language"]) == (given[1], given[3], given[5])
    assert "set contact" not in capsys.readouterr().out


def test_a_file_is_never_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "klastry.toml").write_text("# mine\n")
    assert main(["init"]) == 2
    assert "klastry.toml is there already and is not overwritten" in capsys.readouterr().err
    assert (folder / "klastry.toml").read_text() == "# mine\n"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["--language", "de"], "[monitor] language: "),
        (["--site-url", "ftp://example.org"], "[monitor] site_url: "),
        (["--contact", "a\nb"], "[monitor] contact: "),
    ],
)
def test_what_is_not_valid_is_not_written(
    words: list[str], hint: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", *words]) == 2
    assert hint in capsys.readouterr().err
    assert os.listdir(folder) == []


def test_a_file_elsewhere_names_this_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "etc").mkdir()
    assert main(["--config", "etc/k.toml", "init"]) == 0
    monitor = tomllib.loads((folder / "etc/k.toml").read_text("utf-8"))["monitor"]
    assert (monitor["database"], monitor["publish"]) == (f"{folder}/data/klastry.db", f"{folder}/public")
    assert f"--config {folder}/etc/k.toml crawl -q" in capsys.readouterr().out
    assert main(["--config", "none/k.toml", "init"]) == 2
    assert "choose another --config" in capsys.readouterr().err


def test_on_a_terminal_it_asks(folder: Path) -> None:
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "monitor.cli", "init", "--language", "en"]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal) as asking:
        os.close(terminal)
        os.write(controller, b"kontakt@example.org\n\n")
        said = b""
        while chunk := _read(controller):
            said += chunk
        assert asking.wait(20) == 0
    os.close(controller)
    assert b"Where readers will reach feeds and pages [http://127.0.0.1:8765/]" in said
    assert b"Language" not in said
    monitor = tomllib.loads((folder / "klastry.toml").read_text("utf-8"))["monitor"]
    assert (monitor["contact"], monitor["site_url"]) == ("kontakt@example.org", "http://127.0.0.1:8765/")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side has gone
        return b""


def test_every_example_in_the_file_is_valid_and_shows_every_key() -> None:
    text = configuration(AS_DOCUMENTED, contact="", site_url="https://example.org/", language="pl")
    on = re.sub(r"^#(?=[\[a-z])", "", text, flags=re.MULTILINE)
    config = parse(on, None, {}, Path("/"))
    assert watch_list(config)
    assert config.source.keys() == {"calls-parp", "my-region"}
    tables = tomllib.loads(on)
    for name in ("monitor", "crawl", "notify"):
        assert list(tables[name]) == keys_of(TABLES[name])


def test_the_snippets_are_those_of_the_documentation() -> None:
    service, timer = units(AS_DOCUMENTED)
    assert f"```ini\n{service}```" in DOCS
    assert f"```ini\n{timer}```" in DOCS
    beside = Place(STATE / "klastry.toml", STATE, AS_DOCUMENTED.command, "klastry")
    assert f"```crontab\n{crontab(beside, '')}```" in DOCS


def test_a_folder_at_home_with_a_space_is_quoted() -> None:
    folder = Path("/home/ola/moje 100%")
    place = Place(
        folder / "klastry.toml", folder, ("/home/ola/.venv/bin/python", "-P", "-m", "monitor.cli"), "ola"
    )
    service, _ = units(place)
    lines = service.splitlines()
    start = '/home/ola/.venv/bin/python -P -m monitor.cli --config "/home/ola/moje 100%%/klastry.toml" crawl'
    assert f"ExecStart={start}" in lines
    assert 'ReadWritePaths="/home/ola/moje 100%%"' in lines
    assert "WorkingDirectory=/home/ola/moje 100%%" in lines
    assert "ProtectHome=read-only" in lines
    cron = crontab(place, "ola@example.org").splitlines()
    assert cron[0] == "MAILTO=ola@example.org"
    shown = cron[1].split("  ")[-1].replace(r"\%", "%")
    assert shlex.split(shown)[:3] == ["cd", str(folder), "&&"]
