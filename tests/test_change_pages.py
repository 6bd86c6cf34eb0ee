"""A page for each told change: what it says, that it is safe, when it is drawn."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest
from lxml import html

from monitor.change_pages import page
from monitor.config import Config, load
from monitor.entries import entries
from monitor.feeds import channel
from monitor.publish import write_all
from monitor.wording import sentences
from storage.history import History
from storage.sealing import Run
from tests.published import assert_harmless
from tests.telling import site
from tests.world import CALLS, KKK, World, a_call, a_cluster, at

CLUSTERS = [a_cluster(name) for name in ("Alfa", "Beta", "Gamma")]
HOSTILE = "<script>alert(1)</script>\x00{{ 7 * 7 }}"
FEEDS = [channel("klastry", "pl")]
SAME, OLD, NEW = "To samo zdanie stoi tu i tam. " * 9, "Zostało dawne słowo.", "Przyszło nowe słowo."


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Watching began; a call came, then its deadline moved and its text changed."""
    (tmp_path / "data").mkdir()
    (tmp_path / "public").mkdir()
    world = PolishWorld.new(tmp_path / "data")
    world.visit(KKK, at(), CLUSTERS)
    world.visit(CALLS, at(), [a_call("y", title="Inny")])
    with world.history.writing() as writing:
        writing.tell_beginnings([KKK, CALLS], world.run(at()))
    other = a_call("y", title="Inny")
    for day, (closes, text) in enumerate((("2026-08-30", OLD), ("2026-09-29", NEW)), 1):
        card = a_call("x", card=True, title="Nabór", closes=closes, beneficiaries=SAME + text)
        card = replace(card, printed={"closes": f"do {closes} włącznie"})
        world.visit(CALLS, at(day), [other, a_call("x", title="Nabór")], cards={"x": [card]})
    return world


class PolishWorld(World):
    def run(self, now: Any) -> Run:
        return replace(super().run(now), sentence=sentences("pl", lambda source: source))


def config(folder: Path, **values: str) -> Config:
    names = {f"KLASTRY_MONITOR__{name.upper()}": value for name, value in values.items()}
    return load(None, names, folder)


def drawn(world: World, language: str = "pl") -> list[Any]:
    """The pages as trees, in the order of telling."""
    made = []
    for entry in entries(world.history.told()):
        proofs = world.history.cited(row.id for row in entry.changes if row.id is not None)
        made.append(html.fromstring(page(entry, proofs, site(language), FEEDS).decode()))
    return made


def text(tree: Any, path: str = ".") -> str:
    return " ".join(" ".join(" ".join(part.itertext()) for part in tree.xpath(path)).split())


def test_it_says_what_changed_when_and_how_it_is_known(world: World) -> None:
    _, _, tree = drawn(world)
    entry = entries(world.history.told())[-1]
    proof = world.history.cited([entry.changes[0].id or 0])[entry.changes[0].id or 0]
    assert proof.capture is not None
    assert tree.get("lang") == "pl"
    assert text(tree, "//h1") == entry.title
    assert text(tree, "//title") == f"{entry.title} – klastry"
    assert tree.xpath("//p[@class='about']/a/@href") == [f"../entities/{entry.entity}.html"]
    assert "30 sierpnia 2026 (na stronie: „do 2026-08-30 włącznie”)" in text(tree, "//tbody/tr[1]")
    assert text(tree, "//del") == "Zostało dawne"
    assert text(tree, "//ins") == "Przyszło nowe"
    whole = text(tree)
    for said in (
        "między 3 marca 2026, godz. 07:20 a 4 marca 2026, godz. 07:20",
        "po 2026-03-03T06:20:00Z, nie później niż 2026-03-04T06:20:00Z",
        "Zapisano: 4 marca 2026, godz. 07:20",
        proof.capture.sha256,
        proof.capture.content,
        proof.digest,
        "test, wersja 1",
        f"klastry cite {entry.changes[0].id} --body strona-{entry.changes[0].id}.html",
        "klastry verify",
    ):
        assert said in whole


def test_english_and_the_beginning(world: World) -> None:
    began, *_, tree = drawn(world, "en")
    assert tree.get("lang") == "en"
    assert "It changed between 3 March 2026, 07:20 and 4 March 2026, 07:20" in text(tree)
    assert "no page stands behind it" in text(began)
    assert "Krajowe Klastry Kluczowe 3" in text(began, "//tbody/tr[1]")
    assert "sha256sum" not in text(began)


def test_rows_seen_on_two_pages_have_two_proofs(world: World) -> None:
    listed = [a_call("y", title="Inny"), a_call("x", title="Nabór", number="FENG.02.17")]
    card = a_call("x", card=True, title="Nabór", closes="2026-12-24", beneficiaries=SAME + NEW)
    world.visit(CALLS, at(3), listed, cards={"x": [card]})
    tree = drawn(world)[-1]
    assert len(tree.xpath("//article/section[3]/dl")) == 2
    assert len(re.findall("klastry cite", text(tree, "//pre"))) == 2


