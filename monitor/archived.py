"""Where archived pages belong: whose page it is, who reads it, what it proves; and where to seek more."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from pipelines.check import check_count, check_values
from pipelines.draft import list_page
from spiders.mr_gov_pl import MrGovPl
from spiders.pi_gov_pl import PiGovPl
from spiders.readers import Reader, load
from spiders.reading import look_at, never_same
from spiders.signs import Habits
from spiders.web_archive import Question
from storage.errors import PageFault
from storage.records import (
    LIST,
    Address,
    Details,
    Missed,
    Page,
    Said,
    Source,
    canonical_address,
    page_key,
)

_HABITS: Mapping[str, Habits] = {spider.name: spider.habits for spider in (MrGovPl, PiGovPl)}
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Place:
    """Where an archived page belongs: its source, the key of its page, who reads it, what it proves."""

    source: Source
    key: str
    reader: Reader
    proves: str


@dataclass(frozen=True)
class Archived:
    """One archived page that was read, with its place."""

    place: Place
    said: Said


class Places:
    """The places of pages, by address: among all sources watched, then those of the chosen ones."""

    def __init__(self, watched: Sequence[Source], chosen: Sequence[Source]) -> None:
        self._watched, self.chosen = watched, chosen
        self._lists = [
            (source, {canonical_address(each.url): each for each in source.addresses}) for source in watched
        ]

    def of(self, url: str) -> list[Place]:
        """The sources whose list `url` is; else those whose detail page it is; none for no address."""
        return [place for place in self._among_all(url) if place.source in self.chosen]

    def _among_all(self, url: str) -> list[Place]:
        try:
            address, number = _without_number(url)
            wanted = canonical_address(address)
        except ValueError:
            return []
        lists = [(source, chain[wanted]) for source, chain in self._lists if wanted in chain]
        if lists:
            return [_of_list(source, listed, number) for source, listed in lists]
        return [
            Place(source, page_key(url), load(source.details.reader, source), "none")
            for source in self._watched
            if source.details and _leads_to(source, source.details, url)
        ]


def questions(source: Source) -> list[Question]:
    """What to ask the index of a web archive: for each address of the chain, then below detail folders."""
    chain = {canonical_address(each.url): Question(each.url) for each in source.addresses}
    if source.details is None:
        return list(chain.values())
    below = {
        canonical_address(url): Question(url, below=True)
        for folder in sorted(detail_folders(source, source.details))
        for host in source.hosts
        for url in (f"https://{host}{folder}",)
    }
    return [*chain.values(), *below.values()]


def read(page: Page, place: Place) -> Archived:
    """The page read as its layout was at its address. Raises PageFault where it is not believed."""
    look = look_at(page, place.reader, _HABITS.get(place.source.spider, Habits()), never_same)
    said = look.reading
    if not isinstance(said, Said):
        assert isinstance(said, Missed)
        raise PageFault(said.detail, reason=said.reason)
    check_values(said.records)
    if place.key == LIST:
        check_count(place.source, said.records)
    if place.proves == "none" and place.source.kind == "article":
        _check_date(said)
    part = place.proves == "whole" and look.more is not None
    return Archived(replace(place, proves="some") if part else place, said)


def _check_date(said: Said) -> None:
    """No list led to an archived page: it is an article if it has the date of one. Raises PageFault."""
    if not any(record.values.get("published") for record in said.records):
        raise PageFault("no date is printed, so it may be any page of the site", reason="layout")


def detail_folders(source: Source, details: Details) -> frozenset[str]:
    """The paths under which detail pages of the source are: beside its lists, where these are too."""
    beside = {urlsplit(each.url).path.rpartition("/")[0] + "/" for each in source.addresses}
    return frozenset(folder for folder in beside if folder.startswith(details.path)) or frozenset(
        {details.path}
    )


def _of_list(source: Source, listed: Address, number: int) -> Place:
    whole = listed.list == "register" and number == 1
    return Place(source, list_page(number - 1), load(listed.reader, source), "whole" if whole else "some")


def _without_number(url: str) -> tuple[str, int]:
    """The address of a list without the number of its page, and that number."""
    parts = urlsplit(url)
    arguments = dict(parse_qsl(parts.query))
    number = arguments.pop("page", "1")
    if not _NUMBER.fullmatch(number) or arguments.keys() - {"size"}:
        return url, 1
    return parts._replace(query="").geturl(), int(number)


def _leads_to(source: Source, details: Details, url: str) -> bool:
    path, host = urlsplit(url).path, urlsplit(url).hostname or ""
    inside = any(path.startswith(folder) and path != folder for folder in detail_folders(source, details))
    return host in source.hosts and inside
