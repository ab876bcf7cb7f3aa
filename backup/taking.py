"""Taking a back-up of an installation that may go on working meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from backup.copying import several_at_once, take_object
from backup.lines import LineFile
from backup.shelf import (
    OBJECT_LIST,
    OBJECTS,
    TABLES,
    UNFINISHED,
    BackupRefused,
    Manifest,
    hold_shelf,
    name_of,
    remove,
    sync_folder,
    unfinished_backups,
    whole_backups,
)
from backup.wanted import rows_of, table_file, wanted_objects
from db.dumping import reading
from storage import Bucket

EXAMPLES = 20


@dataclass(frozen=True)
class Taken:
    """A whole back-up, where it is, and some of the keys of what it should hold and does not."""

    folder: Path
    manifest: Manifest
    missing: list[str]


def take_backup(
    engine: Engine,
    bucket: Bucket,
    shelf: Path,
    *,
    now: datetime,
    keep: int | None = None,
    tell: Callable[[int], None] = lambda objects: None,
) -> Taken:
    """Put a new back-up on the shelf; of the whole ones only the `keep` newest stay. `tell` hears of the progress.

    One that is cut off leaves a folder `….unfinished`, whose objects the next one takes over. Raises BackupRefused,
    BucketError, DBAPIError, OSError.
    """
    with hold_shelf(shelf):
        folder = shelf / name_of(now)
        draft = shelf / f"{folder.name}{UNFINISHED}"
        if folder.exists() or draft.exists():
            raise BackupRefused(f"There is a back-up of this very second in {shelf}: try again.")
        cut_off = unfinished_backups(shelf)
        # Of the whole ones the newest is enough: what it lacks, an older one has only if it was deleted since.
        earlier = [*cut_off, *whole_backups(shelf)[:1]]
        (draft / TABLES).mkdir(parents=True)
        (draft / OBJECTS).mkdir()
        revision, tables = _write_tables(engine, draft)
        listed = _take_objects(bucket, draft, earlier, tell)
        manifest = Manifest(
            taken_at=now,
            revision=revision,
            installation=_installation(draft) if "installation" in tables else None,
            tables=tables,
            object_list_sha256=listed.sha256,
            objects=listed.objects,
            object_bytes=listed.bytes,
            missing=listed.missing,
        )
        # Every file reaches the disk before the list that vouches for it.
        os.sync()
        manifest.write(draft)
        sync_folder(draft)
        draft.rename(folder)
        sync_folder(shelf)
        for old in [*cut_off, *(whole_backups(shelf)[keep:] if keep else [])]:
            remove(old)
        return Taken(folder, manifest, listed.examples)


def _write_tables(engine: Engine, folder: Path) -> tuple[str, dict[str, tuple[str, int]]]:
    """The revision of the tables, and of each table's file its SHA-256 and how many rows it has."""
    written: dict[str, tuple[str, int]] = {}
    with reading(engine) as tables:
        if tables.revision is None:
            raise BackupRefused("The database of DATABASE_URL holds nothing yet.")
        for name in tables.names:
            with LineFile(table_file(folder, name)) as file:
                file.write(tables.columns_of(name))
                for row in tables.rows_of(name):
                    file.write(row)
            written[name] = (file.sha256, file.lines - 1)
        return tables.revision, written


def _installation(folder: Path) -> str | None:
    return next((row["name"] for row in rows_of(folder, "installation")), None)


@dataclass
class _Listed:
    sha256: str = ""
    objects: int = 0
    bytes: int = 0
    missing: int = 0
    examples: list[str] = field(default_factory=list)


def _take_objects(bucket: Bucket, folder: Path, earlier: list[Path], tell: Callable[[int], None]) -> _Listed:
    listed = _Listed()
    with LineFile(folder / OBJECT_LIST) as file:
        found = several_at_once(
            lambda wanted: take_object(bucket, folder, earlier, wanted), wanted_objects(folder)
        )
        for wanted, copied in found:
            if copied is not None:
                file.write(copied.as_line())
                listed.objects += 1
                listed.bytes += copied.size
            elif wanted.required:
                listed.missing += 1
                listed.examples = [*listed.examples, wanted.key][:EXAMPLES]
            tell(listed.objects)
    listed.sha256 = file.sha256
    return listed
