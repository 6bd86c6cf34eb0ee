"""`klastry sources try` against a live site: the records its readers find, and nothing kept."""

import json
from pathlib import Path

from tests.e2e import World
from tests.e2e_pages import healthy

LIST = "https://www.parp.gov.pl/harmonogram-naborow"


def test_the_records_of_a_live_page_are_printed_and_nothing_is_kept(tmp_path: Path) -> None:
    with World(tmp_path, healthy()) as world:
        done = world.run("sources", "try", "calls-parp", "--format", "json")
    assert done.code == 0, done.err
    rows = json.loads(done.out)
    assert {row["kind"] for row in rows} >= {"call"}
    assert all(row["keys"] for row in rows)
    assert not world.database.exists()


def test_why_a_page_gives_no_records_is_one_line(tmp_path: Path) -> None:
    with World(tmp_path, {**healthy(), LIST: "<html><title>Request Rejected</title></html>"}) as world:
        done = world.run("sources", "try", "calls-parp")
    assert (done.code, done.out) == (3, "")
    assert done.err.count("\n") == 1
    assert LIST in done.err
    assert "blocked-page" in done.err
