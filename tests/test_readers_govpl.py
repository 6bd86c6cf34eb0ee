"""The readers of the ministry's pages and of the old portal: values, quirks, and what they refuse."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from spiders.readers import load
from storage.errors import PageFault, PageUnreadable
from storage.records import Key, Page, Record

PAGES = Path(__file__).parent / "pages"
AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
UNIT = "https://www.gov.pl/web/rozwoj-technologia"


def page(html: str | bytes, asked: str = f"{UNIT}/krajowe-klastry-kluczowe", reached: str = "") -> Page:
    body = html.encode() if isinstance(html, str) else html
    return Page(asked, reached or asked, AT, 200, {"content-type": "text/html; charset=utf-8"}, body)


def article(*bodies: str, title: str = "Krajowe Klastry Kluczowe", before: str = "", after: str = "") -> Page:
    blocks = "".join(f'<div class="editor-content">{body}</div>' for body in bodies)
    return page(
        f'<html><body><article class="article-area__article " id="main-content"><h2>{title}</h2>'
        f"{before}{blocks}{after}</article></body></html>"
    )


def saved(reader: str, name: str) -> Page:
    meta = json.loads((PAGES / reader / f"{name}.meta.json").read_text("utf-8"))
    body = (PAGES / reader / f"{name}.html").read_bytes()
    reached = meta.get("reached", meta["url"])
    return Page(meta["url"], reached, AT, 200, {"content-type": meta["content_type"]}, body)


def read(reader: str, at: Page) -> list[Record]:
    return list(load(reader).read(at))


def by_name(records: list[Record]) -> dict[str, Record]:
    return {record.name: record for record in records}


def row(text: str, heading: str = "VI runda (status obowiązuje do 17 grudnia 2025 r.):") -> Record:
    (found,) = read("kkk_list", article(f"<h3>{heading}</h3><ul><li>{text}</li></ul>"))
    return found


# kkk_list


def test_list_of_january_2023() -> None:
    records = read("kkk_list", saved("kkk_list", "headings-2023"))
    clusters = [record for record in records if record.kind == "cluster"]
    rounds = [record.values["round"] for record in clusters]
    assert (rounds.count("V"), rounds.count("VI")) == (8, 11)
    assert {record.values["status_until"] for record in clusters[:8]} == {"2024-12-31"}
    assert {record.values["status_until"] for record in clusters[8:]} == {"2025-12-17"}
    assert clusters[0].keys == (Key("name", "klaster dolina lotnicza"),)
    assert clusters[0].printed == {"status_until": "do 31 grudnia 2024 r."}
    named = by_name(clusters)
    assert named["Klaster Obróbki Metali"].values["coordinator"] == "Centrum Promocji Innowacji i Rozwoju"
    assert named["NUTRIBIOMED Klaster"].values["url"] == "https://nutribiomed.pl/"
    assert named["NUTRIBIOMED Klaster"].detail is None
    assert "coordinator" not in named["Zielona Chemia"].values
    assert "url" not in named["Zielona Chemia"].values
    assert [record.name for record in records if record.kind == "document"] == [
        "Regulamin konkursu o status KKK – VI runda",
        "Mapa Krajowych Klastrów Kluczowych",
    ]


def test_cluster_listed_in_two_rounds_is_given_twice() -> None:
    records = read("kkk_list", saved("kkk_list", "dash-lines-2021"))
    twice = [record.values for record in records if record.name == "Mazowiecki Klaster ICT"]
    assert [(values["round"], values.get("status_from"), values["status_until"]) for values in twice] == [
        ("IV", "2019-08-28", "2022-08-28"),
        ("V", None, "2024-12-31"),
    ]


def test_table_holds_round_and_region_over_spans() -> None:
    named = by_name(read("kkk_list", saved("kkk_list", "table-2023")))
    metal = named["Klaster Obróbki Metali"].values
    assert (metal["region"], metal["round"], metal["url"]) == ("podlaskie", "V", "http://metalklaster.pl/pl/")
    assert named["Silesia Automotive & Advanced Manufacturing"].values["sectors"] == (
        "motoryzacja",
        "zaawansowana produkcja",
    )
    assert named["Interizon"].values["status_until"] == "2025-12-17"
    assert len(named) == 6


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Klaster A, reprezentowany przez GOFAR sp. z o.o.,", {"coordinator": "GOFAR sp. z o.o."}),
        ("Klaster A, reprezentowana przez Park S.&nbsp;A.", {"coordinator": "Park S. A."}),
        ("Klaster A (koordynator: Fundacja B);", {"coordinator": "Fundacja B"}),
        ("Klaster A – koordynator: Fundacja B (Kraków).", {"coordinator": "Fundacja B (Kraków)"}),
        ("Klaster A (lotnictwo, kosmos).", {"sectors": ("lotnictwo", "kosmos")}),
        ("Klaster A, reprezentowany przez B, woj. śląskie", {"coordinator": "B", "region": "śląskie"}),
        ("Klaster A (www.klaster-a.pl)", {"url": "http://www.klaster-a.pl"}),
        ('Klaster A (<a href="https://a.pl/x">www.a.pl</a>),', {"url": "https://a.pl/x"}),
        ('Klaster A – <a href="https://a.pl/">strona internetowa</a>', {"url": "https://a.pl/"}),
        ('<a href="mailto:a@a.pl">Klaster A</a>', {}),
        ('<a href="javascript:alert(1)">Klaster A</a>', {}),
        ("1. Klas<b>ter</b> A", {}),
    ],
)
def test_row_is_read_field_by_field(text: str, values: dict[str, object]) -> None:
    whole = {"name": "Klaster A", "round": "VI", "status_until": "2025-12-17"} | values
    assert dict(row(text).values) == whole


def test_acronym_in_brackets_is_part_of_the_name() -> None:
    assert row("Klaster Północ-Południe (LTPP),").name == "Klaster Północ-Południe (LTPP)"
    both = row("Klaster Północ-Południe (LTPP) (transport, logistyka),").values
    assert (both["name"], both["sectors"]) == ("Klaster Północ-Południe (LTPP)", ("transport", "logistyka"))


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("VI runda", {}),
        ("VI runda konkursu (2022):", {}),
        ("Runda VI – status ważny do 17.12.2025 r.", {"status_until": "2025-12-17"}),
        (
            "Lista KKK – VI runda (status przyznany od 18 grudnia 2022 r. do 17 grudnia 2025 r.).",
            {"status_from": "2022-12-18", "status_until": "2025-12-17"},
        ),
    ],
)
def test_heading_holds_for_the_rows_below(heading: str, values: dict[str, str]) -> None:
    assert dict(row("Klaster A", heading).values) == {"name": "Klaster A", "round": "VI"} | values


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<h3>VI runda</h3><ul><li>Klaster A, Rzeszów</li></ul>", "parse"),
        ("<h3>VI runda</h3><ul><li>Klaster A (lotnictwo</li></ul>", "parse"),
        ('<h3>VI runda</h3><ul><li><a href="/a">A</a> <a href="/b">B</a></li></ul>', "parse"),
        ("<h3>VI runda</h3><ul><li>, reprezentowany przez Fundację B</li></ul>", "layout"),
        ("<h3>VI runda</h3><ul><li>Klaster A</li></ul><p>Klaster B, reprezentowany przez C</p>", "parse"),
        ("<h3>Szósta runda</h3><ul><li>Klaster A</li></ul>", "parse"),
        ("<h3>VI runda (status obowiązuje do 31.02.2025)</h3><ul><li>Klaster A</li></ul>", "parse"),
        ("<h3>V runda</h3><ul><li>Klaster A</li></ul><h3>VI runda</h3><p>Klaster B</p>", "list-empty"),
        ("<p>Prowadzimy wykaz klastrów.</p><ul><li>Klaster A</li></ul>", "layout"),
        ("<table><tr><td>Klaster</td><td>Ocena</td></tr><tr><td>A</td><td>7</td></tr></table>", "parse"),
        ("<h3>VI runda</h3><table><tr><td>A</td><td>B</td></tr></table>", "parse"),
    ],
)
def test_what_is_not_understood_is_refused(body: str, reason: str) -> None:
    with pytest.raises(PageFault) as refused:
        read("kkk_list", article(body))
    assert refused.value.reason == reason
    assert refused.value.address.endswith("/krajowe-klastry-kluczowe")


def test_deep_markup_is_read_or_refused() -> None:
    for depth in (300, 480, 5000):
        body = "<div>" * depth + "<h3>VI runda</h3><ul><li>Klaster A</li></ul>" + "</div>" * depth
        try:
            assert [record.name for record in read("kkk_list", article(body))] == ["Klaster A"]
        except PageUnreadable as refused:
            assert "nested" in str(refused)


def test_rows_below_another_heading_are_no_clusters() -> None:
    body = "<h3>VI runda</h3><ul><li>Klaster A</li></ul>"
    others = '<h3>Kontakt</h3><ul><li>Telefon</li></ul><p>Zobacz też:</p><ul><li><a href="/x">X</a></li></ul>'
    assert [record.name for record in read("kkk_list", article(body + others))] == ["Klaster A"]


def test_file_among_the_rows_is_a_document() -> None:
    body = '<h3>VI runda</h3><ul><li>Klaster A</li><li><a href="/attachment/1-2">Lista (PDF)</a></li></ul>'
    assert [record.kind for record in read("kkk_list", article(body))] == ["cluster", "document"]


# What is hashed


def test_content_ignores_the_publication_foot_and_the_chrome() -> None:
    body = "<h3>VI runda</h3><ul><li>Klaster A</li></ul>"
    foot = "<div><details><summary>Informacje o publikacji dokumentu</summary><p>{}</p></details></div>"
    reader = load("kkk_list")
    bare = reader.content(article(body))
    assert reader.content(article(body, after=foot.format("01.01.2026"))) == bare
    assert reader.content(article(body + foot.format("02.01.2026"))) == bare
    assert reader.content(article(body + "<script>var shown = 7;</script><!-- 8 -->")) == bare
    assert reader.content(article(body.replace("Klaster A", "Klaster B"))) != bare


def test_content_notices_a_replaced_file() -> None:
    body = "<h3>VI runda</h3><ul><li>Klaster A</li></ul>"
    link = '<a class="file-download" href="/attachment/{}">Regulamin</a>'
    reader = load("kkk_list")
    first = reader.content(article(body, after=link.format("1-1")))
    assert reader.content(article(body, after=link.format("2-2"))) != first


def test_content_of_2016_ignores_tokens_and_loader() -> None:
    at = saved("kkk_article_2016", "announcement")
    reader = load("kkk_article_2016")
    text = at.body.decode()
    token = text.split('__RequestVerificationToken" type="hidden" value="')[1].split('"')[0]
    other = page(text.replace(token, "x" * 20).replace("Trwa ładowanie...", ""), at.asked)
    assert other.body != at.body
    assert reader.content(other) == reader.content(at)
    assert "Trwa" not in reader.content(at)


def test_content_of_the_portal_is_the_list_alone() -> None:
    at = saved("kkk_pi", "chapter-2015")
    content = load("kkk_pi").content(at)
    assert "Klaster Dolina Lotnicza" in content
    for other in ("ocena formalna", "Europa 2020", "Odwiedzin", "Poleć"):
        assert other not in content


# The announcement of 2016 and the old portal


def test_announcement_of_2016() -> None:
    records = read("kkk_article_2016", saved("kkk_article_2016", "announcement"))
    assert len(records) == 9
    assert {record.values["round"] for record in records} == {"II"}
    assert records[2].values["sectors"][0] == "lifescience w branżach: żywność"
    assert records[8].name == "Bydgoski Klaster Przemysłowy"
    assert all("status_until" not in record.values for record in records)


def test_portal_in_undeclared_windows_1250() -> None:
    at = saved("kkk_pi", "chapter-2015")
    with pytest.raises(UnicodeDecodeError):
        at.body.decode("utf-8")
    records = read("kkk_pi", at)
    assert len(records) == 7
    assert {record.values["round"] for record in records} == {"I"}
    assert records[0].values["coordinator"] == (
        "Stowarzyszenie Grupy Przedsiębiorców Przemysłu Lotniczego „Dolina Lotnicza”"
    )
    assert records[6].name == "Zachodniopomorski Klaster Chemiczny „Zielona Chemia”"


def test_portal_table_keeps_soid_in_addresses() -> None:
    records = read("kkk_pi", saved("kkk_pi", "chapter-table-2016"))
    assert [record.values["round"] for record in records] == ["I", "I", "I", "II", "II"]
    assert "soid=" in str(records[0].values["url"])
    assert records[4].values["sectors"] == ("ICT", "telekomunikacja")


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
