"""Published pages drawn from templates: everything escaped, no scripts, one style.

A page carries its style and a Content-Security-Policy that allows this style and nothing else,
so it looks the same from a file, in print and on any server.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined

from storage.records import clean

_STYLE = "style.css"
_LIBRARIES = ("feedgen", "icalendar", "jinja2", "lxml", "nh3", "rapidfuzz", "w3lib")


def draw(template: str, **values: object) -> bytes:
    """The page that `template` makes of `values`."""
    style = _read(_STYLE)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return _environment().get_template(template).render(**values, style=style, style_hash=digest).encode()


@cache
def edition() -> str:
    """A hash that changes when klastry or one of the libraries that draw with it changes."""
    drawn_with = sha256("\0".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for package in ("monitor", "storage"):
        folder = Path(str(files(package)))
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".py", ".html", ".css"):
                drawn_with.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return drawn_with.hexdigest()


def tied(text: str) -> str:
    """`text` that breaks into lines only after a comma."""
    return clean(text).replace(" ", "\u00a0").replace(",\u00a0", ", ")


@cache
def _environment() -> Environment:
    """Jinja2 that escapes everything and stops at a name it does not know."""
    return Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _read(name: str) -> str:
    return files("monitor").joinpath("templates", name).read_text(encoding="utf-8")
