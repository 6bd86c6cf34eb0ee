"""However a history went and was published on its way, the folder is as if made from nothing."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.history import History
from tests.feed_rules import whole
from tests.laws import STEPS, Step, Story
from tests.publishing import URL, copied, files, new, publish, small, twin

__all__ = ["small"]
pytestmark = pytest.mark.usefixtures("small")

Op = tuple[str, int]
OPS = st.lists(
    st.one_of(
        STEPS,
        STEPS,
        st.tuples(st.sampled_from(("publish", "publish", "lose", "save", "restore")), st.integers(0, 99)),
    ),
    min_size=6,
    max_size=24,
)


def played(script: Sequence[Step | Op], folder: Path) -> History:
    """The history that a script leaves, published as it went; backups are taken and put back."""
    story, backup = Story(new(folder)), folder / "backup.db"
    for each in script:
        what, number = each if isinstance(each, tuple) else ("step", 0)
        if isinstance(each, Step):
            story.play([each])
        elif what == "publish":
            publish(story.world.history, folder, story.hours / 24)
        elif what == "lose" and (some := sorted(files(folder))):
            (folder / "public" / some[number % len(some)]).unlink()
        elif what == "save":
            copied(story.world.history.where, backup)
        elif what == "restore" and backup.exists():
            copied(backup, story.world.history.where)
            again = Story(story.world)
            again.site, again.hours = story.site, story.hours
            story = again
    return story.world.history


def law(script: Sequence[Step | Op]) -> None:
    with TemporaryDirectory() as name:
        history = played(script, Path(name))
        publish(history, Path(name))
        made = files(Path(name))
        assert made == twin(history)
        titles = [row.summary for row in history.told() if row.told_at]
        assert [said.title for said in whole("feed.atom", made, URL)] == titles
        history.close()


# A backup from before the first call is put back after it was published.
BEFORE_THE_CALLS = [
    Step(1, (("cluster", 0),), 0, "fine"),
    ("save", 0),
    Step(1, (), 2, "fine"),
    ("publish", 0),
    ("restore", 0),
]


@settings(derandomize=True, max_examples=4, deadline=None, database=None)
@example(BEFORE_THE_CALLS)
@given(OPS)
def test_any_history_published_as_it_went_is_published_as_from_nothing(script: list[Step | Op]) -> None:
    law(script)


@pytest.mark.long
@settings(max_examples=15, deadline=None, database=None, derandomize=True)
@given(OPS)
def test_many_histories_published_as_they_went(script: list[Step | Op]) -> None:
    law(script)
