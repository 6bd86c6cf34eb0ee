"""The readers of lists of Key National Clusters: values, quirks, and what they refuse."""

import pytest
from reader_pages import article, page, read, saved

from spiders.readers import load
from storage.errors import PageFault
from storage.records import Key, Record


def by_name(records: list[Record]) -> dict[str, Record]:
    return {record.name: record for record in records}


def row(text: str, heading: str = "VI runda (status obowiązuje do 17 grudnia 2025 r.):") -> Record:
    (found,) = read("kkk_list", article(f"<h3>{heading}</h3><ul><li>{text}</li></ul>"))
    return found


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


def test_the_same_coordinator_in_another_layout_is_no_change() -> None:
    """A row prints it in the accusative, a column in the nominative."""
    lines, table = (read("kkk_list", saved("kkk_list", name)) for name in ("dash-lines-2021", "table-2023"))
    in_line = by_name(lines)["Pomorski Klaster ICT Interizon"]
    assert in_line.values["coordinator"] == by_name(table)["Interizon"].values["coordinator"]
    assert in_line.printed["coordinator"] == "Fundację Interizon"


@pytest.mark.parametrize("column", ["Koordynator", "Reprezentowany przez"])
def test_a_column_may_be_headed_by_the_accusative(column: str) -> None:
    printed = {"Koordynator": "Fundacja B"}.get(column, "Fundację B")
    cells = f"<tr><td>Klaster</td><td>{column}</td></tr><tr><td>Klaster A</td><td>{printed}</td></tr>"
    (found,) = read("kkk_list", article(f"<h3>VI runda</h3><table>{cells}</table>"))
    assert found.values["coordinator"] == "Fundacja B"


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
        ("Klaster A, reprezentowany przez Fundację B", {"coordinator": "Fundacja B"}),
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


def test_deep_markup_is_read() -> None:
    body = "<div>" * 480 + "<h3>VI runda</h3><ul><li>Klaster A</li></ul>" + "</div>" * 480
    assert [record.name for record in read("kkk_list", article(body))] == ["Klaster A"]


def test_rows_may_be_indented_but_not_for_ever() -> None:
    def nested(times: int) -> str:
        rows = "".join(f"<ul><li>Klaster {n} <a href='http://k{n}.pl'>www</a>" for n in range(times))
        return "<h3>VI runda</h3>" + rows + "</li></ul>" * times

    records = list(read("kkk_list", article(nested(5))))
    assert [(record.name, record.values["url"]) for record in records] == [
        (f"Klaster {n}", f"http://k{n}.pl") for n in range(5)
    ]
    with pytest.raises(PageFault, match="rows in rows") as refused:
        read("kkk_list", article(nested(6)))
    assert refused.value.reason == "layout"


def test_a_table_of_cells_that_span_everything_is_refused() -> None:
    row = "<tr>" + "<td rowspan=100 colspan=100>x</td>" * 100 + "</tr>"
    with pytest.raises(PageFault, match="a table of more than"):
        read("kkk_list", article(f"<h3>VI runda</h3><table>{row * 100}</table>"))


@pytest.mark.parametrize("row", ["<div>" * 5000 + "Klaster A", "-" * 100_000 + "A", "A (" * 50_000])
def test_hostile_markup_is_refused(row: str) -> None:
    with pytest.raises(PageFault):
        read("kkk_list", article(f"<h3>VI runda</h3><ul><li>{row}</li></ul>"))


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
