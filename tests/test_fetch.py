"""Every way in which a request may end, over real Scrapy and real sockets, in one child process."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
from asking import Group, Question, ask

from monitor.standin import Answer, Pages, StandIn
from spiders.fences import Fence
from spiders.fetch import Answer as Fetched
from spiders.fetch import Trail
from storage.records import Gone, Missed, Page, Unchanged, Validators

HTML = {"Content-Type": "text/html; charset=utf-8"}
WHOLE = Answer(200, HTML, "<html><body>Łódź</body></html>".encode())
OTHER = Answer(200, HTML, b"<html><body>inna</body></html>")
BROKEN = Answer(500, HTML, b"<html><body>blad</body></html>")


def to(address: str, status: int = 302) -> Answer:
    return Answer(status, {**HTML, "Location": address}, b"<html></html>")


@dataclass(frozen=True)
class Case:
    """What is answered at `/strona/a` of a host of its own (and elsewhere), and what must come of it."""

    answers: Answer | list[Answer]
    reason: str = ""
    requests: int | None = None
    more: dict[str, Answer] | None = None
    scheme: str = "http"
    sent: Validators | None = None


LATER = {"Date": "Mon, 23 Nov 2026 10:00:00 GMT", "Retry-After": "Mon, 23 Nov 2026 10:00:00 GMT"}
CASES = {
    "fine": Case(WHOLE, requests=2),
    "packed": Case(Answer(200, HTML, WHOLE.body, gzip=True)),
    "broken": Case(BROKEN, "http-5xx", requests=4),
    "broken-once": Case([BROKEN, WHOLE], requests=3),
    "not-implemented": Case(Answer(501, HTML, b"x"), "http-5xx", requests=2),
    "absent": Case(Answer(404, HTML, b"brak"), "gone", requests=2),
    "gone": Case(Answer(410, HTML, b"brak"), "gone", requests=2),
    "unauthorised": Case(Answer(401, HTML, b"x"), "blocked", requests=2),
    "forbidden": Case(Answer(403, HTML, b"x"), "blocked", requests=2),
    "legal": Case(Answer(451, HTML, b"x"), "blocked", requests=2),
    "teapot": Case(Answer(418, HTML, b"x"), "http-4xx", requests=2),
    "wait": Case([Answer(429, {"Retry-After": "0"}), WHOLE], requests=3),
    "wait-until": Case([Answer(503, LATER), WHOLE], requests=3),
    "wait-odd": Case([Answer(429, {"Retry-After": "soon"}), WHOLE], requests=3),
    "wait-long": Case(Answer(429, {"Retry-After": "9999"}), "rate-limited", requests=2),
    "busy": Case(Answer(503, {"Retry-After": "0"}), "rate-limited", requests=4),
    "no-content": Case(Answer(204), "empty"),
    "empty": Case(Answer(200, HTML, b" \n"), "empty"),
    "part": Case(Answer(206, HTML, b"<html>"), "truncated"),
    "same-unasked": Case(Answer(304), "protocol"),
    "same": Case(Answer(304, {"ETag": '"2"'}), "304", sent=Validators('"1"', None)),
    "changed": Case(WHOLE, sent=Validators('"1"', "Mon, 23 Nov 2026 10:00:00 GMT")),
    "hangs": Case(Answer(hang=True), "timeout", requests=3),
    "hangs-inside": Case(Answer(200, HTML, WHOLE.body, cut_after=9, hang=True), "timeout"),
    "drips": Case(Answer(200, HTML, WHOLE.body, drip=True), "timeout"),
    "cut": Case(Answer(200, HTML, WHOLE.body, cut_after=9), "truncated", requests=4),
    "cut-chunk": Case(Answer(200, HTML, WHOLE.body, chunked=True, cut_after=9), "truncated", requests=4),
    "cut-once": Case([Answer(200, HTML, WHOLE.body, cut_after=9), WHOLE], requests=3),
    "closed": Case(Answer(raw=b""), "connection", requests=4),
    "garbage": Case(Answer(raw=b"\x00\x01garbage\r\n\r\n"), "protocol"),
    "two-lengths": Case(
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"), "protocol"
    ),
    "no-length": Case(Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nabc"), "protocol"),
    "odd-headers": Case(
        Answer(
            raw=b"HTTP/1.1 200 OK\r\nno colon here\r\nX: \xff\xfe\r\nDate: never\r\n"
            b"Content-Length: 13\r\n\r\n<html></html>"
        )
    ),
    "large": Case(Answer(200, HTML, b"x" * 1000, times=200), "too-large"),
    "endless": Case(Answer(200, HTML, b"x" * 1000, times=200, chunked=True), "too-large"),
    "bomb": Case(
        Answer(200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(b"x" * 5_000_000)), "too-large"
    ),
    "not-packed": Case(Answer(200, {**HTML, "Content-Encoding": "gzip"}, WHOLE.body), "decode"),
    "not-deflated": Case(Answer(200, {**HTML, "Content-Encoding": "deflate"}, b"\xff" * 50), "decode"),
    "not-brotli": Case(Answer(200, {**HTML, "Content-Encoding": "br"}, b"\xff" * 50), "decode"),
    "odd-coding": Case(Answer(200, {**HTML, "Content-Encoding": "sjcl"}, WHOLE.body), "decode"),
    "hop": Case(to("b"), more={"/strona/b": to("/strona/c"), "/strona/c": WHOLE}),
    "hop-utf8": Case(
        Answer(raw="HTTP/1.1 302 Found\r\nLocation: łódź\r\nContent-Length: 0\r\n\r\n".encode()),
        more={"/strona/%C5%82%C3%B3d%C5%BA": WHOLE},
    ),
    "hop-conditional": Case(to("b"), more={"/strona/b": WHOLE}, sent=Validators('"1"', None)),
    "hop-forever": Case(to("b", 301), more={"/strona/b": WHOLE}),
    "hop-mixed": Case(to("b", 301), more={"/strona/b": to("c"), "/strona/c": WHOLE}),
    "hop-loop": Case(to("b"), "redirect", more={"/strona/b": to("a")}),
    "hop-far": Case(to("1"), "redirect", more={f"/strona/{n}": to(f"{n + 1}") for n in range(1, 9)}),
    "hop-nowhere": Case(Answer(302, HTML), "redirect", requests=2),
    "hop-foreign": Case(to("http://elsewhere.test/"), "foreign-host", requests=2),
    "hop-port": Case(to("http://hop-port.test:22/"), "foreign-host", requests=2),
    "hop-metadata": Case(to("http://169.254.169.254/latest"), "private-host", requests=2),
    "hop-loopback": Case(to("http://127.0.0.1:1/"), "private-host", requests=2),
    "hop-number": Case(to("http://2130706433/"), "private-host", requests=2),
    "hop-six": Case(to("http://[::ffff:10.0.0.1]/"), "private-host", requests=2),
    "hop-file": Case(to("file:///etc/hostname"), "redirect", requests=2),
    "hop-script": Case(to("javascript:alert(1)"), "redirect", requests=2),
    "hop-user": Case(to("http://user:word@hop-user.test/b"), "redirect", requests=2),
    "hop-home": Case(to("/"), "moved-home", more={"/": WHOLE}),
    "hop-unit": Case(to("/web/rozwoj", 301), "moved-home", more={"/web/rozwoj": WHOLE}),
    "robots-no": Case(
        WHOLE,
        "robots-disallowed",
        1,
        {"/robots.txt": Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /strona/")},
    ),
    "robots-other": Case(
        WHOLE,
        "",
        2,
        {"/robots.txt": Answer(200, {"Content-Type": "text/plain"}, b"User-agent: Bot\nDisallow: /")},
    ),
    "robots-html": Case(WHOLE, "", 2, {"/robots.txt": Answer(200, HTML, b"<html>Disallow: /</html>")}),
    "robots-403": Case(WHOLE, "", 2, {"/robots.txt": Answer(403, HTML, b"x")}),
    "robots-empty": Case(WHOLE, "", 2, {"/robots.txt": Answer(200)}),
    "robots-500": Case(WHOLE, "robots-unreachable", 3, {"/robots.txt": BROKEN}),
    "robots-429": Case(WHOLE, "robots-unreachable", 1, {"/robots.txt": Answer(429, {"Retry-After": "999"})}),
    "robots-hangs": Case(WHOLE, "robots-unreachable", 2, {"/robots.txt": Answer(hang=True)}),
    "robots-away": Case(
        WHOLE, "robots-unreachable", 1, {"/robots.txt": to("http://elsewhere.test/robots.txt")}
    ),
    "tls": Case(WHOLE, requests=2, scheme="https"),
    "tls-expired": Case(WHOLE, "tls", scheme="https"),
    "tls-name": Case(WHOLE, "tls", scheme="https"),
    "tls-self": Case(WHOLE, "tls", scheme="https"),
}
TLS = {"tls-expired.test": "expired", "tls-name.test": "wrong-host", "tls-self.test": "self-signed"}


@dataclass(frozen=True)
class Run:
    """What came of every case, and what the hosts were asked meanwhile."""

    answers: dict[str, tuple[Fetched, Trail]]
    stand_in: StandIn

    def outcome(self, name: str) -> Page | Unchanged | Gone | Missed:
        return self.answers[name][0].outcome


def address(name: str) -> str:
    return f"{CASES[name].scheme}://{name}.test/strona/a"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    pages = Pages(validators=False)
    for name, case in CASES.items():
        pages[address(name)] = case.answers
        for path, answer in (case.more or {}).items():
            pages[f"{case.scheme}://{name}.test{path}"] = answer
    questions = [Question(address(name), fence(f"{name}.test"), case.sent) for name, case in CASES.items()]
    with StandIn(pages, tls=TLS) as stand_in:
        answers = ask(Group(questions), tmp_path_factory.mktemp("asking"), stand_in.environment())
        yield Run(dict(zip(CASES, answers, strict=True)), stand_in)


def fence(host: str, *, private: bool = False, port: int = 80) -> Fence:
    return Fence(frozenset({host}), frozenset({80, 443, port}), private)


@pytest.mark.parametrize("name", CASES)
def test_a_request_ends_for_the_reason_it_ended(run: Run, name: str) -> None:
    outcome, case = run.outcome(name), CASES[name]
    match outcome:
        case Page():
            reached = ("", outcome.asked)
        case Unchanged():
            reached = (outcome.how, outcome.address)
        case Gone() | Missed():
            reached = (outcome.reason, outcome.address)
    assert reached == (case.reason, address(name)), outcome
    trail = run.answers[name][1]
    asked = [asked for asked in run.stand_in.asked if asked.host == f"{name}.test"]
    assert trail.requests == len(asked) or name.startswith("tls-")
    if case.requests is not None:
        assert trail.requests == case.requests


def test_no_host_is_asked_that_is_not_ours_to_ask(run: Run) -> None:
    assert {asked.host for asked in run.stand_in.asked} <= {f"{name}.test" for name in CASES}
    assert not any(urlsplit(asked.url).port == 22 for asked in run.stand_in.asked)


def test_bad_certificates_are_never_answered_with_plain_http(run: Run) -> None:
    assert not [asked for asked in run.stand_in.asked if asked.host in TLS]
    for host in TLS:
        outcome = run.outcome(host.removesuffix(".test"))
        assert isinstance(outcome, Missed)
        assert not run.answers[host.removesuffix(".test")][1].answered


def test_validators_go_to_the_first_address_alone(run: Run) -> None:
    by_address = {asked.url: asked.headers for asked in run.stand_in.asked}
    first = by_address["http://changed.test/strona/a"]
    assert first["if-none-match"] == '"1"'
    assert first["if-modified-since"] == "Mon, 23 Nov 2026 10:00:00 GMT"
    assert by_address["http://hop-conditional.test/strona/a"]["if-none-match"] == '"1"'
    assert "if-none-match" not in by_address["http://hop-conditional.test/strona/b"]


def test_a_304_brings_the_newest_validators(run: Run) -> None:
    outcome = run.outcome("same")
    assert isinstance(outcome, Unchanged)
    assert outcome.validators == Validators('"2"', None)
    assert not outcome.full


def test_only_a_chain_of_permanent_redirects_is_a_move(run: Run) -> None:
    moved = {name: answer.moved_to for name, (answer, _) in run.answers.items() if answer.moved_to}
    assert moved == {"hop-forever": "http://hop-forever.test/strona/b"}


def test_each_request_says_who_asks_and_carries_nothing_else(run: Run) -> None:
    for asked in run.stand_in.asked:
        assert asked.headers["user-agent"].startswith("klastry/")
        assert asked.headers["accept-language"] == "pl,en;q=0.5"
        assert not {"cookie", "referer", "authorization"} & asked.headers.keys()


def test_refused_bodies_and_dates_are_kept(run: Run) -> None:
    outcome = run.outcome("forbidden")
    assert isinstance(outcome, Missed)
    assert outcome.page is not None
    assert outcome.page.body == b"x"
    trail = run.answers["wait-until"][1]
    assert trail.answered
    assert datetime(2026, 11, 23, 10, tzinfo=UTC) in trail.dates


def test_the_robots_file_is_evidence(run: Run) -> None:
    robots = run.answers["robots-no"][1].robots
    assert list(robots) == ["http://robots-no.test/robots.txt"]
    assert robots["http://robots-no.test/robots.txt"].body.startswith(b"User-agent")


class OneAnswer(BaseHTTPRequestHandler):
    """A web server, no proxy: the same page at every address."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(WHOLE.body)))
        self.end_headers()
        self.wfile.write(WHOLE.body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server_port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), OneAnswer) as server:
        Thread(target=server.serve_forever, args=(0.02,)).start()
        yield server.server_port
        server.shutdown()


def test_private_addresses_are_asked_only_where_the_user_named_them(tmp_path: Path, server_port: int) -> None:
    port, named = server_port, ("127.0.0.1", "inner.lan", "inner")
    private = [
        Question(f"http://{host}:{port}/a", fence(host, private=allowed, port=port))
        for allowed in (True, False)
        for host in named
    ]
    public = Question(f"http://outer.test:{port}/a", fence("outer.test", private=True, port=port))
    names = dict.fromkeys((*named[1:], "outer.test"), "127.0.0.1")
    outcomes = [answer.outcome for answer, _ in ask(Group([*private, public], names=names), tmp_path, {})]
    assert [getattr(outcome, "reason", "") for outcome in outcomes] == [*[""] * 3, *["private-host"] * 4]
    assert "outer.test leads to the private address 127.0.0.1" in getattr(outcomes[-1], "detail", "")
