"""Exports: the exact rows in four kinds of files, deltas that can be applied, cursors, the manifest."""

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from monitor.dictionary import Form
from monitor.exporting import export
from storage.errors import StorageError, UsageError
from storage.exporting import EXPORTED
from storage.records import Missed
from tests.exports import Copy, read
from tests.world import CALLS, KKK, LIST_URL, World, a_call, a_cluster, at, page, with_value

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
FORMULA = '=HYPERLINK("https://example.org")'
THREE = [
    with_value(a_cluster(name, status_until="2099-12-31"), sectors=("lotnictwo", "ICT"))
    for name in ("Dolina Lotnicza", "Evoluma", FORMULA)
]

Export = Callable[..., dict[str, Any]]


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World.new(tmp_path)
    world.visit(KKK, at(), THREE)
    world.visit(CALLS, at(), [a_call("rozwoj", title="Rozwój\nofert", closes="2026-08-30")])
    return world


@pytest.fixture
def run(world: World, tmp_path: Path) -> Export:
    def run(name: str, form: Form = Form.JSONL, **options: Any) -> dict[str, Any]:
        return export(world.history.where, tmp_path / name, form, NOW, **options)

    return run


def cursor(manifest: dict[str, Any]) -> str:
    return str(manifest["klastry"]["cursor"])


def test_json_lines_are_the_rows_of_the_views(world: World, run: Export, tmp_path: Path) -> None:
    manifest = run("out")
    for name in EXPORTED:
        rows, kept = read(tmp_path / "out" / f"{name}.jsonl"), world.history.rows(name)
        assert [list(row) for row in rows] == [list(row) for row in kept]
        assert [row.get("entity") for row in rows] == [row.get("entity") for row in kept]
    assert [each["name"] for each in manifest["resources"]] == list(EXPORTED)
    clusters = read(tmp_path / "out/clusters.jsonl")
    assert clusters[0]["sectors"] == ["lotnictwo", "ICT"]
    assert clusters[0]["coordinator"] is None
    assert clusters[2]["name"] == FORMULA
    values = [row["value"] for row in read(tmp_path / "out/history.jsonl") if row["field"] == "sectors"]
    assert values == [["lotnictwo", "ICT"]] * 3
    assert read(tmp_path / "out/changes.jsonl")[0]["baseline"] is True


def test_the_manifest_describes_each_file(world: World, run: Export, tmp_path: Path) -> None:
    manifest = run("out")
    assert json.loads((tmp_path / "out/datapackage.json").read_bytes()) == manifest
    assert manifest["klastry"] == {
        "schema_version": 1,
        "database_version": manifest["klastry"]["database_version"],
        "authority": "klastry.test",
        "ledger": {"rows": 3, "head": world.history.head()},
        "known_up_to": {"calls-parp": "2026-03-02T06:20:00Z", "kkk-mr": "2026-03-02T06:20:00Z"},
        "after": None,
        "cursor": f"4@{world.history.head()[:8]}",
    }
    for each in manifest["resources"]:
        content = (tmp_path / "out" / each["path"]).read_bytes()
        assert each["hash"] == f"sha256:{sha256(content).hexdigest()}"
        assert each["rows"] == len(content.splitlines())
        columns = [field["name"] for field in each["schema"]["fields"]]
        assert columns == list(world.history.rows(each["name"])[0] if each["rows"] else columns)
        assert all(field["description"] and field["type"] for field in each["schema"]["fields"])


def test_csv_is_safe_for_spreadsheets(run: Export, tmp_path: Path) -> None:
    run("out", Form.CSV)
    run("marked", Form.CSV, bom=True)
    plain = (tmp_path / "out/clusters.csv").read_bytes()
    assert (tmp_path / "marked/clusters.csv").read_bytes() == b"\xef\xbb\xbf" + plain
    rows = list(csv.DictReader(plain.decode().splitlines()))
    assert [row["name"] for row in rows] == ["Dolina Lotnicza", "Evoluma", f"'{FORMULA}"]
    assert rows[0]["sectors"] == "lotnictwo; ICT"
    assert rows[0]["region"] == ""
    for file in (tmp_path / "out").glob("*.csv"):
        with file.open(newline="", encoding="utf-8") as text:
            assert not [
                cell for row in csv.reader(text) for cell in row if cell.startswith(tuple("=+-@\t\r"))
            ]


def test_sqlite_has_the_views_as_tables(world: World, run: Export, tmp_path: Path) -> None:
    run("out", Form.SQLITE)
    with closing(sqlite3.connect(tmp_path / "out/klastry.sqlite")) as copy:
        for name in EXPORTED:
            found = copy.execute(f"SELECT * FROM {name}")
            rows = world.history.rows(name)
            assert [tuple(row.values()) for row in rows] == found.fetchall()


class TestParquet:
    __test__ = find_spec("pyarrow") is not None

    def test_parquet_knows_times_and_lists(self, run: Export, tmp_path: Path) -> None:
        from pyarrow import parquet

        run("out", Form.PARQUET)
        rows = parquet.read_table(tmp_path / "out/clusters.parquet").to_pylist()
        assert rows[0]["sectors"] == ["lotnictwo", "ICT"]
        assert rows[0]["first_seen"] == at()
        assert parquet.read_table(tmp_path / "out/changes.parquet")["baseline"].to_pylist() == [True] * 4


