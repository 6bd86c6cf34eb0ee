"""The chapter of pages that lie with 200: not the page that was asked, half of it, or an odd one."""

# fmt: off
# A table, laid out by hand.


from e2e_pages import govpl, page, parp_article, unit_home

from faults.scenario import (
    ANY,
    BROKE,
    CARD,
    LIST,
    RECOVERED,
    UNSTABLE,
    Given,
    Page,
    Scenario,
    Visit,
    degraded,
)
from faults.scenario import (
    CARDS as ALL_CARDS,
)
from faults.tricks import HTML, made, to
from monitor.standin import Answer

_LONG = "<p>" + "Klastry wspierają współpracę firm, uczelni i samorządów. " * 60 + "</p>"


def rejected(given: Given) -> Page:
    """The block page of a firewall: another number each time."""
    number = f"{abs(hash(str(given.asked.at))):020}"[:19]
    return ("<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please "
            f"consult with your administrator.<br><br>Your support ID is: {number}</body></html>\n\n")


def _refresh(given: Given) -> Page:
    return page("Serwis ministerstwa",
    '<div align="center"><p>ZAPRASZAMY DO <a href="https://nowy.test/">NOWEGO '
                "SERWISU</a></p></div>",
                '<meta http-equiv="Refresh" content="10;url=https://nowy.test/klastry">')


def _notice(name: str, fault: str, shape: str, text: str, reason: str, **more: object) -> Scenario:
    return degraded(name, fault, shape, {LIST: text}, f"refused {reason}", **more)  # type: ignore[arg-type]


