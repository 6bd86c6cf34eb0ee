"""What the pages of gov.pl/web/<unit>/ share: the article, and which of its blocks count.

The publication foot ("Informacje o publikacji dokumentu") is never a part of them.
"""

from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from spiders.markup import content_text, soup, text_of
from storage.errors import PageUnreadable
from storage.records import Page, clean

_BLOCKS = "h2, p.event-date, .intro, div.editor-content, a.file-download"
_FOOT = "Informacje o publikacji dokumentu"


def article(page: Page) -> Tag:
    """The article of `page`, without its publication foot.

    Raises PageUnreadable when the page has none or is the home page of a unit, to which dead
    addresses are redirected.
    """
    tree = soup(page)
    found = tree.select_one("article#main-content")
    if found is None or _is_home(tree):
        raise PageUnreadable(
            f"{page.reached}: no article#main-content, or a unit's home page; "
            "see in a browser whether the page moved",
            address=page.reached,
        )
    _drop_foot(found)
    return found


def unit(address: str) -> str | None:
    """The unit whose page it is (`rozwoj-technologia`), or None outside /web/<unit>."""
    parts = urlsplit(address).path.split("/")
    return parts[2].casefold() if len(parts) > 2 and parts[1].casefold() == "web" and parts[2] else None


def blocks(found: Tag) -> list[Tag]:
    """Title, date, introduction, bodies and files of an article, in page order, none within another."""
    return [node for node in found.select(_BLOCKS) if not node.find_parent(class_="editor-content")]


def bodies(page: Page, found: Tag) -> list[Tag]:
    """The bodies of the article. Raises PageUnreadable when there is none."""
    editors = [node for node in blocks(found) if "editor-content" in _classes(node)]
    if not editors:
        raise PageUnreadable(
            f"{page.reached}: the article has no div.editor-content; the layout changed", address=page.reached
        )
    return editors


def heading(page: Page, found: Tag) -> str:
    """The title of the article. Raises PageUnreadable when it has none."""
    node = next((node for node in blocks(found) if node.name == "h2"), None)
    title = text_of(node) if node else ""
    if not title:
        raise PageUnreadable(
            f"{page.reached}: the article has no h2; the layout changed", address=page.reached
        )
    return title


def content(page: Page) -> str:
    """Canonical text of the blocks of the article. Raises PageUnreadable as `article` does."""
    return "\n".join(content_text(node) for node in blocks(article(page)))


def _classes(node: Tag | None) -> list[str]:
    return list(node.get_attribute_list("class")) if node is not None else []


def _is_home(tree: BeautifulSoup) -> bool:
    """Whether the page names a unit's root as its own address."""
    own, root = _meta(tree, "og:url"), _meta(tree, "govpl:site_path")
    return bool(own and root) and urlsplit(own).path.rstrip("/") == root.rstrip("/")


def _meta(tree: BeautifulSoup, name: str) -> str:
    node = tree.find("meta", attrs={"property": name})
    return clean(str(node.get("content") or "")) if isinstance(node, Tag) else ""


def _drop_foot(found: Tag) -> None:
    """Cut the block that holds the words of the foot, and all that follows it."""
    words = found.find(string=lambda text: isinstance(text, NavigableString) and clean(text) == _FOOT)
    if words is None:
        return
    node = words.parent
    while node is not None and node.parent is not found and "editor-content" not in _classes(node.parent):
        node = node.parent
    if node is not None:
        for follower in list(node.next_siblings):
            follower.extract()
        node.extract()
