"""Rows of lists and of `status`, for tests of pages."""

from datetime import UTC, datetime
from typing import Any

from storage.gallery import Titled
from storage.records import Kind

URL = "https://www.parp.gov.pl/component/grants/grants/x"


def cluster(number: int, name: str, **said: Any) -> dict[str, Any]:
    """A row of `list clusters`: a status that ran out, but for what is `said`."""
    row = {
        "entity": f"cluster-{number}",
        "name": name,
        "coordinator": "Fundacja X",
        "sectors": ("lotnictwo",),
        "region": None,
        "round": "VI",
        "status_from": "2022-12-17",
        "status_until": "2025-12-17",
        "url": None,
        "holds": "no",
        "listed": "yes",
        "first_seen": "2026-11-04T06:15:09Z",
        "last_seen": "2026-11-23T06:20:00Z",
        "source": "kkk-mr",
        "conflict": None,
        "known_up_to": "2026-11-23T06:20:00Z",
    }
    return {**row, **said}


def call(number: int, title: str, **said: Any) -> dict[str, Any]:
    """A row of `list calls`: an open call, but for what is `said`."""
    row = {
        "entity": f"call-{number}",
        "title": title,
        "number": None,
        "programme": None,
        "institution": None,
        "announced": None,
        "opens": "2026-09-16",
        "closes": "2026-11-28",
        "rounds": None,
        "results": None,
        "status": "open",
        "status_printed": None,
        "budget": None,
        "grant_max": None,
        "beneficiaries": None,
        "url": URL,
        "listed": "yes",
        "first_seen": None,
        "last_seen": None,
        "source": "calls-parp",
        "conflict": None,
        "known_up_to": None,
    }
    return {**row, **said}


def status(source: str, **said: Any) -> dict[str, Any]:
    """A row of `status`: a source that works, but for what is `said`."""
    row = {
        "source": source,
        "title": source,
        "state": "complete",
        "reason": None,
        "detail": None,
        "address": URL,
        "last_visit": "2026-11-23T06:20:00Z",
        "last_complete": "2026-11-23T06:20:00Z",
        "next_due": None,
        "needs_person": False,
        "next_step": None,
    }
    return {**row, **said}


def titled(kind: Kind, number: int, name: str | None = None, **said: Any) -> Titled:
    """An entity as lists know it: first seen in March 2026, but for what is `said`."""
    values = {"became": None, "former": (), "published": None, "first_seen": datetime(2026, 3, 2, tzinfo=UTC)}
    return Titled(f"{kind}-{number}", kind, number, name=name, **{**values, **said})