_BLOCKED = (
    degraded("rejected", "The block page of a firewall, with another number each time", "register",
             {ANY: rejected}, "refused blocked-page", asks=1),
    _notice("captcha", "A captcha", "own",
            page("Weryfikacja", f'<form><div class="g-recaptcha" data-sitekey="x"></div></form>{_LONG}'),
            "blocked-page"),
    _notice("challenge", "A challenge to be solved by a browser", "news",
            page("Just a moment...", '<div id="cf-challenge-stage"></div><script>x()</script>'),
            "blocked-page"),
    _notice("maintenance", "A maintenance notice", "calls",
            page("Przerwa techniczna", "<h1>Trwają prace serwisowe</h1><p>Zapraszamy o 18.</p>"),
            "blocked-page"),
    _notice("maintenance-in-frame", "A maintenance notice within the usual frame of the site", "register",
            govpl("Krajowe Klastry Kluczowe",
            '<article id="main-content"><h2>Serwis jest chwilowo niedostępny</h2>'
                  '<div class="editor-content"><p>Przepraszamy.</p></div></article>'), "blocked-page"),
    _notice("no-such-page", "\"Strona nie istnieje\" with status 200", "register",
            govpl("Błąd", "<main><h1>Strona nie istnieje</h1></main>"), "soft-404"),
    _notice("login", "A form to log in", "own",
            page("Logowanie", '<form><input name="login"><input type="password" name="haslo"></form>'),
            "login"),
    _notice("cookie-wall", "A question about cookies instead of the page", "news",
            page("Zgoda", "<h1>Cenimy prywatność</h1><button>Akceptuj wszystkie cookies</button>"),
            "cookie-wall"),
    _notice("script-shell", "A page that scripts would fill", "calls",
            page("Nabory", '<div id="root"></div><script src="/app.js"></script>'), "needs-browser"),
    degraded("empty-page", "HTML with an empty body", "register", {LIST: page("", "")}, "failed empty"),
    _notice("parked", "The domain is for sale", "own",
            page("nabory.test", "<h1>Ta domena jest na sprzedaż</h1>"), "parked"),
    _notice("server-default", "The first page of a web server just installed", "news",
            page("Welcome to nginx!",
            "<h1>Welcome to nginx!</h1><p>If you see this page, the nginx web server is "
                 "successfully installed and working.</p>"), "not-content"),
    _notice("index-of", "A listing of files", "own",
            page("Index of /nabory",
            '<h1>Index of /nabory</h1><ul><li><a href="/">Parent Directory</a></li></ul>'),
            "not-content"),
    _notice("database-down", "An error of the site's database, with 200", "register",
            page("Błąd", "<h1>Error establishing a database connection</h1>"), "blocked-page"),
    _notice("stack-trace", "A stack trace with 200", "calls",
            page("Runtime Error", "<h1>Server Error in '/' Application.</h1><p>Runtime Error</p>"),
            "blocked-page"),
    degraded("denied-xml", "An error of a cloud store, in XML", "register", {LIST: Answer(
        200, {"Content-Type": "application/xml"},
        b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')},
        "refused not-content"),
    degraded("json", "JSON instead of the page", "own",
             {LIST: Answer(200, {"Content-Type": "application/json"}, b'{"error": "forbidden"}')},
             "refused not-content"),
    degraded("feed-instead", "A feed instead of the page", "news", {LIST: Answer(
        200, {"Content-Type": "text/xml"}, b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>')},
        "refused not-content"),
    degraded("pdf", "A PDF instead of the page", "register",
             {LIST: Answer(200, {"Content-Type": "application/pdf"}, b"%PDF-1.7\n" + b"\x00\xff" * 4000)},
             "refused not-content"),
    degraded("archive", "An archive that would unpack to gigabytes: never unpacked", "own",
             {LIST: Answer(200, HTML, b"PK\x03\x04" + bytes(60_000))}, "refused not-content"),
    degraded("frames", "A page of frames", "register",
             {LIST: '<html><head><title>Klastry</title></head><frameset cols="20%,*"><frame src="/a">'
                    '<frame src="/b"></frameset></html>'}, "refused not-content"),
    Scenario("in-turn", "The block page and the right page in turn, six times", "register", (
        Visit(),
        *(Visit({ANY: rejected}, "refused blocked-page", truth=None) if number % 2 else
          Visit(outcome="complete" if number == 2 else "unchanged", told=number == 2, truth="later")
          for number in range(1, 7)),
        Visit(outcome="unchanged", truth="later", hours=30),
        Visit(outcome="unchanged", truth="later", hours=56),
    ), signals=(BROKE, RECOVERED, UNSTABLE, RECOVERED)),
)

_ELSEWHERE = (
    degraded("sent-home", "The list leads to the home page", "own",
             {LIST: to("/"), "/": page("Start", _LONG)},
             "refused moved-home"),
    degraded("sent-to-404", "The list leads to a page that says it is not there", "register",
             {LIST: to("/blad"), "/blad": page("Błąd 404", "<h1>Nie znaleziono strony</h1>")},
             "refused soft-404"),
    degraded("sent-to-login", "The list leads to a page to log in", "news",
             {LIST: to("/logowanie?powrot=1"), "/logowanie?powrot=1": page("Logowanie",
             '<input type="password">')},
             "refused login"),
    degraded("meta-refresh", "A page that sends browsers to another host", "register", {LIST: _refresh},
             "refused moved", asks=1),
    degraded("refresh-header", "A Refresh header to another host, and a page of no use", "own",
             {LIST: Answer(200, {**HTML, "Refresh": "0; url=https://nowy.test/"},
             page("Nabory", _LONG).encode())},
             "refused moved", asks=1),
    degraded("calls-itself-other", "A page that calls itself one of another host", "calls",
             {LIST: page("Nabory", _LONG, '<link rel="canonical" href="https://nowy.test/nabory">')},
             "refused moved"),
    degraded("unit-home", "The home page of a unit in place of its register", "register",
             {LIST: unit_home()},
             "refused layout"),
    degraded("card-for-list", "One card at the address of the list", "calls",
             {LIST: lambda given: page("Design", "<main><h1>Design dla firm</h1><p>16 września 2026</p>"
                                       "<p>Start składania wniosków</p></main>")}, "refused layout"),
    Scenario("card-gone", "404 for one card while the list is fine: noted, and nobody lost", "calls", (
        Visit(), Visit({CARD: Answer(404, HTML, b"brak")}, most=1),
        Visit({CARD: Answer(404, HTML, b"brak")}, most=1),
        Visit(truth="later", told=1, news=("changed 0..6",)),
    ), unlike=frozenset({"spells", "changes"})),
    Scenario("article-sent-home", "One article leads to the home page while the list is fine", "news", (
        Visit(), Visit({CARD: to("/"), "/": page("Start", _LONG)}), Visit(truth="later", told=1),
    ), unlike=frozenset({"spells"})),
    degraded("all-cards-gone", "404 for every card at once, though the list shows them all", "calls",
             {ALL_CARDS: Answer(404, HTML, b"brak")}, "partial gone"),
    degraded("one-page-for-all", "A mixed-up cache gives one card at the address of every card", "calls",
             {ALL_CARDS: lambda given: _first_card(given)}, "partial not-content"),
    degraded("list-for-all", "A mixed-up cache gives the list at the address of every article", "news",
             {ALL_CARDS: made(lambda text: page("Aktualności",
             "<main><p>20.11.2026</p><h1>Aktualności</h1><p>Lista."
                                                "</p></main>"))}, "partial not-content", truth="first"),
    degraded("notice-for-article", "A maintenance notice in the frame of an article", "news",
             {CARD: parp_article("23 listopada 2026 r.", "Przerwa techniczna")}, "partial blocked-page",
             truth="first"),
)


def _first_card(given: Given) -> Page:
    return page("Karta", "<main><h1>Rozwój oferty klastrów dla firm</h1><ul><li><p>16 września 2026</p>"
                "<p>Start składania wniosków</p></li></ul><p>Dla kogo</p><p>klastry</p></main>")


SCENARIOS = (*_BLOCKED, *_ELSEWHERE)
