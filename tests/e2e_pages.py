"""Small pages of the watched sites for the end-to-end tests: made by hand, laid out as the real ones."""

from collections.abc import Sequence

UNIT = "https://www.gov.pl/web/rozwoj-technologia"
PARP = "https://www.parp.gov.pl"
KKK = f"{UNIT}/krajowe-klastry-kluczowe"
MINISTRY_NEWS = f"{UNIT}/wiadomosci"
SCHEDULE = f"{PARP}/harmonogram-naborow"
PARP_NEWS = f"{PARP}/aktualnosci"
CARDS = "/component/grants/grants/"
SOURCES = ("kkk-mr", "news-mr", "calls-parp", "news-parp")
MODEL = "<!-- Hand-written model page of klastry's tests; not a recording of any site. -->"

NAMES = (
    "Zielona Chemia",
    "Interizon",
    "Klaster Dolina Lotnicza",
    "Mazowiecki Klaster ICT",
    "Polski Klaster Budowlany",
    "NUTRIBIOMED Klaster",
    "MedSilesia",
    "Polska Grupa Motoryzacyjna",
    "Bydgoski Klaster Przemysłowy",
    "LifeScience Kraków",
    "Klaster Fotoniki i Światłowodów",
    "Klaster Zrównoważona Infrastruktura",
)
KKK_CALL = "rozwoj-oferty-klastrow-dla-firm"


def page(title: str, body: str, head: str = "") -> str:
    return (
        f'<!DOCTYPE html>\n{MODEL}\n<html lang="pl"><head><meta charset="utf-8"><title>{title}</title>'
        f"{head}</head>\n<body>{body}</body></html>\n"
    )


# gov.pl


def govpl(title: str, body: str) -> str:
    head = '<meta property="govpl:site_path" content="/web/rozwoj-technologia"/>'
    return page(f"{title} - Ministerstwo Rozwoju i Technologii - Portal Gov.pl", body, head)


def kkk_page(
    names: Sequence[str] = NAMES,
    round: str = "VI",
    until: str = "17 grudnia 2025",
    coordinators: dict[str, str] | None = None,
) -> str:
    rows = "".join(
        f"<li>{name}, reprezentowany przez {(coordinators or {}).get(name, f'Stowarzyszenie {name}')},</li>\n"
        for name in names
    )
    return govpl(
        "Krajowe Klastry Kluczowe",
        '<article class="article-area__article " id="main-content"><h2>Krajowe Klastry Kluczowe</h2>'
        f'<div class="editor-content"><h3>{round} runda (status obowiązuje do {until}&nbsp;r.):</h3>'
        f"<ul>{rows}</ul></div></article>",
    )


def ministry_news(*titles: str) -> str:
    """The list of articles, newest first, without dates."""
    rows = "".join(
        f'<li><a href="/web/rozwoj-technologia/{slug(title)}"><div class="title">{title}</div></a></li>'
        for title in titles
    )
    return govpl("Wiadomości", f'<div class="art-prev art-prev--near-menu"><ul>{rows}</ul></div>')


def ministry_article(title: str, text: str = "Treść wiadomości.") -> str:
    return govpl(
        title,
        f'<article class="article-area__article " id="main-content"><h2>{title}</h2>'
        f'<p class="event-date">02.11.2026</p><div class="editor-content"><p>{text}</p></div></article>',
    )


def unit_home() -> str:
    return govpl("Ministerstwo", '<main><h1 class="unit-name">Ministerstwo</h1><p>Witamy.</p></main>')


# parp.gov.pl


def schedule(*tiles: tuple[str, str, str, str]) -> str:
    """Tiles of (slug, title, first day, last day)."""
    rows = "".join(
        f'<a href="{CARDS}{name}" class="schedule-main schedule-feng">'
        f'<p class="text-mm-18">{title}</p>'
        f'<p class="m-0 text-cr-18">{start}</p><p class="mb-3 text-cr-13">data rozpoczęcia rundy</p>'
        f'<p class="m-0 text-cr-18">{end}</p><p class="mb-3 text-cr-13">data zakończenia rundy</p></a>\n'
        for name, title, start, end in tiles
    )
    return page(
        "Harmonogram naborów - PARP", f'<main><h3 class="background"><span>listopad</span></h3>{rows}</main>'
    )


