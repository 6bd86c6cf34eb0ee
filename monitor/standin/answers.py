"""What the stand-in is asked and what it answers, and answers by address."""

import mimetypes
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it came. Header names are lower case; `at` is monotonic, in seconds."""

    method: str
    url: str
    headers: Mapping[str, str]
    at: float = field(default=0.0, compare=False)

    @property
    def host(self) -> str:
        """The host asked, lower case, without port."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True)
class Answer:
    """One answer, whole or broken on purpose.

    `times` sends the body so many times over (a large page costs no memory); `chunked` sends
    it in chunks, without its length; `gzip` compresses it where the client takes gzip.

    `raw` is sent instead of all the rest, byte for byte, then the connection closes.
    `cut_after` closes after so many bytes of the body that was announced; with `reset` it does
    not end in order but breaks. `hang` holds the connection where it would close (with `raw` or
    `cut_after`), else before the first byte, until the client has enough. `wait` is seconds
    before the first byte. `drip` sends the body, or what is raw, byte by byte, with a pause
    before each.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    times: int = 1
    chunked: bool = False
    gzip: bool = False
    raw: bytes | None = None
    cut_after: int | None = None
    reset: bool = False
    hang: bool = False
    wait: float = 0.0
    drip: bool = False

    def header(self, name: str) -> str | None:
        """The value of a header whatever its case, or None."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


class Pages:
    """Answers by address: the address asked, character for character, to one or several answers.

    Of several answers each hit takes the next; the last one stays. An address not given is
    404 on a host that has others (so is its robots.txt), and 502 on a host that has none.
    With `validators`, an answer 200 carries an ETag made of its body, and a request that
    names it in If-None-Match gets 304.
    """

    def __init__(
        self,
        answers: Mapping[str, Answer | Sequence[Answer]] | None = None,
        *,
        validators: bool = True,
    ) -> None:
        self.validators = validators
        self._answers: dict[str, Sequence[Answer]] = {}
        self._hosts: set[str] = set()
        self._hits: dict[str, int] = {}
        for url, answer in (answers or {}).items():
            self[url] = answer

    @classmethod
    def site(cls, folder: Path, *, validators: bool = True) -> Self:
        """Every file of `folder`, laid out as `<host>/<path>`, at http and https.

        `x.html` also answers as `x`, `index.html` as its folder. In file names `+` stands
        for a colon and `@` for the question mark: `kalendarz@strona=2.html`.
        Raises FileNotFoundError when the folder holds no file.
        """
        pages = cls(validators=validators)
        files = sorted(file for file in folder.rglob("*") if file.is_file())
        if not files:
            raise FileNotFoundError(f"{folder}: no pages for the stand-in")
        for file in files:
            answer = Answer(headers={"Content-Type": _media_type(file)}, body=file.read_bytes())
            for name in _names(file.relative_to(folder).as_posix()):
                for scheme in ("http", "https"):
                    pages[f"{scheme}://{name}"] = answer
        return pages

    def __setitem__(self, url: str, answer: Answer | Sequence[Answer]) -> None:
        answers = (answer,) if isinstance(answer, Answer) else tuple(answer)
        if not answers:
            raise ValueError(f"{url}: no answer given")
        self._answers[url] = answers
        self._hosts.add(urlsplit(url).hostname or "")
        self._hits.pop(url, None)

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that have an address here."""
        return frozenset(self._hosts)

    def __call__(self, asked: Asked) -> Answer:
        answers = self._answers.get(asked.url) or self._answers.get(unquote(asked.url))
        if answers is None:
            return _plain(404, "Not found") if asked.host in self.hosts else _plain(502, "Unknown host")
        hit = self._hits.get(asked.url, 0)
        self._hits[asked.url] = hit + 1
        answer = answers[min(hit, len(answers) - 1)]
        return conditional(asked, answer) if self.validators else answer


def conditional(asked: Asked, answer: Answer) -> Answer:
    """`answer` with an ETag, or 304 where the client holds this very body."""
    if answer.status != 200 or answer.raw is not None or answer.hang:
        return answer
    tag = answer.header("ETag") or f'"{sha256(answer.body).hexdigest()[:32]}"'
    held = (part.strip().removeprefix("W/") for part in asked.headers.get("if-none-match", "").split(","))
    if tag.removeprefix("W/") in held:
        return Answer(304, {"ETag": tag})
    return replace(answer, headers={**answer.headers, "ETag": tag})


def _plain(status: int, text: str) -> Answer:
    return Answer(status, {"Content-Type": "text/plain; charset=utf-8"}, f"{text}\n".encode())


def _names(path: str) -> Iterator[str]:
    name = path.replace("@", "?").replace("+", ":")
    yield name
    if name.endswith("/index.html"):
        yield name.removesuffix("index.html")
    elif name.endswith(".html"):
        yield name.removesuffix(".html")


def _media_type(file: Path) -> str:
    media_type = mimetypes.types_map.get(file.suffix.lower(), "application/octet-stream")
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
