"""The chapter of HTTP, all of it but what is played daily: statuses, broken answers, silence."""

import pytest
from faults.playing import crowd, pytest_generate_tests, test_each_case, test_what_holds_for_all

__all__ = ["crowd", "pytest_generate_tests", "test_each_case", "test_what_holds_for_all"]

pytestmark = pytest.mark.long
CROWDS = ("http", "slow")
