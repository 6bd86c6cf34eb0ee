"""The words every part of klastry shares: what a source is, what a page said, what changed.

Plain frozen data and pure functions: no database, no network, no clock.
"""

from storage.records.change import CAUSES, VERBS, Cause, Change, Sentence, Verb
from storage.records.keys import Key, address_key, canonical_address, page_key
from storage.records.page import (
    LIST,
    Gone,
    Known,
    Missed,
    Page,
    Reading,
    Said,
    Snapshot,
    Unchanged,
    Validators,
)
from storage.records.record import (
    FIELDS,
    KINDS,
    LIST_FIELDS,
    NAME_FIELD,
    TEXT_FIELDS,
    Kind,
    Record,
    Value,
    article,
    call,
    cluster,
    document,
)
from storage.records.source import Address, Details, ListKind, Selectors, Source
from storage.records.text import clean, fold

__all__ = [
    "CAUSES",
    "FIELDS",
    "KINDS",
    "LIST",
    "LIST_FIELDS",
    "NAME_FIELD",
    "TEXT_FIELDS",
    "VERBS",
    "Address",
    "Cause",
    "Change",
    "Details",
    "Gone",
    "Key",
    "Kind",
    "Known",
    "ListKind",
    "Missed",
    "Page",
    "Reading",
    "Record",
    "Said",
    "Selectors",
    "Sentence",
    "Snapshot",
    "Source",
    "Unchanged",
    "Validators",
    "Value",
    "Verb",
    "address_key",
    "article",
    "call",
    "canonical_address",
    "clean",
    "cluster",
    "document",
    "fold",
    "page_key",
]
