"""A page that was not what was wanted says why, by its shape first and its words second."""

import re
from datetime import UTC, datetime

import pytest

from spiders.mr_gov_pl import MrGovPl
from spiders.pi_gov_pl import PiGovPl
from spiders.signs import Habits, notice, sign
from storage.records import Page

ADDRESS = "https://www.gov.pl/web/rozwoj-technologia/krajowe-klastry-kluczowe"


def page(body: str | bytes, media_type: str = "text/html; charset=utf-8") -> Page:
    raw = body if isinstance(body, bytes) else body.encode()
    return Page(ADDRESS, ADDRESS, datetime(2026, 11, 23, tzinfo=UTC), 200, {"content-type": media_type}, raw)


def html(body: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


LONG = "<p>" + "Klastry wspierają współpracę firm, uczelni i samorządów w regionie. " * 60 + "</p>"
BLOCKED = "The requested URL was rejected. Your support ID is: 123456789"


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("blocked-page", html(BLOCKED, "<title>Request Rejected</title>")),
        ("blocked-page", html(LONG + '<div class="g-recaptcha"></div>')),
        ("blocked-page", html("<h1>Potwierdź, że nie jesteś robotem</h1>")),
        ("blocked-page", html("<h1>Przerwa techniczna</h1><p>Zapraszamy później.</p>")),
        ("blocked-page", html("Serwis jest tymczasowo niedostępny")),
        ("blocked-page", html(LONG, "<title>Just a moment...</title>")),
        ("login", html('<form><input name="u"><input type="PASSWORD" name="p"></form>' + LONG)),
        ("login", html("<h1>Zaloguj się, aby zobaczyć treść</h1>")),
        ("cookie-wall", html("<p>Używamy plików. Zaakceptuj wszystkie pliki cookies, aby wejść.</p>")),
        ("needs-browser", html('<div id="root"></div><script src="/app.js"></script>')),
        ("needs-browser", html(f'<header>{LONG}</header><div id="app"></div><script></script>')),
        ("needs-browser", html("<p>Włącz obsługę JavaScript w przeglądarce.</p>")),
        ("soft-404", html("<h1>Strona nie istnieje</h1>" + LONG)),
        ("soft-404", html("<h2>Błąd 404</h2><p>Nie znaleziono strony</p>")),
        ("soft-404", html(LONG, "<title>404 Not Found</title>")),
        ("moved", html(LONG, '<meta http-equiv="Refresh" content="10; URL=https://www.gov.pl/inne">')),
        ("moved", html(LONG, '<link rel="canonical" href="https://www.gov.pl/web/nowe/klastry">')),
        ("moved", html(LONG, '<meta property="og:url" content="https://nowe.gov.pl/klastry">')),
        ("parked", html("<h1>Ta domena jest na sprzedaż</h1>")),
        ("empty", html("")),
        ("decode", b"<html><body>\x81\x8d\x90" + b"\xff\xfe\x00" * 3 + b"</body></html>"),
    ],
)
def test_a_page_tells_why_it_is_not_what_was_wanted(reason: str, body: str | bytes) -> None:
    found = sign(page(body), MrGovPl.habits)
    assert found is not None
    assert found.reason == reason, found


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"%PDF-1.7 \xe2\xe3", "text/html"),
        (b"PK\x03\x04rest", "application/zip"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b'{"calls": []}', "application/json"),
        (b'  [{"a": 1}]', "text/html"),
        (b'<?xml version="1.0"?><rss version="2.0"></rss>', "text/xml"),
        (b"\x1f\x8b\x08\x00rest", "text/html"),
    ],
)
def test_what_is_not_html_is_not_content(body: bytes, media_type: str) -> None:
    found = sign(page(body, media_type), Habits())
    assert found is not None
    assert found.reason == "not-content"


@pytest.mark.parametrize(
    "body",
    [
        html(LONG),
        html(LONG + "<p>Używamy captcha, a prace serwisowe trwają w nocy. Strona nie istnieje.</p>"),
        html(LONG, f'<link rel="canonical" href="{ADDRESS}">'),
        html(LONG, '<link rel="canonical" href="https://www.gov.pl/web/rozwoj-technologia/inne">'),
        html(LONG, '<meta http-equiv="refresh" content="300">'),
        html(LONG, f'<meta http-equiv="refresh" content="300;url={ADDRESS}">'),
        html(LONG + "<script>var a = 'Request Rejected';</script><!-- captcha -->"),
    ],
)
def test_a_long_page_is_not_judged_by_words_in_its_text(body: str) -> None:
    assert sign(page(body), MrGovPl.habits) is None


def test_a_sign_of_a_move_says_where_to() -> None:
    head = '<meta http-equiv="refresh" content="0;url=\'/web/Nowe-Miejsce\'">'
    found = sign(page(html(LONG, head)), Habits())
    assert found is not None
    assert found.points_to == "https://www.gov.pl/web/Nowe-Miejsce"


def test_parp_answers_for_a_dead_card_with_its_home_page() -> None:
    home = html(LONG, "<title>PARP - Centrum Rozwoju MŚP - www.parp.gov.pl</title>")
    found = sign(page(home), PiGovPl.habits)
    assert found is not None
    assert found.reason == "soft-404"
    assert sign(page(home), MrGovPl.habits) is None


@pytest.mark.parametrize(
    ("reached", "home"),
    [
        ("https://www.gov.pl/", True),
        ("https://www.gov.pl", True),
        ("https://www.gov.pl/web/rozwoj-technologia", True),
        ("https://www.gov.pl/web/rozwoj-technologia/", True),
        ("https://www.gov.pl/web/rozwoj-technologia/klastry", False),
        ("https://www.gov.pl/attachment/1", False),
    ],
)
def test_where_the_portal_has_its_home_pages(reached: str, home: bool) -> None:
    assert MrGovPl.habits.sent_home(ADDRESS, reached) is home


def test_a_list_that_is_a_home_page_is_not_sent_home() -> None:
    habits = Habits(homes=re.compile("/(?:start)?"))
    assert not habits.sent_home("https://a.test/", "https://a.test/start")


def test_a_record_may_be_an_error_page_that_read_well() -> None:
    assert notice("Strona nie istnieje")
    assert notice("BŁĄD 404")
    assert not notice("Strona nie istnieje bez klastrów: relacja z konferencji")
