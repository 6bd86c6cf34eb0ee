"""The tenth of the fault catalogue that is played daily."""

from faults.playing import crowd, pytest_generate_tests, test_each_case, test_what_holds_for_all

__all__ = ["crowd", "pytest_generate_tests", "test_each_case", "test_what_holds_for_all"]

CROWDS = ("quick",)
