"""The body of one entry as small, harmless HTML: what was, what is, where it says so.

Pure functions of the entry: the same entry gives the same text. Whatever comes from a source
is escaped and then sanitised as a whole; links lead to http(s) only.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from html import escape
from urllib.parse import urlsplit

import nh3
from w3lib.url import safe_url_string

from monitor.entries import Entry
from monitor.wording import counts, harmless, shorten
from monitor.words import Language, language
from monitor.words.labels import BODY
from storage.forms import WARSAW
from storage.records import FIELDS, NAME_FIELD, Change, clean

_TAGS = {"p", "strong", "table", "thead", "tbody", "tr", "th", "td", "ins", "del", "a", "code", "br"}
_LONG = 120  # characters from which a text is compared word by word
_WORDS = 4_000
_CONTEXT = 8  # words left standing around a difference
_RUN = 1_000  # characters of one difference
_CELL = 3_000  # characters
_ADDRESS = 2_000  # characters; longer ones are no links anywhere
_CC_BY_SA_HOSTS = frozenset({"gov.pl", "www.gov.pl"})


@dataclass(frozen=True)
class Site:
    """Where readers reach what is published, and how it speaks.

    `url` is absolute and ends with a slash; `language` is `pl` or `en`; `source_title` gives
    the title of a source by its id.
    """

    url: str
    language: str
    source_title: Callable[[str], str]

    @property
    def words(self) -> Language:
        """The language of feeds and pages."""
        return language(self.language)

    def teller(self, entry: Entry) -> str:
        """Who says it: the title of the source, or klastry itself."""
        return self.source_title(entry.source) if entry.kind else "klastry"

    def entity_address(self, entity: str | None) -> str:
        """Where the published pages speak of an entity."""
        return f"{self.url}entities/{entity}.html" if entity else f"{self.url}index.html"

    def change_address(self, number: int) -> str:
        """Where the evidence of a told change is published; `number` is the id of its leading row."""
        return f"{self.url}changes/{number}.html"


@lru_cache(maxsize=4096)
def web_address(url: str | None) -> str | None:
    """`url` as an absolute http(s) address fit for a link, else None."""
    address = safe_url_string(clean(url or ""))
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    fit = parts.scheme in ("http", "https") and parts.hostname and len(address) <= _ADDRESS
    return address if fit else None


def moment_words(words: Language, at: datetime) -> str:
    """The time `at` in Warsaw, in words, to the minute."""
    return words.date(at.astimezone(WARSAW).strftime("%Y-%m-%dT%H:%M"))


def sanitised(html: str) -> str:
    """`html` with nothing but the few tags that bodies use."""
    return nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https"})


def plain(entry: Entry) -> str:
    """The entry as plain text: its title, and the sentence of every further change."""
    return harmless(". ".join([entry.title, *(row.summary for row in entry.changes[1:] if row.summary)]))


def body(entry: Entry, site: Site) -> str:
    """The entry as HTML."""
    return sanitised("\n".join(_parts(entry, site)))


def _parts(entry: Entry, site: Site) -> Iterator[str]:
    labels, lead = BODY[site.language], entry.changes[0]
    yield f"<p>{_text(entry.title)}</p>"
    if name := cut_name(entry):
        yield f"<p><strong>{escape(name)}</strong></p>"
    if counted := counted_records(entry, site):
        yield table([labels["source"], labels["records"]], counted)
    if different := differences(entry, site):
        yield table([labels["field"], labels["before"], labels["after"]], different)
    if known := facts(entry, site):
        yield table([labels["field"], labels["after"]], known)
    yield f"<p>{_text(when(lead, site))}</p>"
    yield f"<p>{_links(entry, site)}</p>"
    yield _foot(entry, site)


def cut_name(entry: Entry) -> str:
    """The name of what an entry speaks of where its title has no room for all of it, else empty."""
    name = harmless(entry.changes[0].name or "")
    return "" if name in harmless(entry.title) else name


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are HTML already; `head` is text."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"


def link(address: str, text: str) -> str:
    """A link; both are text."""
    return f'<a href="{escape(address)}">{_text(text)}</a>'


def _text(text: str) -> str:
    return escape(harmless(text))


def counted_records(entry: Entry, site: Site) -> list[tuple[str, str]]:
    """Where watching began: each source with the number of its records; cells are HTML."""
    if entry.verb != "began":
        return []
    found = counts(entry.changes[0], site.source_title)
    return [(_text(title), str(number)) for title, number in found.items()]


def differences(entry: Entry, site: Site) -> list[tuple[str, str, str]]:
    """What changed, what was before, what is after; cells are HTML, not sanitised yet."""
    if entry.verb == "began":
        return []
    printed = BODY[site.language]["printed"]
    return [_row(site.words, printed, row) for row in entry.changes if row.old or row.new]


def facts(entry: Entry, site: Site) -> list[tuple[str, str]]:
    """What was known of a thing that came, but for its name and its text; cells are HTML."""
    row, words = entry.changes[0], site.words
    if row.kind is None or row.verb not in ("appeared", "returned"):
        return []
    untold = {NAME_FIELD[row.kind], "text", "about", "sha256", "media_type"}
    said = [name for name in FIELDS[row.kind] if name in row.facts and name not in untold]
    cells = [_cell(words, "", replace(row, field=name), row.facts[name], None) for name in said]
    return list(zip((_text(words.field(row.kind, name)) for name in said), cells, strict=True))


def _row(words: Language, printed: str, row: Change) -> tuple[str, str, str]:
    label = ""
    if row.kind:
        label = words.field(row.kind, row.field) if row.field else words.kinds[row.kind]
    if isinstance(row.old, str) and isinstance(row.new, str) and max(len(row.old), len(row.new)) > _LONG:
        return _text(label), *compared(row.old, row.new)
    before = _cell(words, printed, row, row.old, row.old_printed)
    return _text(label), before, _cell(words, printed, row, row.new, row.new_printed)


def _cell(
    words: Language, printed: str, row: Change, value: str | tuple[str, ...] | None, as_printed: str | None
) -> str:
    if row.field in ("url", "belongs_to") and isinstance(value, str) and (address := web_address(value)):
        return link(address, shorten(value, _LONG))
    said = words.value(row.kind, row.field, value)
    cell = _text(shorten(said, _CELL))
    if as_printed and value is not None and clean(as_printed).removesuffix(" r.") != said:
        cell += f"<br>({_text(printed.format(shorten(clean(as_printed), _LONG)))})"
    return cell


def compared(old: str, new: str) -> tuple[str, str]:
    """Both texts as HTML, differences marked word by word with `<del>` and `<ins>`.

    What stayed is cut to a few words around each difference, and each side to `_CELL` characters.
    """
    from rapidfuzz.distance import Indel  # few texts are so long that they are compared

    before, after = harmless(old).split()[:_WORDS], harmless(new).split()[:_WORDS]
    left: list[str] = []
    right: list[str] = []
    for step in Indel.opcodes(before, after):
        was = " ".join(before[step.src_start : step.src_end])
        now = " ".join(after[step.dest_start : step.dest_end])
        if step.tag == "equal":
            at_start = (step.src_start, step.dest_start) == (0, 0)
            at_end = (step.src_end, step.dest_end) == (len(before), len(after))
            kept = escape(_around(was, at_start=at_start, at_end=at_end))
            left.append(kept)
            right.append(kept)
        elif step.tag == "delete":
            left.append(f"<del>{escape(shorten(was, _RUN))}</del>")
        else:
            right.append(f"<ins>{escape(shorten(now, _RUN))}</ins>")
    return _bounded(left), _bounded(right)


def _around(text: str, *, at_start: bool, at_end: bool) -> str:
    words = text.split()
    if len(words) <= 2 * _CONTEXT + 1:
        return text
    head, tail = [] if at_start else words[:_CONTEXT], [] if at_end else words[-_CONTEXT:]
    return " ".join([*head, "…", *tail])


def _bounded(parts: Sequence[str]) -> str:
    kept: list[str] = []
    for part in parts:
        if sum(map(len, kept)) > _CELL:
            return " ".join([*kept, "…"])
        kept.append(part)
    return " ".join(kept)


def when(row: Change, site: Site) -> str:
    """Between which two readings it happened, in words, Warsaw time."""
    labels, words = BODY[site.language], site.words
    seen = moment_words(words, row.seen_by)
    if row.seen_after is None:
        return labels["seen"].format(seen)
    return labels["seen_between"].format(moment_words(words, row.seen_after), seen)


def licence(entry: Entry, site: Site) -> str:
    """The licence of the texts, where the page that said it states one; else empty."""
    address = web_address(entry.url)
    if address and urlsplit(address).hostname in _CC_BY_SA_HOSTS:
        return BODY[site.language]["licence"]
    return ""


def _links(entry: Entry, site: Site) -> str:
    labels, number = BODY[site.language], entry.changes[0].id
    links = [link(site.entity_address(entry.entity), labels["here"])]
    if address := web_address(entry.url):
        links.insert(0, link(address, labels["page"]))
    if number is not None:
        links.append(link(site.change_address(number), labels["proof"]))
    return " · ".join(links)


def _foot(entry: Entry, site: Site) -> str:
    labels, lead = BODY[site.language], entry.changes[0]
    title = clean(site.teller(entry))
    notes = [_text(f"{labels['source']}: {title}.")] if entry.kind else []
    if lead.evidence:
        notes.append(f"{_text(labels['evidence'])} <code>{_text(lead.evidence[:12])}</code>.")
    if note := licence(entry, site):
        notes.append(_text(note))
    return f"<p>{' '.join(notes)}</p>" if notes else ""
