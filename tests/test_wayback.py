"""`klastry backfill --wayback`: the real command against a model archive on loopback."""

import os
import signal
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest
from e2e import Done, World, ended

from monitor.cli import main
from monitor.standin import Answer, Asked
from storage.lock import only_crawl
from tests.archives import ALL, GOV_2019, GOV_2022, GOV_2023, GOV_2026, MR_2016, recording
from tests.model_archive import ModelArchive, memento

OURS = (MR_2016, GOV_2019, GOV_2022, GOV_2023, GOV_2026)
STAMPS = [f"{at:%Y%m%d%H%M%S}" for _, at, _ in OURS]
GAP = 0.1
CONFIG = f"""
[monitor]
database = "klastry.db"
contact = "kontakt@example.org"

[crawl]
delay = {GAP}
"""
SPELLS = (
    "SELECT e.kind, s.field, s.value, s.source, s.page, s.seen_after, s.first_seen, s.last_seen, s.gone_by, "
    "s.cause FROM spell s JOIN entity e ON e.id = s.entity WHERE s.dropped IS NULL"
)


def world_of(folder: Path, answer: Callable[[Asked], Answer]) -> World:
    folder.mkdir()
    (folder / "klastry.toml").write_text(CONFIG, "utf-8")
    world = World(folder, {})
    world.stand_in.answer = answer
    return world


def wayback(world: World, *more: str) -> Done:
    return world.run("backfill", "--wayback", "kkk-mr", *more)


def copies(world: World, since: int = 0) -> list[str]:
    """The timestamps of the copies asked for after the first `since` requests."""
    urls = [asked.url for asked in world.stand_in.asked[since:]]
    return [url.partition("id_/")[0][-14:] for url in urls if "id_/" in url]


def spells(world: World) -> list[tuple[object, ...]]:
    return sorted(world.rows(SPELLS), key=repr)


