"""What the readers of PARP's calls must get right, said value by value, and what they must refuse."""

import pytest
from parp_pages import by_key, edited, read
from reader_pages import page as page_of
from reader_pages import saved

from spiders.readers import load
from storage.errors import PageFault, PageGone, PageUnreadable
from storage.records import Key

CARD = "https://www.parp.gov.pl/component/grants/grants/"
KKK = "rozwoj-oferty-klastrow-dla-firm-nabor-dla-koordynatorow-krajowych-klastrow-kluczowych"


class TestSchedule:
    def test_rounds_of_one_link_are_one_call_that_closes_at_its_printed_end(self) -> None:
        lab = by_key(read("parp_schedule", "2026-09"))["grant:dga-s-a-industry-lab-green"]
        assert lab.values["rounds"] == ("2026-08-01/2026-09-30", "2026-10-01/2026-11-30")
        assert (lab.values["opens"], lab.values["closes"]) == ("2026-08-01", "2027-08-31")
        assert lab.derived == {"opens"}
        assert lab.values["grant_max"] == "400000 PLN"
        assert lab.detail == f"{CARD}dga-s-a-industry-lab-green"

    def test_the_call_for_coordinators_stands_once_though_its_tile_stands_in_three_months(self) -> None:
        records = read("parp_schedule", "2026-09")
        calls = [record for record in records if Key("grant", KKK) in record.keys]
        assert len(calls) == 1
        assert calls[0].values == {
            "title": "Rozwój oferty klastrów dla firm – "
            "nabór dla koordynatorów Krajowych Klastrów Kluczowych",
            "url": CARD + KKK,
            "programme": "FENG",
            "opens": "2026-09-16",
            "closes": "2026-11-04",
            "rounds": ("2026-09-16/2026-11-04",),
        }
        assert calls[0].derived == {"opens", "closes"}

    def test_the_inner_link_of_a_tile_is_no_call(self) -> None:
        assert not [key for key in by_key(read("parp_schedule", "2026-09")) if "industrylab.pl" in key]

    def test_a_tile_to_an_operators_site_has_no_card_and_keeps_its_title(self) -> None:
        operator = by_key(read("parp_schedule", "2026-09"))["url:https://goz.example-operator.pl/"]
        assert operator.detail is None
        assert operator.values["title"] == "GO!Z - nabór zakończony"
        assert "status" not in operator.values

    def test_dates_keep_the_precision_they_are_printed_in(self) -> None:
        calls = by_key(read("parp_schedule", "2026-11"))
        recipe = calls["url:https://hrp.com.pl/projekty/przepis-na-rozwoj-czas-na-niskoemisyjna-gozpodarke"]
        assert recipe.values["rounds"] == ("2024-05/2026-12",)
        assert calls["grant:sciezka-smart-5"].values["opens"] == "2027-Q1"

    def test_dates_not_yet_settled_are_not_said(self) -> None:
        call = by_key(read("parp_schedule", "2026-11"))["grant:dostepnosc-produktow"]
        assert not {"opens", "closes", "rounds"} & call.values.keys()
        assert not call.derived

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("28.10.2026", "31.02.2026", "parse"),
            ("400 000 PLN", "400 tysiaków 5", "parse"),
            ("data zakończenia rundy", "data rozstrzygnięcia", "layout"),
            ('<p class="text-mm-18 text-black mb-2">Horizon Bridge</p>', "", "layout"),
            (f"{CARD}program-horizon-bridge", "javascript:alert(1)", "layout"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, old: str, new: str, reason: str) -> None:
        with pytest.raises(PageFault) as fault:
            list(load("parp_schedule").read(edited("parp_schedule", "2026-09", old, new)))
        assert fault.value.reason == reason

    def test_content_is_deaf_to_tokens_and_hears_a_moved_deadline(self) -> None:
        schedule = load("parp_schedule")
        before = schedule.content(saved("parp_schedule", "2026-09"))
        token = edited("parp_schedule", "2026-09", "3f0a9c51d7be4426a8c1e90b7d25f613", "0" * 32)
        moved = edited("parp_schedule", "2026-09", "04.11.2026", "18.11.2026")
        assert schedule.content(token) == before
        assert schedule.content(moved) != before

    def test_a_page_without_months_and_tiles_is_unreadable(self) -> None:
        with pytest.raises(PageUnreadable):
            load("parp_schedule").content(saved("parp_calls_box", "home-of-today"))


