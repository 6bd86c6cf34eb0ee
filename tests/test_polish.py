"""Dates and money as Polish offices print them."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.polish import NotADate, NotMoney, find_dates, read_date, read_money, read_range

steady = settings(derandomize=True, max_examples=150, deadline=None, database=None)

CASES = {
    1: "styczeń stycznia styczniowi styczniem styczniu",
    2: "luty lutego lutemu lutym",
    3: "marzec marca marcowi marcem marcu",
    4: "kwiecień kwietnia kwietniowi kwietniem kwietniu",
    5: "maj maja majowi majem maju",
    6: "czerwiec czerwca czerwcowi czerwcem czerwcu",
    7: "lipiec lipca lipcowi lipcem lipcu",
    8: "sierpień sierpnia sierpniowi sierpniem sierpniu",
    9: "wrzesień września wrześniowi wrześniem wrześniu",
    10: "październik października październikowi październikiem październiku",
    11: "listopad listopada listopadowi listopadem listopadzie",
    12: "grudzień grudnia grudniowi grudniem grudniu",
}
ROMANS = dict(enumerate("I II III IV V VI VII VIII IX X XI XII".split(), 1))
NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("31 grudnia 2024 r.", "2024-12-31"),
        ("30.09.2026", "2026-09-30"),
        ("30. 09. 2026 r.", "2026-09-30"),
        ("1-5-2026", "2026-05-01"),
        ("15 XI 2026", "2026-11-15"),
        ("15.XI.2026 r.", "2026-11-15"),
        ("2026-10-01", "2026-10-01"),
        ("2026.12.01", "2026-12-01"),
        ("2011/07/19 09:01:44", "2011-07-19T09:01"),
        ("2026-11-04T16:00", "2026-11-04T16:00"),
        ("2026-07-04T23:30:00Z", "2026-07-05T01:30"),
        ("2026-11-04T16:00:00+01:00", "2026-11-04T16:00"),
        ("05.2024", "2024-05"),
        ("2026-11", "2026-11"),
        ("listopad 2026", "2026-11"),
        ("LISTOPAD 2026 ROKU", "2026-11"),
        ("w listopadzie 2026 r.", "2026-11"),
        ("IV kw. 2026 r.", "2026-Q4"),
        ("I kw. 2027", "2027-Q1"),
        ("w IV kwartale 2026 r.", "2026-Q4"),
        ("4 kwartał 2026", "2026-Q4"),
        ("kwartał IV 2026", "2026-Q4"),
        ("Q4 2026", "2026-Q4"),
        ("2026-Q4", "2026-Q4"),
        ("4\n  listopada\n  2026", "2026-11-04"),
        ("04 lis. 2026", "2026-11-04"),
        ("4 pazdziernika 2026", "2026-10-04"),
        ("środa, 4 listopada 2026 r.", "2026-11-04"),
        ("4 listopada 2026r.", "2026-11-04"),
        ("4 listopada 2026 r. do godz. 16:00:00", "2026-11-04T16:00"),
        ("4 listopada 2026 r., godz. 16.00", "2026-11-04T16:00"),
        ("4 listopada 2026 r. (do godziny 16:00)", "2026-11-04T16:00"),
        ("04.11.2026 o godz. 9", "2026-11-04T09:00"),
        ("4 listopada 2026 r. do godz. 24:00", "2026-11-04T23:59"),
        ("4\u00a0listopada\u00a02026\u00a0r.", "2026-11-04"),
        ("29.02.2028;", "2028-02-29"),
    ],
)
def test_one_date(text: str, value: str) -> None:
    assert read_date(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "wkrótce",
        "2026",
        "31.02.2026",
        "29.02.2026",
        "31 kwietnia 2026",
        "00.05.2026",
        "12.13.2026",
        "2026-13",
        "13.2026",
        "4 listopada 2026 r. godz. 25:00",
        "4 listopada 2026 r. godz. 12:75",
        "4 listopada",
        "26 lipca br.",
        "30.09.26",
        "V kwartał 2026",
        "27.02.2018 - 26.07.2018",
        "4 listopada 2026 r. lub później",
        "termin: 4 listopada 2026 r.",
        "123.05.2026",
        "4 listopada 20261",
    ],
)
def test_not_one_date(text: str) -> None:
    with pytest.raises(NotADate):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("III/IV kwartał 2026", "2026-Q3", "2026-Q4"),
        ("III kw./IV kw. 2026 r.", "2026-Q3", "2026-Q4"),
        ("styczeń/luty 2027", "2027-01", "2027-02"),
        ("styczeń lub luty 2027 r.", "2027-01", "2027-02"),
        ("grudzień/styczeń 2027", "2026-12", "2027-01"),
        ("IV/I kwartał 2027", "2026-Q4", "2027-Q1"),
        ("grudzień 2026/styczeń 2027", "2026-12", "2027-01"),
        ("IV kw. 2026 / I kw. 2027", "2026-Q4", "2027-Q1"),
        ("30.09.2026", "2026-09-30", "2026-09-30"),
    ],
)
def test_alternatives(text: str, first: str, last: str) -> None:
    assert (read_date(text), read_date(text, end=True)) == (first, last)


def test_this_year_must_be_told() -> None:
    for text in ("26 lipca br.", "26 lipca b.r.", "26 lipca bieżącego roku"):
        assert read_date(text, year=2023) == "2023-07-26"


@pytest.mark.parametrize(("number", "names"), CASES.items())
def test_every_case_of_a_month(number: int, names: str) -> None:
    for name in names.split():
        assert read_date(f"{name} 2026") == f"2026-{number:02}"
        assert read_date(f"7 {name.upper()} 2026 r.") == f"2026-{number:02}-07"


def printed_forms(day: date) -> list[str]:
    name = CASES[day.month].split()[1]
    return [
        day.isoformat(),
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year} r.",
        f"{day:%Y/%m/%d}",
        f"{day:%Y.%m.%d}",
        f"{day:%d/%m/%Y}",
        f"{day.day} {name} {day.year} r.",
        f"{day:%d}{NBSP}{name}{NBSP}{day.year}{NBSP}roku",
        f"{day.day} {ROMANS[day.month]} {day.year}",
        f"{day.day}\n{name.upper()}\n{day.year}",
    ]


days = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))
moments = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 12, 31))  # noqa: DTZ001


@steady
@given(days)
def test_any_date_in_any_form_reads_back(day: date) -> None:
    assert {read_date(text) for text in printed_forms(day)} == {day.isoformat()}


@steady
@given(moments, st.sampled_from([" ", " do godz. ", ", godz. ", " o godzinie "]))
def test_any_time_reads_back(moment: datetime, between: str) -> None:
    value = moment.isoformat(timespec="minutes")
    assert read_date(f"{moment:%d.%m.%Y}{between}{moment:%H:%M:%S}") == value
    assert read_date(value) == value


fillers = st.sampled_from(
    [
        "Nabór",
        "nr 12/2026",
        "FENG.02.17-IP.02-001/26",
        "Dz. U. poz. 1234",
        "400 000 PLN",
        "tel. 22 432 80 80",
        "i",
        "do",
        "31.02.2026",
        "do 4 listopada",
        "2026",
        "pkt 2.17.3",
        "klastry (KKK):",
        "lata 2021-2027",
        "maj",
    ]
)


@steady
@given(st.lists(st.tuples(st.lists(fillers, max_size=3), days, st.integers(0, 9)), max_size=5))
def test_exactly_the_dates_of_a_text_are_found(
    parts: list[tuple[list[str], date, int]],
) -> None:
    text, values = "", []
    for words, day, form in parts:
        text += f"{'; '.join(words)}; {printed_forms(day)[form]}; "
        values.append(day.isoformat())
    found = find_dates(text)
    assert [one.value for one in found] == values
    assert all(text[one.start : one.end] == one.printed for one in found)


def test_dates_are_found_with_precision_and_place() -> None:
    text = "Od 16.09.2026 r. do 4 listopada 2026 r. (do godz. 16:00), wyniki: III/IV kwartał 2027, spór w br."
    assert [(one.value, one.printed) for one in find_dates(text)] == [
        ("2026-09-16", "16.09.2026 r."),
        ("2026-11-04T16:00", "4 listopada 2026 r. (do godz. 16:00)"),
        ("2027-Q3", "III/IV kwartał 2027"),
    ]
    assert [one.value for one in find_dates("27.02.2018-26.07.2018")] == ["2018-02-27", "2018-07-26"]
    assert find_dates("do 26 lipca br.") == []
    assert find_dates("do 26 lipca br.", year=2023)[0].value == "2023-07-26"


def test_hostile_text_is_searched_in_linear_time() -> None:
    for text in ("1 maja" + " " * 300_000, "1" * 300_000, "maj " * 50_000, "1." * 100_000):
        assert find_dates(text) == []


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("27.02.2018 - 26.07.2018", "2018-02-27", "2018-07-26"),
        ("27.02.2018-26.07.2018", "2018-02-27", "2018-07-26"),
        ("2026-09-16 – 2026-11-04", "2026-09-16", "2026-11-04"),
        ("od 30 maja do 29 września 2023 r.", "2023-05-30", "2023-09-29"),
        ("od\u00a030 maja do\u00a029 września 2023\u00a0r.", "2023-05-30", "2023-09-29"),
        ("w terminie od dnia 30 maja do dnia 29 września 2023 r. włącznie", "2023-05-30", "2023-09-29"),
        ("16–30 września 2026 r.", "2026-09-16", "2026-09-30"),
        ("1.05 - 30.06.2024", "2024-05-01", "2024-06-30"),
        ("16-30.09.2026", "2026-09-16", "2026-09-30"),
        ("od 15 grudnia do 20 stycznia 2027 r.", "2026-12-15", "2027-01-20"),
        ("listopad - styczeń 2027", "2026-11", "2027-01"),
        ("styczeń - luty 2027", "2027-01", "2027-02"),
        ("III kw. - IV kw. 2026", "2026-Q3", "2026-Q4"),
        ("od III kwartału do I kwartału 2027 r.", "2026-Q3", "2027-Q1"),
        ("III/IV kwartał 2026 - I/II kwartał 2027", "2026-Q3", "2027-Q2"),
        (
            "od 16.09.2026 godz. 10:00 do 4.11.2026 r. do godz. 16:00:00",
            "2026-09-16T10:00",
            "2026-11-04T16:00",
        ),
        ("do 26 lipca br.", None, "2023-07-26"),
        ("do dnia 26.07.2023 r.", None, "2023-07-26"),
        ("od 5 maja 2026 r.", "2026-05-05", None),
        ("od 5 maja 2026 r. do wyczerpania środków", "2026-05-05", None),
        ("od 30 maja do 29 września br.", "2023-05-30", "2023-09-29"),
        ("2026-09-16 - 2026-09-16", "2026-09-16", "2026-09-16"),
    ],
)
def test_range(text: str, since: str | None, until: str | None) -> None:
    assert read_range(text, year=2023) == (since, until)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5 maja 2026",
        "od 5 maja",
        "od 5 maja do 6 czerwca",
        "30.09.2026 - 16.09.2026",
        "20 - 10 maja 2026",
        "od 5 maja 2026 r. do wakacji",
        "27.02.2018 - 26.07.2018 - 27.07.2018",
        "31 kwietnia - 5 maja 2026",
        "do 26 lipca br.",
    ],
)
def test_not_a_range(text: str) -> None:
    with pytest.raises(NotADate):
        read_range(text)


@steady
@given(days, st.integers(0, 300), st.integers(0, 9), st.integers(0, 9))
def test_any_range_reads_back(first: date, length: int, one: int, two: int) -> None:
    last = date.fromordinal(min(first.toordinal() + length, date(2099, 12, 31).toordinal()))
    assert read_range(f"od {printed_forms(first)[one]} do {printed_forms(last)[two]}") == (
        first.isoformat(),
        last.isoformat(),
    )
    short = f"od {first.day} {CASES[first.month].split()[1]} do {printed_forms(last)[6]}"
    if first.year == last.year or (first.month > last.month):
        assert read_range(short) == (first.isoformat(), last.isoformat())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("400 000 PLN", "400000 PLN"),
        ("17 951 400,42 zł", "17951400.42 PLN"),
        ("17\u00a0951\u00a0400,42\u00a0zł", "17951400.42 PLN"),
        ("66 mln zł", "66000000 PLN"),
        ("18,6 mln zł.", "18600000 PLN"),
        ("2,5 mld zł", "2500000000 PLN"),
        ("500 tys. zł", "500000 PLN"),
        ("500 tysięcy złotych", "500000 PLN"),
        ("5 milionów euro", "5000000 EUR"),
        ("1.000.000,50 zł", "1000000.50 PLN"),
        ("400.000 PLN", "400000 PLN"),
        ("12,5 zł", "12.50 PLN"),
        ("400 000,00 PLN", "400000 PLN"),
        ("PLN 400 000", "400000 PLN"),
        ("200 €", "200 EUR"),
        ("nawet do 850 tys. zł", "850000 PLN"),
        ("ok. 66 mln zł", "66000000 PLN"),
        ("0 zł", "0 PLN"),
    ],
)
def test_money(text: str, value: str) -> None:
    assert read_money(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "400 000",
        "zł",
        "1 0000 zł",
        "1,234 zł",
        "400 000 PLN za projekt",
        "1 mln zł 200 tys. zł",
        "85%",
        "100 zł - 5 EUR",
        "10 mln zł - 5 mln zł",
    ],
)
def test_not_money(text: str) -> None:
    with pytest.raises(NotMoney):
        read_money(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("500 000 - 10 000 000 zł", "500000 PLN", "10000000 PLN"),
        ("od 500 tys. do 10 mln zł", "500000 PLN", "10000000 PLN"),
        ("2–5 mln zł", "2000000 PLN", "5000000 PLN"),
        ("500 000 zł – 10 mln zł", "500000 PLN", "10000000 PLN"),
        ("500 000 – 10 mln EUR", "500000 EUR", "10000000 EUR"),
    ],
)
def test_range_of_money(text: str, first: str, last: str) -> None:
    assert (read_money(text), read_money(text, end=True)) == (first, last)


@steady
@given(st.integers(0, 10**13), st.sampled_from([" ", NBSP, "\u202f", ".", ""]), st.booleans())
def test_any_sum_reads_back(grosze: int, gap: str, euro: bool) -> None:
    zlote, rest = divmod(grosze, 100)
    printed = f"{zlote:,}".replace(",", gap) + (f",{rest:02}" if rest else "")
    currency = "EUR" if euro else "PLN"
    value = f"{zlote}.{rest:02} {currency}" if rest else f"{zlote} {currency}"
    assert read_money(f"{printed} {'euro' if euro else 'zł'}") == value
    assert read_money(value) == value
