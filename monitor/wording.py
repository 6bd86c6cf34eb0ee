"""One sentence for each change: pure, short, harmless wherever it is shown.

A sentence is about `LIMIT` characters at most, on one line, without angle brackets; names and
texts are shortened, dates and sums never. The first sentence of an entry covers all its rows.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile

from monitor.words import Language, language
from monitor.words.language import DATE_FIELDS, MONEY_FIELDS, FieldWords, PrintedDate, amount
from storage.forms import WARSAW
from storage.records import Change, Sentence, Value, clean

LIMIT = 100
_MOST = 120  # where the dates alone are long
_LEAST = 16
_MARKUP = re.compile("[<>&]")
# Both as they are and as entities, so that a text decoded once too often stays text.
_BELOW = re.compile(r"<|&(?:amp;)*(?:lt|#0*60|#x0*3c)(?:;|\b)", re.IGNORECASE)
_ABOVE = re.compile(r">|&(?:amp;)*(?:gt|#0*62|#x0*3e)(?:;|\b)", re.IGNORECASE)


def sentences(code: str, source_title: Callable[[str], str]) -> Sentence:
    """The wording of one language, `pl` or `en`: a pure function of the rows of one entry.

    `source_title` gives the title of a source by its id. Raises KeyError for an unknown code.
    """
    words = language(code)

    def tell(rows: Sequence[Change]) -> Sequence[str]:
        if not rows:
            return []
        first = _together(words, rows) or _title(words, rows, source_title)
        return [first, *(_sentence(words, row, source_title) for row in rows[1:])]

    return tell


@lru_cache(maxsize=512)
def harmless(text: str) -> str:
    """`text` clean, on one line, with no angle brackets, even when decoded once too often."""
    said = clean(text)
    return _ABOVE.sub("›", _BELOW.sub("‹", said)) if _MARKUP.search(said) else said


def shorten(text: str, length: int) -> str:
    """`text` in at most `length` characters, cut after a word and ended with "…"."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > length * 0.6 else cut).rstrip(" ,;:–-„(") + "…"


def counts(row: Change, source_title: Callable[[str], str]) -> dict[str, int]:
    """What a `began` row counts: records by title of the source."""
    found: dict[str, int] = {}
    for part in row.new if isinstance(row.new, tuple) else ():
        source, _, number = part.rpartition(": ")
        found[harmless(source_title(source))] = int(number)
    return found


def _title(words: Language, rows: Sequence[Change], source_title: Callable[[str], str]) -> str:
    more = 0 if rows[0].verb in ("began", "appeared") else len(rows) - 1
    return _sentence(words, rows[0], source_title, words.others(more))


def _together(words: Language, rows: Sequence[Change]) -> str | None:
    """One sentence for changes that are one piece of news, such as an extended status."""
    changed = {row.field: row for row in rows if row.verb == "changed"}
    kind, name = rows[0].kind, rows[0].name or ""
    if kind == "cluster" and {"round", "status_until"} <= changed.keys():
        until, round_ = changed["status_until"], changed["round"]
        if _direction(until) == "later" and isinstance(until.new, str) and isinstance(round_.new, str):
            told = changed.keys() & {"round", "status_from", "status_until"}
            parts = {"until": words.until(until.new), "round": round_.new}
            return _fit(words.extended, {"name": name}, parts, words.others(len(rows) - len(told)))
    if kind == "call" and {"opens", "closes"} <= changed.keys():
        start, end = (_printed(changed[field].new) for field in ("opens", "closes"))
        if start and end:
            fixed = {"interval": words.interval(start, end)}
            return _fit(words.rescheduled, {"name": name}, fixed, words.others(len(rows) - 2))
    return None


def _sentence(words: Language, row: Change, source_title: Callable[[str], str], more: str = "") -> str:
    if row.verb == "began":
        return _fit("{began}", {"began": words.began(counts(row, source_title))}, {})
    if row.kind is None:
        raise ValueError(f"{row.verb!r} speaks of nothing: its row has no kind")
    name = row.name or ""
    old, new = (words.value(row.kind, row.field, value) for value in (row.old, _news(row)))
    if row.verb != "changed":
        silent = row.baseline and row.verb == "appeared"
        template = words.no_news[row.kind] if silent else words.verbs[row.verb, row.kind]
        free = {"name": name, "old": old, "new": new}
        return _fit(template + _dates(words, row), free, {}, more)
    if row.field is None:
        raise ValueError(f"{row.entity}: a change of no field")
    free = {"name": name, "old": old, "new": new}
    fixed = {"span": _span(words, row, old, new)}
    if isinstance(row.new, str):
        fixed["until"] = words.until(row.new)
    if row.field in DATE_FIELDS | MONEY_FIELDS:
        fixed |= {"old": free.pop("old"), "new": free.pop("new")}
    if added := _added_round(words, row):
        fixed["interval"] = added
        return _fit(words.next_round, free, fixed, more)
    return _fit(_template(words, row, words.fields[row.kind, row.field]), free, fixed, more)


def _dates(words: Language, row: Change) -> str:
    """When a call that came is open, or until when the status of a cluster that came holds."""
    if row.verb not in ("appeared", "returned"):
        return ""
    opens, closes, until = (_printed(row.facts.get(field)) for field in ("opens", "closes", "status_until"))
    if row.kind == "call" and (interval := words.interval(opens, closes)):
        return f" – {interval}"
    if row.kind == "cluster" and until:
        return f" – status {words.until(str(row.facts['status_until']))}"
    return ""


def _template(words: Language, row: Change, field: FieldWords) -> str:
    if not row.new:
        return field.gone
    if row.field == "status" and row.new in words.status_news:
        return words.status_news[str(row.new)]
    if row.field == "results" and _came_out(row):
        return words.results_out
    if not row.old:
        return field.given
    direction = _direction(row)
    return (getattr(field, direction) if direction else None) or field.changed


def _came_out(row: Change) -> bool:
    """Whether the printed day of results has come, and that printed before had not."""
    now = row.seen_by.astimezone(WARSAW).strftime("%Y-%m-%dT%H:%M")
    old, new = _printed(row.old), _printed(row.new)
    return bool(new and new.day and new.bounds[0] <= now and not (old and old.bounds[1] <= now))


def _direction(row: Change) -> str | None:
    """Whether a date or a sum became `later` (more), `earlier` (less) or, a date, `refined`."""
    old, new = _printed(row.old), _printed(row.new)
    if row.field in DATE_FIELDS and old and new:
        if old.bounds[0] <= new.bounds[0] and new.bounds[1] <= old.bounds[1]:
            return "refined"
        if new.bounds[0] <= old.bounds[0] and old.bounds[1] <= new.bounds[1]:
            return None
        return "later" if new.bounds[1] > old.bounds[1] else "earlier"
    if row.field in MONEY_FIELDS and isinstance(row.old, str) and isinstance(row.new, str):
        before, after = amount(row.old), amount(row.new)
        if before and after and before[1] == after[1]:
            return "later" if after[0] > before[0] else "earlier"
    return None


def _added_round(words: Language, row: Change) -> str | None:
    """The one round that a call got besides those it had, in words."""
    if row.field != "rounds" or not isinstance(row.old, tuple) or not isinstance(row.new, tuple):
        return None
    added = [part for part in row.new if part not in row.old]
    return words.round(added[0]) if len(added) == 1 and set(row.old) < set(row.new) else None


def _news(row: Change) -> Value | None:
    """The new value; of rounds those that are new."""
    if row.field == "rounds" and isinstance(row.old, tuple) and isinstance(row.new, tuple):
        return tuple(part for part in row.new if part not in row.old) or row.new
    return row.new


def _span(words: Language, row: Change, old: str, new: str) -> str:
    before, after = _printed(row.old), _printed(row.new)
    if row.field in DATE_FIELDS and before and after:
        return words.dates_span(before, after)
    return words.span(old, new)


def _printed(value: Value | None) -> PrintedDate | None:
    return PrintedDate.parse(value) if isinstance(value, str) else None


def _endings(old: str, new: str) -> dict[str, str]:
    """Two texts that begin alike, from the last word that they share on: that is where they differ."""
    words, others = old.split(), new.split()
    pairs = zip(words, others, strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    if alike < 2:
        return {}
    return {"old": " ".join(["…", *words[alike - 1 :]]), "new": " ".join(["…", *others[alike - 1 :]])}


def _fit(template: str, free: Mapping[str, str], fixed: Mapping[str, str], more: str = "") -> str:
    """The template filled, and `more` if there is room for it all.

    `free` parts share the room that `fixed` ones leave, short ones in full.
    """
    fixed = {key: harmless(value) for key, value in fixed.items()}
    parts = {key: harmless(value) for key, value in free.items() if f"{{{key}}}" in template}
    room = LIMIT - len(template.format(**fixed, **dict.fromkeys(parts, ""))) - len(more)
    if {"old", "new"} <= parts.keys() and sum(map(len, parts.values())) > room:
        parts |= _endings(parts["old"], parts["new"])
    for waiting, key in zip(
        range(len(parts), 0, -1), sorted(parts, key=lambda key: len(parts[key])), strict=True
    ):
        parts[key] = shorten(parts[key], max(_LEAST, room // waiting))
        room -= len(parts[key])
    filled = template.format(**parts, **fixed)
    return filled + more if len(filled + more) <= _MOST else shorten(filled, _MOST)
