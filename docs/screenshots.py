"""Draws docs/picture.png: the page that the demo publishes, as Chromium shows it.

`python docs/screenshots.py [FILE]`; it needs `chromium`, and the network of this computer only.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

PICTURE = Path(__file__).with_name("picture.png")
WIDTH, HEIGHT = 1120, 1080
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def published(folder: Path) -> Path:
    """Plays the demo in `folder`; gives the page it publishes."""
    play = [sys.executable, "-P", "-m", "monitor.cli", "demo", "--no-serve"]
    subprocess.run(play, cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603  # our own command
    return folder / "build" / "demo" / "public" / "index.html"


def draw(page: Path, picture: Path, profile: Path) -> None:
    """Writes the top of `page` to `picture`. Raises SystemExit without a browser or a picture."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"no browser: install one of {', '.join(BROWSERS)}")
    picture.unlink(missing_ok=True)
    asked = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}",
        f"--screenshot={picture}", page.as_uri(),
    ]  # fmt: skip
    said = subprocess.run(  # noqa: S603  # a browser found by its name
        asked, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=120
    )
    if not picture.exists():
        raise SystemExit(f"{browser} drew nothing: {said.stderr.strip()[-300:]}")


def main(picture: Path = PICTURE) -> None:
    with TemporaryDirectory(prefix="klastry-picture-") as name:
        folder = Path(name)
        draw(published(folder), picture.absolute(), folder / "profile")
    print(picture)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
