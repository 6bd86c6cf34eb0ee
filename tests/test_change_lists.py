"""Lists of all that was told: complete, in order, in parts that stay, gone on with."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from monitor import change_lists
from storage.history import History
from tests.published import assert_harmless
from tests.publishing import CLUSTERS, files, new, publish, twin
from tests.world import KKK, World, a_cluster

FIRST = datetime(2025, 12, 28, 6, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of three entries; `changes.html` has the newest four."""
    monkeypatch.setattr(change_lists, "_IN_PART", 3)
    monkeypatch.setattr(change_lists, "_NEWEST", 4)


def grown(world: World, days: range) -> None:
    """A cluster more, each day, from four days before the new year on."""
    for day in days:
        named = [a_cluster(f"Klaster {number:02}") for number in range(day + 1)]
        world.visit(KKK, FIRST + timedelta(day), [*CLUSTERS, *named] if day else CLUSTERS)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = new(tmp_path)
    grown(world, range(12))
    return world


def lists(folder: Path) -> dict[str, Any]:
    """The pages as trees, by path."""
    return {
        path: assert_harmless(content)
        for path, content in files(folder).items()
        if path == "changes.html" or path.startswith("lists/changes-")
    }


def links(tree: Any) -> list[str]:
    return [link.rpartition("/")[2] for link in tree.xpath("//ol/li/p[@class='told']/a/@href")]


def told(history: History) -> list[str]:
    with history.asked() as asked:
        return [f"{number}.html" for number in asked.told_numbers()]


def test_every_change_is_in_one_part_of_its_year(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    made = lists(tmp_path)
    parts = [path for path in made if path != "changes.html"]
    parts.sort(key=lambda path: [int(number) for number in re.findall(r"\d+", path)])
    found = [link for path in parts for link in reversed(links(made[path]))]
    assert found == told(world.history)
    assert len(found) >= 11
    for path in parts:
        year = re.findall(r"changes-(\d+)", path)
        assert year * len(links(made[path])) == [stamp[:4] for stamp in made[path].xpath("//time/@datetime")]
        assert 1 <= len(links(made[path])) <= 3
    assert links(made["changes.html"]) == told(world.history)[:-5:-1]


def test_the_first_page_leads_to_the_years_and_the_newest_part_of_a_year_to_its_others(
    world: World, tmp_path: Path
) -> None:
    publish(world.history, tmp_path)
    made = lists(tmp_path)
    assert ways(made["changes.html"]) == ["lists/changes-2026-3.html", "lists/changes-2025-2.html"]
    assert made["changes.html"].xpath("//nav[@class='parts']//a/text()") == ["2026", "2025"]
    first, second, third = "../lists/changes-2026.html", *(f"../lists/changes-2026-{n}.html" for n in (2, 3))
    before = "../lists/changes-2025-2.html"
    assert ways(made[third[3:]]) == ["../changes.html", second, first]
    assert ways(made[second[3:]]) == ["../changes.html", third, first]
    assert ways(made[first[3:]]) == ["../changes.html", second, before]
    assert ways(made[before[3:]]) == ["../changes.html", first, "../lists/changes-2025.html"]
    public = tmp_path / "public"
    for link in made[third[3:]].xpath("//main//a/@href"):
        assert (public / "lists" / link).exists()


def ways(tree: Any) -> list[str]:
    return list(tree.xpath("//nav[@class='parts']//a/@href"))


def test_the_index_and_each_change_lead_there(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    made = files(tmp_path)
    index = html.fromstring(made["index.html"])
    assert index.xpath("//a[text()='Wszystkie zmiany']/@href") == ["changes.html"]
    change = next(content for path, content in made.items() if path.startswith("changes/"))
    assert html.fromstring(change).xpath("//a[text()='Wszystkie zmiany']/@href") == ["../changes.html"]


@pytest.mark.parametrize("step", [1, 2, 4])
def test_going_on_gives_the_same_bytes_and_writes_little(step: int, tmp_path: Path) -> None:
    world = new(tmp_path)
    for start in range(0, 12, step):
        grown(world, range(start, start + step))
        before = lists_of(files(tmp_path))
        written = lists_of(dict.fromkeys(publish(world.history, tmp_path), b""))
        assert len(written.keys() & before) <= 2  # the last part, and the page of the newest
    assert lists_of(files(tmp_path)) == lists_of(twin(world.history))


def lists_of(made: dict[str, bytes]) -> dict[str, bytes]:
    return {path: raw for path, raw in made.items() if "changes-" in path or path == "changes.html"}


def test_a_missing_part_is_drawn_again_and_a_strange_one_goes(world: World, tmp_path: Path) -> None:
    publish(world.history, tmp_path)
    public = tmp_path / "public"
    before = lists_of(files(tmp_path))
    lost = sorted(path for path in before if path.startswith("lists/"))[1]
    (public / lost).unlink()
    assert publish(world.history, tmp_path) == [lost]
    shutil.copy(public / lost, public / "lists/changes-1999.html")
    (public / "drawn.json").unlink()
    publish(world.history, tmp_path)
    assert lists_of(files(tmp_path)) == before


def test_nothing_told_is_said(tmp_path: Path) -> None:
    world = new(tmp_path)
    publish(world.history, tmp_path)
    assert "Nie ma jeszcze nic" in (tmp_path / "public/changes.html").read_text("utf-8")
