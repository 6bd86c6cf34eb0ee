"""Reading stored evidence again: corrected with the original times, in silence, and once retracted."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.publish import publish
from monitor.rereading import catch_up, reread, run_of
from spiders.readers import kkk_list
from storage.lock import only_crawl
from storage.records import Page, Record
from tests.archives import GOV_2026, ROUND_5, ROUND_6, Answer, day, of_gov
from tests.backfilling import KKK_MR, Place
from tests.world import with_value

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
NAMES = ("Fotonika", "Dolina Lotnicza", "Zielona Chemia", "Klaster Morski", "Obróbka Metali", "Interizon")
FIRST = (GOV_2026[0], day(2026, 3, 2), of_gov([(ROUND_5, NAMES)]))
SECOND = (GOV_2026[0], day(2026, 3, 9), of_gov([(ROUND_5, NAMES[:5]), (ROUND_6, NAMES[5:])]))

Wrong = Callable[[Page, Record], Record]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def misread(monkeypatch: pytest.MonkeyPatch) -> Callable[[Wrong], None]:
    """Lets the reader of yesterday, version 0, get something wrong."""
    right = kkk_list.read

    def wrong(how: Wrong) -> None:
        def read(page: Page) -> Iterator[Record]:
            for record in right(page):
                yield how(page, record)

        monkeypatch.setattr(kkk_list, "read", read)
        monkeypatch.setattr(kkk_list, "VERSION", 0)

    return wrong


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    right, version = kkk_list.read, kkk_list.VERSION

    def restore() -> None:
        monkeypatch.setattr(kkk_list, "read", right)
        monkeypatch.setattr(kkk_list, "VERSION", version)

    return restore


def a_wrong_round(page: Page, record: Record) -> Record:
    return with_value(record, round="IX") if record.name == "Fotonika" else record


def a_wrong_change(page: Page, record: Record) -> Record:
    late = page.at >= SECOND[1]
    return with_value(record, status_until="2031-01-01") if record.name == "Fotonika" and late else record


def rounds(place: Place) -> list[tuple[object, ...]]:
    return place.ask(
        "SELECT value, first_seen, gone_by, cause FROM spell s WHERE field = 'round' AND dropped IS NULL AND "
        "entity = (SELECT entity FROM spell WHERE field = 'name' AND value = 'Fotonika') ORDER BY first_seen"
    )


def test_a_value_is_corrected_with_its_original_times(
    place: Place,
    misread: Callable[[Wrong], None],
    today: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    misread(a_wrong_round)
    place.visit(FIRST)
    place.visit(SECOND)
    (place.folder / "public").mkdir()
    publish(place.config, NOW)
    feed = (place.folder / "public/feed.xml").read_bytes()
    assert rounds(place) == [("IX", "2026-03-02T12:00:00Z", None, "source")]
    with place.history() as history:
        then = history.as_of(NOW)
        known = place.ask("SELECT max(id) FROM ledger")[0][0]
    today()
    rows, code = reread(place.config, ["kkk-mr"], clock=lambda: NOW, out=sys.stdout)
    assert code == 0
    (row,) = rows
    assert (row["field"], row["old"], row["new"]) == ("round", "IX", "V")
    assert capsys.readouterr().out == "1 value corrected, 0 retracted\n"
    assert rounds(place) == [("V", "2026-03-02T12:00:00Z", None, "parser")]
    with place.history() as history:
        assert history.as_of(NOW, known) == then
    publish(place.config, NOW)
    assert (place.folder / "public/feed.xml").read_bytes() == feed
    assert place.verify() == []


def test_a_told_change_that_was_none_is_retracted_once(
    place: Place, misread: Callable[[Wrong], None], today: Callable[[], None]
) -> None:
    misread(a_wrong_change)
    place.visit(FIRST)
    told = place.visit(SECOND)
    assert {change.name for change in told} == {"Fotonika", "Interizon"}
    today()
    for _ in range(2):
        reread(place.config, clock=lambda: NOW, out=sys.stdout)
    with place.history() as history:
        rows = history.changes(equal={"cause": "parser"})
    (row,) = rows
    (false,) = [change for change in told if change.name == "Fotonika"]
    assert (row["verb"], row["name"], row["old"]) == ("retracted", "Fotonika", false.summary)
    assert row["entry"]
    assert place.verify() == []


def test_a_silent_row_that_was_none_is_retracted_in_silence(
    place: Place, misread: Callable[[Wrong], None], today: Callable[[], None]
) -> None:
    misread(a_wrong_change)
    place.bring(FIRST, SECOND)
    moved = "SELECT m.entity, c.summary FROM moves m JOIN change c ON c.id = m.id WHERE m.new = '2031-01-01'"
    (false,) = place.ask(moved)
    today()
    for _ in range(2):
        reread(place.config, clock=lambda: NOW, out=sys.stdout)
    query = "SELECT entity, old FROM change WHERE verb = 'retracted'"
    assert place.ask(query) == [false]
    assert place.ask(moved) == []
    with place.history() as history:
        assert history.told() == []


def test_what_today_reads_alike_stays(place: Place, misread: Callable[[Wrong], None]) -> None:
    place.visit(FIRST)
    place.visit(SECOND)
    spells, ledger = place.spells(), place.ask("SELECT count(*) FROM ledger")
    misread(lambda page, record: record)
    assert reread(place.config, clock=lambda: NOW, out=sys.stdout) == ([], 0)
    assert (place.spells(), place.ask("SELECT count(*) FROM ledger")) == (spells, ledger)


def test_pages_read_by_todays_version_are_read_again_on_demand(
    place: Place, misread: Callable[[Wrong], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = kkk_list.VERSION
    place.visit(FIRST)
    misread(a_wrong_round)
    monkeypatch.setattr(kkk_list, "VERSION", version)
    assert reread(place.config, clock=lambda: NOW, out=sys.stdout) == ([], 0)
    rows, _ = reread(place.config, everything=True, clock=lambda: NOW, out=sys.stdout)
    assert [row["new"] for row in rows] == ["IX"]


def test_a_record_that_was_overlooked_was_there_all_along(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = kkk_list.read
    monkeypatch.setattr(kkk_list, "VERSION", 0)
    monkeypatch.setattr(
        kkk_list, "read", lambda page: (each for each in right(page) if each.name != "Fotonika")
    )
    place.visit(FIRST)
    place.visit(SECOND)
    monkeypatch.undo()
    reread(place.config, clock=lambda: NOW, out=sys.stdout)
    assert rounds(place) == [("V", "2026-03-02T12:00:00Z", None, "parser")]
    with place.history() as history:
        assert {change.name for change in history.told()} == {"Interizon"}
        assert {row["listed"] for row in history.rows("clusters")} == {"yes"}


def test_what_a_newer_reader_reads_otherwise_is_no_news_of_the_next_crawl(
    place: Place, misread: Callable[[Wrong], None], today: Callable[[], None]
) -> None:
    misread(a_wrong_round)
    place.visit(FIRST)
    today()
    assert [line.partition(":")[0] for line in caught_up(place, dry=True)] == ["kkk-mr"]
    assert rounds(place) == [("IX", "2026-03-02T12:00:00Z", None, "source")]
    said = "kkk-mr: read again by a newer reader, 1 value corrected, 0 retracted"
    assert caught_up(place) == [said]
    assert caught_up(place) == []
    assert {change.name for change in place.visit(SECOND)} == {"Interizon"}
    assert rounds(place) == [("V", "2026-03-02T12:00:00Z", None, "parser")]
    assert place.verify() == []


def caught_up(place: Place, *, dry: bool = False) -> list[str]:
    with place.history() as history:
        return catch_up(history, [KKK_MR], run_of(place.config, [KKK_MR], "reread", FIRST[1]), dry=dry)


def test_a_dry_run_writes_nothing(
    place: Place,
    misread: Callable[[Wrong], None],
    today: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    misread(a_wrong_round)
    place.visit(FIRST)
    before = place.spells(), place.ask("SELECT digest FROM ledger"), place.ask("SELECT * FROM page")
    today()
    rows, _ = reread(place.config, dry_run=True, clock=lambda: NOW, out=sys.stdout)
    assert len(rows) == 1
    assert capsys.readouterr().out == "1 value would be corrected, 0 retracted\n"
    assert (place.spells(), place.ask("SELECT digest FROM ledger"), place.ask("SELECT * FROM page")) == before


def test_a_page_that_cannot_be_read_any_more_stays_as_it_was(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place.visit(FIRST)
    before = place.spells()

    def read(page: Page) -> Iterator[Record]:
        raise ValueError("no such table")

    monkeypatch.setattr(kkk_list, "VERSION", kkk_list.VERSION + 1)
    monkeypatch.setattr(kkk_list, "read", read)
    assert reread(place.config, clock=lambda: NOW, out=sys.stdout) == ([], 3)
    assert capsys.readouterr().out.startswith("left as it was: kkk-mr list: layout: ")
    assert place.spells() == before


def test_validators_go_with_the_old_version(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.visit(FIRST)
    monkeypatch.setattr(kkk_list, "VERSION", kkk_list.VERSION + 1)
    reread(place.config, clock=lambda: NOW, out=sys.stdout)
    assert place.ask("SELECT version, etag, last_modified FROM page") == [(kkk_list.VERSION, None, None)]


def test_only_one_at_a_time(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.visit(FIRST)
    with only_crawl(place.config.monitor.database):
        assert main(["--config", str(place.folder / "klastry.toml"), "reread"]) == 5
    assert capsys.readouterr().err.count("\n") == 1


def test_the_command_prints_rows(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.visit(FIRST)
    command = ["--config", str(place.folder / "klastry.toml"), "reread", "--all", "--format", "csv"]
    assert main(command) == 0
    assert capsys.readouterr().out == "source,entity,field,old,new,capture\n"


def test_a_loss_that_was_none_is_retracted_and_a_true_one_is_told_later(
    place: Place, misread: Callable[[Wrong], None], today: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    place.visit(FIRST)
    right = kkk_list.read
    monkeypatch.setattr(kkk_list, "VERSION", 0)
    monkeypatch.setattr(
        kkk_list, "read", lambda page: (each for each in right(page) if each.name != "Fotonika")
    )
    told = [place.visit(again(FIRST, days)) for days in range(1, 5)]
    assert [change.verb for changes in told for change in changes] == ["disappeared"]
    today()
    reread(place.config, clock=lambda: NOW, out=sys.stdout)
    with place.history() as history:
        assert [change.verb for change in history.told()] == ["disappeared", "retracted"]
    assert place.visit(again(FIRST, 10)) == ()
    without = (FIRST[0], FIRST[1], of_gov([(ROUND_5, NAMES[1:])]))
    told = [place.visit(again(without, days)) for days in range(11, 16)]
    assert [change.verb for changes in told for change in changes] == ["disappeared"]


def again(answer: Answer, days: int) -> Answer:
    """The same list some days later, with another remark below it."""
    url, at, body = answer
    return (
        url,
        at + timedelta(days=days),
        body.replace(b"</div></article>", b"<p>Uwaga %d.</p></div></article>" % days),
    )
