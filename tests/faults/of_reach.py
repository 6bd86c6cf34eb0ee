"""The chapter of redirects, reach and robots: where a site may lead, and where it may not."""

# fmt: off
# A table, laid out by hand.

from collections.abc import Mapping

from e2e_pages import page

from faults.model import shelf_page
from faults.scenario import (
    ANY,
    CARDS,
    LIST,
    MOVED,
    ROBOTS,
    Given,
    Page,
    Scenario,
    Trick,
    Visit,
    degraded,
    survived,
)
from faults.tricks import gzip_bomb, made, raw, status, to
from monitor.standin import Answer

_TEXT = {"Content-Type": "text/plain"}


def _list(given: Given) -> Page:
    return given.list


def robots(text: str, **more: object) -> Mapping[str, Trick]:
    return {ROBOTS: Answer(200, _TEXT, text.encode(), **more)}  # type: ignore[arg-type]


def _leads(name: str, fault: str, address: str, reason: str, shape: str = "register") -> Scenario:
    return degraded(name, fault, shape, {LIST: to(address)}, f"failed {reason}",
    asks=1)  # type: ignore[arg-type]


_HOPS = (
    degraded("loop", "Two addresses that lead to each other", "register",
             {LIST: to("/b"), "/b": to("/klastry")},
             "failed redirect"),
    degraded("itself", "An address that leads to itself", "own", {LIST: to("/nabory")}, "failed redirect",
             asks=1),
    degraded("thirty-hops", "Thirty hops", "news",
             {LIST: to("/1"), **{f"/{n}": to(f"/{n + 1}") for n in range(1, 31)}}, "failed redirect",
             asks=6),
    degraded("endless-hops", "Hops that never repeat", "own",
             {ANY: lambda given: to(f"/x{given.asked.at}")}, "failed redirect", asks=6),
    survived("three-hops", "Three hops to the page", "register",
             {LIST: to("/a"), "/a": to("b", 303), "/b": to("?c=1", 307), "/b?c=1": _list}),
    survived("hop-in-utf8", "A hop to an address with Polish letters, not escaped", "own",
             {LIST: raw("HTTP/1.1 302 Found\nLocation: /łódź\nContent-Length: 0".encode().decode("latin-1")),
             "/%C5%82%C3%B3d%C5%BA": _list}),
    degraded("hop-to-500", "A hop to a page that fails", "calls", {LIST: to("/b"), "/b": status(500)},
             "failed http-5xx"),
    _leads("nowhere", "A redirect without an address", "", "redirect"),
    _leads("to-file", "To a file", "file:///etc/passwd", "redirect"),
    _leads("to-data", "To data", "data:text/html,<h1>x</h1>", "redirect", "own"),
    _leads("to-ftp", "To ftp", "ftp://zle.test/klastry", "redirect"),
    _leads("to-script", "To a script", "javascript:alert(1)", "redirect", "news"),
    _leads("to-gopher", "To gopher", "gopher://127.0.0.1:6379/_x", "redirect"),
    _leads("to-mail", "To an e-mail", "mailto:x@zle.test", "redirect", "own"),
    _leads("to-broken", "To an address that is none", "http://[::1", "redirect"),
    _leads("to-no-host", "To an address without a host", "https:///klastry", "redirect"),
    _leads("to-user", "To an address with a name and password", "https://a:b@to-user.test/klastry",
             "redirect"),
    _leads("to-metadata", "To the metadata of a cloud", "http://169.254.169.254/latest/meta-data/",
             "private-host"),
    _leads("to-loopback", "To this machine", "http://127.0.0.1:8080/", "private-host", "own"),
    _leads("to-localhost", "To this machine by name", "http://localhost/", "private-host"),
    _leads("to-octal", "To this machine in octal", "http://0177.0.0.1/", "private-host"),
    _leads("to-number", "To this machine as one number", "http://2130706433/", "private-host", "news"),
    _leads("to-hex", "To this machine in hexadecimal", "http://0x7f.1/", "private-host"),
    _leads("to-zero", "To 0.0.0.0", "http://0.0.0.0/", "private-host"),
    _leads("to-six", "To this machine in IPv6", "http://[::1]/", "private-host"),
    _leads("to-mapped", "To a private network in IPv6", "http://[::ffff:10.0.0.1]/", "private-host", "own"),
    _leads("to-lan", "To a private network", "http://192.168.1.1/", "private-host"),
    _leads("to-internal", "To a name of an inner network", "http://baza.internal/", "private-host"),
    _leads("to-dotless", "To a name without a dot", "http://baza/", "private-host"),
    _leads("to-foreign", "To a host that is not ours", "https://obcy.test/klastry", "foreign-host"),
    _leads("to-lookalike", "To a host whose name begins like ours", "https://to-lookalike.test.zle.test/",
             "foreign-host"),
    _leads("to-port", "To another port of our host", "https://to-port.test:8443/klastry", "foreign-host"),
    _leads("to-backslash", "To a foreign host, spelt with backslashes", "\\\\obcy.test\\klastry",
             "foreign-host", "own"),
    _leads("to-slashes", "To a foreign host without a scheme", "//obcy.test/klastry", "foreign-host"),
    degraded("foreign-between", "Away to a host that is not ours, and back", "register",
             {LIST: to("https://obcy.test/"),
             "https://obcy.test/": to("https://foreign-between.test/klastry")},
             "failed foreign-host", asks=1),
    degraded("public-robots-private", "robots.txt leads to a private address", "own",
             {ROBOTS: to("http://10.0.0.1/robots.txt")}, "failed private-host", asks=0),
    degraded("card-foreign", "The cards lead to a host that is not ours", "calls",
             {CARDS: to("https://obcy.test/karta")}, "partial foreign-host"),
)



