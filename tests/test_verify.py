"""`klastry verify` finds every edit of what is sealed, and says where it is."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.cli import main
from storage import correcting
from storage.history import History
from storage.sealing import open_ledger, seal
from storage.tables import (
    TABLES,
    body,
    capture,
    change,
    entity,
    entity_key,
    ledger,
    notice,
    page,
    review,
    spell,
    visit,
)
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

EIGHT = [a_cluster(name) for name in "Alfa Beta Gamma Delta Epsilon Zeta Eta Theta".split()]
CHAINED = (ledger, entity, entity_key, spell, change, review, capture, body)
NOT_CHAINED = {visit, page, notice}
"""Every visit, what is remembered for politeness, how far people were told: no fact of the history."""
Edit = Callable[[sqlite3.Connection], None]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """A history in which something began, ended, was dropped, doubted and settled."""
    world = World.new(tmp_path_factory.mktemp("whole"))
    world.visit(KKK, at(), EIGHT)
    world.visit(KKK, at(1), EIGHT[:4])
    world.visit(KKK, at(2), [*EIGHT, a_cluster("Jota", coordinator="Fundacja")])
    for day, closes in ((3, "2026-03-05"), (4, "2026-03-06")):
        printed = {"closes": f"do {closes}"}
        call = a_call("x", card=True, title="Nabór", opens="2026-03-01", closes=closes, rounds=("a/b",))
        call = replace(call, printed=printed)
        world.visit(CALLS, at(day), [a_call("x", title="Nabór")], cards={"x": [call]})
    again = a_call("x", card=True, title="Nowy nabór", opens="2026-05-01", closes="2026-06-01")
    world.visit(CALLS, at(30), [a_call("x", title="Nowy nabór")], cards={"x": [again]})
    world.visit(KKK, at(31), EIGHT[4:])
    run = world.run(at(32))
    with world.history._reading() as connection:
        number = connection.scalar(spell.select().where(spell.c.field == "coordinator"))
    with world.history.writing() as writing:
        writing.tell_beginnings([KKK, CALLS], run)
        row = open_ledger(writing._connection, run, "parser")
        correcting.drop(writing._connection, [number], row)
        seal(writing._connection, row)
    assert world.history.verify() == []
    with closing(sqlite3.connect(world.history.where)) as raw:
        for table in CHAINED:
            assert raw.execute(f"SELECT count(*) FROM {table.name}").fetchone() > (0,)
        yield raw
    world.history.close()


def findings(whole: sqlite3.Connection, folder: Path, edit: Edit) -> list[str]:
    """What is found after `edit` of a copy."""
    copy = folder / "copy.db"
    with closing(sqlite3.connect(copy)) as raw:
        whole.backup(raw)
        edit(raw)
        raw.commit()
    with History.open(str(copy)) as history:
        return history.verify()


def run(raw: sqlite3.Connection, query: str) -> None:
    raw.execute(query)


def other(value: Any) -> Any:
    """A value that differs in one character, one bit, or one unit."""
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if isinstance(value, int):
        return value + 1000
    return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"


# Cells that this history has none of.
NEVER_SO = {
    ("capture", "refused", False),
    ("capture", "content", True),
    ("capture", "reader", True),
    ("capture", "version", True),
    ("entity", "merged_into", False),
    ("change", "old_printed", False),
    ("change", "new_printed", False),
}


def edits() -> list[Any]:
    """Each column of each chained table; where it may be empty, its empty and its filled cells."""
    cells = [
        (table.name, column.name, empty)
        for table in CHAINED
        for column in table.columns
        for empty in ((False, True) if column.nullable else (False,))
    ]
    return [
        pytest.param(*cell, id=f"{cell[0]}-{cell[1]}-{'empty' if cell[2] else 'full'}")
        for cell in cells
        if cell not in NEVER_SO
    ]


@pytest.mark.parametrize(("table", "column", "empty"), edits())
def test_an_edit_of_a_column_is_found(
    table: str, column: str, empty: bool, whole: sqlite3.Connection, tmp_path: Path
) -> None:
    is_so = f"{column} IS {'' if empty else 'NOT '}NULL"
    found = whole.execute(f"SELECT rowid, {column} FROM {table} WHERE {is_so} ORDER BY rowid DESC").fetchall()
    assert found, f"nothing {'without' if empty else 'with'} {table}.{column} in this history"
    number, value = found[0]
    kinds = {each[1]: each[2] for each in whole.execute(f"PRAGMA table_info({table})")}
    new = (7 if kinds[column] == "INTEGER" else "x") if empty else other(value)

    def edit(raw: sqlite3.Connection) -> None:
        raw.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, number))

    assert findings(whole, tmp_path, edit)


def test_every_table_is_chained_or_left_out() -> None:
    assert {*CHAINED} | NOT_CHAINED == {*TABLES}


@pytest.mark.parametrize("table", [table.name for table in CHAINED])
def test_a_row_taken_out_is_found(table: str, whole: sqlite3.Connection, tmp_path: Path) -> None:
    for (number,) in whole.execute(f"SELECT rowid FROM {table}").fetchall():
        (tmp_path / "copy.db").unlink(missing_ok=True)

        def edit(raw: sqlite3.Connection, number: int = number) -> None:
            raw.execute(f"DELETE FROM {table} WHERE rowid = ?", (number,))

        assert findings(whole, tmp_path, edit), number


@pytest.mark.parametrize("table", ["entity_key", "spell", "change", "review"])
def test_a_row_put_in_is_found(table: str, whole: sqlite3.Connection, tmp_path: Path) -> None:
    own = {"entity_key": "value", "spell": "value", "change": "told_at", "review": "subject"}[table]

    def edit(raw: sqlite3.Connection) -> None:
        names = [each[1] for each in raw.execute(f"PRAGMA table_info({table})")]
        said = ", ".join(
            {"id": "id + 500", own: "'put in'", "entry": "NULL"}.get(name, name) for name in names
        )
        raw.execute(f"INSERT INTO {table} SELECT {said} FROM {table} ORDER BY id DESC LIMIT 1")

    assert findings(whole, tmp_path, edit)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (
            "UPDATE spell SET value = 'X' WHERE value = 'Alfa'",
            "ledger 2: what run run-2 wrote at 2026-03-02T0",
        ),
        ("UPDATE ledger SET id = 99 WHERE id = 3", "ledger 3: missing; the next row is 4"),
        (
            "UPDATE spell SET begun = 99 WHERE id = 1",
            "spell 1: it names row 99 of the ledger, which is missing",
        ),
        ("UPDATE spell SET gone_by = 'x' WHERE id = 1", "spell 1: it ends without a row of the ledger"),
        (
            "UPDATE spell SET last_seen = '2026-03-02T06:20:01Z' WHERE ended IS NOT NULL",
            "was altered after it was sealed",
        ),
        ("UPDATE review SET verdict = 'accepted' WHERE ended IS NULL", "it is decided without a row of the"),
        ("UPDATE body SET size = 1", ": its size is not 1"),
        ("UPDATE body SET packed = CAST(packed || x'00' AS BLOB)", ": its bytes are damaged"),
        ("DELETE FROM body", "capture 1: its body is missing"),
        (
            "UPDATE entity SET merged_into = 'cluster-1' WHERE id = 'cluster-2'",
            "entity cluster-2: it is merged",
        ),
    ],
)
def test_each_finding_says_where(edit: str, said: str, whole: sqlite3.Connection, tmp_path: Path) -> None:
    assert any(said in each for each in findings(whole, tmp_path, lambda raw: run(raw, edit)))


def test_one_edit_is_told_once(whole: sqlite3.Connection, tmp_path: Path) -> None:
    found = findings(whole, tmp_path, lambda raw: run(raw, "UPDATE change SET url = 'x' WHERE id = 1"))
    assert len(found) == 1


def test_a_merge_that_the_ledger_tells_fits(whole: sqlite3.Connection, tmp_path: Path) -> None:
    copy = tmp_path / "merged.db"
    with closing(sqlite3.connect(copy)) as raw:
        whole.backup(raw)
    with History.open(str(copy)) as history:
        run = World(history).run(at(6))
        for into in ("cluster-1", None):
            with history.writing() as writing:
                connection = writing._connection
                row = open_ledger(connection, run, "human", json.dumps({"merged": {"cluster-2": into}}))
                connection.execute(entity.update().where(entity.c.id == "cluster-2").values(merged_into=into))
                seal(connection, row)
            assert history.verify() == []
        with closing(sqlite3.connect(copy)) as raw:
            raw.execute("UPDATE ledger SET note = note || '}' WHERE id = (SELECT max(id) FROM ledger)")
            raw.commit()
        assert any(each.endswith("its note cannot be read") for each in history.verify())


def test_every_byte_of_a_body_counts(tmp_path: Path) -> None:
    world = World.new(tmp_path)
    world.visit(KKK, at(), EIGHT)
    with closing(sqlite3.connect(world.history.where)) as raw:
        ((digest, packed),) = raw.execute("SELECT sha256, packed FROM body").fetchall()
        for place in range(len(packed)):
            damaged = packed[:place] + bytes([packed[place] ^ 4]) + packed[place + 1 :]
            raw.execute("UPDATE body SET packed = ?", (damaged,))
            raw.commit()
            (found,) = world.history.verify()
            assert found.startswith(f"body {digest[:16]}: its bytes ")


# The command


@pytest.fixture
def place(whole: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a copy of the history."""
    (tmp_path / "data").mkdir()
    with closing(sqlite3.connect(tmp_path / "data/klastry.db")) as raw:
        whole.backup(raw)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_all_well_is_one_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify"]) == 0
    with History.open(str(place / "data/klastry.db")) as history:
        head = history.head()
    said, errors = capsys.readouterr()
    assert said == f"all fits: 9 bodies, 10 rows of the ledger, head {head}\n"
    assert errors == ""
    assert main(["verify", "--format", "json"]) == 0
    assert capsys.readouterr().out == "[]\n"


def test_what_does_not_fit_is_told_and_nothing_changed(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(place / "data/klastry.db")) as raw:
        raw.execute("UPDATE spell SET value = 'X' WHERE value = 'Alfa'")
        raw.commit()
        before = list(raw.iterdump())
        assert main(["verify"]) == 4
        said, errors = capsys.readouterr()
        assert [line.partition(":")[0] for line in said.splitlines()] == ["ledger 2"]
        assert errors.count("\n") == 1
        assert "1 thing does not fit; compare with a backup" in errors
        assert main(["verify", "--format", "csv"]) == 4
        assert capsys.readouterr().out.startswith("what,finding\nledger 2,what run run-2 wrote")
        assert list(raw.iterdump()) == before


def test_a_missing_history_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["verify"]) == 4
    assert capsys.readouterr().err.startswith("klastry: no database at ")


def test_progress_counts_to_the_end(place: Path) -> None:
    seen: list[tuple[int, int]] = []
    with History.open(str(place / "data/klastry.db")) as history:
        history.verification(lambda *step: seen.append(step))
    assert seen == [(step, len(seen)) for step in range(1, len(seen) + 1)]
