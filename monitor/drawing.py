"""Published pages drawn from templates: everything escaped, no scripts, one style.

Text that comes from outside holds no angle brackets even when it is decoded once too often.

A page carries its style and a Content-Security-Policy that allows this style and nothing else,
so it looks the same from a file, in print and on any server.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from monitor.wording import harmless
from storage.records import clean

_STYLE = "style.css"


def draw(template: str, **values: object) -> bytes:
    """The page that `template` makes of `values`."""
    style = _read(_STYLE)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return _environment().get_template(template).render(**values, style=style, style_hash=digest).encode()


def edition(*templates: str) -> str:
    """A hash that changes when klastry, its style or one of these templates changes."""
    drawn_with = "\0".join([version("klastry"), *(_read(name) for name in (_STYLE, "base.html", *templates))])
    return sha256(drawn_with.encode()).hexdigest()


def tied(text: str) -> str:
    """`text` that breaks into lines only after a comma."""
    return clean(text).replace(" ", "\u00a0").replace(",\u00a0", ", ")


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
    """What a template prints: markup of ours as it is, text without angle brackets."""
    return harmless(value) if type(value) is str else value


@cache
def _read(name: str) -> str:
    return files("monitor").joinpath("templates", name).read_text(encoding="utf-8")
