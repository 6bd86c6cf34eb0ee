"""A crawl that is recorded can be crawled again from the recording, to the byte."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from recorded import HOST, PAGE, answer, record
from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadFailedError, IgnoreRequest
from warcio.archiveiterator import ArchiveIterator

from monitor.standin import Answer, Asked, StandIn
from spiders.failures import described, raised_again
from spiders.outcome import explain
from spiders.recording import Record, Recorder, Replay
from spiders.warc import Failed, Recording, pages
from storage.errors import PageFault, StorageError, UsageError

CHILD = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess
from spiders.outcome import explain

class Asks(scrapy.Spider):
    name = "asks"

    async def start(self):
        for url in json.loads(sys.argv[1]):
            request = scrapy.Request(url, headers={"Authorization": "Basic secret"})
            try:
                response = await self.crawler.engine.download_async(request)
            except Exception as error:
                fault = explain(error, url)
                told = [url, fault.reason, str(fault)]
            else:
                headers = sorted(response.headers.to_unicode_dict().items())
                told = [url, response.status, response.body.hex(), headers]
            at = request.meta.get("klastry_recorded_at")
            print(json.dumps([*told, at and at.isoformat()]), flush=True)
        return
        yield

process = CrawlerProcess({
    "DOWNLOADER_MIDDLEWARES": {"spiders.recording.Record": 900, "spiders.recording.Replay": 901},
    "DOWNLOAD_VERIFY_CERTIFICATES": True, "DOWNLOAD_TIMEOUT": 1, "RETRY_ENABLED": False,
    "REDIRECT_ENABLED": False, "TELNETCONSOLE_ENABLED": False, "LOG_LEVEL": "ERROR",
    **json.loads(sys.argv[2]),
})
process.crawl(Asks)
process.start()
"""


Texts = Mapping[str, str]


def child(urls: list[str], settings: Texts, environment: Texts) -> "subprocess.Popen[str]":
    """A Scrapy process that asks `urls` one after the other."""
    command = [sys.executable, "-c", CHILD, json.dumps(urls), json.dumps(settings)]
    return subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def crawl(urls: list[str], settings: Texts, environment: Texts) -> list[list[Any]]:
    """What a Scrapy process was told for each of `urls`."""
    with child(urls, settings, environment) as process:
        output, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors, errors
    return [json.loads(line) for line in output.splitlines()]


def healthy_and_broken(asked: Asked) -> Answer:
    match asked.url.rpartition("/")[2]:
        case "lista":
            return Answer(body=PAGE, gzip=True, headers={"X-Plik": "umowa-żółta".encode().decode("latin-1")})
        case "chunked":
            return Answer(body=PAGE, chunked=True)
        case "moved":
            return Answer(301, {"Location": "/lista"})
        case "cut":
            return Answer(body=PAGE, cut_after=10)
        case "hangs":
            return Answer(hang=True)
        case "closed":
            return Answer(raw=b"")
        case "garbage":
            return Answer(raw=b"garbage\r\n\r\n")
        case _:
            return Answer(404)


