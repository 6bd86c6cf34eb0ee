"""File systems for a process of its own: full ones, and such as cannot be written.

A process that made itself a namespace mounts what it likes; nobody else sees it, and it is gone with
the process. Root may do so everywhere, others where the system lets them: `python mounts.py` tells.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

_NEWNS, _NEWUSER = 0x20000, 0x10000000
_RDONLY, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 32, 4096, 16384, 1 << 18
_PLENTY = 1 << 30
_libc = ctypes.CDLL(None, use_errno=True)


def possible() -> bool:
    """Whether processes here may mount for themselves."""
    return subprocess.run([sys.executable, __file__], stderr=subprocess.DEVNULL).returncode == 0


def make_namespace() -> None:
    """Let this process, which must have one thread, mount for itself alone. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    _check(_libc.unshare(_NEWNS if user == 0 else _NEWNS | _NEWUSER))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _mount("none", "/", _REC | _PRIVATE)


def make_full(folder: Path, room: int) -> None:
    """Put `folder`, as it is, on a disk of its own with `room` bytes left."""
    disk = folder.with_name(f"{folder.name}.disk")
    disk.mkdir()
    _mount("tmpfs", str(disk), 0, "tmpfs", f"size={_PLENTY}")
    shutil.copytree(folder, disk, dirs_exist_ok=True)
    held = os.statvfs(disk)
    used = (held.f_blocks - held.f_bfree) * held.f_frsize
    _mount("tmpfs", str(disk), _REMOUNT, "tmpfs", f"size={used + room}")
    _mount(str(disk), str(folder), _BIND)


def keep(folder: Path) -> None:
    """Before the process ends: copy what is on the disk of `folder` beside it, to `<folder>.left`."""
    shutil.copytree(folder, folder.with_name(f"{folder.name}.left"), symlinks=True)


def take_back(folder: Path) -> None:
    """After the process has ended: let `folder` be what it left on its disk."""
    folder.with_name(f"{folder.name}.disk").rmdir()
    shutil.rmtree(folder)
    folder.with_name(f"{folder.name}.left").rename(folder)


def make_read_only(folder: Path) -> None:
    """Let `folder` be one that cannot be written."""
    _mount(str(folder), str(folder), _BIND)
    _mount("none", str(folder), _BIND | _REMOUNT | _RDONLY)


def _mount(what: str, where: str, flags: int, kind: str = "", options: str = "") -> None:
    words = [word.encode() or None for word in (what, where, kind)]
    _check(_libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None))


def _check(answer: int) -> None:
    if answer:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    make_namespace()
