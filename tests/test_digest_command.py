"""`klastry digest` from the history to the mail program, and the recipe of the documentation."""

import email
import json
import os
import re
import shutil
import subprocess
import sys
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from monitor import digesting
from monitor.cli import main
from storage.history import History
from tests.world import CALLS, World, a_call, at

ROOT = Path(__file__).parents[1]
CONFIG = """
[monitor]
database = "klastry.db"
site_url = "https://klastry.example.org/"
contact = "kontakt@example.org"
[feed.moje]
kinds = ["call"]
match = ["rozwój"]
"""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history in which two calls changed twice."""
    world = World.new(tmp_path_factory.mktemp("begun"))
    for day, closes in enumerate(("2026-08-30", "2026-09-29", "2026-09-30")):
        calls = (("rozwoj", "Rozwój"), ("inny", "Inny"))
        world.visit(CALLS, at(day), [a_call(slug, title=title, closes=closes) for slug, title in calls])
    world.history.close()
    return Path(world.history.where)


@pytest.fixture
def world(begun: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "klastry.toml").write_text(CONFIG, "utf-8")
    shutil.copy(begun, tmp_path)
    return World(History.open(str(tmp_path / begun.name)))


def written(capfd: pytest.CaptureFixture[str], *words: str) -> EmailMessage:
    assert main(["digest", *words]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    message = email.message_from_string(out, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def titles(message: EmailMessage) -> list[str]:
    found = message.get_body(("plain",))
    assert found
    return re.findall(r"^\* (.+)$", str(found.get_content()), re.MULTILINE)


def test_the_cursor_leads_from_one_to_the_next(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    first = written(capfd, "--after", "0", "--to", "biuro@example.org")
    assert titles(first) == [change.summary for change in world.history.told()]
    assert len(titles(first)) == 4
    assert first["To"] == "biuro@example.org"
    world.visit(CALLS, at(3), [a_call("rozwoj", title="Rozwój", closes="2026-10-01")])
    again = written(capfd, "--after", first["X-Klastry-Cursor"])
    assert titles(again) == ["changed Rozwój closes"]
    numbers = [int(each["X-Klastry-Cursor"].partition("@")[0]) for each in (first, again)]
    assert numbers[0] < numbers[1]


def test_a_full_digest_goes_on_in_the_next(
    world: World, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digesting, "MOST_ENTRIES", 3)
    first = written(capfd, "--after", "0")
    second = written(capfd, "--after", first["X-Klastry-Cursor"])
    assert (len(titles(first)), len(titles(second))) == (3, 1)


def test_only_what_belongs_to_a_feed(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    assert set(titles(written(capfd, "--after", "0", "--feed", "moje"))) == {"changed Rozwój closes"}
    assert main(["digest", "--after", "0", "--feed", "news"]) == 0
    assert "nothing new after change 0" in capfd.readouterr().err
    assert main(["digest", "--after", "0", "--feed", "none"]) == 2
    assert "there are klastry, feed, clusters, calls, news, moje" in capfd.readouterr().err


def test_nothing_new_is_no_message(world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    cursor = written(capfd, "--after", "0")["X-Klastry-Cursor"]
    for words, said in (([], f"nothing new after change {cursor}; no e-mail was written\n"), (["-q"], "")):
        assert main(["digest", "--after", cursor, "--to-file", "d.eml", *words]) == 0
        assert capfd.readouterr() == ("", said)
    assert not (tmp_path / "d.eml").exists()


def test_a_file_is_written_and_never_overwritten(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    printed = written(capfd, "--after", "0")
    assert main(["digest", "--after", "0", "--to-file", "d.eml"]) == 0
    kept = (tmp_path / "d.eml").read_bytes()
    assert kept == printed.as_bytes()
    assert main(["digest", "--after", "0", "--to-file", "d.eml"]) == 2
    assert "not overwritten" in capfd.readouterr().err
    assert main(["digest", "--after", "0", "--to-file", "none/d.eml"]) == 2
    assert (tmp_path / "d.eml").read_bytes() == kept


def test_an_export_a_digest_and_the_changes_take_one_cursor(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path / "out")]) == 0
    cursor = capfd.readouterr().out.rpartition(" --after ")[2].strip()
    assert "@" in cursor
    assert main(["changes", "--after", cursor, "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out) == []
    assert main(["digest", "--after", cursor]) == 0
    assert f"nothing new after change {cursor}" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "--after"),
        (["--after", "-1"], "--after"),
        (["--after", "99"], "unknown cursor 99: this history ends at"),
        (["--after", "1@00000000"], "unknown cursor 1@00000000: change 1 of this history is another one"),
        (["--after", "0", "--to", "biuro"], "no e-mail address"),
    ],
)
def test_wrong_usage(world: World, words: list[str], hint: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["digest", *words]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert hint in err
    assert err.count("\n") == 1


@pytest.mark.long
def test_the_recipe_of_the_documentation(world: World, tmp_path: Path) -> None:
    """Each piece of news is sent once; a mail program that fails is asked again."""
    page = (ROOT / "docs/running.md").read_text("utf-8")
    (recipe,) = re.findall(r"```sh digest\n(.*?)```", page, re.DOTALL)
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "klastry").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m monitor.cli "$@"\n')
    (tools / "sendmail").write_text('#!/bin/sh\ntest ! -e "$HOME/down" && cat >> "$HOME/sent"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    script = recipe.replace("/opt/klastry/bin/klastry", "klastry").replace("/var/lib/klastry", str(tmp_path))

    def run() -> int:
        environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            ["/bin/sh", "-e", "-c", script], env={**os.environ, **environment}, capture_output=True
        )
        assert done.stdout + done.stderr == b""
        return (tmp_path / "sent").read_text().count("\nSubject: ") if (tmp_path / "sent").exists() else 0

    (tmp_path / "down").touch()
    with pytest.raises(AssertionError):
        assert run() == 1
    (tmp_path / "down").unlink()
    assert run() == 1
    assert run() == 1
    world.visit(CALLS, at(3), [a_call("rozwoj", title="Rozwój", closes="2026-10-01")])
    assert run() == 2
