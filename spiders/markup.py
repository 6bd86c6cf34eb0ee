"""From a page to a tree and to clean text, pure; decoding is done by `spiders.decoding`.

Scripts, styles, templates and comments are never content. Inline tags do not break words
("30.0<b>9</b>.2026" is one date), block tags and `<br>` do. No function here recurses.
"""

import re
import warnings
from collections.abc import Collection, Iterator
from typing import Literal
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning
from bs4.element import CData, NavigableString, PageElement, Tag
from bs4.filter import SoupStrainer
from w3lib.url import safe_url_string

from spiders.decoding import decode
from storage.errors import PageNotWhole, PageUnreadable
from storage.records import Key, Page, Record, address_key, clean, document, fold
from storage.records.keys import without_noise

__all__ = [
    "attachments",
    "base_of",
    "check_whole",
    "content_text",
    "decode",
    "lines_of",
    "link",
    "soup",
    "text_of",
]

warnings.filterwarnings("ignore", category=XMLParsedAsHTMLWarning)  # XHTML is what pages are

_CONTAINERS = ("div", "ul", "ol", "table", "section", "article", "main")
_TAG = re.compile(rf"<(/?)({'|'.join(_CONTAINERS)})(?=[\s/>])", re.IGNORECASE)
# A comment or script without an end swallows the rest, so that the search stays linear.
_NOT_MARKUP = re.compile(
    r"<!--.*?(?P<comment>-->|\Z)|<(?P<tag>script|style)\b.*?(?P<end></(?P=tag)\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_END_AREA = 2000
_ANY_TAG = re.compile(r"<[a-z!/]", re.IGNORECASE)
_XML = re.compile(r"\s*<\?xml\b(?!.{0,2000}?<html\b)", re.IGNORECASE | re.DOTALL)
_ENTITIES = re.compile(r"<!ENTITY\b", re.IGNORECASE)
DEEPEST = 500
_BASE = "base_of_document"
MOST_TAGS = 30_000
"""Of one document: real pages have some hundreds or thousands, and each costs memory and time."""
_WALKED = "walked_of_document"
MOST_WALKED = 100_000_000
"""Letters read of one document: those of the largest page twenty times, for rows may lie in rows."""
_LETTERS_OF_TAG = 40
"""What going by a tag costs, in letters."""

_SILENT = frozenset({"script", "style", "template", "noscript", "head", "title"})
_BLOCKS = frozenset(
    (
        "address article aside blockquote body br button caption center dd details dialog div dl dt fieldset "
        "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol "
        "optgroup option p pre section select summary table tbody td tfoot th thead tr ul"
    ).split()
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|zip|odt)$", re.IGNORECASE)
# "(PDF, 1,2 MB)", ".pdf 0.45MB", "plik DOCX" after a label.
_FILE_NOTE = re.compile(
    r"[\s,;.(\[–-]{1,5}(?:plik\b)?[\s,;]{0,3}(?:pdf|docx?|xlsx?|zip|odt)?[\s,;]{0,3}"
    r"(?:\d{1,6}(?:[.,]\d{1,3})?\s?[kMG]i?B)?[\s,;)\].]{0,4}$",
    re.IGNORECASE,
)
_INVISIBLE = "\u00a0\u200b\ufeff" + "".join(map(chr, range(0x21)))
_SAFELINKS = ".safelinks.protection.outlook.com"
_UNFIT_HOST = re.compile(r"[\s<>\"^`{|}%\\]")


def check_whole(text: str) -> None:
    """Raises PageNotWhole unless the document in `text` comes to its end.

    The end is `</html>` or `</body>` near the end, or containers that are all closed.
    """
    for aside in _NOT_MARKUP.finditer(text):
        if not (aside["comment"] or aside["end"]):
            raise PageNotWhole("the document ends inside a comment or script; fetch it again")
    markup = _NOT_MARKUP.sub("", text)
    if _END.search(markup, max(0, len(markup) - _END_AREA)):
        return
    depth = dict.fromkeys(_CONTAINERS, 0)
    for closing, name in _TAG.findall(markup):
        depth[name.lower()] += -1 if closing else 1
    if not _TAG.search(markup) or any(depth.values()) or markup.rfind("<") > markup.rfind(">"):
        raise PageNotWhole("the document ends before its end; fetch it again")


def soup(page: Page, only: str | None = None) -> BeautifulSoup:
    """The tree of `page`, or of its `only` elements.

    Raises PageDecode, and PageUnreadable for what is not HTML (plain text, XML, a document that
    declares entities), or is nested or long beyond reason.
    """
    text = decode(page)
    if text.count("<") > 2 * MOST_TAGS:  # beginnings and ends
        raise PageUnreadable(
            f"{page.reached}: more than {MOST_TAGS} tags; look at it",
            reason="too-large",
            address=page.reached,
        )
    if not _ANY_TAG.search(text) or _XML.match(text) or _ENTITIES.search(text):
        raise PageUnreadable(
            f"{page.reached}: not HTML, or it declares entities of its own; look at it",
            reason="type",
            address=page.reached,
        )
    try:
        return _Shallow(text, "lxml", parse_only=SoupStrainer(only) if only else None)
    except _TooDeep:
        raise PageUnreadable(
            f"{page.reached}: tags nested more than {DEEPEST} deep; look at it", address=page.reached
        ) from None


class _TooDeep(Exception):
    """Tags in tags without end."""


class _Shallow(BeautifulSoup):
    """A tree that is given up while it is built: each tag costs the more the deeper it lies."""

    def pushTag(self, tag: Tag) -> None:  # noqa: N802
        super().pushTag(tag)
        if len(self.tagStack) > DEEPEST:
            raise _TooDeep


def _walk(node: Tag) -> Iterator[tuple[Literal["open", "text", "close"], PageElement]]:
    """The elements of `node` in document order, with their ends."""
    stack: list[tuple[Tag, Iterator[PageElement]]] = [(node, iter(node.contents))]
    while stack:
        tag, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            yield "close", tag
        elif isinstance(child, Tag):
            yield "open", child
            stack.append((child, iter(child.contents)))
        elif type(child) in (NavigableString, CData):
            yield "text", child


def _pieces(node: Tag, *, links: bool = False, without: Collection[str] = ()) -> Iterator[str]:
    """The clean text of each block of `node`; left out are empty ones, and elements named in `without`."""
    line: list[str] = []
    silent = left_out = 0
    known = vars(_root(node))
    for turn, element in _walk(node):
        walked = len(element) if isinstance(element, NavigableString) else _LETTERS_OF_TAG
        known[_WALKED] = known.get(_WALKED, 0) + walked
        if known[_WALKED] > MOST_WALKED:
            raise PageUnreadable(
                "the same text lies in too many elements within each other; look at the page"
            )
        if isinstance(element, Tag) and element.name in without and element is not node:
            left_out += 1 if turn == "open" else -1
        elif left_out:
            continue
        elif isinstance(element, Tag):
            if element.name in _SILENT and element is not node:
                silent += 1 if turn == "open" else -1
            elif element.name in _BLOCKS and (text := clean("".join(line))):
                yield text
            if element.name in _BLOCKS:
                line = []
            if links and turn == "close" and element.name == "a":
                line.append(_target(element))
        elif not silent:
            line.append(str(element))
    if text := clean("".join(line)):
        yield text


def lines_of(node: Tag) -> list[str]:
    """The clean text of `node`, one line a block; `<br>` begins a line, too."""
    return list(_pieces(node))


def text_of(node: Tag, separator: str = " ", without: Collection[str] = ()) -> str:
    """The clean text of `node` on one line, with `separator` between its blocks.

    Elements within it whose name is among `without` are left out.
    """
    return separator.join(_pieces(node, without=without))


def content_text(node: Tag) -> str:
    """What `node` says, for hashing: its lines in order and where its links lead.

    Scripts, styles, form tokens and marks of counters in addresses are no part of it.
    """
    return "\n".join(_pieces(node, links=True))


def _target(anchor: Tag) -> str:
    href = _attribute(anchor, "href")
    if not href or href.startswith("#") or href.lower().startswith(("javascript:", "data:")):
        return ""
    return f" <{without_noise(href)}> "


def _attribute(tag: Tag, name: str) -> str:
    value = tag.get(name)
    return _tidy(value) if isinstance(value, str) else ""


def _tidy(href: str) -> str:
    """`href` without what browsers pass over: line breaks, and space around it."""
    return re.sub(r"[\t\r\n]", "", href).strip(_INVISIBLE)


def base_of(node: Tag) -> str | None:
    """The `<base href>` of the document that `node` is in, as printed."""
    root = _root(node)
    found = vars(root)  # the tree is searched once, not once a link
    if _BASE not in found:
        base = root.find("base", href=True)
        found[_BASE] = _attribute(base, "href") if isinstance(base, Tag) else None
    printed: str | None = found[_BASE]
    return printed


def _root(node: Tag) -> Tag:
    while node.parent is not None:
        node = node.parent
    return node


def link(page: Page, href: str | None, base: str | None = None) -> str | None:
    """The absolute http(s) address to which `href` on `page` leads, or None.

    It has no fragment, and Outlook's safelinks are unwrapped. None for links within the page,
    for other schemes (`javascript:`, `mailto:`), and for addresses with a user name. `base`
    is the page's `<base href>`, honoured only on the host of the page.
    """
    target = _tidy(href or "")
    if not target or target.startswith("#"):
        return None
    path, mark, query = target.partition("?")
    try:
        return _asked(urljoin(_from(page, base), path.replace("\\", "/") + mark + query))
    except ValueError:  # what urlsplit and the encoding of host names refuse
        return None


def _from(page: Page, base: str | None) -> str:
    start = urljoin(page.reached, base.strip()) if base else page.reached
    own = urlsplit(start).hostname == urlsplit(page.reached).hostname
    return start if own and urlsplit(start).scheme in ("http", "https") else page.reached


def _asked(address: str) -> str | None:
    parts = urlsplit(address)
    for _ in range(3):  # a link sent on is wrapped again
        if not (parts.hostname or "").endswith(_SAFELINKS):
            break
        parts = urlsplit(next(iter(parse_qs(parts.query).get("url", ())), ""))
    strange = parts.username is not None or parts.password is not None or parts.port == 0
    if parts.scheme not in ("http", "https") or not parts.hostname or strange:
        return None
    if _UNFIT_HOST.search(parts.hostname):
        return None
    return safe_url_string(parts._replace(fragment="").geturl())


def attachments(page: Page, node: Tag) -> Iterator[Record]:
    """A document for each file that `node` links to, in order, the same one once.

    Files are `a.file-download`, links to `/attachment/…` and to names that end as those of
    office files. The title is the label without notes of type and size; a file with no label
    is called by the name in its address. The caller scopes the keys and says `belongs_to`.
    """
    base, seen = base_of(node), set()
    anchors = [node] if node.name == "a" else node.find_all("a", href=True)
    for anchor in anchors:
        url = link(page, _attribute(anchor, "href"), base)
        if url is None or not _is_file(anchor, url):
            continue
        title = _label(anchor) or clean(_FILE.sub("", unquote(urlsplit(url).path).rsplit("/", 1)[-1]))
        if (title, url) not in seen:
            seen.add((title, url))
            yield document(Key("document", fold(title)), address_key(url), title=title, url=url)


def _is_file(anchor: Tag, url: str) -> bool:
    path = urlsplit(url).path
    named = "file-download" in anchor.get_attribute_list("class")
    return named or "/attachment/" in path or bool(_FILE.search(path))


def _label(anchor: Tag) -> str:
    """The first line that is more than a note of type and size."""
    for line in lines_of(anchor):
        if label := _FILE_NOTE.sub("", f" {line}").strip():
            return label
    return ""
