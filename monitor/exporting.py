"""`klastry export`: the history as files for other programs, with a data dictionary.

The files get their names only when all of them are whole, and the dictionary `datapackage.json`
(Frictionless Data Package, https://datapackage.org) last: a folder that has one is complete.
"""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitor.dictionary import SCHEMA_VERSION, Form, Table, schema, table
from monitor.export_files import check, write
from storage.errors import KlastryError, StorageError, UsageError
from storage.exporting import EXPORTED, TOMBSTONES, Extract, extract
from storage.forms import moment_text

MANIFEST = "datapackage.json"
_TEMPORARY = ".klastry-export-"
_ABANDONED = 24 * 3600  # seconds after which a temporary folder was left by a run that died


def export(
    where: str, folder: Path, form: Form, now: datetime, *, after: str | None = None, bom: bool = False
) -> dict[str, Any]:
    """Write the history at `where` into `folder`, all or (with a cursor) what is new since.

    Gives the manifest as written: `resources` with their rows, and under `klastry` the cursor of
    the next delta. Raises UsageError, StorageError; then no file has been touched.
    """
    check(form, bom=bom)
    with extract(where, after) as history, _staging(folder, delta=after is not None) as staging:
        tables = [table(view, history.columns(view)) for view in EXPORTED]
        if after is not None:
            tables.append(table("tombstones", TOMBSTONES))
        counts = {}
        for each in tables:
            rows = history.tombstones() if each.name == "tombstones" else history.chunks(each.name)
            counts[each.name] = write(form, staging / form.file(each.name), each, rows, bom=bom)
        manifest = _manifest(history, form, tables, counts, staging, now)
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        (staging / MANIFEST).write_text(f"{text}\n", "utf-8")
        _put(staging, folder)
    return manifest


def _manifest(
    history: Extract, form: Form, tables: list[Table], counts: dict[str, int], staging: Path, now: datetime
) -> dict[str, Any]:
    return {
        "name": "klastry",
        "title": "Key National Clusters and calls for proposals, as official Polish pages say",
        "profile": "data-package",
        "created": moment_text(now),
        "klastry": {
            "schema_version": SCHEMA_VERSION,
            "database_version": history.version,
            "authority": history.authority,
            "ledger": {"rows": history.ledger, "head": history.head},
            "known_up_to": history.known_up_to,
            "after": str(history.after) if history.after else None,
            "cursor": str(history.cursor),
        },
        "resources": [_resource(form, each, counts[each.name], staging) for each in tables],
    }


def _resource(form: Form, table: Table, count: int, staging: Path) -> dict[str, Any]:
    path = staging / form.file(table.name)
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    said: dict[str, Any] = {
        "name": table.name,
        "description": table.description,
        "path": path.name,
        "format": form.value,
        "mediatype": form.media_type,
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
        "rows": count,
    }
    if form is Form.CSV:
        said["profile"] = "tabular-data-resource"
    if form is Form.SQLITE:
        said["dialect"] = {"table": table.name}
    typed = form in (Form.JSONL, Form.PARQUET)
    return {**said, "schema": schema(table, lists=typed, flags=typed)}


@contextmanager
def _staging(folder: Path, *, delta: bool) -> Iterator[Path]:
    """A temporary folder inside `folder`, which is made if need be; its faults become one line."""
    try:
        _make(folder)
        if delta and _holds_all(folder):
            raise UsageError(
                f"{folder} holds a full export, which a delta would replace; give another folder"
            )
        _remove_abandoned(folder)
        with TemporaryDirectory(prefix=_TEMPORARY, dir=folder) as staging:
            yield Path(staging)
    except KlastryError:
        raise
    except (OSError, sqlite3.Error) as error:
        why = getattr(error, "strerror", None) or error
        raise StorageError(
            f"{folder}: cannot be written ({why}); check the folder's rights and room"
        ) from error


def _make(folder: Path) -> None:
    """Make the folder if need be. Raises StorageError where a file has its place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        file = next((each for each in (folder, *folder.parents) if each.is_file()), folder)
        raise StorageError(f"{file} is a file; give a folder") from error


def _holds_all(folder: Path) -> bool:
    try:
        return json.loads((folder / MANIFEST).read_bytes())["klastry"]["after"] is None
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return False


def _named(folder: Path) -> set[str]:
    """The files of an export that the manifest in `folder` names; whatever else it names is not ours."""
    ours = {form.file(name) for form in Form for name in (*EXPORTED, "tombstones")}
    try:
        said = json.loads((folder / MANIFEST).read_bytes())
        named = {each["path"] for each in said["resources"] if isinstance(each, dict)}
        return ours & named if "klastry" in said else set()
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        return set()


def _remove_abandoned(folder: Path) -> None:
    for other in folder.glob(f"{_TEMPORARY}*"):
        if time.time() - other.stat().st_mtime > _ABANDONED:
            shutil.rmtree(other)


def _put(staging: Path, folder: Path) -> None:
    """Give all files their names, in place of those of an earlier export; the manifest goes first and
    comes last."""
    earlier = _named(folder)
    files = sorted(staging.iterdir(), key=lambda file: (file.name == MANIFEST, file.name))
    for file in files:
        _flush(file)
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in earlier - {file.name for file in files}:
        (folder / name).unlink(missing_ok=True)
    for file in files:
        file.replace(folder / file.name)
    _flush(folder)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
