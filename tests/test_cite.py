"""`klastry cite`: how one change is known, for people, for programs, and as a line to paste."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.citing import citation, lines, row
from monitor.cli import main
from storage.citing import Cited
from tests.deciding import Desk
from tests.telling import site
from tests.world import CALLS, CARD, KKK, World, a_call, a_cluster, at

CLUSTERS = [a_cluster(name) for name in ("Alfa", "Beta", "Gamma")]
OLD, NEW = (
    replace(
        a_call("x", card=True, title="Nabór", opens="2026-05-30", closes=day), printed={"closes": f"do {day}"}
    )
    for day in ("2026-08-30", "2026-09-29")
)
PAGES = [b"<p>pierwsza</p>", b"<p>druga</p>"]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A moved deadline, told, in a working folder with the default configuration."""
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    world = World.new(tmp_path / "data")
    world.visit(KKK, at(), CLUSTERS)
    world.visit(CALLS, at(), [a_call("x", title="Nabór")], cards={"x": [OLD]})
    world.visit(CALLS, at(1), [a_call("x", title="Nabór")], cards={"x": [NEW]})
    return world


def moved(world: World) -> Cited:
    (number,) = [each["id"] for each in world.history.changes(equal={"field": "closes", "verb": "changed"})]
    return world.history.cited([number])[number]


def test_a_change_is_cited_with_its_page_and_its_row(world: World) -> None:
    said = row(moved(world), site())
    with closing(sqlite3.connect(world.history.where)) as raw:
        at_, digest = raw.execute("SELECT at, digest FROM ledger WHERE id = ?", (said["ledger"],)).fetchone()
        sha256, content = raw.execute("SELECT sha256, content FROM capture ORDER BY id DESC").fetchone()
    told = {
        "verb": "changed",
        "field": "closes",
        "old": "2026-08-30",
        "old_printed": "do 2026-08-30",
        "new": "2026-09-29",
        "new_printed": "do 2026-09-29",
        "seen_after": at(),
        "seen_by": at(1),
        "seen_after_warsaw": "2026-03-02T07:20:00+01:00",
        "seen_by_warsaw": "2026-03-03T07:20:00+01:00",
        "source": "calls-parp",
        "source_title": "Harmonogram naborów PARP",
        "address": f"{CARD}x",
        "reached": f"{CARD}x",
        "at": at(1),
        "status": 200,
        "sha256": sha256,
        "content": content,
        "reader": "test",
        "version": 1,
        "visit": 3,
        "digest": digest,
        "recorded_at": at(1),
        "run": "run-4",
        "page": f"https://monitor.example.org/klastry/changes/{said['change']}.html",
        "body": f"klastry cite {said['change']} --body FILE",
    }
    assert {name: said[name] for name in told} == told
    assert at_ == "2026-03-03T06:20:00Z"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("pl", "odczyt 3 marca 2026, godz. 07:20 (czas warszawski)"),
        ("en", "read 3 March 2026, 07:20 (Warsaw time)"),
    ],
)
def test_one_line_can_be_pasted(language: str, said: str, world: World) -> None:
    cited = moved(world)
    line = citation(cited, site(language))
    assert "\n" not in line
    assert cited.capture is not None
    for part in (
        said,
        cited.capture.sha256,
        cited.digest,
        f"{CARD}x",
        f"/changes/{cited.change.id}.html",
        "Nabór",
    ):
        assert part in line


def test_the_text_says_it_all_on_clean_lines(world: World) -> None:
    cited = moved(world)
    hostile = replace(
        cited, change=replace(cited.change, name="Na\x1b[31mbór\u202e\n", summary="Za\x00wie\ndź")
    )
    text = list(lines(hostile, site()))
    assert text[0] == "Za wie dź"
    assert not [line for line in text if not line.isprintable()]
    assert "before    2026-08-30 (printed: do 2026-08-30)" in text
    assert "not yet   2026-03-02T06:20:00Z (Warsaw 2026-03-02T07:20:00+01:00)" in text


def test_what_was_taken_back_is_not_cited_without_saying_so(tmp_path: Path) -> None:
    desk = Desk(World.new(tmp_path))
    six = [a_cluster(name) for name in ("Dolina", "Zielona", "Fotonika", "Metale", "Morski", "Auto")]
    desk.visit(0, six)
    desk.visit(1, six[3:])
    for number, verdict in ((1, "accept"), (1, "undo"), (2, "accept")):
        desk.judge(number, verdict)
    of_one = [each for each in desk.world.history.changes() if each["entity"] == "cluster-1"]
    _, wrong, back, again = [desk.world.history.cited([each["id"]])[each["id"]] for each in of_one]
    number = back.change.id
    assert f"retracted by change {number}" in list(lines(wrong, site()))
    assert list(lines(wrong, site()))[-1].endswith(f"Uwaga: sprostowano w zmianie nr {number}.")
    assert row(wrong, site("en"))["citation"].endswith(f"Note: retracted by change no. {number}.")
    assert [row(each, site())["retracted_by"] for each in (wrong, back, again)] == [number, None, None]
    assert "sprostowano" not in "".join(lines(again, site()))
    desk.world.history.close()


