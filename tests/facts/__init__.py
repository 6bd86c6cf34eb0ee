"""Facts of the domain as data: what public sources tell, each with the address that tells it."""

import json
from pathlib import Path
from typing import Any

KKK: dict[str, Any] = json.loads(Path(__file__).with_name("kkk.json").read_text("utf-8"))
"""Rounds of the competition for the status, and their members as far as they are named."""


def members(number: str) -> dict[str, str]:
    """Members of a round: the key of each cluster, and the name under which it was published."""
    return {each["key"]: each["name"] for each in KKK["rounds"][number]["members"]}
