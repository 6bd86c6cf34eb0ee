"""Evidence: the pages themselves, each body once, compressed, named by its SHA-256."""

import json
import zlib
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, delete, func, insert, select

from storage.past import Refused
from storage.records import LIST, Page, Said
from storage.tables import body, capture, change, page, review, spell

REFUSED_BYTES = 1_000_000
REFUSED_KEPT = 200
ROBOTS_BYTES = 512_000
ROBOTS_KEPT = 10
_HEADERS_KEPT = ("content-type", "date", "last-modified", "etag", "content-language")


def unpack(packed: bytes) -> bytes:
    """The bytes of a stored body."""
    return zlib.decompress(packed)


def keep_said(connection: Connection, visit: int, source: str, key: str, said: Said) -> int:
    """Keep an accepted page; gives the number of its capture."""
    return _keep(
        connection,
        visit,
        source,
        key,
        said.page,
        content=said.content,
        reader=said.reader,
        version=said.version,
    )


def keep_robots(connection: Connection, visit: int, source: str, answer: Page) -> None:
    """Keep a robots file unless the newest of its host has the same rules; of each host the newest few."""
    key = f"robots:{answer.asked}"
    query = select(capture.c.id).where(capture.c.page == key).order_by(capture.c.id.desc())
    kept = connection.scalars(query).all()
    answer = replace(answer, body=answer.body[:ROBOTS_BYTES])
    if kept and _rules(_body(connection, kept[0])) == _rules(answer.body):
        return
    _keep(connection, visit, source, key, answer)
    for number in kept[ROBOTS_KEPT - 1 :]:
        _drop(connection, number)


def _body(connection: Connection, number: int) -> bytes:
    packed = select(body.c.packed).join(capture, body.c.sha256 == capture.c.sha256)
    return unpack(connection.execute(packed.where(capture.c.id == number)).scalar_one())


def _rules(robots: bytes) -> list[bytes]:
    """What a robots file says but for its comments; a page of HTML says nothing."""
    if robots[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return []
    lines = (line.partition(b"#")[0].strip() for line in robots.splitlines())
    return [line for line in lines if line]


def keep_refused(connection: Connection, visit: int, source: str, refused: Refused) -> int:
    """Keep the body of a refused page: the first and the last of an episode, all bounded.

    An episode is a run of refusals of one page for one reason, until the page is believed.
    """
    answer = replace(refused.page, body=refused.page.body[:REFUSED_BYTES])
    _drop_middle(connection, source, refused)
    number = _keep(connection, visit, source, refused.key, answer, refused=refused.reason)
    _drop_oldest(connection)
    return number


def refused_lists(connection: Connection, source: str, reasons: Collection[str]) -> list[Page]:
    """First pages of the list of `source` refused for these reasons since it was last believed, oldest first.

    Those that were cut are left out: nothing can be read from them.
    """
    believed = select(page.c.confirmed).where(page.c.source == source, page.c.key == LIST)
    since = connection.scalar(believed)
    query = (
        select(capture, body.c.packed)
        .join(body, body.c.sha256 == capture.c.sha256)
        .where(capture.c.source == source, capture.c.page == LIST, capture.c.refused.in_(reasons))
        .where(body.c.size < REFUSED_BYTES)
        .order_by(capture.c.at, capture.c.id)
    )
    rows = connection.execute(query.where(capture.c.at > since) if since else query).mappings()
    return [
        Page(
            row["address"],
            row["reached"],
            row["at"],
            row["status"],
            json.loads(row["headers"]),
            unpack(row["packed"]),
        )
        for row in rows
    ]


def _keep(
    connection: Connection,
    visit: int,
    source: str,
    key: str,
    answer: Page,
    *,
    content: str | None = None,
    reader: str | None = None,
    version: int | None = None,
    refused: str | None = None,
) -> int:
    if not connection.scalar(select(func.count()).where(body.c.sha256 == answer.sha256)):
        packed = zlib.compress(answer.body, 6)
        connection.execute(insert(body).values(sha256=answer.sha256, size=len(answer.body), packed=packed))
    headers = {name: answer.headers[name] for name in _HEADERS_KEPT if name in answer.headers}
    result = connection.execute(
        insert(capture)
        .values(
            visit=visit,
            source=source,
            page=key,
            address=answer.asked,
            reached=answer.reached,
            at=answer.at,
            status=answer.status,
            media_type=answer.media_type,
            headers=json.dumps(headers, ensure_ascii=False, sort_keys=True),
            sha256=answer.sha256,
            content=content,
            reader=reader,
            version=version,
            refused=refused,
        )
        .returning(capture.c.id)
    )
    return int(result.scalar_one())


def _drop_middle(connection: Connection, source: str, refused: Refused) -> None:
    """Of an episode that goes on, keep the first body and make room for a new last one."""
    here = (capture.c.source == source, capture.c.page == refused.key)
    believed = select(page.c.confirmed).where(page.c.source == source, page.c.key == refused.key)
    since = connection.scalar(believed)
    query = select(capture.c.id, capture.c.refused).where(*here).order_by(capture.c.id.desc()).limit(2)
    kept = connection.execute(query.where(capture.c.at > since) if since else query).all()
    if len(kept) == 2 and all(each.refused == refused.reason for each in kept):
        _drop(connection, kept[0].id)


def _drop_oldest(connection: Connection) -> None:
    kept = connection.scalars(
        select(capture.c.id).where(capture.c.refused.is_not(None)).order_by(capture.c.id.desc())
    ).all()
    for number in kept[REFUSED_KEPT:]:
        _drop(connection, number)


def _drop(connection: Connection, number: int) -> None:
    """Forget a capture, unless something rests on it."""
    for column in (spell.c.capture, review.c.capture, page.c.capture):
        if connection.scalar(select(func.count()).where(column == number)):
            return
    digest = connection.scalar(select(capture.c.sha256).where(capture.c.id == number))
    proves = select(change.c.id).where(change.c.verb == "disappeared", change.c.evidence == digest)
    if connection.scalar(proves.limit(1)):
        return
    connection.execute(delete(capture).where(capture.c.id == number))
    if not connection.scalar(select(func.count()).where(capture.c.sha256 == digest)):
        connection.execute(delete(body).where(body.c.sha256 == digest))
