"""The folder of a demo: its configuration, its history, what it publishes; emptied by the next."""

import json
import shutil
from pathlib import Path

from monitor.watchlist import built_in
from storage.errors import UsageError

DATABASE, PUBLIC, CONFIG = "data/klastry.db", "public", "klastry.toml"

_MARK = ".klastry-demo"
_MARKED = "Made by `klastry demo`. When it runs here again, it makes klastry.toml, data and public anew.\n"


def prepare(folder: Path) -> None:
    """Make `folder`, or empty it of what an earlier demo made; nothing else is ever removed.

    Raises UsageError when it cannot be made, or when something else lives there.
    """
    mark = folder / _MARK
    try:
        if folder.exists() and any(folder.iterdir()) and not mark.exists():
            raise UsageError(f"{folder} was not made by the demo: move it away, or run the demo elsewhere")
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(_MARKED)
        (folder / CONFIG).unlink(missing_ok=True)
        for name in (PUBLIC, Path(DATABASE).parts[0]):
            if (folder / name).exists():
                shutil.rmtree(folder / name)
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder}: cannot be made anew ({error.strerror}); "
            "run the demo in a folder that you may write to"
        ) from error


def configure(folder: Path, address: str) -> Path:
    """Write the configuration of a demo served at `address`; gives its path.

    The sites are of this computer, so no pause is owed to them; what is published says that the
    pages are models.
    """
    lines = [
        "# The demo of klastry: model pages, answered by a stand-in on this computer.",
        "[monitor]",
        f"database = {_text(DATABASE)}",
        f"publish = {_text(PUBLIC)}",
        f"site_url = {_text(address)}",
        "",
        "[crawl]",
        "delay = 0",
    ]
    for source in built_in():
        lines += ["", f"[source.{source.id}]", f"title = {_text(f'{source.title} – strony modelowe')}"]
    file = folder / CONFIG
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _text(value: str) -> str:
    """`value` as a string of TOML."""
    return json.dumps(value, ensure_ascii=False)
