"""What the tests of the process share: a forge of children, and worlds to copy.

All of them are long but for a sample, one or two of each family, that is run every day.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from children import Forge
from e2e import World
from e2e_pages import healthy, later
from whole import LATER, crawl

DAILY = frozenset(
    {
        "test_a_killed_crawl",
        "test_a_killed_upgrade[some steps]",
        "test_a_signal_while_a_visit_is_written",
        "test_a_damaged_database_is_told_and_restored[emptied]",
        "test_a_lock_that_comes_meanwhile_ends_the_crawl",
        "test_a_full_disk_under_the_history[None]",
        "test_a_full_disk_under_the_published_folder[4096]",
        "test_a_wrong_clock_once[wrong0]",
        "test_a_wrong_clock_and_no_network",
        "test_an_error_that_nobody_reads_keeps_its_code",
        "test_the_password_of_a_proxy",
        "test_a_bad_configuration_ends_before_anything[an unknown key]",
        "test_a_bad_configuration_ends_before_anything[a file for an address]",
        "test_a_bad_configuration_ends_before_anything[a bad cron line]",
    }
)
QUICK = frozenset({"test_service.py"})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        here = item.path.parent == Path(__file__).parent
        if here and item.name not in DAILY and item.path.name not in QUICK:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def forge() -> Iterator[Forge]:
    with Forge() as made:
        yield made


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, forge: Forge) -> Iterator[World]:
    """A world after its first crawl; tests work on copies."""
    with World(tmp_path_factory.mktemp("first"), healthy()) as world:
        assert forge.run(world, *crawl()).code == 0
        yield world


@pytest.fixture(scope="session")
def twin(first: World, tmp_path_factory: pytest.TempPathFactory, forge: Forge) -> Iterator[World]:
    """The world that nothing befell, after the crawl that met the news."""
    with first.copy(tmp_path_factory.mktemp("twin") / "world") as world:
        world.show(later())
        assert forge.run(world, *crawl(LATER)).code == 0
        yield world
