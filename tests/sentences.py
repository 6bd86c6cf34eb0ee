"""Every change that can be told, in both languages, with values such as pages print them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from monitor.words.language import DATE_FIELDS, MONEY_FIELDS
from storage.records import FIELDS, KINDS, VERBS, Change, Kind, Value, Verb
from tests.telling import appeared, began, change

NAMES: dict[Kind, str] = {
    "cluster": "Silesia Automotive & Advanced Manufacturing",
    "call": "Internationalisation of Key Clusters",
    "article": "Meeting of the cluster coordinators",
    "document": "Rules of the competition",
}
"""Names without Polish letters: so a word of the wrong language shows."""
OTHER_NAME = "Mazovia Cluster ICT"
_CALL, _PAGE = (
    "https://www.parp.gov.pl/component/grants/grants/",
    "https://www.gov.pl/web/rozwoj-technologia/",
)
SAMPLES: dict[str, tuple[Value, Value]] = {
    "coordinator": ("Fundacja Interizon", "Pomorska Fundacja"),
    "sectors": (("ICT",), ("ICT", "automotive")),
    "region": ("mazowieckie", "pomorskie"),
    "round": ("VI", "VII"),
    "url": (f"{_PAGE}a", f"{_PAGE}b"),
    "number": ("FENG.02.17-IP.02-001/23", "FENG.02.17-IP.02-002/26"),
    "programme": ("POIR", "FENG"),
    "institution": ("NCBR", "PARP"),
    "rounds": (
        ("2026-09-01/2026-09-30", "2026-11-01/2026-11-30"),
        ("2026-09-01/2026-10-15", "2026-11-01/2026-11-30"),
    ),
    "beneficiaries": ("koordynatorzy", "koordynatorzy i ich partnerzy"),
    "lead": ("Lead", "Another lead"),
    "text": ("Text", "Another text"),
    "about": ((f"{_CALL}a",), (f"{_CALL}b",)),
    "belongs_to": (f"{_PAGE}a", f"{_PAGE}b"),
    "sha256": ("ab" * 32, "cd" * 32),
    "media_type": ("application/pdf", "application/zip"),
}
_SEEN = datetime(2026, 3, 2, 6, tzinfo=UTC)
_DATES: dict[str, tuple[Value | None, Value | None]] = {
    "given": (None, "2026-11-04"),
    "gone": ("2026-11-04", None),
    "later": ("2026-08-30", "2026-09-29"),
    "later, other year": ("2026-12-15", "2027-01-15"),
    "later, hours": ("2026-11-04T12:00", "2026-11-30T16:00"),
    "later, same day": ("2026-11-04T12:00", "2026-11-04T16:00"),
    "later, quarters": ("2026-Q4", "2027-Q1"),
    "later, months": ("2027-01", "2027-03"),
    "earlier": ("2026-09-29", "2026-08-30"),
    "refined": ("2026-Q4", "2026-11-04"),
    "refined, hour": ("2026-11-04", "2026-11-04T16:00"),
    "changed": ("2026-11-04", "2026-Q4"),
    "changed, hour": ("2026-11-04T16:00", "2026-11-04"),
}
_MONEY: dict[str, tuple[Value | None, Value | None]] = {
    "given": (None, "66000000 PLN"),
    "gone": ("66000000 PLN", None),
    "later": ("400000 PLN", "1250000 PLN"),
    "earlier": ("150000000 PLN", "100000000 PLN"),
    "changed": ("400000 PLN", "100000 EUR"),
}


@dataclass(frozen=True)
class Telling:
    """Changes told together: of what sort they are, and what happened in them."""

    verb: Verb
    kind: Kind | None
    field: str | None
    how: str
    rows: tuple[Change, ...]

    @property
    def direction(self) -> str:
        """`how` without its details."""
        return self.how.partition(",")[0]


def every_telling() -> Iterator[Telling]:
    """Each verb of each kind, and each way in which each field changes."""
    yield Telling("began", None, None, "sources", (began(),))
    yield Telling("began", None, None, "one source", (replace(began(), new=("kkk-mr: 20",)),))
    for kind in KINDS:
        about = {"kind": kind, "entity": f"{kind}-1", "name": NAMES[kind], "seen_by": _SEEN}
        for verb in VERBS:
            if verb not in ("began", "changed", "renamed"):
                yield Telling(verb, kind, None, "", (appeared(verb=verb, **about),))
        yield Telling("appeared", kind, None, "no news", (appeared(baseline=True, **about),))
        renamed = change(verb="renamed", field="title", old=NAMES[kind], new=OTHER_NAME, **about)
        yield Telling("renamed", kind, None, "", (renamed,))
        for field in FIELDS[kind]:
            for how, old, new in _ways(kind, field):
                row = change(field=field, old=old, new=new, **about)
                yield Telling("changed", kind, field, how, (row,))
    yield from _together()


def _ways(kind: Kind, field: str) -> Iterator[tuple[str, Value | None, Value | None]]:
    if field in DATE_FIELDS | MONEY_FIELDS:
        yield from ((how, *pair) for how, pair in (_DATES if field in DATE_FIELDS else _MONEY).items())
        if field == "results":
            yield "out", None, "2026-03-02"
            yield "out, planned", "2026-Q1", "2026-03-02"
    elif field == "status":
        yield from ((status, "planned", status) for status in ("open", "closed", "suspended", "settled"))
        yield from (("planned", None, "planned"), ("gone", "open", None))
    else:
        low, high = SAMPLES.get(field, (NAMES[kind], OTHER_NAME))
        yield from (("given", None, low), ("changed", low, high), ("gone", high, None))
        if field == "rounds":
            yield "next round", low, (*low, "2027-02-01/2027-02-28")


def _together() -> Iterator[Telling]:
    cluster = {"kind": "cluster", "entity": "cluster-1", "name": NAMES["cluster"], "seen_by": _SEEN}
    call = {"kind": "call", "entity": "call-1", "name": NAMES["call"], "seen_by": _SEEN}
    extended = (
        change(field="status_until", old="2026-12-17", new="2029-12-17", **cluster),
        change(field="round", old="VI", new="VII", **cluster),
    )
    yield Telling("changed", "cluster", "round", "extended", extended)
    moved = (
        change(field="closes", old="2026-08-30", new="2026-10-29", **call),
        change(field="opens", old="2026-05-30", new="2026-06-30", **call),
    )
    yield Telling("changed", "call", "opens", "rescheduled", moved)
    for count in (1, 2, 5, 12, 22):
        others = (change(field="number", old="1", new="2", **call),) * count
        yield Telling("changed", "call", "closes", f"and {count} others", (moved[0], *others))
    dates = {"opens": "2026-09-16", "closes": "2026-11-04T16:00"}
    for how, facts in (("with its dates", dates), ("with its deadline", {"closes": "2026-11-04"})):
        for silent in (False, True):
            called = f"{how}, no news" if silent else how
            yield Telling("appeared", "call", None, called, (appeared(facts=facts, baseline=silent, **call),))
    until = {"status_until": "2029-12-17"}
    yield Telling("appeared", "cluster", None, "with its status", (appeared(facts=until, **cluster),))
