"""Faults to draw from: what may befall one visit, of the sites or of the machine.

A fault of the sites changes some of their pages for the visit; a fault of the machine is a way to run
the crawl. No fault shows anything that a site never said, so nothing of it may ever be told.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from e2e_pages import KKK, MINISTRY_NEWS, PARP, PARP_NEWS, SCHEDULE, UNIT, govpl, kkk_page, page, unit_home
from truth import Truth

from monitor.standin import Answer

SOURCES: Mapping[str, str] = {
    "kkk-mr": KKK,
    "news-mr": MINISTRY_NEWS,
    "calls-parp": SCHEDULE,
    "news-parp": PARP_NEWS,
}
HTML = {"Content-Type": "text/html; charset=utf-8"}
HOSTS = ("https://www.gov.pl", PARP)
Bad = Callable[[str], "str | bytes | Answer"]
"""From the true page to what comes instead."""


def _status(status: int, **headers: str) -> Bad:
    sent = {**HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda true: Answer(status, sent, page("Błąd", f"<h1>{status}</h1>").encode())


def _always(answer: "str | bytes | Answer") -> Bad:
    return lambda true: answer


def _redirect(to: str, status: int = 302) -> Bad:
    return _always(Answer(status, {"Location": to}))


def _mojibake(true: str) -> str:
    return true.encode().decode("latin-1")


def _another_layout(true: str) -> str:
    return true.replace("<main", "<section").replace("<ul>", "<div>").replace("class=", "data-c=")


def _bomb() -> Answer:
    return Answer(headers={**HTML, "Content-Encoding": "gzip"}, body=gzip.compress(bytes(1 << 20)), times=40)


TWO_LENGTHS = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nabcdefghi"
BAD_PAGES: Mapping[str, Bad] = {
    **{f"status {status}": _status(status) for status in (401, 403, 404, 410, 418, 451, 500, 502, 503)},
    "429 for an hour": _status(429, Retry_After="3600"),
    "204": _always(Answer(204)),
    "empty": _always(b""),
    "cut on the way": lambda true: Answer(headers=HTML, body=true.encode(), cut_after=len(true) // 2),
    "half": lambda true: true.encode()[: len(true.encode()) // 2],
    "garbage": _always(Answer(raw=b"\x16\x03\x01 no HTTP at all \r\n\r\n")),
    "two lengths": _always(Answer(raw=TWO_LENGTHS)),
    "no answer": _always(Answer(hang=True)),
    "block page": _always(page("Request Rejected", "<p>Your support ID is: 41</p>")),
    "login": _always(page("Logowanie", '<form><input type="password" name="haslo"></form>')),
    "scripts only": _always(page("Strona", '<div id="root"></div><script src="/app.js"></script>')),
    "soft 404": _always(page("Nie znaleziono", "<main><h1>Strona nie istnieje</h1></main>")),
    "maintenance": _always(page("Przerwa techniczna", "<h1>Przerwa techniczna</h1>")),
    "to the home page": _redirect(UNIT),
    "to a foreign host": _redirect("https://nabory.example.com/"),
    "to a private address": _redirect("http://169.254.169.254/latest/"),
    "to nowhere": _redirect("javascript:alert(1)"),
    "lost letters": lambda true: true.encode().replace("ó".encode(), b"\xf3"),
    "mojibake": _mojibake,
    "another layout": _another_layout,
    "a bomb": _always(_bomb()),
    "a PDF": _always(Answer(headers={"Content-Type": "application/pdf"}, body=b"%PDF-1.7\n%%EOF\n")),
}  # fmt: skip
BAD_REGISTERS: Mapping[str, Callable[[Sequence[str], Mapping[str, str]], str]] = {
    "no rows": lambda names, known: kkk_page((), coordinators=dict(known)),
    "half the rows": lambda names, known: kkk_page(names[: len(names) // 2], coordinators=dict(known)),
    "another page": lambda names, known: govpl(
        "Aktualności", '<article id="main-content"><p>Witamy.</p></article>'
    ),
}
HARMLESS: Mapping[str, Callable[[str], str]] = {
    "tokens": lambda true: true.replace("</body>", "<!-- 8f3a1c --><script>var t=17</script></body>"),
    "white space": lambda true: true.replace("<li>", "<li>\n  ").replace("</p>", "\n</p>"),
}
BAD_ROBOTS = (Answer(503, body=b"Awaria"), Answer(body=b"User-agent: *\nDisallow: /\n"))
RUNS = (
    "killed",
    "stopped",
    "wrong clock",
    "full disk",
    "locked",
    "two at once",
    "no publishing",
    "network down",
)
"""Faults of the machine, played by `soaking.py`."""


@dataclass(frozen=True)
class Weather:
    """What befalls one visit: pages that differ, sources that may not be read, a way to run."""

    name: str = "fine"
    pages: Mapping[str, Any] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    run: str = ""


def draw(chance: Random, truth: Truth) -> Weather:
    """Fine weather or, one time in two, a fault of what the sites truly show."""
    if chance.random() < 0.5:
        return Weather()
    families = (_lists, _lists, _lists, _detail, _register, _harmless, _host, _machine, _machine)
    return chance.choice(families)(chance, truth)


def _machine(chance: Random, truth: Truth) -> Weather:
    run = chance.choice(RUNS)
    doubtful = frozenset[str]() if run == "no publishing" else frozenset(SOURCES)
    return Weather(f"machine: {run}", run=run, doubtful=doubtful)


def _host(chance: Random, truth: Truth) -> Weather:
    """A host that is down, or whose robots file cannot be had or forbids all."""
    host, robots = chance.choice(HOSTS), chance.choice((None, *BAD_ROBOTS))
    pages: dict[str, Any] = {f"{host}/robots.txt": robots}
    if robots is None:
        pages = dict.fromkeys((url for url in truth.pages() if url.startswith(host)), None)
    doubtful = frozenset(source for source, url in SOURCES.items() if url.startswith(host))
    return Weather(f"{host}: {robots.body.decode() if robots else 'down'}".strip(), pages, doubtful)


def _register(chance: Random, truth: Truth) -> Weather:
    name = chance.choice(sorted(BAD_REGISTERS))
    shown = BAD_REGISTERS[name](truth.listed, truth.coordinators)
    return Weather(f"kkk-mr: {name}", {KKK: shown}, frozenset({"kkk-mr"}))


def _harmless(chance: Random, truth: Truth) -> Weather:
    name, url = chance.choice(sorted(HARMLESS)), chance.choice(sorted(SOURCES.values()))
    return Weather(f"{name} at {url}", {url: HARMLESS[name](truth.pages()[url])})


def _lists(chance: Random, truth: Truth) -> Weather:
    sources = chance.sample(sorted(SOURCES), chance.choice((1, 1, 2, 4)))
    return _bad(chance, truth, [SOURCES[source] for source in sources], frozenset(sources))


def _detail(chance: Random, truth: Truth) -> Weather:
    url = chance.choice(sorted(set(truth.pages()) - set(SOURCES.values())))
    return _bad(chance, truth, [url], frozenset(source for source in SOURCES if _leads_to(source, url)))


def _bad(chance: Random, truth: Truth, urls: Sequence[str], doubtful: frozenset[str]) -> Weather:
    name, true = chance.choice(sorted(BAD_PAGES)), truth.pages()
    pages: dict[str, Any] = {url: BAD_PAGES[name](true[url]) for url in urls}
    pages |= {UNIT: unit_home()} if name == "to the home page" else {}
    return Weather(f"{name} at {', '.join(urls)}", pages, doubtful)


def _leads_to(source: str, url: str) -> bool:
    parts = {"calls-parp": "/grants/", "news-parp": "/article/", "news-mr": "/web/"}
    return source in parts and parts[source] in url
