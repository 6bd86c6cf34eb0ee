"""What must be true after every case, whatever the fault: each check gives its complaints, if any.

They look at a folder from outside, as an operator or a reader of feeds does, whoever plays the case.
"""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterable, Sequence
from html import unescape
from importlib.resources import files
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

from e2e import START, World
from lxml.html import HTMLParser, document_fromstring

from monitor.reasons import advice
from monitor.standin import Asked
from storage.forms import moment

MOST_SECONDS = 120.0
MOST_MEMORY = 300 * 1024  # kB
MOST_DISK = 50 * 1024 * 1024
MOST_KEPT = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_ACTIVE = ("script", "iframe", "object", "embed", "form", "base", "svg", "img")
_SCRIPT_ADDRESS = re.compile(r"\s*(javascript|data|vbscript)\s*:", re.IGNORECASE)
(_ICON,) = re.findall(
    r'href="(data:[^"]*)"', files("monitor").joinpath("templates/base.html").read_text("utf-8")
)
_FEEDS = ("feed.xml", "klastry.xml", "health.xml")


# 1. Nothing of the faulty reading


def history_of(world: World) -> dict[str, str]:
    """A digest, by source, of all that its visits ever brought into the history."""
    found: dict[str, list[Any]] = defaultdict(list)
    spells = (
        "SELECT source, entity, field, value, page, first_seen, last_seen, gone_by, dropped FROM spell"
        " ORDER BY id"
    )
    for source, *row in world.rows(spells):
        found[source].append(row)
    for source, *row in world.rows('SELECT source, id, verb, entity, field, new FROM "change" ORDER BY id'):
        found[source].append(row)
    return {source: hashlib.sha256(repr(rows).encode()).hexdigest() for source, rows in found.items()}


def entries_of(world: World) -> dict[str, list[str]]:
    """The sentences told, by source, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    told = "told_at IS NOT NULL AND verb <> 'began'"
    for source, summary in world.rows(f'SELECT source, summary FROM "change" WHERE {told} ORDER BY told_at'):
        found[source].append(summary)
    return found


def news_of(world: World) -> dict[str, list[str]]:
    """Verb and interval of each row that was told, by source, in their order.

    An interval is `after..by` in hours since the start; what nobody saw before has no `after`.
    """
    found: dict[str, list[str]] = defaultdict(list)
    query = (
        "SELECT source, verb, seen_after, seen_by FROM \"change\" WHERE told_at IS NOT NULL AND verb <> 'began'"
        " ORDER BY told_at"
    )
    for source, verb, after, by in world.rows(query):
        found[source].append(f"{verb} {_hours(after)}..{_hours(by)}")
    return found


def _hours(at: str | None) -> str:
    return f"{(moment(at) - START).total_seconds() / 3600:g}" if at else ""


# 2. The feed at every instant


class FeedWatch:
    """Reads the feeds over and over, as impatient subscribers do, inside a `with` block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ended = Event()
        self._seen: dict[str, bytes] = {}
        self._ids: dict[str, list[str]] = {}
        self.readings = 0
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            self._look()

    def _look(self) -> None:
        for name in _FEEDS:
            try:
                content = (self._folder / name).read_bytes()
            except FileNotFoundError:
                if name in self._seen:
                    self.complaints.append(f"{name} is not there any more")
                continue
            self.readings += 1
            if content != self._seen.get(name):
                self._seen[name] = content
                self._read(name, content)

    def _read(self, name: str, content: bytes) -> None:
        try:
            ids = [item.findtext("guid") or "" for item in ET.fromstring(content).iter("item")]
        except ET.ParseError as error:
            self.complaints.append(f"{name} does not parse: {error}")
            return
        before = self._ids.get(name, [])
        # Newest first: what was there stays as it was, below what is new; the oldest may leave.
        start = ids.index(before[0]) if before and before[0] in ids else 0
        if before and ids[start:] != before[: len(ids) - start]:
            self.complaints.append(f"{name}: the ids of entries changed")
        self._ids[name] = ids


# 3. The database


def database_faults(world: World) -> list[str]:
    """Pages, foreign keys, evidence and chain."""
    return [] if world.sound() else ["the database is not sound"]


# 5. Signals


