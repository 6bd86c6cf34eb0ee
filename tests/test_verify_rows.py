"""Rows that cannot be read, and what is none of klastry's: `klastry verify` tells what and where."""

import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from zlib import compress

import pytest

from monitor.cli import main
from storage.errors import StorageError, ValueDamaged
from storage.forms import value_of
from storage.history import History
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

BROKEN = "CAST(x'41FF' AS TEXT)"
ODD = "2026-11-04P06:15:00Z"
"""A time by ISO 8601 as Python reads it, one bit away from the form in which times are kept."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a history in which all fits."""
    world = World.new(tmp_path_factory.mktemp("sound"))
    world.visit(KKK, at(), [a_cluster("Dolina Lotnicza"), a_cluster("Evoluma")])
    world.visit(KKK, at(1), [a_cluster("Dolina Lotnicza"), a_cluster("Evoluma", region="lubelskie")])
    world.visit(CALLS, at(1), [a_call("rozwoj", title="Rozwój", closes="2026-08-30")])
    assert world.history.verify() == []
    world.history.close()
    return Path(world.history.where)


@pytest.fixture
def database(sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it in the working folder."""
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(sound, tmp_path / "data"))


def edit(database: Path, *queries: str, behind: str = "") -> None:
    """Run queries that no rule of the database hinders, as if the disk failed.

    The index `behind` whose back they are run does not learn of them.
    """
    with closing(sqlite3.connect(database)) as raw:
        strict = raw.execute("SELECT sql, name FROM sqlite_master WHERE sql LIKE '%STRICT%'").fetchall()
        index = raw.execute("SELECT * FROM sqlite_master WHERE name = ?", (behind,)).fetchall()
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("PRAGMA writable_schema = ON")
        for rule in ("STRICT", "NOT NULL"):
            raw.execute("UPDATE sqlite_master SET sql = REPLACE(sql, ?, '') WHERE type = 'table'", (rule,))
        raw.execute("DELETE FROM sqlite_master WHERE name = ?", (behind,))
    with closing(sqlite3.connect(database)) as raw:
        raw.executescript(";".join(queries))
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("PRAGMA writable_schema = ON")
        raw.executemany("UPDATE sqlite_master SET sql = ? WHERE name = ?", strict)
        raw.executemany("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", index)


def verified(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines of `klastry verify` that found something."""
    assert main(["verify"]) == 4
    said, errors = capsys.readouterr()
    assert errors.count("\n") == 1
    assert "not fit; compare with a backup, or restore it" in errors
    return said.splitlines()


def test_the_edits_of_these_tests_leave_the_rest_whole(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(database)
    assert main(["verify"]) == 0
    assert capsys.readouterr().out.startswith("all fits: ")


@pytest.mark.parametrize(
    ("cell", "value", "said"),
    [
        ("spell.value", BROKEN, "spell 1 cannot be read: its value is no text in UTF-8"),
        ("spell.value", "x'41'", "spell 1 cannot be read: its value is of the type blob"),
        ("spell.begun", "'x'", "spell 1 cannot be read: its begun is of the type text"),
        ("spell.field", "NULL", "spell 1 cannot be read: its field is empty"),
        ("change.seen_by", "'soon'", "change 1 cannot be read: its seen_by is no time: 'soon'"),
        ("ledger.digest", BROKEN, "ledger 1 cannot be read: its digest is no text in UTF-8"),
        ("visit.detail", BROKEN, "visit 1 cannot be read: its detail is no text in UTF-8"),
        ("visit.at", "'soon'", "visit 1 cannot be read: its at is no time: 'soon'"),
        ("page.confirmed", "'x'", "page, row 1 cannot be read: its confirmed is no time: 'x'"),
        ("page.confirmed", f"'{ODD}'", f"page, row 1 cannot be read: its confirmed is no time: '{ODD}'"),
        ("body.packed", "'x'", "body, row 1 cannot be read: its packed is of the type text"),
        ("entity.id", BROKEN, "entity, row 1 cannot be read: its id is no text in UTF-8"),
    ],
)
def test_a_row_that_cannot_be_read_is_one_line(
    cell: str, value: str, said: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, column = cell.split(".")
    edit(database, f"UPDATE {table} SET {column} = {value} WHERE rowid = 1")
    assert [each for each in verified(capsys) if "cannot be read" in each] == [said]


def test_every_row_that_cannot_be_read_is_told(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(database, f"UPDATE spell SET value = {BROKEN}", f"UPDATE visit SET run = {BROKEN}")
    with closing(sqlite3.connect(database)) as raw:
        ((spells, visits),) = raw.execute("SELECT (SELECT count(*) FROM spell), (SELECT count(*) FROM visit)")
    assert len([each for each in verified(capsys) if "cannot be read" in each]) == spells + visits > 10


def test_a_list_of_what_cannot_be_read_says_that_the_database_is_damaged(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(database, f"UPDATE spell SET value = {BROKEN} WHERE field = 'name'")
    assert main(["list", "clusters"]) == 4
    assert "restore a backup over it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        ("change SET seen_by = 'banana'", "cite 1", "'banana' stands where a time belongs"),
        (
            "spell SET gone_by = '2026-13-30T00:00:00Z'",
            "list clusters --as-of 2026-03-02",
            "'2026-13-30T00:00:00Z' stands",
        ),
        ("spell SET gone_by = 'soon'", "diff 2026-03-02 2026-03-03", "'soon' stands where a time belongs"),
        ("visit SET at = '2027'", "timeline cluster-1", "'2027' stands where a time belongs"),
    ],
)
def test_what_is_no_time_is_told_as_damage(
    change: str, words: str, said: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(database, f"UPDATE {change}")
    assert main(words.split()) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
    assert "the history is damaged" in line
    assert "`klastry verify`" in line


@pytest.mark.parametrize("words", ["list clusters", "diff 2026-03-02 2026-03-03"])
@pytest.mark.parametrize("other", ["cluster-1x", "cluster-01"])
def test_what_is_no_id_is_told_as_damage(
    other: str, words: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also one that begins with the number of another, or is written otherwise, is not taken for it."""
    edit(database, f"UPDATE spell SET entity = '{other}' WHERE entity = 'cluster-2'")
    assert main(words.split()) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert f"the history is damaged: {other!r} stands where an id belongs" in line


@pytest.mark.parametrize("text", ["", "[", "{}", "null", "7", '"abc"'])
def test_what_is_no_list_is_told_as_damage(text: str) -> None:
    assert value_of("sectors", '["lotnictwo"]') == ("lotnictwo",)
    with pytest.raises(ValueDamaged, match="stands where a list belongs"):
        value_of("sectors", text)


@pytest.mark.parametrize(
    ("index", "other"),
    [
        ("spell_time", "value = value || 'x'"),
        ("spell_time", "entity = 'cluster-2'"),
        ("spell_place", "seen_after = '2026-03-01T00:00:00Z'"),
        ("spell_entity", "field = 'x'"),
        ("change_entity", "entity = 'cluster-2'"),
        ("visit_reading", "state = 'failed'"),
    ],
)
def test_an_index_that_differs_from_its_table_is_found(
    index: str, other: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Answers come from indexes, so it is not enough that the table is what was sealed."""
    table, column = index.partition("_")[0], other.partition(" ")[0]
    with closing(sqlite3.connect(database)) as raw:
        ((value,),) = raw.execute(f"SELECT quote({column}) FROM {table} WHERE id = 1")
    edit(database, f"UPDATE {table} SET {other} WHERE id = 1")
    edit(database, f"UPDATE {table} SET {column} = {value} WHERE id = 1", behind=index)
    assert verified(capsys) == [f"database file: row 1 missing from index {index}"]


# What is none of klastry's


def run(database: Path, query: str, *values: object) -> None:
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute(query, values)


def test_a_body_of_no_page_is_found(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    digest = sha256(b"put in").hexdigest()
    run(database, "INSERT INTO body VALUES (?, 6, ?)", digest, compress(b"put in"))
    assert verified(capsys) == [f"body {digest[:16]}: no page is kept of which it is the body"]


def test_a_page_confirmed_at_another_time_is_found(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Within the hour after a visit began only the time of asking tells when it was met."""
    run(database, "UPDATE page SET confirmed = SUBSTR(confirmed, 1, 18) || '7Z' WHERE rowid = 1")
    (said,) = verified(capsys)
    assert said.startswith("page kkk-mr list: it was not asked for when it was met, ")


def test_a_visit_taken_out_under_its_pages_is_found(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(database, "DELETE FROM visit WHERE id = 1")
    assert "capture 1: it names a row of visit that is missing" in verified(capsys)


def test_a_trigger_is_found(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(database, "CREATE TRIGGER x AFTER INSERT ON spell BEGIN DELETE FROM spell WHERE id = new.id; END")
    said = "trigger x: it is none of klastry's and may alter what is written; drop it"
    assert verified(capsys) == [said]


@pytest.mark.parametrize("made", ["", "CREATE VIEW clusters AS SELECT 'cluster-1' AS entity"])
def test_another_view_is_found_and_made_anew(
    made: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where an older klastry made it, for then its answers are those of the older one."""
    with History.open(str(database)) as history:
        before = history.rows("clusters")
    run(database, "DROP VIEW clusters")
    if made:
        run(database, made)
    said = "view clusters: it is not as this klastry makes it; `klastry db upgrade` makes it anew"
    assert verified(capsys) == [said]
    assert main(["db", "upgrade"]) == 0
    assert main(["verify"]) == 0
    with History.open(str(database)) as history:
        assert history.rows("clusters") == before


def test_a_view_of_ones_own_is_nobodys_concern(database: Path) -> None:
    run(database, "CREATE VIEW mine AS SELECT * FROM clusters")
    assert main(["verify"]) == 0
    assert main(["db", "upgrade"]) == 0


def test_whoever_only_reads_alters_no_view(database: Path) -> None:
    run(database, "DROP VIEW statuses")
    with (
        History.open(str(database)) as history,
        pytest.raises(StorageError, match="run `klastry db upgrade`"),
    ):
        history.rows("statuses")
