"""Makes a test page of a recorded answer.

`python tests/golden_from_warc.py FILE.warc.gz READER URL NAME`

Writes tests/pages/READER/NAME.html and NAME.meta.json from the last answer 200 of URL in the
recording; `pytest --bless` then writes the golden JSON, to be read by a person in the diff.
A page that is there already is never overwritten: each redesign of a site adds a pair.
"""

import json
import sys
from pathlib import Path

from spiders.warc import pages
from storage.errors import KlastryError, UsageError
from storage.records import Page, canonical_address

PAGES = Path(__file__).parent / "pages"


def recorded_page(recording: Path, url: str) -> Page:
    """The last answer 200 of `url`. Raises UsageError when the recording holds none."""
    wanted = canonical_address(url)
    answers = [page for page in pages(recording) if page.status == 200]
    found = [page for page in answers if canonical_address(page.asked) == wanted]
    if not found:
        raise UsageError(f"{recording}: holds no answer 200 of {url}: `warcio index` shows what it holds")
    return found[-1]


def write(page: Page, folder: Path, name: str) -> tuple[Path, Path]:
    """Writes the pair of `page`; returns both files. Raises UsageError when one is there."""
    html, meta = folder / f"{name}.html", folder / f"{name}.meta.json"
    for file in (html, meta):
        if file.exists():
            raise UsageError(f"{file}: exists already: give the page another name")
    folder.mkdir(parents=True, exist_ok=True)
    html.write_bytes(page.body)
    about = {"url": page.asked, "content_type": page.headers.get("content-type", "")}
    meta.write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return html, meta


def main(arguments: list[str]) -> int:
    """The exit code: 0 when written, else 2 with one line on standard error."""
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    recording, reader, url, name = arguments
    try:
        for file in write(recorded_page(Path(recording), url), PAGES / reader, name):
            print(file)
    except (KlastryError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
