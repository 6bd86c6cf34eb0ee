"""The chapter of HTTP: statuses, silence, broken answers, packed answers, TLS."""

# fmt: off
# A table, laid out by hand.

import gzip
import zlib

import brotli

from faults import tricks
from faults.scenario import ANY, CARD, CARDS, LIST, Scenario, Visit, degraded, survived
from faults.tricks import HTML, MEGABYTE, answered, at_first, packed, raw, status, to
from monitor.standin import Answer

_OK = "HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\n"
_BROKEN = status(500)
_ODD_HEADERS = "not a header\nX-Odd: \xff\xfe\nX-Folded: a\n  b\nDate: yesterday\n"


def _whole(given: tricks.Given) -> bytes:
    return given.page.encode()


_STATUSES = (
    degraded("always-500", "Every try answers 500", "register", {LIST: _BROKEN}, "failed http-5xx", asks=3),
    degraded("gateways", "502, 504, 503 in turn", "news", {LIST: (status(502), status(504), status(503))},
             "failed http-5xx", asks=3),
    degraded("not-implemented", "501: another try cannot help", "own", {LIST: status(501)},
             "failed http-5xx", asks=1),
    survived("once-500", "500 on the first try only", "news", {LIST: at_first(_BROKEN)}),
    survived("twice-502", "502 on the first two tries", "calls",
             {LIST: at_first(status(502), status(502))}),
    degraded("list-404", "404 for the list page", "register", {LIST: status(404)}, "failed gone", asks=1),
    degraded("list-410", "410 for the list page", "own", {LIST: status(410)}, "failed gone", asks=1),
    degraded("all-404", "404 for every address of the host", "calls", {ANY: status(404)}, "failed gone",
             asks=1),
    degraded("denied-401", "401", "register", {LIST: status(401)}, "failed blocked", asks=1),
    degraded("denied-403", "403 for every address", "news", {ANY: status(403)}, "failed blocked", asks=1),
    degraded("denied-451", "451", "own", {LIST: status(451)}, "failed blocked", asks=1),
    degraded("teapot", "418, a status no one uses", "own", {LIST: status(418)}, "failed http-4xx", asks=1),
    degraded("bad-request", "400 with a page that looks whole", "register",
             {LIST: answered(status=400)}, "failed http-4xx", asks=1),
    degraded("part-206", "206 where the whole page was asked", "calls", {LIST: answered(status=206)},
             "failed truncated"),
    degraded("nothing-204", "204", "register", {LIST: Answer(204)}, "failed empty"),
    degraded("nothing-200", "200 and not a byte", "news", {LIST: Answer(200, HTML)}, "failed empty"),
    degraded("blank-200", "200 and only blanks", "own", {LIST: Answer(200, HTML, b" \r\n\t" * 500)},
             "failed empty"),
    degraded("choices-300", "300 with a whole page", "register", {LIST: answered(status=300)},
             "failed protocol"),
    degraded("card-403", "The list is fine, every card is forbidden", "calls", {CARDS: status(403)},
             "partial blocked", asks=5),
    degraded("card-500", "The list is fine, one card answers 500", "calls", {CARD: _BROKEN},
             "partial http-5xx", asks=7),
)

