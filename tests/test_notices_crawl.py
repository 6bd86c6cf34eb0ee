"""Notices of the real command: told by a crawl, kept while mail is down, told again after a kill."""

import os
import signal
import threading
from collections.abc import Iterator
from mailbox import Post, post
from pathlib import Path

import pytest
from e2e import World, clock, ended
from e2e_pages import SOURCES, healthy, later

from monitor.cli import main

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")


@pytest.fixture
def mail() -> Iterator[Post]:
    with post() as made:
        yield made


@pytest.fixture
def world(tmp_path: Path, mail: Post) -> Iterator[World]:
    more = f'\n[notify]\nnews = ["{mail.address}"]\noperator = ["json://user:s3cret@127.0.0.1:1/"]\n'
    with World(tmp_path / "world", healthy(), more) as world:
        yield world


def crawl(world: World, hours: float, *words: str, sources: tuple[str, ...] = SOURCES) -> str:
    done = world.crawl(*sources, *words, hours=hours)
    assert done.code == 0, done.err
    assert "s3cret" not in done.out + done.err
    return done.out


def test_a_crawl_tells_what_it_published(world: World, mail: Post) -> None:
    lines = crawl(world, 0, sources=("kkk-mr",)).splitlines()
    assert lines[-2] == f"news 1 (mailto): told: {world.told()[0]}"
    assert lines[-1] == "1 of 1 sources complete, 0 changes told"
    assert mail.subjects == world.told()


@pytest.mark.long
def test_what_came_while_the_mail_server_was_down_is_one_letter(world: World, mail: Post) -> None:
    crawl(world, 0, "--dry-run")
    assert mail.letters == []
    crawl(world, 0)
    world.show(later())
    mail.down = True
    assert "news 1 (mailto): could not be told, it is kept for the next run: " in crawl(world, 2)
    assert crawl(world, 4, "-q") == ""
    status = world.run("status", "--format", "csv")
    assert "news 1 (mailto) could not be told since 2026-11-23T11:00:00Z" in status.err
    assert "mailto" not in status.out
    mail.down = False
    crawl(world, 6, "--no-publish")
    assert len(mail.letters) == 1
    assert world.run("publish").code == 0
    assert len(mail.letters) == 2
    text = mail.letters[1][2].get_content()
    assert all(title in text for title in world.told()[1:])
    crawl(world, 8)
    assert len(mail.letters) == 2
    assert "mailto" not in world.run("status").err


@pytest.mark.long
def test_a_run_killed_after_the_sending_sends_again_and_nothing_is_lost(world: World, mail: Post) -> None:
    crawl(world, 0)
    world.show(later())
    mail.came.clear()
    mail.wait = threading.Event()
    child = world.begin("crawl", "--at", clock(2), *SOURCES)
    assert mail.came.wait(60)
    os.kill(child.pid, signal.SIGKILL)
    assert ended(child).code == -signal.SIGKILL
    mail.wait.set()
    crawl(world, 4)
    crawl(world, 6)
    first, second, third = mail.letters
    assert second[2].get_content() == third[2].get_content() != first[2].get_content()
    assert world.sound()


@pytest.mark.long
def test_a_crawl_stopped_while_it_tells_ends_within_seconds(world: World, mail: Post) -> None:
    crawl(world, 0)
    world.show(later())
    mail.came.clear()
    mail.wait = threading.Event()
    child = world.begin("crawl", "--at", clock(2), *SOURCES)
    assert mail.came.wait(60)
    child.send_signal(signal.SIGTERM)
    assert ended(child, 10).code == 143
    mail.wait.set()
    assert "told: " in crawl(world, 4)
    assert len(mail.letters) == 3


@pytest.mark.parametrize("words", [["crawl"], ["crawl", "--dry-run"], ["publish"], ["run", "--port", "0"]])
def test_a_faulty_address_is_told_before_anything_is_done(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "klastry.toml").write_text('[notify]\nnews = ["nope://s3cret"]\n')
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(
        f"klastry: {tmp_path}/klastry.toml: [notify] news.0: is no address that apprise can use"
    )
    assert err.count("\n") == 1
    assert main(["--debug", *words]) == 2
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert "s3cret" not in err + told
    assert os.listdir(tmp_path) == ["klastry.toml"]
