"""Laws of comparing, without a history: what is compared and applied is what is said."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare import Reader, Turns, apply, compare, leave
from storage.past import LISTED, Spell
from storage.records import LIST
from tests.lawful import laws
from tests.sites import NAMES
from tests.world import a_cluster, at

law = laws(50)

VALUES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from((None, "1", "2")) for name in ("round", "region", "coordinator")}
)
SAID = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=5)


@law
@given(first=SAID, second=SAID)
def test_what_is_compared_and_applied_is_what_is_said(
    first: dict[str, dict[str, str]], second: dict[str, dict[str, str]]
) -> None:
    kept = said_now(first, [], at())
    after = said_now(second, kept, at(1))
    for name, values in second.items():
        stands = {spell.field: spell.value for spell in after if spell.entity == name}
        rests = {field: value for field, value in first.get(name, {}).items() if field not in values}
        told = {**rests, **values, "name": name, LISTED: "yes"}
        assert stands == {field: value for field, value in told.items() if value is not None}
    assert {spell.entity for spell in after if spell.field == LISTED} == set(second)
    assert said_now(second, after, at(2), expect=Turns()) == after


def said_now(
    said: dict[str, dict[str, str]], standing: list[Spell], when: datetime, expect: Turns | None = None
) -> list[Spell]:
    """The standing spells of a register's page after it said this of each name."""
    reader = Reader("kkk-mr", LIST, 0, when, when - timedelta(days=1))
    turns = compare(reader, {name: a_cluster(name, **values) for name, values in said.items()}, standing)
    here = {spell.entity for spell in standing if spell.field == LISTED}
    turns.add(leave(reader, here - set(said), standing, proven=True))
    assert expect is None or turns == expect
    rests = {spell.id: when for spell, when in turns.frozen}
    spells = [
        replace(spell, last_seen=rests.get(spell.id, spell.last_seen)) for spell in apply(turns, standing)
    ]
    return [replace(spell, id=number) for number, spell in enumerate(spells, 1)]
