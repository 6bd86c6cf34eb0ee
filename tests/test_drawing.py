"""What templates print: harmless, and kept together where a line must not break."""

from datetime import date

import pytest

from monitor import list_pages
from monitor.drawing import draw
from monitor.pages import index
from monitor.states import States
from tests.listed import call, cluster, status, titled
from tests.telling import site
from tests.town import FEEDS

DAY = date(2026, 11, 23)
NAME = "Fundacja X Sp. z o.o."


def printed(name: str) -> str:
    """What a page prints of a name."""
    values = {"root": "", "section": "home", "feeds": (), "title": name, "lead": "", "text": {"nothing": ""}}
    page = draw("list.html", "pl", {**values, "links": (), "groups": (), "path": ""}).decode()
    return page.partition("<h1>")[2].partition("</h1>")[0]


def test_dates_and_days_left_do_not_break_across_lines() -> None:
    clusters = [cluster(1, "A", holds="yes", status_until="2028-12-17", coordinator=NAME)]
    calls = [call(1, "N", budget="66000000 PLN")]
    page = index((), [*clusters, *calls], [status("a")], DAY, site()).decode()
    for said in (
        "obowiązuje do~17~grudnia~2028",
        "Koniec:~28~listopada~2026",
        "budżet~66~mln~zł",
        "zostało~5~dni",
        "23~listopada~2026, godz.~07:20",
        "Fundacja X Sp.~z~o.o.",
    ):
        assert said.replace("~", "\u00a0") in page
    rows = {"call-1": calls[0]}
    listed = list_pages.documents([titled("call", 1, "N")], rows, States(site(), DAY), site(), FEEDS)
    assert "Start:~16~września~2026".replace("~", "\u00a0") in listed["calls.html"].decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Rozwój w regionie i z klastrami", "Rozwój w~regionie i~z~klastrami"),
        ("Alfa sp. z o.o. w Łodzi (w tym B)", "Alfa sp.~z~o.o. w~Łodzi (w~tym B)"),
        ("z 30 sierpnia na 29 września 2023", "z~30~sierpnia na 29~września 2023"),
        ("budżet 17 951 400,42 zł", "budżet 17~951~400,42~zł"),
        ("Klaster A – runda VI", "Klaster A~– runda VI"),
        ("Konkurs – VI runda", "Konkurs~– VI~runda"),
        ("Klaster AI", "Klaster AI"),
        ("Nabór FENG.01.01 2026 rok", "Nabór FENG.01.01 2026 rok"),
        ("  a\u00ad\u200b<b>\x00 &lt;\u00a0; ", "a‹b› ‹~;"),
    ],
)
def test_short_words_and_numbers_stand_with_the_next_word(name: str, said: str) -> None:
    assert printed(name) == said.replace("~", "\u00a0")
