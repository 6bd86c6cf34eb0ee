"""Which rows of the change log a reading again shows to be false, and the rows that take them back.

Pure. A row is false if what pages said bore it out as it was read, and does no more as it is read now.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.recounting import what
from storage.records import Cause, Change


def retractions(
    known: Sequence[Change], before: Iterable[Change], after: Iterable[Change], cause: Cause
) -> list[Change]:
    """One row for each of `known` that is false; silent where that was never told.

    `before` and `after` are the changes counted again from what pages said, as it was read and
    as it is read now.
    """
    taken_back = {(row.entity, row.seen_by, row.old) for row in known if row.verb == "retracted"}
    standing = [row for row in known if (row.entity, row.seen_by, row.summary) not in taken_back]
    was, now = _unborne(standing, before), _unborne(standing, after)
    return [_retraction(row, cause) for row in standing if row.id in now - was]


def _unborne(rows: Sequence[Change], counted: Iterable[Change]) -> set[int | None]:
    """Ids of those of `rows` that no row of `counted` bears out; each bears out one.

    Of several that say the same the one of the same time is taken first.
    """
    left: dict[tuple[object, ...], list[Change]] = {}
    for each in counted:
        left.setdefault(what(each), []).append(each)
    rest: list[Change] = []
    for row in rows:
        same = left.get(what(row), [])
        if found := [each for each in same if _overlap(row, each)]:
            same.remove(found[0])
        else:
            rest.append(row)
    unborne = set()
    for row in rest:
        if same := left.get(what(row), []):
            same.pop()
        else:
            unborne.add(row.id)
    return unborne


def _overlap(one: Change, other: Change) -> bool:
    return (one.seen_after is None or one.seen_after < other.seen_by) and (
        other.seen_after is None or other.seen_after < one.seen_by
    )


def _retraction(row: Change, cause: Cause) -> Change:
    return replace(
        row,
        verb="retracted",
        field=None,
        old=row.summary,
        new=None,
        old_printed=None,
        new_printed=None,
        cause=cause,
        baseline=row.entry is None,
        id=None,
        entry=None,
        told_at=None,
        summary=None,
    )
