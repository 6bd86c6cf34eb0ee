"""The readers of the ministry's competition, news and articles: values, quirks, and what they refuse."""

import pytest
from reader_pages import UNIT, article, page, read, saved

from spiders.readers import load
from storage.errors import PageFault, PageUnreadable
from storage.records import Key, Page

# The competition


def test_accordions_give_one_call_per_round() -> None:
    records = read("competition", saved("competition", "accordions-2026"))
    calls = [record for record in records if record.kind == "call"]
    assert [str(record.keys[0]) for record in calls] == ["kkk-round:VIII", "kkk-round:VII", "kkk-round:VI"]
    newest, seventh, sixth = (record.values for record in calls)
    assert newest["title"] == "Konkurs o status Krajowego Klastra Kluczowego – VIII runda"
    assert (newest["announced"], newest["opens"], newest["closes"], newest["results"], newest["status"]) == (
        "2026-04-14",
        "2026-05-05",
        "2026-09-15T16:00",
        "2026-Q4",
        "open",
    )
    assert (seventh["opens"], seventh["closes"], seventh["status"]) == ("2024-09-02", "2024-10-31", "closed")
    assert "results" not in seventh  # "w trakcie ustalania" is not said
    assert (sixth["closes"], sixth["results"], sixth["status"]) == ("2022-09-15", "2023-01-23", "settled")
    assert [record.name for record in records if record.kind == "document"] == [
        "Regulamin VIII rundy konkursu",
        "Wniosek o nadanie statusu KKK",
    ]


def test_headings_and_labelled_paragraphs() -> None:
    fifth, sixth = (record.values for record in read("competition", saved("competition", "headings-2022")))
    assert fifth["title"] == "Konkurs o status Krajowego Klastra Kluczowego – V runda"
    assert (fifth["opens"], fifth["closes"], fifth["status"]) == ("2021-05-31", "2021-09-13", "closed")
    assert fifth["institution"] == "Ministerstwo Rozwoju, Pracy i Technologii wraz z PARP"
    assert (sixth["closes"], sixth["status"]) == ("2022-09-15", "open")  # "br." of the article's date
    assert "opens" not in sixth  # the archive below is of no round


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Nabór wniosków: od 31 do 32 maja 2026 r.", "parse"),
        ("Wyniki: jesienią", "parse"),
        ("Status: nie wiadomo", "parse"),
        ("Dogrywka: 5 maja 2026 r.", "parse"),
    ],
)
def test_unreadable_line_of_a_round_is_refused(line: str, reason: str) -> None:
    with pytest.raises(PageFault) as refused:
        read("competition", article(f"<h3>VIII runda</h3><p>{line}</p>"))
    assert refused.value.reason == reason


def test_competition_without_a_round_is_refused() -> None:
    with pytest.raises(PageUnreadable):
        read("competition", article("<p>Nabór wniosków: od 5 maja do 15 maja 2026 r.</p>"))


def test_introduction_may_name_the_round() -> None:
    before = '<div class="intro"><p>Ogłaszamy VIII rundę konkursu.</p></div>'
    at = article("<p>Koniec naboru: 15.09.2026</p>", before=before, title="Konkurs")
    (found,) = read("competition", at)
    assert found.values["title"] == "Konkurs – VIII runda"
    assert found.values["closes"] == "2026-09-15"


def test_denied_status_is_not_taken() -> None:
    body = "<h3>VIII runda</h3><p>Konkurs nie został jeszcze rozstrzygnięty.</p>"
    (found,) = read("competition", article(body))
    assert "status" not in found.values


# Lists of news


def test_navigation_under_the_title_is_no_list() -> None:
    titles = [record.name for record in read("govpl_list", saved("govpl_list", "template-a"))]
    assert titles[0] == "Nowe kryteria dla klastrów w konkursie o status KKK"
    assert "Konferencje" not in titles
    with pytest.raises(PageUnreadable):
        read("govpl_list", saved("govpl_list", "navigation-only"))


