"""The tests of a crowd, for the modules that play it: such a module names its `CROWDS` and imports all of this."""

import pytest

from faults.crowd import Crowd
from faults.scenario import Scenario
from faults.table import CROWDS, TIMEOUTS

__all__ = [
    "crowd",
    "pytest_generate_tests",
    "test_after_each_case_all_is_as_it_must_be",
    "test_what_holds_for_all",
]


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


def test_after_each_case_all_is_as_it_must_be(crowd: Crowd, scenario: Scenario) -> None:
    assert crowd.complaints(scenario) == []


def test_what_holds_for_all(crowd: Crowd) -> None:
    assert crowd.common_complaints() == []
