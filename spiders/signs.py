"""Says why a page that its reader could not read is not what was wanted.

Asked only after a reader gave up: a page that reads well is content, whatever words it holds.
Shape comes first (a password field, a refresh, scripts and no text), words second, and words
count only where a notice would stand: in the title and headings, or in a page of little text.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from spiders import markup
from storage.errors import PageFault
from storage.records import Page, fold, page_key


@dataclass(frozen=True)
class Habits:
    """How one site says that a page is no longer there.

    `homes` matches the paths of its home pages, whole; `gone_titles` are folded titles of what
    it serves, with 200, in place of a page.
    """

    homes: re.Pattern[str] = re.compile(r"/(?:(?:index|default)\.\w+)?")
    gone_titles: frozenset[str] = frozenset()

    def sent_home(self, asked: str, reached: str) -> bool:
        """Whether a wish for a deeper page ended at a home page."""
        return not self._is_home(asked) and self._is_home(reached)

    def _is_home(self, address: str) -> bool:
        return bool(self.homes.fullmatch(urlsplit(address).path or "/"))


class Sign(NamedTuple):
    """Why a page is not what was wanted: a reason of the closed list, in words, and where it points."""

    reason: str
    detail: str
    points_to: str | None = None


_LITTLE_TEXT = 1500
"""Letters: a page with less may be a notice as a whole."""

_OTHER_FORMATS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "an archive or office file"),
    (b"\x89PNG", "an image"),
    (b"GIF8", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\xd0\xcf\x11\xe0", "an office file"),
)
_XML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>(?!.*<(?:!doctype\s+)?html\b)", re.IGNORECASE | re.DOTALL
)
# Folded words: no accents, no case.
_WORDS = (
    (
        "soft-404",
        r"strona nie istnieje|(?:strony|strona) nie (?:znaleziono|zostala (?:znaleziona|odnaleziona))"
        r"|nie znaleziono (?:szukanej |zadanej )?strony|page not found|(?:blad|error) 404|404 not found",
    ),
    (
        "blocked-page",
        r"request rejected|requested url was rejected|support id is|access denied|dostep zablokowany"
        r"|captcha|nie jestes robotem|jestes robotem|not a robot|checking your browser|just a moment"
        r"|unusual traffic|przerwa (?:techniczna|serwisowa)|prace (?:serwisowe|konserwacyjne|techniczne)"
        r"|(?:chwilowo|tymczasowo|czasowo) niedostepn|(?:under|down for) maintenance"
        r"|temporarily unavailable|trwaja prace (?:serwisowe|techniczne|konserwacyjne|modernizacyjne)"
        r"|(?:wewnetrzny )?blad (?:wewnetrzny )?serwera|wystapil (?:nieoczekiwany )?blad|fatal error"
        r"|internal server error|server error in|runtime error|service unavailable|bad gateway"
        r"|gateway time-?out|error establishing a database connection",
    ),
    (
        "not-content",
        r"^index of /|^directory listing|welcome to nginx|^it works!|(?:apache2?|iis|nginx)\b.{0,30} "
        r"(?:default|test) page|(?:default|test) page .{0,30}(?:apache|iis|nginx)|^iis windows",
    ),
    (
        "parked",
        r"domena (?:jest )?na sprzedaz|domain (?:name )?is for sale|buy this domain|kup te domene"
        r"|domena (?:zostala )?zaparkowana|parked (?:free|domain)|domena utrzymywana na serwerach",
    ),
    ("login", r"zaloguj sie,? aby|wymaga(?:ne)? (?:jest )?zalogowani|(?:log|sign) in to continue"),
    (
        "cookie-wall",
        r"(?:zaakceptuj|akceptuj)\w*(?: wszystkie)?(?: pliki)? (?:cookie|ciasteczk)|accept (?:all )?cookies",
    ),
    (
        "needs-browser",
        r"(?:wlacz|wymaga|obslug)\w*(?: obslug\w*)? javascript|enable javascript|javascript (?:jest|is) "
        r"(?:wylaczon|wymagan|disabled|required)",
    ),
    (
        "moved",
        r"strona (?:zostala )?przeniesiona|przeniesiono na|zapraszamy (?:do|na) now\w+ (?:serwis|stron)",
    ),
)
_REASONS_OF_WORDS = tuple((reason, re.compile(words)) for reason, words in _WORDS)
# What a notice calls itself, whole: words that a true title only contains.
_NOTICES = (
    ("soft-404", re.compile(rf"(?:(?:ups|oops|przepraszamy|blad|error)\W+)?(?:{_WORDS[0][1]})\W*")),
    (
        "blocked-page",
        re.compile(
            r"przerwa (?:techniczna|serwisowa)|(?:trwaja )?prace (?:serwisowe|konserwacyjne|techniczne)"
            r"|(?:strona|serwis|witryna|portal)(?: jest)? (?:chwilowo|tymczasowo|czasowo) niedostepn\w+"
            r"|request rejected|access denied|dostep zablokowany|just a moment\W*"
            r"|(?:blad|error) 50\d.{0,30}|(?:wewnetrzny )?blad serwera"
            r"|(?:50\d )?(?:internal server error|service unavailable|bad gateway)"
        ),
    ),
)
_CAPTCHA = "[class*=captcha], [id*=captcha], iframe[src*=captcha], [class*=turnstile], [id^=cf-challenge]"

_MOUNT = "#root:empty, #app:empty, #__next:empty, app-root:empty"


def notice(name: str) -> str | None:
    """The reason, if a record called `name` is a notice that was read as if it were content."""
    return next((reason for reason, words in _NOTICES if words.fullmatch(fold(name))), None)


def sign(page: Page, habits: Habits) -> Sign | None:
    """Why `page` is not what was wanted; None when nothing about it tells."""
    if (other := _other_format(page)) is not None:
        return Sign("not-content", other)
    try:
        soup = markup.soup(page)
    except PageFault as fault:
        return Sign(fault.reason, str(fault))
    title = markup.text_of(soup.title) if soup.title else ""
    if fold(title) in habits.gone_titles:
        return Sign("soft-404", f"titled {title!r}")
    return _shape(page, soup) or _words(soup, title) or _elsewhere(page, soup) or _shell(soup)


def _other_format(page: Page) -> str | None:
    start = page.body[:16]
    for magic, name in _OTHER_FORMATS:
        if start.startswith(magic):
            return name
    if start.lstrip()[:1] in (b"{", b"["):
        return "JSON, not HTML"
    if page.media_type.startswith(("image/", "audio/", "video/")) or b"\0\0\0" in page.body[:1000]:
        return f"{page.media_type or 'binary'}, not HTML"
    if _XML.match(page.body[:2000]):
        return "XML, not HTML"
    return None


def _shape(page: Page, soup: BeautifulSoup) -> Sign | None:
    if (target := _refresh(page, soup)) is not None:
        return Sign("moved", f"sends a browser to {target}", target)
    if soup.select_one(_CAPTCHA):
        return Sign("blocked-page", "asks for a captcha")
    if soup.select_one("input[type=password i]"):
        return Sign("login", "asks for a password")
    return None


def _refresh(page: Page, soup: BeautifulSoup) -> str | None:
    tags = (str(tag.get("content", "")) for tag in soup.select("meta[http-equiv=refresh i]"))
    for said in (page.headers.get("refresh", ""), *tags):
        _, found, target = said.lower().partition("url=")
        if not found:
            continue
        target = said[-len(target) :].strip(" '\"") if target else ""
        address = _join(page.reached, target)
        if address and address != page.reached:
            return address
    return None


def _words(soup: BeautifulSoup, title: str) -> Sign | None:
    headings = " ".join(markup.text_of(tag) for tag in soup.select("h1, h2")[:5])
    body = markup.text_of(soup)
    notice = fold(f"{title} {headings} {body if len(body) < _LITTLE_TEXT else ''}"[: 2 * _LITTLE_TEXT])
    for reason, words in _REASONS_OF_WORDS:
        if found := words.search(notice):
            return Sign(reason, f"says {found[0]!r}")
    return None


def _elsewhere(page: Page, soup: BeautifulSoup) -> Sign | None:
    """The page calls itself another: of another host, or of another unit of the same portal."""
    tag = soup.select_one("link[rel=canonical][href], meta[property='og:url'][content]")
    address = _join(page.reached, str(tag.get("href") or tag.get("content") or "")) if tag else None
    if address is None or page_key(address) == page_key(page.reached):
        return None
    if _unit(address) != _unit(page.reached):
        return Sign("moved", f"calls itself {address}", address)
    return None


def _unit(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    unit = re.match(r"/web/[^/]+", parts.path)
    return (parts.hostname or "").removeprefix("www."), unit[0] if unit else ""


def _shell(soup: BeautifulSoup) -> Sign | None:
    """A page that scripts would fill: they are there, text is not."""
    if soup.select_one("frameset"):
        return Sign("not-content", "a page of frames")
    text = markup.text_of(soup.body) if isinstance(soup.body, Tag) else ""
    if soup.select_one("script") and (len(text) < 200 or soup.select_one(_MOUNT)):
        return Sign("needs-browser", "scripts, and no text where they would put it")
    if not text:
        return Sign("empty", "no text at all")
    return None


def _join(base: str, target: str) -> str | None:
    try:
        address = urljoin(base, target.strip())
        page_key(address)
    except ValueError:
        return None
    return address if target.strip() else None
