"""Large objects go to an S3 service in parts: each checked on arrival, the whole visible only when all are there."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from storage.bucket import CHUNK_BYTES
from storage.errors import BucketError, BucketUnreachable, ObjectDamaged, ObjectMissing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef, ListMultipartUploadsOutputTypeDef

# A service takes at most 10,000 parts of at least 5 MiB and at most 5 GiB, all but the last of one size. What is too
# large for so many of ours goes in larger ones; none of them is ever in memory as a whole.
PART_BYTES, MOST_PARTS = 8 * 2**20, 10_000
# No service of this kind takes a larger object.
LARGEST_OBJECT = 5 * 2**40
# What is larger goes in parts: no picture, nearly every video.
LARGEST_IN_ONE = 32 * 2**20
PART_ATTEMPTS = 3
# An upload this old was left behind by a process that died: the longest ones take hours.
ABANDONED = timedelta(days=1)

log = logging.getLogger(__name__)


class S3Parts:
    """Uploads in parts to one bucket, by the clients and with the words of its S3Bucket."""

    def __init__(
        self,
        name: str,
        connect: Callable[[], tuple[S3Client, S3Client]],
        explained: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._name = name
        self._connect = connect
        self._explained = explained

    def put(self, key: str, content: BinaryIO, *, size: int, content_type: str, sha256: str) -> str:
        """Store `size` bytes; gives the ETag that a service which shows its work puts on the whole.

        Raises ObjectDamaged and BucketUnreachable; then no part is left behind, unless the bucket is away for that
        too, and `clear_abandoned` finds it.
        """
        begin = content.tell()
        for last in (False, True):
            content.seek(begin)
            try:
                return self._put_once(key, content, size, content_type, sha256)
            except ObjectMissing:
                # rclone gives up a whole upload with the first part that arrives damaged.
                if last:
                    raise BucketUnreachable(f"The bucket forgot the parts of {key!r}.") from None
        raise AssertionError("unreachable")

    def _put_once(self, key: str, content: BinaryIO, size: int, content_type: str, sha256: str) -> str:
        _, writing = self._connect()
        with self._explained(key):
            begun = writing.create_multipart_upload(
                Bucket=self._name, Key=key, ContentType=content_type, Metadata={"sha256": sha256}
            )
        upload: dict[str, Any] = {"Bucket": self._name, "Key": key, "UploadId": begun["UploadId"]}
        try:
            parts: list[CompletedPartTypeDef] = []
            digests = b""
            begin, each = content.tell(), part_size(size)
            for number, start in enumerate(range(0, size, each), 1):
                part = _Part(content, begin + start, min(each, size - start))
                digest = part.md5()
                digests += digest
                parts.append({"PartNumber": number, "ETag": self._put_part(upload, number, part, digest)})
            with self._explained(key):
                writing.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
        except BaseException:
            self._abort(upload)
            raise
        return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"

    def _put_part(self, upload: dict[str, Any], number: int, part: _Part, digest: bytes) -> str:
        """A part may be sent again, as often as one likes: it takes the place of the one with its number."""
        for attempt in range(1, PART_ATTEMPTS + 1):
            part.seek(0)
            try:
                with self._explained(upload["Key"]):
                    answer = self._connect()[1].upload_part(
                        **upload,
                        PartNumber=number,
                        Body=cast("IO[bytes]", part),
                        ContentLength=part.length,
                        ContentMD5=base64.b64encode(digest).decode(),
                    )
                return answer["ETag"]
            except (BucketUnreachable, ObjectDamaged) as problem:
                if attempt == PART_ATTEMPTS:
                    raise
                log.info("Part %s of %s is sent again: %s", number, upload["Key"], problem)
        raise AssertionError("unreachable")

    def _abort(self, upload: dict[str, Any]) -> None:
        try:
            with self._explained(upload["Key"]):
                self._connect()[0].abort_multipart_upload(**upload)
        except ObjectMissing:
            pass
        except BucketError as problem:
            log.warning("Parts of %s are left in the bucket: %s", upload["Key"], problem)

    def clear_abandoned(self) -> None:
        """Take away the parts of uploads begun more than a day ago, on services that can list them."""
        for upload in self.abandoned():
            self._abort(upload)

    def abandoned(self) -> list[dict[str, Any]]:
        """Uploads begun more than a day ago and never ended; none on services that cannot list them."""
        try:
            with self._explained(""):
                pages = self._connect()[0].get_paginator("list_multipart_uploads").paginate(Bucket=self._name)
                return [
                    {"Bucket": self._name, "Key": found["Key"], "UploadId": found["UploadId"]}
                    for page in pages
                    if (now := _moment_of(page)) is not None
                    for found in page.get("Uploads", ())
                    if found["Initiated"] < now - ABANDONED
                ]
        except BucketError as problem:
            log.info("Uploads that were never finished cannot be listed: %s", problem)
            return []


def _moment_of(page: ListMultipartUploadsOutputTypeDef) -> datetime | None:
    """What time it is for the bucket, as it says with each answer; None when it does not say.

    Uploads of others are begun by that clock: ours might be a day ahead, and make them look abandoned.
    """
    said = page["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def part_size(size: int) -> int:
    """How many bytes each part of an object of `size` bytes has, but for the last: whole MiB."""
    needed = -(-size // MOST_PARTS)
    return max(PART_BYTES, -(-needed // 2**20) * 2**20)


class _Part(io.RawIOBase):
    """A stretch of a larger file as a file of its own, read from there each time it is sent."""

    def __init__(self, content: BinaryIO, start: int, length: int) -> None:
        self.length = length
        self._content = content
        self._start = start
        self._place = 0

    def md5(self) -> bytes:
        """Raises ObjectDamaged when the bytes end early."""
        self.seek(0)
        digest = hashlib.md5(usedforsecurity=False)
        while chunk := self.read(CHUNK_BYTES):
            digest.update(chunk)
        if self._place != self.length:
            raise ObjectDamaged(f"The bytes ended {self.length - self._place} early.")
        return digest.digest()

    def read(self, size: int = -1) -> bytes:
        left = max(self.length - self._place, 0)
        self._content.seek(self._start + self._place)
        chunk = self._content.read(left if size < 0 else min(size, left))
        self._place += len(chunk)
        return chunk

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        from_where = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.length}
        self._place = from_where[whence] + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
