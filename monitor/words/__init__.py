"""The languages of feeds and pages."""

from monitor.words.english import English
from monitor.words.language import Language
from monitor.words.polish import Polish

LANGUAGES = {language.code: language for language in (Polish(), English())}


def language(code: str) -> Language:
    """The language `pl` or `en`. Raises KeyError for any other code."""
    return LANGUAGES[code]


__all__ = ["LANGUAGES", "Language", "language"]
