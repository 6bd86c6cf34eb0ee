"""The configuration: what may be written, what is refused, and in which words."""

from pathlib import Path

import pytest

from monitor.config import Config, load, parse
from storage.errors import ConfigError

FOLDER = Path("/etc/klastry")
FILE = FOLDER / "klastry.toml"


def read(text: str, **env: str) -> Config:
    return parse(text, FILE, env, FOLDER)


def refusal(text: str, **env: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text, **env)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_nothing_is_needed(tmp_path: Path) -> None:
    config = load(None, {}, tmp_path)
    assert config.path is None
    assert config.publish == tmp_path / "public"
    assert config.monitor.database == str(tmp_path / "data/klastry.db")
    assert (config.crawl.delay, config.crawl.timeout) == (3.0, 60.0)
    assert (config.monitor.language, config.monitor.contact) == ("pl", "")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    file = tmp_path / "a" / "klastry.toml"
    file.write_text('[monitor]\ndatabase = "x.db"\npublish = "out"\n')
    config = load(Path("a/klastry.toml"), {}, tmp_path)
    assert config.monitor.database == str(tmp_path / "a/x.db")
    assert config.publish == tmp_path / "a/out"
    assert config.path == file


@pytest.mark.parametrize(
    ("where", "means"),
    [
        ("/srv/k.db", "/srv/k.db"),
        ("sqlite:///k.db", "sqlite:////etc/klastry/k.db"),
        ("sqlite:////srv/k.db", "sqlite:////srv/k.db"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("postgresql+psycopg://me@host/k", "postgresql+psycopg://me@host/k"),
    ],
)
def test_a_database_is_a_path_or_an_address(where: str, means: str) -> None:
    assert read(f'[monitor]\ndatabase = "{where}"').monitor.database == means


def test_the_file_is_found_in_order(tmp_path: Path) -> None:
    for name in ("option", "variable", "klastry"):
        (tmp_path / f"{name}.toml").write_text(f'[monitor]\ncontact = "{name}"\n')
    env = {"KLASTRY_CONFIG": str(tmp_path / "variable.toml")}
    assert load(tmp_path / "option.toml", env, tmp_path).monitor.contact == "option"
    assert load(None, env, tmp_path).monitor.contact == "variable"
    assert load(None, {}, tmp_path).monitor.contact == "klastry"


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml", {}, tmp_path)
    with pytest.raises(ConfigError, match="KLASTRY_CONFIG"):
        load(None, {"KLASTRY_CONFIG": "none.toml"}, tmp_path)


def test_a_byte_order_mark_is_forgiven_and_other_encodings_are_not(tmp_path: Path) -> None:
    file = tmp_path / "klastry.toml"
    file.write_bytes('\ufeff[monitor]\ncontact = "ł"'.encode())
    assert load(None, {}, tmp_path).monitor.contact == "ł"
    file.write_bytes('[monitor]\ncontact = "ł"'.encode("cp1250"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(None, {}, tmp_path)


def test_the_environment_wins() -> None:
    text = '[crawl]\ndelay = 1\n[monitor]\ncontact = "file"\n'
    config = read(text, KLASTRY_CRAWL__DELAY="2.5", KLASTRY_MONITOR__CONTACT="env", KLASTRY_X="", PATH="/bin")
    assert (config.crawl.delay, config.monitor.contact) == (2.5, "env")


def test_a_fault_of_the_environment_names_the_variable() -> None:
    assert "KLASTRY_CRAWL__DELAY" in refusal("", KLASTRY_CRAWL__DELAY="soon")
    assert "KLASTRY_CRAWL__DELEY" in refusal("", KLASTRY_CRAWL__DELEY="1")
    assert "KLASTRY_SOURCE__X" in refusal("", KLASTRY_SOURCE__X="1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[crawl]\ndeley = 1", "[crawl] deley: unknown key; did you mean delay?"),
        ("[crawll]\ndelay = 1", "[crawll]: unknown key; did you mean crawl?"),
        ("path = 1", "path: unknown key"),
        ('[crawl]\ndelay = "soon"', "[crawl] delay: "),
        ("[crawl]\ndelay = true", "[crawl] delay: "),
        ("[crawl]\ndelay = -1", "[crawl] delay: "),
        ("[crawl]\ndelay = nan", "[crawl] delay: "),
        ("[crawl]\ntimeout = 0", "[crawl] timeout: "),
        ("crawl = 1", "[crawl]: "),
        ('[monitor]\nlanguage = "de"', "[monitor] language: "),
        ('[monitor]\nsite_url = "ftp://example.org/"', "[monitor] site_url: "),
        (
            '[monitor]\nsite_url = "https://ex.org/a?b=1"',
            "[monitor] site_url: 'https://ex.org/a?b=1' has a query",
        ),
        (
            '[monitor]\nsite_url = "https://ex.org/a#b"',
            "[monitor] site_url: 'https://ex.org/a#b' has a query or",
        ),
        ('[monitor]\nsite_url = "https://ex.org/?"', "[monitor] site_url: "),
        ('[monitor]\ncontact = "a\\u000ab"', "[monitor] contact: "),
        ('[source.x]\nurl = "file:///etc/passwd"', "[source.x] url: 'file:///etc/passwd' is no http"),
        ('[source.x]\nurl = "nabory"', "[source.x] url: "),
        ('[source.x]\nurl = "http://[::1"', "[source.x] url: "),
        ('[source.x]\nschedule = "0 6 * * 1"', "[source.x] schedule: '0 6 * * 1' numbers the weekday"),
        ('[source.x]\nlist = "whole"', "[source.x] list: "),
        ('[source.x]\nhosts = ["a b"]', "[source.x] hosts.0: "),
        ("[source.x]\npages = 0", "[source.x] pages: "),
        ('[source."../x"]\ntitle = "a"', "'../x' is no name"),
        ('[feed.calls]\nmatch = ["a"]', "'calls' is a feed of klastry itself"),
        ('[feed.moje]\nkinds = ["calls"]', "[feed.moje] kinds.0: "),
        ('[feed.moje]\nmatch = "klast"', '[feed.moje] match: is no list: write ["klast"]'),
        ('[feed.moje]\nkinds = "call"', '[feed.moje] kinds: is no list: write ["call"]'),
        ('[source.x]\nhosts = "a.pl"', '[source.x] hosts: is no list: write ["a.pl"]'),
        ("[feed.moje]\nmatch = 3", '[feed.moje] match: is no list: write one such as ["…"]'),
        ('[notify]\nnews = "mailto://x"', '[notify] news: is no list: write one such as ["mailto://…"]'),
        (
            '[notify]\noperator = ["nonsense"]',
            "[notify] operator.0: is no address that apprise can use; ",
        ),
        ('[notify]\nnews = ["mailtos://a", ""]', "[notify] news.1: is no address that apprise can use; "),
        ('[notify]\nnews = ["mailto://"]', "[notify] news.0: is no address that apprise can use; "),
        ("[crawl", "not valid TOML"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_place(text: str, words: str) -> None:
    message = refusal(text)
    assert message.startswith(f"{FILE}: ")
    assert words in message


def test_addresses_are_kept_as_they_are_asked() -> None:
    source = read('[source.x]\nurl = " https://Przykład.pl/nabór "\nhosts = ["WWW.przykład.pl"]').source["x"]
    assert source.url == "https://xn--przykad-rjb.pl/nab%C3%B3r"
    assert source.hosts == ("www.xn--przykad-rjb.pl",)


def test_all_faults_are_told_at_once() -> None:
    message = refusal("[crawl]\ndelay = -1\ntimeout = 0")
    assert "delay" in message
    assert "timeout" in message


@pytest.mark.parametrize(
    "text",
    [
        '[monitor]\ndatabase = "mysql://me:hunter2@host/k"',
        '[source.x]\nurl = "https://me:hunter2@example.org/"',
        '[monitor]\nsite_url = "https://me:hunter2@example.org/?a"',
        '[notify]\nnews = "mailto://me:hunter2@example.org"',
        '[notify]\nnews = ["hunter2"]',
    ],
)
def test_a_password_is_not_repeated(text: str) -> None:
    assert "hunter2" not in refusal(text)


def test_the_example_of_the_documentation_is_valid() -> None:
    page = (Path(__file__).parent.parent / "docs" / "configuration.md").read_text(encoding="utf-8")
    examples = [block.split("```")[0] for block in page.split("```toml\n")[1:]]
    assert examples
    for example in examples:
        read(example)
