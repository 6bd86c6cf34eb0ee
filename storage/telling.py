"""Changes as they are written: with their sentence, and those that are news with their entry."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count, groupby

from sqlalchemy import Connection, func, insert, select

from storage.forms import canonical, moment_text, value_text
from storage.ledger import PROOFS
from storage.proving import proved
from storage.records import Change, Sentence, Source
from storage.sealing import Run, add_note, open_ledger, seal
from storage.tables import change, ledger, visit

_SECOND = timedelta(seconds=1)


def write_changes(
    connection: Connection, groups: Sequence[tuple[Change, ...]], row: int, run: Run
) -> tuple[Change, ...]:
    """Write each group; those not silent get one entry each, one second apart."""
    newest = connection.scalar(select(func.max(change.c.told_at)))
    host = authority(connection)
    told: list[Change] = []
    proven, captures = proved(connection, groups)
    if captures:
        add_note(connection, row, {PROOFS: captures})
    for group in proven:
        news = [each for each in group if _is_news(each)]
        silent = [each for each in group if not _is_news(each)]
        entry = told_at = None
        if news:
            told_at = newest = max(run.now, newest + _SECOND) if newest else run.now
            entry = _new_id(connection, host, told_at, news)
        for index, (each, words) in enumerate(_with_words(news, run.sentence)):
            _write_change(connection, each, row, words, entry, told_at if index == 0 else None)
            told.append(replace(each, summary=words, entry=entry))
        for _, together in groupby(silent, key=lambda each: each.seen_by):  # archived copies: many times
            for each, words in _with_words(tuple(together), run.sentence):
                _write_change(connection, each, row, words, None, None)
    return tuple(told)


def _new_id(connection: Connection, host: str, told_at: datetime, rows: Sequence[Change]) -> str:
    """An id that no entry has: what was retracted may be told again, and is news again."""
    for times in count():
        entry = entry_id(host, told_at, rows, times)
        if connection.scalar(select(change.c.id).where(change.c.entry == entry).limit(1)) is None:
            break
    return entry


def entry_id(host: str, told_at: datetime, rows: Sequence[Change], times: int = 0) -> str:
    """The id of an entry: the same change has the same id wherever the database is.

    `times`: how often just this was told before.
    """
    facts: list[object] = [
        [
            each.entity,
            each.verb,
            each.field,
            value_text(each.old),
            value_text(each.new),
            moment_text(each.seen_by),
        ]
        for each in rows
    ]
    digest = sha256(canonical([*facts, times] if times else facts).encode()).hexdigest()[:16]
    return f"tag:{host},{told_at.year}:{digest}"


def _is_news(each: Change) -> bool:
    return not each.baseline and (each.cause in ("source", "human") or each.verb == "retracted")


def _with_words(rows: Sequence[Change], sentence: Sentence) -> list[tuple[Change, str]]:
    return list(zip(rows, sentence(rows), strict=True)) if rows else []


def _write_change(
    connection: Connection, each: Change, row: int, words: str, entry: str | None, told_at: datetime | None
) -> None:
    connection.execute(
        insert(change).values(
            ledger=row,
            verb=each.verb,
            kind=each.kind,
            entity=each.entity,
            name=each.name,
            field=each.field,
            old=value_text(each.old),
            new=value_text(each.new),
            old_printed=each.old_printed,
            new_printed=each.new_printed,
            seen_after=each.seen_after,
            seen_by=each.seen_by,
            cause=each.cause,
            source=each.source,
            url=each.url,
            evidence=each.evidence,
            baseline=each.baseline,
            summary=words,
            entry=entry,
            told_at=told_at,
        )
    )


def tell_beginnings(connection: Connection, sources: Iterable[Source], run: Run) -> tuple[Change, ...]:
    """Tell in one entry which sources are watched from now on, with the number of their records."""
    told = connection.scalars(select(change.c.new).where(change.c.verb == "began"))
    known = {count.partition(":")[0] for new in told for count in json.loads(new)}
    counts = []
    for source in sources:
        lists = ("whole",) if source.address.list == "register" else ("whole", "some")
        first = connection.execute(
            select(visit.c.records)
            .where(visit.c.source == source.id, visit.c.list.in_(lists), visit.c.mode != "backfill")
            .order_by(visit.c.id)
            .limit(1)
        ).first()
        if first and source.id not in known:
            counts.append(f"{source.id}: {first.records}")
    if not counts:
        return ()
    began = Change(
        verb="began",
        kind=None,
        entity=None,
        name=None,
        field=None,
        old=None,
        new=tuple(counts),
        seen_after=None,
        seen_by=run.now,
        source=" ".join(count.partition(":")[0] for count in counts),
    )
    row = open_ledger(connection, run, "source")
    written = write_changes(connection, [(began,)], row, run)
    seal(connection, row)
    return written


def authority(connection: Connection) -> str:
    """The host that entry ids are made under, as it was when the database was made."""
    note = connection.scalar(select(ledger.c.note).where(ledger.c.id == 1))
    return str(json.loads(note or '{"authority": "localhost"}')["authority"])
