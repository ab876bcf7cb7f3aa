"""Reading an export while it is made: its file is followed as it grows, by whoever shares the disk of its maker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from io import FileIO
from pathlib import Path

from sqlalchemy import select

from curation.datasets.asking import UNDER_WAY
from curation.datasets.files import growing_file
from curation.errors import BrokenOff, Unavailable
from db.models import Export, ExportState
from db.types import Sessions
from storage.bucket import CHUNK_BYTES

# It begins at once, unless others are being made: for those nobody holds a connection open. What has begun is waited
# for however long its first byte takes: before that a split has all media read.
BEGINS_WITHIN = 5.0
LOOK_AFTER, ASK_AFTER = 0.05, 0.5  # seconds
WAITS = "This export waits for others, or is made on another host. Try again in a moment."
ENDED = "The export ended before it was whole. Look at it, and begin again."


class Over(Exception):
    """It is not being made any more: what is kept of it, if anything, is in the bucket."""


def follow(
    sessions: Sessions,
    spool_folder: Path,
    export_id: int,
    begun: Callable[[int], object] = lambda attempt: None,
) -> Generator[bytes]:
    """The bytes of an export from its first on, as they come, to its last; `begun` is told of which attempt they are.

    What is written so far comes first, at once, and be it nothing: whoever asked can be told that more will follow.

    Raises Over for what is not being made, Unavailable when it has not begun on this disk, and BrokenOff in the
    middle.
    """
    opened, attempt = _begun(sessions, spool_folder, export_id)
    with opened as file:
        begun(attempt)
        yield file.read(CHUNK_BYTES)
        asked = time.monotonic()
        while True:
            if chunk := file.read(CHUNK_BYTES):
                yield chunk
                continue
            if time.monotonic() - asked < ASK_AFTER and _is_named(file.fileno()):
                time.sleep(LOOK_AFTER)
                continue
            asked = time.monotonic()
            state, size, last = _standing(sessions, export_id)
            if last != attempt:
                raise BrokenOff(ENDED)
            if state == ExportState.READY and os.fstat(file.fileno()).st_size == size:
                yield from iter(lambda: file.read(CHUNK_BYTES), b"")
                return
            if state != ExportState.RUNNING or not _is_named(file.fileno()):
                raise BrokenOff(ENDED)
            yield b""  # whoever sends this finds out here that nobody reads it any more


def _begun(sessions: Sessions, spool_folder: Path, export_id: int) -> tuple[FileIO, int]:
    until = time.monotonic() + BEGINS_WITHIN
    while True:
        state, _, attempt = _standing(sessions, export_id)
        if state not in UNDER_WAY:
            raise Over
        # One whose maker was killed is taken again within its lease, as another attempt.
        with suppress(FileNotFoundError):
            return open(growing_file(spool_folder, export_id, attempt), "rb", buffering=0), attempt
        if time.monotonic() > until:
            raise Unavailable(WAITS)
        time.sleep(LOOK_AFTER)


def _is_named(descriptor: int) -> bool:
    """Whether the file is still there under its name: taken away it is over, one way or the other."""
    return os.fstat(descriptor).st_nlink > 0


def _standing(sessions: Sessions, export_id: int) -> tuple[ExportState, int, int]:
    wanted = select(Export.state, Export.size, Export.attempts).where(Export.id == export_id)
    with sessions(read_only=True) as session:
        row = session.execute(wanted).one()
        return row.state, row.size, row.attempts
