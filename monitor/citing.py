"""The citation of one change: what changed, when, where it was read, and how that can be checked.

Pure: the same change gives the same citation. Everything is on lines of plain text.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from monitor.bodies import Site, moment_words
from monitor.wording import shorten
from monitor.words.evidence_labels import EVIDENCE
from storage.citing import Cited
from storage.forms import WARSAW, moment_text
from storage.records import Value, clean

_LONG = 300  # characters of a value in a text; JSON carries all


def citation(cited: Cited, site: Site) -> str:
    """One line to paste, in the language of the site."""
    text, capture, name = EVIDENCE[site.language], cited.capture, clean(cited.change.name or "")
    summary = clean(cited.change.summary or "")
    said = {
        "what": summary if name in summary else f"{summary} ({name})",
        "number": cited.change.id,
        "row": cited.ledger,
        "digest": cited.digest,
        "page": f", {site.change_address(cited.leading)}" if cited.leading else "",
    }
    if capture is None:
        return text["citation_bare"].format(**said)
    return text["citation"].format(
        **said,
        title=clean(site.source_title(capture.source)),
        address=clean(capture.reached),
        read=moment_words(site.words, capture.at),
        sha256=capture.sha256,
    )


def pasted(cited: Cited, site: Site) -> str:
    """The citation as it may be used now: with a warning where the change was taken back since."""
    line = citation(cited, site)
    if cited.retracted_by is None:
        return line
    return f"{line} {EVIDENCE[site.language]['retracted'].format(number=cited.retracted_by)}"


def row(cited: Cited, site: Site) -> dict[str, Any]:
    """The citation as one flat row; times in UTC, those of Warsaw beside them."""
    change, capture = cited.change, cited.capture
    return {
        "change": change.id,
        "summary": change.summary,
        **{name: getattr(change, name) for name in ("verb", "kind", "entity", "name", "field")},
        **{name: getattr(change, name) for name in ("old", "old_printed", "new", "new_printed")},
        "seen_after": change.seen_after,
        "seen_by": change.seen_by,
        "seen_after_warsaw": _local(change.seen_after),
        "seen_by_warsaw": _local(change.seen_by),
        "cause": change.cause,
        "baseline": change.baseline,
        "source": change.source,
        "source_title": site.source_title(change.source) if change.kind else None,
        "url": change.url,
        "address": capture.address if capture else None,
        "reached": capture.reached if capture else None,
        "at": capture.at if capture else None,
        "status": capture.status if capture else None,
        "media_type": capture.media_type if capture else None,
        "size": capture.size if capture else None,
        "sha256": capture.sha256 if capture else change.evidence,
        "content": capture.content if capture else None,
        "reader": capture.reader if capture else None,
        "version": capture.version if capture else None,
        "visit": capture.visit if capture else None,
        "ledger": cited.ledger,
        "digest": cited.digest,
        "recorded_at": cited.recorded_at,
        "run": cited.run,
        "entry": change.entry,
        "page": site.change_address(cited.leading) if cited.leading else None,
        "body": _how_to_get(cited) if capture else None,
        "citation": pasted(cited, site),
        "retracted_by": cited.retracted_by,
    }


def lines(cited: Cited, site: Site) -> Iterator[str]:
    """The citation for a person at a terminal: the news, its facts one a line, the line to paste."""
    yield clean(cited.change.summary or "")
    yield ""
    for label, said in _facts(cited, site):
        if said:
            yield f"{label:<9} {clean(said)}"
    yield ""
    yield pasted(cited, site)


def _facts(cited: Cited, site: Site) -> Iterator[tuple[str, str | None]]:
    change, capture = cited.change, cited.capture
    thing = f"{change.entity} ({change.name})" if change.entity else ""
    yield "change", " ".join(filter(None, [str(change.id), change.verb, thing]))
    yield "field", change.field
    yield "before", _value(change.old, change.old_printed)
    yield "after", _value(change.new, change.new_printed)
    if change.seen_after:
        yield "not yet", f"{moment_text(change.seen_after)} (Warsaw {_local(change.seen_after)})"
    yield "seen by", f"{moment_text(change.seen_by)} (Warsaw {_local(change.seen_by)})"
    yield "retracted", f"by change {cited.retracted_by}" if cited.retracted_by else None
    yield "cause", change.cause + (", baseline" if change.baseline else "")
    yield "source", f"{change.source} ({site.source_title(change.source)})" if change.kind else change.source
    if capture:
        yield "asked", capture.address
        yield "reached", capture.reached
        yield "read", f"{moment_text(capture.at)} in visit {capture.visit}"
        yield "answer", f"{capture.status} {capture.media_type}, {capture.size} bytes"
        yield "sha256", capture.sha256
        yield "content", capture.content
        yield "reader", f"{capture.reader} version {capture.version}" if capture.reader else None
        yield "body", _how_to_get(cited)
    yield "ledger", f"row {cited.ledger}, digest {cited.digest}"
    yield "recorded", f"{moment_text(cited.recorded_at)} by run {cited.run}"
    yield "entry", change.entry
    yield "page", _page(cited, site)


def _page(cited: Cited, site: Site) -> str:
    """Where the change is published, or why it is not."""
    change = cited.change
    if cited.leading is None:
        return f"none: it was not told; what is known of it: {site.entity_address(change.entity)}"
    page = site.change_address(cited.leading)
    return page if cited.leading == change.id else f"{page} (that of change {cited.leading}, told with it)"


def _value(value: Value | None, printed: str | None) -> str | None:
    if value is None:
        return None
    said = shorten("; ".join(value) if isinstance(value, tuple) else value, _LONG)
    return f"{said} (printed: {shorten(printed, _LONG)})" if printed and printed != said else said


def _how_to_get(cited: Cited) -> str:
    return f"klastry cite {cited.change.id} --body FILE"


def _local(at: datetime | None) -> str | None:
    return at.astimezone(WARSAW).isoformat(timespec="seconds") if at else None
