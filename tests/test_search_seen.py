"""Long: the search in Chromium, from files and served, with a keyboard, and without its script."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from monitor import list_pages, search_pages
from monitor.drawing import _read
from monitor.keywords import finder
from monitor.publishing import write
from monitor.serve import serving
from monitor.states import States
from storage.records import fold
from tests.browsing import chromium, opened
from tests.listed import call, cluster, titled
from tests.test_keywords import FORMS, OTHERS
from tests.town import FEEDS, site

pytestmark = pytest.mark.long

NAMES = {
    "cluster": ["Łódzki Klaster Mody", "Klaster Fotoniki i Światłowodów", "Śląski Klaster Lotniczy"],
    "call": ["Rozwój oferty klastrów dla firm", "Ścieżka SMART – „Żubr” sp. z o.o.", "Siódma runda"],
    "article": [f"Wiadomość {number} o naborach" for number in range(1, 500)],
}
SAMPLES = [
    "Łódź", "ŻÓŁĆ", "Gęślą jaźń.", "„Wiedza” – S.A.", "Fundacja X sp. z o.o.", "Fundacja sp. z o. o.",
    "a\u00adb", "Przedsiębiorstwo  ABC,", "straße æther œuvre Øre", "K-2 — 3\u20134", "  ", "I'm", "ﬁrma ①",
    "spółka akcyjna Ż", "GÓRNOŚLĄSKI\u00a0Akcelerator", "spółka z ograniczoną odpowiedzialnością",
    "x\u200by", "e\u0301t\u00e9",
]  # fmt: skip


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    everyone = [
        titled(kind, number, name)  # type: ignore[arg-type]
        for kind, names in sorted(NAMES.items())
        for number, name in enumerate(names, 1)
    ]
    rows = {
        "cluster-2": cluster(2, NAMES["cluster"][1], coordinator="Fundację Interizon"),
        "call-1": call(1, NAMES["call"][0]),
        "call-3": call(3, NAMES["call"][2], source="competition-mr"),
    }
    write(folder, search_pages.documents(everyone, rows, site(), FEEDS))
    write(folder, list_pages.documents(everyone, {}, States(site(), date(2026, 11, 23)), site(), FEEDS))
    entities = {f"entities/{each.entity}.html": b"<!DOCTYPE html><title>It</title>" for each in everyone}
    write(folder, entities)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def served(public: Path) -> Iterator[str]:
    """The folder as `klastry serve` serves it; gives its address."""
    ready, stop, found = threading.Event(), asyncio.Event(), []

    async def serve() -> None:
        async with serving(public, port=0) as address:
            found.extend([address, asyncio.get_running_loop()])
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield found[0]
    found[1].call_soon_threadsafe(stop.set)
    thread.join(10)


def ask(page: Page, words: str) -> list[str]:
    """Type `words`; gives the names found, once the search has said how many."""
    page.fill("#words", words)
    page.wait_for_function("!document.getElementById('count').textContent.includes('…')")
    return page.locator("#found a").all_inner_texts()


@pytest.fixture(params=["file", "served"])
def root(request: pytest.FixtureRequest, public: Path, served: str) -> str:
    return f"{public.as_uri()}/" if request.param == "file" else served


def test_it_finds_with_polish_letters_and_without(root: str, browser: Browser) -> None:
    with opened(browser, f"{root}search.html") as seen:
        page = seen.page
        for words in ("łódzki", "lodz", "ŁÓDZKI mod", "mody lodzki"):
            assert ask(page, words) == ["Łódzki Klaster Mody"], words
        assert ask(page, "swiatlow") == ask(page, "Światłow") == ["Klaster Fotoniki i Światłowodów"]
        assert ask(page, "klast") == [
            "Klaster Fotoniki i Światłowodów",
            "Śląski Klaster Lotniczy",
            "Łódzki Klaster Mody",
            "Siódma runda",
            "Rozwój oferty klastrów dla firm",
        ]
        assert page.inner_text("#count") == "5 wyników"
        assert ask(page, "zubr") == [NAMES["call"][1]]
        assert page.inner_text("#count") == "1 wynik"
        assert (ask(page, "nic takiego"), page.inner_text("#count")) == ([], "Nic nie znaleziono.")
        assert len(ask(page, "wiadomosc")) == 50
        assert page.inner_text("#count") == "499 wyników; pokazano pierwsze 50."
        assert ask(page, "") == []
        assert seen.said == []
        assert seen.strangers(root) == []


def test_it_finds_what_people_ask_for_whatever_the_endings(root: str, browser: Browser) -> None:
    clusters, (grants, smart, round_) = set(NAMES["cluster"]), NAMES["call"]
    with opened(browser, f"{root}search.html") as seen:
        assert set(ask(seen.page, "klastry")) == {*clusters, grants, round_}
        for words in ("kkk", "Krajowe Klastry Kluczowe", "krajowy klaster kluczowy"):
            assert set(ask(seen.page, words)) == {*clusters, round_}, words
        for words in ("nabory", "nabór"):
            assert set(ask(seen.page, words)[:3]) == {grants, smart, round_}, words
        assert set(ask(seen.page, "konkursy")) == {grants, smart, round_}
        assert ask(seen.page, "interizon fundacja") == ["Klaster Fotoniki i Światłowodów"]
        assert ask(seen.page, "oferty") == ask(seen.page, "oferta firmy") == [grants]


def test_a_word_as_it_stands_comes_before_its_other_forms(browser: Browser, tmp_path: Path) -> None:
    names = ("O klastrach", "Nowy klaster", "Klastry w kraju", "Ponadklastrowy")
    write(
        tmp_path,
        search_pages.documents(
            [titled("article", n, each) for n, each in enumerate(names)], {}, site(), FEEDS
        ),
    )
    with opened(browser, (tmp_path / "search.html").as_uri()) as seen:
        assert ask(seen.page, "klaster") == [
            "Nowy klaster",
            "Ponadklastrowy",
            "Klastry w kraju",
            "O klastrach",
        ]


def test_forms_of_words_are_those_of_keywords(public: Path, browser: Browser) -> None:
    others = {*FORMS, *OTHERS, *" ".join([*FORMS.values(), *OTHERS.values()]).split()}
    words = [word for word in sorted(map(fold, others)) if word.isalnum() and len(word) > 3]
    ours = script_part("const LETTER", "// The better")
    asked = f"words => {{ {ours} return words.map(word => words.map(text => forms(word).test(text))); }}"
    with opened(browser, (public / "clusters.html").as_uri()) as seen:
        found = seen.page.evaluate(asked, words)
    assert len(words) > 100
    assert found == [[finder((word,))((text,)) for text in words] for word in words]


def script_part(begin: str, end: str) -> str:
    script = _read(search_pages.SCRIPT)
    return script[script.index(begin) : script.index(end)]


def test_a_keyboard_is_enough_and_the_way_back_leads_to_the_results(root: str, browser: Browser) -> None:
    with opened(browser, f"{root}search.html") as seen:
        page = seen.page
        assert page.evaluate("document.activeElement.id") == "words"
        page.keyboard.type("śląski")
        page.wait_for_selector("#found a")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == "Śląski Klaster Lotniczy"
        page.keyboard.press("Escape")
        assert page.evaluate("document.activeElement.id") == "words"
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.wait_for_url("**/entities/cluster-3.html")
        page.go_back()
        page.wait_for_selector("#found a")
        assert page.locator("#found a").all_inner_texts() == ["Śląski Klaster Lotniczy"]
        assert page.get_attribute("#count", "role") == "status"


def test_without_its_script_it_leads_to_the_lists(root: str, browser: Browser) -> None:
    with opened(browser, f"{root}search.html", scripts=False) as seen:
        assert not seen.page.locator("#words").is_visible()
        links = seen.page.locator("main a")
        assert links.all_inner_texts() == ["Klastry", "Nabory", "Wiadomości", "Dokumenty"]
        said = seen.page.inner_text("main")
        assert "Wyszukiwarka działa, gdy przeglądarka uruchamia skrypty" in said
        assert "Szukaj klastra" not in said
        assert "Albo" not in said
        links.first.click()
        assert seen.page.inner_text("h1") == "Krajowe Klastry Kluczowe"


def test_a_lost_shard_is_told(public: Path, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "search.html").write_bytes((public / "search.html").read_bytes())
    with opened(browser, (tmp_path / "search.html").as_uri()) as seen:
        seen.page.fill("#words", "klaster")
        seen.page.wait_for_function("document.getElementById('count').textContent.includes('Nie udało')")


def test_words_are_folded_as_everywhere(public: Path, browser: Browser) -> None:
    ours = script_part("const STROKES", "// A word in")
    with opened(browser, (public / "clusters.html").as_uri()) as seen:
        folded = seen.page.evaluate(f"some => {{ {ours} return some.map(fold); }}", SAMPLES)
    assert folded == [fold(sample) for sample in SAMPLES]