def test_without_pyarrow_one_line_says_how_to_get_it(run: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(UsageError, match=r"pip install 'klastry\[export\]'"):
        run("out", Form.PARQUET)


def test_a_full_export_and_its_deltas_are_the_next_full_export(
    world: World, run: Export, tmp_path: Path
) -> None:
    after = cursor(run("0"))
    copy = Copy(tmp_path / "0")
    for number, happened in enumerate(days(world)):
        happened()
        manifest = run(f"d{number}", after=after)
        run(f"f{number}")
        copy.apply(tmp_path / f"d{number}")
        once = copy.said()
        copy.apply(tmp_path / f"d{number}")  # a delta may come twice
        assert copy.said() == once == Copy(tmp_path / f"f{number}").said()
        after = cursor(manifest)


def days(world: World) -> list[Callable[[], object]]:
    """What happens between one delta and the next."""
    moved = [a_call("rozwoj", title="Rozwój ofert", closes="2026-09-29"), a_call("nowy", title="Nowy")]
    block = page(LIST_URL, at(9), b"<html>Request Rejected</html>")
    return [
        lambda: world.visit(CALLS, at(1), moved),
        lambda: [world.visit(KKK, at(day), THREE[:2]) for day in (2, 4, 6)],
        lambda: world.visit(KKK, at(7)),
        lambda: world.visit(KKK, at(8), THREE),
        lambda: world.visit(KKK, at(9), fault=Missed(LIST_URL, at(9), "blocked-page", "F5", block)),
    ]


def test_an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(run: Export, tmp_path: Path) -> None:
    after = cursor(run("elsewhere"))
    run("out", after=after)
    (tmp_path / "out/notes.txt").write_text("mine")
    (tmp_path / "out/visits.csv").write_text("mine too: no export named it")
    run("out", Form.SQLITE)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    mine = {"datapackage.json", "notes.txt", "visits.csv"}
    assert names == {"klastry.sqlite"} | mine


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "notes.txt", "", ".", None, 7])
def test_only_files_of_an_export_are_taken_away(run: Export, tmp_path: Path, name: object) -> None:
    """Whatever a dictionary names that is not ours, or was altered."""
    for path in ("secret", "out/notes.txt"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("mine")
    said = {"klastry": {"after": None}, "resources": [{"path": name}, "no resource"]}
    (tmp_path / "out/datapackage.json").write_text(json.dumps(said))
    run("out")
    assert (tmp_path / "secret").read_text() == (tmp_path / "out/notes.txt").read_text() == "mine"


def test_a_merged_entity_gets_a_tombstone_and_comes_back(world: World, run: Export, tmp_path: Path) -> None:
    after = cursor(run("0"))
    copy = Copy(tmp_path / "0")
    for number, into in enumerate(("cluster-2", None)):
        note = json.dumps({"merged": {"cluster-1": into}})
        with closing(sqlite3.connect(world.history.where)) as raw, raw:
            raw.execute("UPDATE entity SET merged_into = ? WHERE id = 'cluster-1'", (into,))
            digest = f"{number:064x}"
            values = (4 + number, "2026-03-03T06:20:00Z", "review", "human", note, digest)
            raw.execute("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)", values)
        run(f"d{number}", after=after)
        run(f"f{number}")
        stones = read(tmp_path / f"d{number}/tombstones.jsonl")
        merged = {stone["key"]: stone["merged_into"] for stone in stones if stone["why"] == "merged"}
        assert merged == ({"cluster-1": into} if into else {})
        copy.apply(tmp_path / f"d{number}")
        assert copy.said() == Copy(tmp_path / f"f{number}").said()


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("5", "unknown cursor 5: this history ends at 4"),
        ("999999999999999999", "unknown cursor"),
        ("3@00000000", "another database or too old"),
        ("", "is no cursor"),
        ("-1", "is no cursor"),
        ("4@xyz", "is no cursor"),
    ],
)
def test_a_cursor_this_history_does_not_know(run: Export, tmp_path: Path, after: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run("out", after=after)
    assert not (tmp_path / "out").exists()


def test_a_cursor_without_digest_is_taken(run: Export) -> None:
    assert run("out", after="3")["klastry"]["after"] == "3"
    assert cursor(run("again", after=cursor(run("all")))) == cursor(run("all"))


def test_a_delta_does_not_replace_a_full_export(run: Export) -> None:
    run("out")
    with pytest.raises(UsageError, match="give another folder"):
        run("out", after="1")
    run("out")


def test_what_fails_leaves_the_folder_as_it_was(
    run: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("out")
    before = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("monitor.exporting.write", full)
    with pytest.raises(StorageError, match="No space left"):
        run("out", Form.CSV)
    assert {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()} == before


def test_the_command_prints_rows_and_the_next_cursor(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KLASTRY_MONITOR__DATABASE", world.history.where)
    assert main(["export", "--format", "jsonl", "out"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["clusters", "3", "out/clusters.jsonl"]
    assert lines[-1] == f"next: --after 4@{world.history.head()[:8]}"
    assert main(["export", "--format", "jsonl", "--bom", "out"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "file").write_text("x")
    for folder in ("file", "file/out"):
        assert main(["export", folder]) == 4
        assert capsys.readouterr().err == "klastry: file is a file; give a folder\n"


def test_a_folder_without_a_name_is_not_the_working_folder(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert main(["export", ""]) == 2
    assert (
        capsys.readouterr().err
        == "klastry: no folder is named; give the folder that the files are put into\n"
    )
    assert sorted(tmp_path.iterdir()) == before