_NEW = "https://nowy-adres.test/klastry"
_ODD_LINKS = "".join(f'<a href="{link}">x</a>' for link in (
    "javascript:x()", "mailto:a@b.pl", "http://[::1", "http://:99999999/", "\\\\obcy.test", "data:text/html,x",
    "//", "a" * 20_000, "ht tp://x y", "https:///",
))
_MOVES = (
    Scenario("moved-for-good", "A permanent move to a host that the source names: followed, told once",
             "register", (
        Visit(),
        Visit({LIST: to(_NEW, 301), _NEW: _list}, "complete moved", 1, "later"),
        Visit({LIST: to(_NEW, 308), _NEW: _list}, "unchanged moved", truth="later"),
        Visit(outcome="unchanged", truth="later"),
    ), hosts=("nowy-adres.test",), signals=(MOVED,)),
    survived("moved-for-now", "A temporary move to a host that the source names: followed, not told",
             "register",
             {LIST: to("https://na-chwile.test/k", 302), "https://na-chwile.test/k": _list},
             hosts=("na-chwile.test",)),
    survived("base-elsewhere", "A base address on a host that is not ours: passed over", "calls",
             {LIST: made(lambda text: text.replace("<title>",
             '<base href="https://obcy.test/x/"><title>'))}),
    survived("odd-links", "Links to scripts, to mail, to broken and to endless addresses", "news",
             {LIST: made(lambda text: text.replace("</main>", f"{_ODD_LINKS}</main>"))}),
)

_SECOND = "/czlonkowie?s=2"


def _next(address: str) -> Trick:
    """The page that should be there, leading on to `address`."""
    return made(lambda text: text.replace("</ul>", f'</ul><a class="next" href="{address}">Dalej</a>'))


def _endless(given: Given) -> Page:
    """The page that should be there, or its like, and always another one after it."""
    number = int(given.asked.url.partition("?s=")[2] or 1)
    text = given.page or given.list
    rows = text.partition("</ul>")[0]
    return f'{rows}</ul><a class="next" href="?s={number + 1}">Dalej</a></body></html>'


_TRAPS = (
    degraded("endless-pager", "A pager that never ends: the budget ends it, real pages are kept", "shelf",
             {ANY: _endless}, "partial budget", asks=4, unlike=frozenset({"pages"})),
    degraded("pager-in-circle", "The second page leads to the first again", "shelf",
             {_SECOND: _next("/czlonkowie")},
             "partial budget", asks=2),
    degraded("pager-away", "The second page is on a host that is not ours", "shelf",
             {LIST: made(lambda text: text.replace(_SECOND, "https://obcy.test/2"))},
             "partial foreign-host", asks=1),
    degraded("pager-ignored", "The first page again at the address of the second", "shelf",
             {_SECOND: _list},
             "partial list-shrunk", asks=2),
    degraded("second-500", "The second page of a register fails", "shelf", {_SECOND: status(500)},
             "partial http-5xx"),
    degraded("second-404", "The second page of a register is not there", "shelf", {_SECOND: status(404)},
             "partial gone"),
    degraded("second-blocked", "A block page for the second page of a register", "shelf",
             {_SECOND: page("Request Rejected", "<p>The requested URL was rejected.</p>")},
             "partial blocked-page"),
    degraded("second-empty", "The second page of a register has no rows", "shelf",
             {_SECOND: shelf_page([])},
             "partial list-shrunk"),
    degraded("second-missing", "The first page does not lead to the second any more", "shelf",
             {LIST: made(lambda text: text.replace('class="next"', 'class="dalej"'))},
             "partial list-shrunk", asks=1),
)


def _allowed(name: str, fault: str, text: str, shape: str = "register", **more: object) -> Scenario:
    return survived(name, fault, shape, robots(text), **more)  # type: ignore[arg-type]


def _forbidden(name: str, fault: str, text: str, shape: str = "register") -> Scenario:
    return degraded(name, fault, shape, robots(text), "failed robots-disallowed",
    asks=0)  # type: ignore[arg-type]


def _unreachable(name: str, fault: str, answer: Trick, shape: str = "own", **more: object) -> Scenario:
    return degraded(name, fault, shape, {ROBOTS: answer}, "failed robots-unreachable", asks=0,
    **more)  # type: ignore[arg-type]


