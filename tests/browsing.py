"""Chromium for long tests: pages of a published folder, as people see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

SCREENSHOTS = Path(__file__).parents[1] / "build" / "screenshots"
WIDTHS = {"phone": 360, "desk": 1280}
SCHEMES = ("light", "dark")
_CHROMIUM = "/usr/bin/chromium"
_ALONE = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass
class Seen:
    """A page in a browser, and what went wrong there."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def strangers(self, root: str) -> list[str]:
        """Addresses that were asked for outside `root`."""
        return [address for address in self.asked if not address.startswith((root, "data:"))]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a network of its own."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=_CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Browser, address: str, width: str = "desk", scheme: str = "light", *, scripts: bool = True
) -> Iterator[Seen]:
    """The page at `address`, on a phone or a desk, light or dark, with all it says and asks for."""
    context = browser.new_context(
        viewport={"width": WIDTHS[width], "height": 800},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=scripts,
        locale="pl-PL",
    )
    try:
        seen = Seen(context.new_page())
        seen.page.on("console", lambda message: seen.said.append(message.text))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.on("request", lambda request: seen.asked.append(request.url))
        seen.page.goto(address)
        yield seen
    finally:
        context.close()


def keep(seen: Seen, name: str) -> Path:
    """Keep a picture of the whole page as build output."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    file = SCREENSHOTS / f"{name}.png"
    seen.page.screenshot(path=file, full_page=True)
    return file
