"""Published pages drawn from templates: everything escaped, no scripts but our own, one style.

Text that comes from outside holds no angle brackets even when it is decoded once too often. What
a line must not part stays together: short words and numbers with the next word, dates, sums.

A page carries its style and a Content-Security-Policy that allows this style and nothing else
(the search, its script too), so it looks the same from a file, in print and on any server.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from monitor.wording import harmless
from monitor.words.page_labels import SITE
from storage.records import clean

_STYLE = "style.css"
_LIBRARIES = ("feedgen", "icalendar", "jinja2", "lxml", "nh3", "rapidfuzz", "w3lib")
_LINE = 60  # characters
_TIE = "\u00a0"
_PLAIN = re.compile(r"[\w./:#-]*", re.ASCII)
_ROMAN = "|".join(rf"(?<=\b[ivx]{{{length}}} )" for length in range(1, 9))
# From the space on, for spaces are quickly found.
_TIED = re.compile(
    r" (?:(?<=(?<!\w)[aiouwz] )(?=\S)"  # one letter
    r"|(?<=\bsp\. )(?=z\b)"
    r"|(?:(?<=(?<!\S)\d )|(?<=(?<!\S)\d\d ))(?=[^\W\d_]{3})"  # a day and its month
    rf"|(?:{_ROMAN})(?=rund)"
    r"|(?<=\S )(?=[–—] )"  # a dash begins no line
    r"|(?<=\d )(?=\d{3}\b|(?:zł|tys|mln|mld)\b))",
    re.IGNORECASE,
)


def draw(
    template: str,
    language: str,
    values: Mapping[str, object],
    *,
    styles: Sequence[str] = (),
    script: str | None = None,
) -> bytes:
    """The page that `template` makes of `values`, in a language, `pl` or `en`.

    `styles` are style sheets besides the common one; `script` is the one script it runs.
    """
    sheet = "".join(_read(name) for name in (_STYLE, *styles))
    program = _read(script) if script else ""
    common = {
        "language": language,
        "common": SITE[language],
        "style": Markup(sheet),  # noqa: S704  # our own
        "style_hash": _digest(sheet),
        "program": Markup(program),  # noqa: S704  # our own
        "program_hash": _digest(program) if script else None,
    }
    return _environment().get_template(template).render(common | dict(values)).encode()


@cache
def edition() -> str:
    """A hash that changes when klastry or one of the libraries that draw with it changes."""
    drawn_with = sha256("\0".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for package in ("monitor", "storage"):
        folder = Path(str(files(package)))
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".py", ".html", ".css", ".js"):
                drawn_with.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return drawn_with.hexdigest()


def tied(text: str) -> str:
    """`text` that breaks into lines only after a comma, unless it is too long for a line."""
    said = clean(text)
    return said if len(said) > _LINE else said.replace(" ", _TIE).replace(f",{_TIE}", ", ")


def data(value: object) -> Markup:
    """`value` as JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c"))  # noqa: S704  # no tag can begin


def script_hash(name: str) -> str:
    """The hash of one of our scripts, as a Content-Security-Policy names it."""
    return _digest(_read(name))


@cache
def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    """Jinja2 that escapes everything and stops at a name it does not know."""
    return Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _harmless(value: object) -> object:
    """What a template prints: markup of ours as it is, text without angle brackets, with its ties."""
    if type(value) is not str or _PLAIN.fullmatch(value):
        return value
    return _TIED.sub(_TIE, _TIE.join(map(harmless, value.split(_TIE))))


@cache
def _read(name: str) -> str:
    return files("monitor").joinpath("templates", name).read_text(encoding="utf-8")
