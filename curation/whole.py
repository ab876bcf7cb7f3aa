"""Whether an object is the content that its row says: read from its first byte to its last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from storage import Bucket
from storage.errors import ObjectCutShort

# One bad read is the network's or the memory's as often as the disk's.
READS = 2


def is_whole(
    bucket: Bucket, key: str, size: int, sha256: str, *, still_here: Callable[[], None] = lambda: None
) -> bool:
    """Whether the bytes of an object are these; only what was read twice, and was wrong twice, is not.

    Raises ObjectMissing, and ObjectCutShort when it could not be read to its end: that says nothing of its bytes.
    """
    cut_short: ObjectCutShort | None = None
    for _ in range(READS):
        try:
            if _read(bucket, key, still_here) == (size, sha256):
                return True
        except ObjectCutShort as problem:
            cut_short = problem
    if cut_short is not None:
        raise cut_short
    return False


def _read(bucket: Bucket, key: str, still_here: Callable[[], None]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with bucket.open(key) as stream:
        for chunk in stream:
            digest.update(chunk)
            size += len(chunk)
            still_here()
    return size, digest.hexdigest()