_CARD_HOST = "karty-spoczywaja.test"
_MOVED_CARDS = {
    CARDS: to(f"https://{_CARD_HOST}/karta"),
    f"https://{_CARD_HOST}/karta": status(429, Retry_After="36000"),
}
_WAITING = (
    survived("wait-seconds", "429 with Retry-After in seconds, then well", "register",
             {LIST: at_first(status(429, Retry_After="1"))}, again=1.0),
    survived("wait-date", "503 with Retry-After as a date, then well", "news", {LIST: at_first(status(
        503, Date="Mon, 23 Nov 2026 10:00:00 GMT", Retry_After="Mon, 23 Nov 2026 10:00:01 GMT"))}, again=1.0),
    survived("wait-odd", "429 with a malformed Retry-After", "own",
             {LIST: at_first(status(429, Retry_After="soon"))}),
    survived("wait-negative", "503 with a negative Retry-After", "calls",
             {LIST: at_first(status(503, Retry_After="-20"))}),
    degraded("wait-always", "429 on every try", "register", {LIST: status(429, Retry_After="0")},
             "failed rate-limited", asks=3),
    Scenario("wait-for-ages", "429 with a Retry-After of years: left alone for a day, over several runs",
             "own", (
        Visit(),
        Visit({LIST: status(429, Retry_After="9" * 30)}, "failed rate-limited", truth=None, asks=1,
        kept=True),
        Visit({}, "failed rate-limited", truth=None, asks=0),
        Visit(told=1, truth="later", hours=28),
    )),
    Scenario("wait-at-last", "503 twice, then 503 with a Retry-After of ten hours: kept, over several runs",
             "own", (
        Visit(),
        Visit({LIST: (status(503), status(503), status(503, Retry_After="36000"))}, "failed rate-limited",
        truth=None, asks=3, kept=True),
        Visit({}, "failed rate-limited", truth=None, asks=0),
        Visit(told=1, truth="later", hours=14),
    )),
    Scenario("wait-after-failures", "Two cards fail, the third asks for ten hours of rest: the fourth is not asked",
             "calls", (
        Visit(),
        Visit({CARDS: lambda given: status(500) if given.asked.url.rpartition("/")[2].startswith(("design", "dostepnosc"))
              else status(429, Retry_After="36000")},
              "partial http-5xx", truth=None, asks=8),
        Visit({}, "failed rate-limited", truth=None, asks=0),
        Visit(told=1, truth="later", hours=14),
    )),
    Scenario("wait-elsewhere", "The cards are on a host that asks for ten hours of rest: it is left alone, "
             "the list's is not", "calls", (
        Visit(),
        Visit(_MOVED_CARDS, "partial rate-limited", truth=None, asks=5, away=1),
        Visit(_MOVED_CARDS, "partial rate-limited", truth=None, asks=5, away=0),
        Visit(told=1, truth="later", hours=14),
    ), hosts=(_CARD_HOST,)),
)

_VALIDATORS = (
    Scenario("same-forever", "304 is said for ever while the page changes: found within a day", "register",
             (
        Visit(),
        Visit({LIST: lambda given: Answer(304) if "if-none-match" in given.asked.headers else given.page},
              "unchanged"),
        Visit({LIST: lambda given: Answer(304) if "if-none-match" in given.asked.headers else given.page},
              told=1, truth="later", hours=26),
    )),
    Scenario("same-unasked", "304 also to a request for the whole page", "register", (
        Visit(),
        Visit({LIST: Answer(304)}, "unchanged"),
        Visit({LIST: Answer(304)}, "failed protocol", truth=None, hours=26),
        Visit(told=1, truth="later", hours=28),
    )),
    Scenario("etag-flaps", "ETag and Last-Modified change at every request, the bytes do not", "calls",
             tuple(
        Visit({ANY: lambda given: Answer(headers={**HTML, "ETag": f'"{given.asked.at}"'},
        body=_whole(given))},
              outcome)
        for outcome in ("complete", "unchanged", "unchanged")
    )),
    survived("odd-validators", "ETag without quotes, Last-Modified that is no date", "register", {
        LIST: lambda given: Answer(headers={**HTML, "ETag": "\xe9 without quotes",
                                            "Last-Modified": "wczoraj"}, body=_whole(given))}),
)

