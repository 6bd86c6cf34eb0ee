"""Recordings to test with, made by our own recorder."""

from datetime import UTC, datetime
from pathlib import Path

from scrapy import Request
from scrapy.http import Response

from spiders.recording import Recorder
from spiders.warc import Recording

NOON = datetime(2026, 11, 4, 12, 0, 0, 123456, tzinfo=UTC)
HOST = "https://www.example.org"
PAGE = "<p>Zażółć gęślą jaźń</p>".encode() * 50


def answer(url: str = f"{HOST}/lista", body: bytes = PAGE, status: int = 200, **headers: str) -> Response:
    """A response as it comes from the downloader; `Content_Type` is written for `Content-Type`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(url, status=status, headers=named, body=body)


def record(file: Path, *answers: Response) -> Recording:
    """A recording of `answers`, all at noon."""
    with Recorder(file, now=lambda: NOON) as recorder:
        for response in answers:
            recorder.answered(Request(response.url), response)
    return Recording.open(file)
