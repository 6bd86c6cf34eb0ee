"""Questions about 2015 to 2026, answered from archived copies and checked against the known facts.

The copies are model pages: each lists the clusters that a source names for the rounds in force
then. All members of rounds I, II, IV and V are named, one of four of round III and three of twelve
of round VI; so who is listed can be counted against the facts up to 2022 but for round III, and
what is said of those named (their round, until when it holds, who they were before) to the end.
"""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from storage.forms import WARSAW
from storage.moments import Moment
from tests.archives import ALL
from tests.backfilling import NOW, Place
from tests.facts import KKK, members
from tests.statuses import losses_are_ends_of_statuses

REGISTER, PORTAL = "kkk-mr", "kkk-pi"
READ = {
    "2015-11-03": ("I",),
    "2016-12-05": ("I", "II"),
    "2019-12-02": ("III", "IV"),
    "2022-01-20": ("IV", "V"),
    "2023-02-01": ("V", "VI"),
    "2026-03-01": ("V", "VI"),
}
"""Days of the copies of whole lists, and the rounds in force, the later one after the earlier."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("facts"))
    assert place.bring(*ALL) == 0
    return place


def at(day: str) -> Moment:
    return Moment.at_the_end_of(date.fromisoformat(day), NOW)


def listed(place: Place, day: str) -> dict[str, dict[str, Any]]:
    """Rows of who was listed at the end of a day by the list that was read then, by name."""
    source = PORTAL if day < "2016-10" else REGISTER
    with place.history() as history, history.asked() as asked:
        rows = [row for row in asked.lists("cluster", at(day)) if row["listed"] == "yes"]
    return {row["name"]: row for row in rows if day < "2019" or row["source"] == source}


def expected(day: str) -> dict[str, tuple[str, str | None]]:
    """The names on the list of a day, with the round and the end of the status."""
    found: dict[str, tuple[str, str, str | None]] = {}
    for number in READ[day]:
        for key, name in members(number).items():
            found[key] = (name.rstrip("."), number, KKK["rounds"][number]["valid_until"])
    return {name: (number, until) for name, number, until in found.values()}


@pytest.mark.parametrize("day", READ)
def test_who_was_listed_with_which_round_and_until_when(place: Place, day: str) -> None:
    rows = listed(place, day)
    assert {name: (row["round"], row["status_until"]) for name, row in rows.items()} == expected(day)


@pytest.mark.parametrize(("day", "fact"), [("2015-11-03", 0), ("2016-12-05", 1), ("2022-01-20", 3)])
def test_as_many_as_the_facts_count(place: Place, day: str, fact: int) -> None:
    assert tuple(KKK["listed"][fact]["rounds"]) == READ[day]
    assert len(listed(place, day)) == KKK["listed"][fact]["number"]


@pytest.mark.parametrize("number", ["IV", "V", "VI"])
def test_a_status_holds_to_the_last_day_of_its_round(place: Place, number: str) -> None:
    last = date.fromisoformat(KKK["rounds"][number]["valid_until"])
    after = date.fromordinal(last.toordinal() + 1)
    for day, holds in ((last, "yes"), (after, "no")):
        with place.history() as history, history.asked() as asked:
            rows = asked.lists("cluster", at(day.isoformat()))
        assert {row["holds"] for row in rows if row["round"] == number} == {holds}, day


def test_every_status_that_is_known_has_run_out(place: Place) -> None:
    with place.history() as history, history.asked() as asked:
        rows = asked.lists("cluster", at("2026-11-01"))
    assert {row["holds"] for row in rows if row["source"] == REGISTER} == {"no"}
    assert {row["holds"] for row in rows if row["source"] == PORTAL} == {"unknown"}  # it stated no end
    assert {row["known_up_to"][:10] for row in rows} == {"2016-12-05", "2026-03-01"}


def test_one_cluster_is_one_entity_under_all_its_names(place: Place) -> None:
    with place.history() as history, history.asked() as asked:
        holders = {name: entity for entity, name in asked.names()}
    entities: dict[str, set[str]] = {}
    for number in KKK["rounds"]:
        for key, name in members(number).items():
            entities.setdefault(key, set()).add(holders[name.rstrip(".")])
    assert {len(found) for found in entities.values()} == {1}
    assert len(set.union(*entities.values())) == len(entities)
    assert set(holders.values()) == set.union(*entities.values())


def test_what_differs_between_two_lists(place: Place) -> None:
    four, five = members("IV"), members("V")
    with place.history() as history, history.asked() as asked:
        rows = asked.diff(at("2022-01-20"), at("2023-02-01"))
    verbs = {(row["name"], row["verb"]) for row in rows if row["field"] is None}
    kept = members("VI").keys()
    # Nobody names the other members of round VI: the model of its list lacks them.
    out = {(name.rstrip("."), "out") for key, name in four.items() if key not in kept}
    # The portal listed it, and was not read since 2016.
    assert verbs == out | {("Polski Klaster Aluminium", "unknown")}
    changed = {(row["name"], row["old"], row["new"]) for row in rows if row["field"] == "round"}
    assert changed == {(name, "IV", "VI") for name in members("VI").values()}
    assert not {row["name"] for row in rows} & set(five.values())


def test_what_nobody_read_is_unknown(place: Place) -> None:
    with place.history() as history, history.asked() as asked:
        rows = asked.diff(at("2022-01-20"), at("2022-09-01"))
    ends = {row["name"]: (row["verb"], row["new"]) for row in rows if row["field"] == "status_until"}
    assert ends == dict.fromkeys(listed_later(place), ("unknown", "2025-12-17"))
    assert {row["verb"] for row in rows} == {"unknown"}


def listed_later(place: Place) -> list[str]:
    """Names, as of before round VI, of those whom it prolonged."""
    six = members("VI").keys()
    return [row["name"] for row in listed(place, "2022-01-20").values()
            if row["name"] in {members("IV")[key].rstrip(".") for key in six}]  # fmt: skip


def lost(place: Place, since: str, until: str) -> set[tuple[str, str, str]]:
    """Who lost the status in [since, until): the name now, the day, and how."""
    with place.history() as history:
        rows = history.rows("statuses")
    return {
        (row["name"], row["lost_on"], row["how"])
        for row in rows
        if row["lost_by"] and since <= row["lost_by"] < until
    }


def test_who_lost_the_status(place: Place) -> None:
    now = {row["entity"]: row["name"] for row in listed(place, "2026-03-01").values()}
    five, six = set(members("V").values()), set(members("VI").values())
    assert five | six == set(now.values())
    assert lost(place, "2024-12-01", "2025-02-01") == {(name, "2024-12-31", "expired") for name in five}
    assert lost(place, "2025-12-01", "2026-02-01") == {(name, "2025-12-17", "expired") for name in six}
    in_2022 = lost(place, "2022-01-21", "2023-01-31")
    assert len(in_2022) == KKK["rounds"]["IV"]["awarded"]
    # Nobody looked between January 2022 and February 2023, when the status ended or was prolonged.
    assert {(day, how) for _, day, how in in_2022} == {("2022-08-28", "unknown")}
    # Two of round II were not on the list of 2019, whose end nobody had stated; round V took them in again.
    again = {
        (name, "2019-12-02", "unknown") for name in five if name.startswith(("NUTRIBIOMED", "MedSilesia"))
    }
    assert lost(place, "2016-12-01", "2019-12-31") == again
    assert len(again) == 2


def test_each_loss_of_the_log_is_the_end_of_a_status(place: Place) -> None:
    with place.history() as history:
        losses_are_ends_of_statuses(history, 10)


def test_each_came_once_and_who_is_there_is_there(place: Place) -> None:
    here: dict[str, bool] = {}
    with place.history() as history:
        for row in history.changes(equal={"cause": "backfill"}):
            if row["verb"] in ("appeared", "returned", "disappeared"):
                assert here.get(row["entity"], False) == (row["verb"] == "disappeared"), row
                assert (row["verb"] == "appeared") == (row["entity"] not in here), row
                here[row["entity"]] = row["verb"] != "disappeared"
        assert here == {row["entity"]: row["listed"] == "yes" for row in history.rows("clusters")}
        assert history.told() == []


def test_a_cluster_from_first_sight_to_now(place: Place) -> None:
    with place.history() as history, history.asked() as asked:
        (entity,) = {entity for entity, name in asked.names() if name == "Wschodni Klaster Budowlany"}
        rows = [row for row in asked.timeline(entity) if row["what"] != "gap"]
    said = [(row["at"][:10], row["verb"], row["field"], row["old"], row["new"]) for row in rows]
    assert said == [
        ("2015-11-03", "appeared", None, None, None),
        ("2022-01-20", "renamed", "name", "Wschodni Klaster Budowlany", "Polski Klaster Budowlany"),
        ("2022-01-20", "changed", "round", "I", "V"),
    ]


def test_a_lost_status_is_known_with_its_ends(place: Place) -> None:
    with place.history() as history:
        (row,) = history.changes(equal={"verb": "disappeared", "name": "Śląski Klaster Lotniczy"})
    assert (row["seen_after"], row["seen_by"]) == ("2022-01-20T12:00:00Z", "2023-02-01T12:00:00Z")
    assert (row["cause"], row["entry"]) == ("backfill", None)


def test_how_well_it_was_observed(place: Place) -> None:
    with place.history() as history:
        rows = {row["source"]: row for row in history.rows("coverage")}
    said = {source: (row["first_visit"][:10], row["known_up_to"][:10], row["complete_visits"])
            for source, row in rows.items()}  # fmt: skip
    assert said == {PORTAL: ("2015-11-03", "2016-12-05", 2), REGISTER: ("2016-10-26", "2026-03-01", 5)}


def test_nothing_was_known_before_the_copies_were_brought(place: Place) -> None:
    with place.history() as history, history.asked() as asked:
        before = asked.knowledge(1)
        assert asked.lists("cluster", at("2016-12-05"), before) == []
        then = asked.knowledge(datetime(2026, 11, 24, tzinfo=UTC).astimezone(WARSAW))
        assert len(asked.lists("cluster", at("2016-12-05"), then)) == 16
