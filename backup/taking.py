"""Taking a back-up of an installation that may go on working meanwhile."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from backup.copying import Earlier, several_at_once, take_object
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
    whole_backups,
)
from backup.wanted import rows_of, table_file, wanted_objects
from db.dumping import reading
from storage import Bucket

EXAMPLES = 20


@dataclass(frozen=True)
class Taken:
    """A whole back-up, where it is, and some of the keys of what it should hold and does not.

    `kept` are earlier ones that were to go, but hold files of something that this one lacks.
    """

    folder: Path
    manifest: Manifest
    missing: list[str]
    kept: list[Path]


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

    None goes while it holds a file of something that the new one lacks. One that is cut off leaves a folder
    `….unfinished`, whose objects the next one takes over. Raises BackupRefused, BucketError, DBAPIError, OSError.
    """
    with hold_shelf(shelf):
        folder = shelf / name_of(now)
        draft = shelf / f"{folder.name}{UNFINISHED}"
        if folder.exists() or draft.exists():
            raise BackupRefused(f"There is a back-up of this very second in {shelf}: try again.")
        earlier = Earlier.on(shelf, now)
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
        to_go = [*earlier.cut_off, *(whole_backups(shelf)[keep:] if keep else [])]
        for old in to_go:
            if old not in listed.holders:
                remove(old)
        return Taken(folder, manifest, listed.examples, [old for old in to_go if old in listed.holders])


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
    # Earlier back-ups with a file of something that is lacking here.
    holders: set[Path] = field(default_factory=set)


def _take_objects(bucket: Bucket, folder: Path, earlier: Earlier, tell: Callable[[int], None]) -> _Listed:
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
            else:
                listed.holders.update(earlier.holders(wanted))
                if wanted.required:
                    listed.missing += 1
                    listed.examples = [*listed.examples, wanted.key][:EXAMPLES]
            tell(listed.objects)
    listed.sha256 = file.sha256
    return listed
