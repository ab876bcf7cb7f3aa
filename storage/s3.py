"""S3Bucket: any S3 service by boto3; the only file that imports it."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

import boto3.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from urllib3.exceptions import HTTPError

from storage.bucket import CHUNK_BYTES, ObjectStream, SelfTest, StoredObject, check_key, check_range
from storage.errors import (
    BucketError,
    BucketFull,
    BucketRefused,
    BucketUnreachable,
    ObjectCutShort,
    ObjectDamaged,
    ObjectMissing,
    RangeOutside,
)
from storage.self_test import FOLDER, Failed, Trial, put_bytes, run_self_test

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import PutObjectRequestTypeDef

CONNECT_SECONDS = 3
READ_SECONDS = 10
PUT_READ_SECONDS = 60
ATTEMPTS = 3
# 2 s, then 3 s to connect and 10 s to read: whatever happens, a caller has its answer within 15 s.
LAST_ATTEMPT_BEGINS_WITHIN_SECONDS = 2
# Every thread of a server may talk to the bucket at once (40 in FastAPI's pool, plus a script per open page); a
# thread that finds the pool empty opens a connection of its own, which is closed afterwards.
CONNECTIONS = 40

_MD5_ETAG = re.compile(r'"?([0-9a-f]{32})"?')
_DAMAGED = ("BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody")
_NOT_BORNE = ("NotImplemented", "InvalidArgument", "InvalidRequest")
_FULL = ("QuotaExceeded", "XMinioStorageFull", "InsufficientStorage")


@dataclass(frozen=True)
class S3Account:
    """Where an S3 service is and who we are there; without an endpoint it is AWS, without keys what boto3 finds."""

    endpoint_url: str | None
    access_key: str | None
    secret_key: str | None = field(repr=False)
    region: str


class S3Bucket:
    """One bucket of an S3 service. Two clients (reading, writing) with a pool of connections each, shared by all threads.

    `account` is asked at the first use and again until it has answered once, so that making an S3Bucket asks nobody.
    """

    def __init__(self, name: str, account: Callable[[], S3Account], *, at: str) -> None:
        """`at` says where for people, without secrets."""
        self._name = name
        self._account = account
        self._at = at
        self._clients: tuple[S3Client, S3Client] | None = None
        self._making_clients = threading.Lock()
        self._bears_sha256 = True

    @property
    def place(self) -> str:
        return f"the bucket {self._name} at {self._at}"

    @property
    def _reading(self) -> S3Client:
        return self._connect()[0]

    @property
    def _writing(self) -> S3Client:
        return self._connect()[1]

    def _connect(self) -> tuple[S3Client, S3Client]:
        with self._making_clients:  # making clients is not safe between threads, using them is
            if self._clients is None:
                self._clients = _make_clients(self._account())
            return self._clients

    def put(
        self,
        key: str,
        content: BinaryIO,
        *,
        size: int,
        content_type: str,
        sha256: str,
        md5: str | None = None,
        confirm: bool = True,
    ) -> None:
        check_key(key)
        begin = content.tell()
        md5 = _measured(content, size, sha256, md5)
        content.seek(begin)
        request: PutObjectRequestTypeDef = {
            "Bucket": self._name,
            "Key": key,
            "Body": content,
            "ContentLength": size,
            "ContentType": content_type,
            "ContentMD5": base64.b64encode(bytes.fromhex(md5)).decode(),
            "Metadata": {"sha256": sha256},
        }
        with self._explained(key):
            # Not one step of this may be left out: some services check the MD5 and ignore the SHA-256, others
            # the other way round, and boto3's own CRC is checked by few.
            try:
                answer = self._writing.put_object(**request, **self._sha256_header(sha256))
            except ClientError as problem:
                if not self._bears_sha256 or problem.response["Error"]["Code"] not in _NOT_BORNE:
                    raise
                content.seek(begin)
                answer = self._writing.put_object(**request)
                self._bears_sha256 = False
        if not confirm and _is_md5(answer["ETag"], md5):
            return
        self._confirm(key, size, sha256, md5)

    def _sha256_header(self, sha256: str) -> dict[str, Any]:
        if not self._bears_sha256:
            return {}
        return {"ChecksumSHA256": base64.b64encode(bytes.fromhex(sha256)).decode()}

    def _confirm(self, key: str, size: int, sha256: str, md5: str) -> None:
        """Look at what is stored, and take away what is not what was sent. Raises ObjectDamaged."""
        with self._explained(key):
            found = self._reading.head_object(Bucket=self._name, Key=key)
        # An ETag that is the MD5 cannot be so by accident. One that is not says nothing: services that encrypt or
        # take an object in parts put something else there.
        if found["ContentLength"] == size and (_is_md5(found["ETag"], md5) or self._hash(key) == sha256):
            return
        self.delete(key)
        raise ObjectDamaged(f"What the bucket stored as {key!r} is not what was sent.")

    def _hash(self, key: str) -> str:
        digest = hashlib.sha256()
        with self.open(key) as stream:
            for chunk in stream:
                digest.update(chunk)
        return digest.hexdigest()

    def head(self, key: str) -> StoredObject | None:
        check_key(key)
        try:
            with self._explained(key):
                found = self._reading.head_object(Bucket=self._name, Key=key)
        except ObjectMissing:
            return None
        return StoredObject(key, found["ContentLength"], found.get("ContentType"), found.get("LastModified"))

    def open(self, key: str, *, start: int | None = None, end: int | None = None) -> ObjectStream:
        check_key(key)
        part: dict[str, Any] = {}
        if start or end is not None:
            check_range(1 << 62, start, end)
            part["Range"] = f"bytes={start or 0}-{'' if end is None else end - 1}"
        with self._explained(key):
            found = self._reading.get_object(Bucket=self._name, Key=key, **part)
        length = found["ContentLength"]
        size = int(found["ContentRange"].rpartition("/")[2]) if "ContentRange" in found else length
        stored = StoredObject(key, size, found.get("ContentType"), found.get("LastModified"))
        body = found["Body"]

        def chunks() -> Iterator[bytes]:
            try:
                yield from body.iter_chunks(CHUNK_BYTES)
            except (BotoCoreError, HTTPError, OSError) as problem:
                raise ObjectCutShort(f"The object {key!r} ended early: {type(problem).__name__}.") from problem

        return ObjectStream(stored, length, chunks(), body.close)

    def read(self, key: str) -> bytes:
        with self.open(key) as stream:
            return stream.read()

    def delete(self, key: str) -> None:
        check_key(key)
        try:
            with self._explained(key):
                self._reading.delete_object(Bucket=self._name, Key=key)
        except ObjectMissing:
            pass

    def list(self, prefix: str = "") -> Iterator[StoredObject]:
        with self._explained(prefix):
            pages = self._reading.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
            for page in pages:
                for found in page.get("Contents", ()):
                    yield StoredObject(found["Key"], found["Size"], None, found["LastModified"])

    def prepare(self) -> None:
        try:
            with self._explained(""):
                self._reading.head_bucket(Bucket=self._name)
        except ObjectMissing:
            with self._explained(""):
                self._create()

    def _create(self) -> None:
        region = self._reading.meta.region_name
        place: dict[str, Any] = {}
        # AWS wants to be told the region for all but its first; the others know where they are.
        if self._reading.meta.endpoint_url.endswith(".amazonaws.com") and region != "us-east-1":
            place["CreateBucketConfiguration"] = {"LocationConstraint": region}
        try:
            self._reading.create_bucket(Bucket=self._name, **place)
        except ClientError as problem:
            # Another replica was faster.
            if problem.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def check(self) -> None:
        try:
            with self._explained(""):
                self._reading.head_bucket(Bucket=self._name)
        except ObjectMissing:
            raise BucketRefused(f"There is no {self.place.removeprefix('the ')}.") from None

    def self_test(self) -> SelfTest:
        return run_self_test(
            self,
            (
                ("a wrong MD5 is refused", self._try_a_wrong_md5),
                ("a wrong SHA-256 is refused", self._try_a_wrong_sha256),
                ("the ETag is the MD5", self._try_the_etag),
                ("If-None-Match is honoured", self._try_if_none_match),
                ("a signed link works", self._try_a_signed_link),
            ),
        )

    def _try_a_wrong_md5(self) -> str:
        return self._try_to_be_refused(ContentMD5=base64.b64encode(hashlib.md5(b"other").digest()).decode())

    def _try_a_wrong_sha256(self) -> str:
        return self._try_to_be_refused(ChecksumSHA256=base64.b64encode(hashlib.sha256(b"other").digest()).decode())

    def _try_to_be_refused(self, **header: Any) -> str:
        key = f"{FOLDER}/{secrets.token_hex(8)}.txt"
        try:
            with self._explained(key):
                self._writing.put_object(Bucket=self._name, Key=key, Body=b"this", **header)
        except BucketUnreachable:
            raise
        except BucketError:
            return ""
        self.delete(key)
        raise Failed("damage on the way is only found by looking afterwards")

    def _try_the_etag(self) -> str:
        with self._a_small_object(b"this") as key, self._explained(key):
            etag = self._reading.head_object(Bucket=self._name, Key=key)["ETag"]
        if not _is_md5(etag, hashlib.md5(b"this").hexdigest()):
            raise Failed("what is stored is read back to be sure")
        return ""

    def _try_if_none_match(self) -> str:
        with self._a_small_object(b"this") as key:
            try:
                self._writing.put_object(Bucket=self._name, Key=key, Body=b"that", IfNoneMatch="*")
            except ClientError:
                return ""
        raise Failed("an object can be written over unasked")

    def _try_a_signed_link(self) -> str:
        with self._a_small_object(b"this") as key:
            link = self._reading.generate_presigned_url(
                "get_object", Params={"Bucket": self._name, "Key": key}, ExpiresIn=60
            )
            try:
                with urllib.request.urlopen(link, timeout=READ_SECONDS) as answer:
                    if answer.read() == b"this":
                        return ""
            except (urllib.error.URLError, OSError):
                pass
        raise Failed("links of the bucket's own do not open")

    @contextmanager
    def _a_small_object(self, content: bytes) -> Iterator[str]:
        key = f"{FOLDER}/{secrets.token_hex(8)}.txt"
        put_bytes(self, key, content)
        try:
            yield key
        finally:
            self.delete(key)

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        """Turn what boto3 raises into our errors; no text of the service's own, which may repeat our key."""
        try:
            yield
        except ClientError as problem:
            raise self._in_our_words(problem, key) from problem
        except NoCredentialsError as problem:
            raise BucketRefused(f"No key is known for {self.place}.") from problem
        except (BotoCoreError, HTTPError, OSError) as problem:
            raise BucketUnreachable(f"Cannot reach {self.place}: {type(problem).__name__}.") from problem

    def _in_our_words(self, problem: ClientError, key: str) -> BucketError:
        code = problem.response.get("Error", {}).get("Code", "")
        status = problem.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        said = f"{self.place} answered {status} {code}"
        if code == "NoSuchBucket":
            return BucketRefused(f"There is no {self.place.removeprefix('the ')}.")
        if code in _DAMAGED:
            return ObjectDamaged(f"The bytes of {key!r} changed on their way to {self.place}.")
        if code in _FULL or status == 507:
            return BucketFull(f"There is no room left in {self.place}.")
        if status == 404:
            return ObjectMissing(key)
        if status == 416:
            return RangeOutside(f"The range lies outside of {key!r}.")
        if status in (401, 403) or code == "InvalidAccessKeyId":
            return BucketRefused(f"Our key or secret is not accepted: {said}.")
        if status >= 500 or status in (408, 429) or code in ("SlowDown", "RequestTimeout"):
            return BucketUnreachable(f"Try again later: {said}.")
        return BucketError(f"Unexpected for {key!r}: {said}.")


