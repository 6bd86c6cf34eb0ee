"""The digest as a message: headers, both parts, what is never let in."""

import email
import re
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import html5lib
import pytest

from monitor.digest import CURSOR_HEADER, address, mail, subject
from monitor.entries import Entry
from monitor.words.news_labels import CHANGES, HEADINGS, NEWS, SIGNALS
from storage.cursors import Cursor
from storage.errors import UsageError
from storage.records import KINDS
from tests.telling import CALL, appeared, began, change, news, site

ENTRIES = news(
    [began()],
    [change(id=7)],
    [appeared(facts={"title": CALL, "opens": "2026-11-05", "budget": "400000 PLN"})],
    [change(kind="article", entity="article-3", name="Targi", field="text", old="a " * 200, new="b " * 200)],
    every=timedelta(hours=20),
)


def made(entries: tuple[Entry, ...] = ENTRIES, language: str = "pl", **said: Any) -> bytes:
    given: dict[str, Any] = {"cursor": Cursor(17, "9f86d081"), "waiting": 0, "contact": "", "to": (), **said}
    authority = given.pop("authority", "monitor.example.org")
    return mail(entries, site(language), authority, **given).as_bytes()


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found
    assert not found.defects
    return str(found.get_content())


def test_the_headers() -> None:
    message = read(
        made(contact="kontakt@example.org", to=[address("Biuro Łódź <b@example.org>"), address("c@d.pl")])
    )
    assert message["From"] == "klastry <kontakt@example.org>"
    assert message["To"] == "Biuro Łódź <b@example.org>, c@d.pl"
    assert message["Subject"] == "Klastry i nabory: 4 zmiany, od 4 do 6 listopada 2026"
    assert message["Date"].datetime == ENTRIES[-1].at
    assert re.fullmatch(r"<klastry-[0-9a-f]{32}@monitor\.example\.org>", message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "pl"
    assert message[CURSOR_HEADER] == "17@9f86d081"
    assert message.get_content_type() == "multipart/alternative"


def test_the_same_news_is_the_same_message() -> None:
    assert made() == made()
    assert read(made())["Message-ID"] != read(made(ENTRIES[:2]))["Message-ID"]


def test_every_line_is_short_and_ascii() -> None:
    lines = made().decode("ascii").split("\n")
    assert max(map(len, lines)) <= 78
    assert not any("\r" in line for line in lines)


def test_the_text_reads_in_72_columns() -> None:
    text = part(read(made(waiting=3)), "plain")
    assert all(len(line) <= 72 for line in text.splitlines() if "http" not in line)
    for said in (
        "\nNABORY\n",
        "* Termin naboru przesunięty: Rozwój oferty klastrów dla firm – z 30\n  sierpnia na 29",
        "  termin składania wniosków: 30 sierpnia 2023 → 29 września 2023\n",
        "  budżet: 400 000 zł\n",
        "https://monitor.example.org/klastry/changes/3.html\n",
        "To nie wszystko. W następnym biuletynie: jeszcze 3 zmiany.\n",
        "\nNastępny biuletyn: klastry digest --after 17@9f86d081\n",
    ):
        assert said in text
    headings = [line for line in text.splitlines() if line.isupper() and line.isprintable()]
    assert headings == ["POCZĄTEK OBSERWACJI", "NABORY", "WIADOMOŚCI"]


def test_the_page_is_valid_and_needs_nothing_from_elsewhere() -> None:
    page = part(read(made()), "html").replace("\u00a0", " ")
    html5lib.HTMLParser(strict=True).parse(page)
    assert not re.search(r"<(?:img|script|link|style|form|iframe)\b|\bclass=", page)
    assert "<del>a a" in page
    assert "<title>Klastry i nabory: 4 zmiany, od 4 do 6 listopada 2026</title>" in page
    for entry in ENTRIES:
        assert entry.title in page
    assert set(re.findall(r'href="(\w+:)', page)) == {"https:"}
    assert "klastry digest --after 17@9f86d081" in page


def test_english() -> None:
    message = read(made(language="en"))
    assert message["Subject"] == "Clusters and calls: 4 changes, 4 to 6 November 2026"
    assert message["Content-Language"] == "en"
    assert "deadline: 30 August 2023 → 29 September 2023" in part(message, "plain")


def test_the_subject_of_one_entry_is_its_sentence() -> None:
    (one,) = news([change()])
    assert subject([one], site()) == one.title
    two = news([change()], [change()], every=timedelta(minutes=1))
    assert subject(two, site()) == "Klastry i nabory: 2 zmiany, 4 listopada 2026"


def test_what_a_page_says_stays_text() -> None:
    bad = "Nabór\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script> \x00=_klastry_"
    evil = change(
        name=bad, new=f"{bad}<img src=x onerror=alert(1)>", field="beneficiaries", url="javascript:alert(1)"
    )
    raw = made(news([evil]), contact=bad, authority="a\r\nBcc: x@y.pl")
    message = read(raw)
    assert message["Bcc"] is None
    assert len(list(message.walk())) == 3
    assert message["Message-ID"].endswith("@localhost>")
    assert message["From"] == "klastry <klastry@localhost>"
    page = part(message, "html")
    html5lib.HTMLParser(strict=True).parse(page)
    assert not re.search(r"<(?:script|img)|javascript:", page)
    assert "\x00" not in part(message, "plain")


def test_a_long_digest_keeps_all_sentences_and_stays_under_what_mail_programs_cut() -> None:
    long = " ".join(str(number) for number in range(800))
    entries = news(*([change(field="text", kind="article", old=long, new=long[::-1])] for _ in range(60)))
    page = part(read(made(entries)), "html")
    assert page.count("<h3 ") == 60
    assert page.count("<del>") > 0
    assert len(page.encode()) < 150_000


@pytest.mark.parametrize(
    "text",
    [
        "biuro",
        "a@b c",
        "a@b.pl\nBcc: x@y.pl",
        "a@b.pl, c@d.pl",
        "",
        "Biuro <>",
        "ł@example.org",
        "a@@b",
        "<script>@x",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no e-mail address"):
        address(text)


@pytest.mark.parametrize(
    ("contact", "sender"),
    [
        ("mailto:a@example.org", "klastry <a@example.org>"),
        ("https://example.org/kontakt", "klastry <klastry@monitor.example.org>"),
    ],
)
def test_the_sender(contact: str, sender: str) -> None:
    assert read(made(contact=contact))["From"] == sender


def test_both_languages_say_the_same() -> None:
    assert NEWS["pl"].keys() == NEWS["en"].keys()
    assert list(HEADINGS["pl"]) == list(HEADINGS["en"]) == [None, *KINDS]
    assert [CHANGES["pl"](count) for count in (1, 2, 5, 22)] == [
        "1 zmiana",
        "2 zmiany",
        "5 zmian",
        "22 zmiany",
    ]
    assert [CHANGES["en"](count) for count in (1, 2)] == ["1 change", "2 changes"]
    assert [SIGNALS["pl"](count)[:9] for count in (1, 2, 5)] == ["1 sygnał ", "2 sygnały", "5 sygnałó"]