def test_what_watching_began_with_has_no_page(world: World) -> None:
    with world.history.writing() as writing:
        (told,) = writing.tell_beginnings([KKK], world.run(at(2)))
    number = next(change.id for change in world.history.told() if change.entry == told.entry)
    assert number is not None
    cited = world.history.cited([number])[number]
    assert cited.capture is None
    assert row(cited, site())["body"] is None
    assert citation(cited, site("en")).startswith("“began None”. Monitor klastry, change no. ")


def test_of_equal_bodies_the_page_of_that_time_is_cited(world: World) -> None:
    for day, records in ((2, CLUSTERS[:2]), (3, CLUSTERS), (4, CLUSTERS[:2]), (5, CLUSTERS)):
        world.visit(KKK, at(day), records)
    first = world.history.changes(limit=None)[0]
    cited = world.history.cited([first["id"]])[first["id"]]
    assert cited.capture is not None
    assert cited.capture.at == at()


def test_silent_changes_are_cited_too(world: World) -> None:
    cited = world.history.cited([1, 2, 3, 77])
    assert sorted(cited) == [1, 2, 3]
    assert cited[1].leading is None
    assert row(cited[1], site())["page"] is None
    assert (
        "page      none: it was not told; what is known of it: "
        "https://monitor.example.org/klastry/entities/cluster-1.html" in lines(cited[1], site())
    )


def test_a_further_row_of_an_entry_points_to_the_page_of_the_entry(world: World) -> None:
    later = replace(NEW, values={**NEW.values, "closes": "2026-10-09", "budget": "1000 PLN"})
    world.visit(CALLS, at(2), [a_call("x", title="Nabór")], cards={"x": [later]})
    one, two = (each["id"] for each in world.history.changes(limit=None)[-2:])
    cited = world.history.cited([one, two])
    page = f"https://monitor.example.org/klastry/changes/{one}.html"
    assert cited[two].leading == one
    assert row(cited[two], site())["page"] == row(cited[one], site())["page"] == page
    assert f"page      {page} (that of change {one}, told with it)" in lines(cited[two], site())
    assert f"page      {page}" in lines(cited[one], site())


# The command


def cite(capsys: pytest.CaptureFixture[str], *words: Any) -> tuple[int, str, str]:
    code = main(["cite", *map(str, words)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_text_and_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    number = moved(world).change.id
    code, text, _ = cite(capsys, number)
    assert code == 0
    assert text.splitlines()[0] == "changed Nabór closes"
    code, said, _ = cite(capsys, number, "--format", "json")
    assert code == 0
    assert said.count("\n") == 1
    assert json.loads(said)["seen_by"] == "2026-03-03T06:20:00Z"
    assert json.loads(said)["citation"] == text.splitlines()[-1]


def test_the_body_is_written_byte_for_byte_and_never_over_another(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cited = moved(world)
    assert cited.capture is not None
    file = tmp_path / "page.html"
    code, said, _ = cite(capsys, cited.change.id, "--body", file)
    assert code == 0
    assert said == f"{file}: {cited.capture.size} bytes, SHA-256 {cited.capture.sha256}\n"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == cited.capture.sha256
    file.write_text("mine")
    for other in (file, tmp_path, tmp_path / "none" / "page.html"):
        code, said, error = cite(capsys, cited.change.id, "--body", other)
        assert (code, said, error.count("\n")) == (2, "", 1)
        assert str(other) in error
    assert file.read_text() == "mine"


@pytest.mark.parametrize("number", ["77", "0", "99999999999999999999", "jeden", "1.5"])
def test_an_unknown_change_is_one_line(number: str, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, error = cite(capsys, number)
    assert (code, said, error.count("\n")) == (2, "", 1)


def test_an_altered_body_is_not_written(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for blob in ("x'00'", "(SELECT packed FROM body ORDER BY rowid LIMIT 1)"):
        with closing(sqlite3.connect(world.history.where)) as raw:
            raw.execute(f"UPDATE body SET packed = {blob}")
            raw.commit()
        code, _, error = cite(capsys, moved(world).change.id, "--body", tmp_path / "page.html")
        assert code == 4
        assert "lost or altered; run `klastry verify`" in error
    assert not (tmp_path / "page.html").exists()
