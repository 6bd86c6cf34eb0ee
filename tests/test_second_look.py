"""A layout changes, and news with it: once the reader is mended, it is told once, with its true time."""

from collections.abc import Iterator

import pytest
from e2e import Done, World
from faults.model import OWN_ROWS, own_list

pytestmark = pytest.mark.long

LIST = "https://lista.example.org/nabory"
OWN = f"""
[source.lista]
url = "{LIST}"
list = "%s"
item = "%s"
fields = {{ title = "a", url = "a@href", closes = ".deadline" }}
at_least = 2
"""
OLD, NEW = "ul.calls > li", "ul.nabory > li"
NEWS = {5: "Nabór dla śląskich klastrów", **OWN_ROWS}


def renewed(text: str) -> str:
    return text.replace('class="calls"', 'class="nabory"')


class Story:
    """The first visit; the new layout with news, refused twice; the mended reader; and once more."""

    def __init__(self, world: World, kind: str) -> None:
        self.world = world
        self.done: list[Done] = []
        self._kind = kind
        self._crawl(OLD, own_list(OWN_ROWS))
        self._crawl(OLD, renewed(own_list(NEWS)))
        self._crawl(OLD, renewed(own_list(NEWS)))
        self._crawl(NEW, renewed(own_list(NEWS)))
        self._crawl(NEW, renewed(own_list(NEWS)))

    def _crawl(self, item: str, page: str) -> None:
        file = self.world.folder / "klastry.toml"
        common = file.read_text(encoding="utf-8").partition("\n[source")[0]
        file.write_text(common + OWN % (self._kind, item), encoding="utf-8")
        self.world.show({LIST: page})
        self.done.append(self.world.crawl("lista", hours=2 * len(self.done)))


@pytest.fixture(scope="module", params=["window", "register"])
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with World(tmp_path_factory.mktemp(request.param), {}) as world:
        yield Story(world, request.param)


def test_the_new_layout_is_refused_until_the_reader_is_mended(story: Story) -> None:
    assert [done.code for done in story.done] == [0, 3, 3, 0, 0]
    assert "refused (list-empty)" in story.done[2].out
    assert "1 of 1 sources complete, 1 change told" in story.done[3].out
    assert "0 changes told" in story.done[4].out


def test_the_news_is_told_once_with_the_time_at_which_it_was_first_shown(story: Story) -> None:
    rows = story.world.rows(
        "SELECT verb, name, seen_after, seen_by, recorded_at, cause FROM changes"
        " WHERE verb <> 'began' AND baseline = 0"
    )
    assert rows == [
        (
            "appeared",
            NEWS[5],
            "2026-11-23T09:00:00Z",
            "2026-11-23T11:00:00Z",
            "2026-11-23T15:00:00Z",
            "source",
        )
    ]
    assert story.world.titles("feed.xml")[1:] == [f"Nowy nabór: {NEWS[5]} – do 4 grudnia 2026"]


def test_the_evidence_is_the_page_that_was_refused(story: Story) -> None:
    rows = story.world.rows("SELECT at, refused FROM evidence WHERE source = 'lista' ORDER BY at, refused")
    assert ("2026-11-23T11:00:00Z", None) in rows
    assert story.world.sound()


def test_who_stood_on_the_list_all_the_while_was_never_missing(story: Story) -> None:
    assert story.world.rows("SELECT * FROM spell WHERE gone_by IS NOT NULL") == []
    assert len(story.world.rows("SELECT * FROM spell WHERE field = ''")) == len(NEWS)
