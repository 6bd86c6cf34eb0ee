"""Rounds of one call: a schedule shows those of the coming months, the history keeps them all."""

from dataclasses import replace

from storage.records import Record, Value


def with_earlier_rounds(record: Record, known: Value | None) -> Record:
    """`record` with the rounds seen before that left the schedule because they passed.

    A known round that overlaps one printed now is the same round, moved. `opens` and
    `closes` that the reader computed are computed again over all rounds.
    """
    printed = record.values.get("rounds")
    if not isinstance(printed, tuple) or not isinstance(known, tuple):
        return record
    kept = [old for old in known if not any(overlap(old, new) for new in printed)]
    rounds = tuple(sorted({*kept, *printed}))
    values = {**record.values, "rounds": rounds}
    if "opens" in record.derived:
        values["opens"] = min(start(each) for each in rounds)
    if "closes" in record.derived:
        values["closes"] = max(end(each) for each in rounds)
    return replace(record, values=values)


def has_new_round(old: Value | None, new: Value | None) -> bool:
    """Whether `new` holds a round that is none of `old`, moved or not."""
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return False
    return any(all(not overlap(before, after) for before in old) for after in new)


def start(each: str) -> str:
    return each.partition("/")[0]


def end(each: str) -> str:
    return each.partition("/")[2]


def overlap(a: str, b: str) -> bool:
    """Whether two rounds share a day; an end of month precision reaches to the month's end."""
    return start(a) <= f"{end(b)}~" and start(b) <= f"{end(a)}~"
