"""What the readers of PARP's news must get right, said value by value, and what they must refuse."""

import pytest
from parp_pages import by_key, edited, read
from reader_pages import page as page_of
from reader_pages import saved

from spiders.readers import load
from storage.errors import PageFault
from storage.records import Key

NEWS = "https://www.parp.gov.pl/aktualnosci"


class TestNews:
    def test_rows_carry_what_is_printed(self) -> None:
        records = by_key(read("parp_news", "2023-06"))
        assert list(records) == [f"article:{number}" for number in (84352, 84349, 84340, 84333, 84329)]
        call = records["article:84349"]
        assert call.values["published"] == "2023-05-31"
        assert str(call.values["title"]).startswith("66 mln zł na „Rozwój oferty klastrów dla firm”.")
        assert call.detail == call.values["url"]

    def test_the_next_page_is_the_nearest_until_there_is_none(self) -> None:
        news = load("parp_news")
        assert news.more(saved("parp_news", "2023-06")) == f"{NEWS}?start=8"
        assert news.more(saved("parp_news", "2023-12-last-page")) is None

    def test_a_marked_next_page_is_taken_at_its_word(self) -> None:
        page = page_of('<body><a rel="next" href="/aktualnosci?strona=b">dalej</a></body>', NEWS)
        assert load("parp_news").more(page) == f"{NEWS}?strona=b"

    def test_content_is_deaf_to_counters_and_to_what_is_most_read(self) -> None:
        news = load("parp_news")
        before = news.content(saved("parp_news", "2023-06"))
        assert news.content(edited("parp_news", "2023-06", "Odsłon: 148", "Odsłon: 9")) == before
        assert news.content(edited("parp_news", "2023-06", "80420:plan", "80999:plan")) == before
        assert news.content(edited("parp_news", "2023-06", "zostało 12 miejsc", "brak miejsc")) != before

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("30 maja 2023 r.", "31 czerwca 2023 r.", "parse"),
            ("/component/content/article/", "/wpis/", "layout"),
            ('h2 itemprop="name"', 'b itemprop="name"', "layout"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, old: str, new: str, reason: str) -> None:
        with pytest.raises(PageFault) as fault:
            list(load("parp_news").read(edited("parp_news", "2023-06", old, new)))
        assert fault.value.reason == reason


class TestArticle:
    def test_the_announcement_of_2023_leads_to_two_cards(self) -> None:
        article, document = read("parp_article", "84349")
        assert article.keys == (Key("article", "84349"),)
        assert article.values["published"] == "2023-05-31"
        assert article.printed["published"] == "31 maja 2023 r."
        assert str(article.values["lead"]).startswith("Od wczoraj koordynatorzy")
        assert article.values["about"] == (
            "https://feng.parp.gov.pl/component/grants/grants/rozwoj-oferty-klastrow-dla-firm",
            "https://www.parp.gov.pl/component/grants/grants/"
            "Umi%C4%99dzynarodowienie%20Krajowych%20Klastr%C3%B3w%20Kluczowych",
        )
        assert document.values["title"] == "Konkurs w pigułce"

    def test_the_results_of_2023_lead_to_no_card(self) -> None:
        article = read("parp_article", "85432")[0]
        assert article.values["published"] == "2023-12-05"
        assert article.values["about"] is None
        assert "Wrocławski Park Technologiczny S.A." in str(article.values["text"])

    def test_neighbours_counters_and_sharing_are_no_part_of_it(self) -> None:
        reader, page = load("parp_article"), saved("parp_article", "84349")
        text = reader.content(page)
        assert not [word for word in ("Odsłony", "Facebook", "SMART", "Drukuj", "Następny") if word in text]
        assert reader.content(edited("parp_article", "84349", "Odsłony: 1873", "Odsłony: 2")) == text
        assert reader.content(edited("parp_article", "84349", "jest 66 mln", "jest 67 mln")) != text

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [("31 maja 2023 r.", "31 czerwca 2023 r.", "parse"), ("31 maja 2023 r.", "Aktualność", "layout")],
    )
    def test_an_article_without_its_date_is_refused(self, old: str, new: str, reason: str) -> None:
        with pytest.raises(PageFault) as fault:
            list(load("parp_article").read(edited("parp_article", "84349", old, new)))
        assert fault.value.reason == reason

    def test_a_date_and_title_of_their_own_element_take_the_text_below(self) -> None:
        page = page_of(
            "<body><div><div><p>5 grudnia 2023 r.</p><h1>Wyniki<br>naboru</h1></div><div>"
            "<p>Cztery projekty.</p><p>Dalsze słowa.</p></div></div><p>Stopka</p></body>",
            "https://www.parp.gov.pl/component/content/article/1:wyniki",
        )
        (article,) = load("parp_article").read(page)
        assert article.values["title"] == "Wyniki naboru"
        assert (article.values["lead"], article.values["text"]) == ("Cztery projekty.", "Dalsze słowa.")
