"""The chapter of pages that lie with 200, all of it but what is played daily: pages and lists."""

import pytest
from faults.playing import crowd, pytest_generate_tests, test_each_case, test_what_holds_for_all

__all__ = ["crowd", "pytest_generate_tests", "test_each_case", "test_what_holds_for_all"]

pytestmark = pytest.mark.long
CROWDS = ("lies", "lists")
