"""The nominative of a name that is printed after "reprezentowany przez", in the accusative.

Masculine, neuter and plural names of organisations are the same in both cases. A feminine one
is told by its noun, with the adjectives beside it: "Katowicką Specjalną Strefę Ekonomiczną
S.A." is "Katowicka Specjalna Strefa Ekonomiczna S.A.". Only nouns that organisations begin with
are known; any other name stays as printed, and so does one in which a second such noun follows.
"""

import re

_IN_E = (
    "agencję akademię centralę dolinę fabrykę federację firmę fundację gminę grupę inicjatywę instytucję izbę"
    " kancelarię konfederację korporację ligę organizację platformę politechnikę radę spółdzielnię spółkę"
    " strefę szkołę uczelnię unię wspólnotę"
)
_NOUN = rf"(?:{'|'.join(_IN_E.split())})(?![\w-])"
_ADJECTIVE = r"[\w-]+ą(?![\w-])"
_AND = r"(?:(?:i|oraz) )?"
_FEMININE = re.compile(
    rf"(?:{_ADJECTIVE} {_AND})*(?:{_NOUN}|sieć(?![\w-]))(?: {_AND}{_ADJECTIVE})*(?!.*(?<![\w„\"-]){_NOUN})",
    re.IGNORECASE,
)
_ENDING = re.compile(r"[ąę](?![\w-])", re.IGNORECASE)
_NOMINATIVE = str.maketrans("ąęĄĘ", "aaAA")


def nominative(name: str) -> str:
    """`name` in the nominative where it begins with a feminine noun in the accusative; else `name`."""
    feminine = _FEMININE.match(name)
    if feminine is None:
        return name
    phrase = _ENDING.sub(lambda ending: ending[0].translate(_NOMINATIVE), feminine[0])
    return phrase + name[feminine.end() :]
