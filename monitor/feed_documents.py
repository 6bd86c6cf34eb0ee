"""One document of a feed as bytes: RSS 2.0, Atom 1.0 and JSON Feed 1.1 of the same stories.

Pure: the same stories give the same bytes, at any time; newest first, dated by their telling, or
by the beginning of the history where there are none. Text is cleaned of what XML cannot carry, so
no entry can lose a feed. Follows RSS 2.0 with `content:encoded`, `dc:creator` and `atom:link`,
RFC 4287, JSON Feed 1.1, and RFC 5005 for archives: the subscription document and every archive
lead to the archive before them, an archive also to the one after it, if there is one, and to the
subscription document. JSON Feed has `next_url`, the next page of older entries.

RSS and Atom are made by feedgen, which only this module knows.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from feedgen.ext.base import BaseExtension
from feedgen.feed import FeedGenerator
from feedgen.util import xml_elem

from monitor.feeds import Channel, Masthead, Story
from monitor.wording import harmless
from storage.forms import moment_text
from storage.records import clean

ATOM, HISTORY = "http://www.w3.org/2005/Atom", "http://purl.org/syndication/history/1.0"
TYPES = {"xml": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
"""The forms of a feed by the ending of their files, with their media types."""
_TTL = 120  # minutes; sources are visited every two hours
_AUTHOR = "klastry"


@dataclass(frozen=True)
class Place:
    """Where a document stands in its feed: archive `number`, or None for the subscription document.

    `before` and `after` are the numbers of the archives next to it, where there are such.
    """

    number: int | None = None
    before: int | None = None
    after: int | None = None


def documents(
    channel: Channel, stories: Sequence[Story], place: Place, masthead: Masthead
) -> dict[str, bytes]:
    """The documents at one place of a feed, in every form, by path; `stories` oldest first."""
    paths = {form: channel.document(form, place.number) for form in TYPES}
    feed = _feed(channel, stories, place, masthead)
    made = {}
    for form, write in (("xml", feed.rss_str), ("atom", feed.atom_str)):
        feed.link(list(_links(channel, place, masthead, form)), replace=True)
        made[paths[form]] = bytes(write(pretty=True))
    made[paths["json"]] = _json(channel, stories, place, masthead)
    return made


def _feed(channel: Channel, stories: Sequence[Story], place: Place, masthead: Masthead) -> Any:
    feed = FeedGenerator()
    feed.load_extension("dc", atom=False)
    feed.register_extension("chain", _Chain)
    feed.chain.archive = place.number is not None
    feed.chain.links = list(_chained(channel, place, masthead, "xml"))
    feed.id(masthead.tag(channel.name))
    feed.title(harmless(channel.title))
    feed.description(harmless(channel.description))
    feed.language(masthead.site.language)
    feed.author(name=_AUTHOR)
    feed.generator(_AUTHOR)
    feed.ttl(_TTL)
    feed.updated(stories[-1].at if stories else masthead.since)
    for story in reversed(stories):
        _add(feed, story)
    return feed


def _add(feed: Any, story: Story) -> None:
    entry = feed.add_entry(order="append")
    entry.title(harmless(story.title))
    entry.id(clean(story.id))
    entry.link(href=story.link)
    entry.summary(harmless(story.text))  # the description of RSS too
    entry.content(story.html, type="html")
    entry.updated(story.at)
    entry.published(story.at)
    entry.author(name=harmless(story.author))
    entry.dc.dc_creator(harmless(story.author))
    for scheme, term in story.categories:
        entry.category(term=clean(term), scheme=scheme)


def _links(channel: Channel, place: Place, masthead: Masthead, form: str) -> Iterator[dict[str, str]]:
    yield _link("self", masthead.site.url + channel.document(form, place.number), TYPES[form])
    if form == "atom":
        yield from _chained(channel, place, masthead, form)
    # Last: feedgen takes it for the link of the channel.
    yield _link("alternate", f"{masthead.site.url}index.html", "text/html")


def _chained(channel: Channel, place: Place, masthead: Masthead, form: str) -> Iterator[dict[str, str]]:
    url = masthead.site.url
    for rel, number in (("prev-archive", place.before), ("next-archive", place.after)):
        if number is not None:
            yield _link(rel, url + channel.document(form, number), TYPES[form])
    if place.number is not None:
        yield _link("current", url + channel.document(form), TYPES[form])


def _link(rel: str, href: str, type_: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": type_}


class _Chain(BaseExtension):  # type: ignore[misc]
    """RFC 5005 in what feedgen writes: the mark of an archive, and the links that it leaves out of RSS."""

    archive = False
    links: Sequence[dict[str, str]] = ()

    def extend_ns(self) -> dict[str, str]:
        return {"fh": HISTORY} if self.archive else {}

    def extend_rss(self, rss: Any) -> Any:
        for link in self.links:
            xml_elem(f"{{{ATOM}}}link", rss[0], **link)
        self.extend_atom(rss[0])
        return rss

    def extend_atom(self, feed: Any) -> Any:
        if self.archive:
            xml_elem(f"{{{HISTORY}}}archive", feed)
        return feed


def _json(channel: Channel, stories: Sequence[Story], place: Place, masthead: Masthead) -> bytes:
    site = masthead.site
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": harmless(channel.title),
        "description": harmless(channel.description),
        "home_page_url": f"{site.url}index.html",
        "feed_url": site.url + channel.document("json"),
        "language": site.language,
        "authors": [{"name": _AUTHOR}],
    }
    if place.before is not None:
        feed["next_url"] = site.url + channel.document("json", place.before)
    items = [_item(story) for story in reversed(stories)]
    return (json.dumps({**feed, "items": items}, ensure_ascii=False, indent=1) + "\n").encode()


def _item(story: Story) -> dict[str, Any]:
    return {
        "id": clean(story.id),
        "url": story.link,
        "title": harmless(story.title),
        "summary": harmless(story.text),
        "content_html": story.html,
        "date_published": moment_text(story.at),
        "authors": [{"name": harmless(story.author)}],
        "tags": [clean(term) for _, term in story.categories],
    }
