"""One record of several that one page gives of the same thing."""

from dataclasses import replace

from storage.records import Record


def one_of(first: Record, other: Record) -> Record:
    """Two records of one entity on one page as one.

    A cluster listed in two rounds is the one whose status lasts longer; of anything else the
    first row speaks, and the other adds what it leaves out.
    """
    if first.kind == "cluster" and _until(other) > _until(first):
        return _joined(other, first)
    return _joined(first, other)


def _joined(one: Record, other: Record) -> Record:
    keys = tuple(dict.fromkeys((*one.keys, *other.keys)))
    if one.kind == "cluster":
        return replace(one, keys=keys)
    return replace(
        one,
        keys=keys,
        values={**other.values, **one.values},
        printed={**other.printed, **one.printed},
        detail=one.detail or other.detail,
    )


def _until(record: Record) -> str:
    return str(record.values.get("status_until") or "")
