"""`klastry doctor`: checks what klastry stands on, and says how to mend each fault.

Nothing is fetched, and nothing is written but a file that is removed at once. Only where it is asked
to, it sends a trial message to the addresses of notices.
"""

import os
import re
import shutil
import ssl
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urlsplit

from monitor.config import Config
from monitor.opening import lost
from monitor.words.news_labels import NEWS
from storage.database import file_of
from storage.errors import DatabaseMissing, KlastryError

PACKAGES = ("spiders", "pipelines", "monitor", "storage")
FLOORS: Mapping[str, str] = {"scrapy": "2.14.2", "lxml": "6.1", "brotli": "1.2"}
"""Versions below these have known advisories that a hostile page could use."""

LEAST_ROOM = 50 * 2**20
"""Bytes that a disk should have left."""

Database = Callable[[str], None]
"""Opens the database at a path or URL and checks it; raises StorageError with what to do."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` is empty where all is well."""

    what: str
    remedy: str = ""

    @property
    def well(self) -> bool:
        return not self.remedy

    def __str__(self) -> str:
        return f"ok     {self.what}" if self.well else f"FAULT  {self.what}: {self.remedy}"


def examine(
    configure: Callable[[], Config], database: Database, env: Mapping[str, str], *, send: bool = False
) -> Iterator[Finding]:
    """All findings, in the order in which they are best mended; with `send` addresses are tried too."""
    yield one_place({name: _place(name) for name in PACKAGES})
    yield from (fresh_enough(name, floor, _version(name)) for name, floor in FLOORS.items())
    yield trusted_certificates(env)
    try:
        config = configure()
        sources = _watched(config)
    except KlastryError as error:
        yield Finding("configuration", str(error))
        return
    yield Finding(f"configuration {config.path or 'defaults'}: {sources} sources")
    yield contact(config)
    yield writable("publish folder", config.publish)
    yield room("publish folder", config.publish)
    if place := file_of(config.monitor.database):
        yield room("database folder", place.parent)
    yield sound_database(config.monitor.database, database, lost(config))
    yield from addresses(config, send=send)


def one_place(places: Mapping[str, Path]) -> Finding:
    """The four packages must be of one installation: their names are short and others may use them."""
    homes = sorted({str(place) for place in places.values()})
    if len(homes) == 1:
        return Finding(f"installation in {homes[0]}")
    where = ", ".join(f"{name} in {place}" for name, place in places.items())
    return Finding("installation", f"{where}; install klastry alone in a new environment")


def fresh_enough(name: str, floor: str, present: str | None) -> Finding:
    """Whether a library is there, and at least of version `floor`."""
    if present is None:
        return Finding(f"{name} is missing", f"install `{name}>={floor}`")
    if _numbers(present) < _numbers(floor):
        return Finding(f"{name} {present}", f"has known security faults; install `{name}>={floor}`")
    return Finding(f"{name} {present}")


def trusted_certificates(env: Mapping[str, str]) -> Finding:
    """Whether there are certificates to know sites by."""
    named = env.get("SSL_CERT_FILE")
    try:
        context = ssl.create_default_context(cafile=named or None)
    except (OSError, ssl.SSLError) as error:
        remedy = f"cannot be read ({error}); correct SSL_CERT_FILE"
        return Finding(f"certificates {named or ''}".rstrip(), remedy)
    paths = ssl.get_default_verify_paths()
    if context.get_ca_certs() or (paths.capath and os.path.isdir(paths.capath)):
        return Finding(f"certificates {named or paths.cafile or paths.capath}")
    return Finding("certificates", "there are none; install ca-certificates or set SSL_CERT_FILE")


def contact(config: Config) -> Finding:
    """Whether the owners of the watched sites can tell who asks."""
    if config.monitor.contact:
        return Finding(f"contact {config.monitor.contact}")
    return Finding("contact", f'is not set; write contact = "your address" in [monitor] of {config.file}')


def writable(what: str, folder: Path) -> Finding:
    """Whether files can be made in `folder`, or in the folder in which it is to be made."""
    present = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with TemporaryFile(dir=present):
            return Finding(f"{what} {folder}")
    except OSError as error:
        remedy = f"cannot be written ({error.strerror}); give this user the right to, or choose another"
        return Finding(f"{what} {folder}", remedy)


def room(what: str, folder: Path) -> Finding:
    """Whether the disk of `folder`, or of the folder in which it is to be made, has room for months."""
    present = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(present).free
    said = f"room for the {what} {folder}"
    if free < LEAST_ROOM:
        return Finding(said, f"only {free // 2**20} MB are left; make room")
    return Finding(said)


def sound_database(where: str, check: Database, lost: KlastryError | None = None) -> Finding:
    """Whether the database opens, is of this version, and whole.

    None yet is no fault, unless it is `lost`: something tells that there was one.
    """
    shown = without_password(where)
    if "://" not in where and not Path(where).exists():
        if lost:
            return Finding(f"database {shown}", str(lost))
        folder = writable("database folder", Path(where).parent)
        return folder if not folder.well else Finding(f"database {shown}: none yet, the first crawl makes it")
    try:
        check(where)
    except DatabaseMissing:
        if lost:
            return Finding(f"database {shown}", str(lost))
        return Finding(f"database {shown}: none yet, the first crawl makes it")
    except KlastryError as error:
        return Finding(f"database {shown}", str(error))
    return Finding(f"database {shown}")


def addresses(config: Config, *, send: bool) -> Iterator[Finding]:
    """Whether each address of `[notify]` can be used, and with `send`, whether it takes a message."""
    from monitor.channels import SECONDS, openings

    text = NEWS[config.monitor.language]
    for name, opened in openings(config):
        try:
            channel = opened()
        except KlastryError as error:
            yield Finding(f"address {name}", str(error))
            continue
        if not send:
            yield Finding(f"address {name}")
        elif channel.send(text["trial"], text["trial_text"]):
            yield Finding(f"address {name}: it took a trial message")
        else:
            remedy = f"took no trial message within {SECONDS} s; check host, user, password and network"
            yield Finding(f"address {name}", remedy)


def without_password(where: str) -> str:
    """A path or URL as it may be shown."""
    if "://" not in where:
        return where
    parts = urlsplit(where)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


def _watched(config: Config) -> int:
    from monitor.watchlist import watch_list

    return len(watch_list(config))


def _place(name: str) -> Path:
    path = import_module(name).__file__
    return Path(path).parent.parent if path else Path(sys.prefix)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])
