"""What the self-test of an S3 bucket tries besides: no two services check the same things."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from storage.bucket import Bucket
from storage.errors import BucketError, BucketUnreachable
from storage.self_test import FOLDER, Failed, Trial, put_bytes

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LINK_SECONDS = 60
WAIT_SECONDS = 10

_MD5_ETAG = re.compile(r'"?([0-9a-f]{32})"?')


def is_md5(etag: str, md5: str) -> bool:
    """True when an ETag is this MD5: then the service has computed it of the very same bytes."""
    found = _MD5_ETAG.fullmatch(etag)
    return found is not None and found[1] == md5


class S3Trials:
    """The steps that only an S3 service can be asked for; none is required, we do without each of them."""

    def __init__(
        self,
        bucket: Bucket,
        name: str,
        connect: Callable[[], tuple[S3Client, S3Client]],
        explained: Callable[[str], AbstractContextManager[None]],
    ) -> None:
        self._bucket = bucket
        self._name = name
        self._connect = connect
        self._explained = explained

    @property
    def steps(self) -> tuple[tuple[str, Trial], ...]:
        """Name and trial, in order."""
        return (
            ("a wrong MD5 is refused", self._wrong_md5),
            ("a wrong SHA-256 is refused", self._wrong_sha256),
            ("the ETag is the MD5", self._etag),
            ("If-None-Match is honoured", self._if_none_match),
            ("a signed link works", self._signed_link),
        )

    def _wrong_md5(self) -> str:
        other = hashlib.md5(b"other", usedforsecurity=False).digest()
        return self._refused(b"this", ContentMD5=base64.b64encode(other).decode())

    def _wrong_sha256(self) -> str:
        other = hashlib.sha256(b"other").digest()
        return self._refused(b"this", ChecksumSHA256=base64.b64encode(other).decode())

    def _refused(self, content: bytes, **header: Any) -> str:
        key = f"{FOLDER}/{secrets.token_hex(8)}.txt"
        try:
            with self._explained(key):
                self._connect()[1].put_object(Bucket=self._name, Key=key, Body=content, **header)
        except BucketUnreachable:
            raise
        except BucketError:
            return ""
        finally:
            self._bucket.delete(key)  # a service may refuse it and keep it all the same
        raise Failed("damage on the way is only found by looking afterwards.")

    def _etag(self) -> str:
        content = b"this"
        with self._small_object(content) as key, self._explained(key):
            etag = self._connect()[0].head_object(Bucket=self._name, Key=key)["ETag"]
        if not is_md5(etag, hashlib.md5(content, usedforsecurity=False).hexdigest()):
            raise Failed("what is stored is read back to be sure.")
        return ""

    def _if_none_match(self) -> str:
        with self._small_object(b"this") as key:
            try:
                with self._explained(key):
                    self._connect()[1].put_object(Bucket=self._name, Key=key, Body=b"that", IfNoneMatch="*")
            except BucketUnreachable:
                raise
            except BucketError:
                return ""
        raise Failed("an object can be written over unasked.")

    def _signed_link(self) -> str:
        content = b"this"
        with self._small_object(content) as key:
            link = self._connect()[0].generate_presigned_url(
                "get_object", Params={"Bucket": self._name, "Key": key}, ExpiresIn=LINK_SECONDS
            )
            try:
                with urllib.request.urlopen(link, timeout=WAIT_SECONDS) as answer:
                    if answer.read() == content:
                        return ""
            except OSError:  # among them every error of urllib
                pass
        raise Failed("links of the bucket's own do not open.")

    @contextmanager
    def _small_object(self, content: bytes) -> Iterator[str]:
        key = f"{FOLDER}/{secrets.token_hex(8)}.txt"
        try:
            put_bytes(self._bucket, key, content)
            yield key
        finally:
            self._bucket.delete(key)
