"""What every bucket can do, whatever it is made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from storage.errors import InvalidKey, ObjectCutShort, RangeOutside

CHUNK_BYTES = 256 * 1024
LONGEST_KEY_BYTES = 1024
LONGEST_PART_BYTES = 255

# Backslash and colon are legal in S3 and dangerous in a folder; a leading dot is where the folder bucket keeps its
# own temporary files.
_KEY_PART = re.compile(r"(?![.])[^\x00-\x1f\x7f/\\:]+")


@dataclass(frozen=True)
class StoredObject:
    """What a bucket knows about an object without opening it; `size` in bytes, `last_modified` with zone."""

    key: str
    size: int
    content_type: str | None
    last_modified: datetime | None


@dataclass(frozen=True)
class SelfTestStep:
    """One thing tried: did it do what it should, and what was seen."""

    name: str
    passed: bool
    required: bool
    note: str = ""


@dataclass(frozen=True)
class SelfTest:
    """What a bucket really does, found out by trying; steps that are not required only tell what we cannot lean on."""

    place: str
    steps: tuple[SelfTestStep, ...]

    @property
    def passed(self) -> bool:
        """True when nothing that is required failed."""
        return all(step.passed for step in self.steps if step.required)

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        failed = [step for step in self.steps if step.required and not step.passed]
        if not failed:
            return f"The bucket ({self.place}) works."
        reasons = "; ".join(f"{step.name}: {step.note}" if step.note else step.name for step in failed)
        return f"The bucket ({self.place}) fails its self-test: {reasons}"


class ObjectStream(Iterator[bytes]):
    """The bytes of an object, chunk by chunk; closes by itself at the end, else by `close()` or `with`.

    `size` is the length of the whole object, `length` how many bytes this stream gives. Raises ObjectCutShort when
    the bytes end early: a picture cut short never looks like a whole one.
    """

    def __init__(
        self, stored: StoredObject, length: int, chunks: Iterator[bytes], close: Callable[[], object]
    ) -> None:
        self.key = stored.key
        self.size = stored.size
        self.content_type = stored.content_type
        self.last_modified = stored.last_modified
        self.length = length
        self._chunks = chunks
        self._close = close
        self._left = length

    def __iter__(self) -> ObjectStream:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            self.close()
            if self._left:
                raise ObjectCutShort(f"The object {self.key!r} ended {self._left} bytes early.") from None
            raise
        except BaseException:
            self.close()
            raise
        self._left -= len(chunk)
        if self._left < 0:
            self.close()
            raise ObjectCutShort(f"The object {self.key!r} is longer than the {self.length} bytes announced.")
        return chunk

    def read(self) -> bytes:
        """All bytes that are left."""
        return b"".join(self)

    def close(self) -> None:
        """Give the connection or the file back; harmless when repeated."""
        self._close()

    def __enter__(self) -> ObjectStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Bucket(Protocol):
    """Objects under keys. Safe to share between threads. Every method may raise BucketUnreachable and InvalidKey."""

    @property
    def place(self) -> str:
        """Where the bucket is, for people: no secret in it."""
        ...

    @property
    def on_this_host(self) -> bool:
        """Whether what is stored takes room on a disk of this host, as a rule the one where the spool is too."""
        ...

    @property
    def largest(self) -> int | None:
        """How many bytes an object may have, None when its disk alone says so."""
        ...

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
        """Store the bytes that `content` gives from where it stands; return only when exactly they are stored.

        Hashes are lower-case hexadecimal. Writing over an object replaces it at one stroke. Raises ObjectDamaged
        when length or hash of what arrived differ, and deletes nothing then: what was under the key before may stand
        there, or what came of these bytes in an S3 bucket. Putting them again mends that. `confirm=False` leaves out
        the second look after the write, for what can be made again. Raises ObjectTooLarge before anything is read.
        """
        ...

    def head(self, key: str) -> StoredObject | None:
        """What is known about an object, or None when there is none."""
        ...

    def open(self, key: str, *, start: int | None = None, end: int | None = None) -> ObjectStream:
        """The bytes from `start` up to, not including, `end`, as in a slice. Raises ObjectMissing, RangeOutside."""
        ...

    def read(self, key: str) -> bytes:
        """The whole object in memory, for small ones. Raises ObjectMissing."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; absent is fine."""
        ...

    def link(self, key: str, seconds: int, *, content_type: str, disposition: str) -> str | None:
        """An address of the bucket's own that gives the object to anyone for so long, None where it has none.

        Nobody can take it back before its time is over.
        """
        ...

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        """All objects whose key begins with `prefix`, ordered by key, fetched page by page; without content types."""
        ...

    def unfinished(self) -> Iterator[str]:
        """Keys, or names of our own, of writes that broke off and were not cleared away by `prepare` in time."""
        ...

    def prepare(self) -> None:
        """Make the folder or the bucket when it is missing, and `sweep`."""
        ...

    def sweep(self) -> None:
        """Clear away what broken writes left behind long ago; makes nothing."""
        ...

    def check(self) -> None:
        """Return when the bucket is there and answers; cheap. Raises BucketUnreachable."""
        ...

    def self_test(self) -> SelfTest:
        """Try what we build on with objects of our own, and tell what was found; raises nothing."""
        ...


def check_key(key: str) -> str:
    """The key itself, when any bucket can hold it. Raises InvalidKey."""
    parts = key.split("/")
    try:
        fits = len(key.encode()) <= LONGEST_KEY_BYTES and all(
            len(p.encode()) <= LONGEST_PART_BYTES for p in parts
        )
    except UnicodeEncodeError:
        fits = False
    if not fits or not all(_KEY_PART.fullmatch(part) for part in parts):
        raise InvalidKey(f"{key[:80]!r} cannot be the key of an object.")
    return key


def check_range(size: int, start: int | None, end: int | None) -> tuple[int, int]:
    """The range as two positions inside an object of `size` bytes. Raises RangeOutside."""
    first = start or 0
    behind = size if end is None else min(end, size)
    if first < 0 or behind < first or (first >= size and first > 0) or (end is not None and behind == first):
        raise RangeOutside(f"The object has {size} bytes; {first} to {behind} lies outside.")
    return first, behind