class TestCard:
    def test_the_call_of_2023_as_it_was_open(self) -> None:
        call = read("parp_card", "2023-open")[0]
        assert call.keys == (Key("grant", "rozwoj-oferty-klastrow-dla-firm"),)
        dates = [call.values[field] for field in ("announced", "opens", "closes")]
        assert dates == ["2023-04-25", "2023-05-30", "2023-08-30"]
        assert (call.values["status"], call.values["budget"]) == ("open", "66000000 PLN")
        assert call.values["programme"] == "FENG"
        assert "grant_max" not in call.values, "85% of the costs is no sum"

    def test_the_call_of_2023_extended_and_decided(self) -> None:
        call, *documents = read("parp_card", "2023-results")
        assert (call.values["closes"], call.values["results"]) == ("2023-09-29", "2023-12-05")
        assert call.values["status"] == "closed"
        assert [document.values["title"] for document in documents] == [
            "Regulamin wyboru projektów",
            "Kryteria oceny projektów",
            "Wzór umowy o dofinansowanie",
            "Lista ocenionych projektów",
        ]

    def test_the_call_of_2026_has_number_hour_and_two_beneficiaries(self) -> None:
        call = read("parp_card", "2026-kkk-open")[0]
        assert call.keys == (Key("number", "FENG.02.17-IP.02-001/26"), Key("grant", KKK))
        assert (call.values["opens"], call.values["closes"]) == ("2026-09-16", "2026-11-04T16:00")
        assert call.printed["closes"] == "4 listopada 2026 r. do godz. 16:00:00"
        assert call.values["institution"] == "Polska Agencja Rozwoju Przedsiębiorczości"
        assert call.values["beneficiaries"] == (
            "koordynatorzy Krajowych Klastrów Kluczowych, ich następcy prawni"
        )
        assert not {"results", "budget"} & call.values.keys(), "both are yet to be settled"

    def test_a_date_on_three_lines_is_one_date(self) -> None:
        call = read("parp_card", "2026-kkk-suspended")[0]
        assert (call.values["opens"], call.values["closes"]) == ("2026-09-16", "2026-11-04")
        assert call.values["status"] == "suspended"

    def test_the_card_of_2020_ignores_the_announcement_of_another_call(self) -> None:
        (call,) = read("parp_card", "2020")
        assert call.keys == (Key("grant", "umiędzynarodowienie krajowych klastrów kluczowych"),)
        assert call.values["announced"] == "2020-03-13"
        assert (call.values["grant_max"], call.values["status"]) == ("8000000 PLN", "closed")

    @pytest.mark.parametrize(
        ("line", "status"),
        [
            ("Nabór planowany", "planned"),
            ("Nabór wstrzymany", "suspended"),
            ("Nabór rozstrzygnięty", "settled"),
            ("Wyniki", "settled"),
            ("Nabór trwa do 30 sierpnia 2023 r.", "open"),
        ],
    )
    def test_the_status_line(self, line: str, status: str) -> None:
        call = next(load("parp_card").read(edited("parp_card", "2023-open", "Nabór trwa", line)))
        assert call.values["status"] == status

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("30 sierpnia 2023<", "31 czerwca 2023<", "parse"),
            ("66 mln zł", "około 66", "parse"),
            ("Nabór trwa", "Nabór został unieważniony", "parse"),
            ("Koniec przyjmowania wniosków", "Meta", "layout"),
            ("<h1 ", "<h2 ", "layout"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, old: str, new: str, reason: str) -> None:
        with pytest.raises(PageFault) as fault:
            list(load("parp_card").read(edited("parp_card", "2023-open", old, new)))
        assert fault.value.reason == reason

    def test_dates_behind_their_labels_are_another_layout(self) -> None:
        page = page_of(
            "<body><h1>Nabór</h1><p>Ogłoszenie konkursu</p><p>25 kwietnia 2023</p>"
            "<p>Start składania wniosków</p><p>30 maja 2023</p>"
            "<p>Koniec przyjmowania wniosków</p><p>29 września 2023</p><p>Dla kogo</p></body>",
            f"{CARD}nabor",
        )
        with pytest.raises(PageUnreadable):
            list(load("parp_card").read(page))

    def test_a_card_without_main_and_with_dates_beside_their_labels(self) -> None:
        page = page_of(
            "<body><header><h1>Agencja</h1></header><section><div><h1>Nabór<br>dla klastrów</h1>"
            "<ul><li>30 maja 2023 <b>Start składania wniosków</b></li></ul></div>"
            "<div><p>Nabór trwa</p><h2>Szczegóły dofinansowania</h2></div></section><p>Stopka</p></body>",
            f"{CARD}nabor",
        )
        (call,) = load("parp_card").read(page)
        assert call.values["title"] == "Nabór dla klastrów"
        assert (call.values["opens"], call.values["status"]) == ("2023-05-30", "open")
        assert "Stopka" not in load("parp_card").content(page)

    @pytest.mark.parametrize("reader", ["parp_card", "parp_article"])
    def test_a_dead_address_shows_the_home_page(self, reader: str) -> None:
        home = page_of(saved("parp_calls_box", "home-of-today").body, f"{CARD}bony-na-cyfryzacje")
        with pytest.raises(PageGone):
            list(load(reader).read(home))
        with pytest.raises(PageGone):
            load(reader).content(home)


