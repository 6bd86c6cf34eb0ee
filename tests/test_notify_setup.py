"""`[notify]` before anything is sent: the configuration, `klastry doctor`, `klastry status`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config import Config, parse
from monitor.doctor import addresses
from monitor.status import is_deaf, unheard
from storage.errors import ConfigError
from storage.noticing import Told
from tests.mailbox import hook, post

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
NOW = datetime(2026, 11, 23, 11, tzinfo=UTC)


def read(text: str) -> Config:
    return parse(text, Path("/etc/klastry.toml"), {}, Path("/etc"))


def test_addresses_are_kept_from_sight() -> None:
    config = read('[notify]\nnews = ["json://user:s3cret@example.org/"]\n')
    assert config.notify.news[0].get_secret_value() == "json://user:s3cret@example.org/"
    assert "s3cret" not in f"{config!r} {config} {config.model_dump()}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('news = "json://u:s3cret@h/"', "[notify] news: "),
        ("news = [1]", "[notify] news.0: "),
        ('news = [["json://u:s3cret@h/"]]', "[notify] news.0: "),
        ('operator = [""]', "[notify] operator.0: "),
        ('operators = ["json://u:s3cret@h/"]', "[notify] operators: unknown key; did you mean operator?"),
        ('feed = "klasrty"', "[notify]: feed: there is no feed 'klasrty': known are calls, clusters, feed,"),
    ],
)
def test_what_cannot_be_meant_is_refused_without_being_shown(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(f"[notify]\n{text}\n")
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_feed_of_ones_own_may_be_told() -> None:
    assert read('[feed.moje]\nmatch = ["a"]\n[notify]\nfeed = "moje"\n').notify.feed == "moje"


def test_the_doctor_looks_at_the_form_and_sends_nothing_unless_asked() -> None:
    with hook() as web, post() as mail:
        text = f'[notify]\noperator = ["{mail.address}", "nope://s3cret@x"]\nnews = ["{web.address}"]\n'
        said = [str(finding) for finding in addresses(read(text), send=False)]
        assert said[0] == "ok     address operator 1 (mailto)"
        assert said[1].startswith(
            "FAULT  address operator 2 (nope): /etc/klastry.toml: [notify] operator.1: is no"
        )
        assert said[2] == "ok     address news 1 (json)"
        assert (web.heard, mail.letters) == ([], [])
        web.down = True
        tried = [str(finding) for finding in addresses(read(text), send=True)]
        assert tried[0] == "ok     address operator 1 (mailto): it took a trial message"
        assert tried[2].startswith(
            "FAULT  address news 1 (json): took no trial message within 20 s; check host"
        )
        assert "s3cret" not in "".join(said + tried)
        assert mail.subjects == ["klastry: wiadomość próbna"]


def test_status_tells_of_an_address_that_fails() -> None:
    well, failing = Told("news 1 (json)", 7, None), Told("operator 1 (mailto)", 7, NOW - timedelta(hours=2))
    (line,) = unheard([well, failing])
    assert line.startswith(
        "operator 1 (mailto) could not be told since 2026-11-23T09:00:00Z; what it missed is kept"
    )
    assert not is_deaf(well, NOW)
    assert not is_deaf(failing, NOW)
    assert is_deaf(failing, NOW + timedelta(days=1))
