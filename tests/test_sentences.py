"""All sentences on one page for a person to read, `build/sentences-pl.html`, and rules for each."""

import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from monitor.bodies import compared
from monitor.wording import LIMIT, sentences
from monitor.words import LANGUAGES, language
from monitor.words.language import DATE_FIELDS, MONEY_FIELDS
from storage.records import FIELDS, KINDS, VERBS
from tests.sentences import NAMES, OTHER_NAME, SAMPLES, every_telling
from tests.sentences_page import page, told
from tests.telling import TITLES, appeared, source_title

ALL = tuple(every_telling())
_PAIRED = {"„": "”", "“": "”", "(": ")", "‹": "›"}


def test_nothing_is_missing() -> None:
    """Each verb of each kind, each field of each kind, each direction that its words know."""
    found = {(each.verb, each.kind, each.field, each.direction) for each in ALL}
    for kind in KINDS:
        assert {verb for verb, of, *_ in found if of == kind} == {*VERBS} - {"began"}
        for field in FIELDS[kind]:
            expected = {"given", "gone", "changed"}
            if field == "status":
                expected = {"planned", "open", "closed", "suspended", "settled", "gone"}
            expected |= {"later", "earlier"} if field in DATE_FIELDS | MONEY_FIELDS else set()
            expected |= {"refined"} if field in DATE_FIELDS else set()
            assert expected <= {how for *_, of, name, how in found if (of, name) == (kind, field)}, field
    for code in LANGUAGES:
        words = language(code)
        assert words.fields.keys() == {(kind, field) for kind in KINDS for field in FIELDS[kind]}
        assert len(words.verbs) == len(KINDS) * (len(VERBS) - 2)
        assert words.no_news.keys() == {*KINDS}


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_keeps_the_rules(code: str) -> None:
    for each in ALL:
        sentence = told(code, each)
        dated = each.field in DATE_FIELDS or each.verb == "appeared"
        assert 10 < len(sentence) <= LIMIT + 20 * dated, sentence
        assert sentence[0].isupper(), sentence
        assert not re.search(r"[<>{}\n]|None|  |\s[,.:;)]|[:–,]$|^\W|\(\s|://", sentence), sentence
        assert not sentence.endswith("godz.…")
        for left, right in _PAIRED.items():
            assert sentence.count(left) <= sentence.count(right), sentence
        if each.kind:
            about = [NAMES[each.kind], OTHER_NAME]
            assert any(name[:14] in sentence for name in about), sentence
            assert ": " in sentence or " – " in sentence, sentence


@pytest.mark.parametrize(
    ("code", "kind", "facts", "said"),
    [
        ("pl", "cluster", {"status_until": "2028-12-17"}, "Klaster na liście: N – status do 17 grudnia 2028"),
        ("pl", "call", {"closes": "2026-11-04"}, "Nabór: N – do 4 listopada 2026"),
        ("pl", "article", {}, "Wiadomość: N"),
        ("pl", "document", {}, "Dokument: N"),
        ("en", "cluster", {}, "Cluster on the list: N"),
        ("en", "call", {"closes": "2026-11-04"}, "Call: N – until 4 November 2026"),
        ("en", "article", {}, "Article: N"),
        ("en", "document", {}, "Document: N"),
    ],
)
def test_what_was_there_before_anybody_looked_is_not_called_new(
    code: str, kind: str, facts: dict[str, str], said: str
) -> None:
    row = appeared(name="N", kind=kind, facts=facts, baseline=True)
    tell = sentences(code, source_title)
    assert tell([row]) == [said]
    assert tell([replace(row, baseline=False)])[0].startswith(("Now", "New "))


@pytest.mark.parametrize("code", LANGUAGES)
def test_different_changes_read_differently(code: str) -> None:
    """The words before the name tell directions apart, and kinds and fields too."""
    leads: dict[str, set[tuple[object, ...]]] = {}
    for each in ALL:
        if each.verb == "changed" and each.field != "published" and len(each.rows) == 1:
            lead = re.split(r": | – ", told(code, each))[0]
            lead = re.sub(r"(do|until) \d.*", r"\1", lead)
            leads.setdefault(lead, set()).add((each.kind, each.field, each.direction))
    assert {lead: said for lead, said in leads.items() if len(said) > 1} == {}


def test_english_has_no_polish_in_it() -> None:
    values = {value for pair in SAMPLES.values() for value in pair if isinstance(value, str)}
    for each in ALL:
        sentence = told("en", each)
        for value in values | set(TITLES.values()):
            sentence = sentence.replace(value, "")
        assert not set(sentence.lower()) & set("ąćęłńóśźż"), sentence


def test_of_a_long_text_a_few_words_around_each_difference_are_shown() -> None:
    same = [f"słowo{number}" for number in range(60)]
    old, new = (
        " ".join([*same, "30", *same, "sierpnia"]),
        " ".join(["Pilne:", *same, "29", *same, "sierpnia"]),
    )
    assert compared(old, new) == (
        "słowo0 słowo1 słowo2 słowo3 słowo4 słowo5 słowo6 słowo7 … "
        "słowo52 słowo53 słowo54 słowo55 słowo56 słowo57 słowo58 słowo59 <del>30</del> "
        "słowo0 słowo1 słowo2 słowo3 słowo4 słowo5 słowo6 słowo7 …",
        "<ins>Pilne:</ins> słowo0 słowo1 słowo2 słowo3 słowo4 słowo5 słowo6 słowo7 … "
        "słowo52 słowo53 słowo54 słowo55 słowo56 słowo57 słowo58 słowo59 <ins>29</ins> "
        "słowo0 słowo1 słowo2 słowo3 słowo4 słowo5 słowo6 słowo7 …",
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_all_sentences_on_one_page(code: str) -> None:
    folder = Path(__file__).parents[1] / "build"
    folder.mkdir(exist_ok=True)
    lines = "\n".join(page(code, ALL))
    (folder / f"sentences-{code}.html").write_text(lines, encoding="utf-8")
    assert all(escape(told(code, each)) in lines for each in ALL)
