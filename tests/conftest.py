"""Options shared by all tests; where `CI` is set, a skipped test is a failed one."""

import os
from collections.abc import Generator
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.playing import Played


# Long tests alone; what they want is installed by `make test-long`.
collect_ignore = [] if find_spec("playwright") else ["test_pages_seen.py", "test_search_seen.py"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="write golden files instead of comparing them")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs processes for minutes comes first, so that no worker is left with it at the end."""
    items.sort(
        key=lambda item: "process" not in item.path.parts and not item.path.name.startswith("test_faults")
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _failed_if_skipped((yield))


def _failed_if_skipped(report: Any) -> Any:
    """`report`, failed where its test was skipped in a run that must skip none.

    Only what root is never refused (reasons end in "to root") cannot be tried by root.
    """
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2]
        if not reason.endswith("to root"):
            report.outcome, report.longrepr = "failed", f"skipped where nothing may be: {reason}"
    return report


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> "Played":
    """The demo, played once in a run of the tests."""
    from tests.playing import played_in

    folder = tmp_path_factory.getbasetemp()
    return played_in(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)
