"""The pictures and videos of an export: read from the bucket a few ahead, whole and undamaged, in their order."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO

from curation.datasets.ahead import ahead
from curation.datasets.items import DatasetItem
from curation.datasets.receipt import Reason, ReceiptBook
from curation.datasets.writers.writer import Member
from curation.picture_limits import LARGEST_BYTES
from curation.whole import READS
from db.models import MediaType
from storage import Bucket
from storage.bucket import CHUNK_BYTES
from storage.errors import ObjectCutShort, ObjectMissing

# A bucket that answers late keeps three busy; more only wait for each other.
READERS = 3
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
}


@dataclass(frozen=True)
class PictureWanted:
    """The content of a media that shall stand in the archive under this name; `size` in bytes."""

    media_id: int
    name: str
    bucket_key: str
    sha256: str
    size: int


def wanted_picture(item: DatasetItem, name: str) -> PictureWanted:
    """The content of an item that has some, which `picture_name` tells."""
    assert item.bucket_key is not None
    assert item.sha256 is not None
    return PictureWanted(item.media_id, name, item.bucket_key, item.sha256, item.size or 0)


def picture_name(item: DatasetItem) -> str | None:
    """Such as `images/train/12.jpg`, unique in an archive and always the same; None without content."""
    ending = picture_ending(item)
    if ending is None:
        return None
    folder = "videos" if item.type == MediaType.VIDEO else "images"
    return "/".join(part for part in (folder, item.split, f"{item.media_id}.{ending}") if part)


def no_picture(item: DatasetItem) -> Reason | None:
    """Why no picture of an item is to be read, None when one is."""
    if item.sha256 is None:
        return Reason.NO_CONTENT
    # What is not handed out any more has lost its place in the bucket, and still has its hash.
    return Reason.WITHDRAWN if item.bucket_key is None else None


def picture_ending(item: DatasetItem) -> str | None:
    """The ending that its file has in an export, None for a media without content."""
    if item.bucket_key is None or item.sha256 is None or item.removed is not None:
        return None
    return ENDINGS.get(item.content_type or "", "bin")


def picture_members(
    bucket: Bucket, wanted: Iterable[PictureWanted], receipt: ReceiptBook
) -> Iterator[Member]:
    """A file for each picture whose bytes are those of its SHA-256; the receipt is told of them and of all others.

    Reads ahead with a few threads. Raises BucketUnreachable.
    """
    found = ahead(
        lambda picture: fetch(bucket, picture),
        wanted,
        threads=READERS,
        size=lambda picture: min(picture.size, LARGEST_BYTES),
        let_go=lambda content: content.close() if isinstance(content, Fetched) else None,
    )
    with closing(found):
        for picture, content in found:
            if isinstance(content, Reason):
                receipt.picture_left_out(picture.media_id, content)
                continue
            with closing(content):
                yield Member(picture.name, content.chunks(), content.size, content.crc32, picture.sha256)
            receipt.picture()


@dataclass(frozen=True)
class Fetched:
    """Content that was read whole: in memory, or in a file that is gone when it is closed."""

    size: int
    crc32: int
    pieces: list[bytes]
    file: IO[bytes] | None = None

    def chunks(self) -> Iterator[bytes]:
        if self.file is None:
            yield from self.pieces
        else:
            file = self.file
            file.seek(0)
            yield from iter(lambda: file.read(CHUNK_BYTES), b"")

    def close(self) -> None:
        if self.file is not None:
            self.file.close()


def fetch(bucket: Bucket, picture: PictureWanted) -> Fetched | Reason:
    """The content, or why there is none. Raises BucketUnreachable.

    Read twice before anything counts as damaged: one bad read is the network's as often as the disk's.
    """
    for attempt in range(1, READS + 1):
        try:
            found, sha256 = _read(bucket, picture.bucket_key, large=picture.size > LARGEST_BYTES)
        except ObjectMissing:
            return Reason.PICTURE_MISSING
        except ObjectCutShort:
            if attempt == READS:
                raise
            continue
        if sha256 == picture.sha256:
            return found
        found.close()
    return Reason.PICTURE_DAMAGED


def _read(bucket: Bucket, key: str, *, large: bool) -> tuple[Fetched, str]:
    digest = hashlib.sha256()
    crc32 = size = 0
    pieces: list[bytes] = []
    file = tempfile.TemporaryFile() if large else None  # noqa: SIM115 - whoever is given it closes it
    try:
        with bucket.open(key) as stream:
            for chunk in stream:
                digest.update(chunk)
                crc32 = zlib.crc32(chunk, crc32)
                size += len(chunk)
                if file is None:
                    pieces.append(chunk)
                else:
                    file.write(chunk)
    except BaseException:
        if file is not None:
            file.close()
        raise
    return Fetched(size, crc32, pieces, file), digest.hexdigest()