def host_of(url: str | None) -> str:
    """Host and port of an address, without the name and password it may hold."""
    parts = urlsplit(url or "https://s3.amazonaws.com")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _measured(content: BinaryIO, size: int, sha256: str, md5: str | None) -> str:
    """Make sure of the bytes before they leave, and give their MD5. Raises ObjectDamaged."""
    digest, check = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    length = 0
    while chunk := content.read(CHUNK_BYTES):
        digest.update(chunk)
        if md5 is None:
            check.update(chunk)
        length += len(chunk)
    if length != size or digest.hexdigest() != sha256:
        raise ObjectDamaged(f"{length} bytes arrived that are not the {size} bytes announced.")
    return md5 or check.hexdigest()


def _is_md5(etag: str, md5: str) -> bool:
    found = _MD5_ETAG.fullmatch(etag)
    return found is not None and found[1] == md5


def _make_clients(account: S3Account) -> tuple[S3Client, S3Client]:
    session = boto3.session.Session()
    # rclone and others know path style and version 4 alone; a checksum is sent where we say so, for what services
    # other than AWS make of boto3's default is a damaged object or a refusal.
    common = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=CONNECT_SECONDS,
        max_pool_connections=CONNECTIONS,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )

    def client(read_timeout: int, attempts: int) -> S3Client:
        return session.client(
            "s3",
            endpoint_url=account.endpoint_url,
            aws_access_key_id=account.access_key,
            aws_secret_access_key=account.secret_key,
            region_name=account.region,
            config=common.merge(
                Config(read_timeout=read_timeout, retries={"mode": "standard", "total_max_attempts": attempts})
            ),
        )

    reading, writing = client(READ_SECONDS, ATTEMPTS), client(PUT_READ_SECONDS, 1)
    reading.meta.events.register("request-created.s3", _begin_no_late_attempt)
    return reading, writing


def _begin_no_late_attempt(request: Any, **_: Any) -> None:
    """boto3 counts attempts, not seconds: one that hung for ten would be begun again, and again."""
    now = time.monotonic()
    begun = request.context.setdefault("vigie_begun", now)
    if now - begun > LAST_ATTEMPT_BEGINS_WITHIN_SECONDS:
        raise TimeoutError("the bucket did not answer in time")
