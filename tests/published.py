"""What must hold of every published page."""

import base64
import hashlib
import re
import warnings
from typing import Any
from urllib.parse import urlsplit

import html5lib
from lxml import html

MOST_BYTES = 100_000


def assert_harmless(page: str | bytes, *, script: bool = False) -> Any:
    """Assert that nothing runs but our own script, that links lead to the web or here, that it is valid.

    Gives the page as a tree.
    """
    raw = page if isinstance(page, str) else page.decode()
    tree = html.document_fromstring(raw)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    style = _digest(re.findall(r"<style>(.*?)</style>", raw, re.DOTALL))
    allowed = ["default-src 'none'", f"style-src '{style}'"]
    scripts = re.findall(r"<script>(.*?)</script>", raw, re.DOTALL)
    if script:
        allowed.append(f"script-src '{_digest(scripts)}' 'strict-dynamic'")
    assert policy == "; ".join([*allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"])
    assert len(tree.xpath("//script[not(@type='application/json')]")) == len(scripts) == int(script)
    assert not tree.xpath("//@style | //img | //iframe | //form | //@*[starts-with(name(), 'on')]")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", raw)
    assert {urlsplit(link).scheme for link in tree.xpath("//a/@href")} <= {"", "http", "https"}
    assert len(raw.encode()) < MOST_BYTES
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert_valid(raw)
    return tree


def attributes(tree: Any, path: str) -> list[str]:
    """The attributes that `path` names, with plain spaces."""
    return [" ".join(each.split()) for each in tree.xpath(path)]


def assert_valid(raw: str) -> None:
    """Assert that the page is HTML without a single parse error."""
    parser = html5lib.HTMLParser(strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser.parse(raw)


def _digest(blocks: list[str]) -> str:
    (only,) = blocks
    return f"sha256-{base64.b64encode(hashlib.sha256(only.encode()).digest()).decode()}"
