"""Hand-written recordings of pi.gov.pl and of the ministry, 2015 to 2026, on the model of the known facts.

Names, rounds and days are facts; the pages around them are models. Each page lists the clusters
that some source lists for the rounds in force then.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.facts import KKK, members

MODEL = "<!-- Hand-written model page of klastry's tests; not a recording of any site. -->"
PI = "http://www.pi.gov.pl/Klastry/chapter_95922.asp"
OF_2016 = "http://www.mr.gov.pl/strony/aktualnosci/znamy-nowe-krajowe-klastry-kluczowe/"
GOV = "https://www.gov.pl/web/{unit}/krajowe-klastry-kluczowe"

FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = (tuple(members(number).values()) for number in KKK["rounds"])

Answer = tuple[str, datetime, bytes]


def of_pi(rounds: Iterable[tuple[str, Sequence[str]]]) -> bytes:
    """The chapter of the Portal Innowacji, in the letters of its time."""
    lists = "".join(
        f"<P><B>{title}:</B><UL>{''.join(f'<LI>{name};' for name in names)}</UL>" for title, names in rounds
    )
    html = f"""<HTML>{MODEL}<HEAD><TITLE>Krajowe Klastry Kluczowe</TITLE>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1250"></HEAD><BODY><TABLE><TR><TD>
<A HREF="#konkurs">Konkurs o status</A><BR><A HREF="#lista">Lista Krajowych Klastrów Kluczowych</A><BR>
<A NAME="konkurs"></A><B>Konkurs o status</B><P>Rundy odbywają się co rok.<BR>
<A NAME="lista"></A><B>Lista Krajowych Klastrów Kluczowych</B><BR>{lists}
<A HREF="#top">Do góry</A></TD></TR></TABLE></BODY></HTML>"""
    return html.encode("windows-1250")


def of_2016(names: Sequence[str]) -> bytes:
    """The ministry's announcement of round II."""
    rows = "".join(f"<li>{name},</li>" for name in names)
    html = f"""<!DOCTYPE html>{MODEL}<html lang="pl"><head><meta charset="utf-8"><title>Znamy nowe</title>
</head><body><div id="content"><h1>Znamy nowe Krajowe Klastry Kluczowe</h1>
<p>Status zyskały w ramach II rundy:</p><ol>{rows}</ol></div></body></html>"""
    return html.encode()


def of_gov(rounds: Iterable[tuple[str, Sequence[str]]]) -> bytes:
    """The list on gov.pl."""
    lists = "".join(
        f"<h3>{title}:</h3><ul>{''.join(f'<li>{escape(name, quote=False)},</li>' for name in names)}</ul>"
        for title, names in rounds
    )
    html = f"""<!DOCTYPE html>{MODEL}<html lang="pl"><head><meta charset="utf-8">
<title>Krajowe Klastry Kluczowe - Portal Gov.pl</title></head><body>
<article class="article-area__article " id="main-content"><h2>Krajowe Klastry Kluczowe</h2>
<div class="editor-content">{lists}</div></article></body></html>"""
    return html.encode()


def day(year: int, month: int, number: int) -> datetime:
    """Noon of a day, UTC."""
    return datetime(year, month, number, 12, tzinfo=UTC)


ROUND_4 = "IV runda (status obowiązuje do 28 sierpnia 2022 r.)"
ROUND_5 = "V runda (status obowiązuje do 31 grudnia 2024 r.)"
ROUND_6 = "VI runda (status obowiązuje do 17 grudnia 2025 r.)"
PI_2015 = (PI, day(2015, 11, 3), of_pi([("I runda (2015)", FIRST)]))
PI_2016 = (PI, day(2016, 12, 5), of_pi([("I runda (2015)", FIRST), ("II runda (2016)", SECOND)]))
MR_2016 = (OF_2016, day(2016, 10, 26), of_2016(SECOND))
GOV_2019 = (
    GOV.format(unit="rozwoj"),
    day(2019, 12, 2),
    of_gov([("III runda", THIRD), (ROUND_4, FOURTH)]),
)
GOV_2022 = (
    GOV.format(unit="rozwoj-praca-technologia"),
    day(2022, 1, 20),
    of_gov([(ROUND_4, FOURTH), (ROUND_5, FIFTH)]),
)
GOV_2023 = (
    GOV.format(unit="rozwoj-technologia"),
    day(2023, 2, 1),
    of_gov([(ROUND_5, FIFTH), (ROUND_6, SIXTH)]),
)
GOV_2026 = (GOV.format(unit="rozwoj-technologia"), day(2026, 3, 1), GOV_2023[2])
ALL = (PI_2015, PI_2016, MR_2016, GOV_2019, GOV_2022, GOV_2023, GOV_2026)


def recording(file: Path, *answers: Answer) -> Path:
    """A WARC file of these answers, as an archive keeps them."""
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for url, at, body in answers:
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            dated = {"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
            record = writer.create_warc_record(
                url,
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=headers,
                warc_headers_dict=dated,
            )
            writer.write_record(record)
    return file
