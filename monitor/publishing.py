"""Files put into the published folder whole or not at all.

A reader sees the old file or the new one, never half of one. A file whose bytes would stay the
same is not touched, so its time stays too. Nothing is ever written through a symbolic link.
"""

import errno
import fcntl
import json
import os
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from storage.errors import PublishError

_MODE = 0o644
_TEMPORARY = ".klastry-"
_MANY = 50  # files
_BATCH = 8_000_000  # bytes
_ABANDONED = 3600  # seconds after which a temporary file was left by a run that died


def check_writable(folder: Path, *, create: bool = False) -> None:
    """Raise PublishError, with one line that says what to do, unless files can be put into `folder`.

    `create` makes a missing folder: for as long as nothing was crawled. Later a missing folder
    may be a disk that is not mounted, and is an error.
    """
    try:
        if create:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        _remove(_write_temporary(folder, b""))
    except OSError as error:
        raise _error(folder, error) from error


def write(folder: Path, files: Mapping[str, bytes], *, listed: str = "") -> list[str]:
    """Put `files`, by their path inside `folder`, in place; gives the paths that changed.

    Each file replaces the old one in a single step, in the order of `files`, when all of them are
    on the disk. `listed` is a folder inside of which `names` was asked: it is not searched again for
    what a killed run left. Raises PublishError where the folder cannot be written, and ValueError
    for a path that leads out of it.
    """
    waiting = dict[str, tuple[Path, Path]]()
    try:
        for path, content in files.items():
            target = folder / _inside(path)
            with _told_as(target):
                _make_folders(folder, target.parent)
                if not _same(target, content):
                    waiting[path] = _write_temporary(target.parent, content), target
        if len(waiting) > _MANY:
            os.sync()  # one flush of everything takes less than hundreds of single ones
        else:
            for temporary, target in waiting.values():
                with _told_as(target):
                    _flush(temporary)
        for temporary, target in waiting.values():
            with _told_as(target):
                temporary.replace(target)
    finally:
        for temporary, _ in waiting.values():
            _remove(temporary)
    for parent in {target.parent for _, target in waiting.values()}:
        with _told_as(parent):
            if not listed or parent != folder / listed:
                _remove_abandoned(parent, os.listdir(parent))
            _flush(parent)
    return list(waiting)


def names(folder: Path) -> set[str]:
    """The names in a folder of published files, none where it is missing; what a killed run left there goes.

    Raises PublishError.
    """
    with _told_as(folder), suppress(FileNotFoundError):
        found = os.listdir(folder)
        _remove_abandoned(folder, found)
        return set(found)
    return set()


def read(folder: Path, path: str) -> bytes | None:
    """The bytes of a published file; None where there is none. Raises PublishError."""
    with _told_as(target := folder / _inside(path)):
        return _read(target)


def batches(some: Iterable[Mapping[str, bytes]]) -> Iterator[dict[str, bytes]]:
    """The files of `some`, in their order, in fewer and larger parts that still fit into memory."""
    batch, size = dict[str, bytes](), 0
    for files in some:
        batch |= files
        size += sum(map(len, files.values()))
        if size > _BATCH:
            yield batch
            batch, size = {}, 0
    yield batch


def remove(folder: Path, paths: Iterable[str]) -> None:
    """Remove files of ours, by their path inside `folder`. Raises what `write` raises."""
    for path in paths:
        with _told_as(target := folder / _inside(path)):
            _remove(target)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Publish into `folder` alone: another publication at work is waited for. Raises PublishError.

    The lock is the operating system's, so that of a dead process is free at once.
    """
    with _told_as(folder):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with _told_as(folder):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


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
    return _read(target, len(content) + 1) == content


def _read(target: Path, most: int = -1) -> bytes | None:
    """The first bytes of a file, all by default; None for what is to be replaced: it is missing or a link."""
    try:
        handle = os.open(target, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(most) if stat.S_ISREG(os.fstat(handle).st_mode) else None


def _write_temporary(folder: Path, content: bytes) -> Path:
    temporary = folder / f"{_TEMPORARY}{secrets.token_hex(16)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), _MODE)
    except OSError:
        _remove(temporary)
        raise
    return temporary


def _remove_abandoned(folder: Path, found: Iterable[str]) -> None:
    """Remove what a killed run left in `folder`; its age is told by the file system's clock."""
    now = folder.lstat().st_mtime
    for name in found:
        if name.startswith(_TEMPORARY):
            with suppress(FileNotFoundError):
                if now - (folder / name).lstat().st_mtime > _ABANDONED:
                    (folder / name).unlink()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


@contextmanager
def _told_as(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _error(path, error) from error


def _error(path: Path, error: OSError) -> PublishError:
    return PublishError(f"{path}: cannot publish ({error.strerror or error}); {_step(error.errno)}")


def _step(fault: int | None) -> str:
    if fault in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "make room, then run `klastry publish`"
    if fault == errno.ENOENT:
        return "make the folder (is its disk mounted?) or set monitor.publish"
    return "make the folder writable or set monitor.publish"
