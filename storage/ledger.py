"""The chain: one line for each transaction that changed history, each bound to the one before.

Format 1. The digest of a line is the SHA-256 (hex) of the previous digest followed by the
line: one canonical JSON object of all the transaction began, ended, dropped and decided.
The line is rebuilt from the tables, so a change of any of them breaks the chain.
"""

import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, or_, select

from storage.evidence import unpack
from storage.forms import canonical, moment_text
from storage.tables import body, capture, change, entity, entity_key, ledger, review, spell

FIRST = "0" * 64


def chain(previous: str, line: str) -> str:
    """The digest of `line` after `previous`."""
    return sha256(f"{previous}{line}".encode()).hexdigest()


def head(connection: Connection) -> str:
    """The digest of the newest row of the ledger."""
    newest = select(ledger.c.digest).order_by(ledger.c.id.desc()).limit(1)
    return connection.scalar(newest) or FIRST


def line(connection: Connection, number: int) -> str:
    """The canonical line of ledger row `number`, from the tables as they are."""
    row = connection.execute(select(ledger).where(ledger.c.id == number)).mappings().one()
    return canonical(
        {
            "format": 1,
            "ledger": number,
            "at": moment_text(row["at"]),
            "run": row["run"],
            "cause": row["cause"],
            "note": row["note"],
            "entities": _rows(connection, select(entity.c.id, entity.c.kind).where(entity.c.begun == number)),
            "keys": _keys(connection, number),
            "spells": _spells(connection, number),
            "changes": _changes(connection, number),
            "reviews": _reviews(connection, number),
        }
    )


def verify(connection: Connection) -> Iterator[str]:
    """One line for each thing that does not fit: bodies re-hashed, then the chain walked."""
    for digest, packed in connection.execute(select(body.c.sha256, body.c.packed)):
        if not _fits(digest, packed):
            yield f"body {digest[:16]}: its bytes do not give its hash"
    digest = FIRST
    for expected, row in enumerate(connection.execute(select(ledger).order_by(ledger.c.id)).mappings(), 1):
        if row["id"] != expected:
            yield f"ledger {expected}: missing"
            return
        digest = chain(digest, line(connection, row["id"]))
        if digest != row["digest"]:
            yield f"ledger {row['id']}: what it began or ended was altered after {row['at']:%Y-%m-%d}"
            return


def _fits(digest: str, packed: bytes) -> bool:
    try:
        return sha256(unpack(packed)).hexdigest() == digest
    except zlib.error:
        return False


def _rows(connection: Connection, query: Any) -> list[Any]:
    return sorted((list(row) for row in connection.execute(query)), key=canonical)


def _keys(connection: Connection, number: int) -> list[Any]:
    query = select(
        entity_key.c.scheme,
        entity_key.c.value,
        entity_key.c.entity,
        entity_key.c.begun == number,
        entity_key.c.ended == number,
    ).where(or_(entity_key.c.begun == number, entity_key.c.ended == number))
    return sorted(
        ([*row[:3], "begun" if row[3] else "ended"] for row in connection.execute(query)), key=canonical
    )


def _spells(connection: Connection, number: int) -> list[Any]:
    query = (
        select(spell, capture.c.sha256)
        .join(capture, spell.c.capture == capture.c.id)
        .where(or_(spell.c.begun == number, spell.c.ended == number, spell.c.dropped == number))
    )
    rows = []
    for row in connection.execute(query).mappings():
        who = [row["entity"], row["field"], row["source"], row["page"], moment_text(row["first_seen"])]
        if row["begun"] == number:
            after = row["seen_after"] and moment_text(row["seen_after"])
            rows.append(
                ["begun", *who, row["value"], row["printed"], row["rank"], after, row["cause"], row["sha256"]]
            )
        if row["ended"] == number:
            rows.append(
                ["ended", *who, row["value"], moment_text(row["last_seen"]), moment_text(row["gone_by"])]
            )
        if row["dropped"] == number:
            rows.append(["dropped", *who, row["value"]])
    return sorted(rows, key=canonical)


def _changes(connection: Connection, number: int) -> list[Any]:
    names = (
        "id verb entity field old new seen_after seen_by cause source evidence baseline summary entry told_at"
    )
    query = select(*(change.c[name] for name in names.split())).where(change.c.ledger == number)
    rows = connection.execute(query.order_by(change.c.id)).mappings()
    return [
        [moment_text(value) if hasattr(value, "tzinfo") else value for value in row.values()] for row in rows
    ]


def _reviews(connection: Connection, number: int) -> list[Any]:
    query = select(review).where(or_(review.c.begun == number, review.c.ended == number))
    rows = []
    for row in connection.execute(query).mappings():
        if row["begun"] == number:
            rows.append(["opened", row["kind"], row["source"], row["subject"], row["counts"]])
        if row["ended"] == number:
            rows.append(
                ["settled", row["kind"], row["source"], row["subject"], row["verdict"], row["reason"]]
            )
    return sorted(rows, key=canonical)
