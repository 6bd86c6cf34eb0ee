"""The chapter of encodings and hostile text, all of it but what is played daily; and what is large."""

import pytest
from faults.playing import crowd, pytest_generate_tests, test_each_case, test_what_holds_for_all

__all__ = ["crowd", "pytest_generate_tests", "test_each_case", "test_what_holds_for_all"]

pytestmark = pytest.mark.long
CROWDS = ("text", "heavy")