_SLOW = {"crowd": "slow"}
_SILENCE = (
    degraded("hang-at-once", "Not a byte comes", "register", {LIST: Answer(hang=True)}, "failed timeout",
             **_SLOW),
    degraded("hang-in-head", "The head stops in its first line", "own",
             {LIST: Answer(raw=b"HTTP/1.1 20", hang=True)},
             "failed timeout", **_SLOW),
    degraded("hang-in-headers", "The head stops between two headers", "news",
             {LIST: Answer(raw=b"HTTP/1.1 200 OK\r\nServer: x\r\n", hang=True)}, "failed timeout", **_SLOW),
    degraded("hang-after-head", "The head is whole, the body never begins", "calls",
             {LIST: answered(cut_after=0, hang=True)}, "failed timeout", **_SLOW),
    degraded("hang-in-body", "The body stops in the middle", "register",
             {LIST: answered(cut_after=700, hang=True)}, "failed timeout", **_SLOW),
    degraded("hang-at-end", "All of the body but its last byte comes", "own",
             {LIST: lambda given: Answer(headers=HTML, body=_whole(given), hang=True,
                                         cut_after=len(_whole(given)) - 1)}, "failed timeout", **_SLOW),
    degraded("hang-unsized", "A whole page without length; the connection stays open", "register",
             {LIST: lambda given: raw(_OK, _whole(given), hang=True)}, "failed timeout", **_SLOW),
    degraded("drip", "A byte a second", "news", {LIST: answered(drip=True)}, "failed timeout", **_SLOW),
    degraded("drip-head", "A byte of the head a second", "own",
             {LIST: Answer(raw=b"HTTP/1.1 200 OK\r\n" * 9, drip=True)}, "failed timeout", **_SLOW),
    degraded("hang-everywhere", "Every address of the host hangs, robots.txt too", "calls",
             {ANY: Answer(hang=True), "/robots.txt": Answer(hang=True)}, "failed robots-unreachable",
             asks=0, **_SLOW),
    degraded("hang-cards", "The list comes, every card hangs", "calls", {CARDS: Answer(hang=True)},
             "partial timeout", **_SLOW),
    degraded("hang-one-card", "The list comes, one card hangs; the others are read", "calls",
             {CARD: Answer(hang=True)}, "partial timeout", asks=6, **_SLOW),
    degraded("tls-silent", "The TLS handshake never ends", "register", {}, "failed robots-unreachable",
             tls="silent",
             asks=0, **_SLOW),
    survived("hang-once", "The first try hangs, the second answers", "register",
             {LIST: at_first(Answer(hang=True))}, **_SLOW),
    survived("slow", "Every page takes its time, within the deadline", "news", {ANY: answered(wait=0.4)},
             **_SLOW),
)

