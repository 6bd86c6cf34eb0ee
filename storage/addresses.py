"""The memory of each address: how to ask politely, and when it was last believed."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage import evidence
from storage.forms import canonical
from storage.past import PageUpdate
from storage.tables import capture, page


def memories(connection: Connection, source: str) -> list[dict[str, Any]]:
    """What is remembered of each address of a source (for asking politely)."""
    query = select(page).where(page.c.source == source)
    return [dict(row) for row in connection.execute(query).mappings()]


def readers(connection: Connection, source: str) -> list[tuple[str, int]]:
    """The readers of the present pages of a source, with the versions in which they read them."""
    query = select(capture.c.reader, page.c.version).join(capture, capture.c.id == page.c.capture)
    rows = connection.execute(query.where(page.c.source == source, page.c.version.is_not(None)).distinct())
    return [(row[0], row[1]) for row in rows]


def update_page(connection: Connection, number: int, source: str, news: PageUpdate) -> int | None:
    """Bring the memory of an address up to date; gives the capture of its present content."""
    known = (
        connection.execute(select(page).where(page.c.source == source, page.c.key == news.key))
        .mappings()
        .first()
    )
    values: dict[str, Any] = {"address": news.address, "asked_at": news.at}
    capture_id = known["capture"] if known else None
    if news.said:
        said = news.said
        if not known or known["content"] != said.content or known["reader"] != said.reader:
            capture_id = evidence.keep_said(connection, number, source, news.key, said)
        values |= {
            "sha256": said.page.sha256,
            "content": said.content,
            "reader": said.reader,
            "version": said.version,
            "capture": capture_id,
            "links": canonical(list(said.links)),
        }
    if news.again:
        values["version"] = None
    if news.revalidated:
        values |= {"etag": news.etag, "last_modified": news.last_modified}
    if news.full:
        values["full_at"] = news.at
    if news.gone:
        values |= {
            "gone_since": (known and known["gone_since"]) or news.at,
            "gone_visits": (known["gone_visits"] if known else 0) + 1,
            "etag": None,
            "last_modified": None,
            "sha256": None,
        }
    else:
        values |= {"confirmed": news.at, "gone_since": None, "gone_visits": 0}
    if known:
        connection.execute(update(page).where(page.c.source == source, page.c.key == news.key).values(values))
    else:
        connection.execute(insert(page).values(source=source, key=news.key, **values))
    return capture_id
