"""Which entity a person means."""

import re
from collections.abc import Iterable

import pytest

from monitor.entity import find, with_lists
from storage.errors import UsageError
from storage.naming import Named
from storage.records import Key

IDS = {"cluster-1": "cluster-1", "cluster-2": "cluster-2", "cluster-3": "cluster-2", "call-1": "call-1"}
KEYS = {Key("grant", "rozwoj-oferty"): "call-1", Key("url", "https://gov.pl/web/a/b"): "article-1"}


class Known:
    """What a small history knows; cluster-3 was merged into cluster-2."""

    def became(self, identity: str) -> str | None:
        return IDS.get(identity)

    def holders(self, keys: Iterable[Key]) -> list[str]:
        return [KEYS[key] for key in keys if key in KEYS]

    def names(self) -> Iterable[Named]:
        yield Named("cluster-1", "Klaster Obróbki Metali")
        yield Named("cluster-2", "Klaster Obróbki Drewna")
        yield Named("cluster-2", "Klaster Stolarski")
        yield Named("call-1", "Rozwój oferty")
        yield Named("call-2", "Konkurs")

    def addresses(self, part: str) -> Iterable[Named]:
        of = {"document-1": "attachment/9d1c", "call-1": "konkurs", "call-2": "konkurs"}
        for entity, path in of.items():
            if part in path:
                yield Named(entity, f"https://www.gov.pl/{path}")


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("http://gov.pl/attachment/9d1c", "document-1"),
        ("cluster-2", "cluster-2"),
        ("cluster-3", "cluster-2"),
        ("Cluster-3", "cluster-2"),
        (" CALL-1 ", "call-1"),
        ("klaster obrobki metali", "cluster-1"),
        ("drewna", "cluster-2"),
        ("klaster stolarski", "cluster-2"),
        ("http://feng.parp.gov.pl/component/grants/grants/rozwoj-oferty", "call-1"),
        ("https://gov.pl/web/a/b/", "article-1"),
    ],
)
def test_an_id_an_address_or_a_name_means_one_thing(text: str, entity: str) -> None:
    assert find(text, Known()) == entity


def test_several_candidates_are_told() -> None:
    with pytest.raises(UsageError, match=r"cluster-1 \(Klaster Obróbki Metali\), cluster-2"):
        find("Klaster", Known())


class Crowd(Known):
    """As many clusters with one word in their names as are asked for, as text sorts their ids."""

    def __init__(self, number: int) -> None:
        self.ids = sorted(f"cluster-{each}" for each in range(1, number + 1))

    def names(self) -> Iterable[Named]:
        for entity in self.ids:
            yield from (Named(entity, f"Klaster {entity}"), Named(entity, f"Dawny Klaster {entity}"))


@pytest.mark.parametrize(("number", "named"), [(12, 12), (20, 20), (25, 20)])
def test_candidates_are_told_in_the_order_of_their_numbers(number: int, named: int) -> None:
    with pytest.raises(UsageError) as raised:
        find("Dawny", Crowd(number))
    said = re.findall(r"(cluster-\d+) \(", str(raised.value))
    assert said == [f"cluster-{each}" for each in range(1, named + 1)]
    assert f"may mean {number} things" in str(raised.value)
    assert (", …; give the id" in str(raised.value)) == (number > named)


def test_several_things_at_one_address_are_told() -> None:
    with pytest.raises(UsageError, match=r"2 things: call-1 \(Rozwój oferty\), call-2 \(Konkurs\)"):
        find("https://www.gov.pl/konkurs", Known())


@pytest.mark.parametrize("text", ["cluster-9", "", "https://example.org/"])
def test_nothing_known_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="nothing is known"):
        find(text, Known())


def test_lists_are_lists_again() -> None:
    assert with_lists({"sectors": '["a"]', "name": '["b"]'}) == {"sectors": ["a"], "name": '["b"]'}
    changed = with_lists({"verb": "changed", "field": "rounds", "old": None, "new": '["a/b"]'})
    assert (changed["old"], changed["new"]) == (None, ["a/b"])
    assert with_lists({"verb": "changed", "field": "name", "old": "[1]", "new": "x"})["old"] == "[1]"
    assert with_lists({"verb": "began", "field": None, "new": '["kkk-mr: 20"]'})["new"] == ["kkk-mr: 20"]
