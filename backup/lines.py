"""Files of JSON lines, compressed, with the SHA-256 of what is on the disk."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

CHUNK_BYTES = 1024 * 1024
COMPRESSION = 3  # a third larger than the best, and five times as fast


class LineFile:
    """A new file that takes one JSON value a line; `sha256` and `lines` are known when its `with` block has ended."""

    def __init__(self, path: Path) -> None:
        self.lines = 0
        self.sha256 = ""
        self._file = open(path, "xb")  # noqa: SIM115 - closed by __exit__
        self._hashed = _Hashed(self._file)
        # Without a time of its own the same lines make the same file.
        self._packed = gzip.GzipFile("", "wb", COMPRESSION, cast(BinaryIO, self._hashed), mtime=0)

    def write(self, value: Any) -> None:
        self._packed.write(json.dumps(value, separators=(",", ":")).encode() + b"\n")
        self.lines += 1

    def __enter__(self) -> LineFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._file:
            self._packed.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        self.sha256 = self._hashed.digest.hexdigest()


class _Hashed:
    def __init__(self, file: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self._file = file

    def write(self, content: bytes) -> int:
        self.digest.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()


def read_lines(path: Path) -> Iterator[Any]:
    """The values of a file that a LineFile wrote."""
    with gzip.open(path, "rb") as lines:
        for line in lines:
            yield json.loads(line)


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
