"""Notices: once, in words, kept while an address is down, and never a secret shown."""

import logging
import shutil
import sqlite3
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor import channels, notices
from monitor.channels import Channel
from monitor.config import Config, parse
from monitor.notices import Message, Notices, after_publishing
from monitor.stopping import Stopping
from storage.errors import ConfigError
from storage.history import History
from storage.lock import only_crawl
from storage.records import Missed
from tests.mailbox import Hook, hook, post
from tests.world import CALLS, SCHEDULE_URL, World, a_call, at

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")
"""Apprise loads it on older Pythons."""
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
NEWS_LINE = "changed Rozwój closes"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history that has begun: one call is known."""
    world = World.new(tmp_path_factory.mktemp("begun"))
    world.visit(CALLS, at(), [a_call("rozwoj", title="Rozwój", closes="2026-08-01")])
    world.history.close()
    return Path(world.history.where)


@pytest.fixture
def world(begun: Path, tmp_path: Path) -> World:
    shutil.copy(begun, tmp_path)
    return World(History.open(str(tmp_path / begun.name)))


@pytest.fixture
def down_and_up() -> Iterator[Hook]:
    with hook() as made:
        yield made


def config_of(world: World, news: Sequence[str] = (), operator: Sequence[str] = (), more: str = "") -> Config:
    lines = f"news = {list(news)}\noperator = {list(operator)}\n".replace("'", '"')
    text = (
        f'[monitor]\ndatabase = "{world.history.where}"\nsite_url = "https://klastry.example.org/"\n'
        f"[notify]\n{lines}{more}"
    )
    return parse(text, None, {}, Path("/"))


def begin(world: World, **said: Sequence[str] | str) -> Notices:
    made = Notices(config_of(world, **said))  # type: ignore[arg-type]
    made.begin(world.history)
    return made


def move(world: World, day: int) -> None:
    """One more change: the deadline moves."""
    world.visit(CALLS, at(day), [a_call("rozwoj", title="Rozwój", closes=f"2026-08-{day + 1:02}")])


def test_news_is_told_once_and_a_new_address_begins_with_what_comes(world: World, down_and_up: Hook) -> None:
    move(world, 1)
    told = begin(world, news=[down_and_up.address])
    assert told.send(world.history, NOW) == []
    move(world, 2)
    assert told.send(world.history, NOW) == [f"news 1 (json): told: {NEWS_LINE}"]
    assert begin(world, news=[down_and_up.address]).send(world.history, NOW) == []
    (message,) = down_and_up.heard
    assert message["title"] == NEWS_LINE
    assert message["message"] == SCHEDULE_URL
    assert message["type"] == "info"


def test_several_news_are_one_message(world: World, down_and_up: Hook) -> None:
    told = begin(world, news=[down_and_up.address])
    for day in (1, 2, 3):
        move(world, day)
    told.send(world.history, NOW)
    (message,) = down_and_up.heard
    assert message["title"] == "Klastry i nabory: 3 zmiany, od 3 do 5 marca 2026"
    assert message["message"] == "\n\n".join([f"{NEWS_LINE}\n{SCHEDULE_URL}"] * 3)


def test_what_an_address_did_not_take_is_kept_for_it(world: World, down_and_up: Hook) -> None:
    with hook() as other:
        told = begin(world, news=[down_and_up.address, other.address])
        down_and_up.down = True
        move(world, 1)
        lines = told.send(world.history, NOW)
        assert set(lines) == {
            f"news 1 (json): could not be told, it is kept for the next run: {NEWS_LINE}",
            f"news 2 (json): told: {NEWS_LINE}",
        }
        move(world, 2)
        told.send(world.history, NOW + timedelta(hours=2))
        assert [each.failing_since for each in world.history.listeners().values()] == [NOW, None]
        down_and_up.down = False
        told.send(world.history, NOW + timedelta(hours=4))
        assert down_and_up.titles == ["Klastry i nabory: 2 zmiany, od 3 do 4 marca 2026"]
        assert other.titles == [NEWS_LINE] * 2
        assert [each.failing_since for each in world.history.listeners().values()] == [None, None]


def test_a_filter_lets_its_feed_through_and_passes_over_the_rest(world: World, down_and_up: Hook) -> None:
    told = begin(world, news=[down_and_up.address], more='feed = "klastry"')
    move(world, 1)
    assert told.send(world.history, NOW) == []
    calls = [a_call("rozwoj", title="Rozwój", closes="2026-08-02"), a_call("k", title="Nabór dla klastrów")]
    world.visit(CALLS, at(2), calls)
    assert told.send(world.history, NOW) == ["news 1 (json): told: appeared Nabór dla klastrów"]
    assert len(down_and_up.heard) == 1


def test_signals_go_to_the_operator(world: World, down_and_up: Hook) -> None:
    told = begin(world, operator=[down_and_up.address])
    fault = Missed(SCHEDULE_URL, at(1), "timeout", "no answer within 60 s")
    for day in (1, 2):
        world.visit(CALLS, at(day), fault=fault)
        told.send(world.history, NOW)
    world.visit(CALLS, at(4))
    told.send(world.history, NOW)
    broke, recovered = down_and_up.heard
    assert broke["title"] == "Źródło przestało działać: Harmonogram naborów PARP"
    assert "Na razie nic: następna wizyta spróbuje ponownie." in broke["message"]
    assert broke["message"].endswith(f"\n{SCHEDULE_URL}")
    assert recovered["title"] == "Źródło znów działa: Harmonogram naborów PARP"
    assert [broke["type"], recovered["type"]] == ["warning", "info"]


def test_signals_kept_are_told_together(world: World, down_and_up: Hook) -> None:
    told = begin(world, operator=[down_and_up.address])
    down_and_up.down = True
    world.visit(CALLS, at(1), fault=Missed(SCHEDULE_URL, at(1), "timeout", "60 s"))
    told.send(world.history, NOW)
    world.visit(CALLS, at(4))
    down_and_up.down = False
    told.send(world.history, NOW)
    (message,) = down_and_up.heard
    assert message["title"] == "klastry: 2 sygnały o źródłach"
    assert message["message"].count("Harmonogram naborów PARP") == 2


def test_a_letter_is_plain_text_whatever_a_page_says(world: World) -> None:
    with post() as mail:
        told = begin(world, news=[mail.address])
        title = "Nabór <b>dla</b> @everyone & {{ x }} \\n"
        calls = [a_call("rozwoj", title="Rozwój", closes="2026-08-01"), a_call("evil", title=title)]
        world.visit(CALLS, at(1), calls)
        assert told.send(world.history, NOW) == [f"news 1 (mailto): told: appeared {title}"]
        ((sender, to, letter),) = mail.letters
        assert (sender, to) == ("klastry@example.org", ["biuro@example.org"])
        assert letter["Subject"] == f"appeared {title.replace('@everyone', '@ everyone')}"
        assert letter.get_content_type() == "text/plain"
        assert letter.get_content().strip() == "https://www.parp.gov.pl/component/grants/grants/evil"


@pytest.mark.parametrize(("room", "kept"), [(3000, 10), (400, 6), (100, 1), (40, 0)])
def test_a_message_is_as_long_as_its_service_takes(room: int, kept: int) -> None:
    parts = [f"Nabór {number} zmienił termin\nhttps://example.org/naboru/{number}" for number in range(10)]
    message = Message("t", parts, lambda left: f"… i jeszcze {left}: https://example.org/", 1)
    text = message.text(room)
    assert len(text) <= room
    assert text.count("Nabór") == kept
    assert (f"jeszcze {10 - kept}" in text) == (kept < 10)


def test_an_address_that_hangs_is_given_up_and_comes_last(
    world: World, down_and_up: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "SECONDS", 0.2)
    answer = threading.Event()
    with hook(answer) as hanging:
        told = begin(world, news=[hanging.address, down_and_up.address])
        move(world, 1)
        said = told.send(world.history, NOW)
        assert ["could not" in line for line in said] == [True, False]
        move(world, 2)
        assert ["could not" in line for line in told.send(world.history, NOW)] == [False, True]
        monkeypatch.setattr(notices, "RUN_SECONDS", 0)
        move(world, 3)
        assert all("no time left" in line for line in told.send(world.history, NOW))
        answer.set()


def test_a_signal_ends_the_sending_and_what_was_not_told_is_kept(world: World) -> None:
    answer = threading.Event()
    with hook(answer) as hanging, Stopping() as stopping:
        told = begin(world, news=[hanging.address, f"{hanging.address}2"])
        move(world, 1)
        threading.Thread(target=lambda: hanging.taken.wait(5) and stopping._stop(15, None)).start()
        said = told.send(world.history, NOW, stopping)
        assert said == [f"news 1 (json): could not be told, it is kept for the next run: {NEWS_LINE}"]
        assert all(each.failing_since is None for each in world.history.listeners().values())
        answer.set()
        assert told.send(world.history, NOW, stopping) == []
        assert len(told.send(world.history, NOW)) == 2


def test_publishing_leaves_the_telling_to_a_crawl_at_work(world: World, down_and_up: Hook) -> None:
    config = config_of(world, news=[down_and_up.address])
    begin(world, news=[down_and_up.address])
    move(world, 1)
    with only_crawl(world.history.where):
        assert after_publishing(config, Notices(config), NOW) == []
    assert len(after_publishing(config, Notices(config), NOW)) == 1
    assert down_and_up.titles == [NEWS_LINE]


def test_without_addresses_those_of_before_are_forgotten(world: World, down_and_up: Hook) -> None:
    begin(world, news=[down_and_up.address])
    assert world.history.listeners()
    assert begin(world).send(world.history, NOW) == []
    assert world.history.listeners() == {}


def test_no_secret_is_kept_or_shown(
    world: World, down_and_up: Hook, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    told = begin(world, news=[down_and_up.address, "json://user:s3cret@127.0.0.1:1/hook"])
    logging.getLogger("apprise").warning("s3cret")
    move(world, 1)
    lines = told.send(world.history, NOW)
    assert len(lines) == 2
    shown = [*lines, caplog.text, *capfd.readouterr(), repr(told._channels), repr(told._config)]
    assert not any("s3cret" in text for text in shown)
    with closing(sqlite3.connect(world.history.where)) as raw:
        kept = "\n".join(raw.iterdump())
    assert "s3cret" not in kept
    assert "127.0.0.1" not in kept


@pytest.mark.parametrize("url", ["nope://s3cret@x", "mailto://s3cret", "s3cret", "json://"])
def test_what_is_no_address_is_refused_without_being_shown(world: World, url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Notices(config_of(world, operator=["json://127.0.0.1/", url]))
    assert "[notify] operator.1: is no address that apprise can use" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_missing_extra_is_one_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigError, match=r"news.0: needs apprise; pip install 'klastry\[notify\]'"):
        Notices(config_of(world, news=["json://127.0.0.1/"]))
    assert Notices(config_of(world)).send(world.history, NOW) == []


def test_room_counts_the_title_where_there_is_no_other_place_for_it() -> None:
    def room(**limits: int) -> int:
        return Channel("news", "n", "u", SimpleNamespace(**limits)).room("a title")

    assert room(body_maxlen=160, title_maxlen=0) == 151
    assert room(body_maxlen=160, title_maxlen=50) == 160
    assert room(body_maxlen=32768, title_maxlen=250) == 3000
