"""Libraries that read what strangers send: none older than the version that mended a known fault."""

import re
import tomllib
from pathlib import Path

import pytest

from monitor.doctor import FLOORS, fresh_enough

ROOT = Path(__file__).parents[1]
MENDED = {
    "scrapy": (
        "2.14.2",
        "CVE-2026-105782, GHSA-cwxj-rr6w-m6w7: a header of a page is imported and called",
    ),
    "lxml": ("6.1", "CVE-2026-41066, GHSA-vfmq-68hx-4jfw: iterparse reads local files by external entities"),
    "brotli": ("1.2", "CVE-2025-6176, GHSA-2qfp-q593-8484: a small answer unpacks without a bound"),
}
"""For each library the first version without the fault, and the advisory that describes it."""
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-long.txt")


def declared(library: str) -> str:
    """The oldest version that pyproject.toml lets in."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    (line,) = [line for line in wanted if re.match(rf"{library}\b", line)]
    found = re.search(r">=\s*([\d.]+)", line)
    assert found, f"{line} has no floor"
    return found[1]


def locked(library: str, file: str) -> str:
    (version,) = re.findall(rf"^{library}==(\S+)", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    return str(version)


@pytest.mark.parametrize("library", MENDED)
def test_no_version_with_a_known_fault_is_let_in(library: str) -> None:
    floor, advisory = MENDED[library]
    assert fresh_enough(library, floor, declared(library)).well, advisory
    for file in LOCKS:
        assert fresh_enough(library, floor, locked(library, file)).well, f"{file}: {advisory}"


def test_the_doctor_knows_the_same_floors() -> None:
    assert {library: floor for library, (floor, _) in MENDED.items()} == FLOORS
