"""Small things to put into a bucket."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from storage.bucket import Bucket

PICTURE = b"not really a picture, but " * 4000


def store(bucket: Bucket, key: str, content: bytes = PICTURE, **other: Any) -> None:
    """Put bytes with everything said about them true, unless `other` says something else."""
    said: dict[str, Any] = {
        "size": len(content),
        "content_type": "image/jpeg",
        "sha256": hashlib.sha256(content).hexdigest(),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
    }
    bucket.put(key, io.BytesIO(content), **said | other)
