"""What a recording may hold besides good copies: it is left out and told, or the file is refused."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.cli import main
from spiders.cdx import Copy
from spiders.shelf import Shelf
from storage.errors import PageFault, UsageError
from tests import archives
from tests.archives import FOURTH, GOV_2019, GOV_2022, GOV_2023, PI, day, recording
from tests.backfilling import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_dry_run_writes_nothing(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.visit(GOV_2023)
    with place.history() as history:
        head = history.head()
    assert place.bring(GOV_2019, dry_run=True) == 0
    assert "kkk-mr: 1 of 1 archived pages are new" in capsys.readouterr().out
    with place.history() as history:
        assert (history.head(), len(history.rows("visits"))) == (head, 1)


def test_pages_of_no_source_are_counted_in_one_line(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    others = [(f"https://www.example.org/{n}", day(2020, 1, n), b"<p>model</p>") for n in (1, 2, 3)]
    place.bring(GOV_2019, *others)
    assert capsys.readouterr().out.endswith("\n3 other pages left out: www.example.org (3)\n")


def test_a_page_belongs_to_its_source_whatever_sources_are_chosen(place: Place) -> None:
    with pytest.raises(UsageError, match="no page of news-mr"):
        place.bring(GOV_2019, chosen=("news-mr",))


def test_a_page_without_a_date_is_no_article(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    contact = (
        "https://www.gov.pl/web/rozwoj-technologia/kontakt",
        day(2020, 1, 1),
        archives.of_gov([("Kontakt", ["Sekretariat"])]),
    )
    place.bring(GOV_2019, contact)
    assert "kontakt of 2020-01-01: layout: no date is printed" in capsys.readouterr().out
    with place.history() as history:
        assert history.rows("articles") == []


@pytest.mark.parametrize("damaged", [True, False])
def test_a_recording_that_is_no_use_changes_nothing(
    place: Place, damaged: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place.folder
    good = recording(folder / "good.warc.gz", GOV_2019)
    bad = recording(folder / "bad.warc.gz", ("https://www.example.org/", day(2020, 1, 1), b"<p>model</p>"))
    if damaged:
        bad.write_bytes(good.read_bytes()[:-40])
    files = [str(bad), str(good)] if damaged else [str(bad)]
    assert main(["--config", str(folder / "klastry.toml"), "backfill", *files]) == 2
    said = capsys.readouterr()
    assert said.err.count("\n") == 1
    assert str(bad) in said.err
    assert not (folder / "data").exists()


def test_a_page_that_is_not_believed_is_left_out(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    cut = (GOV_2019[0], day(2020, 6, 1), GOV_2019[2][:-40])
    short = (GOV_2019[0], day(2020, 7, 1), archives.of_gov([(archives.ROUND_4, FOURTH[:2])]))
    assert place.bring(GOV_2019, cut, short) == 0
    said = capsys.readouterr().out
    assert "kkk-mr: 1 of 1 archived pages are new" in said
    assert "of 2020-06-01: not-whole" in said
    assert "of 2020-07-01: list-shrunk" in said
    assert len(place.listed(day(2021, 1, 1))) == 12


def test_a_copy_of_the_future_is_left_out(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    assert place.bring(GOV_2019, (GOV_2019[0], day(2099, 1, 1), GOV_2019[2])) == 0
    assert "of 2099-01-01: clock: " in capsys.readouterr().out
    with place.history() as history:
        assert {row["at"][:10] for row in history.rows("visits")} == {"2019-12-02"}


@pytest.mark.parametrize("url", ["http://[bad/x", f"{PI}?page={'1' * 5000}", f"{PI}?page=0"])
def test_an_address_that_is_none_is_of_no_source(
    place: Place, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    assert place.bring(GOV_2019, (url, day(2020, 1, 1), b"<p>model</p>")) == 0
    assert "\n1 other pages left out: " in capsys.readouterr().out


def test_answers_that_are_no_whole_pages_are_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    file = place.folder / "answers.warc.gz"
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for number, status in enumerate(("301 Moved", "404 Not Found", "200 OK")):
            _write(writer, number, status, cut=status == "200 OK")
    assert place.bring_file(file) == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        f"left out: {GOV_2019[0]} of 2020-01-01: redirect: HTTP 301",
        f"left out: {GOV_2019[0]} of 2020-01-02: gone: HTTP 404",
        f"left out: {GOV_2019[0]} of 2020-01-03: truncated: ResponseDataLossError",
    ]
    assert place.ask("SELECT count(*) FROM visit") == [(0,)]


def _write(writer: WARCWriter, number: int, status: str, *, cut: bool) -> None:
    dated = {"WARC-Date": datetime(2020, 1, 1 + number, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    record = writer.create_warc_record(
        GOV_2019[0],
        "response",
        payload=BytesIO(GOV_2019[2]),
        length=len(GOV_2019[2]),
        http_headers=StatusAndHeaders(status, [("Content-Type", "text/html")], protocol="HTTP/1.1"),
        warc_headers_dict=dated | ({"WARC-Truncated": "length"} if cut else {}),
    )
    writer.write_record(record)


def test_copies_left_out_for_one_reason_share_a_line(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = [(GOV_2019[0], day(2020, month, 1), GOV_2019[2][:-40]) for month in (3, 1, 2)]
    place.bring(GOV_2019, *cut)
    (line,) = [each for each in capsys.readouterr().out.splitlines() if each.startswith("left out")]
    assert f"{GOV_2019[0]} of 2020-01-01 to 2020-03-01 (3 copies): not-whole: " in line


def test_what_is_known_is_not_read_again(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.bring(GOV_2019)
    capsys.readouterr()
    assert place.bring((*GOV_2019[:2], b"<p>no list any more</p>"), GOV_2022) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("kkk-mr: 1 of 2 archived pages are new, ")


def test_a_copy_that_was_refused_on_the_way_is_told(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = Shelf(place.folder / "shelf")
    copy = Copy(GOV_2019[0], GOV_2019[1])
    shelf.refuse(copy, PageFault("a copy of another time", reason="clock"), "https://a.test/")
    (file,) = shelf.files()
    assert place.bring_file(file) == 0
    said = capsys.readouterr().out
    assert said == f"left out: {GOV_2019[0]} of 2019-12-02: clock: a copy of another time\n"
