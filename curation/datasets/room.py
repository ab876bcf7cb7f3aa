"""Room in the bucket, and on the disk that exports grow on and imports are opened on.

The database and what is uploaded may share it, and must go on.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from curation.errors import TooLarge

# What they leave free: a tenth of the disk, of a large one as much as uploads and the database need for a while.
RESERVED, MOST_RESERVED = 0.1, 2 * 2**30


TOO_LARGE = "This export is larger than what a bucket takes as one file. Ask for it in several."


def require_storable(size: int, largest: int | None) -> None:
    """Raises TooLarge for what the bucket would not take, before it has all been written."""
    if largest is not None and size > largest:
        raise TooLarge(TOO_LARGE)


def require_room(folder: Path, size: int = 0) -> None:
    """Raises OSError, as a full disk does, when `size` bytes more in the folder would take of what is left free."""
    disk = shutil.disk_usage(folder)
    if disk.free - size < min(disk.total * RESERVED, MOST_RESERVED):
        raise OSError(errno.ENOSPC, "datasets leave the rest of this disk free", str(folder))
