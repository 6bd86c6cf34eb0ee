"""`changes --entity`: the rows of one thing and of all that was merged into it, until that is undone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from monitor.cli import main
from storage.records import Key, cluster
from tests.deciding import Desk
from tests.world import World, a_cluster

OTHERS = [a_cluster(name) for name in ("Dolina Lotnicza", "Zielona Chemia", "Obróbka Metali")]
BOTH = cluster(Key("name", "wodor"), Key("name", "wodor slaski"), name="Wodór", region="śląskie")
Told = list[tuple[str, str, str | None]]
Ask = Callable[[str], Told]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two clusters that a later list says are one; the second was in another round meanwhile."""
    desk = Desk(World.new(tmp_path))
    for day, round_ in enumerate(("V", "VI")):
        first, second = a_cluster("Wodór", region="śląskie"), a_cluster("Wodór Śląski", round=round_)
        desk.visit(day, [*OTHERS, first, second])
    desk.visit(2, [*OTHERS, BOTH, a_cluster("Wodór Śląski", round="VI")])
    return desk


@pytest.fixture
def ask(desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    monkeypatch.setenv("KLASTRY_MONITOR__DATABASE", desk.world.history.where)

    def ask(words: str) -> Told:
        assert main(["changes", "--entity", *words.split(), "--format", "json"]) == 0
        rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return [(row["entity"], row["verb"], row["field"]) for row in rows]

    return ask


def test_the_rows_written_under_a_merged_id_are_its_own(desk: Desk, ask: Ask) -> None:
    before = {entity: ask(entity) for entity in ("cluster-4", "cluster-5")}
    assert before["cluster-5"] == [("cluster-5", "appeared", None), ("cluster-5", "changed", "round")]
    number = desk.number()
    desk.judge(number, "accept")
    merged = ask("cluster-4")
    assert {*before["cluster-4"], *before["cluster-5"]} < {*merged}
    assert ask("cluster-5") == merged
    with desk.world.history.asked() as asked:
        timeline = [row for row in asked.timeline("cluster-4") if row["what"] == "change"]
    assert len(timeline) == len(merged)
    assert ask("cluster-4 --limit 1") == merged[-1:]
    assert ask("cluster-4 --verb appeared") == [(each, "appeared", None) for each in before]
    (last,) = desk.world.history.changes(entity="cluster-4", limit=1)
    assert ask(f"cluster-4 --after {last['id']}") == []
    desk.judge(number, "undo")
    assert [row for row in ask("cluster-5") if row[1] != "retracted"] == before["cluster-5"]
    assert not [row for row in ask("cluster-4") if row[0] != "cluster-4"]


def test_they_are_found_by_their_index(desk: Desk) -> None:
    history, asked = desk.world.history, list[Any]()
    engine = history._engine
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2:4]))
    history.changes(entity="cluster-4", limit=50)
    ((said, given),) = asked
    with engine.connect() as connection:
        plan = [step.detail for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given)]
    assert any("change_entity" in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN c")]