_BROKEN_OFF = (
    degraded("closed", "The connection is closed without an answer", "register", {LIST: Answer(raw=b"")},
             "failed connection", asks=3),
    degraded("reset", "The connection is reset without an answer", "own",
             {LIST: Answer(raw=b"", reset=True)},
             "failed connection", asks=3),
    degraded("reset-in-body", "The connection is reset in the middle of the body", "news",
             {LIST: answered(cut_after=300, reset=True)}, "failed connection/truncated", asks=3),
    survived("reset-once", "Reset in the middle of the body, once", "calls",
             {LIST: lambda given: Answer(headers=HTML, body=_whole(given),
             cut_after=None if given.hit else 300,
                                         reset=not given.hit)}),
    degraded("length-too-large", "Content-Length is more than comes", "register",
             {LIST: lambda given: raw(_OK + "Content-Length: 90000", _whole(given))}, "failed truncated",
             asks=3, kept=True),
    degraded("length-too-small", "Content-Length cuts the page, and HTTP cannot tell", "calls",
             {LIST: lambda given: raw(_OK + "Content-Length: 500", _whole(given))}, "refused not-whole"),
    degraded("chunks-cut", "A chunked body ends without its last chunk", "own",
             {LIST: answered(chunked=True, cut_after=250)}, "failed truncated", asks=3),
    degraded("chunks-garbage", "A chunk whose size is no number", "register",
             {LIST: raw(_OK + "Transfer-Encoding: chunked", b"zz\r\n<html>\r\n0\r\n\r\n")},
             "failed truncated"),
    degraded("chunks-and-length", "Both chunked and with a length that is another", "news",
             {LIST: lambda given: raw(_OK + "Content-Length: 500\nTransfer-Encoding: chunked",
                                      b"%x\r\n%b\r\n0\r\n\r\n" % (900, _whole(given)[:900]))},
                                      "refused not-whole"),
    degraded("unsized-cut", "HTTP/1.0 without length, cut in the middle of the page", "register",
             {LIST: lambda given: raw(_OK.replace("1.1", "1.0"), _whole(given)[: len(given.page) // 2])},
             "refused not-whole"),
    survived("unsized", "HTTP/1.0 without length, whole", "own",
             {LIST: lambda given: raw(_OK.replace("1.1", "1.0"), _whole(given))}),
    degraded("two-lengths", "Two lengths that differ", "register",
             {LIST: lambda given: raw(_OK + "Content-Length: 50\nContent-Length: 5000", _whole(given))},
             "failed protocol"),
    degraded("no-number", "A length that is no number", "own",
             {LIST: lambda given: raw(_OK + "Content-Length: dużo".encode().decode("latin-1"),
             _whole(given))},
             "failed protocol"),
    degraded("negative-length", "A negative length", "calls",
             {LIST: lambda given: raw(_OK + "Content-Length: -1", _whole(given))}, "failed protocol"),
    degraded("garbage", "Bytes that are no HTTP", "register", {LIST: Answer(raw=bytes(range(256)) * 40)},
             "failed protocol"),
    degraded("other-protocol", "The banner of another protocol", "news",
             {LIST: Answer(raw=b"SSH-2.0-OpenSSH_9.6\r\n")}, "failed protocol"),
    degraded("no-status", "A page without a status line, as in HTTP/0.9", "own",
             {LIST: lambda given: Answer(raw=_whole(given))}, "failed protocol"),
    degraded("odd-status", "A status of four digits", "register",
             {LIST: raw("HTTP/1.1 2000 OK\nContent-Length: 0")}, "failed protocol"),
    survived("odd-headers", "Headers without colon, with strange letters, folded over lines", "register",
             {LIST: lambda given: raw(_OK + _ODD_HEADERS + f"Content-Length: {len(_whole(given))}",
             _whole(given))}),
    degraded("odd-header-name", "A header whose name is not ASCII", "own",
             {LIST: lambda given: raw(_OK + "X-\xa6: a", _whole(given))}, "failed protocol"),
    survived("many-headers", "Hundreds of headers and cookies", "own",
             {LIST: lambda given: raw(_OK + "".join(f"X-{n}: {'a' * 90}\nSet-Cookie: c{n}=1\n"
             for n in range(200))
                                      + f"Content-Length: {len(_whole(given))}", _whole(given))}),
    survived("early-hints", "103 Early Hints before the answer", "news",
             {LIST: lambda given: raw("HTTP/1.1 103 Early Hints\nLink: </a.css>\n\n" + _OK
                                      + f"Content-Length: {len(_whole(given))}", _whole(given))}),
)

_PACKED = (
    degraded("not-packed", "gzip is declared, plain text is sent", "register",
             {LIST: packed("gzip", lambda body: body)}, "refused decode"),
    degraded("undeclared-gzip", "gzip is sent and not declared", "calls",
             {LIST: lambda given: Answer(headers=HTML, body=gzip.compress(_whole(given)))},
             "refused not-content"),
    degraded("gzip-cut", "A gzip stream without its end, whole to HTTP", "news",
             {LIST: packed("gzip", lambda body: gzip.compress(body)[:-20])}, "refused decode"),
    degraded("gzip-damaged", "A gzip stream whose checksum does not fit", "register",
             {LIST: packed("gzip", lambda body: gzip.compress(body.replace(b"Klaster", b"Plaster"))[:-8]
                           + gzip.compress(body)[-8:])}, "refused decode"),
    degraded("deflate-cut", "A deflate stream without its end", "own",
             {LIST: packed("deflate", lambda body: zlib.compress(body)[:-9])}, "refused decode"),
    degraded("brotli-cut", "A brotli stream without its end", "register",
             {LIST: packed("br", lambda body: brotli.compress(body)[:-9])}, "refused decode"),
    degraded("brotli-garbage", "Noise declared as brotli", "calls",
             {LIST: packed("br", lambda body: b"\xff\x13" * 200)}, "refused decode"),
    degraded("unknown-coding", "A coding that does not exist", "own",
             {LIST: packed("sjcl", lambda body: body)},
             "refused decode"),
    survived("deflate-bare", "deflate without the zlib head, as some servers send it", "register",
             {LIST: packed("deflate", lambda body: zlib.compress(body, wbits=-15))}),
    survived("gzip-twice", "Packed twice, and declared so", "own",
             {LIST: packed("gzip, gzip", lambda body: gzip.compress(gzip.compress(body)))}),
    survived("gzip-in-parts", "gzip of several members, with zeros behind them", "news",
             {LIST: packed("gzip",
             lambda body: gzip.compress(body[:200]) + gzip.compress(body[200:]) + bytes(64))}),
    survived("brotli", "brotli, as it should be", "calls", {LIST: packed("br", brotli.compress)}),
)

_HEAVY = {"crowd": "heavy", "kept": True}
_ENDLESS = (
    degraded("gzip-bomb", "300 MB of zeros as gzip", "register", {LIST: lambda given: tricks.gzip_bomb()},
             "failed too-large", **_HEAVY),
    degraded("deflate-bomb", "200 MB of zeros as deflate", "news",
             {LIST: lambda given: tricks.deflate_bomb()},
             "failed too-large", **_HEAVY),
    degraded("brotli-bomb", "200 MB of zeros as brotli, in some hundred bytes", "own",
             {LIST: lambda given: tricks.brotli_bomb()}, "failed too-large", **_HEAVY),
    degraded("bomb-in-bomb", "gzip in gzip in gzip, gigabytes at last", "calls",
             {LIST: lambda given: tricks.nested_bomb()}, "failed too-large", **_HEAVY),
    degraded("gzip-of-nothing", "gzip of a quarter of a million members, all empty", "news",
             {ANY: lambda given: tricks.members_bomb()}, "refused decode", asks=1, crowd="heavy"),
    degraded("plain-200-mb", "200 MB, plain", "register",
             {LIST: Answer(200, HTML, b"x" * MEGABYTE, times=200)},
             "failed too-large", crowd="heavy"),
    degraded("endless", "A body that never ends", "own",
             {LIST: Answer(200, HTML, b"<p>x</p>" * 8192, times=10**9, chunked=True)}, "failed too-large",
             **_HEAVY),
    degraded("endless-head", "A head that never ends", "news",
             {LIST: Answer(raw=b"X-Header: more\r\n" * 4096, times=10**9)}, "failed protocol",
             crowd="heavy"),
    degraded("endless-hints", "103 Early Hints for ever", "register",
             {LIST: Answer(raw=b"HTTP/1.1 103 Early Hints\r\n\r\n" * 4096, times=10**9)}, "failed protocol",
             crowd="heavy"),
    degraded("endless-line", "A header line that never ends", "calls",
             {LIST: Answer(raw=b"HTTP/1.1 200 OK\r\nX: " + b"a" * MEGABYTE, times=10**9)},
             "failed protocol",
             crowd="heavy"),
    degraded("many-codings", "A hundred codings, one in another", "own",
             {LIST: packed(", ".join(["gzip"] * 100), lambda body: body)}, "refused decode"),
)

_TLS = (
    degraded("tls-expired", "The certificate has expired", "register", {}, "failed tls", tls="expired",
             asks=0),
    degraded("tls-other-host", "The certificate is of another host", "news", {}, "failed tls",
             tls="wrong-host", asks=0),
    degraded("tls-self-signed", "The certificate is signed by no one known", "own", {}, "failed tls",
             tls="self-signed", asks=0),
    degraded("tls-none", "No TLS at all where TLS is spoken", "calls", {}, "failed tls", tls="plain",
             asks=0),
    degraded("unknown-host", "The host is not there any more", "register", {}, "failed connection",
             unknown_host=True, asks=0),
)

_DATES = (
    survived("timeless", "The host never tells the time", "own",
             {ANY: lambda given: raw(f"HTTP/1.1 200 OK\nContent-Type: text/html; charset=utf-8\n"
                                     f"Content-Length: {len(given.page.encode())}", given.page.encode())}),
    survived("old-date", "A cache gives a page of two days ago as fresh, with its Age", "own",
             {ANY: lambda given: Answer(headers={**HTML, "Date": "Sat, 21 Nov 2026 11:00:00 GMT",
                                                 "Age": "172800"}, body=given.page.encode())}),
)

SCENARIOS = (*_STATUSES, *_WAITING, *_VALIDATORS, *_SILENCE, *_BROKEN_OFF, *_PACKED, *_ENDLESS, *_TLS, *_DATES)
