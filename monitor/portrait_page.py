"""The page of one entity, drawn from its portrait."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitor.bodies import Site, web_address
from monitor.drawing import draw
from monitor.feeds import Channel
from monitor.portraying import Lines
from monitor.states import Row, State, States, Tone, is_alive
from monitor.versions import DATES, Span, Version, status_spans, versions
from monitor.wording import shorten
from monitor.words.entity_labels import ENTITY, YEARS
from monitor.words.page_labels import SITE
from monitor.years import Plot, Thing, plot
from storage.forms import WARSAW, moment
from storage.gallery import Titled
from storage.portrait import Portrait
from storage.records import Kind, clean

PROSE = 3_000  # characters of the text of an article
_NAME, _FORMER = 300, 5  # characters of a name; former names
_EVENTS, _TIED, _CONFLICTS = 60, 40, 20  # at most so many on a page
_VERSIONS = 8  # rows of the picture of one call
_AROUND = {"cluster": (14, 8), "call": (4, 4)}  # years of the picture before and after today


_NOTHING: Mapping[str, object] = {
    "state": None, "brief": (), "warnings": (), "as_of": "", "confirmed": "", "plot": None, "years": None,
}  # fmt: skip


@dataclass(frozen=True)
class Tied:
    """The page of another entity, by its name."""

    name: str
    href: str
    note: str


@dataclass(frozen=True)
class Drawer:
    """Draws pages of entities as of the Warsaw day `today`.

    `everyone` are all entities by id, `rows` the clusters and calls as they stand; `ties` gives
    those that speak of an entity, and those it speaks of.
    """

    site: Site
    feeds: Sequence[Channel]
    today: date
    everyone: Mapping[str, Titled]
    rows: Mapping[str, Row]
    ties: Mapping[str, Sequence[str]]

    def page(self, portrait: Portrait) -> bytes:
        """The page of one entity."""
        text, lines = ENTITY[self.site.language], Lines(portrait, self.site)
        names = lines.names()
        values: dict[str, object] = {
            "root": "../",
            "section": f"{portrait.kind}s",
            "feeds": self.feeds,
            "text": text,
            "entity": portrait.entity,
            "kind": portrait.kind,
            "title": shorten(names[0], _NAME) if names else portrait.entity,
            "lead": text["lead"].format(kind=text[portrait.kind]),
            "former": [shorten(name, _NAME) for name in names[1 : 1 + _FORMER]],
            "absorbed": [self._tied(id_) for id_ in portrait.absorbed],
            "became": self._tied(portrait.became) if portrait.became else None,
            "withdrawn": not portrait.statements,
        }
        values |= {**self._today(portrait), **self._said(portrait, lines)}
        return draw("entity.html", self.site.language, values, styles=("years.css",))

    def _today(self, portrait: Portrait) -> Mapping[str, object]:
        """How a cluster or a call stands; the day is told of what is alive alone."""
        row = self.rows.get(portrait.entity)
        if row is None:
            gone = [ENTITY[self.site.language]["gone"]] if portrait.gone else []
            return {**_NOTHING, "warnings": gone}
        states, words, alive = States(self.site, self.today), self.site.words, is_alive(row)
        state = states.of(row)
        common, text = SITE[self.site.language], ENTITY[self.site.language]
        known = day_of(row["known_up_to"])
        return {
            "state": state,
            "brief": list(states.brief(row)),
            "warnings": list(states.notes(row)),
            "as_of": common["as_of"].format(words.date(self.today.isoformat())) if alive else "",
            "confirmed": text["confirmed"].format(words.date(known)) if alive and known else "",
            "plot": self._plot(portrait, row, state),
            "years": YEARS[self.site.language],
        }

    def _said(self, portrait: Portrait, lines: Lines) -> dict[str, object]:
        """What pages say and said, what happened, and the proof of it."""
        row, shown = self.rows.get(portrait.entity), portrait.shown
        events = lines.timeline(alive=row is not None and is_alive(row))
        prose = [shown[field].spell.value for field in ("lead", "text") if field in shown]
        return {
            "published": lines.published(),
            "source_page": web_address(str(shown["url"].spell.value)) if "url" in shown else None,
            "facts": lines.facts(),
            "conflicts": lines.conflicts((row and row["conflict"]) or "")[:_CONFLICTS],
            "prose": [shorten(clean(str(said)), PROSE) for said in prose],
            "prose_how": ENTITY[self.site.language]["text_how"].format(PROSE),
            "related": list(self._related(portrait.entity)),
            "events": events[:_EVENTS],
            "earlier": max(0, len(events) - _EVENTS),
            "captures": lines.captures(),
        }

    def _tied(self, entity: str) -> Tied:
        known = self.everyone[entity]
        note = self.site.words.date(known.published) if known.published else ""
        return Tied(shorten(clean(known.name or entity), _NAME), f"{entity}.html", note)

    def _related(self, entity: str) -> Iterator[tuple[str, list[Tied], str]]:
        """What is tied to an entity, by kind: the heading, the newest of each, how many more there are."""
        text = ENTITY[self.site.language]
        for kind, heading in (("call", "calls"), ("document", "documents"), ("article", "articles")):
            others = [self.everyone[id_] for id_ in self.ties.get(entity, ()) if id_ in self.everyone]
            same = [other for other in others if other.kind == kind and not other.became]
            same.sort(key=lambda other: (other.published or "", other.number), reverse=True)
            more = text["more"].format(len(same) - _TIED) if len(same) > _TIED else ""
            if same:
                yield text[heading], [self._tied(other.entity) for other in same[:_TIED]], more

    def _plot(self, portrait: Portrait, row: Row, state: State) -> Plot | None:
        """The picture of a status and its spells, or of a call and the dates it had."""
        kind: Kind = portrait.kind
        shown = versions((each.spell for each in portrait.statements), DATES[kind])
        things = self._spells(shown, state.tone) if kind == "cluster" else self._dates(shown, state.tone)
        today = self.today if is_alive(row) else None
        return plot(things, self.site.words, today, years=_AROUND[kind])

    def _spells(self, shown: Sequence[Version], tone: Tone) -> list[Thing]:
        spans = status_spans(shown)
        words, text = self.site.words, ENTITY[self.site.language]
        names = [words.of_round(span.round) if span.round else text["status"] for span in spans]
        return _rows(names, spans, tone)

    def _dates(self, shown: Sequence[Version], tone: Tone) -> list[Thing]:
        text, words = ENTITY[self.site.language], self.site.words
        spans = [Span(each.values["opens"], each.values["closes"], each.since) for each in shown]
        dated = [span for span in spans if span.start or span.end][-_VERSIONS:]
        names = [text["read_at"].format(words.date(span.read.isoformat())) for span in dated]
        return _rows(names if len(names) > 1 else [text["dates"]] * len(names), dated, tone)


def _rows(names: Sequence[str], spans: Sequence[Span], tone: Tone) -> list[Thing]:
    """A row of the picture for each span, the last in the tone of today."""
    tones: list[Tone] = ["past"] * len(spans)
    tones[-1:] = [tone] if spans else []
    return [Thing(name, None, (span,), each) for name, span, each in zip(names, spans, tones, strict=True)]


def day_of(value: str | datetime | None) -> str | None:
    """The day in Warsaw of a time as rows have it."""
    at = moment(value) if isinstance(value, str) else value
    return at.astimezone(WARSAW).date().isoformat() if at else None
