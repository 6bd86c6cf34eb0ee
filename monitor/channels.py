"""The addresses of `[notify]`, as apprise opens them; only this module knows apprise.

No address is ever shown or kept: people see a name such as `news 1 (mailto)`, the history a hash.
"""

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from hashlib import scrypt
from threading import Event, Thread
from typing import Any

from monitor.config import Config
from monitor.config_tables import NO_ADDRESS
from monitor.wording import shorten
from storage.errors import ConfigError
from storage.noticing import Listener, Role

SECONDS = 20
"""How long one address may take to take one message."""
ROOM = 3000
"""Characters of a text at most; many services take no more than 4,000."""

_ROLES: tuple[Role, ...] = ("operator", "news")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,19}")
# What some services take for a call to everybody; a page must not make one.
_CALL_TO_ALL = re.compile(r"@(?=everyone|here|channel|all\b)", re.IGNORECASE)
# Their lines may hold addresses; what went wrong is told by name.
_INDISCREET = ("apprise", "urllib3")


@dataclass(frozen=True)
class Channel:
    """One address: whom it tells, a name that may be shown, and what apprise made of it."""

    role: Role
    name: str
    url: str = field(repr=False)
    plugin: Any = field(repr=False)

    def listener(self, authority: str) -> Listener:
        """It as the history knows it: by a slow hash, for a password in an address may be a weak one."""
        salt = f"{self.role} {authority}".encode()
        key = scrypt(self.url.encode(), salt=salt, n=2**14, r=8, p=1, dklen=16)
        return Listener(key.hex(), self.role, self.name)

    def room(self, title: str) -> int:
        """How many characters of text it takes under this title."""
        beside = self.plugin.title_maxlen > 0
        return min(ROOM, int(self.plugin.body_maxlen) - (0 if beside else len(title) + 2))

    def send(self, title: str, text: str, *, bad: bool = False, ended: Event | None = None) -> bool:
        """Send a message; whether it was taken within `SECONDS`, and before `ended` was set.

        A message that was given up may still arrive.
        """
        ended, taken = ended or Event(), list[bool]()
        Thread(target=self._send, args=(title, text, bad, taken, ended), daemon=True).start()
        ended.wait(SECONDS)
        return taken == [True]

    def _send(self, title: str, text: str, bad: bool, taken: list[bool], ended: Event) -> None:
        from apprise import NotifyFormat, NotifyType

        longest = self.plugin.title_maxlen
        title, text = (_CALL_TO_ALL.sub("@ ", said) for said in (title, text))
        try:
            said = self.plugin.notify(
                title=shorten(title, longest) if longest > 0 else title,
                body=text,
                notify_type=NotifyType.WARNING if bad else NotifyType.INFO,
                body_format=NotifyFormat.TEXT,
            )
            taken.append(bool(said))
        except Exception:  # noqa: BLE001  # whatever a service does; its words may hold the address
            taken.append(False)
        finally:
            ended.set()


def channels(config: Config) -> tuple[Channel, ...]:
    """All addresses of the configuration. Raises ConfigError for one that apprise cannot use."""
    return tuple(opened() for _, opened in openings(config))


def openings(config: Config) -> Iterator[tuple[str, Callable[[], Channel]]]:
    """For each address a name, and what opens it or raises ConfigError."""
    for role in _ROLES:
        for number, secret in enumerate(getattr(config.notify, role), 1):
            url = secret.get_secret_value()
            scheme, marked, _ = url.partition("://")
            shown = scheme.lower() if marked and _SCHEME.fullmatch(scheme.lower()) else "?"
            name = f"{role} {number} ({shown})"
            place = f"{config.file}: [notify] {role}.{number - 1}"
            yield name, partial(_opened, role, name, url, place)


def _opened(role: Role, name: str, url: str, place: str) -> Channel:
    try:
        from apprise import Apprise, AppriseAsset
    except ModuleNotFoundError:
        raise ConfigError(f"{place}: needs apprise; pip install 'klastry[notify]'") from None
    for log in _INDISCREET:
        logging.getLogger(log).setLevel(logging.CRITICAL + 1)
    asset = AppriseAsset(
        storage_mode="memory",
        allow_templates=False,
        app_id="klastry",
        app_desc="klastry",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        image_path_mask=False,
    )
    plugin = Apprise.instantiate(url, asset=asset)
    if plugin is None:
        raise ConfigError(f"{place}: {NO_ADDRESS}")
    return Channel(role, name, url, plugin)
