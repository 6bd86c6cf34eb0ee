"""Notices: after publishing, news and signals are sent to the addresses of `[notify]`, once each.

How far each address was told is kept in the history, after it took the message. So what an
address did not take is kept for it, and sent with what came since as one message of a later run;
and only a run that is killed or stopped between the sending and the keeping leads to a second
sending. A run gives up after `RUN_SECONDS`; addresses that failed before come last.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from time import monotonic

from monitor import health
from monitor.bodies import Site, web_address
from monitor.channels import SECONDS, Channel, channels
from monitor.config import Config
from monitor.digest import subject
from monitor.digesting import cursor, topic_of
from monitor.entries import Entry, Topic, entries
from monitor.feeds import Masthead, Story
from monitor.publish import site_of
from monitor.stopping import Stopping
from monitor.watchlist import watch_list
from monitor.wording import shorten
from monitor.words.news_labels import CHANGES, NEWS, SIGNALS
from storage.errors import HistoryLocked
from storage.history import History
from storage.lock import only_crawl
from storage.noticing import Listener, Told

RUN_SECONDS = 60
_BAD = frozenset({"broke", "unstable", "moved"})


@dataclass(frozen=True)
class Message:
    """What is told in one message: `up_to` is the change or visit it goes to.

    Of `parts` as many are told as there is room for; `rest` says that so many more are not.
    """

    title: str
    parts: Sequence[str]
    rest: Callable[[int], str]
    up_to: int
    bad: bool = False

    def text(self, room: int) -> str:
        """The text in at most `room` characters."""
        kept: list[str] = []
        for number, part in enumerate(self.parts, 1):
            left = len(self.parts) - number
            if len("\n\n".join([*kept, part, *([self.rest(left)] if left else [])])) > room:
                break
            kept.append(part)
        if left := len(self.parts) - len(kept):
            kept.append(self.rest(left))
        return shorten("\n\n".join(kept), max(room, 1))


class Notices:
    """The addresses of one run, and what they are told. Raises ConfigError where one cannot be used."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._channels = channels(config)
        self._listeners: list[Listener] = []
        self._belongs = topic_of(config, config.notify.feed)

    def begin(self, history: History) -> None:
        """Let the addresses of the configuration be told from now on, and no others."""
        authority = history.authority()
        self._listeners = [channel.listener(authority) for channel in self._channels]
        if self._listeners or history.listeners():
            with history.writing() as writing:
                writing.noticing.listen(self._listeners)

    def send(self, history: History, now: datetime, stopping: Stopping | None = None) -> list[str]:
        """Tell each address what it was not told yet; gives a line for each that was told or failed.

        `begin` comes first. `now` is the time of the run, UTC.
        """
        lines, ends_at, known = list[str](), monotonic() + RUN_SECONDS, history.listeners()
        places = [(channel, each.key) for channel, each in zip(self._channels, self._listeners, strict=True)]
        for channel, key in sorted(places, key=lambda place: known[place[1]].failing_since is not None):
            if stopping and stopping.signal is not None:
                break
            if monotonic() + SECONDS > ends_at:
                lines.append(f"{channel.name}: not told, this run has no time left; the next one will")
                continue
            message = self._message(history, channel, known[key])
            if message:
                lines += self._tell(history, channel, key, message, now, stopping)
        return lines

    def _tell(
        self,
        history: History,
        channel: Channel,
        key: str,
        message: Message,
        now: datetime,
        stopping: Stopping | None,
    ) -> list[str]:
        taken = not message.parts or _sent(channel, message, stopping)
        with history.writing() as writing:
            if taken:
                writing.noticing.tell(key, message.up_to)
            elif not (stopping and stopping.signal is not None):
                writing.noticing.fail(key, now)
        if not message.parts:
            return []
        said = "told" if taken else "could not be told, it is kept for the next run"
        return [f"{channel.name}: {said}: {message.title}"]

    def _message(self, history: History, channel: Channel, told: Told) -> Message | None:
        sources = watch_list(self._config)
        site = site_of(self._config, sources)
        if channel.role == "news":
            return _of_news(entries(history.told(told.up_to)), self._belongs, site)
        with history.asked() as asked:
            visits = asked.turning_visits()
            masthead = Masthead(site, history.authority(), asked.since())
        by_id = {source.id: source for source in sources}
        before = health.signals((visit for visit in visits if visit["id"] <= told.up_to), by_id)
        signals = health.signals(visits, by_id)[len(before) :]
        stories = [health.story(signal, masthead) for signal in signals]
        bad = any(signal.turn in _BAD for signal in signals)
        return _of_signals(stories, site, visits[-1]["id"], bad) if signals else None


def after_publishing(config: Config, notices: Notices, now: datetime) -> list[str]:
    """Tell what was not told yet, unless a crawl is at work, which does so itself; gives lines to print."""
    where = config.monitor.database
    with suppress(HistoryLocked), only_crawl(where), History.open(where) as history:
        notices.begin(history)
        return notices.send(history, now)
    return []


def _sent(channel: Channel, message: Message, stopping: Stopping | None) -> bool:
    """Whether the message was taken; a signal ends the waiting."""
    ended = Event()
    if stopping:
        stopping.act = ended.set
        if stopping.signal is not None:
            return False
    text = message.text(channel.room(message.title))
    return channel.send(message.title, text, bad=message.bad, ended=ended)


def _of_news(told: Sequence[Entry], belongs: Topic, site: Site) -> Message | None:
    if not told:
        return None
    news = [entry for entry in told if belongs(entry)]
    text, page = NEWS[site.language], f"{site.url}changes.html"

    def rest(left: int) -> str:
        if left == len(news):
            return f"{text['all']}: {page}"
        return text["more"].format(CHANGES[site.language](left), page)

    links = [web_address(entry.url) or site.entity_address(entry.entity) for entry in news]
    parts = (
        links
        if len(news) == 1
        else [f"{entry.title}\n{link}" for entry, link in zip(news, links, strict=True)]
    )
    return Message(subject(news, site) if news else "", parts, rest, cursor(told))


def _of_signals(stories: Sequence[Story], site: Site, up_to: int, bad: bool) -> Message:
    text, count = NEWS[site.language], SIGNALS[site.language]
    title = stories[0].title if len(stories) == 1 else text["signals"].format(count(len(stories)))
    parts = [f"{story.text}\n{story.link}" for story in stories]
    feed = f"{site.url}health.xml"
    return Message(title, parts, lambda left: text["more"].format(count(left), feed), up_to, bad)
