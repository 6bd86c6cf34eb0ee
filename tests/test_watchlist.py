"""The watch list: what ships, and what a user's own file makes of it."""

from pathlib import Path

import pytest

from monitor.config import parse
from monitor.cron import trigger
from monitor.watchlist import built_in, select, watch_list
from spiders import readers
from storage.errors import ConfigError, UsageError
from storage.records import Source

OWN = """
[source.my-region]
title = "Nabory w regionie"
url = "https://example.org/nabory"
reader = "page_list"
list = "window"
item = "ul.calls > li"
fields = { title = "a", url = "a@href", closes = ".deadline" }
at_least = 3
"""


def sources(text: str = "") -> dict[str, Source]:
    config = parse(text, Path("/etc/klastry.toml"), {}, Path("/etc"))
    return {source.id: source for source in watch_list(config)}


def test_the_built_in_list_is_that_of_the_contract() -> None:
    assert [(s.id, s.kind, s.spider, s.address.list, s.dormant) for s in built_in()] == [
        ("kkk-pi", "cluster", "pi_gov_pl", "register", True),
        ("kkk-mr", "cluster", "mr_gov_pl", "register", False),
        ("competition-mr", "call", "mr_gov_pl", "register", False),
        ("news-mr", "article", "mr_gov_pl", "window", False),
        ("calls-parp", "call", "pi_gov_pl", "window", False),
        ("news-parp", "article", "pi_gov_pl", "window", False),
    ]
    assert sources()["kkk-mr"].addresses[0].list == "announcement"


@pytest.mark.parametrize("source", built_in(), ids=lambda source: source.id)
def test_a_built_in_source_is_sound(source: Source) -> None:
    trigger(source.schedule)
    used = {address.reader for address in source.addresses}
    used |= {source.details.reader} if source.details else set()
    assert used <= set(readers.names())
    for address in source.addresses:
        assert address.url.split("/")[2] in source.hosts
    assert not source.own


def test_every_reader_is_used() -> None:
    used = {address.reader for source in built_in() for address in source.addresses}
    used |= {source.details.reader for source in built_in() if source.details}
    assert used | {"page_list"} == set(readers.names())


def test_a_url_becomes_the_newest_address() -> None:
    old, new = sources()["kkk-mr"], sources('[source.kkk-mr]\nurl = "https://nowe.gov.pl/kkk"')["kkk-mr"]
    assert new.addresses[:-1] == old.addresses
    assert (new.address.reader, new.address.list) == (old.address.reader, old.address.list)
    assert new.address.url == "https://nowe.gov.pl/kkk"
    assert new.hosts == (*old.hosts, "nowe.gov.pl")
    assert new.own


def test_the_present_url_again_adds_no_address() -> None:
    old = sources()["kkk-mr"]
    assert sources(f'[source.kkk-mr]\nurl = "{old.address.url}"')["kkk-mr"].addresses == old.addresses


def test_plain_keys_override() -> None:
    text = '[source.calls-parp]\nschedule = "0 9 * * *"\nenabled = false\nrank = 3\nmissing_hours = 12\n'
    source = sources(text)["calls-parp"]
    assert (source.schedule, source.enabled, source.rank, source.missing_hours) == ("0 9 * * *", False, 3, 12)
    assert source.addresses == sources()["calls-parp"].addresses
    assert not source.own


def test_a_source_of_ones_own() -> None:
    source = list(sources(OWN).values())[-1]
    assert (source.id, source.kind, source.spider, source.at_least) == ("my-region", "call", "own_list", 3)
    assert source.address.list == "window"
    assert source.hosts == ("example.org",)
    assert source.own
    assert source.selectors
    assert source.selectors.fields["url"] == "a@href"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ('{ name = "b", url = "a@href" }', "cluster"),
        ('{ title = "b", opens = ".from" }', "call"),
        ('{ title = "b", published = ".date" }', "article"),
    ],
)
def test_the_fields_tell_the_kind(fields: str, kind: str) -> None:
    source = sources(f'[source.x]\nurl = "http://x.pl/"\nitem = "li"\nfields = {fields}')["x"]
    assert (source.kind, source.address.list, source.address.reader) == (kind, "register", "page_list")


def test_a_known_layout_elsewhere_needs_no_selectors() -> None:
    source = sources('[source.x]\nurl = "https://www.gov.pl/web/inne/wiadomosci"\nreader = "govpl_list"')["x"]
    assert (source.kind, source.address.list, source.selectors) == ("article", "window", None)
    assert source.details == sources()["news-mr"].details


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[source.kkk-mm]\ntitle = "a"', "[source.kkk-mm] url: is missing"),
        ('[source.kkk-mm]\ntitle = "a"', "did you mean the built-in kkk-mr?"),
        ('[source.kkk-mr]\nreader = "nope"', "[source.kkk-mr] reader: no reader 'nope'; there are"),
        ('[source.kkk-mr]\nitem = "li"', "[source.kkk-mr] item: only page_list takes selectors"),
        ('[source.x]\nurl = "http://x.pl/"', "[source.x] item: is missing"),
        ('[source.x]\nurl = "http://x.pl/"\nitem = "li"', "[source.x] fields: is missing"),
        ('[source.x]\nurl = "http://x.pl/"\nitem = "li"\nfields = { url = "a@href" }', "need 'title'"),
        ('[source.x]\nurl = "http://x.pl/"\nitem = "li["\nfields = { title = "a" }', "item: 'li[' is no CSS"),
        ('[source.x]\nurl = "http://x.pl/"\nitem = "li"\nfields = { title = "a@" }', "names no attribute"),
        ('[source.x]\nurl = "http://x.pl/"\nitem = "li"\nfields = { title = "a", x = "b" }', "fields.x: "),
        ('[source.x]\nurl = "http://x.pl/"\nreader = "parp_card"', "reads no list"),
    ],
)
def test_what_cannot_work_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        sources(text)
    assert str(caught.value).startswith("/etc/klastry.toml: [source.")
    assert words in str(caught.value)


def test_names_select_in_the_order_of_the_list() -> None:
    watched = list(sources("[source.news-mr]\nenabled = false").values())
    assert [source.id for source in select(watched, ["news-mr", "kkk-mr"])] == ["kkk-mr", "news-mr"]
    assert "news-mr" not in [source.id for source in select(watched, [])]
    with pytest.raises(UsageError, match="did you mean kkk-mr"):
        select(watched, ["kkk-rm"])
