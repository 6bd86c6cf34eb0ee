"""Archived copies kept in a folder: one WARC file (ISO 28500) each, there whole or not at all.

What is on the shelf is not asked for again. A file holds the page as a response of its own site at
the time of the copy, so that any tool for web archives reads it; or, for a copy that was refused,
the reason.
"""

import os
from contextlib import suppress
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from spiders.cdx import Copy
from spiders.warc import DETAIL, FAILURE
from storage.errors import PageFault, StorageError
from storage.records import Page, clean

_SUFFIX = ".warc.gz"


class Shelf:
    """The copies kept in `folder`, which is made when the first one is put in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def holds(self, copy: Copy) -> bool:
        """Whether the copy, or why it was refused, is kept."""
        return self._file(copy).exists()

    def files(self) -> list[Path]:
        """The files, those of the oldest copies first."""
        return sorted(self._folder.glob(f"*{_SUFFIX}"))

    def keep(self, copy: Copy, page: Page, origin: str) -> None:
        """Keep a page that came from the address `origin`. Raises StorageError."""
        phrase = HTTPStatus(page.status).phrase
        headers = [(name.title(), value) for name, value in page.headers.items()]
        answered = StatusAndHeaders(f"{page.status} {phrase}", headers, protocol="HTTP/1.1")
        self._write(copy, "response", page.body, origin, http_headers=answered)

    def refuse(self, copy: Copy, fault: PageFault, origin: str) -> None:
        """Keep why the copy at `origin` is not believed, without its body. Raises StorageError."""
        said = f"{FAILURE}: {fault.reason}\r\n{DETAIL}: {clean(str(fault))}\r\n"
        self._write(copy, "metadata", said.encode(), origin)

    def _file(self, copy: Copy) -> Path:
        address, timestamp = copy.key
        return self._folder / f"{timestamp}-{sha256(address.encode()).hexdigest()[:16]}{_SUFFIX}"

    def _write(self, copy: Copy, kind: str, body: bytes, origin: str, **more: Any) -> None:
        buffer = BytesIO()
        writer = WARCWriter(buffer, gzip=True, warc_version=WARCWriter.WARC_1_1)
        fields = {"WARC-Date": f"{copy.at:%Y-%m-%dT%H:%M:%SZ}", "WARC-Source-URI": origin}
        record = writer.create_warc_record(
            copy.original, kind, BytesIO(body), len(body), warc_headers_dict=fields, **more
        )
        writer.write_record(record)
        file = self._file(copy)
        part = file.with_name(file.name + ".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("wb") as out:
                out.write(buffer.getvalue())
                out.flush()
                os.fsync(out.fileno())
            part.replace(file)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            advice = "make room or name another folder with --keep"
            raise StorageError(f"{file}: cannot be written ({error.strerror}); {advice}") from error
