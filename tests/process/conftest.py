"""What the tests of the process share: a forge of children, and worlds to copy."""

from collections.abc import Iterator

import pytest
from children import Forge
from e2e import World
from e2e_pages import healthy, later
from whole import LATER, crawl


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
