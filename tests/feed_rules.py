"""A strict judge of published feeds, for tests: gives one line for each rule that is broken.

It judges all feeds of a folder together: each document by the rules of its form (RSS 2.0, Atom,
JSON Feed 1.1), the chain of archives (RFC 5005), the list of feeds (OPML 2.0), and that one
entry is the same wherever it stands.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from tests.feed_rules_xml import atom, rss
from tests.feed_said import RFC_3339, Document, Said, absolute, common, plain

_TOP: Mapping[str, type] = {
    "version": str, "title": str, "description": str, "home_page_url": str, "feed_url": str, "next_url": str,
    "language": str, "authors": list, "items": list,
}  # fmt: skip
_OF_ITEM: Mapping[str, type] = {
    "id": str, "url": str, "title": str, "summary": str, "content_html": str, "date_published": str,
    "authors": list, "tags": list,
}  # fmt: skip


def _json(document: Document, content: bytes, url: str) -> Iterator[str]:
    feed = json.loads(content)
    yield from _keys(feed, _TOP, {"next_url"})
    if feed["version"] != "https://jsonfeed.org/version/1.1":
        yield f"version {feed['version']!r}"
    if feed["home_page_url"] != f"{url}index.html":
        yield f"home_page_url {feed['home_page_url']!r}"
    yield from plain(feed["title"], feed["description"])
    document.archive = document.name.startswith("archive/")
    own = re.sub(r"^archive/(.*)/\d+(\.json)$", r"\1\2", document.name)
    if feed["feed_url"] != url + own:
        yield f"feed_url {feed['feed_url']!r}"
    if "next_url" in feed:
        document.links = {"prev-archive": feed["next_url"]}
    for item in feed["items"]:
        yield from _keys(item, _OF_ITEM, set())
        if not RFC_3339.fullmatch(item["date_published"]):
            yield f"date {item['date_published']!r}"
    for each in (feed, *feed["items"]):
        if [set(author) for author in each["authors"]] != [{"name"}]:
            yield f"authors {each['authors']}"
    document.entries = [
        Said(
            item["id"], item["title"], datetime.fromisoformat(item["date_published"]), item["url"],
            item["summary"], item["content_html"], item["authors"][0]["name"], tuple(item["tags"]),
        )
        for item in feed["items"]
    ]  # fmt: skip


def _keys(said: Mapping[str, Any], known: Mapping[str, type], optional: set[str]) -> Iterator[str]:
    if not set(known) - optional <= said.keys() <= set(known):
        yield f"keys {sorted(said)}"
    for key, value in said.items():
        if not isinstance(value, known.get(key, object)):
            yield f"{key} is {value!r}"


# One document, one feed, one folder


def read(name: str, content: bytes, url: str) -> Document:
    """The document at `url` + `name`, with its faults."""
    document = Document(name, [], {}, archive=False, faults=[])
    reader = {"xml": rss, "atom": atom, "json": _json}[name.rpartition(".")[2]]
    try:
        faults = [*reader(document, content, url), *common(document, content)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        faults = [f"cannot be read: {error!r}"]
    document.faults = [f"{name}: {fault}" for fault in faults]
    return document


def judge(files: Mapping[str, bytes], url: str) -> list[str]:
    """What is wrong with the feeds among `files`, published under `url`."""
    read_ = {name: read(name, content, url) for name, content in files.items() if is_feed(name)}
    found = [fault for document in read_.values() for fault in document.faults]
    feeds = [name for name in read_ if not name.startswith("archive/")]
    if {name.rpartition(".")[0] for name in feeds if name.endswith(".xml")} != {
        name.rpartition(".")[0] for name in feeds
    } or len(feeds) % 3:
        found.append("not every feed has all three forms")
    reached = set(feeds)
    for name in feeds:
        chain = list(archives(name, read_, url))
        reached |= {each.name for each in chain}
        found += _chained(read_[name], chain, url)
    found += [f"{name}: no feed leads to it" for name in read_.keys() - reached]
    found += _same_everywhere(read_)
    if "feeds.opml" in files:
        found += _opml(files["feeds.opml"], {url + name for name in feeds if name.endswith(".xml")}, url)
    return found


def is_feed(name: str) -> bool:
    """Whether a published file is a document of a feed."""
    of_people = name.startswith("entities/") or name in ("status.json", "drawn.json")
    return name.endswith((".xml", ".atom", ".json")) and not of_people


def archives(name: str, read_: Mapping[str, Document], url: str) -> Iterator[Document]:
    """The archives that feed `name` leads to, newest first."""
    document, seen = read_[name], set[str]()
    while address := document.links.get("prev-archive"):
        if address in seen or address.removeprefix(url) not in read_:
            return
        seen.add(address)
        document = read_[address.removeprefix(url)]
        yield document


def whole(name: str, files: Mapping[str, bytes], url: str) -> list[Said]:
    """All entries of feed `name` by its chain of archives, oldest first, each once."""
    read_ = {each: read(each, content, url) for each, content in files.items() if is_feed(each)}
    documents = [read_[name], *archives(name, read_, url)]
    return list({said.id: said for each in reversed(documents) for said in reversed(each.entries)}.values())


def _chained(feed: Document, chain: list[Document], url: str) -> Iterator[str]:
    """RFC 5005, section 4."""
    if feed.archive or {"next-archive", "current"} & feed.links.keys():
        yield f"{feed.name}: an archive, or links of one"
    after = None
    for document in chain:
        if not document.archive:
            yield f"{document.name}: not marked as an archive"
        if not document.name.endswith(".json"):
            if document.links.get("current") != url + feed.name:
                yield f"{document.name}: current is {document.links.get('current')!r}"
            if document.links.get("next-archive") != (url + after.name if after else None):
                yield f"{document.name}: next is {document.links.get('next-archive')!r}"
        if after and document.entries[0].at >= after.entries[-1].at:
            yield f"{document.name}: overlaps {after.name}"
        after = document


def _same_everywhere(read_: Mapping[str, Document]) -> Iterator[str]:
    for name, document in read_.items():
        twin = read_.get(f"{name.rpartition('.')[0]}.xml")
        if twin is None or document.entries != twin.entries:
            yield f"{name}: not the same entries as in RSS"
    known: dict[str, Said] = {}
    for document in read_.values():
        for said in document.entries:
            if known.setdefault(said.id, said) != said:
                yield f"{document.name}: {said.id} is another entry elsewhere"


def _opml(content: bytes, wanted: set[str], url: str) -> Iterator[str]:
    root = etree.fromstring(content)
    head, body = root
    if (root.tag, root.get("version"), head.tag, body.tag) != ("opml", "2.0", "head", "body"):
        yield "OPML: not opml 2.0 with head and body"
    if not (head.findtext("title") or "").strip():
        yield "OPML: no title"
    for outline in body.iter("outline"):
        yield from _outline(outline, url)
    listed = [outline.get("xmlUrl") for outline in body.iter("outline") if outline.get("type")]
    if sorted(listed) != sorted(wanted):
        yield f"OPML: lists {listed}"


def _outline(outline: Any, url: str) -> Iterator[str]:
    keys = {"text", "title", "type", "version", "xmlUrl", "htmlUrl", "description", "language"}
    if not outline.get("text", "").strip() or (outline.text or "").strip():
        yield "OPML: an outline without text, or with more than that"
    if len(outline):
        keys = {"text"}
    elif (outline.get("type"), outline.get("version"), outline.get("htmlUrl")) != (
        "rss",
        "RSS2",
        f"{url}index.html",
    ) or not absolute(outline.get("xmlUrl") or ""):
        yield f"OPML: {dict(outline.attrib)}"
    if set(outline.attrib) != keys or not all(outline.attrib.values()):
        yield f"OPML: attributes {dict(outline.attrib)}"
