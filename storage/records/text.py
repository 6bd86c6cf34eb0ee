"""Text as it is stored, and text as it is compared."""

import re
import unicodedata

_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_JOINER = "\u034f"  # the only one of these that Python takes for printable
_QUOTES = re.compile("[\"'`´‘’‚‛“”„‟«»‹›]")
_DASHES = re.compile("[-\u2010-\u2015\u2212]")
_LEGAL_FORMS = re.compile(
    r"(?<!\w)(?:sp(?:olka|\.)? ?z ?\.? ?o ?\.? ?o\.?|spolka z ograniczona odpowiedzialnoscia"
    r"|s\. ?a\.?|spolka akcyjna)(?!\w)"
)
# Letters that NFKD leaves whole.
_STROKES = {"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe"}


def clean(text: str) -> str:
    """`text` in NFC on one line: no control or invisible characters, no doubled spaces.

    This is the form in which values are stored. No-break spaces become plain ones.
    """
    if not text.isprintable() or _JOINER in text:  # else there is nothing of the kind, which is quickly seen
        text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """`text` as names are compared: without case, accents, quotes, dashes, final dots, legal forms.

    Two texts with equal folds differ only cosmetically. `fold("Łódź") == "lodz"`.
    """
    folded = _fold_once(text)
    while (again := _fold_once(folded)) != folded:  # what is left out may uncover more of its kind
        folded = again
    return folded


def _fold_once(text: str) -> str:
    text = clean(text).casefold()
    for letter, plain in _STROKES.items():  # each is quicker than a table of all
        text = text.replace(letter, plain)
    text = unicodedata.normalize("NFKD", text)
    for accent in filter(unicodedata.combining, set(text)):
        text = text.replace(accent, "")
    text = " ".join(_DASHES.sub(" ", _QUOTES.sub("", text)).split())
    return " ".join(_LEGAL_FORMS.sub(" ", text).split()).strip(" .,;:")