def signals_of(world: World) -> dict[str, list[tuple[str, str]]]:
    """Kind and text of each signal to the operator, by source, oldest first."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    root = ET.fromstring((world.folder / "public" / "health.xml").read_bytes())
    for item in list(root.iter("item"))[::-1]:
        terms = {each.get("domain", ""): each.text or "" for each in item.iter("category")}
        texts = (
            item.findtext("title"),
            item.findtext("description"),
            *(each.text for each in item.iter() if each.tag.endswith("encoded")),
        )
        kind = next((term for term in terms.values() if term in _TURNS), "")
        source = next((term for term in terms.values() if term not in _TURNS), "")
        found[source].append((kind, unescape(" ".join(filter(None, texts)))))
    return found


_TURNS = ("broke", "recovered", "unstable", "answered", "moved")


def untold(text: str, reason: str, address: str) -> list[str]:
    """What a signal of a fault should say and does not: reason, address, next step."""
    wanted = {"reason": reason, "address": address, "next step": advice("pl", reason).next_step}
    return [f"the signal lacks its {name}" for name, said in wanted.items() if said not in text]


# 6. Bounds


def size_of(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def excesses(seconds: float, memory: int, disk: int) -> list[str]:
    """Which bounds of one run were passed: seconds, kB of memory, bytes of disk."""
    return [
        f"{name}: {value:.0f} where at most {most:.0f}"
        for name, value, most in (
            ("seconds", seconds, MOST_SECONDS),
            ("memory", memory, MOST_MEMORY),
            ("disk", disk, MOST_DISK),
        )
        if value > most
    ]


# 7. Manners


def impolite(asked: Sequence[Asked], ours: Iterable[str], delay: float) -> list[str]:
    """Requests to hosts that are not `ours` to ask, or sooner than `delay` seconds after the last one."""
    complaints = [f"{host} was asked" for host in {each.host for each in asked} - set(ours)]
    last: dict[str, float] = {}
    for each in asked:
        if each.at - last.get(each.host, -delay) < delay:
            complaints.append(f"{each.url} was asked too soon after another request")
        last[each.host] = each.at
    return complaints


def hasty(asked: Sequence[Asked], gap: float, again: float) -> list[str]:
    """Requests to one host with fewer seconds than `gap` between them, or `again` for one address."""
    complaints, last, of_address = [], -gap, dict[str, float]()
    for each in asked:
        if each.at - last < gap or each.at - of_address.get(each.url, -again) < again:
            complaints.append(f"{each.url} was asked sooner than the host had asked for")
        last = of_address[each.url] = each.at
    return complaints


# 8. Evidence


def kept_of(world: World) -> dict[str, set[str]]:
    """The reasons for which bodies are kept, by source; a body that is too large is a complaint."""
    found: dict[str, set[str]] = defaultdict(set)
    for source, refused, size in world.rows("SELECT source, refused, size FROM evidence"):
        if refused:
            found[source].add(refused if size <= MOST_KEPT else f"{refused} of {size} bytes")
    return found


# Besides: what is published is harmless, what is printed is plain


def harmful(folder: Path) -> list[str]:
    """What could hurt in published files: control characters; markup that acts.

    A reader may decode what a feed holds twice more.
    """
    complaints = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        if found := _CONTROL.search(text):
            complaints.append(f"{path.name} holds the control character {found[0]!r}")
        if path.suffix == ".json":
            json.loads(text)
        if path.suffix == ".html":
            foreign = [each for each in _active(text) if each not in _ours(path)]
            complaints += [f"{path.name} holds {each}" for each in foreign]
        if path.suffix in (".xml", ".atom", ".json"):
            for times, decoded in enumerate((text, unescape(text), unescape(unescape(text)))):
                complaints += [
                    f"{path.name}, decoded {times} times, holds {each}" for each in _active(decoded)
                ]
    return complaints


def _ours(path: Path) -> tuple[str, ...]:
    """What our own templates draw."""
    return ("<svg>", f"href={_ICON}", *(["<script>"] if path.name == "search.html" else []))


def _active(markup: str) -> list[str]:
    found = []
    tree = document_fromstring(markup.encode(), parser=HTMLParser(encoding="utf-8"))
    for tag in tree.iter():
        if tag.tag in _ACTIVE:
            found.append(f"<{tag.tag}>")
        for name, value in tag.attrib.items():
            if name.startswith("on") or _SCRIPT_ADDRESS.match(value):
                found.append(f"{name}={value}")
    return found


def unplain(printed: str) -> list[str]:
    """What must not stand in what a command prints: tracebacks, control characters."""
    complaints = ["a traceback was printed"] if "Traceback" in printed else []
    if found := _CONTROL.search(printed):
        complaints.append(f"the control character {found[0]!r} was printed")
    return complaints
