"""From the bytes of a page to its text, without loss: right Polish letters or PageDecode.

What a server or a page declares is often wrong, so the bytes decide first: a byte order
mark, then strict UTF-8, then windows-1250 against ISO-8859-2 by the letters each gives.
Damage is refused, never patched: U+FFFD, UTF-8 with stray bytes, and text that was once
read in the wrong encoding and stored again ("Ĺ‚" for "ł").
"""

import codecs
import re
from html import unescape

from storage.errors import PageDecode
from storage.records import Page

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LETTERS = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
_SINGLE_BYTE = ("cp1250", "iso8859-2")
# UTF-8 of a Polish letter or of common typography: it does not come by chance in other encodings.
_UTF8_POLISH = re.compile(b"|".join(re.escape(sign.encode()) for sign in _LETTERS + "„”–—…"))
_POLISH_IN_WORD = re.compile(rf"(?<=[^\W\d_])[{_LETTERS}]|[{_LETTERS}](?=[^\W\d_])")
_POLISH_ALONE = re.compile(rf"(?<![^\W\d_])[{_LETTERS}](?![^\W\d_])")
_OTHER_LETTER = re.compile(rf"(?![{_LETTERS}])[^\W\d_a-zA-Z]")
_C1 = re.compile("[\x80-\x9f]")


def _twice_encoded() -> re.Pattern[str]:
    """What Polish letters look like after their UTF-8 was read in a single-byte encoding."""
    seen = set()
    for letter in _LETTERS:
        for charset in ("cp1250", "cp1252", "latin-1", "iso8859-2"):
            seen.add(letter.encode().decode(charset, errors="ignore"))
    pairs = sorted(re.escape(pair) for pair in seen if len(pair) == 2)
    # Also dashes and quotes so treated, and single-byte texts read as another ("W³adys³aw").
    return re.compile("|".join((*pairs, "â€", r"(?<=[^\W\d_])[³¹¿±¶\x80-\x9f](?=[^\W\d_])")))


_MOJIBAKE = _twice_encoded()


def decode(page: Page) -> str:
    """The text of `page`, which never holds U+FFFD nor a byte order mark.

    Raises PageDecode when the text cannot be had without loss or doubt.
    """
    text = _decoded(page).removeprefix("\ufeff").replace("\0", "")
    shown = unescape(text) if "&" in text else text
    if "\ufffd" in shown:
        raise _fault(page, "the page holds replacement characters (U+FFFD)")
    if spoilt := _MOJIBAKE.search(shown):
        raise _fault(page, f"the page was encoded twice ({spoilt[0]!r} stands for a Polish letter)")
    return text


def _fault(page: Page, what: str) -> PageDecode:
    return PageDecode(f"{page.reached}: {what}; look at it in a browser", address=page.reached)


def _decoded(page: Page) -> str:
    body = page.body
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return _strictly(page, body[len(mark) :], charset)
    if (start := body[:200]).count(0) * 3 > len(start):
        return _strictly(page, body, "utf-16-be" if body[:1] == b"\0" else "utf-16-le")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if good := _UTF8_POLISH.search(body):
            raise _fault(
                page, f"UTF-8 with a bad byte at {error.start} (good letters at {good.start()})"
            ) from error
    return _single_byte(page)


def _strictly(page: Page, body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise _fault(page, f"the page is not the {charset} its first bytes say") from error


def _single_byte(page: Page) -> str:
    texts = {}
    for charset in _SINGLE_BYTE:
        try:
            text = page.body.decode(charset)
        except UnicodeDecodeError:  # a byte that windows-1250 does not have
            continue
        if not _C1.search(text):
            texts[charset] = text
    scores = {charset: _polish(text) for charset, text in texts.items()}
    best = max(scores.values(), default=-1)
    if best < 0:
        raise _fault(page, "the page is neither UTF-8 nor Polish in windows-1250 or ISO-8859-2")
    likely = {texts[charset] for charset in scores if scores[charset] == best}
    if len(likely) > 1 and (declared := _declared(page)) in texts:
        return texts[declared]
    if len(likely) > 1:
        raise _fault(page, "windows-1250 and ISO-8859-2 read the page equally well")
    return likely.pop()


def _polish(text: str) -> int:
    """How Polish a text looks: its Polish letters in words less those alone and other letters.

    Foreign names are outweighed; negative means that this is not Polish at all.
    """
    strange = len(_OTHER_LETTER.findall(text)) + len(_POLISH_ALONE.findall(text))
    return len(_POLISH_IN_WORD.findall(text)) - strange


def _declared(page: Page) -> str:
    header = _HEADER.search(page.headers.get("content-type", ""))
    meta = _META.search(page.body[:4096])
    for name in (header[1] if header else "", meta[1].decode("ascii") if meta else ""):
        try:
            charset = codecs.lookup(name).name
        except LookupError:
            continue
        if charset in _SINGLE_BYTE:
            return charset
    return ""
