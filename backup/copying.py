"""Objects between a bucket and the files of a back-up, several at a time."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from backup.lines import read_lines, sha256_of
from backup.shelf import OBJECT_LIST, OBJECTS, UNFINISHED, BackupRefused
from backup.wanted import Wanted
from storage import Bucket
from storage.bucket import check_key
from storage.errors import ObjectCutShort, ObjectDamaged, ObjectMissing
from storage.local import content_type_of

# A bucket over the network answers several at once in the time of one.
WORKERS = 8
AT_ONCE = 256
ATTEMPTS = 3  # at an object that ends early

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


def take_object(bucket: Bucket, folder: Path, earlier: Sequence[Path], wanted: Wanted) -> CopiedObject | None:
    """Bring an object into a back-up, from an earlier one where it stands there; None when none is as it should be.

    An object never changes under its key: originals are named after their content, and the file of an annotation
    says what rows say that never change. Raises BucketError when the bucket, not the object, is the trouble.
    """
    path = object_path(folder, wanted.key)
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in earlier:
        is_cut_off = other.name.endswith(UNFINISHED)
        if found := _linked(object_path(other, wanted.key), path, wanted, is_cut_off=is_cut_off):
            return found
    for attempt in range(ATTEMPTS):
        try:
            return _fetched(bucket, path, wanted)
        except ObjectMissing:
            return None
        except ObjectCutShort:
            if attempt + 1 == ATTEMPTS:
                raise
    raise AssertionError  # the loop returns or raises


def _linked(old: Path, new: Path, wanted: Wanted, *, is_cut_off: bool) -> CopiedObject | None:
    try:
        size = old.stat().st_size
        if wanted.size not in (None, size):
            return None
        sha256 = wanted.sha256
        # A whole back-up vouches for its originals. What its rows do not tell is small, the file of an annotation; and
        # after a power cut one that was cut off may hold files of the right size and nothing in them.
        if sha256 is None or wanted.size is None or is_cut_off:
            sha256 = sha256_of(old)
        if wanted.sha256 not in (None, sha256):
            return None
        os.link(old, new)
    except OSError:  # it is not there, or the file system has no links
        return None
    return CopiedObject(wanted.key, size, sha256)


def _fetched(bucket: Bucket, path: Path, wanted: Wanted) -> CopiedObject | None:
    draft = path.parent / f".{secrets.token_hex(8)}"
    digest = hashlib.sha256()
    try:
        with bucket.open(wanted.key) as stream, open(draft, "xb", buffering=0) as file:
            for chunk in stream:
                digest.update(chunk)
                _write_all(file.fileno(), chunk)
        if wanted.sha256 not in (None, digest.hexdigest()):
            return None
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return CopiedObject(wanted.key, stream.size, digest.hexdigest())


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
