"""Many visits in all weathers: what was told is what was true, nothing more and nothing less."""

from pathlib import Path

import pytest
from soaking import soak


@pytest.mark.parametrize(("seed", "visits"), [(2, 60)])
def test_nothing_false_nothing_lost(tmp_path: Path, seed: int, visits: int) -> None:
    found = soak(seed, visits, tmp_path / "world")
    assert (found.false, found.lost, found.faults) == ([], [], [])
    assert found.told
    assert len(found.weathers) == visits
    assert found.memory < 300 * 1024
