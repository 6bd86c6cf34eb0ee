"""What each reason of a failed visit means, and what a person should do about it.

One table for `klastry status`, the operator's feed and the documentation, in both languages.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Advice(NamedTuple):
    """What a reason means, the next step, and whether it waits for a person.

    Where `person` is False the fault is likely to pass by itself.
    """

    meaning: str
    next_step: str
    person: bool


def advice(language: str, reason: str) -> Advice:
    """The advice for a reason of the closed list, in `pl` or `en`. Raises KeyError for others."""
    meaning, next_step = _WORDS[language][reason]
    return Advice(meaning, next_step, reason in _FOR_A_PERSON)


_FOR_A_PERSON = frozenset(
    "http-4xx gone blocked blocked-page not-content login cookie-wall needs-browser soft-404 moved-home "
    "moved parked list-empty list-shrunk mass-change layout duplicate type link-host parse redirect "
    "foreign-host private-host decode too-large robots-disallowed clock tls".split()
)
_WAIT_EN = "Nothing for now: the next visit tries again. If it lasts for days, open the address in a browser."
_WAIT_PL = (
    "Na razie nic: następna wizyta spróbuje ponownie. Jeśli trwa to kilka dni, otwórz adres w przeglądarce."
)
_MEND_EN = "Open the address in a browser; if the layout is new, the reader has to be mended."
_MEND_PL = "Otwórz adres w przeglądarce; jeśli strona ma nowy układ, trzeba poprawić sposób jej odczytu."
_FIND_EN = "Find the page's new address and set it as `url` of the source in klastry.toml."
_FIND_PL = "Znajdź nowy adres strony i wpisz go jako `url` źródła w klastry.toml."
_ASK_EN = (
    "Open the address in a browser; ask the site's owner to let the monitor in. Do not try to get round it."
)
_ASK_PL = (
    "Otwórz adres w przeglądarce; poproś właściciela strony o dopuszczenie monitora. Nie obchodź blokady."
)
_REVIEW_EN = "See `klastry review` and compare with the page; accept or reject what is held back."
_REVIEW_PL = "Zobacz `klastry review`, porównaj ze stroną i przyjmij albo odrzuć to, co wstrzymano."

_WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": {
        "http-4xx": ("The server refuses the request (a 4xx status).", _FIND_EN),
        "http-5xx": ("The server failed (a 5xx status).", _WAIT_EN),
        "gone": ("The page is not there (404 or 410).", _FIND_EN),
        "blocked": ("The server denies access (401, 403 or 451).", _ASK_EN),
        "rate-limited": (
            "The server asks for fewer requests, or to be left alone for a time (429, 503).",
            "Make `schedule` of the source rarer or raise `delay` in klastry.toml.",
        ),
        "empty": ("The answer has no content.", _WAIT_EN),
        "not-whole": ("The page ends before its end.", _WAIT_EN),
        "timeout": ("The server did not answer in time.", _WAIT_EN),
        "connection": ("No connection to the server could be made or kept.", _WAIT_EN),
        "protocol": ("The server's answer is no valid HTTP.", _WAIT_EN),
        "truncated": ("The answer was cut off on its way.", _WAIT_EN),
        "decode": ("The answer cannot be decoded without loss.", _MEND_EN),
        "too-large": ("The answer is larger than a page may be, or has too many tags.", _MEND_EN),
        "tls": (
            "The server's certificate is not valid.",
            "Open the address in a browser; check the clock and the certificates of this computer.",
        ),
        "dns": (
            "The name of the host is not known.",
            "Check the network. If only this host fails: " + _FIND_EN,
        ),
        "blocked-page": (
            "A block page, a maintenance notice or an error came instead of the content.",
            _ASK_EN,
        ),
        "not-content": ("The page is some other page than the one watched.", _MEND_EN),
        "login": ("The site asks to log in.", _FIND_EN),
        "cookie-wall": ("The site shows a consent page instead of the content.", _MEND_EN),
        "needs-browser": ("The content appears only in a browser with JavaScript.", _MEND_EN),
        "soft-404": ("The site says, with status 200, that there is no such page.", _FIND_EN),
        "moved-home": ("The address leads to the site's home page.", _FIND_EN),
        "moved": ("The page has moved, or says that it has.", _FIND_EN),
        "parked": ("The domain is parked or for sale.", _FIND_EN),
        "list-empty": ("The list is empty.", _MEND_EN),
        "list-shrunk": (
            "Records are missing from the list, or stand there under names that may be new; "
            "what is in doubt is held back.",
            _REVIEW_EN,
        ),
        "mass-change": (
            "The same field changed in more than half of the records at once, or the records themselves did.",
            _REVIEW_EN,
        ),
        "layout": ("The layout the reader knows is not there.", _MEND_EN),
        "duplicate": ("Many rows of the list lead to one address.", _MEND_EN),
        "type": ("The document is of another type than a page.", _FIND_EN),
        "link-host": ("Most of the list is new and leads to hosts never met.", _MEND_EN),
        "parse": ("A value of the page cannot be read.", _MEND_EN),
        "redirect": ("Redirects go round in circles, or to something that is no web page.", _FIND_EN),
        "foreign-host": (
            "A redirect leads to a host that the source does not name.",
            "If the host is right, add it to `hosts` of the source in klastry.toml.",
        ),
        "private-host": (
            "The address leads into a private network.",
            "If this is your own server, name it in your klastry.toml by its number or a local name; "
            "otherwise tell the site's owner.",
        ),
        "budget": (
            "The visit ended before all pages were read.",
            "Raise `pages` of the source if it goes on, or see whether its pages grew to megabytes.",
        ),
        "robots-disallowed": (
            "The site's robots.txt forbids the address; nothing was asked.",
            "Ask the site's owner, or save the page with a browser as WARC and use "
            "`klastry crawl --replay FILE`.",
        ),
        "robots-unreachable": ("robots.txt could not be had, so nothing was asked.", _WAIT_EN),
        "clock": ("The clock of this computer looks wrong.", "Set the clock; the next visit goes on."),
        "stopped": ("The visit was stopped before its end.", _WAIT_EN),
    },
    "pl": {
        "http-4xx": ("Serwer odrzuca zapytanie (kod 4xx).", _FIND_PL),
        "http-5xx": ("Awaria serwera (kod 5xx).", _WAIT_PL),
        "gone": ("Strony nie ma (404 lub 410).", _FIND_PL),
        "blocked": ("Serwer odmawia dostępu (401, 403 lub 451).", _ASK_PL),
        "rate-limited": (
            "Serwer prosi o rzadsze zapytania albo o przerwę (429, 503).",
            "Ustaw rzadszy `schedule` źródła albo zwiększ `delay` w klastry.toml.",
        ),
        "empty": ("Odpowiedź jest pusta.", _WAIT_PL),
        "not-whole": ("Strona urywa się przed końcem.", _WAIT_PL),
        "timeout": ("Serwer nie odpowiedział na czas.", _WAIT_PL),
        "connection": ("Nie udało się połączyć z serwerem albo połączenie zostało zerwane.", _WAIT_PL),
        "protocol": ("Odpowiedź serwera nie jest poprawnym HTTP.", _WAIT_PL),
        "truncated": ("Odpowiedź została ucięta po drodze.", _WAIT_PL),
        "decode": ("Odpowiedzi nie da się odczytać bez strat (kodowanie).", _MEND_PL),
        "too-large": ("Odpowiedź jest większa, niż może być strona, albo ma za dużo znaczników.", _MEND_PL),
        "tls": (
            "Certyfikat serwera jest nieważny.",
            "Otwórz adres w przeglądarce; sprawdź zegar i certyfikaty tego komputera.",
        ),
        "dns": (
            "Nazwa serwera jest nieznana.",
            "Sprawdź sieć. Jeśli zawodzi tylko ten serwer: " + _FIND_PL,
        ),
        "blocked-page": ("Zamiast treści przyszła strona blokady albo przerwy technicznej.", _ASK_PL),
        "not-content": ("To inna strona niż obserwowana.", _MEND_PL),
        "login": ("Serwis wymaga logowania.", _FIND_PL),
        "cookie-wall": ("Zamiast treści jest pytanie o zgodę na pliki cookie.", _MEND_PL),
        "needs-browser": ("Treść pojawia się tylko w przeglądarce z JavaScriptem.", _MEND_PL),
        "soft-404": ("Serwis odpowiada, że nie ma takiej strony (choć z kodem 200).", _FIND_PL),
        "moved-home": ("Adres prowadzi na stronę główną serwisu.", _FIND_PL),
        "moved": ("Strona została przeniesiona albo tak o sobie informuje.", _FIND_PL),
        "parked": ("Domena jest zaparkowana albo na sprzedaż.", _FIND_PL),
        "list-empty": ("Lista jest pusta.", _MEND_PL),
        "list-shrunk": (
            "Na liście brakuje pozycji albo stoją tam pod nazwami, które mogą być nowe; wstrzymano to, co "
            "niepewne.",
            _REVIEW_PL,
        ),
        "mass-change": (
            "To samo pole zmieniło się naraz w ponad połowie pozycji albo zmieniły się same pozycje.",
            _REVIEW_PL,
        ),
        "layout": ("Strona ma inny układ niż znany.", _MEND_PL),
        "duplicate": ("Wiele pozycji listy prowadzi pod jeden adres.", _MEND_PL),
        "type": ("Dokument jest innego rodzaju niż strona.", _FIND_PL),
        "link-host": (
            "Większość pozycji listy pojawiła się naraz i prowadzi do nieznanych serwerów.",
            _MEND_PL,
        ),
        "parse": ("Nie da się odczytać jednej z wartości na stronie.", _MEND_PL),
        "redirect": ("Przekierowania się zapętlają albo nie prowadzą do strony.", _FIND_PL),
        "foreign-host": (
            "Przekierowanie prowadzi do serwera spoza listy źródła.",
            "Jeśli serwer jest właściwy, dopisz go do `hosts` źródła w klastry.toml.",
        ),
        "private-host": (
            "Adres prowadzi do sieci prywatnej.",
            "Jeśli to twój serwer, wpisz w swoim klastry.toml jego numer albo nazwę lokalną; "
            "jeśli nie, zawiadom właściciela strony.",
        ),
        "budget": (
            "Wizyta skończyła się, zanim odczytano wszystkie strony.",
            "Jeśli to się powtarza, zwiększ `pages` źródła w klastry.toml albo sprawdź, "
            "czy strony nie urosły do megabajtów.",
        ),
        "robots-disallowed": (
            "Plik robots.txt serwisu zabrania odwiedzania adresu; o nic nie zapytano.",
            "Zapytaj właściciela strony albo zapisz ją w przeglądarce jako WARC i użyj `klastry crawl "
            "--replay`.",
        ),
        "robots-unreachable": ("Nie udało się pobrać robots.txt, więc o nic nie zapytano.", _WAIT_PL),
        "clock": ("Zegar tego komputera chodzi źle.", "Ustaw zegar; następna wizyta zrobi resztę."),
        "stopped": ("Wizyta została przerwana przed końcem.", _WAIT_PL),
    },
}
