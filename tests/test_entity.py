"""Which entity a person means."""

from typing import Any

import pytest

from monitor.entity import find, with_lists
from storage.errors import UsageError

ROWS: dict[str, list[dict[str, Any]]] = {
    "clusters": [
        {"entity": "cluster-1", "name": "Klaster Obróbki Metali", "url": None},
        {"entity": "cluster-2", "name": "Klaster Obróbki Drewna", "url": None},
    ],
    "calls": [
        {
            "entity": "call-1",
            "title": "Rozwój oferty",
            "url": "https://www.parp.gov.pl/component/grants/grants/rozwoj-oferty",
        }
    ],
    "articles": [{"entity": "article-1", "title": None, "url": "https://www.gov.pl/web/a/b"}],
    "documents": [],
}


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("cluster-2", "cluster-2"),
        ("klaster obrobki metali", "cluster-1"),
        ("drewna", "cluster-2"),
        ("http://feng.parp.gov.pl/component/grants/grants/rozwoj-oferty", "call-1"),
        ("https://gov.pl/web/a/b/", "article-1"),
    ],
)
def test_an_id_an_address_or_a_name_means_one_thing(text: str, entity: str) -> None:
    assert find(text, ROWS) == entity


def test_several_candidates_are_told() -> None:
    with pytest.raises(UsageError, match=r"cluster-1 \(Klaster Obróbki Metali\), cluster-2"):
        find("Klaster", ROWS)


@pytest.mark.parametrize("text", ["cluster-9", "", "https://example.org/"])
def test_nothing_known_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="nothing is known"):
        find(text, ROWS)


def test_lists_are_lists_again() -> None:
    assert with_lists({"sectors": '["a"]', "name": '["b"]'}) == {"sectors": ["a"], "name": '["b"]'}
    changed = with_lists({"verb": "changed", "field": "rounds", "old": None, "new": '["a/b"]'})
    assert (changed["old"], changed["new"]) == (None, ["a/b"])
    assert with_lists({"verb": "changed", "field": "name", "old": "[1]", "new": "x"})["old"] == "[1]"
    assert with_lists({"verb": "began", "field": None, "new": '["kkk-mr: 20"]'})["new"] == ["kkk-mr: 20"]
