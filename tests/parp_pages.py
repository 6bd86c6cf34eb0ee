"""The saved model pages of PARP, as the tests of its readers want them."""

import reader_pages

from spiders.readers import load
from storage.records import Page, Record


def read(reader: str, name: str) -> list[Record]:
    """What `reader` reads from its saved page `name`."""
    return list(load(reader).read(reader_pages.saved(reader, name)))


def by_key(records: list[Record]) -> dict[str, Record]:
    return {str(key): record for record in records for key in record.keys}


def edited(reader: str, name: str, old: str, new: str) -> Page:
    """A saved page with one thing changed."""
    page = reader_pages.saved(reader, name)
    text = page.body.decode()
    assert old in text
    return reader_pages.page(text.replace(old, new), page.asked)
