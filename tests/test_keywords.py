"""Keywords find the inflected forms of Polish words, and not what only looks alike."""

from pathlib import Path

import pytest

from monitor.config import parse
from monitor.keywords import finder, words_of
from storage.errors import ConfigError

FORMS = {
    "klast": "klaster klastra klastrem klastrze klastry klastrów klastrami Klastrowy międzyklastrowy",
    "klaster": "KLASTER klastra klastrem klastrze klastry klastrów klastrach klastrowy ponadklastrowy",
    "klastry": "klaster klastra klastrów klastrami",
    "innowacja": "innowacja innowacji innowację innowacją innowacje innowacjom innowacjach ekoinnowacje",
    "innowacje": "innowacja innowacji innowacjach",
    "projekt": "projekt projektu projektowi projektem projekcie projekty projektów projektach",
    "wniosek": "wniosek wniosku wniosków wnioskodawcy",
    "wnioski": "wniosek wnioskami",
    "rynek": "rynek rynku rynki rynkowy",
    "fabryka": "fabryka fabryki fabryce fabryk fabrykami",
    "technologia": "technologia technologii technologie nanotechnologie",
    "gmina": "gmina gminy gminie gmin gminnych",
    "nauka": "nauka nauki nauce naukowy",
    "przedsiębiorstwo": "przedsiębiorstwo przedsiębiorstwa przedsiębiorstwie mikroprzedsiębiorstw",
    "szkolenie": "szkolenie szkolenia szkoleń szkoleniowy",
    "wsparcie": "wsparcie wsparcia wsparciem",
    "nabór": "nabór naboru naborze nabory naborów",
    "kluczowy": "kluczowy kluczowa kluczowych kluczowym",
    "miasto": "miasto miasta miast miastem",
    "FENG": "FENG feng FENG-u",
    "KKK": "KKK kkk KKK-ów „KKK”",
    "MŚP": "MŚP (MŚP) msp",
    "B+R": "B+R b+r",
    "2.17": "2.17",
}  # fmt: skip
OTHERS = {
    "klaster": "klasa klasyka plaster",
    "rynek": "rynna rysunek",
    "praca": "opracowanie współpraca",
    "port": "transport eksport raport",
    "KKK": "BKKK2 KKKK akkka", "MŚP": "wspólny", "B+R": "brać BR",
    "nabór": "nabożny", "projekt": "prospekt", "2.17": "2.1 12.17",
}  # fmt: skip


@pytest.mark.parametrize("keyword", FORMS)
def test_a_word_is_found_in_all_its_forms(keyword: str) -> None:
    found = finder((keyword,))
    assert [form for form in FORMS[keyword].split() if not found((f"dla {form}, także",))] == []


@pytest.mark.parametrize("keyword", OTHERS)
def test_other_words_are_not_found(keyword: str) -> None:
    found = finder((keyword,))
    assert [other for other in OTHERS[keyword].split() if found((f"dla {other} także",))] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Lista Krajowych Klastrów Kluczowych", True),
        ("krajowego klastra kluczowego", True),
        ("„Krajowy Klaster Kluczowy”", True),
        ("klaster krajowy i kluczowy", False),
        ("Krajowy, a nawet kluczowy klaster", False),
        ("Kluczowy krajowy klaster", False),
    ],
)
def test_the_words_of_a_phrase_stand_one_after_the_other(text: str, found: bool) -> None:
    assert finder(("krajowy klaster kluczowy",))((text,)) is found


def test_a_phrase_does_not_go_from_one_text_to_the_next() -> None:
    found = finder(("oferta klastrów",))
    assert found(("Oferta klastrów",))
    assert not found(("Nowa oferta", "klastrów"))
    assert not found(("Nowa oferta|", "|klastrów"))


def test_one_keyword_of_several_is_enough_and_without_any_all_is_found() -> None:
    found = finder(("gmina", "KKK"))
    assert [found((text,)) for text in ("dla gmin", "dla KKK", "dla nikogo", "")] == [
        True,
        True,
        False,
        False,
    ]
    assert finder(())(())


def test_words_are_folded() -> None:
    assert words_of("Łódź – B+R, „MŚP”.") == ["lodz", "b", "r", "msp"]
    assert words_of("S.A.") == words_of("…") == []


@pytest.mark.parametrize("keyword", ["", " ", "…", "+", "S.A."])
def test_a_keyword_without_a_word_is_refused(keyword: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"\[feed.x\] match.*no letter and no digit"):
        parse(f'[feed.x]\nmatch = ["klast", "{keyword}"]', None, {}, tmp_path)
