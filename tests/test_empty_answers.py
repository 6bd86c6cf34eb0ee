"""An empty answer says of what it is: the sources of what was asked, as far as they were known."""

from pathlib import Path

import pytest

from monitor.cli import main
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

KKK_KNOWN, CALLS_KNOWN = "kkk-mr from 2026-03-02 to 2026-03-", "calls-parp from 2026-03-04 to 2026-03-"
ENDED = [a_cluster(name, status_until="2026-03-03") for name in ("Alfa", "Beta")]
UNREAD = "no source of this had been read by then"


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """2 March: two clusters whose status ends on the 3rd; 4 March: the same, and a call."""
    world = World.new(tmp_path)
    world.visit(KKK, at(), ENDED)
    world.visit(CALLS, at(2, 1), [a_call("rozwoj")])
    world.visit(KKK, at(2), ENDED)
    world.history.close()
    monkeypatch.setenv("KLASTRY_MONITOR__DATABASE", world.history.where)
    return world.history.where


@pytest.mark.usefixtures("where")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("list articles", UNREAD),
        ("list clusters --known-at 1", UNREAD),
        ("list calls --as-of 2026-03-03", UNREAD),
        ("list calls --known-at 2026-03-03", UNREAD),
        ("list clusters --holding", f"known: {KKK_KNOWN}04T06:20:00Z"),
        ("list clusters --holding --as-of 2026-03-04", f"known: {KKK_KNOWN}04T06:20:00Z"),
        (
            "list clusters --holding --as-of 2026-03-04 --known-at 2026-03-03",
            f"known: {KKK_KNOWN}02T06:20:00Z",
        ),
        ("diff 2026-03-04 2026-03-04", f"known: {CALLS_KNOWN}04T07:20:00Z, {KKK_KNOWN}04T06:20:00Z"),
    ],
)
def test_it_names_the_sources_of_what_was_asked_as_far_as_they_were_known(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words.split(), "--format", "json"]) == 0
    assert capsys.readouterr() == ("[]\n", f"nothing; {said}\n")
