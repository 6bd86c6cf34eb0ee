"""Pages of entities are drawn when what they say is other, and at no other time."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from storage.records import Key, cluster
from tests.town import NEWS, Town, a_document, an_article, site
from tests.world import CALLS, a_call, a_cluster, at

MONDAY = date(2026, 3, 2)
FOUR = [a_cluster(name, round="VI", status_until="2026-03-09") for name in ("Alfa", "Beta", "Gamma", "Delta")]
BOTH = cluster(Key("name", "alfa"), Key("name", "beta"), name="Alfa")


def the_call(town: Town, day: float, closes: str, title: str = "Rozwój", *, attached: bool = False) -> None:
    card = [a_call("x", card=True, title=title, opens="2026-03-04", closes=closes)]
    card += [a_document("Regulamin", "x")] if attached else []
    rows = [a_call("y", title="Inny", opens="2026-Q2"), a_call("x", title=title)]
    town.world.visit(CALLS, at(day), rows, cards={"x": card})


def some_news(town: Town, day: float, *about: str) -> None:
    some = [an_article(2, "Rusza nabór", published="2026-03-05", about=about), an_article(1, "Dawna")]
    town.world.visit(NEWS, at(day), some)


def schedule(town: Town) -> None:
    town.world.visit(CALLS, at(), [a_call("y", title="Inny", opens="2026-Q2")])


CLUSTERS = {f"cluster-{number}" for number in range(1, 5)}
TIED = {"call-2", "article-2", "document-1"}
STEPS: list[tuple[str, Callable[[Town], object], set[str] | None]] = [
    ("first", lambda town: town.visit(0, FOUR), CLUSTERS),
    ("news", lambda town: town.world.visit(NEWS, at(), [an_article(1, "Dawna")]), {"article-1"}),
    ("schedule", schedule, {"call-1"}),
    ("news of a call that nobody knows", lambda town: some_news(town, 0.01, "x"), {"article-2"}),
    ("that call", lambda town: the_call(town, 0.02, "2026-03-08"), TIED - {"document-1"}),
    ("its document", lambda town: the_call(town, 0.03, "2026-03-08", attached=True), TIED - {"article-2"}),
    ("a moved deadline", lambda town: the_call(town, 0.04, "2026-03-07"), TIED),
    ("another title", lambda town: the_call(town, 0.05, "2026-03-07", "Wzrost"), TIED),
    ("the link goes", lambda town: some_news(town, 0.06), {"call-2", "article-2"}),
    ("nothing", lambda town: town.visit(0.07, FOUR), set()),
    ("one is missing", lambda town: town.visit(0.08, FOUR[:3]), {"cluster-4"}),
    ("it is back", lambda town: town.visit(0.09, FOUR), {"cluster-4"}),
    ("two are one?", lambda town: town.visit(0.091, [BOTH, *FOUR[1:]]), None),
    ("they are", lambda town: town.judge(town.number(), "accept"), {"cluster-1", "cluster-2"}),
    ("they are not", lambda town: town.judge(len(town.world.history.reviews()), "undo"), None),
]
"""What happens on one day, and what must be drawn then (None: whatever is)."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, list[set[str]], list[bool]]]:
    """A town after all steps, what was drawn at each, and whether that was as if drawn at once."""
    town = Town.new(tmp_path_factory.mktemp("town"))
    drawn, same = [], []
    for _, happen, _ in STEPS:
        happen(town)
        drawn.append(town.draw(MONDAY))
        same.append(pages(town.folder) == at_once(town, tmp_path_factory.mktemp("once"), MONDAY))
    yield town, drawn, same
    town.world.history.close()


def at_once(town: Town, folder: Path, day: date) -> dict[str, bytes]:
    town.draw(day, folder)
    return pages(folder)


def empty(folder: Path) -> Path:
    folder.mkdir()
    return folder


def pages(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "entities").iterdir()}


def test_what_a_step_touched_is_drawn_and_nothing_else(told: tuple[Town, list[set[str]], list[bool]]) -> None:
    _, drawn, _ = told
    for (name, _, expected), was in zip(STEPS, drawn, strict=True):
        assert expected is None or was == expected, name


def test_step_by_step_is_as_if_drawn_at_once(told: tuple[Town, list[set[str]], list[bool]]) -> None:
    _, _, same = told
    assert [name for (name, _, _), as_if in zip(STEPS, same, strict=True) if not as_if] == []


def test_only_what_is_alive_is_drawn_anew_on_another_day(
    told: tuple[Town, list[set[str]], list[bool]], tmp_path: Path
) -> None:
    """The status of the clusters ends on 9 March, the call on 7 March; nobody says when the other ends."""
    town, _, _ = told
    alive = {f"cluster-{number}" for number in range(1, 5)} | {"call-1"}
    for days, expected in (
        (1, alive | {"call-2"}),
        (4, alive | {"call-2"}),
        (6, alive | {"call-2"}),
        (7, alive),
    ):
        day = MONDAY + timedelta(days)
        assert town.draw(day) == expected, day
        assert town.draw(day) == set(), day
        assert pages(town.folder) == at_once(town, empty(tmp_path / str(days)), day), day
    assert town.draw(date(2026, 4, 1)) == alive  # its quarter began: nobody says whether it is open
    assert town.draw(date(2026, 5, 1)) == alive - {"call-1"}
    assert pages(town.folder) == at_once(town, empty(tmp_path / "may"), date(2026, 5, 1))


def test_a_lost_page_is_drawn_again(told: tuple[Town, list[set[str]], list[bool]], tmp_path: Path) -> None:
    town, _, _ = told
    before = at_once(town, tmp_path, MONDAY)
    (tmp_path / "entities/article-1.html").unlink()
    assert town.draw(MONDAY, tmp_path) == {"article-1"}
    assert pages(tmp_path) == before


@pytest.mark.parametrize(
    "damage", ["{}", "no json", "[]", '["", "", {}, {}]', '[[1, "x"], "y", {}, {}]', '[["a"], 1, 2, 3]', None]
)
def test_a_damaged_or_missing_mark_draws_every_page_anew(
    damage: str | None, told: tuple[Town, list[set[str]], list[bool]], tmp_path: Path
) -> None:
    town, _, _ = told
    before = at_once(town, tmp_path, MONDAY)
    mark = tmp_path / "entities/drawn.json"
    mark.unlink() if damage is None else mark.write_text(damage)
    assert len(town.draw(MONDAY, tmp_path)) == len(before) - 1
    assert pages(tmp_path) == before


def test_another_site_draws_every_page_anew(
    told: tuple[Town, list[set[str]], list[bool]], tmp_path: Path
) -> None:
    town, _, _ = told
    town.draw(MONDAY, tmp_path)
    everyone = len(pages(tmp_path)) - 1
    for where in (site("en"), site(**{"kkk-mr": "Inaczej"})):
        assert len(town.draw(MONDAY, tmp_path, where)) == everyone
        assert town.draw(MONDAY, tmp_path, where) == set()


def test_an_empty_history_has_no_pages(tmp_path: Path) -> None:
    town = Town.new(tmp_path)
    assert town.draw(MONDAY) == set()
    assert list(town.folder.iterdir()) == []
