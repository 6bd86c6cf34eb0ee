"""The stand-in answers real clients as the real hosts would, or breaks as it was told to."""

import gzip
import socket
import ssl
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, IncompleteRead, RemoteDisconnected
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

import pytest

from monitor.standin import Answer, Pages, StandIn
from monitor.standin.certificates import Fault
from monitor.standin.connection import Trouble

PAGE = "<p>Łódź</p>".encode()
SECURE = "https://www.example.org/lista"
PLAIN = "http://www.example.org/lista"


def opener(stand_in: StandIn) -> urllib.request.OpenerDirector:
    trust = ssl.create_default_context(cafile=stand_in.authority)
    proxies = {"http": stand_in.address, "https": stand_in.address}
    return urllib.request.build_opener(
        urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=trust)
    )


def get(stand_in: StandIn, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Asks `url` through the stand-in with the client of the standard library."""
    request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with opener(stand_in).open(request, timeout=10) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


@contextmanager
def tunnel(stand_in: StandIn, host: str = "www.example.org") -> Iterator[HTTPSConnection]:
    proxy = urlsplit(stand_in.address)
    trust = ssl.create_default_context(cafile=stand_in.authority)
    connection = HTTPSConnection(proxy.hostname or "", proxy.port, context=trust, timeout=10)
    connection.set_tunnel(host)
    with closing(connection):
        yield connection


@contextmanager
def plain(stand_in: StandIn) -> Iterator[HTTPConnection]:
    proxy = urlsplit(stand_in.address)
    with closing(HTTPConnection(proxy.hostname or "", proxy.port, timeout=10)) as connection:
        yield connection


def ask(connection: HTTPConnection, url: str, method: str = "GET") -> HTTPResponse:
    connection.request(method, url)
    return connection.getresponse()


@pytest.mark.parametrize("url", [SECURE, PLAIN])
def test_answers_real_addresses(url: str) -> None:
    with StandIn(Pages({url: Answer(body=PAGE, headers={"Content-Type": "text/html"})})) as stand_in:
        status, headers, body = get(stand_in, url)
    assert (status, body, headers["content-type"]) == (200, PAGE, "text/html")
    assert [(asked.method, asked.url, asked.host) for asked in stand_in.asked] == [
        ("GET", url, "www.example.org")
    ]


def test_logs_what_was_asked_in_order_with_times() -> None:
    with StandIn(lambda asked: Answer(body=asked.url.encode())) as stand_in:
        bodies = [get(stand_in, f"{SECURE}?strona={n}", X_Mark=str(n))[2] for n in (1, 2)]
    assert bodies == [f"{SECURE}?strona={n}".encode() for n in (1, 2)]
    assert [asked.headers["x-mark"] for asked in stand_in.asked] == ["1", "2"]
    assert 0 < stand_in.asked[0].at <= stand_in.asked[1].at


@pytest.mark.parametrize("url", ["https://nowhere.example/", "http://nowhere.example/"])
def test_unknown_host_is_502_of_the_proxy(url: str) -> None:
    with StandIn(Pages({SECURE: Answer()})) as stand_in:
        if url.startswith("https"):
            with pytest.raises(URLError, match="502"):
                get(stand_in, url)
        else:
            assert get(stand_in, url)[0] == 502


def test_unknown_address_and_robots_are_404() -> None:
    with StandIn(Pages({SECURE: Answer()})) as stand_in:
        assert get(stand_in, "https://www.example.org/robots.txt")[0] == 404
        assert get(stand_in, "https://www.example.org/brak")[0] == 404


def test_several_answers_are_given_in_turn_and_the_last_one_stays() -> None:
    with StandIn(Pages({SECURE: [Answer(503), Answer(body=b"1"), Answer(body=b"2")]})) as stand_in:
        seen = [get(stand_in, SECURE) for _ in range(4)]
    assert [(status, body) for status, _, body in seen] == [(503, b""), (200, b"1"), (200, b"2"), (200, b"2")]


def test_the_answers_can_be_replaced_while_it_works() -> None:
    with StandIn(Pages({SECURE: Answer(body=b"old")})) as stand_in:
        assert get(stand_in, SECURE)[2] == b"old"
        stand_in.answer = Pages({SECURE: Answer(body=b"new")})
        assert get(stand_in, SECURE)[2] == b"new"


def test_a_known_etag_gets_304_while_the_body_stands() -> None:
    pages = Pages({SECURE: Answer(body=PAGE)})
    with StandIn(pages) as stand_in:
        tag = get(stand_in, SECURE)[1]["etag"]
        status, headers, body = get(stand_in, SECURE, If_None_Match=tag)
        assert (status, headers["etag"], body) == (304, tag, b"")
        pages[SECURE] = Answer(body=b"changed")
        assert get(stand_in, SECURE, If_None_Match=tag)[0] == 200
        stand_in.answer = Pages({SECURE: Answer(body=PAGE)}, validators=False)
        status, headers, _ = get(stand_in, SECURE, If_None_Match=tag)
        assert status == 200
        assert "etag" not in headers


def test_one_tunnel_serves_many_requests_and_head_has_no_body() -> None:
    with StandIn(Pages({SECURE: Answer(body=PAGE)})) as stand_in, tunnel(stand_in) as connection:
        with ask(connection, "/lista") as first:
            assert first.read() == PAGE
        line = connection.sock
        with ask(connection, "/lista", "HEAD") as head:
            assert (head.read(), head.headers["Content-Length"]) == (b"", str(len(PAGE)))
        with ask(connection, "/lista") as third:
            assert third.read() == PAGE
        assert connection.sock is line


def test_plain_connection_is_kept_for_several_hosts() -> None:
    with StandIn(lambda asked: Answer(body=asked.host.encode())) as stand_in, plain(stand_in) as connection:
        bodies = []
        for host in ("a.example", "b.example"):
            with ask(connection, f"http://{host}/") as answer:
                bodies.append(answer.read())
    assert bodies == [b"a.example", b"b.example"]


def test_an_address_without_host_is_no_request_of_a_proxy() -> None:
    with (
        StandIn(lambda _: Answer()) as stand_in,
        plain(stand_in) as connection,
        ask(connection, "/x") as answer,
    ):
        assert answer.status == 400
    assert stand_in.asked == []


def test_dates_follow_the_given_clock() -> None:
    with StandIn(lambda _: Answer(), now=lambda: datetime(2026, 11, 4, 6, 15, 9, tzinfo=UTC)) as stand_in:
        assert get(stand_in, SECURE)[1]["date"] == "Wed, 04 Nov 2026 06:15:09 GMT"


def test_gzip_only_for_who_takes_it_and_the_same_bytes_each_time() -> None:
    with StandIn(lambda _: Answer(body=PAGE, gzip=True)) as stand_in:
        packed = [get(stand_in, SECURE, Accept_Encoding="gzip") for _ in range(2)]
        unpacked = get(stand_in, SECURE, Accept_Encoding="identity")
    assert packed[0][1]["content-encoding"] == "gzip"
    assert gzip.decompress(packed[0][2]) == PAGE
    assert packed[0][2] == packed[1][2]
    assert unpacked[2] == PAGE
    assert "content-encoding" not in unpacked[1]


def test_chunks_and_repeated_bodies() -> None:
    with StandIn(lambda _: Answer(body=b"abc", times=3, chunked=True)) as stand_in:
        _, headers, body = get(stand_in, SECURE)
        assert (headers["transfer-encoding"], body) == ("chunked", b"abcabcabc")
        stand_in.answer = lambda _: Answer(body=b"abc", times=3)
        assert get(stand_in, SECURE)[1]["content-length"] == "9"


@pytest.mark.parametrize("url", [SECURE, PLAIN])
@pytest.mark.parametrize("chunked", [False, True])
def test_cut_answers_are_seen_as_cut(url: str, chunked: bool) -> None:
    with (
        StandIn(lambda _: Answer(body=PAGE, times=2, cut_after=len(PAGE) + 2, chunked=chunked)) as stand_in,
        pytest.raises(IncompleteRead) as cut,
    ):
        get(stand_in, url)
    assert cut.value.partial == (b"" if chunked else PAGE + PAGE[:2]) or cut.value.partial.startswith(PAGE)


@pytest.mark.parametrize("url", [SECURE, PLAIN])
def test_raw_bytes_go_out_as_they_are(url: str) -> None:
    with StandIn(lambda _: Answer(raw=b"HTTP/1.1 200 OK\r\nX-Odd: \xff\r\n\r\nrest")) as stand_in:
        _, headers, body = get(stand_in, url)
        assert (headers["x-odd"], body) == ("ÿ", b"rest")
        stand_in.answer = lambda _: Answer(raw=b"")
        with pytest.raises(RemoteDisconnected):
            get(stand_in, url)


def test_dripping_goes_byte_by_byte() -> None:
    pauses = []
    with StandIn(lambda _: Answer(body=b"abcde", drip=True), pause=lambda: pauses.append(1)) as stand_in:
        assert get(stand_in, SECURE)[2] == b"abcde"
    assert len(pauses) == 5


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (Answer(hang=True), b""),
        (Answer(raw=b"HTTP/1.1 2", hang=True), b"HTTP/1.1 2"),
        (Answer(headers={"Date": "-"}, body=b"abc", cut_after=1, hang=True),
         b"HTTP/1.1 200 OK\r\nDate: -\r\nContent-Length: 3\r\n\r\na"),
        (Answer(headers={"Date": "-"}, body=b"abc", drip=True),
         b"HTTP/1.1 200 OK\r\nDate: -\r\nContent-Length: 3\r\n\r\n"),
    ],
)  # fmt: skip
def test_hanging_holds_the_line_until_the_stand_in_closes(answer: Answer, seen: bytes) -> None:
    got: list[bytes] = []

    def client(port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")
            while piece := line.recv(1000):
                got.append(piece)

    with StandIn(lambda _: answer) as stand_in:
        thread = Thread(target=client, args=(urlsplit(stand_in.address).port,))
        thread.start()
        while b"".join(got) != seen or not stand_in.asked:
            thread.join(0.005)
        thread.join(0.05)
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()
    assert b"".join(got) == seen


@pytest.mark.parametrize("url", [SECURE, PLAIN])
def test_a_reset_is_no_orderly_end(url: str) -> None:
    answer = Answer(body=PAGE * 1000, cut_after=10, reset=True)
    with StandIn(lambda _: answer) as stand_in, pytest.raises((ConnectionResetError, URLError)) as reset:
        get(stand_in, url)
    assert isinstance(getattr(reset.value, "reason", reset.value), ConnectionResetError)


def test_a_first_byte_is_waited_for() -> None:
    with StandIn(lambda _: Answer(body=PAGE, wait=0.2)) as stand_in:
        begun = monotonic()
        assert get(stand_in, PLAIN)[2] == PAGE
        assert monotonic() - begun >= 0.2


def test_who_hangs_up_is_not_kept_in_mind() -> None:
    """A request that its client gave up is not under way any more."""
    with StandIn(lambda asked: Answer(hang=asked.url == PLAIN, body=PAGE)) as stand_in:
        address = ("127.0.0.1", urlsplit(stand_in.address).port or 0)
        with socket.create_connection(address) as line:
            line.sendall(f"GET {PLAIN} HTTP/1.1\r\nHost: www.example.org\r\n\r\n".encode())
            while not stand_in.asked:
                Event().wait(0.005)
            assert get(stand_in, "http://www.example.org/inna")[2] == PAGE
            assert stand_in.most_at_once["www.example.org"] == 2
        stand_in.most_at_once.clear()
        assert get(stand_in, "http://www.example.org/inna")[2] == PAGE  # at once, unnoticed as it may be
        assert stand_in.most_at_once["www.example.org"] == 1


@pytest.mark.parametrize(("trouble", "error"), [("plain", ssl.SSLError), ("silent", TimeoutError)])
def test_a_tunnel_without_tls(trouble: Trouble, error: type[Exception]) -> None:
    with StandIn(Pages({SECURE: Answer()}), tls={"www.example.org": trouble}) as stand_in:
        trust = ssl.create_default_context(cafile=stand_in.authority)
        proxy = urlsplit(stand_in.address)
        line = HTTPSConnection(proxy.hostname or "", proxy.port, context=trust, timeout=0.5)
        line.set_tunnel("www.example.org")
        with closing(line), pytest.raises(error):
            line.request("GET", "/lista")
        assert stand_in.asked == []
        stand_in.tls.clear()
        assert get(stand_in, SECURE)[0] == 200


@pytest.mark.parametrize("fault", ["expired", "wrong-host", "self-signed"])
def test_bad_certificates_are_refused_by_clients(fault: Fault) -> None:
    with StandIn(Pages({SECURE: Answer()}), tls={"www.example.org": fault}) as stand_in:
        with pytest.raises(URLError) as refused:
            get(stand_in, SECURE)
        assert isinstance(refused.value.reason, ssl.SSLCertVerificationError)
    assert stand_in.asked == []


def test_environment_sends_a_child_to_the_stand_in() -> None:
    with StandIn(lambda _: Answer()) as stand_in:
        variables = stand_in.environment()
        assert Path(variables["SSL_CERT_FILE"]).read_text().startswith("-----BEGIN CERTIFICATE-----")
    assert {variables[name] for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")} == {
        stand_in.address
    }
    assert variables["no_proxy"] == variables["NO_PROXY"] == ""
    assert not Path(variables["SSL_CERT_FILE"]).exists()
    with plain(stand_in) as connection, pytest.raises(ConnectionRefusedError):
        connection.connect()


def test_a_folder_is_a_site(tmp_path: Path) -> None:
    files = {
        "www.example.org/index.html": b"home",
        "www.example.org/lista.html": b"list",
        "www.example.org/lista@strona=2.html": b"second",
        "www.example.org/artykul/12+nowy.html": b"article",
        "www.example.org/robots.txt": b"User-agent: *\n",
        "pliki.example.org/attachment/ab": b"%PDF",
    }
    for name, body in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
    with StandIn(Pages.site(tmp_path)) as stand_in:
        host = "https://www.example.org"
        assert get(stand_in, f"{host}/")[2] == b"home"
        assert get(stand_in, SECURE)[2] == get(stand_in, PLAIN)[2] == b"list"
        assert get(stand_in, f"{SECURE}?strona=2")[2] == b"second"
        assert get(stand_in, f"{host}/artykul/12:nowy")[1]["content-type"] == "text/html; charset=utf-8"
        assert get(stand_in, f"{host}/robots.txt")[1]["content-type"] == "text/plain; charset=utf-8"
        file = get(stand_in, "https://pliki.example.org/attachment/ab")
        assert file[1]["content-type"] == "application/octet-stream"
    with pytest.raises(FileNotFoundError, match="no pages"):
        Pages.site(tmp_path / "empty")


def test_an_address_needs_an_answer() -> None:
    with pytest.raises(ValueError, match="no answer"):
        Pages({SECURE: []})
