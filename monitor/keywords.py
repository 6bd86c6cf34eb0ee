"""Keywords of feeds: in which texts a word or a phrase is found, whatever its endings.

Everything is compared folded: without case, accents and quotes, `ł` as `l`. A word of at most
three letters (`KKK`, `MŚP`) is sought whole, a longer one by its stem: the word without the
vowels at its end, four letters at least. Where Polish alternates at the end of a stem, both are
meant: an `e` between its last two consonants may be there or not (klaster, klastra), and
`t k g` may be `c c dz` (projekt, projekcie). A stem of four letters must begin a word, a longer
one may stand inside it. The words of a phrase stand one after the other.
"""

import re
from collections.abc import Callable, Collection, Iterable

from storage.records import fold

_WHOLE, _SHORT = 3, 4
"""Letters up to which a word is sought whole, and a stem only at the beginning of words."""
_VOWELS = "aeiouy"
_PART = "|"  # parts texts: no phrase goes over it
_FLEETING = re.compile(rf"(.+[^{_VOWELS}])e?([^{_VOWELS}])")
_SOFTENED = {"t": "[tc]", "k": "[kc]", "g": "(?:g|dz)"}


def finder(keywords: Collection[str]) -> Callable[[Iterable[str]], bool]:
    """Whether one of `keywords` is found in one of the texts; without keywords, always."""
    if not keywords:
        return lambda texts: True
    sought = re.compile("|".join(f"(?:{_pattern(keyword)})" for keyword in keywords))

    def found(texts: Iterable[str]) -> bool:
        return sought.search(fold(f" {_PART} ".join(text.replace(_PART, " ") for text in texts))) is not None

    return found


def words_of(keyword: str) -> list[str]:
    """The words that `keyword` is made of, folded; none where it holds no letter and no digit."""
    return re.findall(r"[^\W_]+", fold(keyword))


def _pattern(keyword: str) -> str:
    words = [_word(word) for word in words_of(keyword)]
    # What begins or ends a match need not be looked at.
    return rf"[^\w{_PART}]+".join(words).removeprefix(r"\w*").removesuffix(r"\w*")


def _word(word: str) -> str:
    if len(word) <= _WHOLE:
        return rf"\b{word}\b"
    stem = word[:_SHORT] + word[_SHORT:].rstrip(_VOWELS)
    alternating = _FLEETING.fullmatch(stem)
    shortest = alternating[1] + alternating[2] if alternating else stem
    body = f"{alternating[1]}e?" if alternating else stem[:-1]
    inside = r"\w*" if len(shortest) > _SHORT else r"\b"
    return rf"{inside}{body}{_SOFTENED.get(stem[-1], stem[-1])}\w*"
