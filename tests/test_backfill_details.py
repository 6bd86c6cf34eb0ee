"""Archived schedules, cards and articles: they show what was there and prove no absence."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archives import Answer, day
from tests.backfilling import Place

PAGES = Path(__file__).parent / "pages"
AT = day(2023, 6, 1)


def model(name: str, days: int) -> Answer:
    """A model page of the tests as an archive might hold it."""
    meta = json.loads((PAGES / f"{name}.meta.json").read_text("utf-8"))
    return meta["url"], AT + timedelta(days=days), (PAGES / f"{name}.html").read_bytes()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_card_gives_values_at_its_own_time(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.bring(*(model("parp_card/2023-open", days) for days in (5, 1, 9)))
    assert "calls-parp: 3 of 3 archived pages are new" in capsys.readouterr().out
    rows = place.ask(
        "SELECT DISTINCT first_seen, seen_after, last_seen, gone_by, cause FROM spell WHERE dropped IS NULL"
    )
    assert rows == [("2023-06-02T12:00:00Z", None, None, None, "backfill")]
    assert place.ask("SELECT list, state FROM visit") == [("none", "partial")] * 3
    assert place.verify() == []


def test_cards_of_one_call_in_any_order(tmp_path: Path) -> None:
    open_, results = model("parp_card/2023-open", 1), model("parp_card/2023-results", 200)
    assert open_[0] == results[0]
    query = (
        "SELECT field, value, seen_after, first_seen, last_seen, gone_by FROM spell "
        "WHERE dropped IS NULL ORDER BY field, first_seen, value"
    )
    found = []
    for number, order in enumerate([(open_, results), (results, open_)]):
        place = Place(tmp_path / str(number))
        for answer in order:
            place.bring(answer)
        found.append(place.ask(query))
        assert place.ask("SELECT count(*) FROM entity WHERE kind = 'call'") == [(1,)]
        assert place.verify() == []
    assert found[0] == found[1]
    assert ("results", "2023-12-05") in {row[:2] for row in found[0]}


def test_a_copy_between_two_others_makes_two_moves_of_one(place: Place) -> None:
    url, _, card = model("parp_card/2023-open", 1)
    assert card.count(b"30 sierpnia 2023") == 1
    days = {1: b"30 sierpnia 2023", 100: b"29 wrze\xc5\x9bnia 2023", 50: b"15 wrze\xc5\x9bnia 2023"}
    found = []
    for day_, closes in days.items():
        place.bring((url, AT + timedelta(days=day_), card.replace(b"30 sierpnia 2023", closes)))
        found.append(place.ask("SELECT old, new FROM moves WHERE field = 'closes' ORDER BY seen_by"))
    assert found == [
        [],
        [("2023-08-30", "2023-09-29")],
        [("2023-08-30", "2023-09-15"), ("2023-09-15", "2023-09-29")],
    ]


def test_a_schedule_proves_no_absence(place: Place) -> None:
    place.bring(model("parp_schedule/2026-09", 1))
    (before,) = place.ask("SELECT count(*) FROM entity")
    place.bring(model("parp_schedule/2026-11", 60))
    assert before[0] > 0
    assert place.ask("SELECT count(*) FROM spell WHERE field = '' AND gone_by IS NOT NULL") == [(0,)]
    assert place.ask("SELECT DISTINCT cause FROM change") == [("backfill",)]
