"""Recordings of the web (WARC, ISO 28500): what one holds, and pages out of it.

Reads what klastry recorded and what other tools did: gzipped or plain, WARC 1.0 and 1.1 and
the older ARC, with revisit records. Opening reads the whole file once and believes nothing
that is cut or damaged; bodies stay in the file until they are asked for.
"""

import gzip
import logging
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Self

import brotli  # type: ignore[import-untyped]
from w3lib.url import canonicalize_url
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import BufferedReader, ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from storage.errors import PageDecode, PageFault, UsageError
from storage.records import Page

logger = logging.getLogger(__name__)

FAILURE, DETAIL, CAUSE = "klastry-failure", "klastry-detail", "klastry-cause"
"""Fields of the metadata record of a download that failed: what, its text, each of its causes."""

LARGEST_PAGE = 20_000_000
"""Bytes of a decoded body beyond which `pages` leaves an answer out, as a crawl does."""

_GZIP = b"\x1f\x8b"
_PIECE = 1024 * 1024
_CUT = "scrapy.exceptions.ResponseDataLossError"
_NOT_HTTP = "scrapy.exceptions.DownloadFailedError"


@dataclass(frozen=True)
class Failed:
    """A download that gave no answer; see `spiders.failures`, which writes and understands it."""

    kind: str
    detail: str = ""
    causes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recorded:
    """One answer to one GET, or its failure. `at` is UTC; header names are as sent.

    The body, its content coding kept, begins at the record at `offset` of the file.
    """

    url: str
    at: datetime
    offset: int
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    failed: Failed | None = None

    def header(self, name: str) -> str:
        """The first value of a header, empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name), "")


class Recording:
    """A WARC file as a list of answers in the order of their times."""

    def __init__(self, path: Path, answers: tuple[Recorded, ...]) -> None:
        self.path = path
        self.answers = answers
        self._by_address: dict[str, list[Recorded]] = {}
        for answer in answers:
            with suppress(ValueError):  # what is no address can be asked by nobody
                self._by_address.setdefault(canonicalize_url(answer.url), []).append(answer)

    @classmethod
    def open(cls, path: Path) -> Self:
        """The recording in `path`. Raises UsageError when it is no whole WARC file with an answer."""
        index = _Index()
        try:
            _check_packing(path)
            with path.open("rb") as file, redirect_stderr(StringIO()):
                for record, offset in _records(file):
                    index.take(record, offset)
        except (OSError, EOFError, ArchiveLoadFailed, ValueError, AttributeError, zlib.error) as error:
            # AttributeError: warcio's way with a record that lacks its address.
            raise UsageError(
                f"{path}: not a WARC file that can be read ({_reason(error)}): give another"
            ) from error
        answers = index.answers()
        if not answers:
            raise UsageError(f"{path}: holds no answer to a request: give a WARC file of a crawl")
        return cls(path, answers)

    @property
    def first(self) -> datetime:
        """The time of the first answer, UTC."""
        return self.answers[0].at

    @property
    def last(self) -> datetime:
        """The time of the last answer, UTC."""
        return self.answers[-1].at

    def at(self, url: str) -> tuple[Recorded, ...]:
        """Answers of one address in the order of their times, those of its http/https twin
        where it has none itself; empty when the recording lacks it."""
        address = canonicalize_url(url)
        scheme, rest = address.split(":", 1)
        twin = f"{'http' if scheme == 'https' else 'https'}:{rest}"
        return tuple(self._by_address.get(address) or self._by_address.get(twin) or ())

    def body(self, answer: Recorded) -> bytes:
        """The body of `answer` as sent, its content coding kept, without transfer coding."""
        with self.path.open("rb") as file:
            file.seek(answer.offset)
            record = next(iter(ArchiveIterator(file, arc2warc=True)))
            chunked = record.http_headers.get_header("transfer-encoding", "").lower() == "chunked"
            stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
            return bytes(stream.read())

    def page(self, answer: Recorded) -> Page:
        """`answer` as a page, content coding undone. Raises PageFault where it cannot be decoded."""
        body = decoded(self.body(answer), answer.header("content-encoding"))
        headers: dict[str, str] = {}
        for name, value in answer.headers:
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        for name in ("content-encoding", "set-cookie"):
            headers.pop(name, None)
        return Page(answer.url, answer.url, answer.at, answer.status, headers, body)


def pages(path: Path) -> Iterator[Page]:
    """Every answer of the recording as a page, whatever its status, content coding undone.

    Redirects are not followed: a page that redirects is one of the pages.

    An answer that cannot be decoded, or is larger than `LARGEST_PAGE`, is left out with
    a warning in the log. Raises UsageError as `Recording.open` does.
    """
    recording = Recording.open(path)
    for answer in recording.answers:
        if answer.failed:
            continue
        try:
            yield recording.page(answer)
        except PageFault as fault:
            logger.warning("%s: %s left out: %s", path, answer.url, fault)


def _reason(error: Exception) -> str:
    """What is wrong with a file, on one line; the damaged bytes that warcio quotes are left out."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).strip().split("\n")[0].partition(", first line")[0]


