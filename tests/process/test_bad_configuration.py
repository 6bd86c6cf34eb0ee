"""A configuration that cannot be meant: exit 2 with file, table and key; nothing fetched, nothing made."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from children import Forge
from e2e import World, only
from e2e_pages import healthy

FAULTS = {
    "an unknown key": ("[crawl]\ndeley = 3", "[crawl] deley: unknown key; did you mean delay?"),
    "an unknown table": ("[crwal]\ndelay = 3", "[crwal]: unknown key; did you mean crawl?"),
    "a file for an address": ('[source.kkk-mr]\nurl = "file:///etc/passwd"', "[source.kkk-mr] url:"),
    "no address": ('[source.kkk-mr]\nurl = "nabory"', "[source.kkk-mr] url:"),
    "a bad cron line": ('[source.kkk-mr]\nschedule = "every day"', "[source.kkk-mr] schedule:"),
    "a cron line that never fires": ('[source.kkk-mr]\nschedule = "0 0 31 2 *"', "[source.kkk-mr] schedule:"),
    "a negative pause": ("[crawl]\ndelay = -1", "[crawl] delay:"),
    "a word for a number": ('[crawl]\ntimeout = "long"', "[crawl] timeout:"),
    "a source without an address": ('[source.mine]\ntitle = "Mine"', "[source.mine]"),
    "a reader that is none": ('[source.kkk-mr]\nreader = "no_reader"', "[source.kkk-mr] reader"),
    "a selector that is none": (
        '[source.mine]\nurl = "https://example.org/"\nitem = "li["\nfields = {title = "a"}',
        "[source.mine] item",
    ),
    "another kind of database": ('[monitor]\ndatabase = "mysql://host/x"', "[monitor] database:"),
    "no TOML": ("[monitor\n", "not valid TOML"),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path / "world", healthy()) as world:
        yield world


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_configuration_ends_before_anything(forge: Forge, world: World, name: str) -> None:
    text, place = FAULTS[name]
    (world.folder / "klastry.toml").write_text(text)
    done = forge.run(world, "crawl")
    assert (done.code, done.out, world.stand_in.asked) == (2, "", []), done
    line = only(done.err.splitlines())
    assert str(world.folder / "klastry.toml") in line
    assert place in line
    assert [path.name for path in world.folder.iterdir()] == ["klastry.toml"]


def test_a_bad_variable_is_named(forge: Forge, world: World) -> None:
    done = forge.run(world, "crawl", environment={"KLASTRY_CRAWL__DELAY": "soon"})
    assert (done.code, world.stand_in.asked) == (2, [])
    assert "environment KLASTRY_CRAWL__DELAY:" in only(done.err.splitlines())
