"""Files put into the published folder whole or not at all.

A reader sees the old file or the new one, never half of one. A file whose bytes would stay the
same is not touched, so its time stays too. Nothing is ever written through a symbolic link.
"""

import errno
import json
import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from storage.errors import PublishError

_MODE = 0o644
_TEMPORARY = ".klastry-"
_ABANDONED = 3600  # seconds after which a temporary file was left by a run that died


def check_writable(folder: Path, *, create: bool = False) -> None:
    """Raise PublishError, with one line that says what to do, unless files can be put into `folder`.

    `create` makes a missing folder (not its parents): for the first run. Later a missing folder
    may be a disk that is not mounted, and is an error.
    """
    try:
        if create:
            folder.mkdir(mode=0o755, exist_ok=True)
        _remove(_write_temporary(folder, b""))
    except OSError as error:
        raise _error(folder, error) from error


def write(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Put `files`, by their path inside `folder`, in place; gives the paths that changed.

    Each file replaces the old one in a single step. Raises PublishError where the folder cannot
    be written, and ValueError for a path that leads out of it.
    """
    written = []
    touched = set[Path]()
    for path, content in files.items():
        target = folder / _inside(path)
        try:
            _make_folders(folder, target.parent)
            if _same(target, content):
                continue
            _replace(target, content, tidy=target.parent not in touched)
        except OSError as error:
            raise _error(target, error) from error
        written.append(path)
        touched.add(target.parent)
    for parent in touched:
        try:
            _flush_folder(parent)
        except OSError as error:
            raise _error(parent, error) from error
    return written


def status_json(rows: Sequence[Mapping[str, Any]], head: str, day: date) -> bytes:
    """`status.json`: the rows of `klastry status`, the head of the ledger, and the Warsaw day."""
    said = {"day": day.isoformat(), "head": head, "sources": [dict(row) for row in rows]}
    return (json.dumps(said, ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    return isoformat(timespec="seconds").replace("+00:00", "Z") if isoformat else str(value)


def _inside(path: str) -> PurePosixPath:
    inside = PurePosixPath(path)
    if inside.is_absolute() or ".." in inside.parts or not inside.parts or "\0" in path or "\\" in path:
        raise ValueError(f"{path!r} is no path inside the published folder")
    return inside


def _make_folders(folder: Path, parent: Path) -> None:
    for step in reversed([each for each in (parent, *parent.parents) if each.is_relative_to(folder)]):
        if step == folder:
            continue
        with suppress(FileExistsError):
            step.mkdir(mode=0o755)
            step.chmod(0o755)
        if not stat.S_ISDIR(step.lstat().st_mode):
            raise NotADirectoryError(f"{step} is not a folder")


def _same(target: Path, content: bytes) -> bool:
    try:
        handle = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:  # missing or a link: replaced in either case
        return False
    with os.fdopen(handle, "rb") as file:
        return stat.S_ISREG(os.fstat(handle).st_mode) and file.read(len(content) + 1) == content


def _replace(target: Path, content: bytes, *, tidy: bool) -> None:
    temporary = _write_temporary(target.parent, content)
    try:
        if tidy:
            _remove_abandoned(temporary)
        temporary.replace(target)
    except OSError:
        _remove(temporary)
        raise


def _write_temporary(folder: Path, content: bytes) -> Path:
    temporary = folder / f"{_TEMPORARY}{secrets.token_hex(16)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), _MODE)
            os.fsync(file.fileno())
    except OSError:
        _remove(temporary)
        raise
    return temporary


def _remove_abandoned(temporary: Path) -> None:
    """Remove what a killed run left beside `temporary`; the age is told by the file system's clock."""
    now = temporary.lstat().st_mtime
    for other in temporary.parent.glob(f"{_TEMPORARY}*"):
        with suppress(FileNotFoundError):
            if now - other.lstat().st_mtime > _ABANDONED:
                other.unlink()


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _error(path: Path, error: OSError) -> PublishError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    step = (
        "make room, then run `klastry publish`" if full else "make the folder writable or set monitor.publish"
    )
    return PublishError(f"{path}: cannot publish ({error.strerror or error}); {step}")
