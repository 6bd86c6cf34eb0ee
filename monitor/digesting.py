"""From the history to the digest: which entries are news after a cursor, and how far that goes."""

from collections.abc import Sequence
from email.headerregistry import Address

from monitor.config import Config
from monitor.digest import MOST_ENTRIES, mail
from monitor.entries import Entry, Topic, entries
from monitor.feeds import feeds
from monitor.publish import site_of
from monitor.watchlist import watch_list
from storage.errors import UsageError
from storage.history import History


def topic_of(config: Config, feed: str) -> Topic:
    """What belongs to a feed, by its name. Raises UsageError for one that is not published."""
    topics = {
        each.channel.name: each.topic
        for each in feeds(config.monitor.language, config.feed, watch_list(config))
    }
    if feed not in topics:
        raise UsageError(f"there is no feed {feed!r}; there are {', '.join(topics)}")
    return topics[feed]


def digest(history: History, config: Config, after: int, feed: str, to: Sequence[Address]) -> bytes | None:
    """The e-mail of the news of a feed after change `after`; None where nothing is new.

    Raises UsageError, StorageError.
    """
    belongs = topic_of(config, feed)
    told = entries(history.told(after))
    news = [entry for entry in told if belongs(entry)]
    if not news:
        return None
    chosen = news[:MOST_ENTRIES]
    covered = told if len(chosen) == len(news) else told[: told.index(chosen[-1]) + 1]
    with history.asked() as asked:
        going_on = asked.cursor_at(cursor(covered))
    message = mail(
        chosen,
        site_of(config, watch_list(config)),
        history.authority(),
        cursor=going_on,
        waiting=len(news) - len(chosen),
        contact=config.monitor.contact,
        to=to,
    )
    return message.as_bytes()


def cursor(told: Sequence[Entry]) -> int:
    """How far these entries go: the greatest id of their changes."""
    return max(change.id or 0 for entry in told for change in entry.changes)
