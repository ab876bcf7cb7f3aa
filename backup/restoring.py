"""Bringing a back-up into an empty database and an empty bucket, of whatever kind, and looking whether it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from backup.copying import (
    CopiedObject,
    bring_back,
    is_whole,
    listed_objects,
    object_path,
    several_at_once,
)
from backup.lines import read_lines, sha256_of
from backup.shelf import OBJECT_LIST, BackupRefused, Manifest
from backup.wanted import table_file
from db import migrate
from db.dumping import filled_tables, filling, has_tables
from storage import Bucket
from storage.errors import InvalidKey

EXAMPLES = 20


@dataclass(frozen=True)
class Outcome:
    """What a back-up holds, and what of it is gone or changed: how many objects, and some of their keys."""

    manifest: Manifest
    damaged: int
    examples: list[str]


def check_backup(folder: Path, *, tell: Callable[[int], None] = lambda objects: None) -> Outcome:
    """Read a whole back-up and compare it with what it says of itself. Raises BackupRefused when rows are damaged."""
    manifest = _sound_manifest(folder)
    return _outcome(
        manifest,
        several_at_once(lambda copied: is_whole(folder, copied), listed_objects(folder)),
        tell,
    )


def restore(
    engine: Engine, bucket: Bucket, folder: Path, *, tell: Callable[[int], None] = lambda objects: None
) -> Outcome:
    """Bring everything back and the tables to the version of this code.

    The objects come first and the rows last, all in one transaction: cut off anywhere, the database is still empty,
    and the same call goes on. Raises BackupRefused, without having changed anything, when the rows of the back-up are
    damaged, when it is of a newer version, or when database or bucket hold something else; BucketError, DBAPIError
    in the middle. An object that is damaged is left out and told.
    """
    manifest = _sound_manifest(folder)
    if not migrate.knows(manifest.revision):
        raise BackupRefused(f"{folder} is of a newer version of Vigie: restore it with that one.")
    if filled := filled_tables(engine):
        raise BackupRefused(
            f"The database of DATABASE_URL is not empty ({', '.join(filled[:5])} hold rows): "
            "a back-up is restored into an empty one."
        )
    bucket.prepare()
    is_begun = _require_nothing_else(bucket, folder)
    outcome = _outcome(
        manifest,
        several_at_once(
            lambda copied: bring_back(bucket, folder, copied, look_first=is_begun), listed_objects(folder)
        ),
        tell,
    )
    _fill_tables(engine, folder, manifest)
    return outcome


def _sound_manifest(folder: Path) -> Manifest:
    """What the back-up says of itself. Raises BackupRefused unless its rows and its list of objects are just that."""
    manifest = Manifest.read(folder)
    files = {table_file(folder, name): sha256 for name, (sha256, _) in manifest.tables.items()}
    for path, sha256 in {**files, folder / OBJECT_LIST: manifest.object_list_sha256}.items():
        try:
            found = sha256_of(path)
        except OSError as problem:
            raise BackupRefused(
                f"{path} cannot be read: {problem.strerror}. Take another back-up."
            ) from problem
        if found != sha256:
            raise BackupRefused(f"{path} is not what was written. Take another back-up.")
    return manifest


def _require_nothing_else(bucket: Bucket, folder: Path) -> bool:
    """Whether the bucket holds objects of this back-up already. Raises BackupRefused when it holds others."""
    is_begun = False
    for found in bucket.list():
        try:
            is_ours = object_path(folder, found.key).stat().st_size == found.size
        except (OSError, InvalidKey):
            is_ours = False
        if not is_ours:
            raise BackupRefused(
                f"There is something else in {bucket.place} ({found.key}): a back-up is restored into an empty one."
            )
        is_begun = True
    return is_begun


def _outcome(
    manifest: Manifest, looked_at: Iterator[tuple[CopiedObject, bool]], tell: Callable[[int], None]
) -> Outcome:
    damaged, examples = 0, list[str]()
    for number, (copied, is_good) in enumerate(looked_at, 1):
        if not is_good:
            damaged += 1
            examples = [*examples, copied.key][:EXAMPLES]
        tell(number)
    return Outcome(manifest, damaged, examples)


def _fill_tables(engine: Engine, folder: Path, manifest: Manifest) -> None:
    if has_tables(engine):
        # Without a row, and of whatever version: from a first look, or from a restoring that was cut off.
        migrate.downgrade("base", engine)
    migrate.upgrade(engine, manifest.revision)
    with filling(engine) as tables:
        for name, (_, rows) in manifest.tables.items():
            lines = read_lines(table_file(folder, name))
            columns = next(lines)
            filled = tables.fill(name, columns, lines)
            if filled != rows:
                raise BackupRefused(f"The table {name} has {filled} rows in the back-up instead of {rows}.")
    migrate.upgrade(engine)
