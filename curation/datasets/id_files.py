"""Ids of media in an object of the bucket: eight bytes each, as many as an export has."""

from __future__ import annotations

import hashlib
import struct
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

from storage import Bucket
from storage.bucket import CHUNK_BYTES

_BYTES = 8
# So many wait in memory for their turn.
_AT_ONCE = 8192


class IdFile:
    """Ids on the disk until they are put into the bucket; to be closed."""

    def __init__(self, folder: Path | None) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        self._waiting = array("q")

    def add(self, number: int) -> None:
        self._waiting.append(number)
        if len(self._waiting) == _AT_ONCE:
            self._write()

    def put(self, bucket: Bucket, key: str) -> None:
        self._write()
        size, digest = self._file.tell(), hashlib.sha256()
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_BYTES):
            digest.update(chunk)
        self._file.seek(0)
        bucket.put(
            key,
            self._file,
            size=size,
            content_type="application/octet-stream",
            sha256=digest.hexdigest(),
        )
        self._file.seek(size)

    def _write(self) -> None:
        self._file.write(struct.pack(f"<{len(self._waiting)}q", *self._waiting))
        del self._waiting[:]

    def close(self) -> None:
        self._file.close()


def read_ids(bucket: Bucket, key: str) -> Iterator[Sequence[int]]:
    """The ids of such an object, some at a time. Raises ObjectMissing."""
    rest = b""
    with bucket.open(key) as stream:
        for chunk in stream:
            rest += chunk
            number = len(rest) // _BYTES
            yield struct.unpack_from(f"<{number}q", rest)
            rest = rest[number * _BYTES :]