@dataclass
class _Index:
    """What the records of one file say, gathered before they can be put together."""

    found: list[tuple[Recorded, tuple[str, ...]]] = field(default_factory=list)
    revisits: list[tuple[Recorded, Any]] = field(default_factory=list)
    originals: dict[tuple[str, ...], Recorded] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)

    def take(self, record: Any, offset: int) -> None:
        """Notes one record. Raises ValueError when its own fields cannot be read."""
        header = record.rec_headers.get_header
        names = _names(record.rec_headers)
        if record.rec_type == "request" and record.http_headers:
            self.methods |= dict.fromkeys(names, record.http_headers.protocol)
        elif record.rec_type == "metadata":
            if failed := _failed(record):
                self.found.append((replace(_recorded(record, offset), failed=failed), names))
        elif header("WARC-Target-URI", "").startswith(("http:", "https:")):
            answer = _recorded(record, offset)
            if record.rec_type == "revisit":
                self.revisits.append((answer, record.rec_headers))
            elif record.rec_type == "response":
                self.found.append((answer, names))
                for key in (
                    ("id", header("WARC-Record-ID")),
                    ("date", header("WARC-Target-URI"), header("WARC-Date")),
                    ("digest", header("WARC-Payload-Digest")),
                ):
                    if all(key):
                        self.originals.setdefault(key, answer)

    def answers(self) -> tuple[Recorded, ...]:
        """Answers to GET requests by time; those of one moment in the order of the file."""
        found = [a for a, names in self.found if {self.methods.get(name, "GET") for name in names} <= {"GET"}]
        revisited = (self._revisited(answer, headers) for answer, headers in self.revisits)
        found += [answer for answer in revisited if answer]
        return tuple(sorted(found, key=lambda answer: (answer.at, answer.offset)))

    def _revisited(self, revisit: Recorded, headers: Any) -> Recorded | None:
        """A revisit with the body it refers to; None when that is not in this file."""
        get = headers.get_header
        for key in (
            ("id", get("WARC-Refers-To")),
            ("date", get("WARC-Refers-To-Target-URI"), get("WARC-Refers-To-Date")),
            ("digest", get("WARC-Payload-Digest")),
        ):
            if original := self.originals.get(key):
                if revisit.status in (0, 304):
                    return replace(original, url=revisit.url, at=revisit.at)
                return replace(revisit, offset=original.offset)
        return None


def _check_packing(path: Path) -> None:
    """Raises OSError, EOFError or zlib.error for a gzipped file that is not whole; warcio may not."""
    with path.open("rb") as file:
        if file.read(2) != _GZIP:
            return
    with gzip.open(path) as unpacked:
        try:
            while unpacked.read(_PIECE):
                pass
        except EOFError:
            raise EOFError("it is cut: its last record has no end") from None


