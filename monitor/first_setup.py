"""The first set-up: a commented configuration, and what makes cron or systemd run klastry.

Pure but for `write`: what the texts depend on is passed in.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from monitor.config import parse
from monitor.config_tables import FILE
from storage.errors import UsageError

STATE = Path("/var/lib/klastry")
"""The folder that systemd makes itself for a service of this name."""
_HOMES = (Path("/home"), Path("/root"))


@dataclass(frozen=True)
class Place:
    """Where klastry is to live: its configuration, its working folder, its command, its user.

    `command` is what starts it from anywhere, word by word.
    """

    config: Path
    folder: Path
    command: Sequence[str]
    user: str

    @property
    def words(self) -> list[str]:
        """What starts it in its working folder with its configuration."""
        beside = self.config == self.folder / FILE
        return [*self.command, *(() if beside else ("--config", str(self.config)))]


def configuration(place: Place, *, contact: str, site_url: str, language: str) -> str:
    """The text of a `klastry.toml`, which is valid. Raises ConfigError where a value is not.

    Paths in it are relative to it, or absolute where it does not lie in the working folder.
    """
    beside = place.config.parent == place.folder
    values = {
        "database": "data/klastry.db" if beside else str(place.folder / "data/klastry.db"),
        "publish": "public" if beside else str(place.folder / "public"),
        "site_url": site_url,
        "language": language,
        "contact": contact,
    }
    quoted = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    text = _filled("klastry.toml", quoted)
    parse(text, place.config, {}, place.config.parent)
    return text


def crontab(place: Place, contact: str) -> str:
    """Lines for `crontab -e`."""
    values = {"folder": shlex.quote(str(place.folder)), "klastry": shlex.join(place.words)}
    escaped = {name: value.replace("%", r"\%") for name, value in values.items()}
    mail = contact if "@" in contact else "operator@example.org"
    return _filled("klastry.crontab", {**escaped, "mail": mail})


def units(place: Place) -> tuple[str, str]:
    """A service and a timer for systemd."""
    own = f"StateDirectory={STATE.name}\nStateDirectoryMode=0755"
    at_home = any(place.folder.is_relative_to(home) for home in _HOMES)
    service = _filled(
        "klastry.service",
        {
            "klastry": " ".join(map(_of_unit, [*place.command, "--config", str(place.config)])),
            "user": place.user,
            "folder": str(place.folder).replace("%", "%%"),
            "state": own if place.folder == STATE else f"ReadWritePaths={_of_unit(str(place.folder))}",
            "protect_home": "read-only" if at_home else "yes",
        },
    )
    return service, _filled("klastry.timer", {})


def write(path: Path, text: str) -> None:
    """Write a new file. Raises UsageError where there is one, or where it cannot be made."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already and is not overwritten; edit it, or move it away"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror}); choose another --config") from None


def _of_unit(word: str) -> str:
    """A word as systemd reads it."""
    word = word.replace("%", "%%")
    return f'"{word}"' if " " in word else word


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = files("monitor").joinpath("templates", "setup", name).read_text(encoding="utf-8")
    return Template(text).substitute(values)
