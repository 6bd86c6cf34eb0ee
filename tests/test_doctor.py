"""What `klastry doctor` finds, and how it says to mend it."""

import os
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config import Config, parse
from monitor.doctor import (
    contact,
    examine,
    fresh_enough,
    one_place,
    room,
    sound_database,
    trusted_certificates,
    without_password,
    writable,
)
from storage.errors import ConfigError, StorageError
from storage.history import History


def sound(where: str) -> None:
    """A database with nothing wrong."""


def broken(where: str) -> None:
    raise StorageError("is damaged; restore a backup")


def config(folder: Path, contact: str = "kontakt@example.org") -> Config:
    return parse(f'[monitor]\ncontact = "{contact}"', folder / "klastry.toml", {}, folder)


def test_this_installation_is_well(tmp_path: Path) -> None:
    findings = list(examine(lambda: config(tmp_path), sound, os.environ))
    assert [str(finding) for finding in findings if not finding.well] == []


def test_packages_of_two_places_are_a_fault() -> None:
    finding = one_place({"monitor": Path("/a"), "storage": Path("/b")})
    assert str(finding).startswith("FAULT  installation: monitor in /a, storage in /b; install")


@pytest.mark.parametrize(
    ("present", "well"),
    [("2.19.0", True), ("2.14.2", True), ("2.14.1", False), ("2.9", False), (None, False)],
)
def test_libraries_with_known_faults_are_told(present: str | None, well: bool) -> None:
    finding = fresh_enough("scrapy", "2.14.2", present)
    assert finding.well == well
    assert well or "scrapy>=2.14.2" in finding.remedy


def test_a_certificate_file_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "bundle.pem"
    assert "SSL_CERT_FILE" in trusted_certificates({"SSL_CERT_FILE": str(file)}).remedy
    file.write_text("not a certificate")
    assert "SSL_CERT_FILE" in trusted_certificates({"SSL_CERT_FILE": str(file)}).remedy


def test_a_missing_contact_is_told(tmp_path: Path) -> None:
    assert "contact = " in contact(config(tmp_path, "")).remedy
    assert contact(config(tmp_path)).well


def test_a_folder_is_looked_at_where_it_will_be_made(tmp_path: Path) -> None:
    assert writable("publish folder", tmp_path / "a" / "b").well
    assert not (tmp_path / "a").exists()
    (tmp_path / "file").touch()
    assert "cannot be written" in writable("publish folder", tmp_path / "file").remedy


def test_a_configuration_that_cannot_be_used_ends_the_examination() -> None:
    def unusable() -> Config:
        raise ConfigError("klastry.toml: [crawl] deley: unknown key; did you mean delay?")

    last = list(examine(unusable, sound, os.environ))[-1]
    assert (last.what, last.remedy.endswith("delay?")) == ("configuration", True)


def test_no_database_yet_is_no_fault(tmp_path: Path) -> None:
    finding = sound_database(str(tmp_path / "none.db"), broken)
    assert finding.well
    assert "first crawl" in finding.what


def test_a_broken_database_is_a_fault_without_its_password() -> None:
    finding = sound_database("postgresql://me:hunter2@host/k", broken)
    assert str(finding) == "FAULT  database postgresql://host/k: is damaged; restore a backup"
    assert without_password("/srv/k.db") == "/srv/k.db"


def test_the_command_opens_the_real_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "klastry.toml"
    file.write_text('[monitor]\ncontact = "kontakt@example.org"\ndatabase = "k.db"\n')
    History.open(str(tmp_path / "k.db"), create=True).close()
    assert main(["--config", str(file), "doctor"]) == 0
    assert "FAULT" not in capsys.readouterr().out
    (tmp_path / "k.db").write_bytes(b"overwritten by something else" * 400)
    assert main(["--config", str(file), "doctor"]) == 3
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]
    assert "k.db" in line


def test_a_lost_database_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public/feed.xml").write_text("<rss><channel><item></item></channel></rss>")
    findings = list(examine(lambda: config(tmp_path), sound, os.environ))
    (fault,) = [finding for finding in findings if not finding.well]
    assert "restore the database from a backup" in fault.remedy


def test_a_disk_without_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room("publish folder", tmp_path / "not" / "yet").well
    monkeypatch.setattr("monitor.doctor.LEAST_ROOM", 2**60)
    assert room("publish folder", tmp_path).remedy.endswith("MB are left; make room")
