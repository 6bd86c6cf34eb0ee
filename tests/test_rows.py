"""Rows as people and programs read them."""

import csv
import json
from datetime import UTC, datetime
from io import StringIO

import pytest

from monitor.rows import COLUMNS, ON_A_TERMINAL, Format, write

HOSTILE = "\x1b[31mred\x1b]0;title\x07\x9b2J\u202eevil"


class Terminal(StringIO):
    """A screen that remembers what it was sent."""

    def isatty(self) -> bool:
        return True


def printed(rows: list[dict[str, object]], form: Format | None, view: str = "anything") -> str:
    out = StringIO()
    write(view, rows, out, form)
    return out.getvalue()


def test_json_is_a_list_of_objects_in_the_order_of_the_contract() -> None:
    text = printed([{"name": "Łódź", "entity": "cluster-1", "sectors": ("a", "b")}], Format.JSON, "clusters")
    (row,) = json.loads(text)
    assert tuple(row) == COLUMNS["clusters"]
    assert row["sectors"] == ["a", "b"]
    assert row["region"] is None
    assert "Łódź" in text


def test_no_rows_are_an_empty_list_and_a_csv_head() -> None:
    assert json.loads(printed([], Format.JSON)) == []
    assert printed([], Format.JSONL) == ""
    assert printed([], Format.CSV, "status").strip() == ",".join(COLUMNS["status"])


def test_jsonl_has_one_object_a_line() -> None:
    lines = printed([{"a": "x\ny"}, {"a": None}], Format.JSONL).splitlines()
    assert [json.loads(line) for line in lines] == [{"a": "x\ny"}, {"a": None}]


def test_a_new_column_stands_at_the_end() -> None:
    (row,) = json.loads(printed([{"new": 1, "source": "kkk-mr"}], Format.JSON, "status"))
    assert tuple(row) == (*COLUMNS["status"], "new")


def test_times_are_utc_and_need_a_zone() -> None:
    at = datetime(2026, 11, 4, 6, 15, 9, tzinfo=UTC)
    assert json.loads(printed([{"at": at}], Format.JSON)) == [{"at": "2026-11-04T06:15:09Z"}]
    with pytest.raises(ValueError, match="without a zone"):
        printed([{"at": at.replace(tzinfo=None)}], Format.JSON)


def test_csv_joins_lists_and_leaves_null_empty() -> None:
    text = printed([{"a": ("x", "y, z"), "b": None, "c": True, "d": 3}], Format.CSV)
    assert list(csv.reader(StringIO(text))) == [["a", "b", "c", "d"], ["x; y, z", "", "yes", "3"]]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\n=1"])
def test_csv_neutralises_formulas_and_json_is_exact(cell: str) -> None:
    (_, (value, in_list)) = csv.reader(StringIO(printed([{"a": cell, "b": (cell,)}], Format.CSV)))
    assert value.startswith("'")
    assert in_list.startswith("'")
    assert json.loads(printed([{"a": cell}], Format.JSON)) == [{"a": cell}]


def test_a_formula_behind_a_stripped_control_character_is_neutralised() -> None:
    assert printed([{"a": "\x1b=1"}, {"a": "\r=1"}], Format.CSV).splitlines()[1:] == ["'=1", "'=1"]


def test_negative_numbers_stay_numbers() -> None:
    assert printed([{"a": -5}], Format.CSV).splitlines() == ["a", "-5"]


@pytest.mark.parametrize("form", list(Format))
def test_no_escape_sequence_reaches_the_terminal(form: Format, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    out = Terminal()
    write("anything", [{"a": HOSTILE, "b": "\ud800"}], out, form)
    text = out.getvalue()
    text.encode()
    assert not any(ord(letter) < 32 and letter != "\n" for letter in text)
    assert not any(letter in text for letter in "\x7f\x9b\u202e")


def test_a_terminal_gets_a_table_and_a_pipe_gets_json() -> None:
    screen, pipe = Terminal(), StringIO()
    for out in (screen, pipe):
        write("changes", [{"id": 1, "name": "[bold]Klaster[/bold]"}], out)
    assert "[bold]Klaster[/bold]" in screen.getvalue()
    assert json.loads(pipe.getvalue())[0]["id"] == 1


def test_a_table_in_a_pipe_keeps_each_row_on_one_line() -> None:
    lines = printed([{"name": "Klaster " * 40, "entity": "cluster-1"}], Format.TABLE, "clusters").splitlines()
    assert any("cluster-1" in line and line.count("Klaster") == 40 for line in lines)


def test_coverage_fits_a_plain_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    screen, row = Terminal(), dict.fromkeys(COLUMNS["coverage"], 26083.8)
    known = {"source": "competition-mr", "known_up_to": "2023-12-05T17:15:00Z"}
    write("coverage", [{**row, **known}], screen)
    assert "competition-mr" in screen.getvalue()
    assert "2023-12-05T17:15:00Z" in screen.getvalue()
    assert "…" not in screen.getvalue()


def test_tables_show_columns_of_the_contract() -> None:
    assert all(set(ON_A_TERMINAL[view]) <= set(COLUMNS[view]) for view in ON_A_TERMINAL)
