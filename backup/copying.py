"""Objects between a bucket and the files of a back-up, several at a time."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from backup.lines import CHUNK_BYTES, read_lines, sha256_of
from backup.shelf import OBJECT_LIST, OBJECTS, BackupRefused, moment_of, unfinished_backups, whole_backups
from backup.wanted import Wanted, wanted_objects
from storage import Bucket
from storage.bucket import check_key
from storage.errors import ObjectCutShort, ObjectDamaged, ObjectMissing
from storage.local import content_type_of

# A bucket over the network answers several at once in the time of one.
WORKERS = 8
AT_ONCE = 256
ATTEMPTS = 3  # at an object that ends early
SHARES = 7  # of the files that are linked: a week of back-ups reads all of them

Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True)
class CopiedObject:
    """An object of a back-up: a line of its list."""

    key: str
    size: int
    sha256: str

    def as_line(self) -> dict[str, Any]:
        return asdict(self)


def listed_objects(folder: Path) -> Iterator[CopiedObject]:
    """The objects that a back-up says it holds."""
    for line in read_lines(folder / OBJECT_LIST):
        yield CopiedObject(**line)


def object_path(folder: Path, key: str) -> Path:
    """Where a back-up keeps an object. Raises InvalidKey for a key that would lead out of it."""
    return folder / OBJECTS / check_key(key)


def several_at_once(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[tuple[Given, Made]]:
    """What each piece of work came to, in order, with a bounded number of them under way or waiting."""
    left = iter(given)
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="copying") as pool:
        try:
            while part := list(islice(left, AT_ONCE)):
                yield from zip(part, pool.map(work, part), strict=True)
        finally:
            # When one fails because the bucket is away, those that wait would each find that out for themselves.
            pool.shutdown(wait=True, cancel_futures=True)


@dataclass(frozen=True)
class Earlier:
    """Where an object may be taken over from: what is left of back-ups that were cut off, and the whole ones.

    Of the files that a back-up links, those of its shares are read: a disk that goes bad says nothing by itself. And
    those that were damaged when the newest one took them: the bucket may hold them whole again.
    """

    cut_off: Sequence[Path]
    whole: Sequence[Path]  # newest first
    shares: frozenset[int]
    damaged: frozenset[str]

    @classmethod
    def on(cls, shelf: Path, now: datetime) -> Earlier:
        whole = whole_backups(shelf)
        # A share a day, also of the days without a back-up: one a week reads all of them.
        days = (now.date() - moment_of(whole[0]).date()).days if whole else 1
        today = now.date().toordinal()
        shares = frozenset((today - day) % SHARES for day in range(min(max(days, 1), SHARES)))
        damaged = frozenset[str]()
        try:
            if whole:
                damaged = frozenset(wanted.key for wanted in wanted_objects(whole[0]) if wanted.as_it_is)
        except (OSError, EOFError, ValueError, zlib.error):  # its rows went bad, so anything may have
            shares = frozenset(range(SHARES))
        return cls(unfinished_backups(shelf), whole, shares, damaged)

    def is_due(self, wanted: Wanted) -> bool:
        """Whether the file that the newest one has of an object is to be read this time."""
        # What has no size in its row is small: the file of an annotation.
        if wanted.sha256 is None or wanted.size is None or wanted.doubted or wanted.key in self.damaged:
            return True
        return zlib.crc32(wanted.sha256.encode()) % SHARES in self.shares

    def holders(self, wanted: Wanted) -> list[Path]:
        """Those in which there is a file of an object, be it one that could not be read or is not what it was."""
        everywhere = [*self.cut_off, *self.whole]
        return [folder for folder in everywhere if os.path.lexists(object_path(folder, wanted.key))]


def take_object(bucket: Bucket, folder: Path, earlier: Earlier, wanted: Wanted) -> CopiedObject | None:
    """Bring an object into a back-up, from an earlier one where it stands there; None when none is as it should be.

    An object never changes under its key: originals are named after their content, and the file of an annotation
    says what rows say that never change. Raises BucketError when the bucket, not the object, is the trouble.
    """
    path = object_path(folder, wanted.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    newest, older = earlier.whole[:1], earlier.whole[1:]
    found = (
        # After a power cut what was cut off may hold files of the right size and nothing in them.
        _taken_over(earlier.cut_off, path, wanted, read=True)
        # A whole back-up vouches for its originals on the days between.
        or _taken_over(newest, path, wanted, read=earlier.is_due(wanted))
        or _fetched_at_last(bucket, path, wanted)
        # What neither of them has is worth a look further back.
        or _taken_over(older, path, wanted, read=True)
    )
    if found is None and wanted.as_it_is:
        anything = Wanted(wanted.key)
        found = _taken_over(earlier.whole, path, anything, read=True)
        found = found or _fetched_at_last(bucket, path, anything)
    return found


def _fetched_at_last(bucket: Bucket, path: Path, wanted: Wanted) -> CopiedObject | None:
    for attempt in range(ATTEMPTS):
        try:
            return _fetched(bucket, path, wanted)
        except ObjectMissing:
            return None
        except ObjectCutShort:
            if attempt + 1 == ATTEMPTS:
                raise
    raise AssertionError  # the loop returns or raises


def _taken_over(folders: Iterable[Path], path: Path, wanted: Wanted, *, read: bool) -> CopiedObject | None:
    for folder in folders:
        try:
            found = _linked(object_path(folder, wanted.key), path, wanted, read=read)
        except OSError:  # it is not there, or cannot be read any more
            continue
        if found is not None:
            return found
    return None


def _linked(old: Path, new: Path, wanted: Wanted, *, read: bool) -> CopiedObject | None:
    size = old.stat().st_size
    if wanted.size not in (None, size):
        return None
    sha256 = wanted.sha256
    if sha256 is None or read:
        sha256 = sha256_of(old)
    if wanted.sha256 not in (None, sha256):
        return None
    try:
        os.link(old, new)
    except OSError:  # the file system has no links, or no more of them for this file
        with open(old, "rb", buffering=0) as file:
            return _written(new, iter(lambda: file.read(CHUNK_BYTES), b""), wanted)
    return CopiedObject(wanted.key, size, sha256)


def _fetched(bucket: Bucket, path: Path, wanted: Wanted) -> CopiedObject | None:
    with bucket.open(wanted.key) as stream:
        return _written(path, stream, wanted)


def _written(path: Path, chunks: Iterable[bytes], wanted: Wanted) -> CopiedObject | None:
    draft = path.parent / f".{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    size = 0
    try:
        with open(draft, "xb", buffering=0) as file:
            for chunk in chunks:
                digest.update(chunk)
                _write_all(file.fileno(), chunk)
                size += len(chunk)
        if wanted.sha256 not in (None, digest.hexdigest()):
            return None
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return CopiedObject(wanted.key, size, digest.hexdigest())


def _write_all(descriptor: int, chunk: bytes) -> None:
    view = memoryview(chunk)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise BackupRefused("There is no room left for the back-up; what is there is kept.") from problem
        raise


def bring_back(bucket: Bucket, folder: Path, copied: CopiedObject, *, look_first: bool) -> bool:
    """Put an object of a back-up into a bucket; False when its file is gone or is not what it was.

    With `look_first` one that is there already, from a restoring that was cut off, is read instead of sent again.
    """
    path = object_path(folder, copied.key)
    if look_first and _is_there(bucket, copied):
        return True
    try:
        file = open(path, "rb")  # noqa: SIM115 - closed below
    except OSError:
        return False
    with file:
        try:
            bucket.put(
                copied.key,
                file,
                size=copied.size,
                content_type=content_type_of(copied.key),
                sha256=copied.sha256,
            )
        except ObjectDamaged:
            # Whose fault was it? The file's own hash says.
            if is_whole(folder, copied):
                raise
            return False
    return True


def _is_there(bucket: Bucket, copied: CopiedObject) -> bool:
    found = bucket.head(copied.key)
    if found is None or found.size != copied.size:
        return False
    digest = hashlib.sha256()
    try:
        with bucket.open(copied.key) as stream:
            for chunk in stream:
                digest.update(chunk)
    except ObjectMissing:
        return False
    return digest.hexdigest() == copied.sha256


def is_whole(folder: Path, copied: CopiedObject) -> bool:
    """Whether the file of an object is still the bytes that were copied."""
    path = object_path(folder, copied.key)
    try:
        return path.stat().st_size == copied.size and sha256_of(path) == copied.sha256
    except OSError:
        return False