class TestCallsBox:
    def test_the_two_copies_of_the_box_give_each_call_once(self) -> None:
        records = read("parp_calls_box", "2018-03")
        assert len(records) == 6
        call = records[0]
        assert call.values["title"] == "Umiędzynarodowienie Krajowych Klastrów Kluczowych"
        assert (call.values["opens"], call.values["closes"]) == ("2018-02-27", "2018-07-26")
        assert (call.values["programme"], call.detail) == ("POIR", None)
        assert not str(call.values["url"]).endswith((" ", "%20"))

    def test_a_call_in_a_comment_is_no_call_until_it_is_uncommented(self) -> None:
        title = "Proinnowacyjne usługi IOB dla MŚP"
        assert title not in [record.name for record in read("parp_calls_box", "2018-03")]
        assert title in [record.name for record in read("parp_calls_box", "2018-05")]

    def test_a_name_without_dates_says_none_and_has_no_programme(self) -> None:
        call = by_key(read("parp_calls_box", "2018-03"))["url:https://parp.gov.pl/crosseuwba"]
        assert call.values == {
            "title": "Cross EUWomen Business Angels",
            "url": "http://www.parp.gov.pl/crosseuwba",
        }

    def test_half_a_range_says_one_date(self) -> None:
        calls = by_key(read("parp_calls_box", "2018-05"))
        assert calls["url:https://power.parp.gov.pl/akademia"].values["closes"] == "2018-06-29"
        assert calls["grant:polski-most-krzemowy"].values["opens"] == "2018-06-04"
        assert "closes" not in calls["grant:polski-most-krzemowy"].values

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("28.02.2018 - 29.03.2018", "28.02.2018 - 30.02.2018", "parse"),
            ("<p>Poland Prize</p>", "", "layout"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, old: str, new: str, reason: str) -> None:
        with pytest.raises(PageFault) as fault:
            list(load("parp_calls_box").read(edited("parp_calls_box", "2018-03", old, new)))
        assert fault.value.reason == reason

    def test_the_box_is_hashed_once(self) -> None:
        text = load("parp_calls_box").content(saved("parp_calls_box", "2018-03"))
        assert text.count("Poland Prize") == 1