def _records(file: Any) -> Iterator[tuple[Any, int]]:
    """Each record, read to its end, with its offset. Raises ValueError at a cut or damaged one."""
    records, end = ArchiveIterator(file, arc2warc=True, check_digests=True), 0
    for record in records:
        if record.rec_type == "metadata":
            record.text = record.raw_stream.read().decode("utf-8", "replace")
        offset: int = records.get_record_offset()
        changed = any("block digest failed" in problem for problem in record.digest_checker.problems)
        if record.length is None or record.raw_stream.limit or changed or records.err_count:
            raise ValueError(f"the record at byte {offset} is cut or damaged")
        yield record, offset
        end = offset + records.get_record_length()
    file.seek(end)
    if file.read(_PIECE).strip():  # warcio ends in silence where the head of a record does
        raise ValueError(f"the record at byte {end} is cut or damaged")


def _recorded(record: Any, offset: int) -> Recorded:
    """The answer in a response, revisit or metadata record, as far as that record tells."""
    url = record.rec_headers.get_header("WARC-Target-URI")
    answer = Recorded(url, _time(record.rec_headers.get_header("WARC-Date")), offset)
    code = record.http_headers.get_statuscode() if record.http_headers else ""
    if not code.isdigit():
        return answer if record.rec_type == "revisit" else replace(answer, failed=Failed(_NOT_HTTP))
    headers = [(n, v) for n, v in record.http_headers.headers if n.lower() != "transfer-encoding"]
    partial = {"WARC-Truncated", "WARC-Segment-Number"} & {name for name, _ in record.rec_headers.headers}
    return replace(answer, status=int(code), headers=tuple(headers), failed=Failed(_CUT) if partial else None)


def _failed(record: Any) -> Failed | None:
    """The failure that a metadata record of klastry tells; None for any other metadata."""
    fields = [line.split(": ", 1) for line in record.text.splitlines() if ": " in line]
    kind = [value for name, value in fields if name == FAILURE]
    detail = [value for name, value in fields if name == DETAIL]
    causes = [value for name, value in fields if name == CAUSE]
    return Failed(kind[0], "".join(detail), tuple(causes)) if kind else None


def _names(headers: Any) -> tuple[str, ...]:
    """The record's own id and those of the records of the same exchange."""
    names = ("warc-record-id", "warc-concurrent-to")
    return tuple(value for name, value in headers.headers if name.lower() in names)


def _time(text: str | None) -> datetime:
    at = datetime.fromisoformat(text or "")
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def decoded(body: bytes, codings: str) -> bytes:
    """`body` without its content codings. Raises PageFault for unknown, broken or endless ones."""
    for coding in reversed([name.strip().lower() for name in codings.split(",") if name.strip()]):
        if coding in ("identity", "none"):
            continue
        decompressor = coding.removeprefix("x-")
        if decompressor not in BufferedReader.get_supported_decompressors():
            raise PageDecode(f"content coding {coding[:50]!r} is unknown")
        if decompressor == "br":  # warcio's own way fails with the brotli of today
            body = _without_brotli(body)
            continue
        stream = BufferedReader(BytesIO(body), decomp_type=decompressor, read_all_members=True)
        body = stream.read(LARGEST_PAGE + 1)
    if len(body) > LARGEST_PAGE:
        raise PageFault(f"larger than {LARGEST_PAGE} bytes", reason="too-large")
    return body


def _without_brotli(body: bytes) -> bytes:
    unpacking = brotli.Decompressor()
    try:
        unpacked: bytes = unpacking.process(body, output_buffer_limit=LARGEST_PAGE + 1)
    except brotli.error as error:
        raise PageDecode(f"content coding 'br' is broken: {error}") from error
    if not unpacking.is_finished() and len(unpacked) <= LARGEST_PAGE:
        raise PageDecode("content coding 'br' is cut short")
    return unpacked