def test_only_rows_of_the_unit_have_a_detail_page() -> None:
    records = read("govpl_list", saved("govpl_list", "template-a"))
    assert records[0].detail == f"{UNIT}/nowe-kryteria-dla-klastrow"
    assert records[1].values["url"] == "https://www.gov.pl/web/fundusze-regiony/nabor-dla-koordynatorow"
    assert records[1].detail is None
    assert (records[2].keys, records[2].detail) == ((Key("article", "90001"),), None)


def test_dates_of_both_shapes() -> None:
    outside = read("govpl_list", saved("govpl_list", "template-b"))
    inside = read("govpl_list", saved("govpl_list", "third-shape-last-page"))
    assert [record.values["published"] for record in outside] == ["2027-06-02", "2026-06-20", "2025-12-31"]
    assert [record.values["published"] for record in inside] == ["2025-10-09", "2025-09-23"]
    assert inside[0].name == "Forum klastrów"


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("template-a", f"{UNIT}/wiadomosci?page=2&size=10"),
        ("template-b", None),
        ("third-shape-last-page", None),
        ("alias-page-3", f"{UNIT}/wiadomosci?page=4&size=10"),
    ],
)
def test_paging_goes_on_at_the_address_that_answered(name: str, following: str | None) -> None:
    assert load("govpl_list").more(saved("govpl_list", name)) == following


def listed(row: str, count: str = "") -> Page:
    return page(f'<html><body><div class="art-prev"><ul>{row}</ul></div>{count}</body></html>', f"{UNIT}/w")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('<li><a href="javascript:x()"><div class="title">A</div></a></li>', "layout"),
        ('<li><div class="title">A</div></li>', "layout"),
        (
            '<li><div class="event"><span class="date">31.02.2026</span></div>'
            '<div class="title"><a href="/a">A</a></div></li>',
            "parse",
        ),
    ],
)
def test_row_of_news_is_read_strictly(row: str, reason: str) -> None:
    with pytest.raises(PageFault) as refused:
        read("govpl_list", listed(row))
    assert refused.value.reason == reason


def test_count_of_pages_must_be_a_number() -> None:
    at = listed("", '<a id="js-pagination-pages-count">wiele</a>')
    with pytest.raises(PageFault):
        load("govpl_list").more(at)


def test_empty_list_gives_no_records() -> None:
    assert read("govpl_list", listed("")) == []


# Articles


def test_article_with_call_and_file() -> None:
    found, file = read("govpl_article", saved("govpl_article", "call-opens-2026"))
    values = found.values
    assert values["title"] == "Nabór dla koordynatorów Krajowych Klastrów Kluczowych"
    assert (values["published"], values["lead"]) == ("2026-09-16", "Ruszył nabór w działaniu FENG 2.17.")
    card = "rozwoj-oferty-klastrow-dla-firm-nabor-dla-koordynatorow-krajowych-klastrow-kluczowych"
    assert values["about"] == (
        f"https://www.parp.gov.pl/component/grants/grants/{card}",
        f"https://feng.parp.gov.pl/component/grants/grants/{card}",
    )
    assert "O czym warto pamiętać" in str(values["text"])  # the second body
    assert "publikacji" not in str(values["text"])
    assert file.name == "Regulamin naboru"


def test_article_says_only_what_it_prints() -> None:
    (found,) = read("govpl_article", saved("govpl_article", "council-2024"))
    assert set(found.values) == {"title", "url", "text"}


@pytest.mark.parametrize("name", ["home-page", "home-page-with-article"])
def test_home_page_is_no_article(name: str) -> None:
    at = saved("govpl_article", name)
    with pytest.raises(PageUnreadable):
        read("govpl_article", at)
    with pytest.raises(PageUnreadable):
        load("govpl_article").content(at)


def test_article_with_an_unreadable_date_is_refused() -> None:
    with pytest.raises(PageFault):
        read("govpl_article", article("<p>Treść</p>", before='<p class="event-date">31.02.2026</p>'))
