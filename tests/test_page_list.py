"""`page_list`: selectors of a source become records, and what they cannot mean is refused."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from spiders.readers import Reader, load
from storage.errors import ConfigError, PageFault
from storage.records import Address, Details, Key, Kind, Page, Record, Selectors, Source

URL = "https://region.example.org/nabory"
FIELDS = {"title": "a", "url": "a@href", "closes": ".deadline"}


def source(
    fields: Mapping[str, str] = FIELDS,
    *,
    item: str = "ul.calls > li",
    kind: Kind = "call",
    follow: str | None = None,
    details: Details | None = None,
) -> Source:
    return Source(
        id="my-region",
        title="Nabory w regionie",
        kind=kind,
        spider="own_list",
        addresses=(Address(URL, "page_list", "window"),),
        hosts=("region.example.org",),
        schedule="15 6 * * *",
        selectors=Selectors(item, fields, follow),
        details=details,
    )


def reader(fields: Mapping[str, str] = FIELDS, **given: object) -> Reader:
    return load("page_list", source(fields, **given))  # type: ignore[arg-type]


def page_of(rows: str) -> Page:
    body = f'<html><body><main><ul class="calls">{rows}</ul></main></body></html>'.encode()
    at = datetime(2026, 7, 1, 6, 15, tzinfo=UTC)
    return Page(URL, URL, at, 200, {"content-type": "text/html; charset=utf-8"}, body)


def row(text: str, selector: str, fields: Mapping[str, str] = FIELDS) -> Record:
    """The record of one row that holds `text` in an element of class `selector`."""
    rows = f'<li><a href="/n/1">Nabór</a> <span class="{selector}">{text}</span></li>'
    (record,) = reader(fields).read(page_of(rows))
    return record


@pytest.mark.parametrize(
    ("printed", "closes"),
    [
        ("30.09.2026", "2026-09-30"),
        ("do 26 lipca br.", "2026-07-26"),
        ("od 30 maja do 29 września 2026 r.", "2026-09-29"),
        ("Termin: 30 września 2026 r.", "2026-09-30"),
        ("styczeń/luty 2027", "2027-02"),
        ("do 4 listopada 2026 r. do godz. 16:00:00", "2026-11-04T16:00"),
    ],
)
def test_a_deadline_is_read_as_offices_print_it(printed: str, closes: str) -> None:
    record = row(printed, "deadline")
    assert record.values["closes"] == closes
    assert record.printed["closes"] == printed


@pytest.mark.parametrize("printed", ["", "-", "w trakcie ustalania", "do ustalenia"])
def test_a_deadline_not_yet_settled_is_not_said(printed: str) -> None:
    assert "closes" not in row(printed, "deadline").values


@pytest.mark.parametrize("printed", ["31.02.2026", "wkrótce", "1.09.2026 i 30.09.2026"])
def test_an_unreadable_deadline_refuses_the_page(printed: str) -> None:
    with pytest.raises(PageFault) as fault:
        row(printed, "deadline")
    assert fault.value.reason == "parse"


def test_one_range_gives_both_dates() -> None:
    fields = {"title": "a", "url": "a@href", "opens": ".when", "closes": ".when"}
    both = row("27.02.2026 - 26.07.2026", "when", fields).values
    assert (both["opens"], both["closes"]) == ("2026-02-27", "2026-07-26")
    until = row("do 26 lipca 2026 r.", "when", fields).values
    assert until["closes"] == "2026-07-26"
    assert "opens" not in until


def test_rounds_are_ranges_in_order() -> None:
    fields = {"title": "a", "url": "a@href", "rounds": ".round"}
    rows = (
        '<li><a href="/n">Nabór</a><i class="round">01.10.2026 - 30.11.2026</i>'
        '<i class="round">01.08.2026 - 30.09.2026</i></li>'
    )
    (record,) = reader(fields).read(page_of(rows))
    assert record.values["rounds"] == ("2026-08-01/2026-09-30", "2026-10-01/2026-11-30")


def test_the_number_is_a_stronger_key_than_the_address() -> None:
    record = row("FEMP.01.10-IP.01-004/26", "nr", {"title": "a", "url": "a@href", "number": ".nr"})
    assert record.keys == (
        Key("number", "FEMP.01.10-IP.01-004/26"),
        Key("url", "https://region.example.org/n/1"),
    )


def test_a_cluster_is_known_by_its_folded_name_and_needs_no_link() -> None:
    (record,) = reader({"name": "."}, kind="cluster").read(page_of("<li>Klaster „Zielona  Chemia”.</li>"))
    assert record.keys == (Key("name", "klaster zielona chemia"),)
    assert record.values == {"name": "Klaster „Zielona Chemia”."}


def test_an_attribute_of_the_row_itself() -> None:
    fields = {"title": ".@data-tytul", "url": "@data-adres"}
    (record,) = reader(fields).read(page_of('<li data-tytul="Nabór" data-adres="n/2"></li>'))
    assert record.values == {"title": "Nabór", "url": "https://region.example.org/n/2"}


def test_a_row_links_to_its_detail_page_only_where_the_source_has_such_pages() -> None:
    rows = '<li><a href="/karty/1">Pierwszy</a></li><li><a href="/inne/2">Drugi</a></li>'
    first, second = reader(details=Details("parp_card", "/karty/")).read(page_of(rows))
    assert (first.detail, second.detail) == ("https://region.example.org/karty/1", None)


@pytest.mark.parametrize(
    "rows",
    [
        '<li><a href="/n/1"></a></li>',
        "<li><a>Nabór</a></li>",
        '<li><a href="javascript:alert(1)">Nabór</a></li>',
        "<li>Nabór bez odsyłacza</li>",
    ],
)
def test_a_row_without_title_or_link_refuses_the_page(rows: str) -> None:
    with pytest.raises(PageFault) as fault:
        list(reader().read(page_of('<li><a href="/n/0">Dobry</a></li>' + rows)))
    assert fault.value.reason == "layout"


def test_no_row_is_no_record_and_the_page_still_has_content() -> None:
    page = page_of("<p>Brak naborów</p>")
    assert list(reader().read(page)) == []
    assert "Brak naborów" in reader().content(page)


def test_the_link_to_the_next_page_is_followed_until_it_leads_nowhere_new() -> None:
    follow = reader(follow="a.next")
    assert follow.more(page_of('<a class="next" href="?strona=2">dalej</a>')) == f"{URL}?strona=2"
    assert follow.more(page_of(f'<a class="next" href="{URL}">dalej</a>')) is None
    assert follow.more(page_of("<span>dalej</span>")) is None
    assert reader().more(page_of('<a class="next" href="?strona=2">dalej</a>')) is None


@pytest.mark.parametrize(
    ("fields", "given", "named"),
    [
        ({"title": "a"}, {}, "needs url"),
        ({"url": "a@href"}, {}, "needs title"),
        (FIELDS | {"deadline": "b"}, {}, "has no deadline"),
        (FIELDS | {"opens": "p["}, {}, "fields.opens"),
        (FIELDS, {"item": "li >"}, "my-region.item"),
        (FIELDS, {"follow": "a:nonsense"}, "my-region.follow"),
    ],
)
def test_a_definition_that_cannot_work_is_named(
    fields: Mapping[str, str], given: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError, match=named):
        reader(fields, **given)
