"""Packed answers are unpacked to the last byte, or not at all."""

import gzip
import zlib
from collections.abc import Callable, Mapping

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from spiders.outcome import BrokenAnswer
from spiders.unpacking import MOST_MEMBERS, Unpacking

MOST = 100_000
UNPACKING = Unpacking.from_crawler(get_crawler(settings_dict={"DOWNLOAD_MAXSIZE": MOST}))
REQUEST = Request("https://lista.test/")
PACK: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


def unpacked(body: bytes, coding: str) -> bytes:
    response = Response(REQUEST.url, headers={"Content-Encoding": coding}, body=body)
    answer = UNPACKING.process_response(REQUEST, response)
    assert "Content-Encoding" not in answer.headers
    return answer.body


def reason(body: bytes, coding: str) -> str:
    with pytest.raises(BrokenAnswer) as broken:
        unpacked(body, coding)
    assert broken.value.response.body == body
    return broken.value.reason


@given(st.sampled_from(sorted(PACK)), st.binary(min_size=1, max_size=2000))
def test_what_was_packed_comes_back(coding: str, body: bytes) -> None:
    assert unpacked(PACK[coding](body), coding) == body
    assert unpacked(PACK[coding](PACK["gzip"](body)), f"gzip, {coding}") == body


@given(st.sampled_from(sorted(PACK)), st.binary(min_size=1, max_size=2000), st.data())
def test_a_stream_without_its_end_is_no_page(coding: str, body: bytes, data: st.DataObject) -> None:
    packed = PACK[coding](body)
    cut = data.draw(st.integers(1, len(packed) - 1))
    assert reason(packed[:cut], coding) == "decode"


@given(st.binary(min_size=1, max_size=2000), st.data())
def test_a_checksum_that_does_not_fit_is_noticed(body: bytes, data: st.DataObject) -> None:
    packed = bytearray(gzip.compress(body))
    packed[data.draw(st.integers(len(packed) - 8, len(packed) - 1))] ^= 0x10
    assert reason(bytes(packed), "gzip") == "decode"


@pytest.mark.parametrize("coding", PACK)
def test_what_grows_beyond_the_bound_is_too_large(coding: str) -> None:
    assert reason(PACK[coding](bytes(MOST + 1)), coding) == "too-large"
    assert len(unpacked(PACK[coding](bytes(MOST)), coding)) == MOST


def test_a_request_may_have_a_tighter_bound() -> None:
    request = REQUEST.replace(meta={"klastry_most_bytes": 10})
    response = Response(REQUEST.url, headers={"Content-Encoding": "gzip"}, body=gzip.compress(bytes(11)))
    with pytest.raises(BrokenAnswer, match="more than 10 bytes"):
        UNPACKING.process_response(request, response)


@pytest.mark.parametrize("coding", ["sjcl", "zstd", "gzip, sjcl", ", ".join(["gzip"] * 4)])
def test_codings_that_were_not_asked_for(coding: str) -> None:
    assert reason(b"x", coding) == "decode"


def test_nothing_packed_is_passed_on() -> None:
    plain = Response(REQUEST.url, body=b"x")
    assert UNPACKING.process_response(REQUEST, plain) is plain
    empty = Response(REQUEST.url, headers={"Content-Encoding": "gzip"})
    assert UNPACKING.process_response(REQUEST, empty) is empty
    UNPACKING.process_request(REQUEST)
    assert REQUEST.headers["Accept-Encoding"] == b"gzip, deflate, br"


def test_members_and_what_follows_them() -> None:
    parts = gzip.compress(b"a") + gzip.compress(b"b")
    assert unpacked(parts + bytes(9), "gzip") == b"ab"
    assert unpacked(zlib.compress(b"a", wbits=-15), "deflate") == b"a"


def test_a_stream_of_members_without_end_is_no_page() -> None:
    empty, one = gzip.compress(b""), gzip.compress(b"a")
    assert unpacked(one * MOST_MEMBERS, "gzip") == b"a" * MOST_MEMBERS
    assert reason(one * (MOST_MEMBERS + 1), "gzip") == "decode"
    assert reason(gzip.compress(empty * 4_000), "gzip, gzip") == "decode"
