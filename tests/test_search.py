"""A search of a web archive: polite, bounded, gone on with, and believing nothing that is no copy."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.standin import Answer, Asked
from spiders.search import Bounds
from spiders.shelf import Shelf
from spiders.warc import Recording, pages
from spiders.web_archive import Archive
from storage.errors import StorageError
from tests.archives import ALL, GOV_2019, GOV_2022, GOV_2023, GOV_2026, MR_2016, PI, PI_2015, day
from tests.model_archive import ModelArchive, memento, row
from tests.searching import PYWB, SECONDS, WAYBACK, one_after_the_other, search

STAMPS = ["20161026120000", "20191202120000", "20220120120000", "20230201120000", "20260301120000"]
MENTIONED = [MR_2016, GOV_2019, GOV_2022, GOV_2023, GOV_2026]


@pytest.mark.parametrize("archive", [WAYBACK, PYWB])
@pytest.mark.parametrize("form", ["arrays", "lines"])
def test_all_copies_come_as_they_were(tmp_path: Path, archive: Archive, form: str) -> None:
    gathered, asking = search(ModelArchive(ALL, form=form), tmp_path, archive=archive)
    kept = [page for file in Shelf(tmp_path).files() for page in pages(file)]
    assert [(page.asked, page.at, page.body) for page in kept] == MENTIONED
    assert asking.copies == STAMPS
    assert (gathered.kept, gathered.missed, gathered.stopped, gathered.answered) == (5, [], "", True)


def test_addresses_are_those_of_the_two_layouts(tmp_path: Path) -> None:
    for archive, index, raw in (
        (WAYBACK, "https://web.archive.org/cdx/search/cdx?url=", "https://web.archive.org/web/2016"),
        (PYWB, "https://archive.test/coll/cdx?url=", "https://archive.test/coll/2016"),
    ):
        _, asking = search(ModelArchive([MR_2016]), tmp_path / archive.host, archive=archive)
        assert all(asked.url.startswith(index) for asked in asking.index)
        assert asking.asked[-1].url.startswith(raw)
        assert asking.asked[-1].url.endswith(f"id_/{MR_2016[0]}")


# Politeness


def test_the_gap_is_kept_between_all_requests(tmp_path: Path) -> None:
    _, asking = search(ModelArchive(ALL), tmp_path, delay=3.0)
    begun = [asked.at for asked in asking.asked]
    assert len(begun) == 1 + 4 + 5
    assert [later - earlier for earlier, later in pairwise(begun)] == [3.0 + SECONDS] * 9


def test_the_robots_file_is_obeyed(tmp_path: Path) -> None:
    closed = Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /web/")
    gathered, asking = search(ModelArchive(ALL, robots=closed), tmp_path)
    assert asking.copies == []
    assert gathered.stopped == "the archive is to be left alone (robots-disallowed)"
    slow = Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nCrawl-delay: 20")
    _, asking = search(ModelArchive(ALL, robots=slow), tmp_path / "slow")
    assert {later.at - earlier.at for earlier, later in pairwise(asking.asked)} == {20.0 + SECONDS}


def test_without_a_robots_file_that_can_be_had_nothing_is_asked(tmp_path: Path) -> None:
    gathered, asking = search(ModelArchive(ALL, robots=Answer(503)), tmp_path)
    assert {asked.url for asked in asking.asked} == {"https://web.archive.org/robots.txt"}
    assert "robots-unreachable" in gathered.stopped


def test_retry_after_is_waited_for_within_its_bound(tmp_path: Path) -> None:
    wait = one_after_the_other([Answer(429, {"Retry-After": "50"}), Answer(503, {"Retry-After": "60"})])
    gathered, asking = search(ModelArchive([MR_2016], spoil={STAMPS[0]: wait}), tmp_path)
    times = [asked.at for asked in asking.asked if "id_/" in asked.url]
    assert [later - earlier - SECONDS for earlier, later in pairwise(times)] == [50.0, 60.0]
    assert gathered.kept == 1


@pytest.mark.parametrize("busy", [Answer(429), Answer(429, {"Retry-After": "9999"})])
def test_an_archive_that_wants_to_be_left_alone_is(tmp_path: Path, busy: Answer) -> None:
    gathered, asking = search(ModelArchive(ALL, spoil={STAMPS[1]: lambda whole: busy}), tmp_path)
    assert set(asking.copies) == set(STAMPS[:2])
    assert gathered.stopped == "the archive is to be left alone (rate-limited)"
    assert (gathered.kept, len(gathered.wanted) - gathered.asked) == (1, 3)
    gathered, asking = search(ModelArchive(ALL), tmp_path)
    assert asking.copies == STAMPS[1:]
    assert (gathered.kept, gathered.missed) == (4, [])


def test_an_index_that_wants_to_be_left_alone_is(tmp_path: Path) -> None:
    gathered, asking = search(lambda asked: Answer(404 if "robots" in asked.url else 429), tmp_path)
    assert len({asked.url for asked in asking.index}) == 1
    assert "rate-limited" in gathered.stopped
    (line,) = gathered.missed
    assert line.startswith("the index of http://www.mr.gov.pl/strony/aktualnosci/znamy-nowe")


def test_an_archive_that_is_silent_is_asked_no_more(tmp_path: Path) -> None:
    many = [(GOV_2019[0], day(2020, month, 1), GOV_2019[2] + b" " * month) for month in range(1, 11)]
    dead = {f"2020{month:02}01120000": lambda whole: Answer(hang=True) for month in range(2, 11)}
    gathered, asking = search(ModelArchive(many, spoil=dead), tmp_path)
    # A host that hangs is given up before the bound of the search is reached.
    assert len(set(asking.copies)) <= 1 + 5
    assert len(gathered.missed) >= 2
    assert all(": timeout: " in line for line in gathered.missed[:2])


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8080/", "http://archive.local/web/", "http://10.0.0.1/"]
)
def test_a_private_address_is_asked_only_where_the_user_named_it(tmp_path: Path, address: str) -> None:
    gathered, asking = search(ModelArchive(ALL), tmp_path, archive=Archive(address))
    assert asking.asked == []
    assert all(": private-host: " in line for line in gathered.missed)
    gathered, _ = search(ModelArchive(ALL), tmp_path, archive=Archive(address, named=True))
    assert gathered.kept == 5


def test_a_copy_that_cannot_be_kept_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match="make room or name another folder with --keep"):
        search(ModelArchive(ALL), tmp_path / "file" / "shelf")


# Bounds


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        (Bounds(copies=2), "2 copies are the most for one run"),
        (Bounds(seconds=7), "7 seconds are the most for one run"),
        (Bounds(bytes=2000), "2000 bytes are the most for one run"),
    ],
)
def test_a_search_ends_at_its_bounds_and_the_next_goes_on(tmp_path: Path, bounds: Bounds, says: str) -> None:
    many = [(PI, day(2015, 11, number), PI_2015[2] + b" " * number) for number in range(1, 10)]
    ends, found = [], list[str]()
    while len(found) < len(many) and len(ends) < len(many):
        gathered, asking = search(ModelArchive(many), tmp_path, source="kkk-pi", bounds=bounds, delay=0)
        assert 1 <= gathered.kept == len(asking.copies)
        ends.append(gathered.stopped)
        found += asking.copies
    assert found == [f"{at:%Y%m%d%H%M%S}" for _, at, _ in many]
    assert len(ends) >= 3
    assert set(ends[:-1]) == {says}
    assert ends[-1] == ""


def test_a_slow_index_is_not_asked_for_ever(tmp_path: Path) -> None:
    gathered, asking = search(ModelArchive(ALL), tmp_path, bounds=Bounds(seconds=10))
    assert len(asking.index) == 2
    assert [line.rpartition(": ")[2] for line in gathered.missed] == ["not asked after 10 seconds"] * 2
    assert gathered.kept >= 1


def test_a_dry_search_asks_the_index_alone(tmp_path: Path) -> None:
    gathered, asking = search(ModelArchive(ALL), tmp_path / "shelf", dry=True)
    assert asking.copies == []
    assert [copy.timestamp for copy in gathered.wanted] == STAMPS
    assert not (tmp_path / "shelf").exists()


# The index, part by part


@pytest.mark.parametrize(("form", "argument"), [("arrays", "resumeKey"), ("lines", "page")])
def test_a_long_index_is_read_to_its_end(tmp_path: Path, form: str, argument: str) -> None:
    many = [(GOV_2019[0], day(2020, 1, number), b"%d" % number) for number in range(1, 26)]
    gathered, asking = search(ModelArchive(many, form=form, at_once=10), tmp_path, dry=True)
    assert len(gathered.wanted) == 25
    assert sum(f"&{argument}=" in asked.url for asked in asking.index) >= 2
    assert gathered.missed == []


def test_an_index_without_an_end_is_left(tmp_path: Path) -> None:
    many = [(GOV_2019[0], day(2020, 1, number), b"%d" % number) for number in range(1, 26)]
    gathered, _ = search(ModelArchive(many, at_once=5), tmp_path, bounds=Bounds(answers=3), dry=True)
    assert len(gathered.wanted) == 15
    assert [line.rpartition(": ")[2] for line in gathered.missed] == ["it goes on after 3 answers"]


def test_an_index_that_repeats_its_key_is_left(tmp_path: Path) -> None:
    body = b'[["timestamp","original","mimetype","statuscode"],[],["k"]]'
    _, asking = search(lambda asked: Answer(404 if "robots" in asked.url else 200, {}, body), tmp_path)
    assert len(asking.index) == 2 * 4


def test_one_part_that_cannot_be_had_loses_the_others_nothing(tmp_path: Path) -> None:
    model = ModelArchive(ALL)

    def answer(asked: Asked) -> Answer:
        broken = "/cdx?" in asked.url and "praca" in asked.url
        return Answer(200, {}, b"<html>Sorry</html>") if broken else model(asked)

    gathered, _ = search(answer, tmp_path)
    assert gathered.kept == 4
    assert gathered.missed == [f"the index of {GOV_2022[0]}: not-content: the answer is no index in JSON"]


def test_rows_of_other_pages_and_other_times_are_not_asked(tmp_path: Path) -> None:
    url = GOV_2019[0]
    more = [
        (row(url, "20991231000000", b"a")),
        (row(url, "20200101000000", b"b", status="404")),
        (row(url, "20200102000000", b"c", mime="image/png")),
        (row(url, "20200103000000", b"d")[0], "20200103000000", "http://evil.test/", *row(url, "", b"")[3:]),
    ]
    gathered, asking = search(ModelArchive([GOV_2019], more=more), tmp_path)
    assert asking.copies == ["20191202120000"]
    assert gathered.missed == [f"the index of {url}: 1 rows are of no time or address that can be"]


def test_detail_pages_are_sought_below_their_folder(tmp_path: Path) -> None:
    card = "https://www.parp.gov.pl/component/grants/grants/rozwoj-oferty"
    other = "https://www.parp.gov.pl/component/site/site/kontakt"
    copies = [(card, day(2023, 6, 1), b"karta"), (other, day(2023, 6, 2), b"inne")]
    gathered, asking = search(ModelArchive(copies), tmp_path, source="calls-parp")
    assert [copy.original for copy in gathered.worth] == [card]
    assert {"matchType=prefix" in asked.url for asked in asking.index} == {True, False}


# Answers that are no copies


def refused_by(tmp_path: Path, spoiled: Answer) -> tuple[int, int, list[str]]:
    """Copies refused, copies missed, and what the next search asks for."""
    first, _ = search(ModelArchive([GOV_2019], spoil={STAMPS[1]: lambda whole: spoiled}), tmp_path)
    _, asking = search(ModelArchive([GOV_2019]), tmp_path)
    return first.refused, len(first.missed), asking.copies


@pytest.mark.parametrize(
    ("status", "reason"), [(302, "redirect"), (301, "redirect"), (404, "gone"), (500, "http-5xx")]
)
def test_what_the_site_answered_then_is_final(tmp_path: Path, status: int, reason: str) -> None:
    whole = memento(GOV_2019[0], STAMPS[1], b"<html>archived</html>", Location="/web/20200101000000id_/x")
    spoiled = Answer(status, whole.headers, whole.body)
    assert refused_by(tmp_path, spoiled) == (1, 0, [])
    (file,) = Shelf(tmp_path).files()
    (answer,) = Recording.open(file).answers
    assert answer.failed is not None
    assert (answer.url, answer.at, answer.failed.kind) == (GOV_2019[0], GOV_2019[1], reason)


@pytest.mark.parametrize(
    "spoiled",
    [
        Answer(302, {"Location": "/web/20200101000000id_/x"}),
        Answer(404, {"Content-Type": "text/html"}, b"<html>not archived</html>"),
        Answer(200, {"Content-Type": "text/html"}, b"<html>Sorry</html>"),
        Answer(403, {}, b"no"),
        Answer(200, {}, b""),
        Answer(hang=True),
    ],
)
def test_what_the_archive_says_of_itself_is_asked_again(tmp_path: Path, spoiled: Answer) -> None:
    assert refused_by(tmp_path, spoiled) == (0, 1, [STAMPS[1]])


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    spoiled = Answer(302, {"Location": f"/web/20200101000000id_/{GOV_2019[0]}"})
    _, asking = search(ModelArchive([GOV_2019], spoil={STAMPS[1]: lambda whole: spoiled}), tmp_path)
    assert asking.copies == [STAMPS[1]]


def test_an_index_that_is_cut_and_cannot_be_gone_on_with_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spiders.search.ROWS", 10)
    model = ModelArchive([(PI, day(2020, 1, n), b"%d" % n) for n in range(1, 26)], form="lines", at_once=10)

    def answer(asked: Asked) -> Answer:
        return model(replace(asked, url=asked.url.replace("&page=1", "")))

    gathered, asking = search(answer, tmp_path, source="kkk-pi", dry=True)
    assert len(gathered.wanted) == 10
    assert gathered.missed == [f"the index of {PI}: it ends with row 10 and offers no way to the next"]
    assert len(asking.index) == 3
