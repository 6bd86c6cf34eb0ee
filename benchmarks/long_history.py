"""A long history, made for benchmarks: a million changes of twenty thousand things over ten years.

`python benchmarks/long_history.py FILE [CHANGES] [ENTITIES]` writes it. The rows have the form that
visits leave behind: one ledger row for some changes of one visit, spells without holes from first sight
to now, evidence. They are written by SQL, not decided one by one, and the chain is not sealed: it would
take an hour, and no question asks for it.
"""

import random
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection, connect

from storage.forms import moment_text
from storage.history import History

START = datetime(2016, 1, 1, 6, tzinfo=UTC)
NOW = datetime(2025, 12, 31, 18, tzinfo=UTC)
SOURCES = {"cluster": "kkk-mr", "call": "calls-parp", "article": "news-mr", "document": "competition-mr"}
SHARES = {"cluster": 0.025, "call": 0.4, "article": 0.475, "document": 0.1}
# The fields of which a change is told, those said once, and how a value looks.
MOVING = {
    "cluster": ("coordinator", "status_until", "region"),
    "call": ("closes", "opens", "budget"),
    "article": ("lead", "title"),
    "document": ("url",),
}
STILL = {
    "cluster": ("name", "round"),
    "call": ("title", "institution"),
    "article": ("published", "url"),
    "document": ("title",),
}
_DATES = frozenset({"closes", "opens", "status_until", "published"})
_AT_ONCE = 20_000


def make(where: Path, changes: int = 1_000_000, entities: int = 20_000) -> None:
    """Write the history at `where`, which must not exist."""
    History.open(str(where), create=True).close()
    with closing(connect(where)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA foreign_keys = OFF")
        writer = _Writer(connection, random.Random(7))
        writer.visits()
        writer.things(changes, entities)
        connection.commit()
        connection.execute("PRAGMA optimize")


class _Writer:
    def __init__(self, connection: Connection, dice: random.Random) -> None:
        self._run = connection.executemany
        self._dice = dice
        self._times: dict[str, list[str]] = {}

    def visits(self) -> None:
        """Three visits a day of each source; the ledger, a row a visit; one page of evidence a source."""
        rows, ledger, captures = [], [], []
        number = 0
        page = zlib.compress(b"<html>a page</html>")
        digest = sha256(b"<html>a page</html>").hexdigest()
        self._run("INSERT INTO body VALUES (?, ?, ?)", [(digest, 19, page)])
        days = (NOW - START).days
        for day in range(days + 1):
            for hours in (0, 6, 12):
                at = moment_text(START + timedelta(days=day, hours=hours))
                for source in SOURCES.values():
                    number += 1
                    rows.append((number, f"run-{day}-{hours}", source, "crawl", at, "complete", None, None,
                                 f"https://www.gov.pl/{source}", 1, 0, 100, "ok", "whole"))  # fmt: skip
                    ledger.append((number, at, f"run-{day}-{hours}", "source", None, "0" * 64))
                    self._times.setdefault(source, []).append(at)
        for place, source in enumerate(SOURCES.values(), 1):
            captures.append((place, place, source, "list", f"https://www.gov.pl/{source}",
                             f"https://www.gov.pl/{source}", rows[0][4], 200, "text/html", "{}", digest,
                             "content", "page_list", 1, None))  # fmt: skip
        marks = ", ".join("?" * 14)
        self._run(f"INSERT INTO visit VALUES ({marks})", rows)
        self._run("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?)", ledger)
        self._run(f"INSERT INTO capture VALUES ({', '.join('?' * 15)})", captures)
        self._digest = digest

    def things(self, changes: int, entities: int) -> None:
        """Everything that pages said, and what was told of it."""
        each = changes // entities - 1
        spells, told, made, keys = [], [], [], []
        for thing in self._entities(entities):
            kind, name, number, first = thing
            made.append((name, kind, number, None, first + 1))
            keys.append((None, "url", f"https://www.gov.pl/{name}", name, first + 1, None))
            spells += self._spells(kind, name, first, each, told)
        order = sorted(told, key=lambda row: row[0])
        news = [(number, *row) for number, row in enumerate(order, 1)]
        self._run("INSERT INTO entity VALUES (?, ?, ?, ?, ?)", made)
        self._run("INSERT INTO entity_key VALUES (?, ?, ?, ?, ?, ?)", keys)
        for start in range(0, len(spells), _AT_ONCE):
            self._run(f"INSERT INTO spell VALUES (NULL, {', '.join('?' * 17)})",
                      spells[start : start + _AT_ONCE])  # fmt: skip
        for start in range(0, len(news), _AT_ONCE):
            self._run(f"INSERT INTO change VALUES ({', '.join('?' * 21)})", news[start : start + _AT_ONCE])

    def _entities(self, count: int) -> Iterator[tuple[str, str, int, int]]:
        visits = len(next(iter(self._times.values())))
        for kind, share in SHARES.items():
            for number in range(1, round(count * share) + 1):
                yield kind, f"{kind}-{number}", number, self._dice.randrange(0, visits * 4 // 5)

    def _spells(
        self, kind: str, name: str, first: int, each: int, told: list[tuple[object, ...]]
    ) -> list[tuple[object, ...]]:
        source = SOURCES[kind]
        times, capture = self._times[source], list(SOURCES.values()).index(source) + 1
        step = len(SOURCES)
        offset = capture

        def row(field: str, value: str, begin: int, end: int | None) -> tuple[object, ...]:
            seen_after = times[begin - 1] if begin else None
            last = times[end - 1] if end is not None else None
            gone = times[end] if end is not None else None
            ended = end * step + offset if end is not None else None
            return (name, field, value, None, 0, source, "list", 0, seen_after, times[begin], last, gone,
                    "source", capture, begin * step + offset, ended, None)  # fmt: skip

        def tell(verb: str, field: str | None, old: str | None, new: str | None, at: int) -> None:
            told.append((at * step + offset, verb, kind, name, f"Rzecz {name}", field, old, new, None, None,
                         times[at - 1] if at else None, times[at], "source", source,
                         f"https://www.gov.pl/{name}", self._digest, 0, f"Zmiana: {name} {field} {new}",
                         None, None))  # fmt: skip

        rows = [row("", "1", first, None)]
        rows += [row(field, self._value(field, name, 0), first, None) for field in STILL[kind]]
        tell("appeared", None, None, None, first)
        moments = sorted(self._dice.sample(range(first + 1, len(times)), min(each, len(times) - first - 1)))
        by_field: dict[str, list[int]] = {field: [first] for field in MOVING[kind]}
        for at in moments:
            by_field[self._dice.choice(MOVING[kind])].append(at)
        for field, starts in by_field.items():
            values = [self._value(field, name, turn) for turn in range(len(starts))]
            for turn, (begin, value) in enumerate(zip(starts, values, strict=True)):
                rows.append(row(field, value, begin, starts[turn + 1] if turn + 1 < len(starts) else None))
                if turn:
                    tell("changed", field, values[turn - 1], value, begin)
        return rows

    def _value(self, field: str, name: str, turn: int) -> str:
        if field in _DATES:
            return (START + timedelta(days=place_of(name) % 3000 + turn * 5)).strftime("%Y-%m-%d")
        if field == "budget":
            return f"{(turn + 1) * 100000} PLN"
        return f"{field} {turn} of {name}, as the page says it in so many words"


def place_of(name: str) -> int:
    """A number made of a name, the same in every process."""
    return zlib.crc32(name.encode())


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:4]))
