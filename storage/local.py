"""LocalBucket: a folder as a bucket, for one host."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from storage.bucket import CHUNK_BYTES, ObjectStream, SelfTest, StoredObject, check_key, check_range
from storage.errors import BucketFull, BucketUnreachable, InvalidKey, ObjectDamaged, ObjectMissing
from storage.self_test import run_self_test

# A folder keeps no content types: they follow from the ending of the key.
CONTENT_TYPES = {
    ".csv": "text/csv",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
# Half-written files wait in one folder inside the bucket: same file system, so the rename is atomic, and finding
# what a crash left behind does not need a walk through every picture.
PARTS_FOLDER = ".parts"
OLDEST_PART_SECONDS = 3600
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


class LocalBucket:
    """A folder whose files are the objects; written to a temporary file, synced, then renamed into place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._parts = self._folder / PARTS_FOLDER

    @property
    def place(self) -> str:
        return f"the folder {self._folder}"

    @property
    def on_this_host(self) -> bool:
        return True

    @property
    def largest(self) -> int | None:
        return None

    def put(
        self,
        key: str,
        content: BinaryIO,
        *,
        size: int,
        content_type: str,
        sha256: str,
        md5: str | None = None,
        confirm: bool = True,
    ) -> None:
        path = self._path(key)
        with self._explained():
            # Only `prepare` makes the folder: a disk that is not mounted must not look like an empty bucket.
            self._require_folder()
            self._parts.mkdir(exist_ok=True)
            part = self._parts / secrets.token_hex(16)
            try:
                self._write_part(part, content, size, sha256)
                self._make_folders(path.parent)
                os.replace(part, path)
            except IsADirectoryError:
                raise InvalidKey(f"{key!r} is already a folder of other keys.") from None
            finally:
                part.unlink(missing_ok=True)
            _sync_folder(path.parent)

    def _write_part(self, part: Path, content: BinaryIO, size: int, sha256: str) -> None:
        digest = hashlib.sha256()
        written = 0
        with open(part, "xb", buffering=0) as file:
            while chunk := content.read(CHUNK_BYTES):
                digest.update(chunk)
                _write_all(file.fileno(), chunk)
                written += len(chunk)
            os.fsync(file.fileno())
        if written != size or digest.hexdigest() != sha256:
            raise ObjectDamaged(f"{written} bytes arrived that are not the {size} bytes announced.")

    def _make_folders(self, folder: Path) -> None:
        """Make a folder and those above it, each synced into the one that holds it, or a power cut loses the object."""
        if folder.is_dir():
            return
        self._make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)

    def head(self, key: str) -> StoredObject | None:
        path = self._path(key)
        with self._explained():
            try:
                status = path.stat()
            except _ABSENT:
                self._require_folder()
                return None
        return _stored(key, status) if stat.S_ISREG(status.st_mode) else None

    def open(self, key: str, *, start: int | None = None, end: int | None = None) -> ObjectStream:
        path = self._path(key)
        with self._explained():
            try:
                file = open(path, "rb", buffering=0)  # noqa: SIM115 - the stream closes it
            except _ABSENT:
                self._require_folder()
                raise ObjectMissing(key) from None
            stored = _stored(key, os.fstat(file.fileno()))
        try:
            first, behind = check_range(stored.size, start, end)
        except BaseException:
            file.close()
            raise
        return ObjectStream(stored, behind - first, self._chunks(file, first, behind), file.close)

    def _chunks(self, file: BinaryIO, first: int, behind: int) -> Iterator[bytes]:
        with self._explained():
            file.seek(first)
            while first < behind and (chunk := file.read(min(CHUNK_BYTES, behind - first))):
                first += len(chunk)
                yield chunk

    def read(self, key: str) -> bytes:
        with self.open(key) as stream:
            return stream.read()

    def delete(self, key: str) -> None:
        path = self._path(key)
        with self._explained():
            try:
                path.unlink()
            except _ABSENT:
                return
            except PermissionError:
                if path.is_dir():  # some systems answer EPERM for a folder
                    return
                raise
            _sync_folder(path.parent)

    def link(self, key: str, seconds: int, *, content_type: str, disposition: str) -> None:
        self._path(key)

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        above = prefix.rpartition("/")[0]
        if above:
            check_key(above)
        yield from self._list_folder(f"{above}/" if above else "", prefix)

    def _list_folder(self, above: str, prefix: str) -> Iterator[StoredObject]:
        with self._explained():
            try:
                with os.scandir(self._folder / above) as entries:
                    # A folder sorts as its name and "/", so that keys come in the order an S3 bucket gives.
                    names = sorted(
                        entry.name + ("/" if entry.is_dir() else "")
                        for entry in entries
                        if not entry.name.startswith(".")
                    )
            except _ABSENT:
                self._require_folder()
                return
        for name in names:
            key = above + name
            if not (key.startswith(prefix) or prefix.startswith(key)):
                continue
            if name.endswith("/"):
                yield from self._list_folder(key, prefix)
            elif key.startswith(prefix) and (stored := self._look(key)):
                yield stored

    def _look(self, key: str) -> StoredObject | None:
        with self._explained():
            try:
                return _stored(key, (self._folder / key).stat())
            except _ABSENT:  # deleted since the folder was read
                return None

    def unfinished(self) -> Iterator[str]:
        with self._explained():
            names = [part.name for part in self._old_parts()]
        yield from (f"{PARTS_FOLDER}/{name}" for name in names)

    def prepare(self) -> None:
        with self._explained():
            self._parts.mkdir(parents=True, exist_ok=True)
        self.sweep()

    def sweep(self) -> None:
        with self._explained():
            self._require_folder()
            for part in self._old_parts():
                part.unlink(missing_ok=True)

    def _old_parts(self) -> Iterator[Path]:
        # The folder is of this host, whose one clock both stamps the files and tells their age.
        oldest = time.time() - OLDEST_PART_SECONDS
        for part in self._parts.glob("*"):  # nothing where there is no such folder
            with suppress(FileNotFoundError):  # its write has ended, or another replica sweeps too
                if part.stat().st_mtime < oldest:
                    yield part

    def check(self) -> None:
        self._require_folder()
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise BucketUnreachable(f"The folder {self._folder} cannot be written to.")

    def _require_folder(self) -> None:
        """A folder that is not there, such as one on a disk that was taken away, is no bucket with nothing in it."""
        if not self._folder.is_dir():
            raise BucketUnreachable(f"The folder {self._folder} is not there.")

    def self_test(self) -> SelfTest:
        return run_self_test(self)

    def _path(self, key: str) -> Path:
        return self._folder / check_key(key)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as problem:
            if problem.errno in _NO_ROOM:
                raise BucketFull(f"There is no room left in {self._folder}.") from problem
            reason = problem.strerror or problem
            raise BucketUnreachable(f"The folder {self._folder} cannot be used: {reason}.") from problem


def content_type_of(key: str) -> str:
    """What an object is by the ending of its key, which we gave it after looking at its content."""
    return CONTENT_TYPES.get(os.path.splitext(key)[1].lower(), "application/octet-stream")


def _stored(key: str, status: os.stat_result) -> StoredObject:
    return StoredObject(
        key=key,
        size=status.st_size,
        content_type=content_type_of(key),
        last_modified=datetime.fromtimestamp(status.st_mtime, UTC),
    )


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    while view:
        view = view[os.write(descriptor, view) :]


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
