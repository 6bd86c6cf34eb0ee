"""From the portrait of an entity to the lines of its page. Pure: all lines are plain text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitor.bodies import Site, moment_words, web_address
from monitor.drawing import tied
from monitor.wording import shorten
from monitor.words.entity_labels import ENTITY
from storage.forms import WARSAW, moment_text
from storage.past import LISTED
from storage.portrait import Gap, Logged, Noted, Portrait, Statement
from storage.records import FIELDS, NAME_FIELD, Value, clean

_MOST_CAPTURES = 20
_TOGETHER = 4  # sentences of one event; the page of the change has all
_VALUE, _IN_LINE = 600, 100  # characters of a value: as a fact, in a line of the timeline
_ADDRESS = 70
_APART = frozenset({"text", "lead", "about", "belongs_to"})
"""What has a place of its own on the page."""


@dataclass(frozen=True)
class Fact:
    """A field with its value, as printed where that differs; where it is said, and since when."""

    label: str
    value: str
    link: str | None
    printed: str
    source: str
    page: str | None
    since: str


@dataclass(frozen=True)
class Happened:
    """What happened at one time, in words; `proof` is the number of the change, if it was told."""

    at: datetime
    when: str
    said: tuple[str, ...]
    quiet: bool
    proof: int | None = None

    @property
    def stamp(self) -> str:
        """The time for programs."""
        return moment_text(self.at)


@dataclass(frozen=True)
class Captured:
    """A page that present values were read from."""

    address: str
    link: str | None
    read: str
    sha256: str
    fields: str


class Lines:
    """The lines of the page of one entity, in the language of the site."""

    def __init__(self, portrait: Portrait, site: Site) -> None:
        self.portrait, self.site = portrait, site
        self.words, self.text = site.words, ENTITY[site.language]

    def names(self) -> list[str]:
        """The names that pages gave, the shown one first; where all was taken back, the last one told."""
        field = NAME_FIELD[self.portrait.kind]
        said = [str(each.spell.value) for each in self.portrait.statements if each.spell.field == field]
        told = [row.change.name for row in reversed(self.portrait.changes) if row.change.name]
        return list(dict.fromkeys(map(clean, said or told[:1])))

    def published(self) -> str:
        """When an article was published; empty for anything else."""
        said = self.portrait.shown.get("published")
        return (
            self.text["published"].format(self._value("published", said.spell.value, _IN_LINE))
            if said
            else ""
        )

    def facts(self) -> list[Fact]:
        """What is shown of each field, in the order of the contract."""
        shown, name = self.portrait.shown, NAME_FIELD[self.portrait.kind]
        fields = [field for field in FIELDS[self.portrait.kind] if field in shown and field not in _APART]
        return [self._fact(shown[field]) for field in fields if field != name]

    def conflicts(self, fields: str) -> list[Fact]:
        """All that stands of the fields in which sources differ, as rows name them; perhaps none."""
        differing = fields.split(", ") if fields else []
        return [self._fact(each) for field in differing for each in self.portrait.standing(field)]

    def _fact(self, said: Statement) -> Fact:
        spell = said.spell
        value = self._value(spell.field, spell.value, _VALUE)
        printed = clean(spell.printed or "")
        differs = printed and printed != value
        return Fact(
            label=self.words.field(self.portrait.kind, spell.field),
            value=value,
            link=web_address(str(spell.value)) if spell.field == "url" else None,
            printed=self.text["printed"].format(shorten(printed, _IN_LINE)) if differs else "",
            source=clean(self.site.source_title(spell.source)),
            page=web_address(said.address),
            since=self._since(said),
        )

    def _since(self, said: Statement) -> str:
        known = "since_day" if said.spell.seen_after else "since_first"
        return self.text[known].format(self._day(said.spell.first_seen))

    def _day(self, at: datetime) -> str:
        return self.words.date(at.astimezone(WARSAW).date().isoformat())

    def _value(self, field: str | None, value: Value | None, length: int) -> str:
        said = clean(self.words.value(self.portrait.kind, field, value))
        return shorten(said, _ADDRESS if field == "url" else length)

    def timeline(self, *, alive: bool) -> list[Happened]:
        """What happened, newest first. Gaps in watching are told up to the last event, or up to now."""
        happened = [*self._logged(), *(self._noted(row) for row in self.portrait.noted)]
        last = max((row.at for row in happened), default=None)
        told = [self._gap(gap) for gap in self.portrait.gaps if alive or (last and gap.until <= last)]
        return sorted([*happened, *told], key=lambda row: row.at, reverse=True)

    def _logged(self) -> Iterator[Happened]:
        """Rows of the log: those of one entry together, silent ones by the reading that showed them."""
        rows = sorted(self.portrait.changes, key=_telling)
        for (at, leading, _), same in groupby(rows, key=_telling):
            said = tuple(dict.fromkeys(map(self._said, same)))[:_TOGETHER]
            yield Happened(at, self._when(at), said, quiet=not leading, proof=leading or None)

    def _said(self, row: Logged) -> str:
        change, summary = row.change, clean(row.change.summary or "")
        if row.leading:
            return summary
        if change.baseline and change.verb == "appeared":
            return self.text[f"baseline_{self.portrait.kind}"]
        cause = "source_cause" if change.cause == "source" else change.cause
        return self.text[cause].format(summary)

    def _noted(self, row: Noted) -> Happened:
        what = self.text.get(f"noted_{row.verb}", "")
        if row.field:
            what = self.text["noted_value"].format(
                field=self.words.field(self.portrait.kind, row.field),
                old=self._value(row.field, row.old, _IN_LINE),
                new=self._value(row.field, row.new, _IN_LINE),
            )
        said = self.text["noted"].format(source=clean(self.site.source_title(row.source)), what=what)
        return Happened(row.at, self._when(row.at), (said,), quiet=True)

    def _gap(self, gap: Gap) -> Happened:
        said = self.text["gap"].format(
            since=self._when(gap.since),
            until=self._when(gap.until),
            source=clean(self.site.source_title(gap.source)),
        )
        return Happened(gap.until, self._when(gap.until), (said,), quiet=True)

    def _when(self, at: datetime) -> str:
        return tied(moment_words(self.words, at))

    def captures(self) -> list[Captured]:
        """The pages behind what is shown, those that say most first."""
        fields: dict[tuple[str, datetime, str], list[str]] = {}
        listed = next(iter(self.portrait.standing(LISTED)), None)
        for each in (*self.portrait.shown.values(), *((listed,) if listed else ())):
            label = self.text["listed"]
            if each.spell.field != LISTED:
                label = self.words.field(self.portrait.kind, each.spell.field)
            fields.setdefault((each.address, each.at, each.sha256), []).append(label)
        order = sorted(fields.items(), key=lambda item: (-len(item[1]), item[0]))
        return [
            Captured(
                address=shorten(clean(address), _ADDRESS),
                link=web_address(address),
                read=self._when(at),
                sha256=sha256,
                fields=", ".join(labels),
            )
            for (address, at, sha256), labels in order[:_MOST_CAPTURES]
        ]


def _telling(row: Logged) -> tuple[datetime, int, str]:
    return row.change.seen_by, row.leading or 0, row.change.cause
