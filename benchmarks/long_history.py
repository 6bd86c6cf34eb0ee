"""A history of ten years, written in bulk: as the product's own writing leaves it, but in seconds.

Visits and changes are spread evenly over the years; one call of ten has dates that lie ahead when
they are told. Each change begins a value and ends the one before it, has its sentence, its entry
and its evidence; the ledger is chained as always, so `klastry verify` passes.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from zlib import compress

from sqlalchemy import Connection, insert, update

from monitor.config import Config
from monitor.publish import site_of
from monitor.watchlist import watch_list
from monitor.wording import sentences
from storage.database import connect, writing
from storage.forms import canonical, value_text
from storage.ledger import FIRST, chain, lines
from storage.records import NAME_FIELD, Change, Kind
from storage.tables import body, capture, change, entity, ledger, spell, visit
from storage.telling import entry_id

YEARS = 10
HOURS = YEARS * 365 * 24
START = datetime(2016, 11, 23, 6, 15, tzinfo=UTC)
AUTHORITY = "klastry.example.org"
_CHUNK = 5_000
_AHEAD = {"opens": 30, "closes": 90, "results": 200}  # days
_PRESENT = 10  # of so many calls one
_LONG = "Wnioskodawca przedstawia plan rozwoju klastra i usług dla jego członków. " * 12
_SOURCES: Mapping[str, tuple[Kind, int]] = {
    "calls-parp": ("call", 11),
    "news-parp": ("article", 5),
    "news-mr": ("article", 3),
    "kkk-mr": ("cluster", 1),
}
"""Who tells of what, and how many of twenty entities."""
_CHANGING: Mapping[Kind, tuple[str, ...]] = {
    "call": ("closes", "opens", "budget", "results", "beneficiaries"),
    "article": ("lead", "text"),
    "cluster": ("coordinator", "status_until", "region"),
}


def fill(config: Config, changes: int, entities: int, visits: int = HOURS) -> datetime:
    """Write `changes` told changes of `entities` things into a new history; gives its last time."""
    engine = connect(config.monitor.database, create=True)
    past = _Past(config, changes, entities, visits)
    with writing(engine) as connection:
        for table, rows in past.rows():
            for start in range(0, len(rows), _CHUNK):
                connection.execute(insert(table), rows[start : start + _CHUNK])
        _seal(connection)
    engine.dispose()
    return past.last


def _seal(connection: Connection) -> None:
    previous, digests = FIRST, []
    for line in lines(connection):
        previous = chain(previous, line.text)
        digests.append((line.number, previous))
    for number, digest in digests:
        connection.execute(update(ledger).where(ledger.c.id == number).values(digest=digest))


class _Past:
    """The rows of all tables, entity by entity as they would have come."""

    def __init__(self, config: Config, changes: int, entities: int, visits: int) -> None:
        self._changes, self._entities, self._of_visits = changes, entities, visits
        self._between = timedelta(days=YEARS * 365) / visits
        self._turn = timedelta(days=YEARS * 365) * entities / changes  # between two changes of a thing
        self._tell = sentences("pl", site_of(config, watch_list(config)).source_title)
        self._found: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (visit, ledger, body, capture, entity, spell, change)
        }
        self._spells, self._numbers, self._told = count(1), count(1), START
        self._standing: dict[tuple[str, str], dict[str, Any]] = {}
        self.last = START

    def rows(self) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
        note = canonical({"authority": AUTHORITY})
        self._add(ledger, id=1, at=START, run="begin", cause="config", note=note, digest="")
        self._visits()
        yield from self._found.items()

    def _visits(self) -> None:
        turns = [name for name, (_, share) in _SOURCES.items() for _ in range(share)]
        due = self._due()
        visits, finding = self._of_visits, max(1, self._changes // 10)
        for number in range(1, visits + 1):
            source = turns[(number + number // len(turns)) % len(turns)]
            at = START + self._between * number
            failed = number % 487 < 3
            self._add(
                visit, id=number, run=f"run-{number}", source=source, mode="crawl", at=at, pages=1, missed=0,
                state="failed" if failed else "complete", reason="timeout" if failed else None, detail=None,
                address=f"https://www.parp.gov.pl/{source}", records=20, clock="ok",
                list="none" if failed else "whole",
            )  # fmt: skip
            self.last = at
            if number * finding // visits > (number - 1) * finding // visits:
                self._transaction(number, source, at, due[source])

    def _due(self) -> dict[str, Iterator[tuple[str, Kind, int]]]:
        """For each source its things in turn, for ever, each with how often it came before."""
        first = count()
        shares = {name: self._entities * share // 20 for name, (_, share) in _SOURCES.items()}
        own = {name: [next(first) for _ in range(max(1, some))] for name, some in shares.items()}
        return {name: _in_turn(numbers, _SOURCES[name][0]) for name, numbers in own.items()}

    def _transaction(self, number: int, source: str, at: datetime, due: Any) -> None:
        row = len(self._found[ledger]) + 1
        text = f"{source} {at}".encode()
        digest = sha256(text).hexdigest()
        self._add(ledger, id=row, at=at, run=f"run-{number}", cause="source", note=None, digest="")
        self._add(body, sha256=digest, size=len(text), packed=compress(text))
        self._add(
            capture, id=row, visit=number, source=source, page="list", address=f"https://www.parp.gov.pl/{source}",
            reached=f"https://www.parp.gov.pl/{source}", at=at, status=200, media_type="text/html",
            headers="{}", sha256=digest, content=digest, reader="parp_schedule", version=1, refused=None,
        )  # fmt: skip
        for _ in range(10):
            if self._left() > 0:
                self._change(row, source, at, digest, *next(due))

    def _left(self) -> int:
        return self._changes - len(self._found[change])

    def _change(
        self, row: int, source: str, at: datetime, digest: str, name: str, kind: Kind, times: int
    ) -> None:
        fields = _CHANGING[kind]
        if times == 0:
            self._add(entity, id=name, kind=kind, number=int(name.rpartition("-")[2]), begun=row)
            values = {"": "yes", NAME_FIELD[kind]: f"Rozwój oferty klastrów dla firm, {name}"}
            for field, value in {**values, **{each: self._value(name, each, 0) for each in fields}}.items():
                self._spell(row, source, at, name, field, value)
            verb, field, old, new = "appeared", None, None, None
        else:
            verb, field = "changed", fields[times % len(fields)]
            old, new = (self._value(name, field, number) for number in (times - 1, times))
            self._spell(row, source, at, name, field, new)
        said = Change(
            verb=verb, kind=kind, entity=name, name=f"Rozwój oferty klastrów dla firm, {name}", field=field,
            old=old, new=new, seen_after=at - self._between, seen_by=at, source=source, evidence=digest,
            url=f"https://www.parp.gov.pl/component/grants/grants/{name}",
        )  # fmt: skip
        self._told = max(at, self._told + timedelta(seconds=1))
        kept = {column.name: getattr(said, column.name) for column in change.c if hasattr(said, column.name)}
        self._add(change, **{
            **kept, "id": next(self._numbers), "ledger": row, "old": value_text(old), "new": value_text(new),
            "summary": self._tell([said])[0], "entry": entry_id(AUTHORITY, self._told, [said]),
            "told_at": self._told,
        })  # fmt: skip

    def _spell(self, row: int, source: str, at: datetime, name: str, field: str, value: str) -> None:
        if before := self._standing.get((name, field)):
            before.update(last_seen=at - self._between, gone_by=at, ended=row)
        self._standing[name, field] = self._add(
            spell, id=next(self._spells), entity=name, field=field, value=value, printed=None, derived=False,
            source=source, page="list", rank=1, seen_after=at - self._between, first_seen=at, last_seen=None,
            gone_by=None, cause="source", capture=row, begun=row, ended=None, dropped=None,
        )  # fmt: skip

    def _value(self, name: str, field: str, times: int) -> str:
        """What a field says after so many changes; never the same twice in a row."""
        place, past = divmod(int(name.rpartition("-")[2]), _PRESENT)
        if field in _AHEAD and not past:
            ahead = timedelta(days=_AHEAD[field] + 70 * (place % 8) + times % 2)
            return (START + self._turn * times + ahead).date().isoformat()
        return _value(field, times)

    def _add(self, table: Any, **values: Any) -> dict[str, Any]:
        self._found[table].append(values)
        return values


def _in_turn(numbers: list[int], kind: Kind) -> Iterator[tuple[str, Kind, int]]:
    for times in count():
        for number in numbers:
            yield f"{kind}-{number + 1}", kind, times


def _value(field: str, times: int) -> str:
    day = f"{2017 + times % 9}-{1 + times % 12:02}-{1 + times % 28:02}"
    return {
        "budget": f"{1 + times}000000 PLN",
        "beneficiaries": f"{_LONG}Tura {times}.",
        "lead": f"Ruszył nabór, wersja {times}.",
        "text": f"{_LONG}Wersja {times}. {_LONG}",
        "coordinator": f"Fundacja {times}",
        "region": f"województwo {times % 16}",
    }.get(field, day)