_ROBOTS = (
    _unreachable("robots-500", "robots.txt answers 500", status(500)),
    _unreachable("robots-503", "robots.txt answers 503", status(503), "register"),
    _unreachable("robots-429", "robots.txt answers 429", status(429, Retry_After="600"), "news"),
    _unreachable("robots-hangs", "robots.txt hangs", Answer(hang=True), crowd="slow"),
    _unreachable("robots-drips", "robots.txt comes a byte a second",
             Answer(200, _TEXT, b"#" * 99, drip=True), "register",
                 crowd="slow"),
    _unreachable("robots-cut", "robots.txt is cut off", Answer(200, _TEXT, b"User-agent: *\n", cut_after=5),
             "calls"),
    _unreachable("robots-loop", "robots.txt leads to itself", to("/robots.txt"), "register"),
    _unreachable("robots-away", "robots.txt leads to a host that is not ours",
             to("https://obcy.test/robots.txt")),
    _unreachable("robots-garbage", "robots.txt is no HTTP", Answer(raw=b"\x00\x01\x02\r\n\r\n"),
             "register"),
    survived("robots-403", "robots.txt is forbidden: all is allowed", "register", {ROBOTS: status(403)}),
    survived("robots-410", "robots.txt is gone: all is allowed", "own", {ROBOTS: status(410)}),
    survived("robots-html", "A page of HTML as robots.txt is none", "news",
             {ROBOTS: page("Błąd", "<p>User-agent: *</p><p>Disallow: /</p>")}),
    survived("robots-empty", "An empty robots.txt", "calls", {ROBOTS: Answer(200, _TEXT)}),
    survived("robots-binary", "Binary noise as robots.txt", "register",
             {ROBOTS: Answer(200, _TEXT, bytes(range(256)) * 50)}),
    survived("robots-moved", "robots.txt is a hop away", "own",
             {ROBOTS: to("/r/robots.txt", 301), "/r/robots.txt": Answer(200, _TEXT,
             b"User-agent: *\nDisallow: /x\n")}),
    _allowed("robots-other", "All others are forbidden, we are not named",
             "User-agent: GPTBot\nDisallow: /\n"),
    _allowed("robots-ours", "All are forbidden, we are allowed by name",
             "User-agent: *\nDisallow: /\n\nUser-agent: Klastry\nAllow: /\n", "own"),
    _allowed("robots-longest", "The longest rule decides", "User-agent: *\nDisallow: /\nAllow: /klastry\n"),
    _allowed("robots-nothing", "Disallow with nothing behind it", "User-agent: *\nDisallow:\n", "news"),
    _allowed("robots-end", "A rule with an end that is another", "User-agent: *\nDisallow: /klastry/$\n"),
    _allowed("robots-delay", "A Crawl-delay: kept", "User-agent: *\nCrawl-delay: 0.3\n", "calls", gap=0.3),
    _allowed("robots-delay-absurd", "A Crawl-delay that is negative or no number",
             "User-agent: *\nCrawl-delay: -7\nCrawl-delay: nan\n", "own"),
    _forbidden("robots-all", "Everything is forbidden: nothing asked, told once",
             "User-agent: *\nDisallow: /\n"),
    _forbidden("robots-us", "We are forbidden by name",
             "User-agent: klastry\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "own"),
    degraded("robots-as-html", "Rules sent as HTML: they hold", "register",
             {ROBOTS: Answer(200, {"Content-Type": "text/html; charset=utf-8"}, b"User-agent: *\nDisallow: /\n")},
             "failed robots-disallowed", asks=0),
    degraded("robots-far-down", "A rule behind half a megabyte of comment", "own",
             robots("# x\n" * 127_000 + "User-agent: *\nDisallow: /\n"), "failed robots-disallowed", asks=0),
    _forbidden("robots-pattern", "A pattern that fits the list", "User-agent: *\nDisallow: /*y$\n"),
    _forbidden("robots-bom", "A byte order mark and lines of Windows",
             "\ufeffUSER-AGENT : *\r\nDISALLOW : /\r\n", "news"),
    _forbidden("robots-whitelist", "A white list that our page is not on, as gov.pl had",
             "User-agent: *\n" + "".join(
        f"Allow: /web/{unit}\n" for unit in ("rozwoj", "zdrowie", "finanse")) + "Disallow: /\n"),
    degraded("robots-long", "A robots.txt of megabytes whose first rule forbids", "register",
             robots("User-agent: *\nDisallow: /\n" + "# x\n" * 500_000), "failed robots-disallowed",
             asks=0),
    degraded("robots-bomb", "A robots.txt that unpacks to gigabytes", "own",
             {ROBOTS: lambda given: gzip_bomb()},
             "failed robots-unreachable", asks=0, crowd="heavy"),
    degraded("robots-cards", "Cards are forbidden, the list is not", "calls",
             robots("User-agent: *\nDisallow: /component/\n"), "partial robots-disallowed", asks=1),
    degraded("robots-hop", "The page a redirect leads to is forbidden", "register",
             {LIST: to("/tajne"), "/tajne": lambda given: given.list,
             **robots("User-agent: *\nDisallow: /tajne\n")},
             "failed robots-disallowed", asks=1),
)


SCENARIOS = (*_HOPS, *_MOVES, *_TRAPS, *_ROBOTS)