def kept(world: World) -> list[str]:
    return sorted(file.name[:14] for file in (world.folder / "archived" / "kkk-mr").glob("*.warc.gz"))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What the same copies give that are brought in from a file."""
    folder = tmp_path_factory.mktemp("expected")
    world = world_of(folder / "world", lambda asked: Answer(404))
    file = recording(folder / "copies.warc.gz", *OURS)
    assert main(["--config", str(world.folder / "klastry.toml"), "backfill", str(file)]) == 0
    return spells(world)


Spells = list[tuple[object, ...]]


def polite(world: World) -> None:
    """One request at a time, the gap between them, and a name that can be written to."""
    assert all(later.at - earlier.at >= GAP for earlier, later in pairwise(world.stand_in.asked))
    assert {asked.headers["user-agent"].partition(" ")[2] for asked in world.stand_in.asked} == {
        "(+kontakt@example.org)"
    }


def hold(world: World, number: int) -> Event:
    """Lets the archive hang at the copy of that number; gives the event that it was asked for."""
    model, came = world.stand_in.answer, Event()

    def answer(asked: Asked) -> Answer:
        if "id_/" not in asked.url or len(copies(world)) < number:
            return model(asked)
        came.set()
        return Answer(hang=True)

    world.stand_in.answer = answer
    return came


@pytest.mark.long
def test_killed_it_goes_on_and_copies_come_into_the_history(tmp_path: Path, expected: Spells) -> None:
    with world_of(tmp_path / "world", ModelArchive(ALL)) as world:
        came = hold(world, 3)
        process = world.begin("backfill", "--wayback", "kkk-mr")
        assert came.wait(60)
        process.kill()
        assert ended(process).code == -signal.SIGKILL
        assert kept(world) == STAMPS[:2]
        assert world.rows("SELECT * FROM visit") == []
        assert world.sound()

        world.stand_in.answer = ModelArchive(ALL)
        done = wayback(world)
        assert (done.code, done.err) == (0, ""), done
        assert done.out.splitlines() == [
            "kkk-mr: 5 copies at web.archive.org, 2 kept already, 3 fetched, 0 refused",
            "kkk-mr: 5 of 5 archived pages are new, 79 values and 19 entities learnt",
        ]
        assert copies(world) == [*STAMPS[:3], *STAMPS[2:]]
        assert kept(world) == STAMPS
        assert spells(world) == expected
        assert world.rows("SELECT DISTINCT cause FROM change") == [("backfill",)]
        assert world.told() == []
        assert not (world.folder / "public").exists()
        assert world.sound()
        polite(world)


# At length


@pytest.mark.long
def test_what_is_no_copy_is_told_and_never_comes_in(tmp_path: Path) -> None:
    moved = memento(GOV_2022[0], STAMPS[2], b"<html>moved</html>", Location="/web/x")
    spoil = {
        STAMPS[1]: lambda whole: Answer(200, {"Content-Type": "text/html"}, b"<html>Sorry, later</html>"),
        STAMPS[2]: lambda whole: Answer(302, moved.headers, moved.body),
        STAMPS[3]: lambda whole: Answer(200, whole.headers, b"<!-- WAYBACK TOOLBAR INSERT -->" + whole.body),
    }
    with world_of(tmp_path / "world", ModelArchive(ALL, form="lines", spoil=spoil)) as world:
        done = wayback(world, "--archive", f"{world.stand_in.address}/coll", "--keep", "elsewhere")
        missed, found, brought, redirect, rewritten = done.out.splitlines()
        assert (done.code, done.err) == (3, ""), done
        assert missed.startswith(f"missed: {GOV_2019[0]} of 2019-12-02 12:00:00: not-content: ")
        assert found == "kkk-mr: 5 copies at 127.0.0.1, 0 kept already, 2 fetched, 2 refused"
        assert brought.startswith("kkk-mr: 2 of 2 archived pages are new, ")
        assert redirect == f"left out: {GOV_2022[0]} of 2022-01-20: redirect: HTTP 302 to /web/x"
        assert rewritten.startswith(f"left out: {GOV_2023[0]} of 2023-02-01: not-content: ")
        assert copies(world) == STAMPS
        assert world.rows("SELECT at FROM visit ORDER BY at") == [
            (f"{at:%Y-%m-%dT%H:%M:%SZ}",) for _, at, _ in (MR_2016, GOV_2026)
        ]
        assert len(list((world.folder / "elsewhere" / "kkk-mr").glob("*.warc.gz"))) == 4


@pytest.mark.long
def test_a_dry_run_asks_the_index_and_writes_nothing(tmp_path: Path) -> None:
    with world_of(tmp_path / "world", ModelArchive(ALL)) as world:
        done = wayback(world, "--dry-run")
        assert [path.name for path in world.folder.iterdir()] == ["klastry.toml"]
        assert copies(world) == []
        assert (done.code, done.err) == (0, "")
        count = "kkk-mr: 5 copies at web.archive.org, 0 kept already"
        assert done.out == f"{count}, 5 would be fetched, 2016-10-26 to 2026-03-01\n"


@pytest.mark.long
def test_stopped_it_ends_soon_and_goes_on_where_it_was(tmp_path: Path, expected: Spells) -> None:
    with world_of(tmp_path / "world", ModelArchive(ALL)) as world:
        for number, sent in ((3, signal.SIGINT), (5, signal.SIGTERM)):
            world.stand_in.answer = ModelArchive(ALL)
            came = hold(world, number)
            process = world.begin("backfill", "--wayback", "kkk-mr")
            assert came.wait(60)
            process.send_signal(sent)
            done = ended(process, seconds=10)
            assert (done.code, done.err) == (128 + sent, "")
            assert "run again to go on" in done.out
            assert world.rows("SELECT * FROM visit") == []
            assert world.sound()
        assert kept(world) == STAMPS[:3]
        world.stand_in.answer = ModelArchive(ALL)
        assert wayback(world).code == 0
        assert copies(world) == [*STAMPS[:3], *STAMPS[2:4], *STAMPS[3:]]
        assert spells(world) == expected


@pytest.mark.long
def test_what_is_missed_is_asked_again_and_what_is_refused_is_not(tmp_path: Path) -> None:
    spoil = {
        STAMPS[1]: lambda whole: Answer(200, {"Content-Type": "text/html"}, b"<html>Sorry, later</html>"),
        STAMPS[3]: lambda whole: Answer(404, whole.headers, b"<html>archived 404</html>"),
    }
    with world_of(tmp_path / "world", ModelArchive(ALL, spoil=spoil)) as world:
        assert wayback(world).code == 3
        asked = len(copies(world))
        world.stand_in.answer = ModelArchive(ALL)
        done = wayback(world)
        assert (done.code, copies(world)[asked:]) == (0, STAMPS[1:2]), done
        assert f"left out: {GOV_2023[0]} of 2023-02-01: gone: HTTP 404" in done.out

        file = next((world.folder / "archived" / "kkk-mr").glob("2016*.warc.gz"))
        os.truncate(file, file.stat().st_size - 20)
        done = wayback(world)
        assert done.code == 4, done
        assert f"{file}: not a WARC file that can be read" in done.err
        assert done.err.endswith("remove it, and the next run fetches the copy again\n")
        file.unlink()
        done = wayback(world)
        assert (done.code, copies(world)[asked + 1 :]) == (0, STAMPS[:1]), done


@pytest.mark.long
def test_no_answer_at_all_is_told_apart(tmp_path: Path) -> None:
    with world_of(tmp_path / "world", lambda asked: Answer(raw=b"")) as world:
        done = wayback(world)
        assert done.code == 6, done
        assert "missed: the index of http://www.mr.gov.pl/" in done.out
        assert not (world.folder / "archived").exists()


# Usage


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--wayback", "kkk-mrr"], "did you mean kkk-mr?"),
        (["--wayback", "kkk-mr", "a.warc.gz"], "leave out files and --source"),
        (["--wayback", "kkk-mr", "--source", "kkk-mr"], "leave out files and --source"),
        (["--wayback", "kkk-mr", "--archive", "ftp://a.test/"], "no http(s) address"),
        (["--wayback", "kkk-mr", "--archive", "http://me:word@a.test/"], "without them"),
        (["--wayback", "kkk-mr", "--archive", "https://a.test/cdx?url="], "write the address without it"),
        (["--wayback", "kkk-mr", "--keep", __file__], "is no folder: name one, there or not"),
        (["a.warc.gz", "--archive", "https://a.test/"], "--archive belongs to --wayback SOURCE"),
        (["a.warc.gz", "--keep", "here"], "--keep belongs to --wayback SOURCE"),
        ([], "name WARC files, or a source with --wayback SOURCE"),
    ],
)
def test_wrong_usage_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], says: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert main(["backfill", *words]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert says in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_database_on_a_server_needs_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KLASTRY_MONITOR__DATABASE", "postgresql+psycopg://127.0.0.1:1/klastry")
    assert main(["backfill", "--wayback", "kkk-mr"]) == 2
    assert "name a folder for the copies with --keep FOLDER" in capsys.readouterr().err


def test_one_run_at_a_time_on_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with only_crawl(str(tmp_path / "data" / "archived")):
        assert main(["backfill", "--wayback", "kkk-mr"]) == 5
    assert "another crawl is at work" in capsys.readouterr().err
