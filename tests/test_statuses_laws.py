"""Laws of the view `statuses`, over random scripts of registers and visits in all weathers."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, note

from storage.history import History
from tests.lawful import NewWorld, laws, worlds
from tests.laws import SCRIPTS, Step, Story, printed

law = laws(4)
Rows = Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]
"""The rows of each cluster and source, in order."""


@pytest.fixture(scope="module")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> NewWorld:
    return worlds(tmp_path_factory.mktemp("statuses"))


@law
@given(script=SCRIPTS)
def test_statuses_agree_with_lists_and_log(new_world: NewWorld, script: list[Step]) -> None:
    note(printed(script))
    history = Story(new_world()).play(script).world.history
    rows: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in history.rows("statuses"):
        rows.setdefault((row["entity"], row["source"]), []).append(row)
    each_loss_of_the_log_is_an_end(history, rows)
    who_is_listed_has_one_that_goes_on(history, rows)
    they_follow_each_other(rows)


def each_loss_of_the_log_is_an_end(history: History, rows: Rows) -> None:
    changes = history.changes(equal={"kind": "cluster"})
    retracted = {row["old"] for row in changes if row["verb"] == "retracted"}
    for row in changes:
        if row["verb"] == "disappeared" and row["summary"] not in retracted:
            own = rows[row["entity"], row["source"]]
            ends = {(each["last_seen"], each["gone_by"]): each["how"] for each in own}
            assert ends[row["seen_after"], row["seen_by"]] in ("ended early", "expired", "unknown"), row


def who_is_listed_has_one_that_goes_on(history: History, rows: Rows) -> None:
    for cluster in history.rows("clusters"):
        own = rows[cluster["entity"], cluster["source"]]
        going_on = [row for row in own if row["gone_by"] is None]
        assert len(going_on) == (cluster["listed"] == "yes"), own
        if cluster["listed"] == "missing":
            assert own[-1]["how"] in ("missing", "expired", "unknown"), own


def they_follow_each_other(rows: Rows) -> None:
    for own in rows.values():
        assert all(row["seen_from"] <= row["last_seen"] for row in own), own
        assert all(row["last_seen"] < row["gone_by"] for row in own if row["gone_by"]), own
        for one, other in pairwise(own):
            assert one["gone_by"] is not None, own
            assert one["gone_by"] <= other["seen_from"], own
            if one["gone_by"] == other["seen_from"]:
                assert one["status_until"] != other["status_until"], own
