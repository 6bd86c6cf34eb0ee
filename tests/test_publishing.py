"""Files are put in place whole, once, with the right mode, and never through a link."""

import json
import os
import stat
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor import publishing
from monitor.publishing import check_writable, status_json, write
from storage.errors import PublishError


def old(path: Path) -> float:
    """Make `path` a day older; gives its time."""
    past = path.stat().st_mtime - 86_400
    os.utime(path, (past, past))
    return path.stat().st_mtime


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_files_are_written_and_named(tmp_path: Path) -> None:
    assert write(tmp_path, {"feed.xml": b"a", "sources/kkk-mr.xml": b"b"}) == [
        "feed.xml",
        "sources/kkk-mr.xml",
    ]
    assert (tmp_path / "sources/kkk-mr.xml").read_bytes() == b"b"
    assert names(tmp_path) == ["feed.xml", "sources/kkk-mr.xml"]


def test_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    write(tmp_path, {"feed.xml": b"a", "index.html": b"x"})
    before = {name: old(tmp_path / name) for name in ("feed.xml", "index.html")}
    inode = (tmp_path / "feed.xml").stat().st_ino
    assert write(tmp_path, {"feed.xml": b"a", "index.html": b"xy"}) == ["index.html"]
    assert (tmp_path / "feed.xml").stat().st_mtime == before["feed.xml"]
    assert (tmp_path / "feed.xml").stat().st_ino == inode
    assert (tmp_path / "index.html").stat().st_mtime > before["index.html"]
    assert write(tmp_path, {"index.html": b"x"}) == ["index.html"]


def test_others_may_read_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write(tmp_path, {"feed.xml": b"a", "sources/x.xml": b"b"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "feed.xml").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "sources").stat().st_mode) == 0o755


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"mine")
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "feed.xml").symlink_to(secret)
    assert write(folder, {"feed.xml": b"mine"}) == ["feed.xml"]
    assert not (folder / "feed.xml").is_symlink()
    assert write(folder, {"feed.xml": b"news"}) == ["feed.xml"]
    assert secret.read_bytes() == b"mine"


def test_a_linked_folder_inside_is_not_followed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "public"
    outside.mkdir()
    folder.mkdir()
    (folder / "sources").symlink_to(outside)
    with pytest.raises(PublishError, match="sources"):
        write(folder, {"sources/x.xml": b"a"})
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", "a\0b", "a\\b"])
def test_a_path_that_leads_out_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="inside"):
        write(tmp_path, {path: b"a"})


def test_the_temporary_file_is_new_private_and_in_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int]] = []
    opened = os.open

    def watching(path: os.PathLike[str], flags: int, *rest: int) -> int:
        if flags & os.O_CREAT:
            seen.append((os.fspath(path), flags))
        return opened(path, flags, *rest)

    monkeypatch.setattr(publishing.os, "open", watching)
    write(tmp_path, {"a.xml": b"1", "b.xml": b"2"})
    assert [Path(path).parent for path, _ in seen] == [tmp_path, tmp_path]
    assert all(flags & os.O_EXCL and flags & os.O_NOFOLLOW for _, flags in seen)
    assert len({path for path, _ in seen}) == 2


def test_a_failure_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"feed.xml": b"old"})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing.os, "fsync", full)
    with pytest.raises(PublishError, match=r"feed\.xml: cannot publish \(No space left on device\)"):
        write(tmp_path, {"feed.xml": b"new"})
    assert (tmp_path / "feed.xml").read_bytes() == b"old"
    assert names(tmp_path) == ["feed.xml"]


def test_what_a_killed_run_left_is_removed_in_time(tmp_path: Path) -> None:
    left, fresh = tmp_path / ".klastry-aaaa", tmp_path / ".klastry-bbbb"
    left.write_bytes(b"half")
    fresh.write_bytes(b"of another run")
    old(left)
    write(tmp_path, {"feed.xml": b"a"})
    assert names(tmp_path) == [".klastry-bbbb", "feed.xml"]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    bodies = [bytes([letter]) * 200_000 for letter in b"ab"]
    write(tmp_path, {"feed.xml": bodies[0]})
    seen: set[bytes] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add((tmp_path / "feed.xml").read_bytes())

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(40):
        write(tmp_path, {"feed.xml": bodies[number % 2]})
    done.set()
    reader.join()
    assert seen <= set(bodies)


def test_a_writable_folder_is_left_as_it_was(tmp_path: Path) -> None:
    check_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_made_only_when_asked(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    with pytest.raises(PublishError) as caught:
        check_writable(folder)
    assert str(caught.value) == (
        f"{folder}: cannot publish (No such file or directory); make the folder (is its disk mounted?)"
        " or set monitor.publish"
    )
    check_writable(folder, create=True)
    assert folder.is_dir()
    check_writable(tmp_path / "no" / "such", create=True)
    assert (tmp_path / "no" / "such").is_dir()


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "public").write_bytes(b"")
    with pytest.raises(PublishError) as caught:
        check_writable(tmp_path / "public", create=True)
    assert "\n" not in str(caught.value)
    assert "make the folder writable" in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PublishError, match="Permission denied"):
            check_writable(tmp_path)
    finally:
        tmp_path.chmod(0o755)


def test_status_is_a_function_of_its_inputs() -> None:
    row = {"source": "kkk-mr", "state": "complete", "last_visit": datetime(2026, 11, 4, 6, 15, 9, tzinfo=UTC)}
    made = status_json([row], "ab" * 32, date(2026, 11, 4))
    assert made == status_json([row], "ab" * 32, date(2026, 11, 4))
    assert json.loads(made) == {
        "day": "2026-11-04",
        "head": "ab" * 32,
        "sources": [{"source": "kkk-mr", "state": "complete", "last_visit": "2026-11-04T06:15:09Z"}],
    }
