"""Every reader against its saved pages: what it reads is compared with a golden file.

A page is `pages/<reader>/<name>.html` with `<name>.meta.json` (its address) and the golden
`<name>.json`. `pytest --bless` writes the goldens; read them in the diff before committing.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from reader_pages import PAGES, saved

from spiders.readers import Reader, load, names
from storage.errors import ConfigError, PageFault
from storage.records import Address, Record, Selectors, Source

SAVED = sorted(path for name in names() for path in (PAGES / name).glob("*.html"))


def reader_of(path: Path) -> Reader:
    """The reader of the folder, configured by the selectors beside the page where there are some."""
    name = path.parent.name
    meta = json.loads(path.with_suffix(".meta.json").read_text("utf-8"))
    selectors = meta.get("selectors")
    if selectors is None:
        return load(name)
    source = Source(
        id="golden",
        title="Golden",
        kind=meta.get("kind", "call"),
        spider="own_list",
        addresses=(Address(meta["url"], name, "register"),),
        hosts=(),
        schedule="0 * * * *",
        selectors=Selectors(**selectors),
    )
    return load(name, source)


def plain(record: Record) -> dict[str, Any]:
    return {
        "kind": record.kind,
        "keys": [str(key) for key in record.keys],
        "values": dict(record.values),
        "printed": dict(record.printed),
        "derived": sorted(record.derived),
        "detail": record.detail,
    }


def reading(path: Path) -> dict[str, Any]:
    page, reader = saved(path.parent.name, path.stem), reader_of(path)
    try:
        return {"records": [plain(record) for record in reader.read(page)], "more": reader.more(page)}
    except PageFault as fault:
        return {"error": fault.reason}


@pytest.mark.parametrize("path", SAVED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_reads_as_its_golden(path: Path, request: pytest.FixtureRequest) -> None:
    found = json.loads(json.dumps(reading(path)))
    golden = path.with_suffix(".json")
    if request.config.getoption("--bless"):
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", "utf-8")
    assert golden.exists(), f"{golden.name} is missing: run pytest --bless and read what it wrote"
    assert found == json.loads(golden.read_text("utf-8"))


@pytest.mark.parametrize("name", names())
def test_reader_has_two_pages(name: str) -> None:
    assert len(list((PAGES / name).glob("*.html"))) >= 2


@pytest.mark.parametrize("path", SAVED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_that_is_read_has_content(path: Path) -> None:
    page, reader = saved(path.parent.name, path.stem), reader_of(path)
    assert reader.version >= 1
    if "records" in reading(path):
        assert reader.content(page).strip()


def test_folder_of_pages_belongs_to_a_reader() -> None:
    """A misspelt folder would otherwise be tested by nobody."""
    with_pages = {path.parent.name for path in PAGES.glob("*/*.meta.json")}
    assert with_pages <= set(names())


def test_unknown_reader_names_those_that_exist() -> None:
    with pytest.raises(ConfigError, match="kkk_list"):
        load("kkk_lits")
