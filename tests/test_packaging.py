"""What is installed: requirements locked with hashes, a wheel that is whole, four packages of one place."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("spiders", "pipelines", "monitor", "storage")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKED = re.compile(r"^(?P<name>[a-z0-9-]+)(?:\[[\w,-]+\])?==(?P<version>\S+)(?: ; [^\\]+?)? \\$")


def locked(name: str) -> dict[str, int]:
    """The distributions a requirement file locks, and how many hashes stand for each."""
    found: dict[str, int] = {}
    present = ""
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if match := LOCKED.match(line):
            present = match["name"]
            found[present] = 0
        elif line.startswith("    --hash=sha256:"):
            found[present] += 1
        else:
            assert line.lstrip().startswith("#"), f"{name}: {line!r} is no locked requirement"
    return found


def asked(requirements: list[str]) -> set[str]:
    names = (re.match(r"[\w.-]+", line) for line in requirements)
    return {match[0].lower().replace("_", "-") for match in names if match}


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-long.txt"])
def test_every_requirement_has_its_hashes(name: str) -> None:
    assert min(locked(name).values()) >= 1


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-long.txt"])
def test_requirements_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", text)


def test_everything_declared_is_locked() -> None:
    run, develop, long = (locked(f"requirements{name}.txt") for name in ("", "-dev", "-long"))
    assert asked(PROJECT["project"]["dependencies"]) <= run.keys()
    assert asked(PROJECT["dependency-groups"]["dev"]) <= develop.keys()
    assert asked(PROJECT["dependency-groups"]["long"]) <= long.keys()
    assert run.keys() <= develop.keys() <= long.keys()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the wheel installs and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--no-compile",
         "--target", folder, wheel],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder


def our_files() -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(ROOT).as_posix()


def test_the_wheel_holds_every_file_of_the_four_packages(wheel: Path) -> None:
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert held == set(our_files())


@pytest.mark.parametrize(
    "pattern",
    [
        r"spiders/sources\.toml",
        r"pipelines/aliases\.toml",
        r"monitor/templates/.+\.html",
        r"monitor/demo/.+(?<!\.py)",
        r"storage/migrations/versions/0001.+\.py",
    ],
)
def test_the_wheel_holds_what_is_no_module(wheel: Path, pattern: str) -> None:
    assert any(re.fullmatch(pattern, name) for name in ZipFile(wheel).namelist())


def in_folder(installed: Path, elsewhere: Path, *arguments: str) -> str:
    """What Python prints that takes our packages from `installed` only."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-P", *arguments], cwd=elsewhere, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_the_wheel_installs_is_used(installed: Path, tmp_path: Path) -> None:
    code = (
        "import importlib, json; "
        f"print(json.dumps([importlib.import_module(name).__file__ for name in {PACKAGES!r}]))"
    )
    places = json.loads(in_folder(installed, tmp_path, "-c", code))
    assert {Path(place).parents[1] for place in places} == {installed}


def test_the_installed_command_works_elsewhere(installed: Path, tmp_path: Path) -> None:
    version = PROJECT["project"]["version"]
    assert in_folder(installed, tmp_path, "-m", "monitor.cli", "--version") == f"klastry {version}\n"
    sources = json.loads(
        in_folder(installed, tmp_path, "-m", "monitor.cli", "sources", "list", "--format", "json")
    )
    assert "kkk-mr" in {row["source"] for row in sources}
    assert not any(tmp_path.iterdir())


def test_the_installed_command_makes_a_database(installed: Path, tmp_path: Path) -> None:
    code = "from storage.history import History; History.open('klastry.db', create=True).close()"
    in_folder(installed, tmp_path, "-c", code)
    assert (tmp_path / "klastry.db").exists()


def test_version_is_told_in_the_changelog() -> None:
    assert f"\n## {PROJECT['project']['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
