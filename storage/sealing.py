"""One row of the ledger for each transaction that changes history: opened, filled, sealed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from storage.forms import canonical
from storage.ledger import FIRST, chain, head, line
from storage.records import Sentence
from storage.tables import ledger


@dataclass(frozen=True)
class Run:
    """One command at work: its name, its clock (UTC, whole seconds), and who finds the words."""

    id: str
    mode: str
    now: datetime
    sentence: Sentence


def open_ledger(connection: Connection, run: Run, cause: str, note: str | None = None) -> int:
    """A new row at the end of the ledger, not sealed yet."""
    number = (connection.scalar(select(func.max(ledger.c.id))) or 0) + 1
    connection.execute(
        insert(ledger).values(id=number, at=run.now, run=run.id, cause=cause, note=note, digest="")
    )
    return int(number)


def add_note(connection: Connection, number: int, said: Mapping[str, Any]) -> None:
    """Note more with row `number`, which is not sealed yet."""
    noted = connection.scalar(select(ledger.c.note).where(ledger.c.id == number))
    note = canonical({**json.loads(noted or "{}"), **said})
    connection.execute(update(ledger).where(ledger.c.id == number).values(note=note))


def seal(connection: Connection, number: int) -> None:
    """Bind row `number` to the one before it."""
    before = connection.scalar(select(ledger.c.digest).where(ledger.c.id == number - 1))
    digest = chain(before or FIRST, line(connection, number))
    connection.execute(update(ledger).where(ledger.c.id == number).values(digest=digest))


def begin(connection: Connection, run: Run, authority: str) -> None:
    """Write the first row of the ledger of a new database: who speaks (for entry ids)."""
    if head(connection) == FIRST:
        seal(connection, open_ledger(connection, run, "config", note=canonical({"authority": authority})))
