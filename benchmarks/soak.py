"""What was told beside what was true, after many visits half of which met a fault.

`python benchmarks/soak.py --seed 1 --visits 60`

A true history of the watched sites is made up, changes and all; each visit is the real `klastry crawl`,
on loopback, and one in two meets a fault of the sites or of the machine. At the end the changes told are
compared with those that happened: false ones and lost ones are listed, and the code is 1 if there are any.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "process")]

from soaking import soak  # noqa: E402


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--seed", type=int, default=1, help="what the world and its weather are drawn from"
    )
    arguments.add_argument("--visits", type=int, default=60)
    arguments.add_argument("--verbose", action="store_true", help="a line a visit")
    given = arguments.parse_args()
    heard = print if given.verbose else lambda line: None
    with TemporaryDirectory(prefix="klastry-soak-") as folder:
        found = soak(given.seed, given.visits, Path(folder) / "world", heard)
    print(found)
    for title, rows in (("false", found.false), ("lost", found.lost), ("fault", found.faults)):
        for row in rows:
            print(f"  {title}: {row}")
    return 0 if found.well else 1


if __name__ == "__main__":
    sys.exit(main())