def card(title: str, opens: str, closes: str) -> str:
    return page(
        f"{title} - PARP - Centrum Rozwoju",
        f"<main><h1>{title}</h1><p>Cel finansowania:</p><p>Nowe usługi dla firm.</p>"
        f"<ul><li><p>{opens}</p><p>Start składania wniosków</p></li>"
        f"<li><p>{closes}</p><p>Koniec przyjmowania wniosków</p></li></ul>"
        "<p>Dla kogo</p><p>koordynatorzy klastrów</p><h2>Szczegóły dofinansowania</h2><p>Opis.</p></main>",
    )


def card_url(name: str) -> str:
    return f"{PARP}{CARDS}{name}"


def parp_news(*articles: tuple[int, str, str]) -> str:
    """The list of (id, day, title), newest first."""
    rows = "".join(
        f'<div class="blog-item"><time datetime="2026-11-01">{day}</time>'
        f'<h2><a href="/component/content/article/{number}:wiadomosc">{title}</a></h2><p>Zapowiedź.</p></div>'
        for number, day, title in articles
    )
    return page("Aktualności - PARP", f"<main>{rows}</main>")


def parp_article(day: str, title: str) -> str:
    return page(f"{title} - PARP", f"<main><p>{day}</p><h1>{title}</h1><p>Treść wiadomości.</p></main>")


def article_url(number: int) -> str:
    return f"{PARP}/component/content/article/{number}:wiadomosc"


def slug(title: str) -> str:
    return "-".join(word for word in title.lower().translate(_PLAIN).split() if word.isalnum())


_PLAIN = str.maketrans("ąćęłńóśźż", "acelnoszz")
TILES = (
    (KKK_CALL, "Rozwój oferty klastrów dla firm", "16.09.2026", "04.12.2026"),
    ("design-dla-firm", "Design dla firm", "01.10.2026", "15.12.2026"),
)
ARTICLES = (
    (902, "20 listopada 2026 r.", "Klastry spotkały się w Łodzi"),
    (901, "18 listopada 2026 r.", "Nowa baza pytań"),
)
TITLES = ("Spotkanie koordynatorów klastrów", "Budownictwo w liczbach")


def healthy() -> dict[str, str]:
    """The sites on the first day, every page of theirs that is asked."""
    return {
        KKK: kkk_page(),
        MINISTRY_NEWS: ministry_news(*TITLES),
        **{f"{UNIT}/{slug(title)}": ministry_article(title) for title in TITLES},
        SCHEDULE: schedule(*TILES),
        card_url(KKK_CALL): card(TILES[0][1], "16 września 2026", "4 grudnia 2026"),
        card_url("design-dla-firm"): card(TILES[1][1], "1 października 2026", "15 grudnia 2026"),
        PARP_NEWS: parp_news(*ARTICLES),
        **{article_url(number): parp_article(day, title) for number, day, title in ARTICLES},
    }


def later() -> dict[str, str]:
    """What is different on a later day: one piece of news at each source."""
    return {
        KKK: kkk_page((*NAMES, "Śląski Klaster Lotniczy")),
        MINISTRY_NEWS: ministry_news("Konkurs dla klastrów", *TITLES),
        f"{UNIT}/konkurs-dla-klastrow": ministry_article("Konkurs dla klastrów"),
        card_url(KKK_CALL): card(TILES[0][1], "16 września 2026", "11 grudnia 2026"),
        PARP_NEWS: parp_news((903, "23 listopada 2026 r.", "Nabór dla klastrów dłużej"), *ARTICLES),
        article_url(903): parp_article("23 listopada 2026 r.", "Nabór dla klastrów dłużej"),
    }
