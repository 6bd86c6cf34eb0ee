"""When nobody looked: what is found by leaps is what looking at every visit finds."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, text

from storage.database import connect
from storage.forms import moment, moment_text
from storage.gaps import Gap, gaps, long_gaps
from storage.tables import ACCEPTED, visit
from storage.views import LONG_DAYS
from tests.lawful import laws, worlds
from tests.world import at

law = laws(20)
STATES = ("complete", "unchanged", "partial", "refused", "failed")
# Hours to the next visit: often within a day, sometimes just three days, sometimes more.
STEPS = st.sampled_from((0, 0, 1, 2, 24, 71, 72, 72, 73, 100))
Visited = tuple[int, str, str]
VISITS = st.lists(st.tuples(STEPS, st.sampled_from(STATES), st.sampled_from(("ok", "ok", "ok", "wrong"))))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    world = worlds(tmp_path_factory.mktemp("gaps"))()
    world.history.close()
    made = connect(world.history.where, create=False)
    yield made
    made.dispose()


@law
@given(visits=VISITS, others=VISITS, first=st.integers(-10, 400), data=st.data())
def test_gaps_are_those_of_the_view(
    engine: Engine,
    visits: list[tuple[int, str, str]],
    others: list[tuple[int, str, str]],
    first: int,
    data: st.DataObject,
) -> None:
    with engine.begin() as connection:
        connection.execute(delete(visit))
        for source, some in (("kkk-mr", visits), ("kkk-pi", others)):
            when = at()
            rows = []
            for hours, state, clock in some:
                when += timedelta(hours=hours)
                rows.append(_row(source, when, state, clock))
            for row in data.draw(st.permutations(rows)):  # archived copies come later than what they precede
                connection.execute(insert(visit).values(row))
        since = moment_text(at(hours=first))
        view = text(
            "SELECT since, until FROM gaps WHERE source = 'kkk-mr' AND (until IS NULL OR until > :at)"
        )
        expected = {Gap(*row) for row in connection.execute(view, {"at": since})}
        found = gaps(connection, "kkk-mr", since)
        assert len(found) == len(set(found))
        assert set(found) == expected
        read = f"SELECT at FROM visit WHERE source = 'kkk-mr' AND at >= :at AND {ACCEPTED} ORDER BY at"
        readings = connection.execute(text(read), {"at": since}).scalars().all()
        apart = timedelta(days=LONG_DAYS)
        far = [Gap(*pair) for pair in pairwise(readings) if moment(pair[1]) - moment(pair[0]) > apart]
        assert long_gaps(connection, "kkk-mr", since) == far


def _row(source: str, when: datetime, state: str, clock: str) -> dict[str, object]:
    return {
        "run": "run", "source": source, "mode": "crawl", "at": when, "state": state, "address": "https://x/",
        "pages": 1, "missed": 0, "records": 1, "clock": clock, "list": "whole",
    }  # fmt: skip
