"""The sentences: each verb, kind and field, in both languages; dates, money, plurals."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from monitor.wording import LIMIT, harmless, sentences, shorten
from monitor.words import LANGUAGES, language
from monitor.words.language import PrintedDate
from storage.records import FIELDS, KINDS, Change
from tests.telling import CALL, appeared, began, change, source_title

LONG = "Nabór wniosków o dofinansowanie rozwoju oferty " * 6


def one(code: str, *rows: Change) -> str:
    return sentences(code, source_title)(rows)[0]


def test_the_model_case() -> None:
    assert one("pl", change()) == (
        "Termin naboru przesunięty: Rozwój oferty klastrów dla firm – z 30 sierpnia na 29 września 2023"
    )
    assert one("en", change()) == (
        "Deadline moved: Rozwój oferty klastrów dla firm – from 30 August to 29 September 2023"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2023-09-29", "2023-08-30", "skrócony: N – z 29 września na 30 sierpnia 2023"),
        ("2026-11-04", "2026-11-30", "przesunięty: N – z 4 na 30 listopada 2026"),
        ("2026-12-15", "2027-01-15", "przesunięty: N – z 15 grudnia 2026 na 15 stycznia 2027"),
        ("2026-11-04", "2026-11-04T16:00", "doprecyzowany: N – 4 listopada 2026, godz. 16:00"),
        ("2026-11", "2026-11-04", "doprecyzowany: N – 4 listopada 2026"),
        (
            "2026-11-04T12:00",
            "2026-11-04T16:00",
            "przesunięty: N – 4 listopada 2026, z godz. 12:00 na godz. 16:00",
        ),
        ("2026-Q4", "2027-Q1", "przesunięty: N – z IV kwartału 2026 na I kwartał 2027"),
        ("2026-11", "2026-12", "przesunięty: N – z listopada na grudzień 2026"),
        ("2026-11-04", "2026-Q4", "zmieniony: N – z 4 listopada na IV kwartał 2026"),
        ("2026-Q3", "2026-Q4", "przesunięty: N – z III na IV kwartał 2026"),
        ("2026-01", "2026-03", "przesunięty: N – ze stycznia na marzec 2026"),
        ("2026-11-04T16:00", "2026-11-04", "zmieniony: N – 4 listopada 2026, już bez godziny"),
        (
            "2026-11-04T12:00",
            "2026-11-30T16:00",
            "przesunięty: N – z 4 listopada, godz. 12:00, na 30 listopada 2026, godz. 16:00",
        ),
    ],
)
def test_deadlines(old: str, new: str, said: str) -> None:
    assert one("pl", change(name="N", old=old, new=new)) == f"Termin naboru {said}"


def test_an_extended_status_is_one_sentence() -> None:
    about = {"kind": "cluster", "entity": "cluster-1", "name": "Klaster X"}
    rows = [
        change(field="status_until", old="2025-12-17", new="2028-12-17", **about),
        change(field="round", old="VI", new="VII", **about),
        change(field="status_from", old="2022-12-17", new="2025-12-17", **about),
    ]
    assert one("pl", *rows) == "Status przedłużony do 17 grudnia 2028: Klaster X (runda VII)"
    assert one("pl", rows[0]) == "Status przedłużony do 17 grudnia 2028: Klaster X"
    assert one("pl", *rows, change(field="region", **about)).endswith("(runda VII) (i 1 inna zmiana)")


def test_a_shortened_status_is_not_called_extended() -> None:
    about = {"kind": "cluster", "name": "Klaster X"}
    row = change(field="status_until", old="2028-12-17", new="2025-12-17", **about)
    assert "przedłużony" not in one("pl", row, change(field="round", old="VII", new="VI", **about))


def test_one_sentence_a_row_and_a_title_for_all() -> None:
    rows = [
        change(name="N"),
        *(change(name="N", field=field, old="a", new="b") for field in FIELDS["call"][1:7]),
    ]
    tell = sentences("pl", source_title)
    assert len(tell(rows)) == len(rows)
    assert [tell(rows[:count])[0].split("2023")[1] for count in (1, 2, 3, 6, 7)] == [
        "",
        " (i 1 inna zmiana)",
        " (i 2 inne zmiany)",
        " (i 5 innych zmian)",
        " (i 6 innych zmian)",
    ]
    assert tell([]) == []


def test_a_moved_call_is_told_by_both_its_dates() -> None:
    rows = [
        change(name="N", new="2023-10-29"),
        change(name="N", field="opens", old="2023-05-30", new="2023-06-30"),
    ]
    assert one("pl", *rows) == "Nowe terminy naboru: N – od 30 czerwca do 29 października 2023"


def test_a_next_round_names_its_days() -> None:
    row = change(
        name="N",
        field="rounds",
        old=("2026-09-01/2026-09-30",),
        new=("2026-09-01/2026-09-30", "2026-11-01/2026-11-30"),
    )
    assert one("pl", row) == "Kolejna runda naboru: N – od 1 do 30 listopada 2026"


def test_began_counts_records_and_sources() -> None:
    assert one("pl", began()) == "Początek obserwacji: 22 pozycje w 2 źródłach"
    single = appeared(verb="began", kind=None, new=("kkk-mr: 20",))
    assert one("pl", single) == "Początek obserwacji: Krajowe Klastry Kluczowe – 20 pozycji"


@pytest.mark.parametrize("code", LANGUAGES)
def test_long_names_are_shortened_and_the_news_stays(code: str) -> None:
    sentence = one(code, change(name=LONG))
    assert len(sentence) <= LIMIT
    assert "…" in sentence
    assert language(code).date("2023-09-29") in sentence
    renamed = one(code, change(verb="renamed", field="title", old=LONG, new="B" + LONG))
    assert len(renamed) <= LIMIT
    assert " → B" in renamed
    north_south = "Klaster Logistyczno-Transportowy Północ-Południe"
    longer = one(code, change(verb="renamed", field="name", old=north_south, new=f"{north_south} (LTPP)"))
    assert longer.endswith(": … Północ-Południe → … Północ-Południe (LTPP)")


def test_a_word_is_not_cut() -> None:
    assert shorten("Klaster Gospodarki Odpadowej", 22) == "Klaster Gospodarki…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
    assert shorten("krótko", 10) == "krótko"


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "&lt;img src=x&gt;",
        "&amp;lt;b&amp;gt;",
        "&#60;b&#x3E;",
        "{name} {0}",
        "a\x00\nb\ud800]]>",
    ],
)
def test_hostile_names_are_harmless_even_decoded_twice(name: str) -> None:
    from html import unescape

    sentence = one("pl", change(name=name, field="number", old="1", new=name))
    assert not set(unescape(unescape(sentence))) & set("<>\x00\n\ud800")
    sentence.encode()


def test_harmless_keeps_ampersands() -> None:
    assert harmless("R&D – B&R; AT&T „Ł” <i>") == "R&D – B&R; AT&T „Ł” ‹i›"


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("pl", "400000 PLN", "400 000 zł"),
        ("pl", "66000000 PLN", "66 mln zł"),
        ("pl", "18600000 PLN", "18,6 mln zł"),
        ("pl", "2500000000 PLN", "2,5 mld zł"),
        ("pl", "17951400.42 PLN", "17 951 400,42 zł"),
        ("pl", "100000000 PLN", "100 mln zł"),
        ("pl", "1000 EUR", "1000 euro"),
        ("pl", "9999.50 PLN", "9999,50 zł"),
        ("pl", "10000 PLN", "10 000 zł"),
        ("pl", "1250000 PLN", "1,25 mln zł"),
        ("pl", "1234567 PLN", "1 234 567 zł"),
        ("en", "1250000 PLN", "PLN 1.25 million"),
        ("pl", "do uzgodnienia", "do uzgodnienia"),
        ("en", "66000000 PLN", "PLN 66 million"),
        ("en", "400000 PLN", "PLN 400,000"),
        ("en", "17951400.42 PLN", "PLN 17,951,400.42"),
    ],
)
def test_money(code: str, value: str, said: str) -> None:
    assert language(code).money(value) == said


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("pl", "2026-11-04", "4 listopada 2026"),
        ("pl", "2026-11-04T16:00", "4 listopada 2026, godz. 16:00"),
        ("pl", "2026-11", "listopad 2026"),
        ("pl", "2026-Q4", "IV kwartał 2026"),
        ("pl", "wkrótce", "wkrótce"),
        ("pl", "2026-13-01", "2026-13-01"),
        ("en", "2026-11-04T16:00", "4 November 2026, 16:00"),
        ("en", "2026-Q4", "Q4 2026"),
    ],
)
def test_dates(code: str, value: str, said: str) -> None:
    assert language(code).date(value) == said


@pytest.mark.parametrize(
    ("code", "start", "end", "said"),
    [
        ("pl", "2026-11-04", "2026-11-30", "od 4 do 30 listopada 2026"),
        ("pl", "2026-09-16", "2026-11-04", "od 16 września do 4 listopada 2026"),
        ("pl", "2026-12-15", "2027-01-15", "od 15 grudnia 2026 do 15 stycznia 2027"),
        ("pl", "2026-09", "2026-10", "od września do października 2026"),
        ("pl", "2026-Q3", "2026-Q4", "od III do IV kwartału 2026"),
        ("pl", "2026-11-04", "2026-11-04", "4 listopada 2026"),
        ("pl", "2026-11-04T10:00", "2026-11-04T16:00", "4 listopada 2026, od godz. 10:00 do godz. 16:00"),
        ("pl", "2026-11-04T10:00", "2026-11-30", "od 4 listopada, godz. 10:00, do 30 listopada 2026"),
        ("pl", "2026-11-04", "2026-11-04T16:00", "4 listopada 2026, do godz. 16:00"),
        ("pl", "2026-11-04T10:00", "2026-11-04", "4 listopada 2026, od godz. 10:00"),
        ("pl", "2026-11-04T10:00", "2026-11-04T10:00", "4 listopada 2026, godz. 10:00"),
        (
            "pl",
            "2026-11-04T08:00",
            "2026-11-05T08:00",
            "od 4 listopada, godz. 08:00, do 5 listopada 2026, godz. 08:00",
        ),
        ("pl", "2026-11-04", "", "od 4 listopada 2026"),
        ("pl", "", "2026-Q4", "do IV kwartału 2026"),
        ("en", "2026-11-04", "2026-11-30", "4 to 30 November 2026"),
        ("en", "2026-Q3", "2026-Q4", "Q3 to Q4 2026"),
        ("en", "2026-11-04", "2026-11-04T16:00", "4 November 2026, until 16:00"),
        ("en", "2026-11-04T10:00", "2026-11-04", "4 November 2026, from 10:00"),
        ("en", "2026-11-04T08:00", "2026-11-05T08:00", "4 November, 08:00, to 5 November 2026, 08:00"),
        ("en", "2026-11-04T10:00", "2026-11-30", "4 November, 10:00, to 30 November 2026"),
    ],
)
def test_intervals(code: str, start: str, end: str, said: str) -> None:
    assert language(code).interval(PrintedDate.parse(start), PrintedDate.parse(end)) == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("100000 PLN", "66000000 PLN", "zwiększony: N – ze 100 000 zł do 66 mln zł"),
        ("1000 PLN", "700 PLN", "zmniejszony: N – z 1000 zł do 700 zł"),
        ("400000 PLN", "100000 EUR", "zmieniony: N – 400 000 zł → 100 000 euro"),
    ],
)
def test_budgets(old: str, new: str, said: str) -> None:
    assert one("pl", change(name="N", field="budget", old=old, new=new)) == f"Budżet naboru {said}"


def test_values_in_words() -> None:
    words = language("pl")
    assert words.value("call", "status", "settled") == "rozstrzygnięty"
    assert (
        words.value("call", "rounds", ("2026-09-28/2026-10-03",)) == "od 28 września do 3 października 2026"
    )
    assert words.value("cluster", "sectors", ("lotnictwo, kosmos", "ICT")) == "lotnictwo, kosmos; ICT"
    assert words.value("call", "budget", None) == "nie podano"
    assert words.value("article", "published", "2023-05-31") == "31 maja 2023"


def test_polish_days() -> None:
    words = language("pl")
    said = [words.days_left(days) for days in (0, 1, 2, 5, 12, 22)]
    assert said == [
        "ostatni dzień",
        "został 1 dzień",
        "zostały 2 dni",
        "zostało 5 dni",
        "zostało 12 dni",
        "zostały 22 dni",
    ]
    assert [words.starts_in(days) for days in (0, 1, 9)] == ["start dziś", "start jutro", "start za 9 dni"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_field_has_a_name(code: str) -> None:
    for kind in KINDS:
        labels = [language(code).field(kind, field) for field in FIELDS[kind]]
        assert len(set(labels)) == len(labels)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        sentences("de", source_title)


def test_results_whose_day_has_come_are_out_and_others_are_announced() -> None:
    tell = sentences("pl", source_title)
    row = change(field="results", old=None, new="2023-12-05", seen_by=datetime(2023, 12, 5, 7, tzinfo=UTC))
    assert tell([row]) == [f"Wyniki naboru: {CALL} – 5 grudnia 2023"]
    for planned in ("2023-Q4", "2023-12-20"):
        assert tell([replace(row, old=planned)]) == [f"Wyniki naboru: {CALL} – 5 grudnia 2023"]
    corrected = replace(row, old="2023-12-04")
    assert tell([corrected]) == [f"Termin wyników naboru przesunięty: {CALL} – z 4 na 5 grudnia 2023"]
    early = replace(row, seen_by=datetime(2023, 9, 1, tzinfo=UTC))
    assert tell([early]) == [f"Podano termin wyników naboru: {CALL} – 5 grudnia 2023"]
