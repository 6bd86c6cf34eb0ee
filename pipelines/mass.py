"""What many records or pages do at once says more of the page than of the world: it is doubted.

Each check raises a PageFault. "Too many" is more than a fifth and more than two throughout, as for absences.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from pipelines.compare import differ
from pipelines.identify import same_address
from storage.errors import MassChange, PageDecode, PageFault, PageUnreadable
from storage.past import LISTED, Spell
from storage.records import NAME_FIELD, Record, Value, fold

FEW = 2
"""So many records may always leave or change together."""
MANY = 50
"""So many may come at once to a window."""
A_ROUND = 10
"""So many may join any register at once: no round of the clusters' competition brought more newcomers."""
SOON = timedelta(hours=24)
"""A window that shows nothing known so soon after it was read is another page."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,30});")
_LOST_LETTER = re.compile(r"[^\W\d_]\?[^\W\d_]")
_OWN_LETTERS = re.compile("[ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]")


def too_many(count: int, whole: int) -> bool:
    """More than a fifth and more than two."""
    return count > FEW and 5 * count > whole


def check_names(records: Sequence[Record]) -> None:
    """Raise PageDecode when many names show HTML entities, or question marks inside words."""
    for what, signs in (("HTML entities", _ENTITY), ("question marks for letters", _LOST_LETTER)):
        spoilt = [record.name for record in records if signs.search(record.name)]
        if too_many(len(spoilt), len(records)):
            raise PageDecode(f"{len(spoilt)} of {len(records)} names hold {what}, first {spoilt[0]!r}")


def check_keys(records: Sequence[Record]) -> None:
    """Raise PageFault (`duplicate`) when many rows lead where a row of another name leads.

    Rounds of one call may share its number.
    """
    names: dict[object, str] = {}
    clashes = 0
    for record in records:
        key = next((key for key in record.keys if key.scheme != "number"), None)
        clashes += names.setdefault(key, fold(record.name)) != fold(record.name)
    if too_many(clashes, len(records)):
        raise PageFault(f"{clashes} of {len(records)} rows lead where another row leads", reason="duplicate")


def check_links(came: Sequence[Record], count: int, hosts: Collection[str]) -> None:
    """Raise PageFault (`link-host`) when most of `count` rows came now and lead to hosts never met.

    The address of a cluster is its own, wherever it is.
    """
    met = (_host(record.values.get("url")) for record in came if record.kind != "cluster")
    strange = Counter(host for host in met if host and host not in hosts)
    if sum(strange.values()) > FEW and 2 * sum(strange.values()) > count:
        host = strange.most_common(1)[0][0]
        raise PageFault(
            f"{sum(strange.values())} of {count} rows lead to hosts never met, first {host}",
            reason="link-host",
        )


def hosts_of(hosts: Iterable[str], standing: Iterable[Spell]) -> set[str]:
    """The hosts of a source, and those its rows were ever seen to lead to."""
    return {*hosts, *(_host(spell.value) for spell in standing if spell.field == "url")}


def _host(url: Value | None) -> str:
    return (urlsplit(url).hostname or "") if isinstance(url, str) else ""


def check_replacement(absent: int, unknown: int, before: int) -> None:
    """Raise MassChange when more than half of a register was replaced at one stroke."""
    if min(absent, unknown) > FEW and 2 * min(absent, unknown) > before:
        raise MassChange(f"{absent} of {before} records left and {unknown} came at once")


def check_flood(unknown: int, before: int, *, register: bool) -> None:
    """Raise MassChange when a list grew too much at once.

    A register by more than half and by more than `A_ROUND`; any other to more than three times
    what it was, by more than `MANY`.
    """
    few, share = (A_ROUND, before / 2) if register else (MANY, 2 * before)
    if unknown > few and unknown > share:
        raise MassChange(f"{unknown} records came at once where {before} were")


def check_against_before(said: Mapping[str, Record], standing: Iterable[Spell], *, alike: bool) -> None:
    """Raise when so many records lose or change the same field that the page is to be doubted.

    `standing` are the spells of this page. Lost by too many: PageUnreadable. Polish letters lost
    by more than half of those that had any: PageDecode. Changed in more than half of those known:
    MassChange, unless many may change `alike` because a person has believed it.
    """
    lost, changed, known, lettered, bare = (Counter[str]() for _ in range(5))
    for spell in standing:
        record = said.get(spell.entity)
        if record is None or not spell.current or spell.field == LISTED or spell.field in record.derived:
            continue
        known[spell.field] += 1
        if spell.field not in record.values:
            lost[spell.field] += 1
        elif _differs(spell, record):
            changed[spell.field] += 1
        elif spell.field == NAME_FIELD[record.kind] and _OWN_LETTERS.search(str(spell.value)):
            lettered[spell.field] += 1
            bare[spell.field] += not _OWN_LETTERS.search(str(record.values[spell.field]))
    for name, count in sorted(lost.items()):
        if too_many(count, len(said)):
            raise PageUnreadable(f"{count} of {len(said)} records lost their {name}: the layout has changed")
    for name, count in sorted(bare.items()):
        if count > FEW and 2 * count > lettered[name]:
            raise PageDecode(f"{count} of {lettered[name]} records lost the Polish letters of their {name}")
    for name, count in sorted(changed.items()):
        if not alike and count > FEW and 2 * count > known[name]:
            raise MassChange(f"{name} changed in {count} of {known[name]} records at once")


def _differs(spell: Spell, record: Record) -> bool:
    value = record.values[spell.field]
    moved = spell.field == "url" and same_address(record.kind, spell.value, value)
    return not moved and differ(spell.field, spell.value, value)
