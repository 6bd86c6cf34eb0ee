"""Pages for the tests of readers: saved ones, and small ones made on the spot."""

import json
from datetime import UTC, datetime
from pathlib import Path

from spiders.readers import load
from storage.records import Page, Record

PAGES = Path(__file__).parent / "pages"
AT = datetime(2026, 11, 23, 6, 15, tzinfo=UTC)
UNIT = "https://www.gov.pl/web/rozwoj-technologia"


def page(html: str | bytes, asked: str = f"{UNIT}/krajowe-klastry-kluczowe", reached: str = "") -> Page:
    body = html.encode() if isinstance(html, str) else html
    return Page(asked, reached or asked, AT, 200, {"content-type": "text/html; charset=utf-8"}, body)


def article(*bodies: str, title: str = "Krajowe Klastry Kluczowe", before: str = "", after: str = "") -> Page:
    blocks = "".join(f'<div class="editor-content">{body}</div>' for body in bodies)
    return page(
        f'<html><body><article class="article-area__article " id="main-content"><h2>{title}</h2>'
        f"{before}{blocks}{after}</article></body></html>"
    )


def saved(reader: str, name: str) -> Page:
    meta = json.loads((PAGES / reader / f"{name}.meta.json").read_text("utf-8"))
    body = (PAGES / reader / f"{name}.html").read_bytes()
    reached = meta.get("reached", meta["url"])
    return Page(meta["url"], reached, AT, 200, {"content-type": meta["content_type"]}, body)


def read(reader: str, at: Page) -> list[Record]:
    return list(load(reader).read(at))
