"""`feeds.opml`: the list of all feeds, to be taken over by a feed reader (OPML 2.0).

A function of what feeds there are: no dates, so the same feeds give the same bytes.
"""

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from monitor.bodies import Site
from monitor.feeds import Channel
from monitor.wording import harmless
from monitor.words.page_labels import INDEX


def opml(groups: Mapping[str, Sequence[Channel]], site: Site) -> bytes:
    """The list as bytes: each feed by its RSS document, in groups by their heading."""
    root = Element("opml", version="2.0")
    head, body = SubElement(root, "head"), SubElement(root, "body")
    SubElement(head, "title").text = INDEX[site.language]["title"]
    SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    for heading, channels in groups.items():
        group = SubElement(body, "outline", text=heading)
        for channel in channels:
            SubElement(group, "outline", _attributes(channel, site))
    indent(root)
    listed: bytes = tostring(root, xml_declaration=True, encoding="UTF-8")
    return listed + b"\n"


def _attributes(channel: Channel, site: Site) -> dict[str, str]:
    title = harmless(channel.title)
    return {
        "text": title,
        "title": title,
        "type": "rss",
        "version": "RSS2",
        "xmlUrl": site.url + channel.path,
        "htmlUrl": f"{site.url}index.html",
        "description": harmless(channel.description),
        "language": site.language,
    }
