"""Crawls kept whole, and crawled again from what was kept.

`Record` and `Replay` are Scrapy downloader middlewares for the places next to the downloader
(orders 900 and 901: inside compression and proxies, outside whatever looks up names), so that
robots.txt, further tries and failures pass through them too. Each is on when its setting is given:
`KLASTRY_RECORD`, a path or an open `Recorder`; `KLASTRY_REPLAY`, a path or a `Recording`.
"""

from base64 import b32encode
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha1
from http import HTTPStatus
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urldefrag, urlsplit
from uuid import NAMESPACE_URL, uuid5
from weakref import WeakSet

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadConnectionRefusedError, NotConfigured
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spiders.failures import described, raised_again
from spiders.fetch import RECORDED_AT
from spiders.warc import CAUSE, DETAIL, FAILURE, Recording
from storage.errors import StorageError, UsageError

_SECRET = frozenset({b"authorization", b"proxy-authorization", b"cookie"})


def _system_clock() -> datetime:
    return datetime.now(UTC)


class Recorder:
    """Writes a WARC 1.1 file: to `FILE.part` while open, to `FILE` when closed.

    An exchange is written whole in one go when it ends, so a crawl that is killed leaves a
    file that can be read. One recorder may serve several crawls of one process, one after
    another or side by side. `now` gives the times, in UTC. No credentials are written.
    Raises UsageError when the file exists already or cannot be made.
    """

    def __init__(self, path: Path, now: Callable[[], datetime] = _system_clock) -> None:
        self.path = path
        self._part = path.with_name(path.name + ".part")
        self._now = now
        self._count = 0
        self._fault: OSError | None = None
        for existing in (path, self._part):
            if existing.exists():
                raise UsageError(f"{existing}: exists already: name another file for the recording")
        try:
            self._file = self._part.open("xb", buffering=0)
        except OSError as error:
            raise UsageError(f"{self._part}: cannot be made ({error.strerror}): name another file") from error
        software = f"klastry/{version('klastry')}"
        fields = {"software": software, "format": "WARC File Format 1.1", "robots": "obey"}
        self._write([self._record("warcinfo", "", self._now(), _fields(fields.items()))])

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # Scrapy copies settings for each crawler; the file stays one

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def answered(self, request: Request, response: Response) -> None:
        """Keeps one request and the response to it, as sent."""
        at, url = self._now(), _address(response.url)
        answer = self._record("response", url, at, _response_block(response), response.body)
        self._write([answer, self._asked(request, at, answer)])

    def failed(self, request: Request, exception: BaseException) -> None:
        """Keeps one request and why it got no answer."""
        at, url, failed = self._now(), _address(request.url), described(exception)
        detail = failed.detail.replace(urldefrag(request.url).url, url)
        fields = [(FAILURE, failed.kind), (DETAIL, detail), *((CAUSE, cause) for cause in failed.causes)]
        record = self._record("metadata", url, at, _fields(fields))
        self._write([record, self._asked(request, at, record)])

    def close(self) -> None:
        """Gives the file its name. Raises StorageError when it could not be written whole."""
        if self._file.closed:
            return
        self._file.close()
        try:
            if self._fault:
                raise self._fault
            self._part.rename(self.path)
        except OSError as error:
            raise StorageError(
                f"{self.path}: the recording was not written whole ({error.strerror}): "
                f"make room and record again; what there is stays in {self._part}"
            ) from error

    def _asked(self, request: Request, at: datetime, answer: ArcWarcRecord) -> ArcWarcRecord:
        record = self._record("request", _address(request.url), at, _request_block(request), request.body)
        record.rec_headers.add_header("WARC-Concurrent-To", answer.rec_headers.get_header("WARC-Record-ID"))
        return record

    def _record(
        self, kind: str, url: str, at: datetime, block: bytes, payload: bytes | None = None
    ) -> ArcWarcRecord:
        """A record of the bytes as they are: warcio would re-encode odd headers if it parsed them."""
        self._count += 1
        date = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        name = uuid5(NAMESPACE_URL, f"{self._count} {date} {url}")
        headers = [("WARC-Type", kind), ("WARC-Record-ID", f"<urn:uuid:{name}>"), ("WARC-Date", date)]
        if url:
            headers.append(("WARC-Target-URI", url))
        if payload is not None:
            digest = b32encode(sha1(payload, usedforsecurity=False).digest()).decode()
            headers.append(("WARC-Payload-Digest", f"sha1:{digest}"))
        media_type = WARCWriter.WARC_RECORDS[kind]
        fields = StatusAndHeaders("", headers, protocol=WARCWriter.WARC_1_1)
        return ArcWarcRecord("warc", kind, fields, BytesIO(block), None, media_type, len(block))

    def _write(self, records: Iterable[ArcWarcRecord]) -> None:
        """Writes the records of one exchange at once; a fault ends the recording, not the crawl."""
        if self._fault:
            return
        buffer = BytesIO()
        writer = WARCWriter(buffer, gzip=self.path.suffix == ".gz", warc_version=WARCWriter.WARC_1_1)
        for record in records:
            writer.write_record(record)
        left = memoryview(buffer.getvalue())
        try:
            while left:
                left = left[self._file.write(left) or 0 :]
        except OSError as error:
            self._fault = error


