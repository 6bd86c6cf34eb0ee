"""Passwords in the environment or the configuration: not printed, kept, recorded or published."""

import gzip
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from children import Forge
from e2e import Done, World
from e2e_pages import later
from whole import LATER, crawl, recovers

SECRET = "hunter2-s3cret"
TOKEN = b64encode(f"me:{SECRET}".encode()).decode()
SERVER = f"postgresql://klastry:{SECRET}@127.0.0.1:1/klastry?connect_timeout=1&sslpassword={SECRET}"
COMMANDS = (
    crawl(LATER),
    crawl(LATER, "--dry-run"),
    ("publish",),
    ("status",),
    ("doctor",),
    ("verify",),
    ("changes",),
    ("export", "export"),
    ("review", "list"),
    ("db", "upgrade"),
    ("db", "backup", "b.db"),
)


@pytest.fixture
def world(first: World, tmp_path: Path) -> Iterator[World]:
    with first.copy(tmp_path / "world") as world:
        world.show(later())
        yield world


def betrayed(world: World, *said: Done) -> list[str]:
    """Where a secret is found: in what was said, or in any file, packed or not."""
    places = {f"said {number}": (done.out + done.err).encode() for number, done in enumerate(said)}
    for path in world.folder.rglob("*"):
        if path.is_file():
            places[path.name] = path.read_bytes()
            if path.suffix == ".gz":
                places[f"{path.name}, unpacked"] = gzip.decompress(path.read_bytes())
    words = (SECRET.encode(), TOKEN.encode())
    return [place for place, content in places.items() if any(word in content for word in words)]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_the_password_of_a_database_server(forge: Forge, world: World, words: tuple[str, ...]) -> None:
    environment = {"KLASTRY_MONITOR__DATABASE": SERVER}
    done = forge.run(world, "--debug", *words, environment=environment)
    assert done.code in (2, 3, 4), done
    assert "127.0.0.1" in done.out + done.err
    assert "Traceback" in done.err or words == ("doctor",)
    assert betrayed(world, done) == []


@pytest.mark.parametrize(
    "line",
    [
        f'[monitor]\ndatabase = "oracle://me:{SECRET}@host/x"',
        f'[monitor]\ndatabase = "postgresql://me:{SECRET}@[host/x"',
        f'[monitor]\nsite_url = "https://me:{SECRET}@example.org/"',
        f'[source.kkk-mr]\nurl = "https://me:{SECRET}@www.gov.pl/"',
        f'[monitor]\npassword = "{SECRET}"',
    ],
)
def test_a_password_in_a_bad_configuration(forge: Forge, world: World, line: str) -> None:
    (world.folder / "klastry.toml").write_text(line)
    done = forge.run(world, "--debug", *crawl(LATER))
    (world.folder / "klastry.toml").unlink()
    assert done.code in (2, 4), done
    assert betrayed(world, done) == []
    assert world.asked() == []


def test_the_password_of_a_proxy(forge: Forge, world: World, twin: World) -> None:
    proxy = world.stand_in.address.replace("//", f"//me:{SECRET}@")
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    done = forge.run(
        world, *crawl(LATER, "--record", "crawl.warc.gz"), environment=dict.fromkeys(names, proxy)
    )
    assert done.code == 0, done
    assert betrayed(world, done) == []
    recovers(world, twin)


def test_the_password_of_a_proxy_that_does_not_answer(forge: Forge, world: World) -> None:
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    environment = dict.fromkeys(names, f"http://me:{SECRET}@127.0.0.1:1")
    words = crawl(LATER, "--record", "crawl.warc.gz")
    done = forge.run(world, "--debug", *words, environment=environment)
    assert done.code == 6, done
    assert betrayed(world, done) == []
