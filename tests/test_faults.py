"""The tenth of the fault catalogue that is played daily."""

import pytest
from faults.playing import (
    crowd,
    pytest_generate_tests,
    test_after_each_case_all_is_as_it_must_be,
    test_what_holds_for_all,
)

__all__ = [
    "crowd",
    "pytest_generate_tests",
    "test_after_each_case_all_is_as_it_must_be",
    "test_what_holds_for_all",
]

pytestmark = pytest.mark.long

CROWDS = ("quick",)
