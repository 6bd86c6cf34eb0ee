"""Laws of verdicts: what is undone leaves no trace in answers; what is accepted is as if never doubted."""

from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from pipelines.decide import decide, keys_of
from storage.records import Key, Record, Snapshot, cluster
from tests.deciding import READ, Desk
from tests.everything import answers, answers_then, feeds_of, last_change, last_row, timelines
from tests.lawful import a_desk, a_world, laws
from tests.world import KKK, LIST_URL, World, a_cluster, at, said

law = laws(3)
NAMES = ("Dolina Lotnicza", "Zielona Chemia", "Fotonika", "Obróbka Metali", "Morski Pomorza",
         "Gospodarka Odpadowa", "Automotive", "Żywność Podkarpacka")  # fmt: skip
Listed = tuple[tuple[int, ...], int, bool, bool]
"""Who is missing, until when a status holds, whether one is named otherwise, whether two are one."""
LISTS = st.lists(
    st.tuples(
        st.lists(st.integers(0, 6), max_size=4, unique=True).map(lambda some: tuple(sorted(some))),
        st.integers(2027, 2029),
        st.booleans(),
        st.booleans(),
    ),
    min_size=2,
    max_size=5,
)
TIMES = [at(day + 0.5) for day in range(6)]


def site(listed: Listed) -> list[Record]:
    """The list on one day."""
    missing, until, otherwise, one = listed
    names = [name for number, name in enumerate(NAMES) if number not in missing]
    last = "Przetwórstwo" if otherwise else "Wodór"
    rows = [a_cluster(name, status_until=f"{until}-12-17") for name in names]
    rows.append(a_cluster(last, coordinator="Fundacja Wodór"))
    if one and len(names) > 1:
        keys = [key for row in rows[:2] for key in row.keys if isinstance(key, Key)]
        rows[0] = cluster(*keys, name=names[0], status_until=f"{until}-12-17")
    return rows


def play(desk: Desk, lists: list[Listed]) -> None:
    for day, listed in enumerate(lists):
        desk.visit(day, site(listed))


@law
@given(LISTS, st.sampled_from(["accept", "reject"]), st.data())
def test_a_verdict_undone_leaves_every_answer_as_before(
    lists: list[Listed], verdict: str, data: st.DataObject
) -> None:
    note("\n".join(map(str, lists)))
    with a_desk(KKK) as desk:
        play(desk, lists)
        waiting = desk.world.history.open_reviews()
        if not waiting:
            return
        chosen = data.draw(st.sampled_from([row["id"] for row in waiting]), "review")
        world, open_before = desk.world, sorted(desk.open())
        changes, row = last_change(world), last_row(world)
        told = len({each.entry for each in world.history.told()})
        rows = (2, row - 1)
        known, known_then = answers(world, TIMES), answers_then(world, TIMES, rows)
        lines, feeds = timelines(world, changes), feeds_of(world, told)
        desk.judge(chosen, verdict)
        desk.judge(chosen, "undo")
        assert seen_through(answers(world, TIMES)) == seen_through(known)
        assert answers_then(world, TIMES, rows) == known_then
        after = timelines(world, changes)
        assert {entity: after[entity] for entity in lines} == lines
        assert not [after[begun] for begun in after.keys() - lines.keys() if after[begun]]
        assert feeds_of(world, told) == feeds
        assert sorted(desk.open()) == open_before


VISITS = {"visits", "gaps", "coverage", "evidence"}


def seen_through(known: dict[str, Any]) -> dict[str, Any]:
    """Answers without the visit that was believed for a while: it is refused as it was before."""
    return {name: rows for name, rows in known.items() if name not in VISITS}


@law
@given(LISTS)
def test_accepting_what_a_list_raised_is_as_if_it_was_never_doubted(lists: list[Listed]) -> None:
    with a_desk(KKK) as desk, a_world() as twin:
        for day, listed in enumerate(lists):
            rows = site((listed[0], listed[1], False, False))
            desk.visit(day, rows)
            while waiting := desk.world.history.open_reviews():  # one may uncover another
                desk.judge(waiting[0]["id"], "accept")
            believe(twin, day, rows)
        assert values(desk.world) == values(twin)


def believe(world: World, day: int, rows: list[Record]) -> None:
    """A visit of which nothing is doubted."""
    READ[repr(tuple(rows)).encode()] = tuple(rows)
    snapshot = Snapshot(KKK.id, at(day), LIST_URL, "kkk_list", (said(LIST_URL, at(day), rows),), True)
    run = world.run(at(day))
    with world.history.writing() as writing:
        past = writing.past(KKK, keys_of(KKK, snapshot), run)
        doubts = frozenset({"absence", "mass-change", "rename"})
        decision = decide(KKK, snapshot, past, trust_clock=True, believed=doubts)
        writing.remember(KKK, decision, run)


def values(world: World) -> list[Any]:
    """Every value with its interval, by time."""
    return [
        sorted(
            (
                (s.entity, s.field, s.value, s.first_seen, s.seen_after, s.gone_by)
                for s in world.history.as_of(when)
            ),
            key=repr,
        )
        for when in TIMES
    ]
