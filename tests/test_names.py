"""Names that no server answers for, over the real command and without a proxy."""

import signal
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from e2e import World, clock, ended

SOURCE = """
[source.one]
url = "https://{host}/nabory"
item = "ul.calls > li"
fields = {{ title = "a", url = "a@href" }}
"""
SILENT = """
import socket, time
from pathlib import Path

def look_up(*words, **more):
    Path({asked!r}).touch()
    time.sleep(40)
    raise socket.gaierror(-3, "Temporary failure in name resolution")

socket.gethostbyname = socket.getaddrinfo = look_up
"""
HOST = "cisza.invalid"


def world(folder: Path, host: str = HOST) -> World:
    made = World(folder / "world", {}, SOURCE.format(host=host))
    made.direct = (host,)
    return made


def teach(monkeypatch: pytest.MonkeyPatch, folder: Path, code: str) -> None:
    """Let children of this test run `code` before all else."""
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_signal_ends_a_crawl_whose_name_servers_are_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    teach(monkeypatch, tmp_path, SILENT.format(asked=str(asked)))
    with world(tmp_path) as silent:
        process = silent.begin("crawl", "--at", clock(), "one")
        pause = Event()
        while process.poll() is None and not asked.exists():
            pause.wait(0.01)
        process.send_signal(signal.SIGTERM)
        begun = monotonic()
        done = ended(process)
        assert done.code == 128 + signal.SIGTERM, done
        assert monotonic() - begun < 10
        assert silent.states() == {"one": "failed stopped"}
        assert silent.sound()
        assert (silent.folder / "public" / "health.xml").exists()
        assert silent.run("publish").code == 0, "no lock is left"
