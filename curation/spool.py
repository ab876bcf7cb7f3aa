"""Spooling: what arrives is written to a file on our disk while it is measured, before anybody looks into it."""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from curation.errors import TooLarge, Unavailable

ENDING = ".spool"
OLDEST = timedelta(hours=1)
START_BYTES = 64
Limit = int | Callable[[bytes], int]


@dataclass(frozen=True)
class Spooled:
    """A whole body on disk: `size` in bytes, hashes in lower-case hexadecimal."""

    path: Path
    size: int
    sha256: str
    md5: str


class Spool:
    """A file that measures what is written to it; gone when its `with` block ends.

    with Spool(folder, limit=largest_of) as spool:
        for chunk in body:
            spool.write(chunk)
        facts = inspect_content(spool.finish().path, file_name=name)
    """

    def __init__(self, folder: Path, *, limit: Limit, name: str = "The file") -> None:
        """`limit` in bytes, or what says it of the first bytes; `name` begins the sentence for whoever sends more."""
        self._limit = limit
        self._start = b""
        self._name = name
        self._size = 0
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._path = folder / f"{secrets.token_hex(16)}{ENDING}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
        except OSError as problem:
            raise _no_room(problem) from problem

    @property
    def size(self) -> int:
        """Bytes written so far."""
        return self._size

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises TooLarge as soon as there are more than the limit, Unavailable on a full disk."""
        self._size += len(chunk)
        limit = self._limit_now(chunk)
        if self._size > limit:
            raise TooLarge(
                f"{self._name} has more than {limit / 2**20:,.10g} MiB, the most that is taken."
                " Nothing was stored."
            )
        self._sha256.update(chunk)
        self._md5.update(chunk)
        try:
            view = memoryview(chunk)
            while view:
                view = view[self._file.write(view) :]
        except OSError as problem:
            raise _no_room(problem) from problem

    def _limit_now(self, chunk: bytes) -> int:
        if isinstance(self._limit, int):
            return self._limit
        if len(self._start) < START_BYTES:
            self._start += chunk[: START_BYTES - len(self._start)]
        return self._limit(self._start)

    def finish(self) -> Spooled:
        """What arrived; the file stays until the `with` block ends."""
        self._file.close()
        return Spooled(self._path, self._size, self._sha256.hexdigest(), self._md5.hexdigest())

    def remove(self) -> None:
        """Delete the file; harmless when it is gone."""
        self._file.close()
        with suppress(OSError):
            self._path.unlink()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def spool_chunks(spool: Spool, chunks: Iterable[bytes]) -> Spooled:
    """Write all chunks and finish."""
    for chunk in chunks:
        spool.write(chunk)
    return spool.finish()


def sweep_spool(folder: Path, *, older_than: timedelta = OLDEST) -> int:
    """Delete what a killed process left behind; returns how many files. Run at start-up and now and then."""
    if not folder.is_dir():
        return 0
    # The folder is of this host, whose one clock both stamps the files and tells their age.
    oldest = time.time() - older_than.total_seconds()
    swept = 0
    for path in folder.glob(f"*{ENDING}"):
        with suppress(OSError):  # another replica may sweep, or finish its upload, at this moment
            if path.stat().st_mtime < oldest:
                path.unlink()
                swept += 1
    return swept


def _no_room(problem: OSError) -> Unavailable:
    return Unavailable(
        "The server has no room to take files at the moment. Nothing was stored; send it again later."
    )
