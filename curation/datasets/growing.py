"""A file that grows while others read it: an export on the disk of whoever makes it."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from curation.datasets.room import require_room, require_storable
from curation.jobs import NotYet

WRITTEN_ELSEWHERE = 10.0  # seconds until the next look
# So many bytes are written between two looks at what room the disk has.
LOOKS_EACH = 16 * 2**20


class Growing:
    """What is written so far: `size` in bytes, and the hash of it."""

    def __init__(self, path: Path, file: BinaryIO, largest: int | None) -> None:
        self.path = path
        self.size = 0
        self._file = file
        self._largest = largest
        self._digest = hashlib.sha256()
        self._looks_at = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Add a chunk, which readers see at once. Raises OSError when the disk is full, but for what is left free, and
        TooLarge."""
        require_storable(self.size + len(chunk), self._largest)
        if self.size >= self._looks_at:
            require_room(self.path.parent)
            self._looks_at = self.size + LOOKS_EACH
        view = memoryview(chunk)
        while view:
            view = view[self._file.write(view) :]
        self._digest.update(chunk)
        self.size += len(chunk)

    def from_its_start(self) -> BinaryIO:
        """What was written, to be read once it is whole: from this very file, whatever has its name by now."""
        self._file.seek(0)
        return self._file


@contextmanager
def growing(path: Path, earlier: Iterable[Path] = (), largest: int | None = None) -> Iterator[Growing]:
    """A new file under this name, ours alone to write and gone at the end; readers keep what they have opened. It
    has at most `largest` bytes.

    Raises NotYet while another process of this host writes it, or an earlier one of the same: one that was thought
    dead, and is not.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in (*earlier, path):
        _take_away_dead(left)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise NotYet(WRITTEN_ELSEWHERE, "another process is making it") from None
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        # The lock ends with the process, however that ends.
        fcntl.flock(file, fcntl.LOCK_EX)
        if not _is_at(path, file):  # it looked dead to another process for as long as nobody held it
            raise NotYet(WRITTEN_ELSEWHERE, "another process is making it")
        try:
            yield Growing(path, file, largest)
        finally:
            if _is_at(path, file):
                with suppress(OSError):
                    path.unlink()


def _take_away_dead(path: Path) -> None:
    try:
        with open(path, "rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(path, left):
                path.unlink()
    except FileNotFoundError:
        return
    except BlockingIOError:
        raise NotYet(WRITTEN_ELSEWHERE, "another process is making it") from None


def _is_at(path: Path, file: BinaryIO) -> bool:
    """Whether this very file has the name, not a newer one."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