class Record:
    """Keeps everything that passes between the crawl and the network."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._under_way: WeakSet[Request] = WeakSet()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        given = crawler.settings.get("KLASTRY_RECORD")
        if not given:
            raise NotConfigured
        if isinstance(given, Recorder):
            return cls(given)
        own = cls(Recorder(Path(given)))
        crawler.signals.connect(own.close, signals.engine_stopped)
        return own

    def process_request(self, request: Request) -> None:
        self._under_way.add(request)

    def process_response(self, request: Request, response: Response) -> Response:
        self._under_way.discard(request)
        self._recorder.answered(request, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        # A request that another middleware refused never came here: nothing was asked.
        if request in self._under_way:
            self._under_way.discard(request)
            self._recorder.failed(request, exception)

    def close(self) -> None:
        """Ends a recording that is this crawl's own."""
        self._recorder.close()


class Replay:
    """Answers every request from a recording; nothing is asked of any host.

    The k-th request of an address gets the k-th answer recorded of it, the last one when they
    are used up, with its time in `request.meta` under `RECORDED_AT`; a recorded failure is
    raised again. An address the recording lacks is a refused connection, but for a robots.txt,
    which is 404: where no host is asked, none forbids.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._asked: Counter[str] = Counter()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        given = crawler.settings.get("KLASTRY_REPLAY")
        if not given:
            raise NotConfigured
        return cls(given if isinstance(given, Recording) else Recording.open(Path(given)))

    def process_request(self, request: Request) -> Response:
        answers = self._recording.at(_address(request.url)) if request.method == "GET" else ()
        if not answers:
            if urlsplit(request.url).path == "/robots.txt":
                return Response(request.url, status=404)
            raise DownloadConnectionRefusedError(f"{_address(request.url)} is not in the recording")
        place = self._asked[answers[0].url]
        self._asked[answers[0].url] += 1
        answer = answers[min(place, len(answers) - 1)]
        request.meta[RECORDED_AT] = answer.at
        if answer.failed:
            raise raised_again(answer.failed)
        headers, body = Headers(answer.headers), self._recording.body(answer)
        kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
        return kind(request.url, status=answer.status, headers=headers, body=body)


def _address(url: str) -> str:
    """`url` as it is kept: without fragment and without a user's name and password."""
    parts = urlsplit(urldefrag(url).url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _response_block(response: Response) -> bytes:
    phrase = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else ""
    line = f"{response.protocol or 'HTTP/1.1'} {response.status} {phrase}".rstrip().encode()
    return _block(line, _lines(response.headers), response.body)


def _request_block(request: Request) -> bytes:
    parts = urlsplit(_address(request.url))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [(n, v) for n, v in _lines(request.headers) if n.lower() not in {*_SECRET, b"host"}]
    return _block(f"{request.method} {path} HTTP/1.1".encode(), [(b"Host", parts.netloc.encode()), *headers],
                  request.body)  # fmt: skip


def _block(line: bytes, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    return b"\r\n".join([line, *(name + b": " + value for name, value in headers), b"", body])


def _lines(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name in headers for value in headers.getlist(name)]


def _fields(fields: Iterable[tuple[str, str]]) -> bytes:
    """The body of a record of named fields, one a line."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode()