def test_a_replay_tells_what_the_network_told(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc.gz"
    names = ("robots.txt", "lista", "lista", "chunked", "moved", "cut", "hangs", "closed", "garbage", "brak")
    urls = [f"{HOST}/{name}" for name in names] + ["http://www.example.org/lista", "https://old.example.org/"]
    with StandIn(healthy_and_broken, tls={"old.example.org": "expired"}) as stand_in:
        told = crawl(urls, {"KLASTRY_RECORD": str(file)}, stand_in.environment())
        asked = len(stand_in.asked)
        told_again = crawl(urls, {"KLASTRY_REPLAY": str(file)}, stand_in.environment())
        assert len(stand_in.asked) == asked == len(urls) - 1
    outcomes = [line[1] for line in told]
    assert outcomes[:5] == [404, 200, 200, 200, 301]
    assert outcomes[5:] == ["truncated", "timeout", "connection", "protocol", 404, 200, "tls"]
    assert bytes.fromhex(told[1][2]) == PAGE
    assert [line[:-1] for line in told_again] == [line[:-1] for line in told]
    times = [datetime.fromisoformat(line[-1]) for line in told_again]
    recording = Recording.open(file)
    assert times == sorted(times)
    assert (times[0], times[-1]) == (recording.first, recording.last)
    assert b"secret" not in gzip.decompress(file.read_bytes())


def test_a_killed_crawl_leaves_what_it_had(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc.gz"
    urls = [f"{HOST}/lista", f"{HOST}/hangs"]
    with StandIn(healthy_and_broken) as stand_in, child(
        urls, {"KLASTRY_RECORD": str(file), "DOWNLOAD_TIMEOUT": "99"}, stand_in.environment()
    ) as process:  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
    assert not file.exists()
    assert [page.body for page in pages(file.with_name("crawl.warc.gz.part"))] == [PAGE]


def test_the_file_is_a_warc_any_tool_can_check(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc.gz"
    record(file, answer(Content_Type="text/html"))
    with file.open("rb") as stream:
        seen = []
        for warc in ArchiveIterator(stream, check_digests="raise"):
            warc.raw_stream.read()
            seen.append((warc.rec_headers.protocol, warc.rec_type, warc.rec_headers.get_header("WARC-Date")))
    time = "2026-11-04T12:00:00.123456Z"
    assert seen == [("WARC/1.1", kind, time) for kind in ("warcinfo", "response", "request")]


def test_the_same_crawl_makes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.warc.gz", "b.warc.gz"):
        record(tmp_path / name, answer())
    assert (tmp_path / "a.warc.gz").read_bytes() == (tmp_path / "b.warc.gz").read_bytes()
    record(tmp_path / "plain.warc", answer())
    assert (tmp_path / "plain.warc").read_bytes().startswith(b"WARC/1.1\r\n")


def test_no_credentials_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc"
    secrets = dict.fromkeys(("Authorization", "Proxy-Authorization", "Cookie"), "s3cret")
    headers = {**secrets, "Accept": "text/html"}
    request = Request("https://me:s3cret@www.example.org/x?a=1#part", headers=headers)
    with Recorder(file) as recorder:
        recorder.answered(request, answer(request.url))
        recorder.failed(request, DownloadFailedError(f"Getting {request.url.partition('#')[0]} failed"))
    kept = file.read_bytes()
    assert b"s3cret" not in kept
    assert b"GET /x?a=1 HTTP/1.1\r\nHost: www.example.org\r\nAccept: text/html\r\n" in kept


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc.gz"
    with Recorder(file):
        assert not file.exists()
        with pytest.raises(UsageError, match=r"part: exists already"):
            Recorder(file)
    assert file.exists()
    with pytest.raises(UsageError, match=r"gz: exists already"):
        Recorder(file)
    with pytest.raises(UsageError, match="cannot be made"):
        Recorder(tmp_path / "none" / "crawl.warc.gz")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_full_disk_ends_the_recording_not_the_crawl(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "crawl.warc")
    recorder._file.close()
    recorder._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115
    recorder.answered(Request(HOST), answer())
    recorder.answered(Request(HOST), answer())
    with pytest.raises(StorageError, match="No space left"):
        recorder.close()
    assert not (tmp_path / "crawl.warc").exists()


def test_one_recorder_serves_several_crawlers(tmp_path: Path) -> None:
    with Recorder(tmp_path / "crawl.warc.gz") as recorder:
        assert deepcopy({"KLASTRY_RECORD": recorder})["KLASTRY_RECORD"] is recorder


def test_what_was_refused_before_the_network_is_not_recorded(tmp_path: Path) -> None:
    file = tmp_path / "crawl.warc.gz"
    with Recorder(file) as recorder:
        middleware, asked, refused = Record(recorder), Request(f"{HOST}/a"), Request(f"{HOST}/b")
        middleware.process_request(asked)
        middleware.process_exception(refused, IgnoreRequest())
        middleware.process_exception(asked, DownloadFailedError("broken"))
        middleware.process_exception(asked, DownloadFailedError("told once"))
    assert [(kept.url, kept.failed and kept.failed.detail) for kept in Recording.open(file).answers] == [
        (f"{HOST}/a", "broken")
    ]


def replayed(recording: Recording, *urls: str) -> list[bytes]:
    replay = Replay(recording)
    return [replay.process_request(Request(url)).body for url in urls]


def test_the_kth_request_gets_the_kth_answer_and_then_the_last(tmp_path: Path) -> None:
    recording = record(tmp_path / "crawl.warc.gz", answer(body=b"1"), answer(body=b"2"))
    assert replayed(recording, *[f"{HOST}/lista"] * 3) == [b"1", b"2", b"2"]
    assert replayed(recording, f"{HOST}/lista") == [b"1"]


def test_an_address_is_found_as_its_http_or_https_twin(tmp_path: Path) -> None:
    recording = record(
        tmp_path / "crawl.warc.gz",
        answer(body=b"s"),
        answer("http://b.example/", b"p"),
        answer("https://b.example/"),
    )
    assert replayed(recording, "http://www.example.org/lista", "http://b.example/#x") == [b"s", b"p"]


def test_what_the_recording_lacks_is_a_refused_connection_but_robots_forbid_nothing(tmp_path: Path) -> None:
    replay = Replay(record(tmp_path / "crawl.warc.gz", answer()))
    request = Request(f"{HOST}/brak")
    with pytest.raises(DownloadConnectionRefusedError, match="/brak is not in the recording") as refused:
        replay.process_request(request)
    assert explain(refused.value, request.url).reason == "connection"
    assert replay.process_request(Request(f"{HOST}/robots.txt")).status == 404
    with pytest.raises(DownloadConnectionRefusedError):
        replay.process_request(Request(f"{HOST}/lista", method="HEAD"))


def test_faults_of_ours_come_back_with_their_reason() -> None:
    fault = raised_again(described(PageFault("leads to 10.0.0.1", reason="private-host")))
    assert isinstance(fault, PageFault)
    assert (fault.reason, str(fault)) == ("private-host", "leads to 10.0.0.1")


@pytest.mark.parametrize(
    "failed",
    [
        Failed("builtins.SystemExit", "told"),
        Failed("os.system", "told"),
        Failed("scrapy.exceptions.os", "told", ("builtins.exit (1,)", "OpenSSL.SSL.Error open('x')", "a")),
        Failed("twisted.internet.error.ReactorBase", "told", ("twisted.web._newclient.ResponseFailed 7",)),
    ],
)
def test_a_recording_raises_no_class_but_those_of_downloads(failed: Failed) -> None:
    exception = raised_again(failed)
    assert type(exception) is DownloadFailedError
    assert (str(exception), exception.__cause__) == ("told", None)
