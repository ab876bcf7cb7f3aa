"""The folder that back-ups stand in, and what each of them says of itself."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMAT = "vigie-backup-1"
MANIFEST = "manifest.json"
TABLES = "tables"
OBJECTS = "objects"
OBJECT_LIST = "objects.jsonl.gz"
UNFINISHED = ".unfinished"
_NAME = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ")


class BackupRefused(Exception):
    """A back-up cannot be taken or restored; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a whole back-up holds. `tables` are the SHA-256 and the rows of each table's file."""

    taken_at: datetime
    revision: str
    installation: str | None
    tables: dict[str, tuple[str, int]]
    object_list_sha256: str
    objects: int
    object_bytes: int
    # Objects that rows need and the bucket did not hold.
    missing: int

    def write(self, folder: Path) -> None:
        document = {"format": FORMAT, **asdict(self), "taken_at": self.taken_at.isoformat()}
        draft = folder / f".{MANIFEST}"
        with open(draft, "w") as file:
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, folder / MANIFEST)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises BackupRefused when the folder is no whole back-up of this format."""
        try:
            document: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        except FileNotFoundError:
            raise BackupRefused(f"There is no whole back-up in {folder}.") from None
        except (OSError, ValueError) as problem:
            raise BackupRefused(f"The list of contents of {folder} cannot be read: {problem}.") from problem
        if document.pop("format", None) != FORMAT:
            raise BackupRefused(f"{folder} was made by another version of Vigie: restore it with that one.")
        try:
            document["taken_at"] = datetime.fromisoformat(document["taken_at"])
            document["tables"] = {name: (sha256, rows) for name, (sha256, rows) in document["tables"].items()}
            return cls(**document)
        except (KeyError, TypeError, ValueError) as problem:
            raise BackupRefused(f"The list of contents of {folder} is damaged.") from problem


def name_of(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H-%M-%SZ")


def moment_of(folder: Path) -> datetime:
    """When a whole back-up was taken, by its name."""
    return datetime.strptime(folder.name, "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC)


def whole_backups(shelf: Path) -> list[Path]:
    """The whole back-ups of a shelf, newest first."""
    if not shelf.is_dir():
        return []
    found = (path for path in shelf.iterdir() if _NAME.fullmatch(path.name))
    return sorted((path for path in found if (path / MANIFEST).is_file()), reverse=True)


def unfinished_backups(shelf: Path) -> list[Path]:
    """What back-ups that were cut off have left, newest first."""
    return sorted(
        (
            path
            for path in shelf.iterdir()
            if _NAME.fullmatch(path.name.removesuffix(UNFINISHED)) and path.name.endswith(UNFINISHED)
        ),
        reverse=True,
    )


def find_backup(given: Path) -> Path:
    """The back-up that a folder is, or the newest whole one on the shelf that it is. Raises BackupRefused."""
    if (given / MANIFEST).is_file():
        return given
    whole = whole_backups(given)
    if not whole:
        raise BackupRefused(f"There is no whole back-up in {given}.")
    return whole[0]


@contextmanager
def hold_shelf(shelf: Path) -> Iterator[None]:
    """Let no second back-up work in this shelf meanwhile. Raises BackupRefused when one does."""
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        lock = open(shelf / ".lock", "a")  # noqa: SIM115 - closed below
    except OSError as problem:
        raise BackupRefused(f"{shelf} cannot be written to: {problem.strerror}.") from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(f"Another back-up is being written into {shelf}.") from None
        yield


def remove(folder: Path) -> None:
    """Take a back-up away. Its name goes first: what is half removed must not look like a whole one."""
    if not folder.name.endswith(UNFINISHED):
        (folder / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(folder)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