def test_nothing_runs_and_only_its_own_style_counts(world: World) -> None:
    card = a_call("x", card=True, title=HOSTILE, closes="2026-10-01", beneficiaries=SAME + HOSTILE)
    card = replace(card, printed={"closes": HOSTILE})
    world.visit(CALLS, at(3), [a_call("y", title="Inny"), a_call("x", title=HOSTILE)], cards={"x": [card]})
    entry = entries(world.history.told())[-1]
    proofs = world.history.cited(row.id for row in entry.changes if row.id is not None)
    raw = page(entry, proofs, site(), FEEDS).decode()
    tree = html.fromstring(raw)
    assert_harmless(raw)
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", raw)
    assert "{{ 7 * 7 }}" in text(tree)
    assert {urlsplit(link).scheme for link in tree.xpath("//a/@href")} == {"", "https"}


# In the published folder


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def publish(world: World, folder: Path, **values: str) -> list[str]:
    return write_all(world.history, config(folder, **values), at(9))


def test_links_of_feeds_and_pages_lead_there(world: World, tmp_path: Path) -> None:
    written = publish(world, tmp_path)
    numbers = [entry.changes[0].id for entry in entries(world.history.told())]
    pages = {f"changes/{number}.html" for number in numbers}
    assert pages == {name for name in written if name.startswith("changes/")}
    assert max(map(written.index, pages)) < written.index("feed.xml") < written.index("drawn.json")
    public = tmp_path / "public"
    root = str(config(tmp_path).monitor.site_url)
    feed = feedparser.parse((public / "feed.xml").read_bytes())
    for entry, number in zip(reversed(feed.entries), numbers, strict=True):
        assert f'href="{root}changes/{number}.html"' in entry.content[0].value
    index = html.fromstring((public / "index.html").read_bytes())
    assert pages <= set(index.xpath("//a/@href"))
    for name in pages:
        tree = html.fromstring((public / name).read_bytes())
        for link in tree.xpath("//a/@href | //link/@href"):
            target = urljoin(root + name, link)
            if target.startswith(root):
                assert target.removeprefix(root).partition("#")[0] in names(public)


def test_a_page_is_drawn_once_and_again_when_it_is_missing(world: World, tmp_path: Path) -> None:
    first = publish(world, tmp_path)
    assert not [name for name in publish(world, tmp_path) if name.startswith("changes/")]
    lost = next(name for name in first if name.startswith("changes/"))
    before = (tmp_path / "public" / lost).read_bytes()
    (tmp_path / "public" / lost).unlink()
    assert [name for name in publish(world, tmp_path) if name.startswith("changes/")] == [lost]
    assert (tmp_path / "public" / lost).read_bytes() == before
    world.visit(KKK, at(5), [*CLUSTERS, a_cluster("Delta")])
    assert len([name for name in publish(world, tmp_path) if name.startswith("changes/")]) == 1


def test_the_same_history_gives_the_same_bytes(world: World, tmp_path: Path) -> None:
    publish(world, tmp_path)
    world.visit(KKK, at(5), [*CLUSTERS, a_cluster("Delta")])
    publish(world, tmp_path)
    at_once = {path.name: path.read_bytes() for path in (tmp_path / "public/changes").iterdir()}
    shutil.rmtree(tmp_path / "public")
    (tmp_path / "public").mkdir()
    publish(world, tmp_path)
    assert at_once == {path.name: path.read_bytes() for path in (tmp_path / "public/changes").iterdir()}


@pytest.mark.parametrize(
    "values", [{"language": "en"}, {"site_url": "https://klastry.example.org/"}], ids=["language", "address"]
)
def test_another_site_draws_every_page_anew(values: dict[str, str], world: World, tmp_path: Path) -> None:
    first = {name for name in publish(world, tmp_path) if name.startswith("changes/")}
    assert {name for name in publish(world, tmp_path, **values) if name.startswith("changes/")} == first


@pytest.mark.parametrize("damage", ["{}", "no json", "[]", '{"change": "x"}', None])
def test_a_damaged_or_missing_mark_draws_every_page_anew(
    damage: str | None, world: World, tmp_path: Path
) -> None:
    publish(world, tmp_path)
    mark = tmp_path / "public/drawn.json"
    whole = mark.read_bytes()
    mark.unlink() if damage is None else mark.write_text(damage)
    some = sorted((tmp_path / "public/changes").glob("*.html"))[0]
    before = some.read_bytes()
    some.write_bytes(b"stale")
    publish(world, tmp_path)
    assert (some.read_bytes(), mark.read_bytes()) == (before, whole)


def test_pages_of_another_history_are_drawn_anew(world: World, tmp_path: Path) -> None:
    """A restored backup that went another way gives the same numbers to other changes."""
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(world.history.where)) as raw, closing(sqlite3.connect(backup)) as copy:
        raw.backup(copy)
    world.visit(KKK, at(5), [*CLUSTERS, a_cluster("Delta")])
    publish(world, tmp_path)
    newest = json.loads((tmp_path / "public/drawn.json").read_text())["change"]
    assert "Delta" in (tmp_path / f"public/changes/{newest}.html").read_text("utf-8")
    with History.open(str(backup)) as history:
        other = PolishWorld(history)
        other.visit(KKK, at(5), [*CLUSTERS, a_cluster("Omega")])
        publish(other, tmp_path)
    said = (tmp_path / f"public/changes/{newest}.html").read_text("utf-8")
    assert "Omega" in said
    assert "Delta" not in said


def test_nothing_told_draws_nothing(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    world = World.new(tmp_path)
    publish(world, tmp_path)
    assert not (tmp_path / "public/changes").exists()
