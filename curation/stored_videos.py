"""Videos of the bucket as files, for as long as something reads them: no decoder can seek in a bucket."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from curation.decoding import Undecodable
from curation.errors import ContentMissing
from curation.video_limits import VIDEO_KINDS
from storage import Bucket
from storage.errors import ObjectMissing

_ENDINGS = tuple(f".{extension}" for _, extension, _ in VIDEO_KINDS.values())


def is_video_key(bucket_key: str) -> bool:
    """Whether an original is a video: its key ends as its content is, whatever the file was called."""
    return bucket_key.endswith(_ENDINGS)


@contextmanager
def fetched_video(bucket: Bucket, sha256: str, bucket_key: str, folder: Path | None = None) -> Iterator[Path]:
    """A video on our disk, in `folder` or where temporary files go; gone when the `with` block ends.

    Raises ContentMissing, Undecodable when it is not what was stored, and what the bucket raises.
    """
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".spool") as file:
        try:
            with bucket.open(bucket_key) as stream:
                for chunk in stream:
                    digest.update(chunk)
                    file.write(chunk)
        except ObjectMissing:
            raise ContentMissing(
                "The bucket does not hold this video any more.", bucket_key=bucket_key
            ) from None
        if digest.hexdigest() != sha256:
            raise Undecodable("is not what was stored: its hash differs")
        file.flush()
        yield Path(file.name)
