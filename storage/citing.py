"""How a change is known: the row of the ledger that wrote it, and the page it was read from."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, func, select

from storage.errors import StorageError
from storage.evidence import unpack
from storage.records import Change
from storage.tables import body, capture, change, ledger, visit
from storage.told import change_of

_CHUNK = 500


@dataclass(frozen=True)
class Capture:
    """A page as it was answered: asked at `address`, answered by `reached` at the time `at` (UTC).

    `sha256` names its bytes, `size` of them; `content` is the hash of the block that `reader`,
    in its `version`, reads. It was met by visit `visit` of `source`.
    """

    visit: int
    source: str
    address: str
    reached: str
    at: datetime
    status: int
    media_type: str
    size: int
    sha256: str
    content: str | None
    reader: str | None
    version: int | None


@dataclass(frozen=True)
class Cited:
    """A change with its proof: it was recorded by `run` at `recorded_at` (UTC) as part of row
    `ledger` of the ledger, sealed by `digest`. `capture` is None where no page shows it;
    `leading` is the id of the change that leads the entry it was told in, None if silent;
    `retracted_by` that of the change that took it back, None while it stands."""

    change: Change
    ledger: int
    digest: str
    run: str
    recorded_at: datetime
    capture: Capture | None
    leading: int | None
    retracted_by: int | None


def cited(connection: Connection, numbers: Iterable[int]) -> dict[int, Cited]:
    """The changes of these ids with their proofs; ids that are not there are left out."""
    wanted = sorted(set(numbers))
    found: dict[int, Cited] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = [dict(row) for row in connection.execute(_query(wanted[start : start + _CHUNK])).mappings()]
        captures = _captures(connection, {row["evidence"] for row in rows if row["evidence"]})
        found |= {row["id"]: _cited(row, captures.get(row["evidence"], ())) for row in rows}
    return found


def _query(numbers: Sequence[int]) -> Select[Any]:
    first = change.alias()
    back = change.alias()
    taken_back = (
        select(func.min(back.c.id))
        .where(back.c.entity == change.c.entity, back.c.id > change.c.id)
        .where(back.c.verb == "retracted", back.c.old == change.c.summary)
    )
    together = (first.c.entry == change.c.entry) & (first.c.ledger == change.c.ledger)
    return (
        select(
            change,
            ledger.c.digest,
            ledger.c.run,
            ledger.c.at.label("recorded_at"),
            first.c.id.label("leading"),
            taken_back.scalar_subquery().label("retracted_by"),
        )
        .join(ledger, change.c.ledger == ledger.c.id)
        .outerjoin(first, together & first.c.told_at.is_not(None))
        .where(change.c.id.in_(numbers))
    )


def _cited(row: Mapping[str, Any], captures: Sequence[Mapping[str, Any]]) -> Cited:
    best = max(captures, key=lambda each: _fits(each, row), default=None)
    names = Capture.__dataclass_fields__
    return Cited(
        change=change_of(row),
        ledger=row["ledger"],
        digest=row["digest"],
        run=row["run"],
        recorded_at=row["recorded_at"],
        capture=Capture(**{name: best[name] for name in names}) if best else None,
        leading=row["leading"],
        retracted_by=row["retracted_by"],
    )


def body_of(connection: Connection, digest: str) -> bytes:
    """The bytes that have the SHA-256 `digest`. Raises StorageError where they are lost or altered."""
    packed = connection.scalar(select(body.c.packed).where(body.c.sha256 == digest))
    try:
        kept = unpack(packed) if packed is not None else b""
    except zlib.error:
        kept = b""
    if sha256(kept).hexdigest() != digest:
        raise StorageError(f"body {digest[:16]} is lost or altered; run `klastry verify`")
    return kept


def _captures(connection: Connection, digests: set[str]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    query = (
        select(capture, body.c.size, visit.c.mode)
        .join(body, body.c.sha256 == capture.c.sha256)
        .join(visit, visit.c.id == capture.c.visit)
        .where(capture.c.sha256.in_(digests))
    )
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["sha256"], []).append(dict(row))
    return found


def _fits(each: Mapping[str, Any], row: Mapping[str, Any]) -> tuple[bool, bool, bool, bool, bool, float, int]:
    """How well a capture of the right bytes fits: same source and page, believed, the last in time.

    An archived copy that was brought in later is no proof of what our own visit read.
    """
    in_time = each["at"] <= row["seen_by"]
    seconds = each["at"].timestamp()
    return (
        (each["mode"] == "backfill") == (row["cause"] == "backfill"),
        each["source"] == row["source"],
        row["url"] in (each["address"], each["reached"]),
        each["refused"] is None,
        in_time,
        seconds if in_time else -seconds,
        each["id"],
    )
