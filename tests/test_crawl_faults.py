"""Faults of the built-in sources: hosts that are down, and what they show in place of an error."""

from pathlib import Path

import pytest
from e2e import World
from e2e_pages import MINISTRY_NEWS, PARP_NEWS, SOURCES, UNIT, healthy, later, page, unit_home

from monitor.standin import Answer

GOOD = healthy()


@pytest.mark.long
def test_hosts_that_are_down(tmp_path: Path) -> None:
    with World(tmp_path, GOOD) as world:
        assert world.crawl(*SOURCES).code == 0
        before = world.past()
        world.site = {}
        world.show()
        done = world.crawl(*SOURCES, hours=1)
        assert done.code == 6, done
        assert set(world.states().values()) == {"failed connection"}
        assert world.past() == before
        world.show({url: body for url, body in {**GOOD, **later()}.items() if url.startswith(UNIT)})
        done = world.crawl(*SOURCES, hours=2)
        assert done.code == 3, done
        assert world.states() == {
            "kkk-mr": "complete",
            "news-mr": "complete",
            "calls-parp": "failed connection",
            "news-parp": "failed connection",
        }
        assert "Nowy klaster na liście: Śląski Klaster Lotniczy – status do 17 grudnia 2025" in world.titles(
            "feed.xml"
        )
        assert world.sound()


@pytest.mark.parametrize(
    ("source", "site", "state"),
    [
        (
            "news-mr",
            {MINISTRY_NEWS: Answer(302, {"Location": UNIT}), UNIT: unit_home()},
            "refused moved-home",
        ),
        (
            "news-parp",
            {PARP_NEWS: page("PARP - Centrum Rozwoju MŚP", "<main><p>Witamy.</p></main>")},
            "refused soft-404",
        ),
    ],
)
def test_what_a_site_shows_in_place_of_an_error_is_known(
    source: str, site: dict[str, str | Answer], state: str, tmp_path: Path
) -> None:
    with World(tmp_path, {**GOOD, **site}) as world:
        assert world.crawl(source).code == 3
        assert world.states() == {source: state}


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    """`.invalid` never has an address; no stand-in is asked for it."""
    own = 'url = "http://nikt.invalid/nabory"\nitem = "li"\nfields = { title = "a", url = "a@href" }\n'
    with World(tmp_path, {}, f"[source.nikt]\n{own}") as world:
        world.direct = ("nikt.invalid",)
        assert world.crawl("nikt").code == 6
        assert world.states() == {"nikt": "failed dns"}
        assert world.stand_in.asked == []
