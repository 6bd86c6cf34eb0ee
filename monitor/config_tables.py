"""The tables and keys of `klastry.toml`, each with its type, bounds and default.

Paths are text here; `monitor.config` makes them absolute.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from w3lib.url import safe_url_string

from monitor.cron import trigger
from monitor.keywords import words_of
from storage.records import Kind, ListKind

FILE = "klastry.toml"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_HOST = re.compile(r"[\w.-]+|[\da-f:.]+", re.IGNORECASE)
_DATABASE_URL = re.compile(r"(sqlite|postgresql)(\+\w+)?://")
NO_ADDRESS = "is no address that apprise can use; write one such as mailtos://user:password@example.org"
_TOLD_AT = re.compile(r"\s*[a-z][a-z0-9+.-]*://\s*\S.*", re.IGNORECASE | re.DOTALL)
_FEEDS = frozenset({"klastry", "feed", "clusters", "calls", "news"})
_TAKEN_FEEDS = (_FEEDS - {"klastry"}) | {"health", "status", "deadlines", "drawn"}


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no web address: write one such as https://example.org/nabory") from None
    if parts.username or parts.password:
        raise ValueError("holds a user name or password: write the address without them")
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", url.strip()):
        raise ValueError(f"{url!r} is no http(s) address: write one such as https://example.org/nabory")
    return safe_url_string(url)


def folder_address(url: str) -> str:
    """`url` with a slash at its end.

    Raises ValueError, which says what to write, for no http(s) address, and for one of no folder.
    """
    address = _web_address(url)
    if "?" in url or "#" in url:
        raise ValueError(f"{url!r} has a query or a fragment: write the address of the folder alone")
    return address.rstrip("/") + "/"


def _cron_line(line: str) -> str:
    trigger(line)
    return line


def _host(name: str) -> str:
    if not _HOST.fullmatch(name):
        raise ValueError(f"{name!r} is no host name: write one such as www.example.org")
    return name.lower().encode("idna").decode()


def _database(where: str) -> str:
    if not where or ("://" in where and not _DATABASE_URL.match(where)):
        raise ValueError("is neither a path nor a sqlite:// or postgresql:// address")
    return where


def _keyword(text: str) -> str:
    if not words_of(text):
        raise ValueError(f"{text!r} holds no letter and no digit: write a word such as klast")
    return text


def _told_at(address: SecretStr) -> SecretStr:
    """Whatever has the form of an address; whether apprise can use it, `monitor.channels` knows."""
    if not _TOLD_AT.fullmatch(address.get_secret_value()):
        raise ValueError(NO_ADDRESS)
    return address


Url = Annotated[str, AfterValidator(_web_address)]
Keywords = Annotated[tuple[Annotated[str, AfterValidator(_keyword)], ...], Field(strict=False)]
Secrets = Annotated[tuple[Annotated[SecretStr, AfterValidator(_told_at)], ...], Field(strict=False)]
Line = Annotated[str, Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]*$")]
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
Hours = Annotated[float, Field(ge=0, le=24 * 366, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=10_000)]


class Table(BaseModel):
    """A table of the file: only the keys it declares, each of its own type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Monitor(Table):
    """`[monitor]`: where the history lives, what is published, and who runs this."""

    database: Annotated[str, AfterValidator(_database)] = "data/klastry.db"
    publish: Line = "public"
    site_url: Annotated[str, AfterValidator(folder_address)] = "http://127.0.0.1:8765/"
    language: Literal["pl", "en"] = "pl"
    contact: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class Crawl(Table):
    """`[crawl]`: politeness, in seconds."""

    delay: Seconds = 3.0
    timeout: Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)] = 60.0


class SourceTable(Table):
    """`[source.<id>]`: an override of a built-in source, or a source of one's own."""

    title: Line | None = None
    url: Url | None = None
    hosts: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], Field(strict=False)] = ()
    reader: Line | None = None
    list_kind: ListKind | None = Field(None, alias="list")
    schedule: Annotated[str, AfterValidator(_cron_line)] | None = None
    enabled: bool | None = None
    dormant: bool | None = None
    at_least: Annotated[int, Field(ge=0, le=10_000)] | None = None
    pages: Count | None = None
    missing_visits: Count | None = None
    missing_hours: Hours | None = None
    stale_hours: Hours | None = None
    rank: Annotated[int, Field(ge=0, le=100)] | None = None
    item: Line | None = None
    fields: Mapping[str, Line] | None = None
    follow: Line | None = None


class FeedTable(Table):
    """`[feed.<name>]`: one more feed; a change belongs to it if its kind, its source and its words do."""

    title: Line | None = None
    kinds: Annotated[tuple[Kind, ...], Field(strict=False)] = ()
    sources: Annotated[tuple[Line, ...], Field(strict=False)] = ()
    match: Keywords = ()


class Notify(Table):
    """`[notify]`: addresses of apprise that are told of signals or of news; they may hold passwords."""

    operator: Secrets = ()
    news: Secrets = ()
    feed: Line = "feed"


class Config(Table):
    """The whole configuration. Paths are absolute; `path` is None where no file was found."""

    monitor: Monitor = Monitor()
    crawl: Crawl = Crawl()
    source: Mapping[str, SourceTable] = Field(default_factory=dict)
    feed: Mapping[str, FeedTable] = Field(default_factory=dict)
    notify: Notify = Notify()
    path: Path | None = Field(None, exclude=True)

    @field_validator("source", "feed")
    @classmethod
    def _plain_names(cls, tables: Mapping[str, Table]) -> Mapping[str, Table]:
        for name in tables:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name: use small letters a-z, digits and hyphens")
        return tables

    @field_validator("feed")
    @classmethod
    def _free_names(cls, tables: Mapping[str, FeedTable]) -> Mapping[str, FeedTable]:
        if taken := sorted(_TAKEN_FEEDS & tables.keys()):
            raise ValueError(f"{taken[0]!r} is a feed of klastry itself: choose another name")
        return tables

    @field_validator("notify")
    @classmethod
    def _known_feed(cls, notify: Notify, said: ValidationInfo) -> Notify:
        known = _FEEDS | said.data.get("feed", {}).keys()
        if notify.feed not in known:
            raise ValueError(f"feed: there is no feed {notify.feed!r}: known are {', '.join(sorted(known))}")
        return notify

    @property
    def file(self) -> str:
        """The file as messages name it."""
        return str(self.path) if self.path else FILE

    @property
    def publish(self) -> Path:
        """The folder of feeds and pages."""
        return Path(self.monitor.publish)
