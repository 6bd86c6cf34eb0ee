"""The tests of a crowd: a module that plays some names its `CROWDS` and imports all of this."""

import pytest

from faults.crowd import Crowd
from faults.scenario import Scenario
from faults.table import CROWDS, TIMEOUTS

__all__ = ["crowd", "pytest_generate_tests", "test_each_case", "test_what_holds_for_all"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = metafunc.module.CROWDS
    if "scenario" in metafunc.fixturenames:
        cases = [pytest.param(name, each, id=each.name) for name in names for each in CROWDS[name]]
        metafunc.parametrize(("crowd", "scenario"), cases, indirect=["crowd"], scope="module")
    elif "crowd" in metafunc.fixturenames:
        metafunc.parametrize("crowd", names, indirect=True, scope="module")


@pytest.fixture(scope="module")
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    """The crowd of that name, played."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    return Crowd(CROWDS[name], folder, timeout=TIMEOUTS.get(name, 10.0)).play()


def test_each_case(crowd: Crowd, scenario: Scenario) -> None:
    """After it all is as it must be."""
    complaints = crowd.complaints(scenario)
    assert not complaints, "\n".join(complaints)


def test_what_holds_for_all(crowd: Crowd) -> None:
    complaints = crowd.common_complaints()
    assert not complaints, "\n".join(complaints)
