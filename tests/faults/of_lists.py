"""Lists that lie with 200: half of it, none of it, another one; and true ones that look odd."""

# fmt: off
# A table, laid out by hand.

from e2e_pages import kkk_page, page

from faults.model import OWN_ROWS, own_list
from faults.scenario import CARDS, LIST, Scenario, Visit, degraded, survived
from faults.tricks import made, rows, without

FIRST = Visit()
LATER = Visit(truth="later", told=1)


def _half(text: str) -> bytes:
    return text.encode()[: len(text) // 2]


def _noise(text: str) -> str:
    """Tokens, counters, dates of today: what changes at every request and means nothing."""
    token = f"{id(text):x}"
    return text.replace("<body>",
    f'<body data-token="{token}"><input type="hidden" name="__token" value="{token}">'
                        f"<!-- {token} --><p>Odsłon: {len(token)}</p>").replace(
        "</body>", f'<aside>Ostatnio oglądane: {token}</aside><footer>{token}</footer></body>')


_CUT = (
    degraded("half-page", "The page ends in the middle, and HTTP cannot tell", "register",
             {LIST: made(_half)},
             "refused not-whole"),
    degraded("half-news", "A list of news ends in the middle", "news", {LIST: made(_half)},
             "refused not-whole"),
    degraded("no-end", "Only the end of the document is missing, with the last row", "own",
             {LIST: made(lambda text: text[: text.rindex("<li>")])}, "refused not-whole"),
    degraded("in-a-comment", "The list ends inside a comment", "register",
             {LIST: made(lambda text: text.replace("</ul>", "</ul><!-- ").replace("-->",
             "").replace("</body>", "x"))},
             "refused not-whole"),
    degraded("fatal-error", "A program error ends the page, neatly closed", "register",
             {LIST: rows(lambda there: [*there[:4],
             "</ul><b>Fatal error</b>: Allowed memory size exhausted<ul>"])},
             "refused list-shrunk"),
    degraded("no-rows", "The register has its headings and no row", "register",
             {LIST: rows(lambda there: [])},
             "refused list-empty"),
    degraded("no-tiles", "A schedule without a tile", "calls",
             {LIST: page("Harmonogram naborów",
             '<main><h3 class="background"><span>grudzień</span></h3></main>')},
             "refused list-empty"),
    degraded("no-own-rows", "The selector finds no row any more", "own", {LIST: own_list({})},
             "refused list-empty"),
    degraded("too-few", "Three rows where at least five are declared", "register",
             {LIST: rows(lambda there: there[:3])}, "refused list-shrunk"),
    degraded("a-quarter-missing", "Three of twelve clusters are missing: held, and nothing told",
             "register",
             {LIST: without(2, 5, 8)}, "partial list-shrunk"),
    Scenario("missing-and-new",
             "Four of twelve are missing and a new one is there: the new one is told at once", "register", (
        FIRST,
        Visit({LIST: rows(lambda there: there[4:])}, "partial list-shrunk", truth="later", told=1),
        Visit({LIST: rows(lambda there: there[4:])}, "partial list-shrunk", truth=None),
        Visit(truth="later"),
    )),
    Scenario("perhaps-renamed", "One cluster stands there under another name, of the same coordinator: held",
             "register", (
        FIRST,
        Visit({LIST: made(lambda text: text.replace("<li>MedSilesia", "<li>Śląska Sieć Medyczna", 1))},
              "partial list-shrunk"),
        Visit(),
        LATER,
    )),
    Scenario("creeping", "Two more are missing at every visit: from the third on they are held", "register",
             (
        FIRST,
        Visit({LIST: without(0, 1)}),
        Visit({LIST: without(0, 1, 2, 3)}, "partial list-shrunk"),
        Visit({LIST: without(0, 1, 2, 3, 4, 5)}, "partial list-shrunk"),
        Visit({LIST: without(0, 1, 2, 3, 4, 5)}, "partial list-shrunk", hours=60),
        Visit(truth="later", told=1, hours=62, news=("appeared 2..62",)),
    ), unlike=frozenset({"spells", "changes"})),
    Scenario("one-missing-once", "One of twelve is missing once and back: nothing", "register", (
        FIRST, Visit({LIST: without(6)}), Visit(), LATER), unlike=frozenset({"spells"})),
)

_OTHER = (
    degraded("other-register", "The register of somebody else, in the same layout", "register",
             {LIST: kkk_page(tuple(f"{word} Izba"
             for word in "Alfa Beta Gamma Delta Epsilon Dzeta Eta Teta".split()))},
             "refused mass-change"),
    degraded("other-window", "Another list of calls, in the same layout, within two hours", "own",
             {LIST: own_list({number: f"Przetarg na dostawę numer {number}" for number in range(90, 96)})},
             "refused mass-change"),
    degraded("flood", "Four hundred new rows at once", "register",
             {LIST: rows(lambda there: [*there,
             *(f"<li>Klaster Widmo {n}, reprezentowany przez Firmę {n},</li>\n"
                                                  for n in range(400))])}, "refused mass-change"),
    degraded("junk-forty", "Forty rows of somebody else's, added to a register of twelve", "register",
             {LIST: rows(lambda there: [*there,
             *(f"<li>Klaster Widmo {n}, reprezentowany przez Firmę {n},</li>\n"
                                                  for n in range(40))])}, "refused mass-change"),
    degraded("flood-of-calls", "A list of calls with thousands of rows", "own",
             {LIST: own_list({n: f"Nabór {n}" for n in range(5000, 0, -1)})}, "refused mass-change"),
    degraded("all-deadlines", "Every deadline moved by the same year", "own",
             {LIST: made(lambda text: text.replace("4.12.2026", "4.12.2027"))}, "refused mass-change"),
    degraded("all-titles", "Every title in another language", "own",
             {LIST: own_list({number: f"Call for proposals no {number}" for number in OWN_ROWS})},
             "refused mass-change"),
    degraded("no-deadlines", "Every row lost its deadline, which stands elsewhere now", "own",
             {LIST: made(lambda text: text.replace('<b class="deadline">', '<i>do '))}, "refused layout"),
    degraded("no-date", "A deadline that no calendar has", "own",
             {LIST: made(lambda text: text.replace("4.12.2026", "31.02.2027"))}, "refused parse"),
    degraded("absurd-year", "A deadline in the year 2206", "own",
             {LIST: made(lambda text: text.replace("4.12.2026", "4.12.2206"))}, "refused parse"),
    degraded("no-name", "A row that is nameless", "own",
             {LIST: made(lambda text: text.replace("Zielone święto", "&nbsp;"))}, "refused layout"),
    degraded("one-link-for-all", "All rows lead to one address", "own",
             {LIST: made(lambda text: text.replace("/nabory/4", "/nabory/1").replace("/nabory/3",
             "/nabory/1")
                         .replace("/nabory/2", "/nabory/1"))}, "refused duplicate"),
    degraded("links-elsewhere", "All rows lead to a shop", "own",
             {LIST: made(lambda text: text.replace('href="/nabory/',
             'href="https://sklep.example.com/nabory/'))},
             "refused link-host"),
    degraded("other-layout", "The layout has changed", "own",
             {LIST: made(lambda text: text.replace('class="calls"', 'class="nabory"'))},
             "refused list-empty"),
    degraded("other-frame", "The register without the element it stands in", "register",
             {LIST: made(lambda text: text.replace('id="main-content"', 'id="content"'))},
             "refused layout"),
    degraded("names-with-error", "Rows that are errors", "register",
             {LIST: rows(lambda there: [f"<li>Błąd 500 numer {n}, reprezentowany przez Błąd,</li>\n"
             for n in range(9)])},
             "refused mass-change"),
)

_TRUE = (
    survived("turned-round", "The rows stand in another order", "register",
             {LIST: rows(lambda there: there[::-1])},
             afterwards="complete"),
    survived("rotated", "The rows rotate at every request", "news",
             {LIST: lambda given: rows(lambda there: there[given.hit % 3:]
             + there[: given.hit % 3])(given)}),
    survived("doubled", "Every row stands twice", "register", {LIST: rows(lambda there: [*there, *there])},
             afterwards="complete"),
    survived("doubled-page", "The whole page is sent twice in one answer", "own",
             {LIST: made(lambda text: text * 2)},
             afterwards="complete"),
    Scenario("noise", "Tokens, counters, last viewed: other bytes at every visit", "calls", (
        FIRST, *(Visit({LIST: made(_noise), CARDS: made(_noise)}, "unchanged") for _ in range(3)), LATER)),
    survived("cosmetics", "Other spaces, dashes, quotes and final dots", "register",
             {LIST: made(lambda text: text.replace("Klaster ", "Klaster\u00a0 ").replace(",</li>",
             ".</li>"))},
             afterwards="complete", unlike=frozenset({"spells"})),
)

SCENARIOS = (*_CUT, *_OTHER, *_TRUE)
