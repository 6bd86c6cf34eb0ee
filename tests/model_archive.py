"""A model of a web archive: an index in both JSON forms and raw copies, as a stand-in answers them.

Hand-written on the model of what the CDX server of the Wayback Machine and of pywb are documented to
answer (RFC 7089 for the copies); not a recording of any archive.
"""

import json
from base64 import b32encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha1
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

from monitor.standin import Answer, Asked
from spiders.cdx import Copy
from storage.records import canonical_address
from tests.archives import Answer as Archived

COLUMNS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
NAMES = {"original": "url", "mimetype": "mime", "statuscode": "status"}
PLAIN = {"Content-Type": "text/plain"}


def digest(body: bytes) -> str:
    return b32encode(sha1(body).digest()).decode()


def row(url: str, at: str, body: bytes, mime: str = "text/html", status: str = "200") -> tuple[str, ...]:
    return (canonical_address(url), at, url, mime, status, digest(body), str(len(body)))


@dataclass
class ModelArchive:
    """Answers for all of an archive: `copies` as (address, time, body), `more` rows of the index beside.

    `form` of the index: `arrays` (the Wayback Machine) or `lines` (pywb).
    `at_once` rows at most in one answer. `spoil` changes the answer of a copy, by its timestamp.
    """

    copies: Iterable[Archived]
    form: str = "arrays"
    at_once: int = 1000
    more: Sequence[tuple[str, ...]] = ()
    spoil: dict[str, Callable[[Answer], Answer]] = field(default_factory=dict)
    robots: Answer = field(default_factory=lambda: Answer(404))

    def __post_init__(self) -> None:
        self._bodies = {(Copy(url, at).key): body for url, at, body in self.copies}
        own = [row(url, Copy(url, at).timestamp, body) for url, at, body in self.copies]
        self.rows = sorted([*own, *self.more])

    def __call__(self, asked: Asked) -> Answer:
        path = urlsplit(asked.url).path
        if path == "/robots.txt":
            return self.robots
        if path.endswith("/cdx"):
            return self._index(parse_qs(urlsplit(asked.url).query))
        return self._copy(asked.url)

    def _index(self, query: dict[str, list[str]]) -> Answer:
        wanted = canonical_address(query["url"][0])
        below = query.get("matchType") == ["prefix"]
        filters = dict(each.split(":") for each in query["filter"])
        rows = [
            each
            for each in self.rows
            if (each[0].startswith(wanted) if below else each[0] == wanted)
            and all(each[COLUMNS.index(name)] == value for name, value in filters.items())
        ]
        at_once = min(self.at_once, int(query["limit"][0]))
        if self.form == "lines":
            start = at_once * int(query.get("page", ["0"])[0])
            return self._lines(rows[start : start + at_once], over=start > len(rows))
        start = int(unquote_plus(query.get("resumeKey", ["0"])[0]).split(" ")[-1])
        table: list[Sequence[str]] = [COLUMNS, *rows[start : start + at_once]]
        if start + at_once < len(rows):
            table += [[], [quote_plus(f"{rows[start][0]} {start + at_once}")]]
        return Answer(200, {"Content-Type": "application/json"}, json.dumps(table if rows else []).encode())

    def _lines(self, rows: Sequence[tuple[str, ...]], *, over: bool) -> Answer:
        if over:
            return Answer(400, PLAIN, b"no such page")
        named = [NAMES.get(name, name) for name in COLUMNS]
        lines = [json.dumps(dict(zip(named, each, strict=True))) + "\n" for each in rows]
        if not lines:
            return Answer(404, {"Content-Type": "application/json"}, b'{"message": "No Captures found"}')
        return Answer(200, {"Content-Type": "text/x-ndjson"}, "".join(lines).encode())

    def _copy(self, url: str) -> Answer:
        place, _, original = url.partition("id_/")
        timestamp = place[-14:]
        body = self._bodies.get((canonical_address(original), timestamp))
        if body is None:
            return Answer(404, {"Content-Type": "text/html"}, b"<html>The archive has no such copy.</html>")
        answer = memento(original, timestamp, body)
        return self.spoil.get(timestamp, lambda whole: whole)(answer)


def memento(original: str, timestamp: str, body: bytes, **headers: str) -> Answer:
    """A copy as an archive answers it."""
    at = time_of(timestamp)
    link = (
        f'<{original}>; rel="original", <http://archive.test/web/timemap/link/{original}>; rel="timemap"; '
        f'type="application/link-format", <http://archive.test/web/{timestamp}/{original}>; '
        f'rel="first last memento"; datetime="{at}"'
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, {"Content-Type": "text/html", "Memento-Datetime": at, "Link": link, **named}, body)


def time_of(timestamp: str) -> str:
    """A time as the header writes it."""
    return format_datetime(datetime.strptime(timestamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC), usegmt=True)
