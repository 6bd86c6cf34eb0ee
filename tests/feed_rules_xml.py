"""The rules of RSS 2.0 (with the profile of the RSS Advisory Board) and of Atom (RFC 4287), for tests.

Each reader fills in what a document says, and gives one line for each rule that is broken. What
the W3C validator warns of is a fault too.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from lxml import etree

from tests.feed_said import RFC_3339, TAG_URI, Document, Said, absolute, plain

ATOM, FH = "{http://www.w3.org/2005/Atom}", "{http://purl.org/syndication/history/1.0}"
CONTENT, DC = "{http://purl.org/rss/1.0/modules/content/}", "{http://purl.org/dc/elements/1.1/}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TYPES = {"xml": "application/rss+xml", "atom": "application/atom+xml"}
_RFC_822 = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
_ONE, _ANY, _SOME, _MAYBE = (1, 1), (0, 10**6), (1, 10**6), (0, 1)
Counts = Mapping[str, tuple[int, int]]
_CHANNEL: Counts = {
    "title": _ONE, "link": _ONE, "description": _ONE, "language": _ONE, "generator": _ONE, "docs": _MAYBE,
    "ttl": _ONE, "lastBuildDate": _ONE, f"{ATOM}link": _SOME, f"{FH}archive": _MAYBE, "item": _ANY,
}  # fmt: skip
_ITEM: Counts = {
    "title": _ONE, "link": _ONE, "description": _ONE, f"{CONTENT}encoded": _ONE, "guid": _ONE,
    "category": _SOME, "pubDate": _ONE, f"{DC}creator": _ONE,
}  # fmt: skip
_FEED: Counts = {
    f"{ATOM}id": _ONE, f"{ATOM}title": _ONE, f"{ATOM}updated": _ONE, f"{ATOM}author": _ONE,
    f"{ATOM}subtitle": _ONE, f"{ATOM}generator": _ONE, f"{ATOM}link": _SOME, f"{FH}archive": _MAYBE,
    f"{ATOM}entry": _ANY,
}  # fmt: skip
_ENTRY: Counts = {
    f"{ATOM}id": _ONE, f"{ATOM}title": _ONE, f"{ATOM}updated": _ONE, f"{ATOM}published": _ONE,
    f"{ATOM}author": _ONE, f"{ATOM}content": _ONE, f"{ATOM}summary": _ONE, f"{ATOM}link": _ONE,
    f"{ATOM}category": _SOME,
}  # fmt: skip
_ATTRIBUTES = {
    "rss": {"version"}, "guid": {"isPermaLink"}, "category": {"domain"},
    f"{ATOM}link": {"href", "rel", "type"}, f"{ATOM}feed": {XML_LANG},
    f"{ATOM}content": {"type"}, f"{ATOM}category": {"term", "scheme"},
}  # fmt: skip


# RSS


def rss(document: Document, content: bytes, url: str) -> Iterator[str]:
    root = etree.fromstring(content)
    yield from _xml(content, root, "rss", {"channel": _ONE})
    channel = root.find("channel")
    yield from _children(channel, _CHANNEL, last="item")
    if root.get("version") != "2.0":
        yield f"version {root.get('version')}"
    if channel.findtext("link") != f"{url}index.html":
        yield f"channel link {channel.findtext('link')!r}"
    yield from plain(channel.findtext("title"), channel.findtext("description"))
    if not re.fullmatch("pl|en", channel.findtext("language") or ""):
        yield "language"
    if int(channel.findtext("ttl") or 0) < 1:
        yield "ttl"
    yield from _links(document, channel, url, "xml")
    document.entries = [_item(item) for item in channel.iter("item")]
    for item in channel.iter("item"):
        yield from _children(item, _ITEM)
        if item.find("guid").get("isPermaLink") != "false":
            yield "guid is taken for an address"
        if item.index(item.find("description")) > item.index(item.find(f"{CONTENT}encoded")):
            yield "description after content:encoded"
        if not all(each.get("domain") for each in item.iter("category")):
            yield "category without domain"
    dates = [each.text or "" for each in channel.iter("lastBuildDate", "pubDate")]
    if wrong := [each for each in dates if not _rfc_822(each)]:
        yield f"dates {wrong}"
    if document.entries and parsedate_to_datetime(dates[0]) != document.entries[0].at:
        yield "lastBuildDate is not that of the newest entry"


def _rfc_822(text: str) -> bool:
    return bool(_RFC_822.fullmatch(text)) and format_datetime(parsedate_to_datetime(text)) == text


def _item(item: Any) -> Said:
    return Said(
        id=item.findtext("guid"),
        title=item.findtext("title"),
        at=parsedate_to_datetime(item.findtext("pubDate")),
        link=item.findtext("link"),
        text=item.findtext("description"),
        html=item.findtext(f"{CONTENT}encoded"),
        author=item.findtext(f"{DC}creator"),
        terms=tuple(each.text for each in item.iter("category")),
    )


# Atom


def atom(document: Document, content: bytes, url: str) -> Iterator[str]:
    root = etree.fromstring(content)
    yield from _xml(content, root, f"{ATOM}feed", _FEED)
    yield from _children(root, _FEED, last=f"{ATOM}entry")
    if not TAG_URI.fullmatch(root.findtext(f"{ATOM}id")):
        yield "id of the feed"
    yield from plain(root.findtext(f"{ATOM}title"), root.findtext(f"{ATOM}subtitle"))
    if not re.fullmatch("pl|en", root.get(XML_LANG) or ""):
        yield "xml:lang"
    yield from _links(document, root, url, "atom")
    if document.links.get("alternate") != f"{url}index.html":
        yield f"alternate link {document.links.get('alternate')!r}"
    document.entries = [_said(entry) for entry in root.iter(f"{ATOM}entry")]
    for entry in root.iter(f"{ATOM}entry"):
        yield from _children(entry, _ENTRY)
        if entry.find(f"{ATOM}content").get("type") != "html":
            yield "content is not declared as HTML"
        if entry.findtext(f"{ATOM}published") != entry.findtext(f"{ATOM}updated"):
            yield "an entry was edited"
        if not all(TAG_URI.fullmatch(each.get("scheme")) for each in entry.iter(f"{ATOM}category")):
            yield "a scheme is no URI"
    for author in root.iter(f"{ATOM}author"):
        yield from _children(author, {f"{ATOM}name": _ONE})
    dates = [each.text or "" for each in root.iter(f"{ATOM}updated", f"{ATOM}published")]
    if wrong := [each for each in dates if not RFC_3339.fullmatch(each)]:
        yield f"dates {wrong}"
    if document.entries and datetime.fromisoformat(dates[0]) != document.entries[0].at:
        yield "updated is not that of the newest entry"


def _said(entry: Any) -> Said:
    return Said(
        id=entry.findtext(f"{ATOM}id"),
        title=entry.findtext(f"{ATOM}title"),
        at=datetime.fromisoformat(entry.findtext(f"{ATOM}updated")),
        link=entry.find(f"{ATOM}link").get("href"),
        text=entry.findtext(f"{ATOM}summary"),
        html=entry.findtext(f"{ATOM}content"),
        author=entry.findtext(f"{ATOM}author/{ATOM}name"),
        terms=tuple(each.get("term") for each in entry.iter(f"{ATOM}category")),
    )


# What RSS and Atom have in common


def _xml(content: bytes, root: Any, tag: str, children: Counts) -> Iterator[str]:
    if not content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n"):
        yield "no XML declaration of UTF-8"
    if root.tag != tag or root.getprevious() is not None or root.getroottree().docinfo.doctype:
        yield f"root {root.tag}, or something before it"
    if tag == "rss":
        yield from _children(root, children)
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield "a comment or an instruction"
        elif set(element.attrib) - _ATTRIBUTES.get(element.tag, set()):
            yield f"{element.tag} has attributes {dict(element.attrib)}"
        elif len(element) and (element.text or "").strip():
            yield f"text in {element.tag}"


def _children(element: Any, allowed: Counts, last: str | None = None) -> Iterator[str]:
    found = Counter(child.tag for child in element)
    for tag in found.keys() | allowed.keys():
        least, most = allowed.get(tag, (0, 0))
        if not least <= found[tag] <= most:
            yield f"{element.tag} has {found[tag]} {tag}"
    for child in element:
        if (
            not len(child)
            and not child.attrib
            and child.tag != f"{FH}archive"
            and not (child.text or "").strip()
        ):
            yield f"empty {child.tag}"
    tags = [child.tag for child in element]
    if last in tags and set(tags[tags.index(last) :]) != {last}:
        yield f"metadata after {last}"


def _links(document: Document, parent: Any, url: str, form: str) -> Iterator[str]:
    document.archive = parent.find(f"{FH}archive") is not None
    links = parent.findall(f"{ATOM}link")
    document.links = {link.get("rel"): link.get("href") for link in links}
    if len(document.links) < len(links):
        yield "two links of one rel"
    if document.links.get("self") != url + document.name:
        yield f"link to itself: {document.links.get('self')!r}"
    for link in links:
        wanted = "text/html" if link.get("rel") == "alternate" else TYPES[form]
        if not absolute(link.get("href")) or link.get("type") != wanted or len(link) or link.text:
            yield f"link {dict(link.attrib)}"
